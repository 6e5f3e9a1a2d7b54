//! The ID token: one row for each rule (OpenID Connect Core 1.0, section 3.1.3.7; CIE id and SPID OIDC
//! rules, ID token).
//!
//! Not the signature: `crypto::jws` verifies it with the keys that the trust chain vouches for, before
//! any row is looked at. Nothing is asked of the userinfo endpoint before every row holds.

use std::time::Duration;

use serde_json::Value;

use super::rejection::{Rejected, Rejection};
use crate::crypto::digest::{base64url, equal, sha256};
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Claims, Compact, Expected, JwsFault, Verified};
use crate::effects::Timestamp;
use crate::terms::Level;

/// How far clocks may be apart.
pub(super) const SKEW: Duration = Duration::from_mins(1);
/// How old an ID token may be.
const OLDEST: Duration = Duration::from_mins(10);
/// How long an ID token may be good for: its name is remembered as long.
pub(super) const LONGEST: Duration = Duration::from_hours(24);
const TOKEN: Expected = Expected { longest: 16 * 1024, types: &["JWT"], untyped: true };

/// What the token must fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The issuer that was asked.
    pub(super) issuer: &'a str,
    /// Our entity id.
    pub(super) client_id: &'a str,
    /// What the request said.
    pub(super) nonce: &'a str,
    /// The access token that came with it.
    pub(super) access_token: &'a str,
    /// The code that it came for.
    pub(super) code: &'a str,
    /// The lowest level that was asked.
    pub(super) level: Level,
    /// What we registered as `id_token_signed_response_alg`: nothing else is taken, whatever a token says.
    pub(super) signed: SignatureAlgorithm,
    /// Whether `nbf` must be there, equal to `iat`.
    pub(super) not_before: bool,
    /// Now.
    pub(super) now: Timestamp,
}

/// An ID token every rule of which holds.
#[derive(Clone, Debug)]
pub(super) struct IdToken {
    /// The provider's name for the person: it names nobody here, and holds the userinfo to the token.
    pub(super) subject: String,
    /// What it proves.
    pub(super) level: Level,
    /// Its own name.
    pub(super) id: String,
    /// Its end.
    pub(super) expires: Timestamp,
    /// When the person authenticated, if it says so.
    pub(super) authenticated: Option<Timestamp>,
    /// What it says.
    pub(super) claims: Claims,
}

