//! `/token`: a code becomes tokens, for the client it was made for (RFC 6749, section 4.1.3; OpenID
//! Connect Core 1.0, section 3.1.3).
//!
//! Not the single use of a code: `login::redeem` sees to that.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::parameters::Parameters;
use super::{Provider, answer, authentication, id_token};
use crate::crypto::Handle;
use crate::fault::Fault;

/// The answer (RFC 6749, section 5.1).
#[derive(Serialize)]
struct Tokens<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
    id_token: String,
}

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match exchange(&provider, &request, &body).await {
        Ok(body) => answer::private(body),
        Err(fault) => answer::fault(&provider.broker, fault, authentication::challenge),
    }
}

async fn exchange(
    provider: &Provider,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Vec<u8>, Fault> {
    if !is_form(request) {
        return Err(invalid("the body is not application/x-www-form-urlencoded"));
    }
    let parameters = Parameters::parse(body);
    let mut known = KNOWN.into_iter().chain(authentication::PARAMETERS);
    if let Some(name) = known.find(|name| parameters.repeats(name)) {
        return Err(invalid(name));
    }
    let client = authentication::client(provider, request, &parameters).await?;
    match parameters.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => return Err(Fault::of_slug("grant-type-unsupported")),
        None => return Err(invalid("grant_type")),
    }
    let code = parameters.get("code").ok_or_else(|| invalid("code"))?;
    let code = Handle::parse(code).ok_or_else(|| Fault::of_slug("code-invalid"))?;
    let redirect_uri = parameters.get("redirect_uri").unwrap_or_default();
    let verifier = parameters.get("code_verifier");
    provider.broker.issuer.ready(client.client().protocol.id_token_algorithm).await?;
    let redeemed = provider.broker.redeem(&code, &client, redirect_uri, verifier).await?;
    let access_token = redeemed.access_token.reveal();
    let id_token = id_token::of(provider, client.client(), &redeemed.grant, &access_token).await?;
    let tokens = Tokens {
        access_token: &access_token,
        token_type: "Bearer",
        expires_in: redeemed.expires_in.as_secs(),
        scope: redeemed.grant.scopes.to_string(),
        id_token,
    };
    serde_json::to_vec(&tokens).map_err(|cause| Fault::of_slug("internal").caused_by(cause))
}

/// Whether the body says that it is form-encoded.
pub(super) fn is_form(request: &HttpRequest) -> bool {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    media_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

fn invalid(what: &str) -> Fault {
    Fault::of_slug("token-request-invalid").with_detail(what)
}

/// Every parameter that means something here, beside those that prove the client.
const KNOWN: [&str; 4] = ["grant_type", "code", "redirect_uri", "code_verifier"];
