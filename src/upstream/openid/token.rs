//! The token request and its answer (OpenID Connect Core 1.0, section 3.1.3; RFC 7523, section 2.2).
//!
//! Not the call: the octets go out and come back elsewhere. Nothing of an answer is told to anybody but its
//! kind.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::rejection::{Rejected, Rejection};
use crate::crypto::json;
use crate::effects::{Fetched, Timestamp};

/// How long a client assertion is good for.
const ASSERTION_LIVES: Duration = Duration::from_mins(1);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Octets of the longest token that is taken.
const LONGEST: usize = 16 * 1024;

/// Whom a client assertion is for (RFC 7523, section 3; CIE id rules, token endpoint).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// The endpoint that is called.
    #[default]
    Endpoint,
    /// The issuer.
    Issuer,
}

/// The claims of a client assertion; `jti` is fresh.
#[must_use]
pub(super) fn assertion(client_id: &str, audience: &str, now: Timestamp, jti: &str) -> Value {
    json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now.unix_seconds(),
        "exp": now.plus(ASSERTION_LIVES).unix_seconds(),
        "jti": jti,
    })
}

/// What redeems a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Redeeming<'a> {
    /// Our entity id.
    pub(super) client_id: &'a str,
    /// The code.
    pub(super) code: &'a str,
    /// Where it came to.
    pub(super) redirect_uri: &'a str,
    /// What the challenge was made of.
    pub(super) verifier: &'a str,
    /// The signed client assertion.
    pub(super) assertion: &'a str,
}

impl<'a> Redeeming<'a> {
    /// As the fields of a form.
    #[must_use]
    pub(super) const fn fields(&self) -> [(&'static str, &'a str); 7] {
        [
            ("grant_type", "authorization_code"),
            ("code", self.code),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", self.verifier),
            ("client_id", self.client_id),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", self.assertion),
        ]
    }
}

/// The fields of the form that gives a token back (RFC 7009, section 2.1).
#[must_use]
pub(super) const fn revocation<'a>(
    client_id: &'a str,
    token: &'a str,
    assertion: &'a str,
) -> [(&'static str, &'a str); 5] {
    [
        ("token", token),
        ("token_type_hint", "access_token"),
        ("client_id", client_id),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ]
}

/// What a code was redeemed for.
pub(super) struct Tokens {
    /// The access token: opaque to us.
    pub(super) access: SecretString,
    /// The ID token, as it came.
    pub(super) id: String,
    /// How long the access token is good for, as far as it says so.
    pub(super) lives: Option<Duration>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// Reads the answer.
///
/// # Errors
/// [`Rejected`].
pub(super) fn answer(fetched: &Fetched) -> Result<Tokens, Rejected> {
    let malformed = |why| Rejection::TokenMalformed.because(why);
    if fetched.status != 200 {
        return Err(refusal(fetched));
    }
    if !fetched.is_of("application/json") {
        return Err(malformed("the answer is not application/json (RFC 6749, section 5.1)"));
    }
    let members = json::object(&fetched.body)
        .map_err(|_| malformed("the answer is no JSON object in which each member stands once"))?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let access = text("access_token")
        .filter(|token| is_token(token))
        .ok_or_else(|| malformed("access_token is missing or has another form"))?;
    if !text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
        return Err(malformed("token_type is not Bearer (RFC 6749, section 7.1)"));
    }
    let id = text("id_token").filter(|token| is_token(token)).ok_or_else(|| {
        malformed("id_token is missing (OpenID Connect Core 1.0, section 3.1.3.3)")
    })?;
    let lives = match members.get("expires_in") {
        None => None,
        Some(seconds) => Some(
            seconds
                .as_u64()
                .map(Duration::from_secs)
                .ok_or_else(|| malformed("expires_in is not a number of seconds"))?,
        ),
    };
    Ok(Tokens { access: access.into(), id: id.to_owned(), lives })
}

/// Visible ASCII without blanks: it goes into a header.
fn is_token(token: &str) -> bool {
    (1..=LONGEST).contains(&token.len()) && token.bytes().all(|octet| octet.is_ascii_graphic())
}

/// An error of the token endpoint (RFC 6749, section 5.2). Only codes that are known are repeated.
fn refusal(fetched: &Fetched) -> Rejected {
    let members: Map<String, Value> = json::object(&fetched.body).unwrap_or_default();
    let error = members.get("error").and_then(Value::as_str).unwrap_or_default();
    let known = ERRORS.iter().find(|(code, _)| *code == error);
    let (code, cause) = known.copied().unwrap_or(match fetched.status {
        500.. => ("no known error", Rejection::TokenUnavailable),
        _ => ("no known error", Rejection::TokenRefused),
    });
    cause.because(format!("status {} with {code}", fetched.status))
}

static ERRORS: &[(&str, Rejection)] = &[
    ("invalid_client", Rejection::ClientRefused),
    ("unauthorized_client", Rejection::ClientRefused),
    ("invalid_grant", Rejection::TokenRefused),
    ("invalid_request", Rejection::TokenRefused),
    ("invalid_scope", Rejection::TokenRefused),
    ("unsupported_grant_type", Rejection::TokenRefused),
    ("server_error", Rejection::TokenUnavailable),
    ("temporarily_unavailable", Rejection::TokenUnavailable),
];

#[cfg(test)]
mod tests;
