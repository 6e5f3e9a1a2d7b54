//! The two addresses: what a request shows, the verb it stands for, and its answer.
//!
//! Not a decision.

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Data, Path, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use super::{Issued, Refusal, Registrations, one_wrong};
use crate::crypto::Handle;
use crate::oidc::client::ClientId;
use crate::provider::{Provider, answer};

/// Adds them.
pub(in crate::provider) fn configure(routes: &mut ServiceConfig) {
    routes
        .service(
            web::resource("/register")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::post().to(register))
                .default_service(web::to(|| async { answer::method_not_allowed("POST") })),
        )
        .service(
            web::resource("/register/{client_id}")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::get().to(read))
                .route(web::put().to(update))
                .route(web::delete().to(remove))
                .default_service(web::to(|| async {
                    answer::method_not_allowed("GET, PUT, DELETE")
                })),
        );
}

async fn register(provider: Data<Provider>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let work = async |registrations: &Registrations| {
        let initial = bearer(&request).ok_or_else(Refusal::token)?;
        registrations.admits(initial).await?;
        registrations.register(initial, members(&body)?, &provider.signs_with()).await
    };
    reply(&provider, StatusCode::CREATED, work).await
}

async fn read(provider: Data<Provider>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let work = async |registrations: &Registrations| {
        let (id, token) = shown(&request, &id)?;
        registrations.read(id, token).await
    };
    reply(&provider, StatusCode::OK, work).await
}

async fn update(
    provider: Data<Provider>,
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
) -> HttpResponse {
    let work = async |registrations: &Registrations| {
        let (id, token) = shown(&request, &id)?;
        registrations.update(id, &token, members(&body)?, &provider.signs_with()).await
    };
    reply(&provider, StatusCode::OK, work).await
}

async fn remove(provider: Data<Provider>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let Some(registrations) = provider.registrations() else { return absent() };
    let removed = match shown(&request, &id) {
        Ok((id, token)) => registrations.remove(&id, &token).await,
        Err(refusal) => Err(refusal),
    };
    match removed {
        Ok(()) => {
            HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
        Err(refusal) => refusal.answer(&provider.broker),
    }
}

async fn reply(
    provider: &Provider,
    status: StatusCode,
    work: impl AsyncFnOnce(&Registrations) -> Result<Issued, Refusal>,
) -> HttpResponse {
    let Some(registrations) = provider.registrations() else { return absent() };
    match work(registrations).await {
        Ok(issued) => HttpResponse::build(status)
            .content_type("application/json")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::PRAGMA, "no-cache"))
            .body(issued.answer(&provider.broker.settings.issuer).to_string()),
        Err(refusal) => refusal.answer(&provider.broker),
    }
}

fn absent() -> HttpResponse {
    HttpResponse::NotFound().finish()
}

/// The name in the address, and the token that must be its own.
fn shown(request: &HttpRequest, id: &str) -> Result<(ClientId, Handle), Refusal> {
    let token = bearer(request).and_then(Handle::parse).ok_or_else(Refusal::token)?;
    Ok((ClientId::parse(id).ok_or_else(Refusal::token)?, token))
}

/// The one token of the `Authorization` header (RFC 6750, section 2.1).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn members(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body)
        .map_err(|_| one_wrong("client metadata", "is not a JSON object", "write one"))
}

/// Octets of a request: keys in a set, and addresses.
const BODY_LIMIT: usize = 64 * 1024;
