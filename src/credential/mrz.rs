//! The machine-readable zone of a travel document: TD1, TD2 and TD3 (ICAO Doc 9303 parts 3 to 6).
//!
//! Not a proof by itself: anybody can print one. Its check digits find slips of the pen, and what it says is
//! compared with what was typed.

#[cfg(test)]
mod tests;

use super::nation::Nation;
use crate::terms::Day;

/// What a zone says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Of which of the three forms.
    pub form: Form,
    /// `P`, `I`, `A`, `C` and a second letter, without filler.
    pub kind: String,
    /// Who issued it.
    pub issuer: Code,
    /// Family name, `<` between words.
    pub surname: String,
    /// Given names, `<` between words; empty when there are none.
    pub given_names: String,
    /// Whether the names fill their field: what did not fit was cut off.
    pub full: bool,
    /// Number of the document, without filler.
    pub number: String,
    /// Whose national the holder is.
    pub nationality: Code,
    /// Day of birth, as written: `YYMMDD`, filler where it is not known.
    pub birth: String,
    /// `M`, `F`, or `X` where it is not said.
    pub sex: char,
    /// The last day, as written: `YYMMDD`.
    pub expires: String,
}

/// The three forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Three lines of 30, on a card.
    Td1,
    /// Two lines of 36.
    Td2,
    /// Two lines of 44: a passport.
    Td3,
}

/// A state in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// One that is recognised.
    Known(Nation),
    /// One that nobody knows, like the `UTO` of specimens.
    Unknown(String),
}

/// Why a text is no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Not two lines of 44 or 36, nor three of 30.
    Length,
    /// A sign that is none of `A`–`Z`, `0`–`9`, `<`.
    Sign,
    /// The check digit of this part is wrong.
    CheckDigit(Part),
}

/// A part of a zone with a check digit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The number of the document.
    Number,
    /// The day of birth.
    Birth,
    /// The last day.
    Expires,
    /// What the issuer added (TD3).
    Optional,
    /// Several lines together.
    Composite,
}

impl Zone {
    /// From lines as they were typed or read: blanks and the case of letters do not matter.
    ///
    /// # Errors
    /// [`Unreadable`]: the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let text = text.to_ascii_uppercase();
        if !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<') {
            return Err(Unreadable::Sign);
        }
        match text.len() {
            90 => Self::card(&text),
            72 => Self::two_lines(&text, 36),
            88 => Self::two_lines(&text, 44),
            _ => Err(Unreadable::Length),
        }
    }

    fn two_lines(text: &str, width: usize) -> Result<Self, Unreadable> {
        let cut = |from, to| text.get(from..to).unwrap_or_default();
        let low = |from: usize, to: usize| cut(width + from, width + to);
        let form = if width == 44 { Form::Td3 } else { Form::Td2 };
        // The last places of a passport are the check digits of its optional data and of the whole.
        let optional_ends = if form == Form::Td3 { 42 } else { 35 };
        let number = numbered(low(0, 9), low(9, 10), low(28, optional_ends), form == Form::Td2)?;
        checked(low(13, 19), low(19, 20), Part::Birth)?;
        checked(low(21, 27), low(27, 28), Part::Expires)?;
        if form == Form::Td3 && !(low(42, 43) == "<" && is_filler(low(28, 42))) {
            checked(low(28, 42), low(42, 43), Part::Optional)?;
        }
        let all = [low(0, 10), low(13, 20), low(21, width - 1)].concat();
        checked(&all, low(width - 1, width), Part::Composite)?;
        let (surname, given_names, full) = names(cut(5, width));
        Ok(Self {
            form,
            kind: plain(cut(0, 2)),
            issuer: code(cut(2, 5)),
            surname,
            given_names,
            full,
            number,
            nationality: code(low(10, 13)),
            birth: low(13, 19).to_owned(),
            sex: sex(low(20, 21)),
            expires: low(21, 27).to_owned(),
        })
    }

    fn card(text: &str) -> Result<Self, Unreadable> {
        let cut = |from, to| text.get(from..to).unwrap_or_default();
        let number = numbered(cut(5, 14), cut(14, 15), cut(15, 30), true)?;
        checked(cut(30, 36), cut(36, 37), Part::Birth)?;
        checked(cut(38, 44), cut(44, 45), Part::Expires)?;
        let all = [cut(5, 30), cut(30, 37), cut(38, 45), cut(48, 59)].concat();
        checked(&all, cut(59, 60), Part::Composite)?;
        let (surname, given_names, full) = names(cut(60, 90));
        Ok(Self {
            form: Form::Td1,
            kind: plain(cut(0, 2)),
            issuer: code(cut(2, 5)),
            surname,
            given_names,
            full,
            number,
            nationality: code(cut(45, 48)),
            birth: cut(30, 36).to_owned(),
            sex: sex(cut(37, 38)),
            expires: cut(38, 44).to_owned(),
        })
    }

    /// Whether the zone's day of birth can be that day: what it does not say agrees.
    #[must_use]
    pub fn is_born_on(&self, day: Day) -> bool {
        agrees(&self.birth, day)
    }

    /// Whether the zone's last day can be that day.
    #[must_use]
    pub fn expires_on(&self, day: Day) -> bool {
        agrees(&self.expires, day)
    }
}

