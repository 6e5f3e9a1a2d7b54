//! A handle: an unguessable name for something kept elsewhere (a login, a code, a token, a ticket).
//!
//! Not a carrier of data: it means nothing to whoever holds it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::effects::Effects;

/// Octets of randomness in a handle: 160 bits (RFC 6749, section 10.10).
const OCTETS: usize = 20;

/// 40 lower-case hexadecimal digits. Hexadecimal because a SAML `RelayState` must not look like a
/// URL to the checkers: base64url can spell "http" by chance.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Handle(String);

impl Handle {
    /// A new one.
    #[must_use]
    pub fn fresh(fx: &Effects) -> Self {
        let mut octets = Zeroizing::new([0_u8; OCTETS]);
        fx.fill(octets.as_mut_slice());
        let mut text = String::with_capacity(OCTETS * 2);
        for octet in octets.iter() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{octet:02x}");
        }
        Self(text)
    }

    /// What came back from a browser or a relying party; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == OCTETS * 2
            && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The text, for a cookie, a URL or an answer.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle(…)")
    }
}
