//! A judgement with everything that bears on it: for whoever has to say why.
//!
//! Not another judgement: the outcome is that of [`Calendar::admit_to`].

use super::calendar::Calendar;
use super::change::Change;
use super::denial::Denial;
use super::judgement::{Admitted, Service};
use super::lifecycle::End;
use super::{Applicant, Day};

/// What came of it, and why.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The judgement.
    pub outcome: Result<Admitted, Denial>,
    /// Until when it lasts, for the category that was admitted.
    pub end: Option<End<'a>>,
    /// Every row about this instrument and this service, in the order of the file.
    pub rows: Vec<Considered<'a>>,
}

/// A row, and what it has to do with the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Considered<'a> {
    /// The row.
    pub change: &'a Change,
    /// What it has to do with it.
    pub bearing: Bearing,
}

/// What a row has to do with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// It decided.
    Decides,
    /// It was looked at, and did not decide.
    Applies,
    /// It is about other categories of person.
    OtherCategory,
    /// Another row holds instead of it.
    Superseded,
}

impl Bearing {
    /// In words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::Applies => "applies",
            Self::OtherCategory => "is about others",
            Self::Superseded => "superseded",
        }
    }
}

impl Calendar {
    /// The judgement of [`Self::admit_to`], with the rows behind it.
    #[must_use]
    pub fn explain(
        &self,
        service: &Service<'_>,
        applicant: &Applicant<'_>,
        day: Day,
    ) -> Explanation<'_> {
        let outcome = self.admit_to(service, applicant, day);
        let end = outcome.as_ref().ok().and_then(|admitted| {
            let category = self.rows().categories.iter().find(|row| row.id == *admitted.category());
            let person = self.person(&category?.id, day)?;
            self.end_of(applicant.instrument, Some(service.id), person, applicant.expires)
        });
        let about = |change: &&Change| {
            change.reaches(Some(service.id))
                && change.instruments.iter().any(|one| **one == *applicant.instrument)
        };
        let decided = match &outcome {
            Ok(_) => end.as_ref().and_then(|end| end.row).map(|row| &*row.id),
            Err(denial) => Some(&*denial.rule.id),
        };
        let rows = self.rows().changes.iter().filter(about).map(|change| {
            let concerned = applicant.categories.iter().any(|category| {
                let acts_for = self.category(category).and_then(|row| row.acts_for.as_ref());
                change.concerns(category, acts_for)
            });
            let bearing = match (change.superseded_by.is_some(), concerned) {
                (true, _) => Bearing::Superseded,
                _ if decided == Some(&*change.id) => Bearing::Decides,
                (_, true) => Bearing::Applies,
                (_, false) => Bearing::OtherCategory,
            };
            Considered { change, bearing }
        });
        Explanation { rows: rows.collect(), outcome, end }
    }
}
