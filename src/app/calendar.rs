//! The calendar by file: what changed is taken over while the broker runs.
//!
//! Not the reading: `config` does that. A file that is no good is told in the log once and shown by
//! `/readyz` and a metric, and the calendar stays as it was.

use std::sync::{Arc, PoisonError};

use super::Assembly;
use super::files::tell;
use crate::config::{Depth, FileLook, FollowedFile, strangers};
use crate::oidc::ClientId;
use crate::policy::Calendar;

impl Assembly {
    /// Looks at the file, and takes it over if it is good.
    pub fn look_at_calendar(&self, depth: Depth) -> FileLook {
        self.read_calendar(depth, None)
    }

    /// The same for the file that configuration names now.
    pub(super) fn follow_calendar(&self, newer: FollowedFile<Calendar>) -> FileLook {
        self.read_calendar(Depth::All, Some(newer))
    }

    /// Whether the calendar in force is the one that stands in its file.
    pub(super) fn calendar_is_current(&self) -> bool {
        !self.calendar.lock().unwrap_or_else(PoisonError::into_inner).refused()
    }

    fn read_calendar(&self, depth: Depth, newer: Option<FollowedFile<Calendar>>) -> FileLook {
        let mut file = self.calendar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newer) = newer {
            file.follow(newer);
        }
        let clients = self.broker.clients.load();
        let knows = |id: &ClientId| clients.get(id).is_some();
        let look =
            file.look(depth, &|path, read, problems| strangers(path, read, &knows, problems));
        if look.taken {
            let calendar = Arc::clone(file.current());
            let mut parties = self.relying_parties.lock().unwrap_or_else(PoisonError::into_inner);
            parties.speak_by(Arc::clone(&calendar));
            // Under the lock: an older calendar never replaces a newer one.
            self.broker.calendar.store(calendar);
            tracing::info!("the calendar changed");
            self.bound_labels();
        }
        self.metrics.calendar_refused(file.refused());
        tell(&look.refused, "the calendar stays as it was");
        look
    }
}
