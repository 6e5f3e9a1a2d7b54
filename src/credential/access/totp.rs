//! One-time passwords by the clock (RFC 6238): six digits that an app shows for half a minute.
//!
//! Not the memory of which step was used: whoever verifies files that (section 5.2). SHA-1, six digits and
//! thirty seconds, because that is what every app knows.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::crypto::digest::{equal, hmac_sha1};
use crate::effects::{Effects, Timestamp};

/// What the app and we share: 160 bits in base32.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Totp(String);

impl Totp {
    /// A new one.
    #[must_use]
    pub fn fresh(fx: &Effects) -> Self {
        let mut octets = [0_u8; 20];
        fx.fill(&mut octets);
        let text = base32(&octets);
        octets.zeroize();
        Self(text)
    }

    /// What was shown to somebody and comes back with a form; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == CHARACTERS && text.bytes().all(|octet| ALPHABET.contains(&octet)))
            .then(|| Self(text.to_owned()))
    }

    /// The secret in base32 (RFC 4648), without padding.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The same in groups of four, to be typed.
    #[must_use]
    pub fn spelt(&self) -> String {
        let all: Vec<char> = self.0.chars().collect();
        all.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }

    /// What an app reads from a QR code. Neither argument may name a person.
    #[must_use]
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let escaped: fn(&str) -> String = |text| {
            url::form_urlencoded::byte_serialize(text.as_bytes())
                .collect::<String>()
                .replace('+', "%20")
        };
        let (issuer, account) = (escaped(issuer), escaped(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            self.0
        )
    }

    /// The step of time whose code was typed: this one, or one beside it. All three are always computed.
    #[must_use]
    pub fn step(&self, typed: &str, now: Timestamp) -> Option<u64> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
        let this = step_at(now);
        let mut found = None;
        for step in this.saturating_sub(1)..=this + 1 {
            if equal(self.code(step).as_bytes(), typed.as_bytes()) {
                found = Some(step);
            }
        }
        found
    }

    /// The six digits of a step (RFC 4226, section 5.3).
    #[must_use]
    pub fn code(&self, step: u64) -> String {
        let tag = hmac_sha1(&octets(&self.0), &step.to_be_bytes());
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 15);
        let four =
            tag.iter().skip(offset).take(4).fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet));
        format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
    }
}

/// The step that `now` lies in.
#[must_use]
pub fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.unix_seconds()).unwrap_or_default() / STEP_SECONDS
}

/// When the code of `step` is no longer taken anywhere.
#[must_use]
pub fn over_at(step: u64) -> Timestamp {
    // The step, the one after it in which it still counts, and as much again for another node's clock.
    let end = step.saturating_add(4).saturating_mul(STEP_SECONDS);
    Timestamp::from_unix_seconds(i64::try_from(end).unwrap_or(i64::MAX))
}

fn base32(octets: &[u8]) -> String {
    let mut text = String::new();
    for five in octets.chunks(5) {
        let bits = five.iter().fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
        for place in (0..8_u32).rev() {
            let at = usize::try_from(bits >> (place * 5) & 31).unwrap_or_default();
            text.extend(ALPHABET.get(at).copied().map(char::from));
        }
    }
    text
}

fn octets(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, Vec::new());
    for value in text.bytes().filter_map(|c| ALPHABET.iter().position(|known| *known == c)) {
        bits = bits << 5 | u32::try_from(value).unwrap_or_default();
        held += 5;
        if held >= 8 {
            held -= 8;
            out.extend(u8::try_from(bits >> held & 255));
        }
    }
    out
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Totp(…)")
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Characters of a secret.
const CHARACTERS: usize = 32;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// Seconds of a step.
pub const STEP_SECONDS: u64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let totp = Totp(base32(b"12345678901234567890"));
        assert_eq!(totp.secret(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.code(step_at(Timestamp::from_unix_seconds(seconds))), code);
        }
    }

    /// HD-AU-3: one step to either side, never two; six digits, never eight.
    #[test]
    fn a_code_counts_in_its_step_and_in_the_two_beside_it() {
        let (fx, _) = Effects::scripted(0, 3);
        let totp = Totp::fresh(&fx);
        let now = Timestamp::from_unix_seconds(1_800_000_015);
        let this = step_at(now);
        for (step, counts) in
            [(this - 2, false), (this - 1, true), (this, true), (this + 1, true), (this + 2, false)]
        {
            let found = totp.step(&totp.code(step), now);
            assert_eq!(found, counts.then_some(step));
        }
        let code = totp.code(this);
        let (left, right) = code.split_at(3);
        let spaced = format!(" {left} {right} ");
        assert_eq!(totp.step(&spaced, now), Some(this));
        for wrong in ["", "12345", &format!("{code}0"), &format!("0{code}"), left] {
            assert_eq!(totp.step(wrong, now), None, "{wrong}");
        }
        assert!(over_at(this) > now.plus(std::time::Duration::from_mins(1)));
    }

    #[test]
    fn a_secret_is_read_back_and_nothing_else_is_one() {
        let (fx, _) = Effects::scripted(0, 3);
        let totp = Totp::fresh(&fx);
        assert_eq!(Totp::parse(totp.secret()).unwrap().code(5), totp.code(5));
        assert_eq!(octets(totp.secret()).len(), 20);
        for wrong in ["", "AAAA", &"0".repeat(32), &"a".repeat(32), &"A".repeat(33)] {
            assert!(Totp::parse(wrong).is_none());
        }
        assert_eq!(
            totp.address("Varco prova", "482-917-305"),
            format!(
                "otpauth://totp/Varco%20prova:482-917-305?secret={}&issuer=Varco%20prova&algorithm=SHA1&digits=6&period=30",
                totp.secret()
            )
        );
    }
}
