//! That a fiscal code has signed in at least once: when first, and by which instrument.
//!
//! Not a history of logins: nothing is written after the first one, and a code is found only by who knows
//! it already.

use super::{Registry, RegistryFault};
use crate::effects::Timestamp;

/// A login that may have been somebody's first.
#[derive(Clone, Debug)]
pub struct FirstLogin {
    /// [`Registry::first_login_name`] of the fiscal code.
    pub name: String,
    /// When it was completed.
    pub at: Timestamp,
    /// By which instrument.
    pub instrument: String,
}

impl Registry {
    /// Under which name the first login of a fiscal code is kept: a keyed digest.
    #[must_use]
    pub fn first_login_name(&self, fiscal_code: &str) -> String {
        self.digest(&["first login", fiscal_code])
    }

    /// Writes those that are not known yet, all of them or none; the earlier one of two stays.
    ///
    /// # Errors
    /// [`RegistryFault`]; then nothing was written.
    pub async fn record_first_logins(&self, logins: &[FirstLogin]) -> Result<(), RegistryFault> {
        let mut change = self.pool.begin().await?;
        for login in logins {
            sqlx::query(
                "INSERT INTO first_logins (person, first_at, instrument) VALUES ($1, $2, $3) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(&login.name)
            .bind(login.at.unix_seconds())
            .bind(&login.instrument)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// When that fiscal code signed in first; `None`: never, as far as anybody wrote down.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn first_login(&self, fiscal_code: &str) -> Result<Option<Timestamp>, RegistryFault> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT first_at FROM first_logins WHERE person = $1")
                .bind(self.first_login_name(fiscal_code))
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.map(Timestamp::from_unix_seconds))
    }
}
