//! Proofs of possession that come with a request (DPoP, RFC 9449, sections 4.2 and 4.3).
//!
//! Not what a token or a code is bound to: whoever issued it compares [`Proof::key`]. Not HTTP either: the
//! endpoint hands over the headers and says which method and address it has.

mod nonce;
#[cfg(test)]
mod tests;

use std::time::Duration;

use url::Url;

pub use nonce::Nonces;

use crate::crypto::digest::{base64url, equal, sha256};
use crate::crypto::jwk::{SignatureAlgorithm, Thumbprint};
use crate::crypto::jws::{Claims, Expected, JwsFault, SelfSigned};
use crate::effects::Effects;
use crate::state::{Key, Put, Shelf, Shelves, StateFault};

/// Whoever sent the request holds this key. Only this file makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    key: Thumbprint,
}

impl Proof {
    /// The thumbprint of the key: `jkt`.
    #[must_use]
    pub const fn key(&self) -> &Thumbprint {
        &self.key
    }
}

/// The request that a proof is for.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The addresses by which clients know the endpoint: of configuration, never of a `Host` header.
    pub uris: &'a [&'a str],
    /// The access token that came along, at a resource.
    pub access_token: Option<&'a str>,
}

/// What proofs are checked with.
#[derive(Clone, Copy)]
pub struct ProofCheck<'a> {
    /// Where used proofs are remembered.
    pub shelves: &'a Shelves,
    /// The clock.
    pub fx: &'a Effects,
    /// Where this server demands nonces of its own (RFC 9449, section 8).
    pub nonces: Option<&'a Nonces>,
}

/// Why a proof proves nothing. The texts hold nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum ProofFault {
    /// More than one `DPoP` header.
    #[error("more than one DPoP header")]
    Several,
    /// No such token, or not signed by the key it shows.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// A rule of RFC 9449, section 4.3.
    #[error("{0}")]
    Refused(&'static str),
    /// The proof has no nonce of ours, or an old one: the answer gives [`Nonces::current`].
    #[error("the proof has no current nonce")]
    NonceNeeded,
    /// The replay check could not be made.
    #[error("the replay check could not be made")]
    Unavailable(#[source] StateFault),
}

impl ProofCheck<'_> {
    /// What the `DPoP` headers of a request prove; `None` when there is none. A header that is no text
    /// is given as the empty text.
    ///
    /// # Errors
    /// [`ProofFault`].
    pub async fn verify(
        &self,
        headers: &[&str],
        call: Call<'_>,
    ) -> Result<Option<Proof>, ProofFault> {
        let token = match headers {
            [] => return Ok(None),
            [token] => *token,
            _ => return Err(ProofFault::Several),
        };
        let (verified, key) =
            SelfSigned::read(token, &PROOF)?.verify(&SignatureAlgorithm::FAPI2)?;
        let id = self.check(verified.claims(), call)?;
        let now = self.fx.now();
        let issued = verified.claims().issued().unwrap_or(now);
        // As long as the window is open for it. `put` creates, or says that it was there.
        let lives = issued.plus(WINDOW).since(now) + Duration::from_secs(1);
        let place = Key::of_parts(&["dpop", key.as_str(), id]);
        match self.shelves.put(Shelf::Seen, place, &(), lives).await {
            Ok(Put::Laid) => Ok(Some(Proof { key })),
            Ok(Put::AlreadyThere) => Err(ProofFault::Refused("the proof was used")),
            Err(cause) => Err(ProofFault::Unavailable(cause)),
        }
    }

    /// The claims, and the `jti` if they are as they must be.
    fn check<'c>(&self, claims: &'c Claims, call: Call<'_>) -> Result<&'c str, ProofFault> {
        let refused = |what| Err(ProofFault::Refused(what));
        let id = claims.id().filter(|id| id.len() <= LONGEST_ID);
        let Some(id) = id else { return refused("jti must have 1 to 256 octets") };
        if claims.text("htm") != Some(call.method) {
            return refused("htm is another method");
        }
        let shown = claims.text("htu").unwrap_or_default();
        if !call.uris.iter().any(|uri| is_same_endpoint(shown, uri)) {
            return refused("htu is another address");
        }
        let Some(issued) = claims.issued() else { return refused("iat is missing") };
        let now = self.fx.now();
        claims.in_time(now, WINDOW)?;
        if now.since(issued) > WINDOW {
            return refused("the proof is more than a minute old");
        }
        if let Some(access_token) = call.access_token {
            let expected = base64url(&sha256(access_token.as_bytes()));
            let shown = claims.text("ath").unwrap_or_default();
            if !equal(shown.as_bytes(), expected.as_bytes()) {
                return refused("ath is not the digest of the access token");
            }
        }
        if let Some(nonces) = self.nonces {
            let current = claims.text("nonce").is_some_and(|nonce| nonces.holds(nonce, now));
            if !current {
                return Err(ProofFault::NonceNeeded);
            }
        }
        Ok(id)
    }
}

/// RFC 9449, section 4.3: compared after normalisation of scheme, host, port and path (RFC 3986,
/// section 6.2), without query and fragment.
fn is_same_endpoint(shown: &str, uri: &str) -> bool {
    let normal = |text: &str| {
        let mut url = Url::parse(text).ok().filter(Url::has_host)?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    match (normal(shown), normal(uri)) {
        (Some(shown), Some(uri)) => shown == uri,
        _ => false,
    }
}

/// What a proof looks like (RFC 9449, section 4.2).
const PROOF: Expected = Expected { longest: 8 * 1024, types: &["dpop+jwt"], untyped: false };
/// How far `iat` may be from our clock, in both directions: FAPI 2.0 wants 10 s accepted and more than 60 s
/// ahead refused (Security Profile, section 5.3.2.1).
const WINDOW: Duration = Duration::from_secs(60);
/// Octets of the longest `jti`.
const LONGEST_ID: usize = 256;
