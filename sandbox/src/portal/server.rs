//! The pages of a portal: sign in with a level, see who signed in, leave.
//!
//! Leaving ends the portal's own session first, then the login at the broker.

use std::collections::HashMap;
use std::sync::Mutex;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;
use varco::crypto::Handle;
use varco::effects::Effects;
use varco::terms::Level;

use super::{Kept, Outlived, Portal, SignedIn, Started, hearing};
use crate::error::{Doing as _, SandboxError};

/// A portal, the sign-ins under way and the people who signed in.
#[derive(Debug)]
pub struct PortalSite {
    pub(super) portal: Portal,
    under_way: Mutex<HashMap<String, Started>>,
    pub(super) sessions: Mutex<HashMap<String, SignedIn>>,
    /// Of how many logouts the broker has told it.
    pub(super) told: watch::Sender<u64>,
    /// Everything that ever signed in here, so that a test can try it again.
    given: Mutex<Vec<Kept>>,
    fx: Effects,
}

impl PortalSite {
    /// Nobody has signed in yet.
    #[must_use]
    pub fn new(portal: Portal, fx: Effects) -> Self {
        Self {
            portal,
            under_way: Mutex::default(),
            sessions: Mutex::default(),
            told: watch::Sender::default(),
            given: Mutex::default(),
            fx,
        }
    }

    /// Whether anything that the last login gave is still good for anything.
    ///
    /// # Errors
    /// When nobody signed in, or the broker does not answer.
    pub async fn outlived(&self) -> Result<Outlived, SandboxError> {
        let last = self.given.lock().ok().and_then(|given| given.last().cloned());
        let last = last.ok_or_else(|| SandboxError::new("try the tokens", "nobody signed in"))?;
        self.portal.outlived(&last).await
    }

    /// Ports do not separate cookies: each portal names its own.
    fn cookie_name(&self, what: &str) -> String {
        format!("portale_{}_{what}", self.portal.kind.id)
    }

    fn cookie(&self, what: &str, value: &str) -> Cookie<'static> {
        Cookie::build(self.cookie_name(what), value.to_owned())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .finish()
    }

    fn session(&self, http: &HttpRequest) -> Option<SignedIn> {
        let cookie = http.cookie(&self.cookie_name("sessione"))?;
        self.sessions.lock().ok()?.get(cookie.value()).cloned()
    }

    async fn arrive(&self, http: &HttpRequest, answer: Answer) -> Result<String, SandboxError> {
        let wrong = |why: &str| SandboxError::new("accept the answer", why);
        let state = answer.state.ok_or_else(|| wrong("it has no state"))?;
        let known = http.cookie(&self.cookie_name("stato"));
        if known.is_none_or(|cookie| cookie.value() != state) {
            return Err(wrong("its state is not this browser's"));
        }
        let started = self.under_way.lock().ok().and_then(|mut all| all.remove(&state));
        let started = started.ok_or_else(|| wrong("its state was used"))?;
        if answer.iss.is_some_and(|iss| iss != self.portal.issuer) {
            return Err(wrong("it comes from another issuer"));
        }
        if let Some(error) = answer.error {
            let description = answer.error_description.unwrap_or_default();
            return Err(SandboxError::new("sign in", format!("{error}: {description}")));
        }
        let code = answer.code.ok_or_else(|| wrong("it has no code"))?;
        let signed_in = self.portal.finish(started, code).await?;
        let session = Handle::fresh(&self.fx).reveal().to_owned();
        if let Ok(mut given) = self.given.lock() {
            given.push(signed_in.kept.clone());
        }
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.insert(session.clone(), signed_in);
        }
        Ok(session)
    }

    fn page(&self, status: StatusCode, session: Option<&SignedIn>, problem: &str) -> HttpResponse {
        let page = HomePage {
            name: self.portal.kind.name,
            accent: self.portal.kind.accent,
            levels: [1, 2, 3],
            problem,
            person: session.map(Shown::of),
        };
        match page.render() {
            Ok(html) => HttpResponse::build(status)
                .content_type("text/html; charset=utf-8")
                .insert_header((CACHE_CONTROL, "no-store"))
                .body(html),
            Err(_) => HttpResponse::InternalServerError().finish(),
        }
    }
}

/// Adds the routes of a portal.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/login", web::get().to(login))
        .route("/callback", web::get().to(callback))
        .route("/logout", web::post().to(logout))
        .route("/backchannel", web::post().to(hearing::post))
        .route("/session.json", web::get().to(session))
        .route("/{note}", web::get().to(note));
}

async fn home(site: web::Data<PortalSite>, http: HttpRequest) -> HttpResponse {
    site.page(StatusCode::OK, site.session(&http).as_ref(), "")
}