struct Row {
    holds: fn(&Claims, &Asked<'_>) -> bool,
    cause: Rejection,
    clause: &'static str,
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    Row { holds: |t, a| t.issuer() == Some(a.issuer),                 cause: Rejection::IdTokenIssuer,   clause: "iss is the issuer that was asked (core 3.1.3.7, 2)" },
    Row { holds: |t, a| t.audience().is_some_and(|of| of.only() == Some(a.client_id)), cause: Rejection::IdTokenAudience, clause: "aud is our client_id alone (core 3.1.3.7, 3)" },
    Row { holds: |t, a| t.members().get("azp").is_none_or(|azp| azp.as_str() == Some(a.client_id)), cause: Rejection::IdTokenAudience, clause: "azp, if there, is our client_id (core 3.1.3.7, 5)" },
    Row { holds: |t, a| t.text("nonce").is_some_and(|nonce| equal(nonce.as_bytes(), a.nonce.as_bytes())), cause: Rejection::IdTokenNonce, clause: "nonce is the request's (core 3.1.3.7, 11)" },
    Row { holds: |t, _| t.expires().is_some() && t.issued().is_some(), cause: Rejection::IdTokenTime,    clause: "exp and iat are there (core 2)" },
    Row { holds: |t, a| t.in_time(a.now, SKEW).is_ok(),                cause: Rejection::IdTokenTime,    clause: "exp is not past, iat and nbf are not ahead (core 3.1.3.7, 9)" },
    Row { holds: |t, a| t.issued().is_some_and(|at| a.now.since(at) <= OLDEST + SKEW), cause: Rejection::IdTokenTime, clause: "iat is of the last ten minutes (core 3.1.3.7, 10)" },
    Row { holds: |t, a| t.expires().is_some_and(|end| end <= a.now.plus(LONGEST)), cause: Rejection::IdTokenTime, clause: "exp is within a day (RFC 7519, section 4.1.4)" },
    Row { holds: |t, a| !a.not_before || (t.not_before().is_some() && t.not_before() == t.issued()), cause: Rejection::IdTokenTime, clause: "nbf is there and equals iat (SPID OIDC): see require_id_token_nbf" },
    Row { holds: |t, a| t.text("at_hash").is_some_and(|hash| is_hash(hash, a.access_token, a.signed)), cause: Rejection::IdTokenHash, clause: "at_hash is there and is the access token's (core 3.1.3.8)" },
    Row { holds: |t, a| t.members().get("c_hash").is_none_or(|hash| hash.as_str().is_some_and(|hash| is_hash(hash, a.code, a.signed))), cause: Rejection::IdTokenHash, clause: "c_hash, if there, is the code's (core 3.3.2.11)" },
    Row { holds: |t, _| level(t).is_some(),                            cause: Rejection::IdTokenLevel,   clause: "acr is one of the three levels (CIE id rules)" },
    Row { holds: |t, a| level(t).is_some_and(|level| level >= a.level), cause: Rejection::LevelTooLow,   clause: "acr is not below what was asked (core 3.1.3.7, 12)" },
    Row { holds: |t, _| t.subject().is_some_and(|name| name.len() <= 255), cause: Rejection::IdTokenSubject, clause: "sub is there, with 255 characters at most (core 2)" },
    Row { holds: |t, _| t.members().get("auth_time").is_none_or(|at| at.as_i64().is_some_and(|at| at >= 0)), cause: Rejection::IdTokenTime, clause: "auth_time, if there, is a time (core 2)" },
];

/// Reads and verifies the token.
///
/// # Errors
/// [`Rejected`]; with [`Rejection::IdTokenKey`] another look at the provider's keys may help.
pub(super) fn verify(
    token: &str,
    keys: &PublicKeys,
    asked: &Asked<'_>,
) -> Result<IdToken, Rejected> {
    let claims = signed(token, keys, &TOKEN, asked.signed).map_err(of_id_token)?.into_claims();
    for row in ROWS {
        if !(row.holds)(&claims, asked) {
            return Err(row.cause.because(row.clause));
        }
    }
    let missing = || Rejection::IdTokenMalformed.because("a claim that was there is gone");
    let (Some(subject), Some(level), Some(expires)) =
        (claims.subject(), level(&claims), claims.expires())
    else {
        return Err(missing());
    };
    // Whoever sends none is still held to one journey by the nonce.
    let id = claims.id().map_or_else(|| base64url(&sha256(asked.nonce.as_bytes())), str::to_owned);
    let authenticated = claims.members().get("auth_time").and_then(Value::as_i64);
    Ok(IdToken {
        subject: subject.to_owned(),
        level,
        id,
        expires,
        authenticated: authenticated.map(Timestamp::from_unix_seconds),
        claims,
    })
}

/// A token that one of `keys` signed. One that names no key is taken only where there is no choice.
pub(super) fn signed(
    token: &str,
    keys: &PublicKeys,
    expected: &Expected,
    algorithm: SignatureAlgorithm,
) -> Result<Verified, JwsFault> {
    let token = Compact::read(token, expected)?;
    if token.kid().is_none() && keys.signature().len() != 1 {
        return Err(JwsFault::UnknownKey);
    }
    token.verify(keys, &[algorithm])
}

fn of_id_token(fault: JwsFault) -> Rejected {
    let cause = match fault {
        JwsFault::Algorithm => Rejection::IdTokenAlgorithm,
        JwsFault::UnknownKey => Rejection::IdTokenKey,
        JwsFault::Signature => Rejection::IdTokenSignature,
        _ => Rejection::IdTokenMalformed,
    };
    cause.because(fault.to_string())
}

/// The left half of the digest that the algorithm has (OpenID Connect Core 1.0, section 3.1.3.6).
fn is_hash(hash: &str, of: &str, signed: SignatureAlgorithm) -> bool {
    let half = signed.half_digest(of.as_bytes()).map(|left| base64url(&left));
    half.is_some_and(|half| equal(half.as_bytes(), hash.as_bytes()))
}

fn level(claims: &Claims) -> Option<Level> {
    claims.text("acr").and_then(Level::from_uri)
}

#[cfg(test)]
mod tests;
