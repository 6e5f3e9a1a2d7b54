//! The identifier of a person from another state (CIR (EU) 2015/1501, annex; SAML attribute profile of
//! eIDAS, section 2.2.3).
//!
//! Not a fiscal code and never turned into one: a person who comes through the eIDAS node has none.

use serde::{Deserialize, Serialize};

use crate::terms::Country;

/// `<state of origin>/<receiving state>/<code>`, of a natural or a legal person.
///
/// The code is opaque, another one for every receiving state, and some states change it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EidasIdentifier {
    text: String,
    country: Country,
}

impl EidasIdentifier {
    /// `None` unless the origin is another state of eIDAS, the receiving state is Italy, and the code
    /// is 1 to 256 printable characters without blanks.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (origin, rest) = text.split_once('/')?;
        let (receiving, code) = rest.split_once('/')?;
        let country = Country::parse(origin)?;
        let readable = !code.is_empty() && code.bytes().all(|octet| octet.is_ascii_graphic());
        (receiving == "IT" && readable && code.len() <= 256)
            .then(|| Self { text: text.to_owned(), country })
    }

    /// The whole identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The state of origin.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }
}

/// Redacted: it names a person.
impl std::fmt::Debug for EidasIdentifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EidasIdentifier(…)")
    }
}

impl TryFrom<String> for EidasIdentifier {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no eIDAS identifier for Italy")
    }
}

impl From<EidasIdentifier> for String {
    fn from(identifier: EidasIdentifier) -> Self {
        identifier.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_names_another_state_and_italy_and_does_not_print() {
        let identifier = EidasIdentifier::parse("DE/IT/a+b/c=").expect("a good one");
        assert_eq!((identifier.as_str(), identifier.country().code()), ("DE/IT/a+b/c=", "DE"));
        assert_eq!(format!("{identifier:?}"), "EidasIdentifier(…)");
        let sealed = serde_json::to_string(&identifier).expect("text");
        assert_eq!(serde_json::from_str::<EidasIdentifier>(&sealed).expect("itself"), identifier);
    }

    #[test]
    fn an_identifier_that_is_swapped_looped_or_without_a_state_is_none() {
        let long = format!("DE/IT/{}", "x".repeat(257));
        for wrong in [
            "",
            "abc",
            "DE/abc",
            "IT/DE/abc",
            "IT/IT/abc",
            "DE/FR/abc",
            "XX/IT/abc",
            "de/IT/abc",
            "DE/it/abc",
            "DE/IT/",
            "DE/IT/a b",
            "DE/IT/a\u{7f}",
            "/IT/abc",
            &long,
        ] {
            assert!(EidasIdentifier::parse(wrong).is_none(), "{wrong}");
        }
    }
}
