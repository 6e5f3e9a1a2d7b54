//! The calendar's file: what is read of it, and what it may say of relying parties.
//!
//! Not the judgement, and not the following: [`FollowedFile`] sees to it that a file with a mistake never
//! takes effect.

pub(super) mod rows;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::section::{File, Section};
use super::{FollowedFile, Problems};
use crate::oidc::ClientId;
use crate::policy::Calendar;

/// Whether a relying party of that name is known.
pub type Knows<'a> = &'a dyn Fn(&ClientId) -> bool;

/// The key `calendar` of the main file; nobody has looked at what it names. Without the key nothing is
/// forbidden.
pub(super) fn named(
    file: &File<'_>,
    root: &Section<'_>,
    problems: &mut Problems,
) -> FollowedFile<Calendar> {
    let written = root.optional_text("calendar", problems);
    FollowedFile::new(written.map(|written| file.beside(written)), read)
}

/// What the file says, relying parties apart.
fn read(file: &File<'_>, problems: &mut Problems) -> Calendar {
    let root = file.root();
    let calendar = rows::read(file.path(), &root, problems);
    root.finish(problems);
    calendar
}

/// Notes every row that names a relying party which nobody knows.
pub fn strangers(path: &Path, calendar: &Calendar, knows: Knows<'_>, problems: &mut Problems) {
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
