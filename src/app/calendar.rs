//! The calendar by file: what changed is taken over while the broker runs, and the files of relying
//! parties that speak its words are read again.
//!
//! Not the reading: `config` does that. A file that is no good is told in the log once, by a metric and
//! by `/readyz`, and the calendar stays as it was.

use std::sync::{Arc, PoisonError};

use super::Assembly;
use crate::config::{CalendarFile, CalendarLook, Depth};

impl Assembly {
    /// Looks at the file, and takes it over if it is good.
    pub fn look_at_calendar(&self, depth: Depth) -> CalendarLook {
        self.read_calendar(depth, None)
    }

    /// The same for the file that configuration names now.
    pub(super) fn follow_calendar(&self, newer: CalendarFile) -> CalendarLook {
        self.read_calendar(Depth::All, Some(newer))
    }

    /// Whether the calendar in force is the one that stands in its file.
    pub(super) fn calendar_is_current(&self) -> bool {
        !self.calendar.lock().unwrap_or_else(PoisonError::into_inner).refused()
    }

    fn read_calendar(&self, depth: Depth, newer: Option<CalendarFile>) -> CalendarLook {
        let mut file = self.calendar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newer) = newer {
            file.follow(newer);
        }
        let clients = self.broker.clients.load();
        let look = file.look(depth, &|id| clients.get(id).is_some());
        if look.taken {
            let calendar = Arc::clone(file.calendar());
            let mut parties = self.relying_parties.lock().unwrap_or_else(PoisonError::into_inner);
            parties.speak_by(Arc::clone(&calendar));
            // Under the lock: an older calendar never replaces a newer one.
            self.broker.calendar.store(calendar);
            tracing::info!("the calendar changed");
            self.bound_labels();
        }
        self.metrics.calendar_refused(file.refused());
        for problem in &look.refused {
            tracing::error!(
                file = %problem.file.display(), key = problem.key, wrong = problem.wrong,
                remedy = problem.remedy, "the calendar stays as it was"
            );
        }
        look
    }
}
