//! `/userinfo`: the claims behind an access token (OpenID Connect Core 1.0, section 5.3; RFC 6750; RFC
//! 9449, section 7).
//!
//! Never a token in the address (RFC 9700, section 4.3.2): addresses are logged.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use super::parameters::Parameters;
use super::possession::{self, Scheme};
use super::{Provider, answer, behalf, encryption, id_token, token};
use crate::crypto::jose::TokenType;
use crate::crypto::jwk::SignatureAlgorithm;
use crate::fault::Fault;
use crate::identity::{Release, assurance};
use crate::login::{AccessToken, Unlocked};
use crate::oidc::{Client, Scope};

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
    let parameters = Parameters::parse(body);
    let shown = match shown(request, &parameters) {
        Ok(Some(shown)) => shown,
        // Without any token no error is named (RFC 6750, section 3.1).
        Ok(None) => {
            return HttpResponse::Unauthorized()
                .append_header((header::WWW_AUTHENTICATE, r#"Bearer realm="varco""#))
                .append_header((header::WWW_AUTHENTICATE, dpop()))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .finish();
        }
        Err(fault) => return answer::fault(&provider.broker, fault, challenge),
    };
    let answer = match told(provider, request, shown).await {
        Ok(answer) => answer,
        Err(fault) if shown.0 == Scheme::Dpop => {
            answer::fault(&provider.broker, fault, |fault| format!("{}, {}", dpop(), error(fault)))
        }
        Err(fault) => answer::fault(&provider.broker, fault, challenge),
    };
    possession::offering(provider, answer)
}

/// The token, and how it was presented. The scheme's case does not matter (RFC 9110, section 11.1).
fn shown<'r>(
    request: &'r HttpRequest,
    parameters: &'r Parameters<'_>,
) -> Result<Option<(Scheme, &'r str)>, Fault> {
    let invalid = |what| Fault::of_slug("token-request-invalid").with_detail(what);
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (header, second) = (headers.next(), headers.next());
    match (header, parameters.has("access_token")) {
        (_, _) if second.is_some() => Err(invalid("two access tokens")),
        (Some(_), true) => Err(invalid("two access tokens")),
        (None, false) => Ok(None),
        (None, true) => {
            Ok(Some((Scheme::Bearer, parameters.get("access_token").unwrap_or_default())))
        }
        (Some(header), false) => {
            let header = header.to_str().unwrap_or_default();
            let (scheme, token) = header.split_once(' ').unwrap_or_default();
            if scheme.eq_ignore_ascii_case("dpop") {
                Ok(Some((Scheme::Dpop, token.trim())))
            } else if scheme.eq_ignore_ascii_case("bearer") {
                Ok(Some((Scheme::Bearer, token.trim())))
            } else {
                Ok(Some((Scheme::Bearer, "")))
            }
        }
    }
}

async fn told(
    provider: &Provider,
    request: &HttpRequest,
    shown: (Scheme, &str),
) -> Result<HttpResponse, Fault> {
    let broker = &provider.broker;
    let invalid = || Fault::of_slug("token-invalid");
    let token = AccessToken::parse(shown.1).ok_or_else(invalid)?;
    let unlocked = broker.unlock(&token).await?.ok_or_else(invalid)?;
    let bound = unlocked.access.confirmation.as_ref();
    possession::at_resource(provider, request, "userinfo", shown, bound).await?;
    if !broker.note_use(&unlocked).await? {
        return Err(invalid());
    }
    let Unlocked { grant, access, .. } = &unlocked;
    let issuer = &broker.settings.issuer;
    // A token for others is not for us: they could bring it here (RFC 9700, section 2.3).
    if !access.resources.is_empty() && !access.resources.contains(issuer) {
        return Err(invalid().with_detail("the token is for other resource servers"));
    }
    provider.remember(&grant.client_id).await;
    let clients = broker.clients.load();
    let client = clients.get(&grant.client_id).ok_or_else(invalid)?;
    if !client.is_current(broker.fx.now()) {
        return Err(invalid().with_detail("the client's registration is over"));
    }
    if !access.scopes.contains(Scope::Openid) {
        return Err(Fault::of_slug("token-insufficient-scope"));
    }
    // The client takes more now than when the person signed in (RFC 9470, section 3).
    if grant.identity.level < client.minimum_level {
        let needed = client.minimum_level.uri();
        return Err(Fault::of_slug("authentication-insufficient").with_detail(needed));
    }
    let release = Release {
        granted: &access.scopes,
        entitled: &client.scopes,
        asked: &grant.claims.userinfo,
        profile: client.claims_profile,
        roles: grant.capacity.roles(),
    };
    let mut claims = release.claims(&grant.identity);
    claims.extend(assurance(&grant.identity, client.claims_profile));
    claims.extend(behalf::claims(provider, client, grant)?);
    claims.insert("sub".to_owned(), id_token::subject(provider, client, grant)?.into());
    written(provider, client, claims).await
}

/// As the client registered it: JSON, signed, encrypted, or both (OpenID Connect Core 1.0, section 5.3.2).
async fn written(
    provider: &Provider,
    client: &Client,
    mut claims: Map<String, Value>,
) -> Result<HttpResponse, Fault> {
    let protocol = &client.protocol;
    if protocol.userinfo_algorithm.is_some() {
        claims.insert("iss".to_owned(), provider.broker.settings.issuer.as_str().into());
        claims.insert("aud".to_owned(), client.id.as_str().into());
    }
    let json =
        serde_json::to_vec(&claims).map_err(|cause| Fault::of_slug("internal").caused_by(cause))?;
    let signed = match protocol.userinfo_algorithm {
        Some(algorithm) => Some(provider.sign(algorithm, TokenType::Jwt, &json).await?),
        None => None,
    };
    let Some(how) = protocol.userinfo_encryption else {
        return Ok(match signed {
            Some(jwt) => answer::private_as(JWT, jwt),
            None => answer::private(json),
        });
    };
    let (content_type, plain) = match &signed {
        Some(jwt) => (Some("JWT"), jwt.as_bytes()),
        None => (None, json.as_slice()),
    };
    let jwe = encryption::to_client(provider, client, how, content_type, plain).await?;
    Ok(answer::private_as(JWT, jwe))
}

const JWT: &str = "application/jwt";

/// RFC 6750, section 3.
fn challenge(fault: &Fault) -> String {
    format!(r#"Bearer realm="varco", {}"#, error(fault))
}

fn error(fault: &Fault) -> String {
    let row = fault.row();
    let error = row.oauth.unwrap_or("server_error");
    let text = format!(r#"error="{error}", error_description="{}""#, row.code);
    match (row.slug, fault.detail()) {
        // RFC 9470, section 3.
        ("authentication-insufficient", Some(level)) => format!(r#"{text}, acr_values="{level}""#),
        _ => text,
    }
}

/// RFC 9449, section 7.1.
fn dpop() -> String {
    let algorithms = SignatureAlgorithm::FAPI2.map(SignatureAlgorithm::name).join(" ");
    format!(r#"DPoP realm="varco", algs="{algorithms}""#)
}
