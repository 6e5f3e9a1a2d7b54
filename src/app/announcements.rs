//! Announcements by file: what changed is taken over while the broker runs.
//!
//! Not the reading: `config` does that. A file that is no good is told in the log once and shown by a
//! metric, and the announcements stay as they were.

use std::sync::{Arc, PoisonError};

use super::Assembly;
use super::files::tell;
use crate::config::{Depth, FileLook, FollowedFile, misnamed};
use crate::oidc::ClientId;
use crate::policy::Announcements;

impl Assembly {
    /// Looks at the file, and takes it over if it is good.
    pub fn look_at_announcements(&self, depth: Depth) -> FileLook {
        self.read_announcements(depth, None)
    }

    /// The same for the file that configuration names now.
    pub(super) fn follow_announcements(&self, newer: FollowedFile<Announcements>) -> FileLook {
        self.read_announcements(Depth::All, Some(newer))
    }

    fn read_announcements(
        &self,
        depth: Depth,
        newer: Option<FollowedFile<Announcements>>,
    ) -> FileLook {
        let mut file = self.announcements.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newer) = newer {
            file.follow(newer);
        }
        let (clients, calendar) = (self.broker.clients.load(), self.broker.calendar.load());
        let knows = |id: &ClientId| clients.get(id).is_some();
        let look = file.look(depth, &|path, read, problems| {
            misnamed(path, read, &knows, &calendar, problems);
        });
        if look.taken {
            // Under the lock: an older file never replaces a newer one.
            self.web.announcements.store(Arc::clone(file.current()));
            tracing::info!(announcements = file.current().list.len(), "announcements changed");
        }
        let retired = file.current().entry_points.iter().map(|one| one.id.as_str());
        self.metrics.entry_points_known(retired);
        self.metrics.announcements_refused(file.refused());
        tell(&look.refused, "announcements stay as they were");
        look
    }
}
