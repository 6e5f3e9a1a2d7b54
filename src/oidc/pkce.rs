//! PKCE with S256 and nothing else (RFC 7636; RFC 9700, section 2.1.1).
//!
//! Not `plain`: that method is refused.

use serde::{Deserialize, Serialize};

use crate::crypto::digest::{base64url, equal, sha256};

/// A code challenge: base64url of a SHA-256, 43 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// `None` when it does not have the form of RFC 7636, section 4.2.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 43
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
        .then(|| Self(text.to_owned()))
    }

    /// Whether `verifier` has the form of section 4.1 and hashes to this challenge.
    #[must_use]
    pub fn answers(&self, verifier: &str) -> bool {
        let unreserved =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && equal(base64url(&sha256(verifier.as_bytes())).as_bytes(), self.0.as_bytes())
    }
}
