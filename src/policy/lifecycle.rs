//! The life of a credential: until when one is issued, until when it is renewed, when it ends.
//!
//! Not a credential: whoever issues them asks here first.

use super::calendar::{Calendar, Person};
use super::change::{Change, Kind};
use super::denial::{Denial, Reason, Rule};
use super::judgement::by;
use crate::terms::{Category, Day};

/// When a credential ends, and why then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End<'a> {
    /// The last day it is accepted.
    pub last_day: Day,
    /// The row that ends it; `None`: its own expiry.
    pub row: Option<&'a Change>,
}

impl End<'_> {
    pub(super) fn denial(&self) -> Denial {
        if let Some(row) = self.row {
            return by(row, Reason::SwitchOff, self.last_day);
        }
        let rule = Rule { id: "natural_expiry".into(), place: "the credential".into() };
        Denial::new(Reason::Expired, rule).dated(Some(self.last_day))
    }
}

impl Calendar {
    /// Whether one may be issued on `day` to somebody of `category`, for the services of
    /// `relying_party` (`None`: for any). `natural_expiry` is the last day it would have by itself.
    /// Gives the day on which it really ends.
    ///
    /// # Errors
    /// The row that forbids it.
    pub fn issue(
        &self,
        instrument: &str,
        relying_party: Option<&str>,
        category: &Category,
        natural_expiry: Day,
        day: Day,
    ) -> Result<End<'_>, Denial> {
        let credential = (instrument, relying_party, category, natural_expiry);
        self.prolong(credential, (Kind::StopIssue, Reason::NotIssued), day)
    }

    /// Whether an existing one may be renewed on `day`; `natural_expiry` is the last day it would have
    /// by itself afterwards. Gives the day on which it really ends.
    ///
    /// # Errors
    /// The row that forbids it.
    pub fn renew(
        &self,
        instrument: &str,
        relying_party: Option<&str>,
        category: &Category,
        natural_expiry: Day,
        day: Day,
    ) -> Result<End<'_>, Denial> {
        let credential = (instrument, relying_party, category, natural_expiry);
        self.prolong(credential, (Kind::StopRenew, Reason::NotRenewed), day)
    }

    /// The last day of a credential: its natural expiry, where that is honoured, or the hard end,
    /// whichever comes first (R4). `None`: no date ends it, or the category does not count on `day`.
    #[must_use]
    pub fn lifetime(
        &self,
        instrument: &str,
        relying_party: Option<&str>,
        category: &Category,
        natural_expiry: Option<Day>,
        day: Day,
    ) -> Option<End<'_>> {
        self.end_of(instrument, relying_party, self.person(category, day)?, natural_expiry)
    }

    pub(super) fn end_of(
        &self,
        instrument: &str,
        relying_party: Option<&str>,
        person: Person<'_>,
        natural_expiry: Option<Day>,
    ) -> Option<End<'_>> {
        let rows = || self.applying(instrument, relying_party, person);
        let [hard] = Self::strictest(rows(), [Kind::HardEnd]);
        let hard = hard.map(|(last_day, row)| End { last_day, row: Some(row) });
        // Strictest here too: one row that honours it is enough, and so is none that speaks of it.
        let mut said = rows().filter_map(|row| row.natural_expiry).peekable();
        let honoured = said.peek().is_none() || said.any(|honoured| honoured);
        let natural = natural_expiry.filter(|_| honoured);
        let natural = natural.map(|last_day| End { last_day, row: None });
        match (natural, hard) {
            (Some(natural), Some(hard)) if hard.last_day < natural.last_day => Some(hard),
            (natural, hard) => natural.or(hard),
        }
    }

    fn prolong(
        &self,
        (instrument, relying_party, category, natural_expiry): (&str, Option<&str>, &Category, Day),
        (kind, reason): (Kind, Reason),
        day: Day,
    ) -> Result<End<'_>, Denial> {
        let Some(person) = self.person(category, day) else {
            let place = "the category does not count on that day".into();
            let rule = Rule { id: category.as_str().into(), place };
            return Err(Denial::new(Reason::Category, rule).asked_for(category));
        };
        let rows = self.applying(instrument, relying_party, person);
        let [stop] = Self::strictest(rows, [kind]);
        if let Some((first, row)) = stop
            && first <= day
        {
            return Err(by(row, reason, first).asked_for(category));
        }
        self.in_use(instrument, relying_party, person, day)?;
        let ends = self.end_of(instrument, relying_party, person, Some(natural_expiry));
        Ok(ends.unwrap_or(End { last_day: natural_expiry, row: None }))
    }
}
