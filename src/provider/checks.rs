//! The checks of `/authorize`: one row and one function each, in the order they are made.
//!
//! Not the journey: what passes is an [`AuthorizationRequest`], known to be well asked. Until client
//! and `redirect_uri` are both good the answer is a page; from there on it goes back to the client.

mod acr;
mod claims;

use std::sync::Arc;
use std::time::Duration;

use super::parameters::Parameters;
use crate::fault::Fault;
use crate::oidc::{
    AuthorizationRequest, ClaimsRequest, Client, ClientId, Clients, CodeChallenge, Prompt,
    ResponseMode, ReturnTo, Scope, Scopes,
};
use crate::terms::{Level, Locale};
use crate::upstream::Upstreams;

/// Every parameter that means something here. A repeated one is refused; others are ignored.
#[rustfmt::skip]
const KNOWN: [&str; 22] = [
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce",
    "code_challenge", "code_challenge_method", "prompt", "max_age", "ui_locales", "claims_locales",
    "display", "acr_values", "claims", "id_token_hint", "login_hint", "idp_hint", "request",
    "request_uri", "registration",
];

/// The matrix. `/authorize` is its only column until requests can be pushed.
#[rustfmt::skip]
const CHECKS: [(Check, &str); 14] = [
    (repeated,         "RFC 6749, section 3.1: parameters must not be included more than once"),
    (sizes,            "RFC 6749, section 10.14: input is bounded before it is kept"),
    (request_object,   "OpenID Connect Core 1.0, section 3.1.2.6: request_not_supported"),
    (request_uri,      "OpenID Connect Core 1.0, section 3.1.2.6: request_uri_not_supported"),
    (registration,     "OpenID Connect Core 1.0, section 3.1.2.6: registration_not_supported"),
    (response_type,    "RFC 6749, section 4.1.1: response_type must be code"),
    (response_mode,    "OAuth 2.0 Multiple Response Types, section 2.1: query"),
    (scope,            "OpenID Connect Core 1.0, section 3.1.2.1: scope must contain openid"),
    (pkce,             "RFC 7636, section 4.3; RFC 9700, section 2.1.1: S256, and nothing else"),
    (prompt,           "OpenID Connect Core 1.0, section 3.1.2.1: none stands alone"),
    (max_age,          "OpenID Connect Core 1.0, section 3.1.2.1: seconds"),
    (claims::check,    "OpenID Connect Core 1.0, section 5.5: the claims parameter"),
    (acr::check,       "OpenID Connect Core 1.0, sections 3.1.2.1 and 5.5.1.1: level, never below the client's floor"),
    (session,          "OpenID Connect Core 1.0, section 3.1.2.6: login_required"),
];

type Check = fn(&Asked<'_>, &mut Draft) -> Result<(), Fault>;

/// What a check looks at.
struct Asked<'a> {
    parameters: &'a Parameters<'a>,
    client: &'a Client,
}

/// What the checks have found so far.
struct Draft {
    scopes: Scopes,
    challenge: Option<CodeChallenge>,
    level: Level,
    acr: acr::Wanted,
    claims: ClaimsRequest,
    prompt: Prompt,
    max_age: Option<Duration>,
}

/// Client and place to return to: known before anything else is looked at.
pub(super) struct Addressee {
    /// Who asks.
    pub(super) client: Arc<Client>,
    /// Where every later answer goes.
    pub(super) return_to: ReturnTo,
}

/// Who asks; a page, never a redirect, when nobody known does (RFC 6749, section 4.1.2.1).
pub(super) fn client(parameters: &Parameters<'_>, clients: &Clients) -> Result<Arc<Client>, Fault> {
    let id = once(parameters, "client_id")?.and_then(ClientId::parse);
    let client = id.and_then(|id| clients.get(&id)).cloned();
    client.ok_or_else(|| Fault::of_slug("client-unknown"))
}

/// Where to answer; a page when the client did not register exactly that (RFC 9700, section 4.1.3).
pub(super) fn addressee(
    parameters: &Parameters<'_>,
    client: Arc<Client>,
) -> Result<Addressee, Fault> {
    let asked = once(parameters, "redirect_uri")?;
    let return_to = asked.and_then(|asked| ReturnTo::of(&client, asked));
    let return_to = return_to.ok_or_else(|| Fault::of_slug("redirect-uri-unregistered"))?;
    Ok(Addressee { client, return_to })
}

fn once<'a>(parameters: &'a Parameters<'_>, name: &str) -> Result<Option<&'a str>, Fault> {
    if parameters.repeats(name) {
        return Err(Fault::of_slug("request-parameter-repeated").with_detail(name));
    }
    Ok(parameters.get(name))
}

/// `state`, if it can be sent back at all.
pub(super) fn state<'a>(parameters: &'a Parameters<'_>) -> Option<&'a str> {
    parameters.get("state").filter(|state| state.len() <= LONGEST)
}

/// Runs the matrix; the first check that fails is the answer.
pub(super) fn run(
    parameters: &Parameters<'_>,
    to: &Addressee,
    upstreams: &Upstreams,
) -> Result<AuthorizationRequest, Fault> {
    let asked = Asked { parameters, client: &to.client };
    let mut draft = Draft {
        scopes: Scopes::default(),
        challenge: None,
        level: to.client.minimum_level,
        acr: acr::Wanted::default(),
        claims: ClaimsRequest::default(),
        prompt: Prompt::Unspecified,
        max_age: None,
    };
    for (check, clause) in CHECKS {
        check(&asked, &mut draft).map_err(|fault| with_clause(fault, clause))?;
    }
    Ok(AuthorizationRequest {
        client_id: to.client.id.clone(),
        return_to: to.return_to.clone(),
        scopes: draft.scopes,
        state: parameters.get("state").map(str::to_owned),
        nonce: parameters.get("nonce").map(str::to_owned),
        challenge: draft.challenge,
        level: draft.level,
        claims: draft.claims,
        prompt: draft.prompt,
        max_age: draft.max_age,
        locale: locale(parameters),
        response_mode: ResponseMode::default(),
        dpop_jkt: None,
        resources: Vec::new(),
        hint: hint(parameters, &to.client, upstreams),
    })
}

