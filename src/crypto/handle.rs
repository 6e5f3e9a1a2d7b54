//! A handle: an unguessable name for something kept elsewhere (a login, a code, a token, a ticket).
//!
//! Not a carrier of data: it means nothing to whoever holds it.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::digest::hexadecimal;
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
        Self(hexadecimal(octets.as_slice()))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// OP-CO-6: 160 bits, all of them random: no two alike, no part that says when it was made. For each
    /// of 40 places, the sixteen digits in 10,000 handles: chi-square with 15 degrees of freedom is above
    /// 60 once in four million times.
    #[test]
    fn ten_thousand_handles_differ_and_every_digit_of_them_is_random() {
        let fx = Effects::real();
        let handles: Vec<Handle> = (0..10_000).map(|_| Handle::fresh(&fx)).collect();
        let all: std::collections::BTreeSet<&str> = handles.iter().map(Handle::reveal).collect();
        assert_eq!(all.len(), handles.len());
        for place in 0..OCTETS * 2 {
            let mut counts = [0_i32; 16];
            for handle in &handles {
                let digit = char::from(handle.reveal().as_bytes()[place]).to_digit(16).unwrap();
                counts[digit as usize] += 1;
            }
            let square: i32 = counts.iter().map(|count| (count - 625).pow(2)).sum();
            assert!(square < 60 * 625, "place {place}: {counts:?}");
        }
    }
}
