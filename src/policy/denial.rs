//! Why not: the reason, the rule with its place and legal reference, and what would do instead.
//!
//! Not a page and not an OAuth error: `fault` has the texts. It names no person.

use crate::terms::{Category, Day, Level};

/// Why somebody may not. In the order in which a judgement asks: of two, the later one is nearer to
/// being admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The service does not accept the instrument.
    NotAccepted,
    /// Not before a later day.
    NotYet,
    /// Not any more.
    SwitchOff,
    /// The credential ended by its own date.
    Expired,
    /// None is issued any more.
    NotIssued,
    /// None is renewed any more.
    NotRenewed,
    /// Not for this category of person.
    Category,
    /// The instrument is only for services that are dedicated to its holders.
    NotDedicated,
    /// The person is too young, or nobody knows how old.
    MinAge,
    /// The level is too low.
    Level,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NotAccepted,
        Self::NotYet,
        Self::SwitchOff,
        Self::Expired,
        Self::NotIssued,
        Self::NotRenewed,
        Self::Category,
        Self::NotDedicated,
        Self::MinAge,
        Self::Level,
    ];

    /// Whether somebody who signs in can be told it: the others are for those who issue credentials.
    #[must_use]
    pub const fn is_of_signing_in(self) -> bool {
        !matches!(self, Self::NotIssued | Self::NotRenewed)
    }

    /// As metrics and `--json` write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAccepted => "not_accepted",
            Self::NotYet => "not_yet",
            Self::SwitchOff => "switch_off",
            Self::Expired => "expired",
            Self::NotIssued => "not_issued",
            Self::NotRenewed => "not_renewed",
            Self::Category => "category",
            Self::NotDedicated => "not_dedicated",
            Self::MinAge => "min_age",
            Self::Level => "level",
        }
    }
}

/// The row that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: the `id` of a row, or a key of the relying party's file.
    pub id: Box<str>,
    /// Where it stands: file and row, or the relying party.
    pub place: Box<str>,
}

/// Why somebody may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// In one word.
    pub reason: Reason,
    /// What decided it.
    pub rule: Rule,
    /// What the rule rests on, if it says so.
    pub legal_ref: Option<Box<str>>,
    /// The date of the rule: the last day accepted for [`Reason::SwitchOff`] and [`Reason::Expired`],
    /// the first day accepted for [`Reason::NotYet`], the first day refused for the others; `None`:
    /// since ever.
    pub date: Option<Day>,
    /// The category of person it was asked for; `None`: it does not depend on one.
    pub category: Option<Category>,
    /// The level that would do, for [`Reason::Level`].
    pub needs: Option<Level>,
    /// The age that would do, for [`Reason::MinAge`].
    pub minimum_age: Option<u8>,
    /// Instruments that the same person could enter with on that day, by name.
    pub instead: Vec<Box<str>>,
}

impl Denial {
    /// With a rule and nothing more.
    pub(super) const fn new(reason: Reason, rule: Rule) -> Self {
        Self {
            reason,
            rule,
            legal_ref: None,
            date: None,
            category: None,
            needs: None,
            minimum_age: None,
            instead: Vec::new(),
        }
    }

    pub(super) fn resting_on(self, legal_ref: Option<&str>) -> Self {
        Self { legal_ref: legal_ref.map(Into::into), ..self }
    }

    pub(super) fn dated(self, date: Option<Day>) -> Self {
        Self { date, ..self }
    }

    pub(super) fn asked_for(self, category: &Category) -> Self {
        Self { category: Some(category.clone()), ..self }
    }
}
