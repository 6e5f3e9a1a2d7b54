//! Nonces that a server gives for proofs (RFC 9449, section 8): a time with a seal on it, kept nowhere.
//!
//! Not the replay check: several proofs may carry one nonce.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::crypto::digest::{base64url, equal, hmac_sha256};
use crate::effects::Timestamp;

/// Makes and knows the nonces of this deployment: every node has the same key.
pub struct Nonces {
    key: Zeroizing<[u8; 32]>,
}

impl Nonces {
    /// With a key that nothing else uses.
    #[must_use]
    pub const fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self { key }
    }

    /// The nonce to give at `now`, for the header `DPoP-Nonce`.
    #[must_use]
    pub fn current(&self, now: Timestamp) -> String {
        let time = now.unix_seconds().to_be_bytes();
        base64url(&[time.as_slice(), &self.seal(time)].concat())
    }

    /// Whether it is one of ours, given in the last minutes.
    pub(super) fn holds(&self, nonce: &str, now: Timestamp) -> bool {
        let octets = URL_SAFE_NO_PAD.decode(nonce).unwrap_or_default();
        let Some((time, seal)) = octets.split_first_chunk::<8>() else { return false };
        let given = Timestamp::from_unix_seconds(i64::from_be_bytes(*time));
        // Another node's clock may be a little ahead.
        let current = now.since(given) <= LIVES && given.since(now) <= AHEAD;
        current && equal(seal, &self.seal(*time))
    }

    fn seal(&self, time: [u8; 8]) -> [u8; 32] {
        hmac_sha256(self.key.as_slice(), &time)
    }
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces")
    }
}

/// How long a nonce is taken.
const LIVES: Duration = Duration::from_mins(5);
/// How far two nodes' clocks may differ.
const AHEAD: Duration = Duration::from_secs(10);
