//! What else than signing in is ruled: delegating, a telephone PIN, and whatever a calendar names.
//!
//! Not the act itself. What no row allows is not allowed.

use super::Applicant;
use super::calendar::Calendar;
use super::denial::{Denial, Reason, Rule};
use crate::oidc::client::Texts;
use crate::terms::{Category, Day, Level};

/// Who may do something, signed in with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Its name.
    pub id: Box<str>,
    /// File and row.
    pub place: Box<str>,
    /// For people.
    pub title: Option<Texts>,
    /// The instruments that somebody must be signed in with; never empty.
    pub instruments: Vec<Box<str>>,
    /// The lowest level.
    pub minimum_level: Level,
    /// Who; `None`: everybody.
    pub categories: Option<Vec<Category>>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
    /// What it rests on; always there.
    pub legal_ref: Box<str>,
}

impl Calendar {
    /// Whether somebody who signed in so may do `act` on `day`; the instrument itself must still be
    /// accepted.
    ///
    /// # Errors
    /// The denial of the nearest row, with the instruments that would do.
    pub fn allow(&self, act: &str, applicant: &Applicant<'_>, day: Day) -> Result<(), Denial> {
        let mut nearest: Option<Denial> = None;
        for row in self.rows().acts.iter().filter(|row| *row.id == *act) {
            match self.allowed_by(row, applicant, day) {
                Ok(()) => return Ok(()),
                Err(denial) if nearest.as_ref().is_none_or(|so| so.reason < denial.reason) => {
                    nearest = Some(denial);
                }
                Err(_) => {}
            }
        }
        Err(nearest.unwrap_or_else(|| {
            let place = "no row of the calendar allows it".into();
            Denial::new(Reason::NotAccepted, Rule { id: act.into(), place })
        }))
    }

    fn allowed_by(&self, row: &Act, applicant: &Applicant<'_>, day: Day) -> Result<(), Denial> {
        let denied = |reason, date| {
            let rule = Rule { id: row.id.clone(), place: row.place.clone() };
            Denial::new(reason, rule).resting_on(Some(&row.legal_ref)).dated(date)
        };
        if let Some(from) = row.from.filter(|from| day < *from) {
            return Err(denied(Reason::NotYet, Some(from)));
        }
        if let Some(until) = row.until.filter(|until| *until < day) {
            return Err(denied(Reason::SwitchOff, Some(until)));
        }
        if !row.instruments.iter().any(|one| **one == *applicant.instrument) {
            let instead = row.instruments.clone();
            return Err(Denial { instead, ..denied(Reason::NotAccepted, row.from) });
        }
        let counts = applicant.categories.iter().filter_map(|one| self.person(one, day));
        let mut nearest = denied(Reason::Category, row.from);
        for person in counts {
            if row.categories.as_ref().is_some_and(|list| !person.is_among(list)) {
                continue;
            }
            match self.in_use(applicant.instrument, None, person, day) {
                Ok(()) if applicant.level >= row.minimum_level => return Ok(()),
                Ok(()) => {
                    let needs = Some(row.minimum_level);
                    nearest = Denial { needs, ..denied(Reason::Level, row.from) };
                }
                Err(denial) if nearest.reason == Reason::Category => nearest = denial,
                Err(_) => {}
            }
        }
        Err(nearest)
    }
}
