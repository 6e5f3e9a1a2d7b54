//! Who sent a request that only clients send: what an endpoint was shown, handed to
//! `oidc::client_authentication` (RFC 6749, section 2.3).
//!
//! Not the judgement, and not what the client may do then.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::federation::{Knock, Letter};
use super::parameters::Parameters;
use super::{Provider, certificate};
use crate::fault::Fault;
use crate::oidc::ClientAuthenticated;
use crate::oidc::client_authentication::{Authenticator, Presented};

/// The client that header, body and certificate prove.
///
/// # Errors
/// `client-authentication-failed`, or `token-request-invalid` for more than one proof.
pub(super) async fn client(
    provider: &Provider,
    request: &HttpRequest,
    parameters: &Parameters<'_>,
) -> Result<ClientAuthenticated, Fault> {
    let broker = &provider.broker;
    let knock = Knock {
        client: parameters.get("client_id"),
        letter: letter(parameters),
        peer: request.peer_addr().map(|peer| peer.ip()),
    };
    provider.recall(&knock).await?;
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (authorization, second) = (headers.next(), headers.next());
    if second.is_some() {
        return Err(Fault::of_slug("token-request-invalid").with_detail("Authorization"));
    }
    let certificate = certificate::of(request)?;
    let presented = Presented {
        // A header that is no text is no proof either: the empty text is refused as malformed.
        authorization: authorization.map(|value| value.to_str().unwrap_or_default()),
        client_id: parameters.get("client_id"),
        client_secret: parameters.get("client_secret"),
        assertion_type: parameters.get("client_assertion_type"),
        assertion: parameters.get("client_assertion"),
        certificate: certificate.as_deref(),
    };
    let mutual_tls = provider.mutual_tls();
    let clients = broker.clients.load_full();
    let authenticator = Authenticator {
        clients: &clients,
        issuer: &broker.settings.issuer,
        shelves: &broker.shelves,
        authorities: mutual_tls.as_ref().and_then(|mutual_tls| mutual_tls.authorities.as_ref()),
        fx: &broker.fx,
    };
    Ok(authenticator.authenticate(&presented).await?)
}

/// What speaks for a client that nobody knows yet: its request, if it pushes one, or its assertion.
fn letter<'a>(parameters: &'a Parameters<'_>) -> Option<Letter<'a>> {
    let request = parameters.get("request").map(Letter::Request);
    request.or_else(|| parameters.get("client_assertion").map(Letter::Assertion))
}

/// The parameters that prove a client; each may come once.
pub(super) const PARAMETERS: [&str; 4] =
    ["client_id", "client_secret", "client_assertion_type", "client_assertion"];

/// The challenge of a refusal (RFC 6749, section 5.2).
pub(super) fn challenge(_: &Fault) -> String {
    r#"Basic realm="varco""#.to_owned()
}
