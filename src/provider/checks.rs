//! The checks of an authorization request: one row and one function each, in the order they are made;
//! one column for each way in which a request comes.
//!
//! Not the journey: what passes is an [`AuthorizationRequest`], known to be well asked. Until client
//! and `redirect_uri` are both good the answer is a page; from there on it goes back to the client. A
//! client that pushes its request (RFC 9126) is told at once, and by its own connection.

mod acr;
mod addressee;
mod answer;
mod claims;
mod form;
mod grant;
mod person;

use std::time::Duration;

use super::parameters::Parameters;
use crate::fault::Fault;
use crate::oidc::{
    AuthorizationRequest, ClaimsRequest, Client, CodeChallenge, Prompt, ResponseMode, Scopes,
};
use crate::terms::{DeskDemand, Level, Locale, Strength};
use crate::upstream::{AnyUpstream, Upstreams};
pub(super) use addressee::{Addressee, addressee, client, once};
pub(super) use form::KNOWN;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In the parameters of `/authorize`.
    Plain,
    /// In a signed object at `/authorize` (RFC 9101).
    Signed,
    /// In the parameters of `/par` (RFC 9126).
    Pushed,
    /// In a signed object at `/par`.
    SignedPushed,
}

/// The matrix.
#[rustfmt::skip]
const CHECKS: [(Check, [bool; 4], &str); 17] = [
    //                      plain  signed pushed both
    (form::repeated,       [CHECK, SKIP,  CHECK, SKIP ], "RFC 6749, section 3.1: parameters must not be included more than once"),
    (form::sizes,          [CHECK, CHECK, CHECK, CHECK], "RFC 6749, section 10.14: input is bounded before it is kept"),
    (form::nested,         [SKIP,  CHECK, SKIP,  CHECK], "RFC 9101, section 4: request and request_uri must not stand in a request object"),
    (form::must_be_pushed, [CHECK, CHECK, SKIP,  SKIP ], "RFC 9126, section 6; FAPI 2.0 Security Profile, section 5.3.2.2: only pushed requests"),
    (form::must_be_signed, [CHECK, SKIP,  CHECK, SKIP ], "RFC 9101, section 10.5; FAPI 2.0 Message Signing, section 5.3: only signed requests"),
    (form::registration,   [CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, section 3.1.2.6: registration_not_supported"),
    (answer::response_type,[CHECK, CHECK, CHECK, CHECK], "RFC 6749, section 4.1.1: response_type must be code"),
    (answer::response_mode,[CHECK, CHECK, CHECK, CHECK], "OAuth 2.0 Multiple Response Types, section 2.1; Form Post Response Mode 1.0; JARM, section 2.3"),
    (grant::scope,         [CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, section 3.1.2.1: scope must contain openid"),
    (grant::resource,      [CHECK, CHECK, CHECK, CHECK], "RFC 8707, section 2: a resource server of the client"),
    (grant::pkce,          [CHECK, CHECK, CHECK, CHECK], "RFC 7636, section 4.3; RFC 9700, section 2.1.1: S256, and nothing else"),
    (grant::dpop_jkt,      [CHECK, CHECK, CHECK, CHECK], "RFC 9449, section 10: the thumbprint of a key"),
    (person::prompt,       [CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, section 3.1.2.1: none stands alone"),
    (person::max_age,      [CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, section 3.1.2.1: seconds"),
    (claims::check,        [CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, section 5.5: the claims parameter"),
    (acr::check,           [CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, sections 3.1.2.1 and 5.5.1.1: level, never below the client's floor"),
    (person::id_token_hint,[CHECK, CHECK, CHECK, CHECK], "OpenID Connect Core 1.0, section 3.1.2.1: an ID token of ours, for this client"),
];
const CHECK: bool = true;
const SKIP: bool = false;

type Check = fn(&Asked<'_>, &mut Draft) -> Result<(), Fault>;

/// What a check looks at.
struct Asked<'a> {
    parameters: &'a Parameters<'a>,
    client: &'a Client,
    /// The classes of assurance of our own, by their `acr`.
    classes: &'a [(String, Strength)],
    /// Whose ID token this is, by the `sub` that the client knows; `None` when we did not make it for
    /// this client.
    hinted: &'a dyn Fn(&str) -> Option<String>,
}

/// What the checks have found so far.
struct Draft {
    scopes: Scopes,
    response_mode: ResponseMode,
    challenge: Option<CodeChallenge>,
    level: Level,
    desk: DeskDemand,
    acr: acr::Wanted,
    claims: ClaimsRequest,
    prompt: Prompt,
    max_age: Option<Duration>,
    resources: Vec<String>,
    dpop_jkt: Option<String>,
    subject: Option<String>,
}

/// Runs the matrix; the first check that fails is the answer. `hinted` reads an ID token of ours.
pub(super) fn run(
    parameters: &Parameters<'_>,
    way: Way,
    to: &Addressee,
    upstreams: &Upstreams,
    hinted: &dyn Fn(&str) -> Option<String>,
) -> Result<AuthorizationRequest, Fault> {
    let classes: Vec<_> = upstreams.iter().flat_map(AnyUpstream::classes).collect();
    let asked = Asked { parameters, client: &to.client, classes: &classes, hinted };
    let mut draft = Draft {
        scopes: Scopes::default(),
        response_mode: to.mode,
        challenge: None,
        level: to.client.minimum_level,
        desk: DeskDemand::Nothing,
        acr: acr::Wanted::default(),
        claims: ClaimsRequest::default(),
        prompt: Prompt::Unspecified,
        max_age: None,
        resources: Vec::new(),
        dpop_jkt: None,
        subject: None,
    };
    for (check, [plain, signed, pushed, both], clause) in CHECKS {
        let made = match way {
            Way::Plain => plain,
            Way::Signed => signed,
            Way::Pushed => pushed,
            Way::SignedPushed => both,
        };
        if made {
            check(&asked, &mut draft).map_err(|fault| with_clause(fault, clause))?;
        }
    }
    Ok(AuthorizationRequest {
        client_id: to.client.id.clone(),
        return_to: to.return_to.clone(),
        scopes: draft.scopes,
        state: to.state.clone(),
        nonce: parameters.get("nonce").map(str::to_owned),
        challenge: draft.challenge,
        level: draft.level,
        desk: draft.desk,
        claims: draft.claims,
        prompt: draft.prompt,
        max_age: draft.max_age,
        locale: locale(parameters),
        response_mode: draft.response_mode,
        dpop_jkt: draft.dpop_jkt,
        resources: draft.resources,
        hint: hint(parameters, &to.client, upstreams),
        subject: draft.subject,
        pushed: None,
    })
}

fn with_clause(fault: Fault, clause: &str) -> Fault {
    if fault.detail().is_some() { fault } else { fault.with_detail(clause) }
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
