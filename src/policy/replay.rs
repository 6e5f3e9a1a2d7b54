//! History again: questions put to a calendar on named days, and the table of the answers.
//!
//! Not a simulation of people: each question is about one kind of them.

use super::Applicant;
use super::calendar::Calendar;
use super::denial::{Denial, Reason};
use super::judgement::Service;
use crate::oidc::client::ServicePolicy;
use crate::terms::{Category, Day, Level};

/// A calendar with the services and the questions of its time.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The rows.
    pub calendar: Calendar,
    /// The services: name, lowest level, periods.
    pub services: Vec<(Box<str>, Level, ServicePolicy)>,
    /// The columns.
    pub days: Vec<Day>,
    /// The rows of the table.
    pub questions: Vec<Question>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked, for people.
    pub text: Box<str>,
    /// What is asked.
    pub ask: Ask,
    /// At which service, by its place in [`Replay::services`].
    pub service: usize,
    /// With what: the answer must be one and the same for all of them.
    pub instruments: Vec<Box<str>>,
    /// By whom: the answer must be one and the same for all of them.
    pub categories: Vec<Category>,
    /// At which level.
    pub level: Level,
    /// What has to be said beside it.
    pub notes: Vec<Note>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whether a credential is issued.
    Issue,
    /// Whether one is renewed when it ends by itself.
    Renew,
    /// Whether one that has not ended by itself is accepted.
    Enter,
    /// Which instruments are accepted.
    Accepts,
}

/// A note of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How it is marked.
    pub mark: Box<str>,
    /// What it says; `None`: the mark says it all.
    pub text: Option<Box<str>>,
    /// The row that it belongs to: it stands where that row denies, and where it lets somebody on with
    /// a date that is still to be fixed, since it was decided. `None`: it is about the whole question.
    pub rule: Option<Box<str>>,
}

/// The answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub days: Vec<Day>,
    /// The rows.
    pub lines: Vec<Line>,
    /// Marks and what they say.
    pub notes: Vec<(Box<str>, Box<str>)>,
}

/// A row with its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The question, with the mark of a note that belongs to all of it.
    pub text: String,
    /// One for each day.
    pub cells: Vec<Cell>,
}

/// An answer on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The answer.
    pub answer: Answer,
    /// The mark of a note.
    pub mark: Option<Box<str>>,
    /// The row that decided, if one did.
    pub rule: Option<Box<str>>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No, or no more.
    No,
    /// There is no such thing yet.
    NotYet,
    /// These instruments, by their titles.
    Only(Vec<Box<str>>),
    /// One answer for some and another one for others: the question is not one.
    Mixed,
}

impl Answer {
    /// As the table writes it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Yes => "yes".to_owned(),
            Self::No => "no".to_owned(),
            Self::NotYet => "–".to_owned(),
            Self::Mixed => "mixed".to_owned(),
            Self::Only(names) => match names.as_slice() {
                [] => "nothing".to_owned(),
                [one] => format!("{one} only"),
                many => many.join(", "),
            },
        }
    }
}

impl Cell {
    /// As the table writes it.
    #[must_use]
    pub fn text(&self) -> String {
        let mark = self.mark.as_ref().map(|mark| format!(" ({mark})"));
        self.answer.text() + &mark.unwrap_or_default()
    }
}

impl Replay {
    /// Puts every question on every day.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut notes: Vec<(Box<str>, Box<str>)> = Vec::new();
        for note in self.questions.iter().flat_map(|question| &question.notes) {
            let Some(text) = &note.text else { continue };
            if !notes.iter().any(|(mark, _)| *mark == note.mark) {
                notes.push((note.mark.clone(), text.clone()));
            }
        }
        let lines = self.questions.iter().map(|question| {
            let whole = question.notes.iter().find(|note| note.rule.is_none());
            let mark = whole.map(|note| format!(" ({})", note.mark)).unwrap_or_default();
            Line {
                text: format!("{}{mark}", question.text),
                cells: self.days.iter().map(|day| self.cell(question, *day)).collect(),
            }
        });
        Table { days: self.days.clone(), lines: lines.collect(), notes }
    }

    fn cell(&self, question: &Question, day: Day) -> Cell {
        let Some((id, minimum_level, policy)) = self.services.get(question.service) else {
            return Cell { answer: Answer::Mixed, mark: None, rule: None };
        };
        let service = Service { id, minimum_level: *minimum_level, upstreams: &[], policy };
        if question.ask == Ask::Accepts {
            return self.accepted(question, &service, day);
        }
        let mut answer = None;
        let mut rule: Option<Box<str>> = None;
        for instrument in &question.instruments {
            for category in &question.categories {
                let outcome = self.ask(question, &service, (instrument, category), day);
                let this = match &outcome {
                    Ok(()) => Answer::Yes,
                    Err(denial) if denial.reason == Reason::NotYet => Answer::NotYet,
                    Err(_) => Answer::No,
                };
                if answer.as_ref().is_some_and(|other| *other != this) {
                    return Cell { answer: Answer::Mixed, mark: None, rule: None };
                }
                answer = Some(this);
                rule = outcome.err().map(|denial| denial.rule.id);
            }
        }
        let answer = answer.unwrap_or(Answer::Mixed);
        let mark = self.mark(question, &answer, rule.as_deref(), day);
        Cell { answer, mark, rule }
    }

    fn ask(
        &self,
        question: &Question,
        service: &Service<'_>,
        (instrument, category): (&str, &Category),
        day: Day,
    ) -> Result<(), Denial> {
        let at = Some(service.id);
        match question.ask {
            Ask::Issue => self.calendar.issue(instrument, at, category, day, day).map(|_| ()),
            Ask::Renew => self.calendar.renew(instrument, at, category, day, day).map(|_| ()),
            Ask::Enter | Ask::Accepts => {
                let applicant = Applicant {
                    instrument,
                    level: question.level,
                    categories: vec![category.clone()],
                    age: None,
                    expires: None,
                };
                self.calendar.admit_to(service, &applicant, day).map(|_| ())
            }
        }
    }

    fn accepted(&self, question: &Question, service: &Service<'_>, day: Day) -> Cell {
        let everybody = |instrument: &&str| {
            let mut people = question.categories.iter();
            people.all(|one| self.ask(question, service, (*instrument, one), day).is_ok())
        };
        let titled = |instrument: &str| -> Box<str> {
            let title = self.calendar.instrument(instrument).and_then(|row| row.title.as_ref());
            title.map_or(instrument, |it| it.get(crate::terms::Locale::It)).into()
        };
        let names = question.instruments.iter().map(|one| &**one).filter(everybody).map(titled);
        Cell { answer: Answer::Only(names.collect()), mark: None, rule: None }
    }

    fn mark(
        &self,
        question: &Question,
        answer: &Answer,
        rule: Option<&str>,
        day: Day,
    ) -> Option<Box<str>> {
        let changes = &self.calendar.rows().changes;
        let left_open = |id: &str| {
            let row = changes.iter().find(|row| *row.id == *id && !row.to_be_fixed.is_empty());
            row.and_then(|row| row.decided_on).is_some_and(|on| on <= day)
        };
        let here = |note: &&Note| match (&note.rule, answer) {
            (Some(id), Answer::Yes) => left_open(id),
            (Some(id), _) => rule == Some(&**id),
            (None, _) => false,
        };
        question.notes.iter().find(here).map(|note| note.mark.clone())
    }
}
