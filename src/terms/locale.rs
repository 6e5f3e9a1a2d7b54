//! The languages of Varco.
//!
//! Not the texts: those stand in `locales/`.

use serde::{Deserialize, Serialize};

/// A language that every page speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Italiano.
    It,
    /// English.
    En,
    /// Deutsch.
    De,
    /// Français.
    Fr,
    /// Slovenščina.
    Sl,
}

impl Locale {
    /// All of them, in the order of the language switch.
    pub const ALL: [Self; 5] = [Self::It, Self::En, Self::De, Self::Fr, Self::Sl];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Sl => "sl",
        }
    }

    /// The name of the language in itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::It => "Italiano",
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Sl => "Slovenščina",
        }
    }

    /// The language of a tag such as `de`, `de-AT` or `DE`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }
}
