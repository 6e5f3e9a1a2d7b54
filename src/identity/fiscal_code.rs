//! The Italian fiscal code: sixteen characters for a person, eleven digits for a provisional one
//! (decree of the Minister of Finance of 23 December 1976).
//!
//! Not a proof that the code exists, and not a source of facts about the person (a bound on their age
//! apart): a code whose digits
//! were replaced by letters because two people share it (*omocodia*) is a code of its own. It is never
//! folded into its base, and no code is ever derived from a name and a date of birth. [`Reading`] is for
//! comparing what a code says with what is known already, and for nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::terms::Day;

/// A well-formed fiscal code, upper case, without prefix.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct FiscalCode(String);

/// The text is no fiscal code. It does not say which text: that would name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fiscal code")]
pub struct NotAFiscalCode;

/// What a personal code says, its omocodia letters read as the digits that they stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// Three letters of the family name.
    pub(super) family_name: [u8; 3],
    /// Three letters of the given names.
    pub(super) given_names: [u8; 3],
    /// The last two digits of the year of birth.
    pub(super) year: u8,
    /// Month of birth, 1 to 12.
    pub(super) month: u8,
    /// Day of birth, 1 to 31.
    pub(super) day: u8,
    /// Whether it is a woman's.
    pub(super) female: bool,
    /// The cadastral code of the municipality, or of the state abroad: then it begins with `Z`.
    pub(super) place: [u8; 4],
}

/// How providers say that a tax number is Italian (ETSI EN 319 412-1, section 5.1.3).
const PREFIX: &str = "TINIT-";

/// What each character of an odd place counts, from `0`–`9` or from `A`–`Z`.
const ODD: [u8; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Letters of the months, January first.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// Letters that stand for the digits 0 to 9 when two people would share a code.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";
/// Women's days are raised by this.
const FOR_WOMEN: u8 = 40;
/// Days of the months in a leap year, January first.
const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl FiscalCode {
    /// A bare code, in either case.
    ///
    /// # Errors
    /// When the form, the date or the check character is wrong.
    pub fn parse(text: &str) -> Result<Self, NotAFiscalCode> {
        // ASCII before any case mapping: `ſ` upper-cases to `S`.
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(NotAFiscalCode);
        }
        let text = text.to_ascii_uppercase();
        let octets = text.as_bytes();
        if is_personal(octets) || is_provisional(octets) {
            Ok(Self(text))
        } else {
            Err(NotAFiscalCode)
        }
    }

    /// `TINIT-` and a code, as SPID and CIE send it. The prefix is upper case and stands once.
    ///
    /// # Errors
    /// When the prefix is missing or another one, or the code is malformed.
    pub fn from_tax_number(text: &str) -> Result<Self, NotAFiscalCode> {
        Self::parse(text.strip_prefix(PREFIX).ok_or(NotAFiscalCode)?)
    }

    /// The bare code, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `TINIT-` and the code.
    #[must_use]
    pub fn tax_number(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    /// The latest day of birth up to `day` that the code allows, whatever the century: the person is at
    /// least as old as whoever was born then. `None` for a provisional code.
    #[must_use]
    pub fn latest_birth(&self, day: Day) -> Option<Day> {
        let &[.., y1, y2, m, d1, d2, _, _, _, _, _] = self.0.as_bytes() else { return None };
        let (year, born) = (number(y1, y2)?, number(d1, d2)?);
        let month = u8::try_from(MONTHS.iter().position(|letter| *letter == m)? + 1).ok()?;
        let born = if born > 40 { born - 40 } else { born };
        let centuries = [2000, 1900].into_iter();
        let births = centuries.filter_map(|from| Day::new(from + i32::from(year), month, born));
        births.filter(|birth| *birth <= day).max().filter(|_| !self.is_provisional())
    }

    /// Whether it is one of the eleven-digit codes that are given until the personal one is known.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.0.len() == 11
    }
}

