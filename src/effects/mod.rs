//! Clock and randomness as arguments: the only doors to the world that pure code may not see.
//!
//! Not a service locator: it carries nothing else, and it is passed, never looked up. Tests pass
//! [`Effects::scripted`], so none of them sleeps and each one repeats.

mod clock;
mod random;

use std::sync::Arc;
use std::time::Duration;

pub use clock::{Clock, ScriptedClock, SystemClock, Timestamp};
pub use random::{Random, ScriptedRandom, SystemRandom};

/// Clock and randomness, cheap to clone.
#[derive(Clone)]
pub struct Effects {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Effects {
    /// The operating system's clock and the cryptographic generator of aws-lc.
    #[must_use]
    pub fn real() -> Self {
        Self::new(Arc::new(SystemClock::new()), Arc::new(SystemRandom::new()))
    }

    /// Any clock, any generator.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random }
    }

    /// For tests: the clock stands at `unix_seconds` until it is moved, the octets repeat for a `seed`.
    #[must_use]
    pub fn scripted(unix_seconds: i64, seed: u64) -> (Self, Arc<ScriptedClock>) {
        let clock = Arc::new(ScriptedClock::at(unix_seconds));
        (Self::new(clock.clone(), Arc::new(ScriptedRandom::from(seed))), clock)
    }

    /// Wall-clock time: for protocol times only.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time since some fixed moment, never backwards: for lifetimes and measures.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Fills `octets` with unpredictable octets.
    pub fn fill(&self, octets: &mut [u8]) {
        self.random.fill(octets);
    }
}

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Effects")
    }
}
