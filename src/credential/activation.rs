//! The activation code: twelve characters and one that checks them, in two parts that travel apart.
//!
//! Not a password: it is used once, within days, and five wrong ones end it. The code itself is never kept:
//! a keyed digest of it is.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::digest::{base64url, equal, hmac_sha256};
use crate::effects::{Effects, Timestamp};

/// Under which codes are digested: derived from the deployment's secret.
#[derive(Clone)]
pub struct ActivationKey(Zeroizing<[u8; 32]>);

impl ActivationKey {
    /// From a key that has no other use.
    #[must_use]
    pub const fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    fn digest(&self, case: &str, code: &Code) -> String {
        let message = Zeroizing::new(format!("{case}\n{}", code.0.as_str()));
        base64url(&hmac_sha256(self.0.as_slice(), message.as_bytes()))
    }
}

impl std::fmt::Debug for ActivationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ActivationKey")
    }
}

/// A code, while somebody has it in hand: thirteen characters.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// A new one: 60 bits, less what a check character that people can type costs (a fifth of one).
    #[must_use]
    pub fn fresh(fx: &Effects) -> Self {
        loop {
            let mut octets = Zeroizing::new([0_u8; TWELVE]);
            fx.fill(octets.as_mut_slice());
            // 256 is a multiple of 32: no character is likelier than another.
            let values = octets.iter().map(|octet| usize::from(octet % 32));
            let mut text: Zeroizing<String> = Zeroizing::new(String::with_capacity(TWELVE + 1));
            text.extend(values.filter_map(|value| ALPHABET.chars().nth(value)));
            if let Some(check) = check_of(&text) {
                text.push(check);
                return Self(text);
            }
        }
    }

    /// As people type it: in either case, with blanks and hyphens, `O` for `0`, `I` and `L` for `1`. `None`
    /// when a character is missing or its check finds a slip: that is no wrong code, and counts as none.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut text = Zeroizing::new(String::with_capacity(TWELVE + 1));
        for sign in typed.chars().filter(|sign| !sign.is_whitespace() && *sign != '-') {
            let sign = match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if text.len() > TWELVE || !ALPHABET.contains(sign) {
                return None;
            }
            text.push(sign);
        }
        let (code, check) = text.split_at_checked(TWELVE)?;
        let right = check_of(code).is_some_and(|right| check.chars().eq([right]));
        right.then(|| Self(text))
    }

    /// The part on the letter: `ABCD-EF`.
    #[must_use]
    pub fn on_the_letter(&self) -> Zeroizing<String> {
        self.part(0, HALF)
    }

    /// The part in the mail: `GH-JKMN-P`.
    #[must_use]
    pub fn in_the_mail(&self) -> Zeroizing<String> {
        self.part(HALF, TWELVE + 1)
    }

    fn part(&self, from: usize, to: usize) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(16));
        for (at, sign) in self.0.chars().enumerate().take(to).skip(from) {
            if at % 4 == 0 && at > from {
                text.push('-');
            }
            text.push(sign);
        }
        text
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Crockford's alphabet.
const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TWELVE: usize = 12;
const HALF: usize = 6;

/// Crockford's check, modulo 37: it finds every wrong character and every pair that changed places. `None`
/// where it would be one of his five extra signs.
fn check_of(code: &str) -> Option<char> {
    let values = code.chars().filter_map(|sign| ALPHABET.find(sign));
    ALPHABET.chars().nth(values.fold(0, |sum, value| (sum * 32 + value) % 37))
}

/// What a case keeps of its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    digest: String,
    /// From then on it does not count.
    until: Timestamp,
    wrong: u8,
}

/// What a typed code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// The right one.
    Right,
    /// A wrong one; so many are left.
    Wrong(u8),
    /// The last one that was allowed, and wrong; or too late.
    Over,
}

/// Wrong codes that end it.
pub const MOST_TRIES: u8 = 5;

impl Activation {
    /// Of a code for a case, until then.
    #[must_use]
    pub fn of(code: &Code, case: &str, key: &ActivationKey, until: Timestamp) -> Self {
        Self { digest: key.digest(case, code), until, wrong: 0 }
    }

    /// Until when it counts.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Counts a try.
    pub fn try_code(
        &mut self,
        code: &Code,
        case: &str,
        key: &ActivationKey,
        now: Timestamp,
    ) -> Try {
        if self.until <= now || self.wrong >= MOST_TRIES {
            return Try::Over;
        }
        if equal(key.digest(case, code).as_bytes(), self.digest.as_bytes()) {
            return Try::Right;
        }
        self.wrong += 1;
        if self.wrong >= MOST_TRIES { Try::Over } else { Try::Wrong(MOST_TRIES - self.wrong) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fresh(seed: u64) -> Code {
        Code::fresh(&Effects::scripted(1_795_000_000, seed).0)
    }

    #[test]
    fn both_parts_together_are_the_code_however_people_type_it() {
        let code = fresh(1);
        let (letter, mail) = (code.on_the_letter(), code.in_the_mail());
        assert_eq!((letter.len(), mail.len()), (7, 9));
        for typed in [
            format!("{}{}", letter.as_str(), mail.as_str()),
            format!("{} {}", letter.to_lowercase(), mail.to_lowercase()),
        ] {
            assert_eq!(Code::parse(&typed).map(|read| read.0), Some(code.0.clone()));
        }
        assert!(Code::parse(&letter).is_none());
        assert_eq!(format!("{code:?}"), "Code(…)");
    }

    #[test]
    fn what_is_kept_does_not_hold_the_code_and_is_of_one_case() {
        let (code, key) = (fresh(2), ActivationKey::new(Zeroizing::new([7; 32])));
        let until = Timestamp::from_unix_seconds(100);
        let mut kept = Activation::of(&code, "one", &key, until);
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains(code.0.as_str()) && !text.contains(code.0.get(..6).unwrap()));
        let now = Timestamp::from_unix_seconds(99);
        assert_eq!(kept.try_code(&code, "one", &key, now), Try::Right);
        assert_eq!(kept.try_code(&code, "two", &key, now), Try::Wrong(4));
        assert_eq!(kept.try_code(&code, "one", &key, until), Try::Over);
    }

    proptest! {
        #[test]
        fn a_slip_is_found_before_it_counts(seed: u64, at in 0_usize..13, sign in 0_usize..32) {
            let code = fresh(seed);
            let mut signs: Vec<char> = code.0.chars().collect();
            let other = ALPHABET.chars().nth(sign).unwrap();
            prop_assume!(signs[at] != other);
            signs[at] = other;
            prop_assert!(Code::parse(&signs.iter().collect::<String>()).is_none());
        }

        #[test]
        fn two_characters_that_changed_places_are_found(seed: u64, at in 0_usize..12) {
            let code = fresh(seed);
            let mut signs: Vec<char> = code.0.chars().collect();
            prop_assume!(signs[at] != signs[at + 1]);
            signs.swap(at, at + 1);
            prop_assert!(Code::parse(&signs.iter().collect::<String>()).is_none());
        }
    }
}
