//! `/par`: a client deposits its authorization request by its own connection, and gets a name for it that
//! a browser can carry (RFC 9126).
//!
//! Not other checks than those of `/authorize`: the same matrix, by another column. What is wrong is
//! told here, in JSON, before any browser is involved.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::authorize::checked;
use super::checks::{self, Way};
use super::parameters::Parameters;
use super::{Provider, answer, authentication, possession, request_object, token};
use crate::fault::Fault;
use crate::oidc::client::AuthenticationMethod;
use crate::oidc::{AuthorizationRequest, ClientAuthenticated};
use crate::web::body::unread;

/// What the name of a request begins with (RFC 9126, section 2.2).
pub(super) const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// The answer (RFC 9126, section 2.2).
#[derive(Serialize)]
struct Pushed {
    request_uri: String,
    expires_in: u64,
}

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let answer = match push(&provider, &request, body).await {
        Ok(pushed) => answer::created(&pushed),
        Err(fault) => answer::fault(&provider.broker, fault, authentication::challenge),
    };
    possession::offering(&provider, answer)
}

async fn push(
    provider: &Provider,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<Pushed, Fault> {
    if !token::is_form(request) {
        return Err(Fault::of_slug("unsupported-media-type"));
    }
    let body = body.map_err(|cause| unread(&cause))?;
    let parameters = Parameters::parse(&body);
    let mut single = authentication::PARAMETERS.into_iter().chain(checks::KNOWN);
    if let Some(name) = single.find(|name| parameters.repeats(name)) {
        return Err(Fault::of_slug("request-parameter-repeated").with_detail(name));
    }
    let client = authentication::client(provider, request, &parameters).await?;
    // The code is bound to the key, if the client shows one.
    let proof = possession::proof(provider, request, "par", None).await?;
    // RFC 9126, section 2.1: a request that names another one is no request.
    if parameters.has("request_uri") {
        return Err(Fault::of_slug("parameter-invalid").with_detail("request_uri"));
    }
    let mut asked = asked(provider, &client, &parameters).await?;
    if let Some(proof) = proof {
        // RFC 9449, section 10.1: both ways of naming the key must name one key.
        let key = proof.key().as_str();
        if asked.dpop_jkt.as_ref().is_some_and(|named| named != key) {
            return Err(Fault::of_slug("dpop-proof-invalid").with_detail("dpop_jkt is another key"));
        }
        asked.dpop_jkt = Some(key.to_owned());
    }
    let public = matches!(client.client().authentication, AuthenticationMethod::None);
    let name = match request.peer_addr().filter(|_| public) {
        Some(peer) => provider.broker.push_from(peer.ip(), &asked).await?,
        None => provider.broker.push(&asked).await?,
    };
    let request_uri = format!("{PREFIX}{}", name.reveal());
    Ok(Pushed { request_uri, expires_in: provider.broker.settings.pushed_lives.as_secs() })
}

/// The request itself.
async fn asked(
    provider: &Provider,
    client: &ClientAuthenticated,
    parameters: &Parameters<'_>,
) -> Result<AuthorizationRequest, Fault> {
    let client = client.client();
    let checked = match parameters.get("request") {
        None => checked(provider, parameters, Way::Pushed, client),
        Some(object) => {
            let inside = request_object::open(provider, client, object).await?;
            checked(provider, &inside, Way::SignedPushed, client)
        }
    };
    checked.map_err(|refused| refused.fault)
}