/// Octets of the longest `state`, `nonce` and most others.
const LONGEST: usize = 1024;
/// Octets of the longest `claims`, `id_token_hint`.
const LONGEST_OBJECT: usize = 8 * 1024;

fn with_clause(fault: Fault, clause: &str) -> Fault {
    if fault.detail().is_some() { fault } else { fault.with_detail(clause) }
}

fn repeated(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    match KNOWN.into_iter().find(|name| asked.parameters.repeats(name)) {
        Some(name) => Err(Fault::of_slug("request-parameter-repeated").with_detail(name)),
        None => Ok(()),
    }
}

fn sizes(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    let too_long = KNOWN.into_iter().find(|name| {
        let most = match *name {
            "claims" | "id_token_hint" | "request" | "request_uri" | "registration" => {
                LONGEST_OBJECT
            }
            _ => LONGEST,
        };
        asked.parameters.get(name).is_some_and(|value| value.len() > most)
    });
    match too_long {
        Some(name) => Err(Fault::of_slug("parameter-invalid").with_detail(name)),
        None => Ok(()),
    }
}

fn request_object(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    absent(asked, "request", "request-not-supported")
}

fn request_uri(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    absent(asked, "request_uri", "request-uri-not-supported")
}

fn registration(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    absent(asked, "registration", "registration-not-supported")
}

fn absent(asked: &Asked<'_>, name: &str, slug: &str) -> Result<(), Fault> {
    if asked.parameters.get(name).is_some() { Err(Fault::of_slug(slug)) } else { Ok(()) }
}

fn response_type(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    match asked.parameters.get("response_type") {
        Some("code") => Ok(()),
        Some(_) => Err(Fault::of_slug("response-type-unsupported")),
        None => Err(Fault::of_slug("parameter-invalid").with_detail("response_type")),
    }
}

fn response_mode(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    match asked.parameters.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(Fault::of_slug("response-mode-unsupported")),
    }
}

/// Scopes the client is not entitled to are dropped, like unknown ones (RFC 6749, section 3.3).
fn scope(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let scopes = Scopes::parse(asked.parameters.get("scope").unwrap_or_default());
    if !scopes.contains(Scope::Openid) {
        return Err(Fault::of_slug("scope-invalid"));
    }
    let entitled = |scope: &Scope| *scope == Scope::Openid || asked.client.scopes.contains(*scope);
    draft.scopes = scopes.iter().filter(entitled).collect();
    Ok(())
}

fn pkce(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let invalid = || Fault::of_slug("pkce-invalid");
    // An empty challenge is not an omitted one: it would let a legacy client be downgraded.
    if asked.parameters.has("code_challenge") || asked.parameters.has("code_challenge_method") {
        // Without a method the method would be `plain` (RFC 7636, section 4.3).
        if asked.parameters.get("code_challenge_method") != Some("S256") {
            return Err(invalid());
        }
        let challenge = asked.parameters.get("code_challenge").and_then(CodeChallenge::parse);
        draft.challenge = Some(challenge.ok_or_else(invalid)?);
    } else if !asked.client.protocol.requests.legacy_without_pkce {
        return Err(Fault::of_slug("pkce-required"));
    }
    Ok(())
}

fn prompt(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(text) = asked.parameters.get("prompt") else { return Ok(()) };
    let mut found = [false; 4];
    let [none, login, select, consent] = &mut found;
    for word in text.split(' ') {
        *match word {
            "none" => &mut *none,
            "login" => &mut *login,
            "select_account" => &mut *select,
            "consent" => &mut *consent,
            _ => return Err(Fault::of_slug("prompt-invalid")),
        } = true;
    }
    // Several may stand together: the one that asks most of the person counts.
    draft.prompt = match found {
        [true, false, false, false] => Prompt::None,
        [true, ..] => return Err(Fault::of_slug("prompt-invalid")),
        [_, true, ..] => Prompt::Login,
        [_, _, true, _] => Prompt::SelectAccount,
        _ => Prompt::Consent,
    };
    Ok(())
}

fn max_age(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(text) = asked.parameters.get("max_age") else { return Ok(()) };
    let digits = text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    let seconds = seconds.ok_or_else(|| Fault::of_slug("parameter-invalid").with_detail("max_age"));
    draft.max_age = Some(Duration::from_secs(seconds?));
    Ok(())
}

/// No session is kept between logins, so `none` can never be satisfied.
fn session(_: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    if draft.prompt == Prompt::None { Err(Fault::of_slug("login-required")) } else { Ok(()) }
}

/// The first language that Varco speaks; others are no error.
fn locale(parameters: &Parameters<'_>) -> Option<Locale> {
    parameters.get("ui_locales")?.split(' ').find_map(Locale::from_tag)
}

/// An upstream's name or a provider's entity ID; any other hint is ignored.
fn hint(parameters: &Parameters<'_>, client: &Client, upstreams: &Upstreams) -> Option<String> {
    ["idp_hint", "login_hint"]
        .into_iter()
        .filter_map(|name| parameters.get(name))
        .find(|text| super::hint::resolve(text, client, upstreams).is_some())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests;
