//! The reference code: what a person reads to the help desk, and an operator finds in the log.
//!
//! Not a secret and not a handle: it opens nothing. Eight characters without 0, O, 1 and I, so that
//! it survives the telephone.

use crate::crypto::Handle;
use crate::crypto::digest::sha256;
use crate::effects::Effects;

/// `7F3K-2M9Q`: the same on every page and log line of one login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// The reference of a login, derived from its `tx`; it does not lead back to it.
    #[must_use]
    pub fn of(tx: &Handle) -> Self {
        Self::spell(&sha256(format!("reference {}", tx.reveal()).as_bytes()))
    }

    /// A new one, for what happens outside a login.
    #[must_use]
    pub fn fresh(fx: &Effects) -> Self {
        let mut octets = [0; 8];
        fx.fill(&mut octets);
        Self::spell(&octets)
    }

    /// The text, with its hyphen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn spell(octets: &[u8]) -> Self {
        let mut text = String::with_capacity(9);
        for (at, octet) in octets.iter().take(8).enumerate() {
            if at == 4 {
                text.push('-');
            }
            text.push(ALPHABET.get(usize::from(octet % 32)).map_or('X', |letter| *letter as char));
        }
        Self(text)
    }
}

/// 32 characters, so that an octet chooses without favour.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_can_be_read_aloud_and_is_the_same_for_one_login() {
        let (fx, _) = Effects::scripted(0, 1);
        let tx = Handle::fresh(&fx);
        let reference = Reference::of(&tx);
        assert_eq!(reference, Reference::of(&tx));
        assert_ne!(reference, Reference::of(&Handle::fresh(&fx)));
        assert_eq!(reference.as_str().len(), 9);
        assert!(!reference.as_str().contains(['0', 'O', '1', 'I']));
        assert_ne!(Reference::fresh(&fx), Reference::fresh(&fx));
    }
}
