//! Clients that registered themselves (RFC 7591), and what changed of them.
//!
//! Not what a document says: `oidc` knows that.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::{Registry, RegistryFault, from_base64url};
use crate::crypto::digest::base64url;

/// A client to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewClient<'a> {
    /// Its name, which nobody ever had.
    pub id: &'a str,
    /// Its metadata.
    pub document: &'a [u8],
    /// SHA-256 of its registration access token.
    pub token: &'a [u8; 32],
}

/// A client as it was written.
#[derive(Debug)]
pub struct ClientRecord {
    /// Its name.
    pub id: String,
    /// Its metadata.
    pub document: Zeroizing<Vec<u8>>,
    /// Seconds since 1970.
    pub issued_at: i64,
}

/// What happened to a client.
#[derive(Debug)]
pub enum ClientChange {
    /// It is new, or says something else.
    Written(ClientRecord),
    /// It is gone.
    Removed(String),
}

impl Registry {
    /// Writes a new client at the expense of one use of an initial access token, whose SHA-256 is
    /// `initial`: both, or neither. `false` when that token has no use left.
    ///
    /// # Errors
    /// [`RegistryFault`]; then nothing was written.
    pub async fn register(
        &self,
        initial: &[u8; 32],
        new: &NewClient<'_>,
    ) -> Result<bool, RegistryFault> {
        let now = self.fx.now().unix_seconds();
        let document = self.seal(new.id, new.document)?;
        let mut change = self.pool.begin().await?;
        let number: i64 = sqlx::query_scalar(NEXT_NUMBER).fetch_one(&mut *change).await?;
        let used = sqlx::query(
            "UPDATE initial_access_tokens SET uses_left = uses_left - 1 \
             WHERE digest = $1 AND uses_left > 0 AND expires_at > $2",
        )
        .bind(base64url(initial))
        .bind(now)
        .execute(&mut *change)
        .await?;
        if used.rows_affected() != 1 {
            change.rollback().await?;
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO clients (client_id, document, registration_token, issued_at, change_number) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(new.id)
        .bind(document)
        .bind(base64url(new.token))
        .bind(now)
        .bind(number)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(true)
    }

    /// The client of that name, if `token` is the SHA-256 of its registration access token.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn client_for(
        &self,
        id: &str,
        token: &[u8; 32],
    ) -> Result<Option<ClientRecord>, RegistryFault> {
        let row = sqlx::query(
            "SELECT client_id, document, issued_at FROM clients \
             WHERE client_id = $1 AND registration_token = $2",
        )
        .bind(id)
        .bind(base64url(token))
        .fetch_optional(&self.pool)
        .await?;
        let change = row.map(|row| self.change(&row)).transpose()?;
        Ok(change.and_then(|change| match change {
            ClientChange::Written(record) => Some(record),
            ClientChange::Removed(_) => None,
        }))
    }

    /// Writes other metadata for a client and another token in one step; `false` when `token` is not its
    /// registration access token any more.
    ///
    /// # Errors
    /// [`RegistryFault`]; then nothing was written.
    pub async fn replace(
        &self,
        token: &[u8; 32],
        new: &NewClient<'_>,
    ) -> Result<bool, RegistryFault> {
        let document = self.seal(new.id, new.document)?;
        let mut change = self.pool.begin().await?;
        let number: i64 = sqlx::query_scalar(NEXT_NUMBER).fetch_one(&mut *change).await?;
        let written = sqlx::query(
            "UPDATE clients SET document = $1, registration_token = $2, change_number = $3 \
             WHERE client_id = $4 AND registration_token = $5",
        )
        .bind(document)
        .bind(base64url(new.token))
        .bind(number)
        .bind(new.id)
        .bind(base64url(token))
        .execute(&mut *change)
        .await?;
        if written.rows_affected() != 1 {
            change.rollback().await?;
            return Ok(false);
        }
        change.commit().await?;
        Ok(true)
    }

    /// Removes a client; `false` when `token` is not its registration access token any more.
    ///
    /// # Errors
    /// [`RegistryFault`]; then nothing was removed.
    pub async fn remove(&self, id: &str, token: &[u8; 32]) -> Result<bool, RegistryFault> {
        let mut change = self.pool.begin().await?;
        let number: i64 = sqlx::query_scalar(NEXT_NUMBER).fetch_one(&mut *change).await?;
        let removed = sqlx::query(
            "UPDATE clients SET document = NULL, registration_token = NULL, change_number = $1 \
             WHERE client_id = $2 AND registration_token = $3",
        )
        .bind(number)
        .bind(id)
        .bind(base64url(token))
        .execute(&mut *change)
        .await?;
        if removed.rows_affected() != 1 {
            change.rollback().await?;
            return Ok(false);
        }
        change.commit().await?;
        Ok(true)
    }

    /// Every change after the one numbered `known`, and the number of the last one; 0 is before the
    /// first. A record that does not open is left out and told in the log: it hinders no other.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn changes_after(
        &self,
        known: i64,
    ) -> Result<(i64, Vec<ClientChange>), RegistryFault> {
        let rows = sqlx::query(
            "SELECT client_id, document, issued_at, change_number FROM clients \
             WHERE change_number > $1 ORDER BY change_number",
        )
        .bind(known)
        .fetch_all(&self.pool)
        .await?;
        let mut latest = known;
        let mut changes = Vec::with_capacity(rows.len());
        for row in &rows {
            latest = row.try_get("change_number")?;
            match self.change(row) {
                Ok(change) => changes.push(change),
                Err(fault) => tracing::error!(%fault, "a registered client is left out"),
            }
        }
        Ok((latest, changes))
    }

    /// How many clients there are whose records open, and how many whose records do not.
    pub(super) async fn counted(&self) -> Result<(usize, usize), RegistryFault> {
        let rows = sqlx::query(
            "SELECT client_id, document, issued_at FROM clients WHERE document IS NOT NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        let opened = rows.iter().filter(|row| self.change(row).is_ok()).count();
        Ok((opened, rows.len() - opened))
    }

    fn change(&self, row: &AnyRow) -> Result<ClientChange, RegistryFault> {
        let id: String = row.try_get("client_id")?;
        let Some(document) = row.try_get::<Option<String>, _>("document")? else {
            return Ok(ClientChange::Removed(id));
        };
        let sealed = from_base64url(&document).ok_or(RegistryFault::Malformed)?;
        let document = self.sealer.open(&place(&id), &sealed)?;
        Ok(ClientChange::Written(ClientRecord {
            id,
            document,
            issued_at: row.try_get("issued_at")?,
        }))
    }

    fn seal(&self, id: &str, document: &[u8]) -> Result<String, RegistryFault> {
        Ok(base64url(&self.sealer.seal(&place(id), document, &self.fx)?))
    }
}

/// Takes the lock on the numbers too: until the transaction ends nobody has the next one.
const NEXT_NUMBER: &str =
    "UPDATE change_numbers SET latest = latest + 1 WHERE subject = 'clients' RETURNING latest";

fn place(id: &str) -> Vec<u8> {
    format!("registry clients {id}").into_bytes()
}
