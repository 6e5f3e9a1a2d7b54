//! A row of the calendar: dates of some instruments, for some services and some categories of person.
//!
//! Not a permission: a row only ever takes away. An exception is a category that a row leaves out.

use crate::oidc::client::Texts;
use crate::terms::{Category, Day};

/// A row as it is written, also one that another row supersedes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub id: Box<str>,
    /// File and row.
    pub place: Box<str>,
    /// The instruments it is about; never empty.
    pub instruments: Vec<Box<str>>,
    /// The relying parties it is about, by `client_id`; `None`: all.
    pub relying_parties: Option<Vec<Box<str>>>,
    /// The categories of person it is about; `None`: all.
    pub categories: Option<Vec<Category>>,
    /// The first day accepted.
    pub start: Option<Day>,
    /// The first day on which none is issued.
    pub stop_issue: Option<Day>,
    /// The first day on which none is renewed.
    pub stop_renew: Option<Day>,
    /// Whether a credential ends at its own natural expiry; `None`: the row says nothing of it.
    pub natural_expiry: Option<bool>,
    /// The last day accepted.
    pub hard_end: Option<Day>,
    /// The dates that were announced and are not fixed yet.
    pub to_be_fixed: Vec<Kind>,
    /// Where it comes from.
    pub source: Source,
    /// Why, for people.
    pub reason: Option<Texts>,
    /// What it rests on; always there when it has a date.
    pub legal_ref: Option<Box<str>>,
    /// Who decided it.
    pub decided_by: Vec<Box<str>>,
    /// When it was decided.
    pub decided_on: Option<Day>,
    /// The row that holds instead of this one.
    pub superseded_by: Option<Box<str>>,
}

/// The four dates of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The first day accepted.
    Start,
    /// The first day on which none is issued.
    StopIssue,
    /// The first day on which none is renewed.
    StopRenew,
    /// The last day accepted.
    HardEnd,
}

/// Where a row comes from. Of two dates the stricter one holds, so a law holds over a circular that
/// allows more; of two equal ones the law is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A law or an act with its force.
    Law,
    /// A circular, a notice, a message.
    Circular,
}

impl Kind {
    /// All of them, in the order of a credential's life.
    pub const ALL: [Self; 4] = [Self::Start, Self::StopIssue, Self::StopRenew, Self::HardEnd];

    /// Its key in the file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::StopIssue => "stop_issue",
            Self::StopRenew => "stop_renew",
            Self::HardEnd => "hard_end",
        }
    }
}

impl Source {
    /// Its word in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Circular => "circular",
        }
    }
}

impl Change {
    /// The date of that kind.
    #[must_use]
    pub const fn date(&self, kind: Kind) -> Option<Day> {
        match kind {
            Kind::Start => self.start,
            Kind::StopIssue => self.stop_issue,
            Kind::StopRenew => self.stop_renew,
            Kind::HardEnd => self.hard_end,
        }
    }

    /// Whether it is about somebody of `category`, or of the one that such a person acts for.
    #[must_use]
    pub fn concerns(&self, category: &Category, principal: Option<&Category>) -> bool {
        self.categories.as_ref().is_none_or(|list| {
            list.contains(category) || principal.is_some_and(|principal| list.contains(principal))
        })
    }

    /// Whether it is about that relying party; `None`: about credentials without one.
    #[must_use]
    pub fn reaches(&self, relying_party: Option<&str>) -> bool {
        self.relying_parties.as_ref().is_none_or(|list| {
            relying_party.is_some_and(|name| list.iter().any(|one| **one == *name))
        })
    }
}
