//! The web pages of a sample provider: sign in as somebody, agree or cancel, go back, log out.
//!
//! Not a model of how real providers authenticate: nobody types a password here.

mod logout;
mod pages;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use varco::crypto::Handle;
use varco::effects::Effects;
use varco::terms::Level;

use self::pages::{CountryPage, LoginPage};
use super::Provider;
use super::binding::{Departure, Message};
use super::kind::Kind;
use super::logout::OpenSession;
use super::misbehaviour::Misbehaviour;
use super::request::AuthnRequest;
use super::service_provider::ServiceProvider;
use crate::error::{Doing as _, SandboxError};
use crate::people::{Person, STATES};

/// A provider, the requests it is answering, the services it answers to and its sessions.
#[derive(Debug)]
pub struct Site {
    provider: Provider,
    metadata: String,
    broker: String,
    services: Mutex<HashMap<String, Arc<ServiceProvider>>>,
    waiting: Mutex<HashMap<String, Waiting>>,
    sessions: Mutex<Vec<OpenSession>>,
    leaving: Mutex<HashSet<String>>,
    http: reqwest::Client,
    fx: Effects,
}

/// A request that somebody has not answered yet, and the service that sent it.
#[derive(Clone, Debug)]
struct Waiting {
    request: AuthnRequest,
    service: Arc<ServiceProvider>,
}

impl Site {
    /// A site of `provider` for the services of the broker at that address, each of which publishes
    /// its metadata where its entity ID says.
    ///
    /// # Errors
    /// When the provider's metadata cannot be signed.
    pub fn new(
        provider: Provider,
        broker: &str,
        http: reqwest::Client,
        fx: Effects,
    ) -> Result<Self, SandboxError> {
        Ok(Self {
            metadata: provider.metadata()?,
            provider,
            broker: format!("{broker}/"),
            services: Mutex::default(),
            waiting: Mutex::default(),
            sessions: Mutex::default(),
            leaving: Mutex::default(),
            http,
            fx,
        })
    }

