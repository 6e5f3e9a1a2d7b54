//! Entitlements: which roles somebody has at a service, asked by fiscal code of a source that the operator
//! names: a file, a database or a server.
//!
//! Not identity: no role ever comes from a credential, so a person has the same ones whatever they sign in
//! with. A source that does not answer is not a person without roles: [`OnFailure`] says what it is.

mod csv;
mod file;
mod http;
mod record;
mod room;

use std::collections::BTreeMap;
use std::time::Duration;

use zeroize::Zeroizing;

pub use file::{FileSource, Look, Mistake};
pub use http::HttpSource;
pub use record::COLUMNS;

use crate::crypto::digest::{base64url, hmac_sha256};
use crate::effects::{Effects, OutboundFault};
use crate::identity::{Entitlements, FiscalCode};
use crate::registry::{Query, QueryFault};
use crate::state::{Key, Shelf, Shelves, StateFault};
use record::Malformed;
use room::Room;

/// What a source that does not answer means for a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Nobody goes on; the person can try again.
    Refuse,
    /// The person goes on without any role.
    WithoutRoles,
}

/// Why a source told nothing. Never whom it was asked about, and never its own words.
#[derive(Debug, thiserror::Error)]
pub enum SourceFault {
    /// No source has that name in the configuration that is in force.
    #[error("there is no such source: restart with, or reload, the configuration that has it")]
    Unknown,
    /// No answer came.
    #[error("{0}")]
    Outbound(#[source] OutboundFault),
    /// It wants us elsewhere. Where to is not repeated: it may name the person.
    #[error("the source redirects")]
    Redirected,
    /// It answered with another status than 200.
    #[error("the source answered {0}")]
    Status(u16),
    /// The answer cannot be read.
    #[error("the source's answer {0}")]
    Malformed(&'static str),
    /// The database told nothing.
    #[error(transparent)]
    Query(#[from] QueryFault),
}

impl From<Malformed> for SourceFault {
    fn from(cause: Malformed) -> Self {
        Self::Malformed(cause.0)
    }
}

impl From<OutboundFault> for SourceFault {
    fn from(cause: OutboundFault) -> Self {
        match cause {
            OutboundFault::Redirected(_) => Self::Redirected,
            cause => Self::Outbound(cause),
        }
    }
}

/// Why nobody knows what somebody may do.
#[derive(Debug, thiserror::Error)]
pub enum LookupFault {
    /// The source told nothing.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// The state store did not answer.
    #[error(transparent)]
    State(#[from] StateFault),
}

/// How a look-up ended, for whoever measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The source told roles or categories.
    Found,
    /// The source knows nothing of that person.
    Nothing,
    /// It had told not long ago.
    Cached,
    /// It told nothing.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Found, Self::Nothing, Self::Cached, Self::Failed];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Nothing => "nothing",
            Self::Cached => "cached",
            Self::Failed => "failed",
        }
    }

    const fn of(told: &Entitlements) -> Self {
        if told.is_empty() { Self::Nothing } else { Self::Found }
    }
}

/// What a look-up gave.
#[derive(Debug)]
pub struct Looked {
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub lasted: Duration,
    /// What is known now; days are not looked at.
    pub entitlements: Result<Entitlements, LookupFault>,
}

/// What a source is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examined {
    /// A file that tells of so many people.
    File(usize),
    /// It answers, and tells nothing of somebody who does not exist.
    Answers,
    /// It answers, and gives even those roles who do not exist.
    Indiscriminate,
}

/// Well formed and nobody's: no place of birth has the code `Z999`.
pub const NOBODY: &str = "XXXXXX00A01Z999O";

/// Where a source keeps what it tells.
#[derive(Debug)]
pub enum Connector {
    /// A file, wholly in memory.
    File(FileSource),
    /// A database.
    Sql(Query),
    /// A server.
    Http(HttpSource),
}

/// A source.
#[derive(Debug)]
pub struct Source {
    connector: Connector,
    on_failure: OnFailure,
    room: Room,
}

impl Source {
    /// A source whose answers count for `cache`; at most `entries` of them are kept in that time.
    #[must_use]
    pub const fn new(
        connector: Connector,
        on_failure: OnFailure,
        cache: Duration,
        entries: u64,
    ) -> Self {
        Self { connector, on_failure, room: Room::new(cache, entries) }
    }

    /// What it means when it does not answer.
    #[must_use]
    pub const fn on_failure(&self) -> OnFailure {
        self.on_failure
    }

