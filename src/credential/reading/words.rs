//! The words of a reading: how people meet, what they show, what is wrong, what is to be looked at.
//!
//! Not their texts for people: pages have those.

use serde::{Deserialize, Serialize};

use crate::credential::field::Field;
use crate::credential::mrz::Unreadable;
use crate::terms::Day;

/// How the applicant and the desk meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// At the counter.
    Counter,
    /// By video.
    Video,
    /// By post.
    Post,
    /// By a document with a qualified signature.
    Qes,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Counter, Self::Video, Self::Post, Self::Qes];

    /// Its word, in forms and texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Video => "video",
            Self::Post => "post",
            Self::Qes => "qes",
        }
    }
}

/// What somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A passport.
    Passport,
    /// The identity document of one's own state.
    NationalId,
    /// The travel document of a refugee or of somebody without a state.
    TravelDocument,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Passport, Self::NationalId, Self::TravelDocument];

    /// Its word, in forms and texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::NationalId => "national_id",
            Self::TravelDocument => "travel_document",
        }
    }
}

/// Something that keeps a request where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What.
    pub wrong: Wrong,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing is there, and something must be.
    Missing,
    /// Not one of the words, codes or names that there are.
    Unknown,
    /// Not a day, as `gg/mm/aaaa`.
    NotADay,
    /// The day is still to come.
    Future,
    /// The last day has passed.
    Expired(Day),
    /// Not after the day that must be before it.
    Order,
    /// The state adopts eIDAS since then: its people sign in by its own means.
    AdoptsEidas {
        /// ISO 3166-1 alpha-2.
        state: String,
        /// The first day of that.
        since: Day,
    },
    /// A document like this identifies nobody here.
    NotIdentifying,
    /// Not an address for mail.
    NotAnAddress,
    /// The same as the other contact.
    SameContact,
    /// Not a fiscal code.
    NotAFiscalCode,
    /// The code is not that of a person with these data.
    Disagrees,
    /// The machine-readable zone cannot be read.
    Zone(Unreadable),
    /// The machine-readable zone says something else.
    Differs,
    /// Too young for a credential of their own.
    Minor,
    /// The service is not dedicated to these credentials.
    NotDedicated,
}

impl Wrong {
    /// Its word, for texts.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::NotADay => "not-a-day",
            Self::Future => "future",
            Self::Expired(_) => "expired",
            Self::Order => "order",
            Self::AdoptsEidas { .. } => "adopts-eidas",
            Self::NotIdentifying => "not-identifying",
            Self::NotAnAddress => "not-an-address",
            Self::SameContact => "same-contact",
            Self::NotAFiscalCode => "not-a-fiscal-code",
            Self::Disagrees => "disagrees",
            Self::Zone(_) => "zone",
            Self::Differs => "differs",
            Self::Minor => "minor",
            Self::NotDedicated => "not-dedicated",
        }
    }
}

/// Something that whoever approves has to say something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The zone had no room for the whole name.
    NameCut,
    /// Nobody can say for certain how the zone spells the name.
    Spelling,
    /// A passport without its machine-readable zone.
    NoZone,
    /// A provisional code says nothing of whose it is.
    ProvisionalCode,
    /// The person is not eighteen.
    Minor,
}

impl Flag {
    /// Its word, for texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NameCut => "name-cut",
            Self::Spelling => "spelling",
            Self::NoZone => "no-zone",
            Self::ProvisionalCode => "provisional-code",
            Self::Minor => "minor",
        }
    }
}
