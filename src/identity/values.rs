//! Parsed values of one line: text, date, place, electronic addresses, company numbers.
//!
//! Not essential ones: a value with another form than its own is absent, and a login goes on. Only the
//! fiscal code refuses a login, and it stands in `fiscal_code.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::format_description;

/// Octets of the longest text that is kept.
const LONGEST: usize = 512;

macro_rules! one_line {
    ($(#[$doc:meta])* $name:ident, $form:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// `None` when the text has another form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let form: fn(&str) -> bool = $form;
                (is_one_line(text) && form(text)).then(|| Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Redacted: a person's value never enters a log by way of `{:?}`.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

one_line!(
    /// Any line: at most 512 octets, no control characters.
    Text,
    |_| true
);
one_line!(
    /// A day as `YYYY-MM-DD`.
    Day,
    |text| text.len() == 10
        && Date::parse(text, format_description!("[year]-[month]-[day]")).is_ok()
);
one_line!(
    /// Where somebody was born: a cadastral code (`H501`, `Z404` abroad) or a name, as it was sent.
    Place,
    |_| true
);
one_line!(
    /// An e-mail or certified-mail address: something on both sides of one `@`, no blanks.
    Email,
    |text| {
        let mut sides = text.split('@');
        let whole = |side: Option<&str>| side.is_some_and(|side| !side.is_empty());
        text.len() <= 254
            && !text.contains(char::is_whitespace)
            && whole(sides.next())
            && whole(sides.next())
            && sides.next().is_none()
    }
);
one_line!(
    /// A telephone number: 5 to 16 digits, with or without a leading `+`.
    Phone,
    |text| {
        let digits = text.strip_prefix('+').unwrap_or(text);
        (5..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    }
);
one_line!(
    /// A VAT number with its prefix: `VATIT-` and eleven digits; other countries' have up to fifteen
    /// letters and digits.
    VatNumber,
    |text| is_prefixed(text, "VAT")
);
one_line!(
    /// The fiscal code of a company with its prefix. Only its form is checked: it may be a number or a
    /// person's code, and test providers send one whose check character is wrong.
    CompanyCode,
    |text| is_prefixed(text, "TIN")
);

impl Day {
    /// Year, month and day.
    pub(super) fn parts(&self) -> Option<(i32, u8, u8)> {
        let date = Date::parse(&self.0, format_description!("[year]-[month]-[day]")).ok()?;
        Some((date.year(), date.month().into(), date.day()))
    }
}

one_line!(
    /// A code of the index of public administrations (IPA): 1 to 32 letters, digits, `_`, `-`, `.`.
    IpaCode,
    |text| text.len() <= 32
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
);

impl Place {
    /// The cadastral code, when it is one: a letter and three digits.
    #[must_use]
    pub fn cadastral_code(&self) -> Option<&str> {
        match self.0.as_bytes() {
            &[letter, a, b, c]
                if letter.is_ascii_uppercase() && [a, b, c].iter().all(u8::is_ascii_digit) =>
            {
                Some(&self.0)
            }
            _ => None,
        }
    }
}

fn is_one_line(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

/// `kind`, two upper-case letters, a hyphen, and 1 to 16 letters and digits.
fn is_prefixed(text: &str, kind: &str) -> bool {
    let Some((country, number)) = text.strip_prefix(kind).and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=16).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// What a provider says of somebody's sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gender {
    /// `F`.
    #[serde(rename = "F")]
    Female,
    /// `M`.
    #[serde(rename = "M")]
    Male,
}

impl Gender {
    /// From `F` or `M`, or eIDAS's `Female` or `Male`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "F" | "f" | "Female" => Some(Self::Female),
            "M" | "m" | "Male" => Some(Self::Male),
            _ => None,
        }
    }

    /// As SPID says it.
    #[must_use]
    pub const fn spid(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
        }
    }

    /// As OpenID Connect says it (Core 1.0, section 5.1).
    #[must_use]
    pub const fn openid(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}
