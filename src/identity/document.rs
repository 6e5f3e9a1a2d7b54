//! The identity document: SPID's `idCard`, one line of type, number, issuer and two dates.
//!
//! Not strict: the technical rules of SPID themselves write the type in two ways, and the issuer may
//! hold blanks. What cannot be read is absent.

use serde::{Deserialize, Serialize};

use super::values::{Day, Text};

/// An identity document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// One of the names of the technical rules (`cartaIdentita`), or the word that was sent.
    pub kind: Text,
    /// Its number.
    pub number: Text,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Text>,
    /// When it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Day>,
    /// When it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// The kinds of the technical rules.
const KINDS: [&str; 8] = [
    "cartaIdentita",
    "passaporto",
    "patenteGuida",
    "patenteNautica",
    "librettoPensione",
    "patentinoImpTermici",
    "portoArmi",
    "tesseraRiconoscimento",
];

impl Document {
    /// `None` when not even a kind and a number can be read.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        // The dates stand last: the one that expires after the one that was issued.
        let mut date = || {
            let day = Day::parse(words.last()?)?;
            words.pop();
            Some(day)
        };
        let (last, before) = (date(), date());
        let (issued, expires) = match (before, last) {
            (None, only) => (None, only),
            both => both,
        };
        let mut words = words.into_iter();
        let (kind, number) = (words.next()?, words.next()?);
        let plain = kind.replace(['à', 'À'], "a");
        let kind = KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(&plain));
        let rest = words.collect::<Vec<_>>().join(" ");
        Some(Self {
            kind: Text::parse(kind.unwrap_or(&plain))?,
            number: Text::parse(number)?,
            issuer: Text::parse(&rest),
            issued,
            expires,
        })
    }
}
