//! `/userinfo`: the claims behind an access token (OpenID Connect Core 1.0, section 5.3; RFC 6750).
//!
//! Never a token in the address (RFC 9700, section 4.3.2): addresses are logged.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::parameters::Parameters;
use super::{Provider, answer, id_token, token};
use crate::fault::Fault;
use crate::identity::{Release, assurance};
use crate::oidc::Scope;

pub(super) async fn get(provider: Data<Provider>, request: HttpRequest) -> HttpResponse {
    reply(&provider, &request, &[]).await
}

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let body = if token::is_form(&request) { &body } else { &[][..] };
    reply(&provider, &request, body).await
}

async fn reply(provider: &Provider, request: &HttpRequest, body: &[u8]) -> HttpResponse {
    match claims(provider, request, body).await {
        Ok(Some(claims)) => answer::private(claims),
        // Without any token no error is named (RFC 6750, section 3.1).
        Ok(None) => HttpResponse::Unauthorized()
            .insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="varco""#))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish(),
        Err(fault) => answer::fault(&provider.broker, fault, challenge),
    }
}

async fn claims(
    provider: &Provider,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Option<Vec<u8>>, Fault> {
    let parameters = Parameters::parse(body);
    let header = request.headers().get(header::AUTHORIZATION);
    let shown = match (header, parameters.has("access_token")) {
        (None, false) => return Ok(None),
        (Some(header), false) => bearer(header.to_str().unwrap_or_default()),
        (None, true) => parameters.get("access_token"),
        (Some(_), true) => {
            return Err(Fault::of_slug("token-request-invalid").with_detail("two access tokens"));
        }
    };
    let invalid = || Fault::of_slug("token-invalid");
    let grant = provider.broker.unlock(shown.ok_or_else(invalid)?).await?;
    let clients = provider.broker.clients.load();
    let client = clients.get(&grant.client_id).ok_or_else(invalid)?;
    if !grant.scopes.contains(Scope::Openid) {
        return Err(Fault::of_slug("token-insufficient-scope"));
    }
    let release = Release {
        granted: &grant.scopes,
        entitled: &client.scopes,
        asked: &grant.claims.userinfo,
        profile: client.claims_profile,
    };
    let mut claims = release.claims(&grant.identity);
    claims.extend(assurance(&grant.identity));
    claims.insert("sub".to_owned(), id_token::subject(provider, client, &grant)?.into());
    serde_json::to_vec(&claims)
        .map(Some)
        .map_err(|cause| Fault::of_slug("internal").caused_by(cause))
}

/// The token of a `Bearer` header; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// RFC 6750, section 3.
fn challenge(fault: &Fault) -> String {
    let row = fault.row();
    let error = row.oauth.unwrap_or("server_error");
    format!(r#"Bearer realm="varco", error="{error}", error_description="{}""#, row.code)
}
