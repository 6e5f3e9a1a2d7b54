//! The userinfo: a signed token inside an encrypted one (OpenID Connect Core 1.0, section 5.3; CIE id rules,
//! userinfo endpoint).
//!
//! Not the decryption: `crypto::jwe` does that. There is no way around either of the two: plain JSON is
//! nobody's word, and what does not verify is not used.

use serde_json::{Map, Value};

use super::id_token::{LONGEST as LONGEST_LIFE, SKEW, signed};
use super::rejection::{Rejected, Rejection};
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Audience, Claims, Expected, JwsFault};
use crate::effects::{Fetched, Timestamp};

/// Octets of the longest answer.
pub(super) const LONGEST: usize = 64 * 1024;
const TOKEN: Expected = Expected { longest: LONGEST, types: &["JWT"], untyped: true };

/// What the userinfo must fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The issuer that was asked.
    pub(super) issuer: &'a str,
    /// Our entity id.
    pub(super) client_id: &'a str,
    /// `sub` of the ID token.
    pub(super) subject: &'a str,
    /// What we registered as `userinfo_signed_response_alg`.
    pub(super) signed: SignatureAlgorithm,
    /// Whether it must say from whom it is and for whom.
    pub(super) named: bool,
    /// Now.
    pub(super) now: Timestamp,
}

/// The encrypted token in the answer.
///
/// # Errors
/// [`Rejected`].
pub(super) fn encrypted(fetched: &Fetched) -> Result<&str, Rejected> {
    if fetched.status != 200 {
        let cause = Rejection::UserinfoUnavailable;
        return Err(cause.because(format!("status {}", fetched.status)));
    }
    if !fetched.is_of("application/jwt") && !fetched.is_of("application/jose") {
        return Err(Rejection::UserinfoPlain
            .because("the answer is neither application/jwt nor application/jose"));
    }
    let token = std::str::from_utf8(&fetched.body).ok().map(str::trim_ascii_end);
    // Five parts: three would be a signed token that nobody encrypted.
    token.filter(|token| token.bytes().filter(|octet| *octet == b'.').count() == 4).ok_or_else(
        || {
            Rejection::UserinfoPlain
                .because("the answer is not a compact JWE (CIE id rules, userinfo)")
        },
    )
}

struct Row {
    holds: fn(&Claims, &Asked<'_>) -> bool,
    cause: Rejection,
    clause: &'static str,
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    Row { holds: |t, a| t.subject() == Some(a.subject),               cause: Rejection::UserinfoSubject,  clause: "sub is the ID token's (core 5.3.2)" },
    Row { holds: |t, a| !a.named || (t.issuer().is_some() && t.audience().is_some()), cause: Rejection::UserinfoAudience, clause: "iss and aud are there (core 5.3.2; CIE id rules): see require_userinfo_issuer" },
    Row { holds: |t, a| t.issuer().is_none_or(|issuer| issuer == a.issuer), cause: Rejection::UserinfoAudience, clause: "iss is the issuer that was asked (core 5.3.2)" },
    Row { holds: |t, a| t.audience().is_none_or(|of| Audience::only(of) == Some(a.client_id)), cause: Rejection::UserinfoAudience, clause: "aud is our client_id alone (core 5.3.2)" },
    Row { holds: |t, a| t.in_time(a.now, SKEW).is_ok(),                cause: Rejection::UserinfoAudience, clause: "exp is not past, iat and nbf are not ahead (RFC 7519, section 4.1)" },
    Row { holds: |t, a| t.expires().is_none_or(|end| end <= a.now.plus(LONGEST_LIFE)), cause: Rejection::UserinfoAudience, clause: "exp is within a day (RFC 7519, section 4.1.4)" },
];

/// What the provider says of the person.
///
/// # Errors
/// [`Rejected`].
pub(super) fn verify(
    token: &str,
    keys: &PublicKeys,
    asked: &Asked<'_>,
) -> Result<Map<String, Value>, Rejected> {
    let verified = signed(token, keys, &TOKEN, asked.signed).map_err(|fault: JwsFault| {
        Rejection::UserinfoSignature.because(format!("the token inside: {fault}"))
    })?;
    for row in ROWS {
        if !(row.holds)(verified.claims(), asked) {
            return Err(row.cause.because(row.clause));
        }
    }
    Ok(verified.claims().members().clone())
}

#[cfg(test)]
mod tests;
