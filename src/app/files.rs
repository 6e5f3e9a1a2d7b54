//! The files that are followed while the broker runs: one loop looks at all of them, in the order in
//! which they name each other.
//!
//! Not the looking: each file beside this one does that. The list of signing keys has a pace of its own
//! (`follow.rs`).

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Assembly;
use crate::config::{Depth, Problem};

/// Looks until the handle is aborted.
pub(super) fn keep(assembly: &Arc<Assembly>) -> JoinHandle<()> {
    let assembly = Arc::clone(assembly);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            assembly.look_at_files().await;
        }
    })
}

impl Assembly {
    /// Looks at each of them once.
    pub async fn look_at_files(self: &Arc<Self>) {
        let calendar = off_this_thread(self, Depth::Changed, Self::look_at_calendar).await;
        // The other files speak the words of the calendar.
        let depth = if calendar.taken { Depth::All } else { Depth::Changed };
        self.look_at_relying_parties(depth).await;
        off_this_thread(self, depth, Self::look_at_announcements).await;
        self.look_at_entitlement_files().await;
    }
}

/// A file may have to be read, and that waits for the disk.
async fn off_this_thread<T: Default + Send + 'static>(
    assembly: &Arc<Assembly>,
    depth: Depth,
    look: fn(&Assembly, Depth) -> T,
) -> T {
    let assembly = Arc::clone(assembly);
    tokio::task::spawn_blocking(move || look(&assembly, depth)).await.unwrap_or_default()
}

/// Tells the log what is wrong, and that it changes nothing.
pub(super) fn tell<'a>(refused: impl IntoIterator<Item = &'a Problem>, stays: &str) {
    for Problem { file, key, wrong, remedy } in refused {
        tracing::error!(file = %file.display(), key, wrong, remedy, "{stays}");
    }
}

/// How often they are looked at: ten thousand files cost a few milliseconds.
const TICK: Duration = Duration::from_secs(3);
