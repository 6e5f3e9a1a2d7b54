//! The condition of a registry, for `varco doctor`.
//!
//! Not opening it for use: nothing is made, brought up to date or written.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::{MIGRATIONS, PATIENCE, Registry, RegistryFault};
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;

/// What a look at the file found.
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
        /// Whether anybody on this machine can read the file.
        exposed: bool,
    },
}

impl Registry {
    /// Looks at the file; a lock for writing is taken and given back.
    ///
    /// # Errors
    /// [`RegistryFault`], when the file is no registry or cannot be written to.
    pub async fn examine(
        file: &Path,
        sealer: Sealer,
        fx: Effects,
    ) -> Result<Condition, RegistryFault> {
        let Ok(found) = std::fs::metadata(file) else { return Ok(Condition::Absent) };
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        let registry = Self { pool, sealer, fx };
        let condition = registry.condition(found.mode() & FOR_OTHERS != 0).await;
        registry.close().await;
        condition
    }

    async fn condition(&self, exposed: bool) -> Result<Condition, RegistryFault> {
        self.pool.begin_with("BEGIN IMMEDIATE").await?.rollback().await?;
        let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
        let newest: i64 = sqlx::query_scalar(newest).fetch_one(&self.pool).await?;
        let ours = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or_default();
        if newest != ours {
            return Ok(if newest < ours { Condition::Earlier } else { Condition::Later });
        }
        let (clients, unopened) = self.counted().await?;
        Ok(Condition::Usable { clients, unopened, exposed })
    }
}

/// The permissions of whoever is neither the owner nor of the group.
const FOR_OTHERS: u32 = 0o007;
