//! How many answers are kept at once: a cache must never fill the store that logins need.
//!
//! Not the cache: the answers stand on a shelf, sealed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::effects::Effects;

/// What of one source may be kept.
#[derive(Debug)]
pub(super) struct Room {
    lives: Duration,
    entries: u64,
    /// Since when it is counted, and how many were laid since.
    window: Mutex<(Duration, u64)>,
}

impl Room {
    /// `entries` in each stretch of `lives`: of one node there are never more than twice as many.
    pub(super) const fn new(lives: Duration, entries: u64) -> Self {
        Self { lives, entries, window: Mutex::new((Duration::ZERO, 0)) }
    }

    /// How long an answer counts.
    pub(super) const fn lives(&self) -> Duration {
        self.lives
    }

    /// Whether one more may be kept; it is counted then.
    pub(super) fn has_room(&self, fx: &Effects) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let now = fx.monotonic();
        if now.saturating_sub(window.0) >= self.lives {
            *window = (now, 0);
        }
        let room = window.1 < self.entries;
        window.1 += u64::from(room);
        room
    }
}