/// The number; where it is longer than nine, its rest and its check digit begin the optional data.
fn numbered(
    number: &str,
    check: &str,
    optional: &str,
    may_be_long: bool,
) -> Result<String, Unreadable> {
    if check != "<" || !may_be_long || is_filler(optional) {
        checked(number, check, Part::Number)?;
        return Ok(plain(number));
    }
    let rest = optional.split('<').next().unwrap_or_default();
    let (rest, check) = rest.split_at(rest.len().saturating_sub(1));
    let whole = format!("{number}{rest}");
    checked(&whole, check, Part::Number)?;
    Ok(plain(&whole))
}

/// Weights 7, 3, 1 over values 0 to 35, modulo ten (part 3, section 4.9).
fn checked(text: &str, check: &str, part: Part) -> Result<(), Unreadable> {
    let value = |octet: u8| match octet {
        b'0'..=b'9' => u32::from(octet - b'0'),
        b'A'..=b'Z' => u32::from(octet - b'A') + 10,
        _ => 0,
    };
    let weighed = text.bytes().zip([7, 3, 1].into_iter().cycle());
    let sum: u32 = weighed.map(|(octet, weight)| value(octet) * weight).sum();
    let right = check.bytes().all(|b| b.is_ascii_digit()) && check == (sum % 10).to_string();
    right.then_some(()).ok_or(Unreadable::CheckDigit(part))
}

fn is_filler(text: &str) -> bool {
    text.bytes().all(|b| b == b'<')
}

fn plain(text: &str) -> String {
    text.replace('<', "")
}

fn code(text: &str) -> Code {
    Nation::parse(text).map_or_else(|| Code::Unknown(plain(text)), Code::Known)
}

fn sex(text: &str) -> char {
    match text {
        "M" => 'M',
        "F" => 'F',
        _ => 'X',
    }
}

/// Family name and given names stand on both sides of `<<`.
fn names(field: &str) -> (String, String, bool) {
    let full = !field.ends_with('<');
    let (surname, given) = field.split_once("<<").unwrap_or((field, ""));
    let trimmed = |name: &str| name.trim_matches('<').to_owned();
    (trimmed(surname), trimmed(given), full)
}

fn agrees(written: &str, day: Day) -> bool {
    let (year, month, day) = day.parts();
    let expected = format!("{:02}{month:02}{day:02}", year.rem_euclid(100));
    let same = |(written, expected): (u8, u8)| written == b'<' || written == expected;
    written.len() == expected.len() && written.bytes().zip(expected.bytes()).all(same)
}