async fn login(
    site: web::Data<PortalSite>,
    http: HttpRequest,
    query: web::Query<Wanted>,
) -> HttpResponse {
    // `0` asks for none.
    let level = match query.level {
        Some(0) => None,
        Some(number) => Some(Level::try_from(number).unwrap_or(Level::L2)),
        None => Some(Level::L2),
    };
    let held = site.session(&http).and_then(|session| session.level());
    match site.portal.start(level, held).await {
        Ok(started) => {
            let cookie = site.cookie("stato", &started.state);
            let answer = HttpResponse::SeeOther()
                .cookie(cookie)
                .insert_header((LOCATION, started.address.clone()))
                .finish();
            if let Ok(mut all) = site.under_way.lock() {
                all.insert(started.state.clone(), started);
            }
            answer
        }
        Err(why) => site.page(StatusCode::BAD_GATEWAY, None, &why.to_string()),
    }
}

async fn callback(
    site: web::Data<PortalSite>,
    http: HttpRequest,
    answer: web::Query<Answer>,
) -> HttpResponse {
    match site.arrive(&http, answer.into_inner()).await {
        Ok(session) => HttpResponse::SeeOther()
            .cookie(site.cookie("sessione", &session))
            .insert_header((LOCATION, "/"))
            .finish(),
        // Whoever was signed in is so still: a refused step up takes nothing away.
        Err(why) => {
            site.page(StatusCode::FORBIDDEN, site.session(&http).as_ref(), &why.to_string())
        }
    }
}

async fn logout(site: web::Data<PortalSite>, http: HttpRequest) -> HttpResponse {
    let name = site.cookie_name("sessione");
    let mut ended = None;
    if let (Some(cookie), Ok(mut sessions)) = (http.cookie(&name), site.sessions.lock()) {
        ended = sessions.remove(cookie.value());
    }
    let mut gone = site.cookie("sessione", "");
    gone.make_removal();
    let onward = match ended {
        // Without the broker the person has left at least this portal.
        Some(session) => site.portal.leave(&session.kept).await.unwrap_or_else(|_| "/".to_owned()),
        None => "/".to_owned(),
    };
    HttpResponse::SeeOther().cookie(gone).insert_header((LOCATION, onward)).finish()
}

/// What the tokens said, for the scripted browser and for the curious.
async fn session(site: web::Data<PortalSite>, http: HttpRequest) -> HttpResponse {
    let text = site.session(&http).map(|session| serde_json::to_string(&session).doing("show"));
    match text {
        Some(Ok(text)) => HttpResponse::Ok()
            .content_type("application/json")
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(text),
        _ => HttpResponse::NotFound().finish(),
    }
}

/// Legal notes, privacy and accessibility: the broker's pages link to them.
async fn note(site: web::Data<PortalSite>, path: web::Path<String>) -> HttpResponse {
    let title = match path.as_str() {
        "note-legali" => "Note legali",
        "privacy" => "Privacy",
        "accessibilita" => "Dichiarazione di accessibilità",
        "assistenza" => "Assistenza",
        _ => return HttpResponse::NotFound().finish(),
    };
    let page = NotePage { name: site.portal.kind.name, title };
    match page.render() {
        Ok(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

#[derive(Deserialize)]
struct Wanted {
    level: Option<u8>,
}

#[derive(Deserialize)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Who signed in, as the page shows it.
struct Shown {
    name: String,
    level: String,
    instrument: String,
    country: Option<String>,
    claims: Vec<(String, String)>,
}

impl Shown {
    fn of(session: &SignedIn) -> Self {
        let text = |name: &str| {
            let found = session.userinfo.get(name).or_else(|| session.id_token.get(name));
            found.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let acr = text("acr");
        let level = Level::from_uri(&acr).map_or(acr, |level| level.number().to_string());
        let all = [&session.id_token, &session.userinfo].into_iter().filter_map(Value::as_object);
        let mut claims: Vec<(String, String)> = all
            .flatten()
            .map(|(name, value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), value)
            })
            .collect();
        claims.sort();
        claims.dedup();
        let name = format!("{} {}", text("given_name"), text("family_name"));
        let instrument = match text("auth_method").as_str() {
            "spid" => "SPID".to_owned(),
            "cie" => "CIE".to_owned(),
            "eidas" => "eIDAS".to_owned(),
            other => other.to_owned(),
        };
        let country = Some(text("eidas_country")).filter(|code| !code.is_empty());
        Self { name: name.trim().to_owned(), level, instrument, country, claims }
    }
}

#[derive(Template)]
#[template(path = "portal-home.html")]
struct HomePage<'a> {
    name: &'a str,
    accent: &'a str,
    levels: [u8; 3],
    problem: &'a str,
    person: Option<Shown>,
}

#[derive(Template)]
#[template(path = "portal-note.html")]
struct NotePage<'a> {
    name: &'a str,
    title: &'a str,
}
