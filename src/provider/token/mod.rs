//! `/token`: a code, a refresh token or a token of another client becomes tokens (RFC 6749, sections 4.1.3
//! and 6; RFC 8693; OpenID Connect Core 1.0, sections 3.1.3 and 12).
//!
//! Not the single use of what is shown: `login` sees to that. One file for each grant type; `mint` makes
//! the access token.

mod code;
mod exchange;
mod mint;
mod refresh;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

pub(super) use mint::audience;

use super::parameters::Parameters;
use super::{Provider, answer, authentication, possession};
use crate::fault::Fault;
use crate::login::Grant;
use crate::oidc::client::AuthenticationMethod;
use crate::oidc::{Client, ClientAuthenticated, Confirmation, throttle};

/// The answer (RFC 6749, section 5.1).
#[derive(Serialize)]
struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// A request whose client is known.
struct Asked<'a> {
    provider: &'a Provider,
    client: ClientAuthenticated,
    parameters: &'a Parameters<'a>,
    /// The key that the request proves, for the tokens to be bound to.
    held: Option<Confirmation>,
}

impl Asked<'_> {
    fn client(&self) -> &Client {
        self.client.client()
    }

    /// A public client proves nothing, so its refresh token is bound to the key of its first request.
    fn is_public(&self) -> bool {
        matches!(self.client().authentication, AuthenticationMethod::None)
    }

    /// Whether refresh tokens are replaced by use: all but those of confidential clients whose tokens
    /// are bound to a key (RFC 9700, section 4.14.2; FAPI 2.0 Security Profile, section 5.3.2.1).
    fn rotates(&self) -> bool {
        self.is_public() || self.held.is_none()
    }

    /// The resource servers that the token is for: some of the grant's, or some of the client's own when
    /// the grant names none (RFC 8707, section 2.2).
    fn resources(&self, grant: &Grant) -> Result<Vec<String>, Fault> {
        let asked = self.parameters.all("resource");
        if asked.is_empty() {
            return Ok(grant.resources.clone());
        }
        let granted = match grant.resources.as_slice() {
            [] => &self.client().protocol.resources,
            granted => granted,
        };
        if asked.iter().any(|uri| !granted.iter().any(|known| known == uri)) {
            return Err(Fault::of_slug("token-target-invalid"));
        }
        let mut asked: Vec<String> = asked.into_iter().map(str::to_owned).collect();
        asked.sort_unstable();
        asked.dedup();
        Ok(asked)
    }
}

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let answer = match tokens(&provider, &request, &body).await {
        Ok(body) => answer::private(body),
        Err(fault) => answer::fault(&provider.broker, fault, authentication::challenge),
    };
    possession::offering(&provider, answer)
}

async fn tokens(provider: &Provider, request: &HttpRequest, body: &[u8]) -> Result<Vec<u8>, Fault> {
    let parameters = form(request, body, &KNOWN)?;
    let client = authentication::client(provider, request, &parameters).await?;
    let grants = client.client().protocol.grants;
    let how = match parameters.get("grant_type") {
        Some("authorization_code") => How::Code,
        Some("refresh_token") if grants.refresh_token => How::Refresh,
        Some(EXCHANGE) if grants.token_exchange => How::Exchange,
        Some("refresh_token" | EXCHANGE) => return Err(Fault::of_slug("grant-type-unauthorized")),
        Some(_) => return Err(Fault::of_slug("grant-type-unsupported")),
        None => return Err(invalid("grant_type")),
    };
    let held = possession::at_token(provider, request, client.client()).await?;
    let asked = Asked { provider, client, parameters: &parameters, held };
    let tokens = match how {
        How::Code => code::redeem(&asked).await,
        How::Refresh => refresh::refresh(&asked).await,
        How::Exchange => exchange::exchange(&asked).await,
    };
    match tokens {
        Ok(tokens) => {
            serde_json::to_vec(&tokens).map_err(|cause| Fault::of_slug("internal").caused_by(cause))
        }
        Err(fault) => Err(throttled(provider, asked.client(), fault).await),
    }
}

/// What looks like a guess is counted; too many of them get another answer.
async fn throttled(provider: &Provider, client: &Client, fault: Fault) -> Fault {
    let guess = matches!(fault.row().slug, "code-invalid" | "refresh-invalid");
    let shelves = &provider.broker.shelves;
    if guess && throttle::too_many(shelves, throttle::Kind::Grant, client.id.as_str()).await {
        return Fault::of_slug("grant-throttled").caused_by(fault);
    }
    fault
}

/// The grant types.
enum How {
    Code,
    Refresh,
    Exchange,
}

/// The parameters of a form, of which `known` and those that prove the client may come once.
pub(super) fn form<'b>(
    request: &HttpRequest,
    body: &'b [u8],
    known: &[&str],
) -> Result<Parameters<'b>, Fault> {
    if !is_form(request) {
        return Err(invalid("the body is not application/x-www-form-urlencoded"));
    }
    let parameters = Parameters::parse(body);
    let mut known = known.iter().chain(&authentication::PARAMETERS);
    match known.find(|name| parameters.repeats(name)) {
        Some(name) => Err(invalid(name)),
        None => Ok(parameters),
    }
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

/// Every parameter that means something here and may come once, beside those that prove the client.
const KNOWN: [&str; 11] = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "subject_token",
    "subject_token_type",
    "requested_token_type",
    "actor_token",
    "actor_token_type",
];
/// RFC 8693, section 2.1.
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
