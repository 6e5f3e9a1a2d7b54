//! The files that are followed while the broker runs: one loop looks at all of them, in the order in
//! which they name each other.
//!
//! Not the looking: each file beside this one does that. The list of signing keys has a pace of its own
//! (`follow.rs`).

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Assembly;
use crate::config::Depth;

/// Looks until the handle is aborted.
pub(super) fn keep(assembly: &Arc<Assembly>) -> JoinHandle<()> {
    let assembly = Arc::clone(assembly);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            let calendar = off_this_thread(&assembly, Assembly::look_at_calendar).await;
            // Every file speaks the words of the calendar.
            let depth = if calendar.taken { Depth::All } else { Depth::Changed };
            assembly.look_at_relying_parties(depth).await;
            off_this_thread(&assembly, Assembly::look_at_announcements).await;
            assembly.look_at_entitlement_files().await;
        }
    })
}

/// A file may have to be read, and that waits for the disk.
async fn off_this_thread<T: Default + Send + 'static>(
    assembly: &Arc<Assembly>,
    look: fn(&Assembly, Depth) -> T,
) -> T {
    let assembly = Arc::clone(assembly);
    tokio::task::spawn_blocking(move || look(&assembly, Depth::Changed)).await.unwrap_or_default()
}

/// How often they are looked at: ten thousand files cost a few milliseconds.
const TICK: Duration = Duration::from_secs(3);
