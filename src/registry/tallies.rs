//! What is counted within a time, and what may be used once: the same after a restart and on all nodes.
//!
//! Not the volatile counters of `state/`: a wrong password counts as long as its window lasts, whatever is
//! switched off and on meanwhile.

use std::time::Duration;

use super::{Registry, RegistryFault};
use crate::effects::Timestamp;

impl Registry {
    /// Adds one to what is counted under `name` of `parts`, and gives the count after it. The window starts
    /// with the first, and with its end the count starts again. `parts` may be personal: they are digested.
    ///
    /// # Errors
    /// [`RegistryFault`]; whoever limits by it must refuse then.
    pub async fn tally(
        &self,
        name: &str,
        parts: &[&str],
        window: Duration,
    ) -> Result<u64, RegistryFault> {
        self.count(name, parts, self.fx.now().plus(window)).await
    }

    /// How many were counted in the window that is open; 0 when none is.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn tallied(&self, name: &str, parts: &[&str]) -> Result<u64, RegistryFault> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT count FROM tallies WHERE name = $1 AND ends_at > $2")
                .bind(self.tally_name(name, parts))
                .bind(self.fx.now().unix_millis())
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }

    /// Forgets what was counted, as after a right password.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn clear_tally(&self, name: &str, parts: &[&str]) -> Result<(), RegistryFault> {
        sqlx::query("DELETE FROM tallies WHERE name = $1")
            .bind(self.tally_name(name, parts))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Whether this is the first time before `until` that `parts` are used under `name`: true exactly once,
    /// however many ask at the same moment. Never for an `until` that is over.
    ///
    /// # Errors
    /// [`RegistryFault`]; then it must not be used.
    pub async fn once(
        &self,
        name: &str,
        parts: &[&str],
        until: Timestamp,
    ) -> Result<bool, RegistryFault> {
        Ok(until > self.fx.now() && self.count(name, parts, until).await? == 1)
    }

    async fn count(
        &self,
        name: &str,
        parts: &[&str],
        ends_at: Timestamp,
    ) -> Result<u64, RegistryFault> {
        let now = self.fx.now().unix_millis();
        let count: i64 = sqlx::query_scalar(
            "INSERT INTO tallies (name, count, ends_at) VALUES ($1, 1, $2) \
             ON CONFLICT (name) DO UPDATE SET \
             count = CASE WHEN tallies.ends_at <= $3 THEN 1 ELSE tallies.count + 1 END, \
             ends_at = CASE WHEN tallies.ends_at <= $3 THEN excluded.ends_at ELSE tallies.ends_at END \
             RETURNING count",
        )
        .bind(self.tally_name(name, parts))
        .bind(ends_at.unix_millis())
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        if count == 1 {
            // Whoever opens a window sweeps those that are over: the table stays as large as what it limits.
            sqlx::query("DELETE FROM tallies WHERE ends_at <= $1")
                .bind(now)
                .execute(&self.pool)
                .await?;
        }
        u64::try_from(count).map_err(|_| RegistryFault::Malformed)
    }

    fn tally_name(&self, name: &str, parts: &[&str]) -> String {
        let mut whole = vec!["tally", name];
        whole.extend(parts);
        self.digest(&whole)
    }
}
