//! What the calendar changes next, for those who watch the broker.
//!
//! Not an announcement: that is for people, and has a text.

use super::calendar::Calendar;
use super::change::Kind;
use crate::effects::Timestamp;
use crate::terms::Day;

/// The next change of one kind for one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upcoming<'a> {
    /// The instrument, by name.
    pub instrument: &'a str,
    /// Which of the four dates.
    pub kind: Kind,
    /// The first day on which things are other than before.
    pub day: Day,
    /// The first moment of that day.
    pub at: Timestamp,
    /// The row that says so.
    pub row: &'a str,
}

impl Calendar {
    /// For every instrument and kind the first change after `now`, the soonest first.
    #[must_use]
    pub fn upcoming(&self, now: Timestamp) -> Vec<Upcoming<'_>> {
        let today = Day::of(now);
        let mut found: Vec<Upcoming<'_>> = Vec::new();
        for change in self.rows().changes.iter().filter(|row| row.superseded_by.is_none()) {
            for kind in Kind::ALL {
                let Some(date) = change.date(kind) else { continue };
                // The last day accepted changes nothing yet; the day after does.
                let day = if kind == Kind::HardEnd { date.next() } else { date };
                if day <= today {
                    continue;
                }
                for instrument in &change.instruments {
                    let (at, row) = (day.begins(), &*change.id);
                    let next = Upcoming { instrument, kind, day, at, row };
                    let same = |one: &&mut Upcoming<'_>| {
                        *one.instrument == **instrument && one.kind == kind
                    };
                    match found.iter_mut().find(same) {
                        Some(known) if known.day <= day => {}
                        Some(known) => *known = next,
                        None => found.push(next),
                    }
                }
            }
        }
        found.sort_by_key(|next| (next.at, next.kind, next.instrument));
        found
    }
}
