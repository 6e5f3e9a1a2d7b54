//! The addresses of a member: its configuration, and what it knows of others.
//!
//! Not a search: whoever asks here makes nobody ask others (OpenID Federation 1.0, section 18.1; AgID,
//! "Resolve entity statement endpoint").

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use url::form_urlencoded;

use super::{Membership, PAST_KEYS, REGISTER, RESOLVE, explicit};
use crate::fault::Fault;
use crate::federation::{ResolveQuery, Unresolved};
use crate::provider::{Provider, answer};

/// Adds them.
pub(in crate::provider) fn configure(routes: &mut ServiceConfig) {
    let only = || async { answer::method_not_allowed("GET, HEAD") };
    routes
        .service(
            web::resource("/.well-known/openid-federation")
                .route(web::get().to(configuration))
                .route(web::head().to(configuration))
                .default_service(web::to(only)),
        )
        .service(
            web::resource(RESOLVE)
                .route(web::get().to(resolve))
                .route(web::head().to(resolve))
                .default_service(web::to(only)),
        )
        .service(
            web::resource(PAST_KEYS)
                .route(web::get().to(past_keys))
                .route(web::head().to(past_keys))
                .default_service(web::to(only)),
        )
        .service(
            web::resource(REGISTER)
                .app_data(PayloadConfig::new(REGISTRATION_LIMIT))
                .route(web::post().to(explicit::post))
                .default_service(web::to(|| async { answer::method_not_allowed("POST") })),
        );
}

/// Section 9.
async fn configuration(provider: Data<Provider>) -> HttpResponse {
    let Some(membership) = provider.membership() else { return absent() };
    match membership.own.load_full().configuration(provider.broker.fx.now()).await {
        Ok(token) => signed("application/entity-statement+jwt", "public, max-age=300", &token),
        Err(cause) => {
            let fault = Fault::of_slug("signing-unavailable").caused_by(cause);
            answer::fault(&provider.broker, fault, |_| String::new())
        }
    }
}

/// Section 8.7.
async fn past_keys(provider: Data<Provider>) -> HttpResponse {
    let Some(membership) = provider.membership() else { return absent() };
    let Some(keys) = &membership.settings.past_keys else { return absent() };
    match membership.own.load_full().past_keys(keys, provider.broker.fx.now()).await {
        Ok(token) => signed("application/jwk-set+jwt", "public, max-age=300", &token),
        Err(cause) => {
            let fault = Fault::of_slug("signing-unavailable").caused_by(cause);
            answer::fault(&provider.broker, fault, |_| String::new())
        }
    }
}

/// Section 8.3.
async fn resolve(provider: Data<Provider>, request: HttpRequest) -> HttpResponse {
    let Some(membership) = provider.membership() else { return absent() };
    match resolved(&provider, membership, request.query_string()).await {
        Ok(answer) => answer,
        Err(unresolved) => refusal(unresolved),
    }
}

async fn resolved(
    provider: &Provider,
    membership: &Membership,
    query: &str,
) -> Result<HttpResponse, Unresolved> {
    let own = membership.own.load_full();
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let query = ResolveQuery::read(&pairs, own.dialect(), membership.settings.development)?;
    let resolved = membership.federation.answer(&own, &query, provider.broker.fx.now()).await?;
    Ok(signed(resolved.media_type, "no-store", &resolved.token))
}

/// Section 8.9. It is no fault: nothing is wrong with us, and whoever asks is told.
fn refusal(unresolved: Unresolved) -> HttpResponse {
    let status = StatusCode::from_u16(unresolved.status());
    let body = json!({"error": unresolved.code(), "error_description": unresolved.to_string()});
    HttpResponse::build(status.unwrap_or(StatusCode::BAD_REQUEST))
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body.to_string())
}

fn signed(media_type: &'static str, keep: &'static str, token: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(token.to_owned())
}

fn absent() -> HttpResponse {
    HttpResponse::NotFound().finish()
}

/// Octets of a configuration, or of a chain of five statements, that is sent to be registered.
const REGISTRATION_LIMIT: usize = 256 * 1024;
