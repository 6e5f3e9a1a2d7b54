//! The condition of a registry, for `varco doctor`.
//!
//! Not opening it for use: nothing is made, brought up to date or written.

use super::{MIGRATIONS, Registry, RegistryFault, RegistryPlace};
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;

/// What a look at it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is none yet.
    Absent,
    /// Its tables are of an earlier version: the next start brings them up to date.
    Earlier,
    /// Its tables are of a later version than this program.
    Later,
    /// It can be used.
    Usable {
        /// Clients whose records open.
        clients: usize,
        /// Clients whose records do not open under this secret.
        unopened: usize,
        /// Whether there is a file that anybody on this machine can read.
        exposed: bool,
    },
}

impl Registry {
    /// Looks at it; a lock for writing is taken and given back.
    ///
    /// # Errors
    /// [`RegistryFault`], when the place is no registry or cannot be written to.
    pub async fn examine(
        place: &RegistryPlace,
        sealer: Sealer,
        fx: Effects,
    ) -> Result<Condition, RegistryFault> {
        if place.file().is_some_and(|file| !file.exists()) {
            return Ok(Condition::Absent);
        }
        let registry = Self { pool: place.reach().await?, sealer, fx };
        let condition = match place {
            RegistryPlace::File(_) => registry.condition("BEGIN IMMEDIATE", place).await,
            RegistryPlace::Server(_) => registry.condition_of_server(place).await,
        };
        registry.close().await;
        condition
    }

    async fn condition_of_server(&self, place: &RegistryPlace) -> Result<Condition, RegistryFault> {
        let known = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
        if !sqlx::query_scalar::<_, bool>(known).fetch_one(&self.pool).await? {
            return Ok(Condition::Absent);
        }
        // A standby, or a role that may only read, says so here.
        self.condition("BEGIN; LOCK TABLE _sqlx_migrations IN ROW EXCLUSIVE MODE", place).await
    }

    async fn condition(
        &self,
        begin: &'static str,
        place: &RegistryPlace,
    ) -> Result<Condition, RegistryFault> {
        self.pool.begin_with(begin).await?.rollback().await?;
        let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
        let newest: i64 = sqlx::query_scalar(newest).fetch_one(&self.pool).await?;
        let ours = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or_default();
        if newest != ours {
            return Ok(if newest < ours { Condition::Earlier } else { Condition::Later });
        }
        let (clients, unopened) = self.counted().await?;
        Ok(Condition::Usable { clients, unopened, exposed: place.is_exposed() })
    }
}
