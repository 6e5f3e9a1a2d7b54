//! The policy of one service as its operator wrote it: periods, each with what it accepts.
//!
//! Not the judgement: `policy` puts a person beside it, and the calendar that holds for everybody.

use crate::terms::{Category, Day, Level};

/// The periods of a service, in order and apart from each other. Without any, whatever the registration
/// allows is allowed on every day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServicePolicy(Box<[Period]>);

/// From one day to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its place in the file, from 0.
    pub row: usize,
    /// The first day; `None`: since ever.
    pub from: Option<Day>,
    /// The last day; `None`: until further notice.
    pub until: Option<Day>,
    /// The instruments it accepts, by name.
    pub instruments: Vec<Box<str>>,
    /// The categories of person it is open to; `None`: all.
    pub categories: Option<Vec<Category>>,
    /// The lowest level it accepts of anybody.
    pub minimum_level: Level,
    /// Higher ones, of some.
    pub levels: Vec<LevelRule>,
    /// The youngest age, in whole years.
    pub minimum_age: Option<u8>,
    /// The categories it is dedicated to: an instrument that only dedicated services accept is
    /// accepted of them.
    pub dedicated_to: Vec<Category>,
    /// Whether somebody may act for another person here.
    pub delegable: Delegable,
    /// What it rests on; always there when it has a date.
    pub legal_ref: Option<Box<str>>,
    /// Why it does without the means of other states although it asks level 2 or 3.
    pub eidas_off: Option<Waiver>,
}

/// A level for some instruments or categories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelRule {
    /// The lowest level.
    pub at_least: Level,
    /// Of whom; empty: of everybody.
    pub categories: Vec<Category>,
    /// With what; empty: with anything.
    pub instruments: Vec<Box<str>>,
}

/// Whether somebody may act for another person at a service (CAD, article 64-ter).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delegable {
    /// Whoever holds a delegation.
    #[default]
    All,
    /// Parents, guardians, curators and administrators alone.
    LegalRepresentatives,
    /// Nobody.
    None,
}

/// A rule that a service is let off, on somebody's responsibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Why.
    pub reason: Box<str>,
    /// Who decided it.
    pub decided_by: Box<str>,
    /// When.
    pub decided_on: Day,
}

/// Two periods have a day in common: their rows in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap(pub usize, pub usize);

/// What a policy says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It has no periods.
    Unlimited,
    /// That day is in this period.
    In(&'a Period),
    /// That day is in none: after the first of these and before the second.
    Closed(Option<&'a Period>, Option<&'a Period>),
}

impl ServicePolicy {
    /// The policy of these periods.
    ///
    /// # Errors
    /// The first two that have a day in common.
    pub fn new(mut periods: Vec<Period>) -> Result<Self, Overlap> {
        periods.sort_by_key(|period| period.from);
        for pair in periods.windows(2) {
            if let [earlier, later] = pair
                && earlier.until.is_none_or(|until| later.from.is_none_or(|from| from <= until))
            {
                return Err(Overlap(earlier.row, later.row));
            }
        }
        Ok(Self(periods.into()))
    }

    /// What it says of `day`.
    #[must_use]
    pub fn on(&self, day: Day) -> Standing<'_> {
        if self.0.is_empty() {
            return Standing::Unlimited;
        }
        let begun = self.0.partition_point(|period| period.from.is_none_or(|from| from <= day));
        let last = begun.checked_sub(1).and_then(|at| self.0.get(at));
        match last {
            Some(period) if period.until.is_none_or(|until| day <= until) => Standing::In(period),
            _ => Standing::Closed(last, self.0.get(begun)),
        }
    }

    /// Whether somebody may act for another person on `day`. A service without periods has not said it
    /// understands who acts, so nobody may.
    #[must_use]
    pub fn delegable(&self, day: Day) -> Delegable {
        match self.on(day) {
            Standing::In(period) => period.delegable,
            Standing::Unlimited | Standing::Closed(..) => Delegable::None,
        }
    }

    /// The periods, in order.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.0
    }
}

impl Period {
    /// Whether it accepts `instrument`.
    #[must_use]
    pub fn accepts(&self, instrument: &str) -> bool {
        self.instruments.iter().any(|one| **one == *instrument)
    }
}

/// The instrument that people sign in with at an upstream: the same one by whatever protocol.
#[must_use]
pub fn instrument_of(upstream: &str) -> &str {
    upstream.strip_suffix("-saml").or_else(|| upstream.strip_suffix("-oidc")).unwrap_or(upstream)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(row: usize, from: Option<&str>, until: Option<&str>) -> Period {
        Period {
            row,
            from: from.and_then(Day::parse),
            until: until.and_then(Day::parse),
            instruments: Vec::new(),
            categories: None,
            minimum_level: Level::L1,
            levels: Vec::new(),
            minimum_age: None,
            dedicated_to: Vec::new(),
            delegable: Delegable::All,
            legal_ref: None,
            eidas_off: None,
        }
    }

    #[test]
    fn both_ends_of_a_period_are_in_it_and_a_gap_is_closed() {
        let policy = ServicePolicy::new(vec![
            period(0, Some("2026-03-01"), None),
            period(1, None, Some("2026-01-31")),
        ])
        .unwrap();
        let row = |text: &str| match policy.on(Day::parse(text).unwrap()) {
            Standing::In(period) => Ok(period.row),
            Standing::Closed(before, after) => {
                Err((before.map(|period| period.row), after.map(|period| period.row)))
            }
            Standing::Unlimited => panic!("there are periods"),
        };
        assert_eq!(row("2026-01-31"), Ok(1));
        assert_eq!(row("2026-02-01"), Err((Some(1), Some(0))));
        assert_eq!(row("2026-02-28"), Err((Some(1), Some(0))));
        assert_eq!(row("2026-03-01"), Ok(0));
    }

    #[test]
    fn periods_with_a_day_in_common_are_no_policy() {
        let of = |a, b| ServicePolicy::new(vec![a, b]);
        let until = period(0, None, Some("2026-01-31"));
        assert_eq!(of(until.clone(), period(1, Some("2026-01-31"), None)), Err(Overlap(0, 1)));
        assert!(of(until.clone(), period(1, Some("2026-02-01"), None)).is_ok());
        assert_eq!(of(until, period(1, None, None)), Err(Overlap(0, 1)));
        assert_eq!(
            of(period(0, Some("2026-01-01"), None), period(1, Some("2026-05-01"), None)),
            Err(Overlap(0, 1))
        );
    }
}
