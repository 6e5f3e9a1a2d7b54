//! Whether a trust mark still holds, asked of its issuer (OpenID Federation 1.0, section 8.4; the technical
//! rules of CIE id, 2023).
//!
//! Not the validation of a mark, which comes before: a revoked mark passes that. An answer is read by its
//! content type: a signed one, or in the older dialect `{"active": true}`, which nothing but TLS vouches for.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::trust_mark::{SKEW, TrustMark, named_and_in_time};
use super::{Dialect, Reader};
use crate::crypto::json;
use crate::crypto::jwk::PublicKeys;
use crate::crypto::jws::{Compact, Expected, JwsFault};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl, Fetched, OutboundFault};

/// Media type of a signed answer.
const SIGNED: &str = "application/trust-mark-status-response+jwt";
/// What may come back, as `Accept`.
const ACCEPT: &str = "application/trust-mark-status-response+jwt, application/json;q=0.5";
const LIMITS: FetchLimits = FetchLimits { octets: 128 * 1024, time: Duration::from_secs(10) };
const EXPECTED: Expected =
    Expected { longest: LIMITS.octets, types: &["trust-mark-status-response+jwt"], untyped: false };
/// How old a signed answer may be: issuers may keep one for a while.
const FRESH: Duration = Duration::from_secs(3600);

/// What an issuer says of a mark of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkStatus {
    /// It holds.
    Active,
    /// It does not: expired, revoked, invalid, unknown to its issuer, or something that is not known here.
    Inactive,
}

/// Why an issuer's answer says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusFault {
    /// There is none.
    #[error(transparent)]
    Outbound(#[from] OutboundFault),
    /// An error of the server.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// Neither of the two forms, or not one that this dialect has.
    #[error("the answer is of another media type")]
    MediaType,
    /// Not the token that it must be, or not signed by the issuer.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// A JSON answer that does not say whether the mark is active.
    #[error("the answer says nothing about the mark")]
    Silent,
    /// An answer about another mark, by another issuer, or too old.
    #[error("the answer is about another mark, by another issuer or too old")]
    Other,
}

impl MarkStatus {
    /// Asks the issuer of `mark`, whose federation keys are one of `keys`, at its status endpoint: the address
    /// that its own entity configuration has as `federation_trust_mark_status_endpoint`. The older dialect
    /// names the mark by its type and its subject too.
    ///
    /// # Errors
    /// [`StatusFault`]: then nothing is known of the mark.
    pub async fn ask(
        mark: &TrustMark,
        endpoint: FetchUrl,
        keys: &[Arc<PublicKeys>],
        reader: &Reader,
        fx: &Effects,
    ) -> Result<Self, StatusFault> {
        let form = [("trust_mark", mark.token()), ("id", mark.kind()), ("sub", mark.subject())];
        let form = match reader.dialect {
            Dialect::It2023 => form.as_slice(),
            Dialect::Fed10Final => form.get(..1).unwrap_or_default(),
        };
        let answer = fx.fetch(&FetchRequest::form(endpoint, form, ACCEPT, LIMITS)).await?;
        let mut told = Err(StatusFault::Token(JwsFault::UnknownKey));
        for set in keys {
            told = Self::read(&answer, mark, set, reader);
            if told.is_ok() {
                break;
            }
        }
        told
    }

    /// What an answer says.
    fn read(
        answer: &Fetched,
        mark: &TrustMark,
        keys: &PublicKeys,
        reader: &Reader,
    ) -> Result<Self, StatusFault> {
        match answer.status {
            200 => {}
            404 => return Ok(Self::Inactive),
            other => return Err(StatusFault::Status(other)),
        }
        if answer.is_of(SIGNED) {
            return Self::signed(&answer.body, mark, keys, reader);
        }
        if reader.dialect != Dialect::It2023 || !answer.is_of("application/json") {
            return Err(StatusFault::MediaType);
        }
        let members = json::object(&answer.body).map_err(|_| StatusFault::Silent)?;
        let active = members.get("active").and_then(Value::as_bool).ok_or(StatusFault::Silent)?;
        Ok(if active { Self::Active } else { Self::Inactive })
    }

    fn signed(
        body: &[u8],
        mark: &TrustMark,
        keys: &PublicKeys,
        reader: &Reader,
    ) -> Result<Self, StatusFault> {
        let token = std::str::from_utf8(body).map_err(|_| JwsFault::Malformed)?;
        let compact = Compact::read(token.trim_ascii(), &EXPECTED)?;
        named_and_in_time(&compact, reader)?;
        let verified = compact.verify_stated(keys, reader.dialect.signatures())?;
        let claims = verified.claims();
        let fresh = claims.issued().is_some_and(|at| at.plus(FRESH + SKEW) > reader.now);
        let about = claims.issuer() == Some(mark.issuer().as_str())
            && claims.text("trust_mark") == Some(mark.token());
        if !fresh || !about {
            return Err(StatusFault::Other);
        }
        Ok(if claims.text("status") == Some("active") { Self::Active } else { Self::Inactive })
    }
}
