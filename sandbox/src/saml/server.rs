//! The web pages of a sample provider: sign in as somebody, agree or cancel, go back.
//!
//! Not a model of how real providers authenticate: nobody types a password here.

use std::collections::HashMap;
use std::sync::Mutex;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use varco::crypto::Handle;
use varco::effects::Effects;

use super::Provider;
use super::metadata::ServiceProvider;
use super::misbehaviour::Misbehaviour;
use super::request::AuthnRequest;
use crate::error::{Doing as _, SandboxError};
use crate::people::Person;

/// A provider, the requests it is answering, and the service it answers to.
#[derive(Debug)]
pub struct Site {
    provider: Provider,
    metadata: String,
    service_metadata: String,
    service: tokio::sync::OnceCell<ServiceProvider>,
    waiting: Mutex<HashMap<String, AuthnRequest>>,
    http: reqwest::Client,
    fx: Effects,
}

impl Site {
    /// A site of `provider` for the service that publishes its metadata at `service_metadata`.
    ///
    /// # Errors
    /// When the provider's metadata cannot be signed.
    pub fn new(
        provider: Provider,
        service_metadata: String,
        http: reqwest::Client,
        fx: Effects,
    ) -> Result<Self, SandboxError> {
        Ok(Self {
            metadata: provider.metadata()?,
            provider,
            service_metadata,
            service: tokio::sync::OnceCell::new(),
            waiting: Mutex::default(),
            http,
            fx,
        })
    }

    /// The broker, read once: it starts after the providers.
    async fn service(&self) -> Result<&ServiceProvider, SandboxError> {
        self.service
            .get_or_try_init(|| async {
                let answer = self.http.get(&self.service_metadata).send().await;
                let answer = answer.and_then(reqwest::Response::error_for_status);
                let text = answer.doing("fetch the broker's metadata")?.text().await;
                ServiceProvider::read(&text.doing("fetch the broker's metadata")?)
            })
            .await
    }

    fn page(&self, request: AuthnRequest) -> Result<HttpResponse, SandboxError> {
        let name = Handle::fresh(&self.fx).reveal().to_owned();
        let page = LoginPage {
            provider: &self.provider.name,
            service: &request.issuer,
            level: request.level.number(),
            attributes: request.attributes.join(", "),
            request: &name,
            people: Person::all(),
            cases: Misbehaviour::all().collect(),
        };
        let html = page.render().doing("show a page")?;
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.insert(name, request);
        }
        Ok(html_answer(html))
    }

    fn respond(&self, form: &Choice) -> Result<HttpResponse, SandboxError> {
        let wrong = |why: &str| SandboxError::new("answer the request", why);
        let taken = self.waiting.lock().ok().and_then(|mut all| all.remove(&form.request));
        let request = taken.ok_or_else(|| wrong("it was answered, or never came"))?;
        let person = Person::named(&form.person).ok_or_else(|| wrong("no such person"))?;
        let chosen = form.misbehave.as_deref().filter(|name| !name.is_empty());
        let chosen = chosen.map(str::parse).transpose().doing("misbehave")?;
        let misbehave =
            if form.action == "cancel" { Some(Misbehaviour::Cancelled) } else { chosen };
        let xml = self.provider.answer(&request, &person, misbehave)?;
        let unasked = misbehave == Some(Misbehaviour::Unsolicited);
        let page = ReturnPage {
            acs: &request.acs,
            response: STANDARD.encode(xml),
            relay_state: request.relay_state.filter(|_| !unasked),
        };
        Ok(html_answer(page.render().doing("show a page")?))
    }
}

/// Adds the routes of a provider.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/metadata", web::get().to(metadata))
        .route("/sso", web::get().to(sso_redirect))
        .route("/sso", web::post().to(sso_post))
        .route("/slo", web::get().to(logged_out))
        .route("/login", web::post().to(login));
}

async fn metadata(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/samlmetadata+xml").body(site.metadata.clone())
}

async fn sso_redirect(site: web::Data<Site>, http: HttpRequest) -> HttpResponse {
    let shown = async {
        let service = site.service().await?;
        let sso = site.provider.sso();
        site.page(AuthnRequest::from_query(http.query_string(), service, &sso)?)
    };
    shown.await.unwrap_or_else(|why| refusal(&why))
}

async fn sso_post(site: web::Data<Site>, form: web::Form<PostedRequest>) -> HttpResponse {
    let form = form.into_inner();
    let shown = async {
        let service = site.service().await?;
        let sso = site.provider.sso();
        let request = AuthnRequest::from_form(&form.saml_request, form.relay_state, service, &sso)?;
        site.page(request)
    };
    shown.await.unwrap_or_else(|why| refusal(&why))
}

async fn login(site: web::Data<Site>, form: web::Form<Choice>) -> HttpResponse {
    site.respond(&form).unwrap_or_else(|why| refusal(&why))
}

async fn logged_out() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, "/metadata")).finish()
}

/// What a real provider shows for anomalies 4 to 7 and 10: its own page, status 403.
fn refusal(why: &SandboxError) -> HttpResponse {
    HttpResponse::Forbidden().content_type("text/plain; charset=utf-8").body(why.to_string())
}

fn html_answer(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html)
}

#[derive(Deserialize)]
struct PostedRequest {
    #[serde(rename = "SAMLRequest")]
    saml_request: String,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

#[derive(Deserialize)]
struct Choice {
    request: String,
    person: String,
    action: String,
    misbehave: Option<String>,
}

#[derive(Template)]
#[template(path = "provider-login.html")]
struct LoginPage<'a> {
    provider: &'a str,
    service: &'a str,
    level: u8,
    attributes: String,
    request: &'a str,
    people: Vec<Person>,
    cases: Vec<Misbehaviour>,
}

#[derive(Template)]
#[template(path = "provider-return.html")]
struct ReturnPage<'a> {
    acs: &'a str,
    response: String,
    relay_state: Option<String>,
}
