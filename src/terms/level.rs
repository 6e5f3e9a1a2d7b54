//! The assurance level of a digital identity.
//!
//! Not what was asked: a level in a token is the one that the assertion proved.

use serde::{Deserialize, Serialize};

/// SPID levels 1 to 3; eIDAS low, substantial, high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Level {
    /// One factor.
    L1,
    /// Two factors.
    L2,
    /// Two factors, one of them a certificate or a card.
    L3,
}

impl Level {
    /// All of them, lowest first.
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];

    /// The URI in `acr` and in SAML class references.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::L1 => "https://www.spid.gov.it/SpidL1",
            Self::L2 => "https://www.spid.gov.it/SpidL2",
            Self::L3 => "https://www.spid.gov.it/SpidL3",
        }
    }

    /// The eIDAS level of assurance it corresponds to.
    #[must_use]
    pub const fn eidas_loa(self) -> &'static str {
        match self {
            Self::L1 => "http://eidas.europa.eu/LoA/low",
            Self::L2 => "http://eidas.europa.eu/LoA/substantial",
            Self::L3 => "http://eidas.europa.eu/LoA/high",
        }
    }

    /// From the URI, byte for byte.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.uri() == uri)
    }

    /// 1, 2 or 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::L1 => 1,
            Self::L2 => 2,
            Self::L3 => 3,
        }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.number()
    }
}

impl TryFrom<u8> for Level {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL.into_iter().find(|level| level.number() == number).ok_or("a level is 1, 2 or 3")
    }
}
