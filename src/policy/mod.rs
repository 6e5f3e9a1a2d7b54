//! Policy: who may enter which service, with what, at which level, on which day; and what people are told
//! about it.
//!
//! Not a clock and not a file: the day is an argument, `config` reads the rows. Pure. Every judgement
//! says which row decided it. The conventions of its dates stand in `docs/reference/policy.md`: the
//! first and the last day accepted are in, and `stop_issue` and `stop_renew` are the first day refused.

mod acts;
mod announcement;
mod applicant;
mod calendar;
mod change;
mod denial;
mod entry_point;
mod explain;
mod identification;
mod judgement;
mod lifecycle;
mod lint;
mod replay;
mod upcoming;

pub use crate::terms::{Category, Day};
pub use acts::Act;
pub use announcement::{Announcement, Announcements, Audience, Severity, When};
pub use applicant::Applicant;
pub use calendar::{Calendar, CategoryRow, Instrument, Rows, STANDARD};
pub use change::{Change, Kind, Source};
pub use denial::{Denial, Reason, Rule};
pub use entry_point::{DeepLink, EntryPoint};
pub use explain::{Bearing, Considered, Explanation};
pub use identification::{Cause, Document, DocumentKind, State, States, Unidentified, Union};
pub use judgement::{Admitted, Service};
pub use lifecycle::End;
pub use lint::{Finding, Lint, warnings};
pub use replay::{Answer, Ask, Cell, Line, Note, Question, Replay, Table};
pub use upcoming::Upcoming;

#[cfg(test)]
mod tests;
