//! The calendar's file, read once and then looked at: a good one is taken over, a bad one is not.
//!
//! Not the judgement. A file with a mistake never takes effect: at the start it ends the reading,
//! afterwards the last good calendar stays.

pub(super) mod rows;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::section::{File, Section, Stamp};
use super::{Depth, Problem, Problems};
use crate::oidc::ClientId;
use crate::policy::Calendar;

/// The file, the calendar in force, and what is wrong with what stands there now.
#[derive(Debug, Default)]
pub struct CalendarFile {
    /// `None`: there is no calendar, and nothing is forbidden.
    path: Option<PathBuf>,
    seen: Option<Stamp>,
    calendar: Arc<Calendar>,
    problems: Vec<Problem>,
}

/// What a look at the calendar found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarLook {
    /// Whether another calendar is in force than before.
    pub taken: bool,
    /// Every mistake that was not there at the look before.
    pub refused: Vec<Problem>,
}

/// Whether a relying party of that name is known.
pub type Knows<'a> = &'a dyn Fn(&ClientId) -> bool;

impl CalendarFile {
    /// The key `calendar` of the main file; nobody has looked at what it names.
    pub(super) fn named(file: &File, root: &Section<'_>, problems: &mut Problems) -> Self {
        let path = root.optional_text("calendar", problems).map(|written| file.beside(written));
        Self { path, ..Self::default() }
    }

    /// The first reading: every mistake is a problem. What it says of relying parties is checked later,
    /// by [`Self::check`]: their files take their words from here.
    pub(super) fn open(&mut self, problems: &mut Problems) {
        for problem in self.look(Depth::All, &|_| true).refused {
            problems.push(problem);
        }
    }

    /// Notes every row that names a relying party which nobody knows.
    pub(super) fn check(&self, knows: Knows<'_>, problems: &mut Problems) {
        if let Some(path) = &self.path {
            strangers(path, &self.calendar, knows, problems);
        }
    }

    /// The calendar in force.
    #[must_use]
    pub const fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// Whether the file is refused as it stands.
    #[must_use]
    pub const fn refused(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Goes on with the file that `newer` names; the calendar in force stays until a look.
    pub fn follow(&mut self, newer: Self) {
        if self.path != newer.path {
            self.seen = None;
        }
        self.path = newer.path;
    }

    /// Looks at the file. One with a mistake is refused whole.
    pub fn look(&mut self, depth: Depth, knows: Knows<'_>) -> CalendarLook {
        let mut look = CalendarLook::default();
        let Some(path) = self.path.clone() else {
            // Named no more: nothing is forbidden.
            look.taken = self.seen.take().is_some();
            self.problems.clear();
            self.calendar = Arc::default();
            return look;
        };
        // A file that is gone has no stamp: it is read, and told, at every look.
        let seen = Stamp::of(&path);
        let same = seen.is_some() && seen == self.seen;
        // What a refused one waits for may stand elsewhere: a relying party that is known by now.
        if depth == Depth::Changed && same && !self.refused() {
            return look;
        }
        let mut problems = Problems::default();
        let read = read(&path, knows, &mut problems);
        self.seen = seen;
        if let Some(calendar) = read {
            look.taken = calendar.rows() != self.calendar.rows();
            self.calendar = Arc::new(calendar);
        }
        let problems: Vec<Problem> = problems.into_iter().collect();
        let new = problems.iter().filter(|new| !self.problems.contains(new));
        look.refused = new.cloned().collect();
        self.problems = problems;
        look
    }
}

/// What the file says, if nothing is wrong with it.
fn read(path: &Path, knows: Knows<'_>, problems: &mut Problems) -> Option<Calendar> {
    let file = File::read(path, problems)?;
    let root = file.root();
    let calendar = rows::read(path, &root, problems);
    root.finish(problems);
    strangers(path, &calendar, knows, problems);
    problems.is_empty().then_some(calendar)
}

/// Notes every row that names a relying party which nobody knows.
pub(super) fn strangers(
    path: &Path,
    calendar: &Calendar,
    knows: Knows<'_>,
    problems: &mut Problems,
) {
    for (at, change) in calendar.rows().changes.iter().enumerate() {
        for name in change.relying_parties.iter().flatten() {
            if !ClientId::parse(name).is_some_and(|id| knows(&id)) {
                let wrong = format!("{name:?} is not a relying party");
                let remedy = "write the client_id of one of the folder relying_parties";
                problems.add(path, &format!("change[{at}].relying_parties"), wrong, remedy);
            }
        }
    }
}
