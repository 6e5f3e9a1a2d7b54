//! The pages themselves, in plain HTML that needs no script.
//!
//! Not the providers' real pages: names alone, no marks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use askama::Template;

use crate::error::{Doing as _, SandboxError};
use crate::people::Person;
use crate::saml::Provider;
use crate::saml::binding::{Binding, Departure};
use crate::saml::kind::Kind;
use crate::saml::logout::OpenSession;
use crate::saml::misbehaviour::Misbehaviour;

/// A page with status 200.
pub(super) fn html(page: &impl Template) -> Result<HttpResponse, SandboxError> {
    with_status(StatusCode::OK, page)
}

/// A message on its way, as the browser carries it.
pub(super) fn depart(departure: Departure) -> Result<HttpResponse, SandboxError> {
    match departure {
        Departure::Redirect(address) => {
            Ok(HttpResponse::SeeOther().insert_header((LOCATION, address)).finish())
        }
        Departure::Post { action, name, value, relay_state } => {
            html(&ReturnPage { action, name, value, relay_state })
        }
    }
}

/// What a real provider shows for anomalies 4 to 7 and 10, and the node for codes of its own: a page
/// that leads nowhere, status 403.
pub(super) fn refusal(provider: &Provider, why: &SandboxError) -> HttpResponse {
    let text = why.to_string();
    let page =
        NotePage { name: &provider.name, title: "Richiesta rifiutata", text: &text, problem: true };
    let shown = with_status(StatusCode::FORBIDDEN, &page);
    shown.unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

fn with_status(status: StatusCode, page: &impl Template) -> Result<HttpResponse, SandboxError> {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page.render().doing("show a page")?))
}

/// Who signs in, and how the provider behaves.
#[derive(Template)]
#[template(path = "provider-login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) service: &'a str,
    pub(super) level: u8,
    pub(super) purpose: Option<&'a str>,
    pub(super) attributes: String,
    pub(super) request: &'a str,
    pub(super) state: Option<&'a str>,
    pub(super) people: Vec<Person>,
    pub(super) cases: Vec<Misbehaviour>,
}

/// From which state somebody comes.
#[derive(Template)]
#[template(path = "provider-country.html")]
pub(super) struct CountryPage<'a> {
    pub(super) name: &'a str,
    pub(super) service: &'a str,
    pub(super) request: &'a str,
    pub(super) states: &'a [(&'a str, &'a str)],
}

/// Whose sessions are open.
#[derive(Template)]
#[template(path = "provider-sessions.html")]
pub(super) struct SessionsPage<'a> {
    pub(super) name: &'a str,
    pub(super) sessions: Vec<OpenSession>,
    pub(super) bindings: [Binding; 2],
}

/// One sentence.
#[derive(Template)]
#[template(path = "provider-note.html")]
pub(super) struct NotePage<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) problem: bool,
}

/// The form that posts itself, with a button for who has no scripts.
#[derive(Template)]
#[template(path = "provider-return.html")]
struct ReturnPage {
    action: String,
    name: &'static str,
    value: String,
    relay_state: Option<String>,
}
