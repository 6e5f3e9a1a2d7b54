//! Volatile state: six verbs over sealed values, on shelves.
//!
//! Not records: everything here expires. A store ([`memory`], [`redis`]) sees only digests and sealed
//! octets; [`Shelves`] is the one door through which the rest of Varco puts and takes.

mod memory;
mod redis;
mod shelves;
mod tally;

use std::time::Duration;

pub use memory::MemoryStore;
pub use redis::{RedisSettings, RedisStore};
pub use shelves::{Held, Key, Put, Shelves};
pub use tally::{Uses, Verb};

/// What is kept together: one name space and one meaning each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// A login in progress.
    Login,
    /// One journey to one provider, filed under its ticket.
    Attempt,
    /// Assertion ids and `jti` values that were used.
    Seen,
    /// Pushed authorization requests.
    Par,
    /// Authorization codes.
    Code,
    /// What a redeemed code gave, so that a replay finds and revokes it.
    Spent,
    /// Access tokens, filed under their grant.
    Token,
    /// What a logout has to know of a grant, filed under it.
    Session,
    /// Sessions of browsers, filed under their cookie.
    Browser,
    /// Which grants rest on what a provider calls one person.
    Principal,
    /// Single logouts in progress, filed under their ticket.
    Logout,
    /// Logout tokens that clients still have to get.
    Notice,
    /// What sources of roles told, for a short time.
    Entitlement,
    /// Chains of clients that a federation vouches for.
    Federated,
    /// Who is signed in at our own pages, and who is about to be.
    Presence,
    /// Counters.
    Rate,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: [Self; 16] = [
        Self::Login,
        Self::Attempt,
        Self::Seen,
        Self::Par,
        Self::Code,
        Self::Spent,
        Self::Token,
        Self::Session,
        Self::Browser,
        Self::Principal,
        Self::Logout,
        Self::Notice,
        Self::Entitlement,
        Self::Federated,
        Self::Presence,
        Self::Rate,
    ];

    /// The name in keys, associated data and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Attempt => "attempt",
            Self::Seen => "seen",
            Self::Par => "par",
            Self::Code => "code",
            Self::Spent => "spent",
            Self::Token => "token",
            Self::Session => "session",
            Self::Browser => "browser",
            Self::Principal => "principal",
            Self::Logout => "logout",
            Self::Notice => "notice",
            Self::Entitlement => "entitlement",
            Self::Federated => "federated",
            Self::Presence => "presence",
            Self::Rate => "rate",
        }
    }
}

/// Why a store did not answer. Never "not found": a fault is not an absence.
#[derive(Debug, thiserror::Error)]
pub enum StateFault {
    /// The store cannot be reached or did not answer in time.
    #[error("the state store does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store holds something that does not open or does not parse.
    #[error("a stored value is damaged or was sealed by another key")]
    Damaged,
    /// The store holds as much as it may.
    #[error("the state store is full")]
    Full,
    /// The store answers, but may not or cannot be used as it is set up.
    #[error("the state store cannot be used: {0}")]
    Unfit(String),
}

/// One entry as a store knows it: digest in, sealed octets out.
pub(crate) type Digest = [u8; 32];

/// Which store keeps the shelves.
#[derive(Debug)]
pub enum Store {
    /// In this process.
    Memory(MemoryStore),
    /// In Redis: one server, Sentinel or Cluster.
    Redis(Box<RedisStore>),
}

/// The six verbs. Both stores implement them; `tests/it` runs one suite on both.
#[expect(async_fn_in_trait, reason = "called through an enum, never through a trait object")]
pub trait Verbs {
    /// Creates the entry; `false` when it is already there (which *is* the replay check).
    async fn put(
        &self,
        shelf: Shelf,
        key: &Digest,
        sealed: &[u8],
        lives: Duration,
    ) -> Result<bool, StateFault>;
    /// Reads the entry.
    async fn get(&self, shelf: Shelf, key: &Digest) -> Result<Option<Vec<u8>>, StateFault>;
    /// Replaces the entry if it still holds `seen`; `false` when it holds something else or is gone.
    async fn swap(
        &self,
        shelf: Shelf,
        key: &Digest,
        seen: &[u8],
        sealed: &[u8],
        lives: Duration,
    ) -> Result<bool, StateFault>;
    /// Reads and deletes in one step.
    async fn take(&self, shelf: Shelf, key: &Digest) -> Result<Option<Vec<u8>>, StateFault>;
    /// Counts one up; the first count starts the window.
    async fn bump(&self, shelf: Shelf, key: &Digest, window: Duration) -> Result<u64, StateFault>;
    /// How many entries stand on the shelf. For operators only: never on the login path.
    async fn walk(&self, shelf: Shelf) -> Result<u64, StateFault>;
    /// Whether the store answers at all.
    async fn ready(&self) -> Result<(), StateFault>;
    /// A number that changes whenever the store may have lost a write it had confirmed (another server
    /// took over, or it started again from its disk): what was laid before then is treated as absent,
    /// for a lost deletion would otherwise be a replay.
    fn epoch(&self) -> u64;
}

/// A lifetime in milliseconds, within what every store can keep: at least one, at most ten years.
fn lifetime_millis(lives: Duration) -> u64 {
    const TEN_YEARS: u64 = 315_360_000_000;
    u64::try_from(lives.as_millis()).unwrap_or(TEN_YEARS).clamp(1, TEN_YEARS)
}
