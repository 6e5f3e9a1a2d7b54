//! How these endpoints answer a server: JSON, never cached (RFC 6749, sections 5.1 and 5.2).
//!
//! Not pages and not redirects: those are `web::reply`.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use serde::Serialize;
use serde_json::json;

use crate::fault::Fault;
use crate::login::{Broker, Event};

/// An answer that only its receiver may keep.
pub(super) fn private(body: impl Into<Bytes>) -> HttpResponse {
    private_as("application/json", body)
}

/// The same, of another media type.
pub(super) fn private_as(media_type: &'static str, body: impl Into<Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .body(body.into())
}

/// Something was made that only its receiver may know.
pub(super) fn created(what: &impl Serialize) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(what)
}

/// A document that everybody may read, scripts of other sites too.
pub(super) fn public(body: Bytes, max_age: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, max_age))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(body)
}

/// A fault as its OAuth error, described by its code alone. `challenge` stands in `WWW-Authenticate`
/// of a 401 or 403; the operator's line is written and the fault counted.
pub(super) fn fault(
    broker: &Broker,
    fault: Fault,
    challenge: impl FnOnce(&Fault) -> String,
) -> HttpResponse {
    let code = fault.row().code;
    described_fault(broker, fault, code, challenge)
}

/// The same, described to a developer in more words; they hold nothing but what the request held.
pub(super) fn described_fault(
    broker: &Broker,
    mut fault: Fault,
    description: &str,
    challenge: impl FnOnce(&Fault) -> String,
) -> HttpResponse {
    fault.report("", "");
    let row = fault.row();
    broker.observer.observe(Event::Fault { row });
    let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        // What a browser would be shown as a page is the fault of the request here.
        "error": row.oauth.unwrap_or(if row.status < 500 { "invalid_request" } else { "server_error" }),
        "error_description": description,
    });
    let mut answer = HttpResponse::build(status);
    if status == StatusCode::TOO_MANY_REQUESTS {
        // The window of `oidc::throttle`, in seconds.
        answer.insert_header((header::RETRY_AFTER, "60"));
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        let challenge = challenge(&fault);
        // Where nobody authenticates there is nothing to ask for.
        if !challenge.is_empty() {
            answer.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
    }
    answer
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .body(body.to_string())
}

/// For a method that an endpoint does not have (RFC 9110, section 15.5.6).
pub(super) fn method_not_allowed(allow: &'static str) -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow)).finish()
}
