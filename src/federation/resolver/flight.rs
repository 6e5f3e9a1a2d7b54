//! One search for one subject at a time, and none for a while after one that failed.
//!
//! Not the searches' number: the semaphore beside it bounds that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use crate::effects::Effects;
use crate::federation::cache::pause;
use crate::federation::{Broken, EntityId};

/// Refusals remembered at most.
const MOST: usize = 10_000;

type Waiting = HashMap<EntityId, Arc<Mutex<()>>>;

/// Subjects that are searched for just now.
#[derive(Default)]
pub(super) struct Flights {
    waiting: Arc<StdMutex<Waiting>>,
}

/// A place among those who wait for one search; whoever leaves last clears it away.
pub(super) struct Flight {
    subject: EntityId,
    lock: Arc<Mutex<()>>,
    waiting: Arc<StdMutex<Waiting>>,
}

impl Flights {
    pub(super) fn join(&self, subject: &EntityId) -> Flight {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = Arc::clone(waiting.entry(subject.clone()).or_default());
        Flight { subject: subject.clone(), lock, waiting: Arc::clone(&self.waiting) }
    }
}

impl Flight {
    pub(super) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().await
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's and our own.
        if Arc::strong_count(&self.lock) <= 2 {
            waiting.remove(&self.subject);
        }
    }
}

/// What was not found, for half a minute to a minute.
#[derive(Default)]
pub(super) struct Refusals {
    known: StdMutex<HashMap<EntityId, (Duration, Broken)>>,
}

impl Refusals {
    pub(super) fn of(&self, subject: &EntityId, monotonic: Duration) -> Option<Broken> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, broken) = known.get(subject)?;
        (monotonic < *until).then(|| broken.clone())
    }

    pub(super) fn remember(&self, subject: &EntityId, broken: &Broken, fx: &Effects) {
        let now = fx.monotonic();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (until, _)| now < *until);
        }
        if known.len() >= MOST {
            // So many in a minute are nobody's mistake: forgetting them all costs one search each.
            known.clear();
        }
        known.insert(subject.clone(), (now + pause(fx), broken.clone()));
    }
}
