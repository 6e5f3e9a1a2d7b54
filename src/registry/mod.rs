//! Durable records in SQL: the only folder that names the database library.
//!
//! Not volatile state (`state/` keeps that) and no meaning: a record is a name, sealed octets and
//! digests. Opened only when something needs it: dynamic registration, matching of people from other
//! states, the record of first logins, the help desk, delegations or telephone PINs. A broker with none of them has no database.

mod backup;
mod clients;
mod condition;
mod first_logins;
mod initial_tokens;
mod matches;
mod place;
mod query;
mod records;
mod tallies;
#[cfg(test)]
mod tests;
mod trail;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr as _};

pub use backup::BackupFault;
pub use clients::{ClientChange, ClientRecord, NewClient};
pub use condition::Condition;
pub use first_logins::FirstLogin;
pub use initial_tokens::InitialToken;
pub use matches::{MatchLine, MatchRecord, MatchWritten, NewMatch, VERIFIED};
pub use place::RegistryPlace;
pub use query::{AddressFault, PostgresAddress, Query, QueryFault, Rows};
pub use records::{Change, Committed, Kept, Listing, Mark, RecordKey, RecordKind, Stored};
pub use trail::{Actor, Entry, TrailListing, TrailRow};

use crate::crypto::digest::{base64url, hmac_sha256};
use crate::crypto::sealing::{Sealer, Unopened};
use crate::effects::Effects;

/// A record cannot be read or written. The text holds no record.
#[derive(Debug, thiserror::Error)]
pub enum RegistryFault {
    /// The database does not answer, or not as it should.
    #[error("the registry cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// Its tables are those of another version.
    #[error("the tables of the registry cannot be brought up to date: {0}")]
    Tables(#[from] sqlx::migrate::MigrateError),
    /// A record was sealed by another secret, or changed.
    #[error("a record of the registry: {0}")]
    Sealed(#[from] Unopened),
    /// A record is not text of the form it was written in.
    #[error("a record of the registry is malformed")]
    Malformed,
}

/// The records.
pub struct Registry {
    pool: AnyPool,
    sealer: Sealer,
    fx: Effects,
}

impl Registry {
    /// Opens what is at `place`, makes a file that is not there, and brings the tables up to date. `sealer`
    /// seals what is personal or secret: a registry is of no use without the secret it was made with.
    ///
    /// # Errors
    /// [`RegistryFault`], when the place cannot be used.
    pub async fn open(
        place: &RegistryPlace,
        sealer: Sealer,
        fx: Effects,
    ) -> Result<Self, RegistryFault> {
        let pool = place.connect().await?;
        let migrations = MIGRATIONS.iter().map(|(version, description, sql)| {
            let kind = MigrationType::Simple;
            let sql = AssertSqlSafe(*sql).into_sql_str();
            Migration::new(*version, (*description).into(), kind, sql, false)
        });
        Migrator::with_migrations(migrations.collect()).run(&pool).await?;
        Ok(Self { pool, sealer, fx })
    }

    /// A digest of `parts` that only this deployment makes: a fiscal code is found by whoever may guess it
    /// otherwise.
    fn digest(&self, parts: &[&str]) -> String {
        let mut message = Vec::with_capacity(96);
        for part in parts {
            // Lengths go in, so no two lists of parts give the same octets.
            message.extend_from_slice(&(part.len() as u64).to_be_bytes());
            message.extend_from_slice(part.as_bytes());
        }
        base64url(&hmac_sha256(self.sealer.derive("registry digests").as_slice(), &message))
    }

    /// Ends every connection, what is under way first.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registry")
    }
}

fn from_base64url(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

/// One set, for every database; a file that was released never changes.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "clients", include_str!("../../migrations/0001_clients.sql")),
    (2, "persons", include_str!("../../migrations/0002_persons.sql")),
    (3, "records", include_str!("../../migrations/0003_records.sql")),
];
