//! Clock, randomness and outbound HTTP as arguments: the only doors to the world.
//!
//! Not a service locator: it carries nothing else, and it is passed, never looked up. Tests pass
//! [`Effects::scripted`], so none of them sleeps or calls out, and each one repeats.

mod address;
mod clock;
mod fetch;
mod mail;
mod outbound;
mod random;

use std::sync::Arc;
use std::time::Duration;

pub use clock::{Clock, ScriptedClock, SystemClock, Timestamp};
pub use fetch::{
    FetchBody, FetchLimits, FetchRequest, FetchUrl, Fetched, Fetching, Outbound, OutboundFault,
    ScriptedOutbound, Statusing,
};
pub use mail::{
    FileMailer, MailFault, MailSecurity, Mailer, Mailing, OutgoingMail, ScriptedMailer, SmtpMailer,
};
pub use outbound::HttpOutbound;
pub use random::{Random, ScriptedRandom, SystemRandom};

/// Clock, randomness and outbound HTTP, cheap to clone.
#[derive(Clone)]
pub struct Effects {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    outbound: Arc<dyn Outbound>,
}

impl Effects {
    /// The operating system's clock, the cryptographic generator of aws-lc, and real HTTP.
    #[must_use]
    pub fn real() -> Self {
        let outbound = Arc::new(HttpOutbound::default());
        Self::new(Arc::new(SystemClock::new()), Arc::new(SystemRandom::new()), outbound)
    }

    /// Any clock, any generator, any way out.
    #[must_use]
    pub fn new(
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        outbound: Arc<dyn Outbound>,
    ) -> Self {
        Self { clock, random, outbound }
    }

    /// The same clock and generator with another way out.
    #[must_use]
    pub fn with_outbound(self, outbound: Arc<dyn Outbound>) -> Self {
        Self { outbound, ..self }
    }

    /// For tests: the clock stands at `unix_seconds` until it is moved, the octets repeat for a
    /// `seed`, and nobody answers out there.
    #[must_use]
    pub fn scripted(unix_seconds: i64, seed: u64) -> (Self, Arc<ScriptedClock>) {
        let clock = Arc::new(ScriptedClock::at(unix_seconds));
        let outbound = Arc::new(ScriptedOutbound::default());
        (Self::new(clock.clone(), Arc::new(ScriptedRandom::from(seed)), outbound), clock)
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

    /// Asks another server; its answer, whatever its status.
    ///
    /// # Errors
    /// [`OutboundFault`], when there is no answer within the request's limits.
    pub async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, OutboundFault> {
        self.outbound.fetch(request).await
    }

    /// Tells another server; the status of its answer, whose body is not read.
    ///
    /// # Errors
    /// [`OutboundFault`], when there is no answer in time.
    pub async fn status(&self, request: &FetchRequest) -> Result<u16, OutboundFault> {
        self.outbound.status(request).await
    }
}

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Effects")
    }
}
