//! States whose means of identification may come through the eIDAS node: ISO 3166-1 alpha-2.
//!
//! Not who is live on the node on a given day: that is configuration.

use serde::{Deserialize, Serialize};

/// A state of the European Union or the European Economic Area, Italy apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// All of them.
    pub const ALL: [&'static str; 29] = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IS", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    ];

    /// `None` when the code is none of [`Self::ALL`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let known = Self::ALL.contains(&code);
        code.as_bytes().try_into().ok().filter(|_| known).map(Self)
    }

    /// The code, upper case.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for Country {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or("no country of eIDAS")
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}