impl FiscalCode {
    /// What it says; `None` for a provisional code, which says nothing.
    pub(super) fn reading(&self) -> Option<Reading> {
        let &[s1, s2, s3, n1, n2, n3, y1, y2, m, d1, d2, p, p1, p2, p3, _] = self.0.as_bytes()
        else {
            return None;
        };
        let day = number(d1, d2)?;
        let month = MONTHS.iter().zip(1..).find_map(|(letter, at)| (*letter == m).then_some(at))?;
        let place = [p1, p2, p3].map(digit);
        let [Some(p1), Some(p2), Some(p3)] = place else { return None };
        Some(Reading {
            family_name: [s1, s2, s3],
            given_names: [n1, n2, n3],
            year: number(y1, y2)?,
            month,
            day: if day > FOR_WOMEN { day - FOR_WOMEN } else { day },
            female: day > FOR_WOMEN,
            place: [p, b'0' + p1, b'0' + p2, b'0' + p3],
        })
    }
}

/// Form, date in at least one century, check character.
fn is_personal(octets: &[u8]) -> bool {
    let &[s1, s2, s3, n1, n2, n3, y1, y2, m, d1, d2, p, p1, p2, p3, check] = octets else {
        return false;
    };
    let letters = [s1, s2, s3, n1, n2, n3, p].iter().all(u8::is_ascii_uppercase);
    let (Some(year), Some(day)) = (number(y1, y2), number(d1, d2)) else {
        return false;
    };
    letters
        && [p1, p2, p3].into_iter().all(|octet| digit(octet).is_some())
        && is_a_date(year, m, day)
        && check_character(octets) == Some(check)
}

fn is_a_date(year: u8, month: u8, day: u8) -> bool {
    let day = if day > FOR_WOMEN { day - FOR_WOMEN } else { day };
    let Some(at) = MONTHS.iter().position(|letter| *letter == month) else { return false };
    // Of the years that end in `year`, one is a leap year exactly when four divides it: 1900 was
    // none, but 2000 was.
    let last = match DAYS.get(at) {
        Some(29) if !year.is_multiple_of(4) => 28,
        Some(last) => *last,
        None => return false,
    };
    (1..=last).contains(&day)
}

/// The digit that an octet stands for, omocodia letters included.
fn digit(octet: u8) -> Option<u8> {
    if octet.is_ascii_digit() {
        return Some(octet - b'0');
    }
    OMOCODIA.iter().zip(0..).find_map(|(letter, digit)| (*letter == octet).then_some(digit))
}

fn number(tens: u8, ones: u8) -> Option<u8> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// The check character of the first fifteen.
fn check_character(octets: &[u8]) -> Option<u8> {
    let mut sum: u32 = 0;
    for (place, octet) in octets.iter().take(15).enumerate() {
        let value = match octet {
            b'0'..=b'9' => octet - b'0',
            b'A'..=b'Z' => octet - b'A',
            _ => return None,
        };
        // The first place is odd: places are counted from one.
        sum += u32::from(if place % 2 == 0 { *ODD.get(usize::from(value))? } else { value });
    }
    u8::try_from(sum % 26).ok().map(|rest| b'A' + rest)
}

/// Eleven digits whose last one checks the others, as in a VAT number.
fn is_provisional(octets: &[u8]) -> bool {
    if octets.len() != 11 {
        return false;
    }
    let mut sum: u32 = 0;
    for (place, octet) in octets.iter().enumerate() {
        if !octet.is_ascii_digit() {
            return false;
        }
        let value = u32::from(octet - b'0');
        sum += match (place % 2, value) {
            (0, _) => value,
            (_, 0..=4) => value * 2,
            _ => value * 2 - 9,
        };
    }
    sum > 0 && sum.is_multiple_of(10)
}

/// Redacted: a fiscal code never enters a log by way of `{:?}`. There is no `Display`.
impl fmt::Debug for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FiscalCode(…)")
    }
}

impl From<FiscalCode> for String {
    fn from(code: FiscalCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for FiscalCode {
    type Error = NotAFiscalCode;
    fn try_from(text: String) -> Result<Self, NotAFiscalCode> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests;
