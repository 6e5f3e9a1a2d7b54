//! The user name of a credential: nine digits, the last of which checks the others.
//!
//! Not the person's name, nor drawn from it, and no secret. Digits have a name in every language, so they
//! can be read aloud at a counter or on the telephone, and no nine of them are a rude word. A slip of one
//! digit, or of two neighbours (but 09 and 90), is no user name at all, so it never becomes somebody else's.

use serde::{Deserialize, Serialize};

use crate::effects::Effects;

/// Nine digits without hyphens; the first is not zero, the last is the check digit (ISO/IEC 7812-1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

impl Username {
    /// A new one. Whether somebody has it already, its exclusive key tells.
    #[must_use]
    pub fn fresh(fx: &Effects) -> Self {
        let mut octets = [0_u8; 8];
        fx.fill(&mut octets);
        // 2^64 is so much more than 9·10^7 that the remainder favours nobody.
        let eight = 10_000_000 + u64::from_be_bytes(octets) % 90_000_000;
        let text = eight.to_string();
        let check = check_digit(&text);
        Self(format!("{text}{check}"))
    }

    /// What somebody typed, with or without hyphens, points and spaces; `None` when it is no user name.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let separates = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '–');
        let text: String = typed.chars().filter(|c| !separates(*c)).take(LENGTH + 1).collect();
        let digits = text.len() == LENGTH && text.bytes().all(|octet| octet.is_ascii_digit());
        let (eight, check) = text.split_at_checked(LENGTH - 1)?;
        let fits = digits && !text.starts_with('0') && check == check_digit(eight).to_string();
        fits.then_some(Self(text))
    }

    /// Nine digits, to compare and to file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `482-917-305`: as it is shown and printed.
    #[must_use]
    pub fn shown(&self) -> String {
        let digits: Vec<char> = self.0.chars().collect();
        digits.chunks(3).map(String::from_iter).collect::<Vec<_>>().join("-")
    }
}

/// Luhn's digit over `digits`, from the right.
fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| {
            let weighed = if place % 2 == 0 { digit * 2 } else { digit };
            weighed / 10 + weighed % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

impl TryFrom<String> for Username {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no user name")
    }
}

const LENGTH: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_read_as_it_is_shown_and_no_slip_of_one_digit_is_another() {
        let (fx, _) = Effects::scripted(0, 1);
        for _ in 0..200 {
            let name = Username::fresh(&fx);
            assert_eq!(Username::parse(&name.shown()), Some(name.clone()));
            assert_eq!(
                Username::parse(&format!(" {} ", name.shown().replace('-', " "))),
                Some(name.clone())
            );
            for place in 0..LENGTH {
                for other in b'0'..=b'9' {
                    let mut slip = name.as_str().as_bytes().to_vec();
                    if slip[place] == other {
                        continue;
                    }
                    slip[place] = other;
                    assert_eq!(Username::parse(std::str::from_utf8(&slip).unwrap()), None);
                }
            }
        }
    }

    #[test]
    fn nothing_else_is_a_user_name() {
        for text in
            ["", "-", "482", "4829173050000000", "RSSMRA80A01H501U", "٤٨٢٩١٧٣٠٥", "000-000-000"]
        {
            assert_eq!(Username::parse(text), None, "{text}");
        }
    }
}
