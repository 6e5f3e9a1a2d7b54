//! Passwords: what may be chosen, how it is kept, how it is compared.
//!
//! Not a rule about kinds of characters: length and a look at what everybody chooses (NIST SP 800-63B,
//! section 5.1.1.2). Kept as Argon2id (RFC 9106) with its cost beside it, so that a dearer one is taken up
//! when somebody signs in.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::breached::Breached;
use super::username::Username;
use crate::crypto::digest::{base64url, equal};
use crate::effects::Effects;

/// What somebody typed into the field of a password, in Unicode's form NFKC; wiped when it is dropped.
pub struct Password(Zeroizing<String>);

/// Why a password cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// On a list of leaked ones, or made of what everybody tries first.
    Common,
}

impl Password {
    /// As typed: any characters.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        // Longer than any that can be chosen: cut, so that it costs no more and fits none.
        Self(Zeroizing::new(text.nfkc().take(LONGEST + 1).collect()))
    }

    /// As typed by somebody who wants it from now on.
    ///
    /// # Errors
    /// Why not.
    pub fn chosen(text: &str, username: &Username, breached: &Breached) -> Result<Self, Weakness> {
        let password = Self::typed(text);
        let characters = password.0.chars().count();
        if characters < SHORTEST {
            return Err(Weakness::Short);
        }
        if characters > LONGEST {
            return Err(Weakness::Long);
        }
        if breached.knows(&password.0, username.as_str()) {
            return Err(Weakness::Common);
        }
        Ok(password)
    }
}

/// How dear a hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Kibibytes of memory.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// 64 MiB, three passes, one lane: RFC 9106's second choice for one core.
    pub const PRODUCT: Self = Self { memory: 64 * 1024, passes: 3 };
    /// As little as there can be: for tests, where a thousand are computed.
    pub const TESTS: Self = Self { memory: 8, passes: 1 };
}

/// The hash of a password.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordHash {
    cost: Cost,
    salt: String,
    digest: String,
}

impl PasswordHash {
    /// Of `password`, with a new salt; `None` when `cost` is one that Argon2 does not know.
    #[must_use]
    pub fn of(password: &Password, cost: Cost, fx: &Effects) -> Option<Self> {
        let mut salt = [0_u8; 16];
        fx.fill(&mut salt);
        let digest = stretched(password, &salt, cost)?;
        Some(Self { cost, salt: base64url(&salt), digest: base64url(digest.as_slice()) })
    }

    /// One that no password fits and that costs the same to try: for whoever has none.
    #[must_use]
    pub fn nobodys(cost: Cost) -> Self {
        Self { cost, salt: base64url(&[0; 16]), digest: String::new() }
    }

    /// Whether it is of `password`. The work is the same either way.
    #[must_use]
    pub fn fits(&self, password: &Password) -> bool {
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        stretched(password, &decoded(&self.salt), self.cost)
            .is_some_and(|digest| equal(digest.as_slice(), &decoded(&self.digest)))
    }

    /// Whether it was made for less than `cost`.
    #[must_use]
    pub const fn is_cheaper_than(&self, cost: Cost) -> bool {
        self.cost.memory < cost.memory || self.cost.passes < cost.passes
    }
}

fn stretched(password: &Password, salt: &[u8], cost: Cost) -> Option<Zeroizing<[u8; 32]>> {
    let mut digest = Zeroizing::new([0_u8; 32]);
    let params = Params::new(cost.memory, cost.passes, 1, Some(digest.len())).ok()?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.0.as_bytes(), salt, digest.as_mut_slice())
        .ok()?;
    Some(digest)
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Characters of the shortest password that can be chosen.
pub const SHORTEST: usize = 12;
/// Characters of the longest one.
pub const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn fx() -> Effects {
        Effects::scripted(0, 7).0
    }

    #[test]
    fn a_hash_fits_its_password_alone_however_it_was_typed() {
        let hash =
            PasswordHash::of(&Password::typed("perché così ﬁno"), Cost::TESTS, &fx()).unwrap();
        assert!(hash.fits(&Password::typed("perche\u{301} cosi\u{300} fino")));
        assert!(!hash.fits(&Password::typed("perche cosi fino")));
        assert!(!hash.fits(&Password::typed("")));
        let again =
            PasswordHash::of(&Password::typed("perché così ﬁno"), Cost::TESTS, &fx()).unwrap();
        let kept = serde_json::to_string(&hash).unwrap();
        assert!(!kept.contains("perch"));
        assert!(
            serde_json::from_str::<PasswordHash>(&kept)
                .unwrap()
                .fits(&Password::typed("perché così fino"))
        );
        drop(again);
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let fx = fx();
        let one =
            || PasswordHash::of(&Password::typed("mille papaveri blu"), Cost::TESTS, &fx).unwrap();
        assert_ne!(one().digest, one().digest);
    }

    #[test]
    fn nobodys_hash_fits_nothing() {
        for text in ["", "password", "\0"] {
            assert!(!PasswordHash::nobodys(Cost::TESTS).fits(&Password::typed(text)));
        }
    }

    #[test]
    fn a_cheaper_hash_is_known_as_such() {
        let hash =
            PasswordHash::of(&Password::typed("mille papaveri blu"), Cost::TESTS, &fx()).unwrap();
        assert!(hash.is_cheaper_than(Cost::PRODUCT) && !hash.is_cheaper_than(Cost::TESTS));
    }

    /// RFC 9106 itself has no vector without a secret and associated data: this one is of the reference
    /// implementation's own test (Argon2id, version 0x13, 2 passes, 65536 KiB, one lane).
    #[test]
    fn the_reference_implementation_computes_the_same() {
        let cost = Cost { memory: 65_536, passes: 2 };
        let digest = stretched(&Password::typed("password"), b"somesalt", cost).unwrap();
        let known = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7";
        assert_eq!(crate::crypto::digest::hexadecimal(digest.as_slice()), known);
    }

    #[test]
    fn twelve_characters_of_any_kind_are_enough_and_eleven_are_not() {
        let name = Username::fresh(&fx());
        let chosen = |text: &str| Password::chosen(text, &name, &Breached::default()).err();
        assert_eq!(chosen("gelso ombra7"), None);
        assert_eq!(chosen("пчела на лугу"), None);
        assert_eq!(chosen("🐝🌾🍇🦉🧵🪁🧭🪺🫐🦔🪻🌒"), None);
        assert_eq!(chosen("gelso ombra"), Some(Weakness::Short));
        assert_eq!(chosen(&"àb c".repeat(65)), Some(Weakness::Long));
    }
}
