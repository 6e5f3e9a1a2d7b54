//! Initial access tokens (RFC 7591, section 1.2): who may register a client, how often and until when.
//!
//! Not the use of one: [`Registry::register`] takes it together with the client that is written for it.

use sqlx::Row as _;

use super::{Registry, RegistryFault};
use crate::crypto::digest::base64url;
use crate::effects::Timestamp;

/// A token that was made; the token itself is known to its holder alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialToken {
    /// The first characters of its digest: enough to tell it from others.
    pub name: String,
    /// What the operator calls it.
    pub label: String,
    /// How many clients it may still register.
    pub uses_left: i64,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Registry {
    /// Writes a token whose SHA-256 is `digest`. Those that ended are removed.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn add_initial_token(
        &self,
        digest: &[u8; 32],
        label: &str,
        uses: u32,
        expires_at: Timestamp,
    ) -> Result<(), RegistryFault> {
        let now = self.fx.now().unix_seconds();
        let mut change = self.pool.begin().await?;
        sqlx::query("DELETE FROM initial_access_tokens WHERE expires_at <= $1 OR uses_left = 0")
            .bind(now)
            .execute(&mut *change)
            .await?;
        sqlx::query(
            "INSERT INTO initial_access_tokens (digest, label, uses_left, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(base64url(digest))
        .bind(label)
        .bind(i64::from(uses))
        .bind(now)
        .bind(expires_at.unix_seconds())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(())
    }

    /// Whether the token whose SHA-256 is `digest` has a use left now.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn has_use_left(&self, digest: &[u8; 32]) -> Result<bool, RegistryFault> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT uses_left FROM initial_access_tokens \
             WHERE digest = $1 AND uses_left > 0 AND expires_at > $2",
        )
        .bind(base64url(digest))
        .bind(self.fx.now().unix_seconds())
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// Every token that can still be used, the one that ends first at the head.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn initial_tokens(&self) -> Result<Vec<InitialToken>, RegistryFault> {
        let rows = sqlx::query(
            "SELECT digest, label, uses_left, expires_at FROM initial_access_tokens \
             WHERE uses_left > 0 AND expires_at > $1 ORDER BY expires_at, digest",
        )
        .bind(self.fx.now().unix_seconds())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let mut name: String = row.try_get("digest")?;
                name.truncate(NAME);
                Ok(InitialToken {
                    name,
                    label: row.try_get("label")?,
                    uses_left: row.try_get("uses_left")?,
                    expires_at: Timestamp::from_unix_seconds(row.try_get("expires_at")?),
                })
            })
            .collect()
    }

    /// Ends the tokens of that name; gives how many there were.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn end_initial_token(&self, name: &str) -> Result<u64, RegistryFault> {
        if name.len() != NAME {
            return Ok(0);
        }
        let ended =
            sqlx::query("DELETE FROM initial_access_tokens WHERE substr(digest, 1, 12) = $1")
                .bind(name)
                .execute(&self.pool)
                .await?;
        Ok(ended.rows_affected())
    }
}

/// Characters of a name: 72 bits of the digest.
const NAME: usize = 12;
