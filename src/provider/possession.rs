//! Which key the sender of a request holds, and whether it is the one that a token is bound to (RFC 9449;
//! RFC 8705, section 3).
//!
//! Not the proof itself: `oidc::dpop` verifies that.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::{Provider, certificate};
use crate::fault::Fault;
use crate::oidc::client::TokenBinding;
use crate::oidc::dpop::{Call, Proof, ProofCheck, ProofFault};
use crate::oidc::{Client, Confirmation};

/// How an access token was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// RFC 6750.
    Bearer,
    /// RFC 9449, section 7.1.
    Dpop,
}

/// The key that the tokens of a token request are to be bound to.
///
/// # Errors
/// When the proof is wrong, or the client's tokens must be bound and there is none.
pub(super) async fn at_token(
    provider: &Provider,
    request: &HttpRequest,
    client: &Client,
) -> Result<Option<Confirmation>, Fault> {
    let key = |proof: Proof| Confirmation::Key(proof.key().as_str().to_owned());
    match client.protocol.token_binding {
        TokenBinding::Bearer => Ok(proof(provider, request, "token", None).await?.map(key)),
        TokenBinding::Dpop => {
            let proof = proof(provider, request, "token", None).await?;
            let missing = || Fault::of_slug("dpop-proof-invalid").with_detail(NO_PROOF);
            proof.map(key).map(Some).ok_or_else(missing)
        }
        TokenBinding::Certificate => {
            let shown = certificate::of(request)?;
            let missing = || Fault::of_slug("token-request-invalid").with_detail(NO_CERTIFICATE);
            shown.map(|shown| shown.confirmation()).map(Some).ok_or_else(missing)
        }
    }
}

/// Whether whoever presented `token` at the resource `path` may: it is bound to nothing, or the request
/// proves the key it is `bound` to.
///
/// # Errors
/// `token-invalid` or `resource-proof-invalid`.
pub(super) async fn at_resource(
    provider: &Provider,
    request: &HttpRequest,
    path: &str,
    (scheme, token): (Scheme, &str),
    bound: Option<&Confirmation>,
) -> Result<(), Fault> {
    let refused = |what| Err(Fault::of_slug("token-invalid").with_detail(what));
    match (bound, scheme) {
        (None, Scheme::Bearer) => Ok(()),
        (Some(Confirmation::Key(key)), Scheme::Dpop) => {
            let proof = proof(provider, request, path, Some(token)).await.map_err(at_a_resource)?;
            match proof {
                Some(proof) if proof.key().as_str() == key => Ok(()),
                Some(_) => refused("the token is for another key"),
                None => Err(Fault::of_slug("resource-proof-invalid").with_detail(NO_PROOF)),
            }
        }
        (Some(bound @ Confirmation::Certificate(_)), Scheme::Bearer) => {
            match certificate::of(request)? {
                Some(shown) if shown.confirmation() == *bound => Ok(()),
                _ => refused("the token is for the holder of another certificate"),
            }
        }
        _ => refused("the token is for another scheme"),
    }
}

/// What the `DPoP` header of a request to `path` proves.
///
/// # Errors
/// [`ProofFault`]: as a [`Fault`] it is the answer of an endpoint that issues.
pub(super) async fn proof(
    provider: &Provider,
    request: &HttpRequest,
    path: &str,
    access_token: Option<&str>,
) -> Result<Option<Proof>, ProofFault> {
    let headers = request.headers().get_all("dpop");
    let headers: Vec<&str> = headers.map(|value| value.to_str().unwrap_or_default()).collect();
    let broker = &provider.broker;
    let uri = format!("{}/{path}", broker.settings.issuer);
    let mutual_tls = provider.mutual_tls();
    let alias = mutual_tls.as_ref().and_then(|mutual_tls| mutual_tls.url.as_deref());
    let alias = alias.map(|url| format!("{url}/{path}"));
    let uris = [Some(uri.as_str()), alias.as_deref()];
    let uris: Vec<&str> = uris.into_iter().flatten().collect();
    let nonces = provider.nonces.load_full();
    let check = ProofCheck { shelves: &broker.shelves, fx: &broker.fx, nonces: nonces.as_deref() };
    let call = Call { method: request.method().as_str(), uris: &uris, access_token };
    check.verify(&headers, call).await
}

/// Gives the nonce for the next proof, where proofs must carry one (RFC 9449, sections 8.2 and 9).
pub(super) fn offering(provider: &Provider, mut answer: HttpResponse) -> HttpResponse {
    let nonces = provider.nonces.load();
    let nonce = nonces.as_ref().map(|nonces| nonces.current(provider.broker.fx.now()));
    if let Some(Ok(nonce)) = nonce.map(HeaderValue::try_from) {
        answer.headers_mut().insert(HeaderName::from_static("dpop-nonce"), nonce);
    }
    answer
}

/// RFC 9449, section 7.1: a resource answers with 401.
fn at_a_resource(cause: ProofFault) -> Fault {
    match cause {
        ProofFault::NonceNeeded => Fault::of_slug("resource-nonce-required"),
        ProofFault::Unavailable(cause) => cause.into(),
        refused => Fault::of_slug("resource-proof-invalid").with_detail(refused.to_string()),
    }
}

const NO_PROOF: &str = "the tokens are bound to a key, and the proof is missing";
const NO_CERTIFICATE: &str = "the tokens are bound to a certificate, and none was shown";
