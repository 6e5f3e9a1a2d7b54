//! Which fiscal code somebody from another state was matched with.
//!
//! Not whether it is theirs: `login` finds that out. Whoever holds the file and not the secret learns
//! neither persons nor codes. A match is never changed into another one: it is withdrawn, and stays.

use sqlx::Row as _;
use zeroize::Zeroizing;

use super::{Registry, RegistryFault, from_base64url};
use crate::crypto::Handle;
use crate::crypto::digest::base64url;
use crate::effects::Timestamp;

/// A match to be written.
#[derive(Clone, Copy)]
pub struct NewMatch<'a> {
    /// The identifier of eIDAS.
    pub person: &'a str,
    /// The state it is of.
    pub state: &'a str,
    /// The fiscal code.
    pub fiscal_code: &'a str,
    /// `self_declared` or [`VERIFIED`].
    pub how: &'a str,
    /// Who verified it; empty when nobody did.
    pub verifier: &'a str,
}

/// A match that holds.
pub struct MatchRecord {
    /// The fiscal code.
    pub fiscal_code: Zeroizing<String>,
    /// `self_declared` or [`VERIFIED`].
    pub how: String,
}

/// What became of a match to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchWritten {
    /// It holds now, or did already.
    Holds,
    /// The person is matched with another code.
    OtherCode,
    /// Another person of that state is matched with the code.
    OtherPerson,
}

/// A match as operators see it: nobody's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchLine {
    /// The first characters of the person's digest: enough to tell it from others.
    pub name: String,
    /// `self_declared` or [`VERIFIED`].
    pub how: String,
    /// Who verified it; empty when nobody did.
    pub verifier: String,
    /// When it was made.
    pub matched_at: Timestamp,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
}

/// How a match is recorded that an authority vouches for.
pub const VERIFIED: &str = "verified";

impl Registry {
    /// The match of the person with that identifier, if one holds.
    ///
    /// # Errors
    /// [`RegistryFault`], when the registry does not answer or the record does not open.
    pub async fn match_of(&self, person: &str) -> Result<Option<MatchRecord>, RegistryFault> {
        let row = sqlx::query(
            "SELECT match_id, fiscal_code, how FROM matches \
             WHERE person = $1 AND withdrawn_at IS NULL",
        )
        .bind(self.digest(&["match person", person]))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: String = row.try_get("match_id")?;
        let sealed: String = row.try_get("fiscal_code")?;
        let sealed = from_base64url(&sealed).ok_or(RegistryFault::Malformed)?;
        let opened = self.sealer.open(&place(&id), &sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| RegistryFault::Malformed)?;
        let fiscal_code = Zeroizing::new(text.to_owned());
        Ok(Some(MatchRecord { fiscal_code, how: row.try_get("how")? }))
    }

    /// Writes a match, if neither the person nor the code has another one. What only the person vouched
    /// for becomes verified when the same is written so.
    ///
    /// # Errors
    /// [`RegistryFault`]; then nothing was written.
    pub async fn record_match(&self, new: &NewMatch<'_>) -> Result<MatchWritten, RegistryFault> {
        let id = Handle::fresh(&self.fx).reveal().to_owned();
        let sealed = self.sealer.seal(&place(&id), new.fiscal_code.as_bytes(), &self.fx)?;
        let person = self.digest(&["match person", new.person]);
        let code = self.digest(&["match code", new.state, new.fiscal_code]);
        let mut change = self.pool.begin().await?;
        // The insertion takes the lock for writing: what is read after it is what stood in its way.
        let written = sqlx::query(
            "INSERT INTO matches \
             (match_id, person, code, fiscal_code, how, verifier, matched_at, withdrawn_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(&person)
        .bind(&code)
        .bind(base64url(&sealed))
        .bind(new.how)
        .bind(new.verifier)
        .bind(self.fx.now().unix_seconds())
        .execute(&mut *change)
        .await?;
        if written.rows_affected() == 1 {
            change.commit().await?;
            return Ok(MatchWritten::Holds);
        }
        let known: Option<String> = sqlx::query_scalar(
            "SELECT code FROM matches WHERE person = $1 AND withdrawn_at IS NULL",
        )
        .bind(&person)
        .fetch_optional(&mut *change)
        .await?;
        let found = match known {
            Some(known) if known == code => MatchWritten::Holds,
            Some(_) => MatchWritten::OtherCode,
            None => MatchWritten::OtherPerson,
        };
        if found == MatchWritten::Holds && new.how == VERIFIED {
            sqlx::query(
                "UPDATE matches SET how = $1, verifier = $2 \
                 WHERE person = $3 AND withdrawn_at IS NULL AND how <> $1",
            )
            .bind(VERIFIED)
            .bind(new.verifier)
            .bind(&person)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        Ok(found)
    }

    /// Every match, the newest first.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn matches(&self) -> Result<Vec<MatchLine>, RegistryFault> {
        let rows = sqlx::query(
            "SELECT person, how, verifier, matched_at, withdrawn_at FROM matches \
             ORDER BY matched_at DESC, match_id",
        )
        .fetch_all(&self.pool)
        .await?;
        let line = |row: &sqlx::any::AnyRow| {
            let mut name: String = row.try_get("person")?;
            name.truncate(NAME);
            let withdrawn: Option<i64> = row.try_get("withdrawn_at")?;
            Ok(MatchLine {
                name,
                how: row.try_get("how")?,
                verifier: row.try_get("verifier")?,
                matched_at: Timestamp::from_unix_seconds(row.try_get("matched_at")?),
                withdrawn_at: withdrawn.map(Timestamp::from_unix_seconds),
            })
        };
        rows.iter().map(line).collect()
    }

    /// Withdraws the match of that name; gives how many there were.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn withdraw_match(&self, name: &str) -> Result<u64, RegistryFault> {
        if name.len() != NAME {
            return Ok(0);
        }
        let withdrawn = sqlx::query(
            "UPDATE matches SET withdrawn_at = $1 \
             WHERE substr(person, 1, 12) = $2 AND withdrawn_at IS NULL",
        )
        .bind(self.fx.now().unix_seconds())
        .bind(name)
        .execute(&self.pool)
        .await?;
        Ok(withdrawn.rows_affected())
    }
}

fn place(id: &str) -> Vec<u8> {
    format!("registry matches {id}").into_bytes()
}

/// Characters of a name: 72 bits of the digest.
const NAME: usize = 12;