    /// The file, if it is one.
    #[must_use]
    pub const fn file(&self) -> Option<&FileSource> {
        match &self.connector {
            Connector::File(file) => Some(file),
            Connector::Sql(_) | Connector::Http(_) => None,
        }
    }

    /// Asks about nobody, past what is kept: whether the source answers, and tells no roles of somebody
    /// who does not exist. For a file: it was read.
    ///
    /// # Errors
    /// [`SourceFault`], when it would tell nothing at a login.
    pub async fn examine(&self, fx: &Effects) -> Result<Examined, SourceFault> {
        if let Some(file) = self.file() {
            return Ok(Examined::File(file.persons()));
        }
        let nobody = FiscalCode::parse(NOBODY)
            .map_err(|_| SourceFault::Malformed("was not asked: the code of nobody is no code"))?;
        let told = self.ask(&nobody, fx).await?;
        Ok(if told.is_empty() { Examined::Answers } else { Examined::Indiscriminate })
    }

    async fn ask(&self, code: &FiscalCode, fx: &Effects) -> Result<Entitlements, SourceFault> {
        match &self.connector {
            Connector::File(file) => Ok(file.of(code)),
            Connector::Sql(query) => {
                let rows = query.ask(code.as_str()).await?;
                Ok(record::entitlements(rows.into_iter().map(record::Record::of_fields))?)
            }
            Connector::Http(server) => server.ask(code, fx).await,
        }
    }
}

/// Every source, by name.
#[derive(Default)]
pub struct Sources {
    by_name: BTreeMap<String, Source>,
    /// What keys of kept answers are made with: a dump of the store must not tell who was looked up.
    key: Zeroizing<[u8; 32]>,
}

impl Sources {
    /// Those sources; `secret` is the deployment's.
    #[must_use]
    pub fn new(by_name: BTreeMap<String, Source>, secret: &[u8]) -> Self {
        Self { by_name, key: Zeroizing::new(hmac_sha256(secret, b"varco entitlements v1")) }
    }

    /// Every source, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.by_name.iter().map(|(name, source)| (name.as_str(), source))
    }

    /// What `source` tells of `code`, or told not long ago. Where the source does not answer and that
    /// means no roles, there are none, and the log says so.
    pub async fn look_up(
        &self,
        source: &str,
        code: &FiscalCode,
        shelves: &Shelves,
        fx: &Effects,
    ) -> Looked {
        let began = fx.monotonic();
        let told = match self.by_name.get(source) {
            Some(known) => self.told(source, known, code, shelves, fx).await,
            None => Err(SourceFault::Unknown.into()),
        };
        let lasted = fx.monotonic().saturating_sub(began);
        let (outcome, entitlements) = match told {
            Ok((outcome, told)) => (outcome, Ok(told)),
            Err(LookupFault::Source(cause)) if self.goes_on_without(source) => {
                tracing::warn!(source, %cause, "the source of roles told nothing: without roles");
                (Outcome::Failed, Ok(Entitlements::default()))
            }
            Err(cause) => (Outcome::Failed, Err(cause)),
        };
        Looked { outcome, lasted, entitlements }
    }

    fn goes_on_without(&self, source: &str) -> bool {
        let known = self.by_name.get(source);
        known.is_some_and(|known| known.on_failure == OnFailure::WithoutRoles)
    }

    async fn told(
        &self,
        name: &str,
        source: &Source,
        code: &FiscalCode,
        shelves: &Shelves,
        fx: &Effects,
    ) -> Result<(Outcome, Entitlements), LookupFault> {
        let lives = source.room.lives();
        if source.file().is_some() || lives.is_zero() {
            let told = source.ask(code, fx).await?;
            return Ok((Outcome::of(&told), told));
        }
        let whom = base64url(&hmac_sha256(self.key.as_slice(), code.as_str().as_bytes()));
        let place = Key::of_parts(&[name, &whom]);
        if let Some(kept) = shelves.get::<Entitlements>(Shelf::Entitlement, place).await? {
            return Ok((Outcome::Cached, kept.into_inner()));
        }
        let told = source.ask(code, fx).await?;
        if source.room.has_room(fx) {
            match shelves.put(Shelf::Entitlement, place, &told, lives).await {
                // Whoever was first asked the same. A full store has more important things to keep.
                Ok(_) | Err(StateFault::Full) => {}
                Err(cause) => return Err(cause.into()),
            }
        }
        Ok((Outcome::of(&told), told))
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
