//! `/revoke`: a client gives a token back (RFC 7009).
//!
//! Not an oracle: a token that is unknown, dead or another client's gets the same answer.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{Provider, answer, authentication, token};
use crate::fault::Fault;

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match revoke(&provider, &request, &body).await {
        Ok(()) => answer::private(""),
        Err(fault) => answer::fault(&provider.broker, fault, authentication::challenge),
    }
}

async fn revoke(provider: &Provider, request: &HttpRequest, body: &[u8]) -> Result<(), Fault> {
    let parameters = token::form(request, body, &["token", "token_type_hint"])?;
    let client = authentication::client(provider, request, &parameters).await?;
    let missing = || Fault::of_slug("token-request-invalid").with_detail("token");
    let shown = parameters.get("token").ok_or_else(missing)?;
    provider.broker.revoke(shown, &client.client().id).await
}
