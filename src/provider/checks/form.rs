//! The form of a request: what may come once, how long it may be, and which way it must come.
//!
//! Not what its values mean.

use super::{Asked, Draft};
use crate::fault::Fault;

/// Every parameter that means something here and may come once. A repeated one is refused; others are
/// ignored. `resource` may come several times (RFC 8707, section 2).
#[rustfmt::skip]
pub(in crate::provider) const KNOWN: [&str; 23] = [
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce",
    "code_challenge", "code_challenge_method", "dpop_jkt", "prompt", "max_age", "ui_locales",
    "claims_locales", "display", "acr_values", "claims", "id_token_hint", "login_hint", "idp_hint",
    "request", "request_uri", "registration",
];

/// Octets of the longest `state`, `nonce` and most others.
pub(super) const LONGEST: usize = 1024;
/// Octets of the longest `claims`, `id_token_hint`.
const LONGEST_OBJECT: usize = 8 * 1024;

pub(super) fn repeated(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    match KNOWN.into_iter().find(|name| asked.parameters.repeats(name)) {
        Some(name) => Err(Fault::of_slug("request-parameter-repeated").with_detail(name)),
        None => Ok(()),
    }
}

pub(super) fn sizes(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    let too_long = KNOWN.into_iter().find(|name| {
        let most = match *name {
            "claims" | "id_token_hint" | "registration" => LONGEST_OBJECT,
            _ => LONGEST,
        };
        asked.parameters.get(name).is_some_and(|value| value.len() > most)
    });
    match too_long {
        Some(name) => Err(Fault::of_slug("parameter-invalid").with_detail(name)),
        None => Ok(()),
    }
}

/// Whatever else it is: an object in an object, or a place to fetch one from.
pub(super) fn nested(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    let inside = ["request", "request_uri"].into_iter().any(|name| asked.parameters.has(name));
    if inside { Err(Fault::of_slug("request-object-invalid")) } else { Ok(()) }
}

pub(super) fn must_be_pushed(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    let only = asked.client.protocol.requests.pushed_only;
    if only { Err(Fault::of_slug("request-not-pushed")) } else { Ok(()) }
}

pub(super) fn must_be_signed(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    let only = asked.client.protocol.requests.signed_only;
    if only { Err(Fault::of_slug("request-not-signed")) } else { Ok(()) }
}

pub(super) fn registration(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    let there = asked.parameters.get("registration").is_some();
    if there { Err(Fault::of_slug("registration-not-supported")) } else { Ok(()) }
}
