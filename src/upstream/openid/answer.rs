//! The authentication response, as a browser brings it (OpenID Connect Core 1.0, section 3.1.2.5; RFC 9207;
//! RFC 9700, section 4.4).
//!
//! Not the search for the journey: `login` found it by `state`, and has used it up. Nothing is asked of
//! anybody before every row here holds.

use super::rejection::{Rejected, Rejection};
use crate::upstream::contract::Inbound;

/// Whom the answer must come from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The issuer the request went to.
    pub(super) issuer: &'a str,
    /// Whether a success must name it: by the rules, or because its metadata say that it does.
    pub(super) named: bool,
}

/// The code in the answer.
///
/// # Errors
/// [`Rejected`], for an error of the provider's too.
pub(super) fn code(inbound: &Inbound, asked: Asked<'_>) -> Result<String, Rejected> {
    let malformed = |why| Err(Rejection::AnswerMalformed.because(why));
    if inbound.posted {
        return malformed("the answer comes in the query: no other mode was asked");
    }
    for name in ["code", "error", "iss", "state"] {
        let many = inbound.parameters.iter().filter(|(known, _)| known == name).count();
        if many > 1 {
            return malformed("a parameter of the answer stands twice (RFC 6749, section 3.1)");
        }
    }
    let issuer = inbound.single("iss");
    if issuer.is_some_and(|issuer| issuer != asked.issuer) {
        return Err(Rejection::AnswerIssuer
            .because("iss is another issuer than the one that was asked (RFC 9207, section 2.4)"));
    }
    match (inbound.single("code"), inbound.single("error")) {
        (None, Some(error)) => Err(refusal(error, issuer.is_some())),
        (Some(_), None) if issuer.is_none() && asked.named => {
            Err(Rejection::AnswerIssuer.because("iss is missing (RFC 9207, section 2.4)"))
        }
        (Some(code), None) if is_sound(code) => Ok(code.to_owned()),
        (Some(_), None) => malformed("the code has another form (RFC 6749, appendix A.11)"),
        (Some(_), Some(_)) => malformed("a code and an error in one answer"),
        (None, None) => malformed("neither a code nor an error"),
    }
}

/// Visible ASCII, and not endless.
fn is_sound(code: &str) -> bool {
    (1..=4096).contains(&code.len()) && code.bytes().all(|octet| (0x20..=0x7e).contains(&octet))
}

/// The row for an error code. What else the answer says of it is nobody's business here: anybody can write
/// it.
fn refusal(error: &str, named: bool) -> Rejected {
    let known = ERRORS.iter().find(|(code, _)| *code == error);
    let (code, cause) = known.copied().unwrap_or(("another error", Rejection::ProviderError));
    let issuer = if named { "" } else { ", without iss" };
    cause.because(format!("{code}{issuer}"))
}

/// OpenID Connect Core 1.0, section 3.1.2.6; RFC 6749, section 4.1.2.1; OpenID Federation 1.0, section 12.1.
static ERRORS: &[(&str, Rejection)] = &[
    ("access_denied", Rejection::Denied),
    ("rejected_by_user", Rejection::Denied),
    ("login_required", Rejection::Denied),
    ("consent_required", Rejection::Denied),
    ("interaction_required", Rejection::Denied),
    ("account_selection_required", Rejection::Denied),
    ("unauthorized_client", Rejection::ClientRefused),
    ("invalid_client", Rejection::ClientRefused),
    ("registration_not_supported", Rejection::ClientRefused),
    ("invalid_trust_anchor", Rejection::ClientRefused),
    ("invalid_trust_chain", Rejection::ClientRefused),
    ("invalid_metadata", Rejection::ClientRefused),
    ("invalid_request", Rejection::RequestRefused),
    ("invalid_scope", Rejection::RequestRefused),
    ("invalid_request_object", Rejection::RequestRefused),
    ("invalid_request_uri", Rejection::RequestRefused),
    ("request_not_supported", Rejection::RequestRefused),
    ("request_uri_not_supported", Rejection::RequestRefused),
    ("unsupported_response_type", Rejection::RequestRefused),
    ("server_error", Rejection::ProviderUnavailable),
    ("temporarily_unavailable", Rejection::ProviderUnavailable),
];

#[cfg(test)]
mod tests;
