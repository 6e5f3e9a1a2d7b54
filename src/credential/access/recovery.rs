//! Recovery codes: ten one-time passwords on paper, each in place of one code of the app.
//!
//! Not a way around the password, and none to a new one: whoever has lost everything is identified anew.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::digest::{equal, hexadecimal, sha256};
use crate::effects::Effects;

/// Those that are left, as digests. A code has 80 random bits: a fast digest gives nothing away.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecoveryCodes(Vec<String>);

impl RecoveryCodes {
    /// Ten new ones, and their texts, which nobody sees again.
    #[must_use]
    pub fn fresh(fx: &Effects) -> (Self, Vec<Zeroizing<String>>) {
        let texts: Vec<Zeroizing<String>> = (0..HOW_MANY).map(|_| fresh(fx)).collect();
        (Self(texts.iter().map(|text| digest(text)).collect()), texts)
    }

    /// Uses up the code that was typed; `false` when there is none of that text. All are looked at.
    pub fn take(&mut self, typed: &str) -> bool {
        let wanted = digest(typed);
        let before = self.0.len();
        self.0.retain(|kept| !equal(kept.as_bytes(), wanted.as_bytes()));
        self.0.len() < before
    }

    /// Whether that text has as many characters as a code: no code of an app has.
    #[must_use]
    pub fn is_meant_by(typed: &str) -> bool {
        plain(typed).len() == CHARACTERS
    }

    /// How many are left.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.0.len()
    }
}

/// `7K3M-0QZT-9XBA-C2VH`.
fn fresh(fx: &Effects) -> Zeroizing<String> {
    let mut octets = Zeroizing::new([0_u8; CHARACTERS]);
    fx.fill(octets.as_mut_slice());
    let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + 3));
    for (place, octet) in octets.iter().enumerate() {
        let hyphen = if place > 0 && place % 4 == 0 { "-" } else { "" };
        let letter = ALPHABET.get(usize::from(octet & 31)).copied().map_or('0', char::from);
        // Writing to a String cannot fail.
        let _ = write!(text, "{hyphen}{letter}");
    }
    text
}

/// Without what separates, and with what Crockford's base32 takes for the same.
fn plain(typed: &str) -> Zeroizing<String> {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).take(CHARACTERS + 1);
    Zeroizing::new(
        letters
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect(),
    )
}

fn digest(text: &str) -> String {
    hexadecimal(&sha256(plain(text).as_bytes()))
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoveryCodes({})", self.0.len())
    }
}

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many are given.
pub const HOW_MANY: usize = 10;
/// Characters of one: 80 bits.
const CHARACTERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_ten_codes_is_taken_once() {
        let (fx, _) = Effects::scripted(0, 5);
        let (mut codes, texts) = RecoveryCodes::fresh(&fx);
        assert_eq!((codes.left(), texts.len()), (10, 10));
        let kept = serde_json::to_string(&codes).unwrap();
        for text in &texts {
            assert!(!kept.contains(text.as_str()) && RecoveryCodes::is_meant_by(text));
            assert!(codes.take(&text.to_lowercase().replace('-', " ")), "{}", text.as_str());
            assert!(!codes.take(text));
        }
        assert_eq!(codes.left(), 0);
    }

    #[test]
    fn a_code_that_was_never_given_is_not_taken() {
        let (fx, _) = Effects::scripted(0, 5);
        let (mut codes, _) = RecoveryCodes::fresh(&fx);
        for wrong in ["", "123456", "0000-0000-0000-0000"] {
            assert!(!codes.take(wrong));
        }
        assert_eq!(codes.left(), 10);
        assert!(!RecoveryCodes::is_meant_by("123 456"));
    }
}