    /// The service of that entity ID, read once: the broker starts after the providers.
    async fn service(&self, entity_id: &str) -> Result<Arc<ServiceProvider>, SandboxError> {
        let wrong = |why: &str| SandboxError::new("find the service", why);
        if !entity_id.starts_with(&self.broker) {
            return Err(wrong("Issuer is nobody known (anomaly 10)"));
        }
        let known = self.services.lock().ok().and_then(|all| all.get(entity_id).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let answer = self.http.get(entity_id).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let text = answer.doing("fetch the service's metadata")?.text().await;
        let service = ServiceProvider::read(&text.doing("fetch the service's metadata")?)?;
        if service.entity_id != entity_id {
            return Err(wrong("the metadata at its entity ID is another's (anomaly 10)"));
        }
        let service = Arc::new(service);
        if let Ok(mut all) = self.services.lock() {
            all.insert(entity_id.to_owned(), Arc::clone(&service));
        }
        Ok(service)
    }

    async fn ask(
        &self,
        message: Message,
        country: Option<&str>,
    ) -> Result<HttpResponse, SandboxError> {
        let service = self.service(&message.issuer()?).await?;
        let request = self.provider.accept(message, &service)?;
        let name = Handle::fresh(&self.fx).reveal().to_owned();
        let waiting = Waiting { request, service };
        if let Ok(mut all) = self.waiting.lock() {
            all.insert(name.clone(), waiting.clone());
        }
        // The choice may have been made before; it travels unsigned, beside the request.
        let country = country.filter(|code| STATES.iter().any(|(known, _)| known == code));
        if self.provider.kind == Kind::Eidas && country.is_none() {
            let service = &waiting.request.issuer;
            let page =
                CountryPage { name: &self.provider.name, service, request: &name, states: &STATES };
            return pages::html(&page);
        }
        self.choose(&name, &waiting, country)
    }

    /// The page where somebody signs in; at the node, somebody of one state.
    fn choose(
        &self,
        name: &str,
        waiting: &Waiting,
        state: Option<&str>,
    ) -> Result<HttpResponse, SandboxError> {
        let kind = self.provider.kind;
        let mut people = Person::at(kind);
        people.retain(|person| state.is_none() || person.country == state);
        let state = STATES.iter().find(|(code, _)| Some(*code) == state);
        pages::html(&LoginPage {
            kind,
            name: &self.provider.name,
            service: &waiting.request.issuer,
            level: waiting.request.level.number(),
            purpose: waiting.request.purpose.as_deref(),
            attributes: waiting.request.attributes.join(", "),
            request: name,
            state: state.map(|(_, name)| *name),
            people,
            cases: Misbehaviour::of(kind).collect(),
        })
    }

    fn respond(&self, form: &Choice) -> Result<HttpResponse, SandboxError> {
        let wrong = |why: &str| SandboxError::new("answer the request", why);
        let taken = self.waiting.lock().ok().and_then(|mut all| all.remove(&form.request));
        let Waiting { request, service } =
            taken.ok_or_else(|| wrong("it was answered, or never came"))?;
        let people = Person::at(self.provider.kind);
        let person = people.into_iter().find(|person| person.id == form.person);
        let person = person.ok_or_else(|| wrong("no such person"))?;
        let chosen = form.misbehave.as_deref().filter(|name| !name.is_empty());
        let chosen: Option<Misbehaviour> = chosen.map(str::parse).transpose().doing("misbehave")?;
        if chosen.is_some_and(|case| !case.fits(self.provider.kind)) {
            return Err(wrong("this kind of provider cannot misbehave so"));
        }
        let misbehave = match chosen {
            _ if form.action == "cancel" => Some(Misbehaviour::Cancelled),
            None if !self.suits(&person, &request) => Some(Misbehaviour::Anomaly(30)),
            chosen => chosen,
        };
        if misbehave.is_none() {
            self.old_enough(&person, &request, &service)?;
        }
        let answered = self.provider.answer(&request, &person, misbehave)?;
        let begins = self.provider.kind == Kind::Spid && request.level == Level::L1;
        if begins
            && misbehave.and_then(Misbehaviour::anomaly).is_none()
            && let Ok(mut sessions) = self.sessions.lock()
        {
            sessions.push(OpenSession {
                service: request.issuer.clone(),
                person: person.id,
                session: answered.session,
            });
        }
        let unasked = misbehave == Some(Misbehaviour::Unsolicited);
        pages::depart(Departure::Post {
            action: request.acs,
            name: "SAMLResponse",
            value: STANDARD.encode(answered.xml),
            relay_state: request.relay_state.filter(|_| !unasked),
        })
    }

    /// Whether the person's kind of identity is what was asked; only SPID has kinds.
    fn suits(&self, person: &Person, request: &AuthnRequest) -> bool {
        self.provider.kind != Kind::Spid || person.kind.suits(request.purpose.as_deref())
    }

    /// The provider enforces the age limit of the consumer (AgID Determination 51/2022).
    fn old_enough(
        &self,
        person: &Person,
        request: &AuthnRequest,
        service: &ServiceProvider,
    ) -> Result<(), SandboxError> {
        let mut limits = service.age_limits.iter();
        let limit = limits.find(|limit| limit.consumer == request.consumer);
        let Some(limit) = limit.filter(|_| self.provider.kind == Kind::Spid) else {
            return Ok(());
        };
        let age = person.age(&self.fx.now().rfc3339()).unwrap_or_default();
        if (limit.youngest..=limit.oldest).contains(&age) {
            return Ok(());
        }
        let why = format!(
            "the service is for people of {} to {} years, {} is {age}",
            limit.youngest, limit.oldest, person.id
        );
        Err(SandboxError::new("let the person in", why))
    }
}

/// Adds the routes of a provider of that kind.
pub fn routes(config: &mut web::ServiceConfig, kind: Kind) {
    let paths = kind.paths();
    config.route(paths.metadata, web::get().to(metadata)).route("/login", web::post().to(login));
    // Every Location takes both methods, to say what is wrong when the other one comes.
    config.route(paths.redirect, web::get().to(ask_by_redirect));
    config.route(paths.post, web::post().to(ask_by_post));
    if paths.redirect != paths.post {
        config.route(paths.redirect, web::post().to(wrong_location));
        config.route(paths.post, web::get().to(wrong_location));
    }
    config
        .route(paths.logout, web::get().to(logout::by_redirect))
        .route(paths.logout, web::post().to(logout::by_post));
    match kind {
        Kind::Spid => {
            config
                .route("/", web::get().to(logout::sessions))
                .route("/sessions.json", web::get().to(logout::sessions_json))
                .route("/logout", web::get().to(logout::leave));
        }
        Kind::Eidas => {
            config.route("/country", web::get().to(country));
        }
        Kind::Cie => {}
    }
}

async fn metadata(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/samlmetadata+xml").body(site.metadata.clone())
}

async fn ask_by_redirect(site: web::Data<Site>, http: HttpRequest) -> HttpResponse {
    let query = http.query_string();
    let mut fields = url::form_urlencoded::parse(query.as_bytes());
    let country = fields.find(|(name, _)| name == "country").map(|(_, value)| value);
    let shown =
        async { site.ask(Message::from_query(query, "SAMLRequest")?, country.as_deref()).await };
    shown.await.unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

async fn ask_by_post(site: web::Data<Site>, form: web::Form<Posted>) -> HttpResponse {
    let Posted { request, relay_state, country, .. } = form.into_inner();
    let shown = async {
        let request = request.unwrap_or_default();
        site.ask(Message::from_form(&request, relay_state)?, country.as_deref()).await
    };
    shown.await.unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

async fn wrong_location(site: web::Data<Site>) -> HttpResponse {
    let why = "this Location is of the other binding (anomaly 6)";
    pages::refusal(&site.provider, &SandboxError::new("accept the request", why))
}

async fn country(site: web::Data<Site>, query: web::Query<Country>) -> HttpResponse {
    let waiting = site.waiting.lock().ok().and_then(|all| all.get(&query.request).cloned());
    let gone = || SandboxError::new("go on", "the request was answered, or never came");
    waiting
        .ok_or_else(gone)
        .and_then(|waiting| site.choose(&query.request, &waiting, Some(&query.state)))
        .unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

async fn login(site: web::Data<Site>, form: web::Form<Choice>) -> HttpResponse {
    site.respond(&form).unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

/// What comes by HTTP-POST: one of the two messages.
#[derive(Deserialize)]
struct Posted {
    #[serde(rename = "SAMLRequest")]
    request: Option<String>,
    #[serde(rename = "SAMLResponse")]
    response: Option<String>,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct Country {
    request: String,
    state: String,
}

#[derive(Deserialize)]
struct Choice {
    request: String,
    person: String,
    action: String,
    misbehave: Option<String>,
}
