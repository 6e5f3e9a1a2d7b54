//! The trail: one row for each act, chained by digests, never changed.
//!
//! Not its verification as a whole, nor the anchors outside the database: `audit` does that. The chain is
//! plain SHA-256, so that whoever holds an export and the signed anchors verifies it without any secret of
//! ours. Whoever can write to the database can compute such digests too: what they cannot do is seal the
//! reason of a row, which is bound to every column of it, and take back an anchor.

use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use zeroize::Zeroizing;

use super::{Mark, Registry, RegistryFault, from_base64url};
use crate::crypto::digest::{base64url, sha256};
use crate::effects::Timestamp;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// [`Registry::pseudonym`] of a fiscal code; or `system`, or another name that says nothing of a person.
    pub person: String,
    /// As what: a role of the help desk, `citizen`, `client`, `system`.
    pub role: &'static str,
}

impl Actor {
    /// The broker itself: its clock, its command line.
    #[must_use]
    pub fn system() -> Self {
        Self { person: "system".to_owned(), role: "system" }
    }
}

/// An act, as it is written to the trail.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who.
    pub actor: Actor,
    /// What: `case.approve`.
    pub action: &'static str,
    /// To what: kind and opaque name, never a name of a person.
    pub object: String,
    /// Of which office; empty when of none.
    pub office: String,
    /// Why, in the words of whoever acts. Sealed.
    pub reason: String,
    /// The version of the rules that were applied: of policy and calendar.
    pub rules: String,
    /// `done`, or why not.
    pub outcome: &'static str,
}

/// A row as it stands in the database or in an export.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailRow {
    /// Counts from 1, without gaps.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// As what.
    pub role: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// Of which office.
    pub office: String,
    /// Sealed, in base64url.
    pub reason: String,
    /// The version of the rules.
    pub rules: String,
    /// How it ended.
    pub outcome: String,
    /// The records that changed with it: a JSON list of [`Mark`]s.
    pub changes: String,
    /// Digest of the row before; empty before the first.
    pub previous: String,
    /// SHA-256 of all of this, in base64url.
    pub digest: String,
}

impl TrailRow {
    /// The digest that the other columns give: each with its length before it, in the order of this struct.
    #[must_use]
    pub fn computed(&self) -> String {
        base64url(&sha256(&self.octets(&self.reason)))
    }

    /// The records that changed with it; `None`, when that is not read.
    #[must_use]
    pub fn marks(&self) -> Option<Vec<Mark>> {
        serde_json::from_str(&self.changes).ok()
    }

    /// Everything but the digest, with `reason` in its place.
    fn octets(&self, reason: &str) -> Vec<u8> {
        let (seq, at) = (self.seq.to_string(), self.at.to_string());
        let columns = [
            "varco trail 1",
            &seq,
            &at,
            &self.actor,
            &self.role,
            &self.action,
            &self.object,
            &self.office,
            reason,
            &self.rules,
            &self.outcome,
            &self.changes,
            &self.previous,
        ];
        let mut octets = Vec::with_capacity(512);
        for column in columns {
            octets.extend_from_slice(&(column.len() as u64).to_be_bytes());
            octets.extend_from_slice(column.as_bytes());
        }
        octets
    }
}

/// Which rows are read, the newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrailListing<'a> {
    /// Only those of this object.
    pub object: Option<&'a str>,
    /// Only those of this actor.
    pub actor: Option<&'a str>,
    /// Only those of this office.
    pub office: Option<&'a str>,
    /// Only from then.
    pub from: Option<Timestamp>,
    /// Only before then.
    pub before: Option<Timestamp>,
    /// How many are left out at the beginning.
    pub skip: u32,
    /// How many at most.
    pub limit: u32,
}

impl Registry {
    /// Under which name a person acts and is found: a keyed digest of the fiscal code.
    #[must_use]
    pub fn pseudonym(&self, fiscal_code: &str) -> String {
        self.digest(&["person", fiscal_code])
    }

    /// A digest of `parts` that only this deployment makes, and that no other use of the registry makes: the
    /// first part says what it is for.
    #[must_use]
    pub fn keyed_digest(&self, parts: &[&str]) -> String {
        let mut whole = vec!["keyed"];
        whole.extend(parts);
        self.digest(&whole)
    }

    /// The number and the digest of the latest row; 0 and nothing when there is none.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn trail_head(&self) -> Result<(i64, String), RegistryFault> {
        let row = sqlx::query("SELECT latest, digest FROM trail_head WHERE subject = 'trail'")
            .fetch_one(&self.pool)
            .await?;
        Ok((row.try_get("latest")?, row.try_get("digest")?))
    }

    /// Whether a row could be written now: the lock is taken and given back.
    ///
    /// # Errors
    /// [`RegistryFault`]: it could not.
    pub async fn can_write_trail(&self) -> Result<(), RegistryFault> {
        let mut change = self.pool.begin().await?;
        sqlx::query("UPDATE trail_head SET latest = latest WHERE subject = 'trail'")
            .execute(&mut *change)
            .await?;
        change.rollback().await?;
        Ok(())
    }

    /// The numbers of the first and the last row from `from` until before `before`.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn trail_span(
        &self,
        from: Timestamp,
        before: Timestamp,
    ) -> Result<Option<(i64, i64)>, RegistryFault> {
        let row = sqlx::query(
            "SELECT MIN(seq) AS first, MAX(seq) AS last FROM trail WHERE at >= $1 AND at < $2",
        )
        .bind(from.unix_millis())
        .bind(before.unix_millis())
        .fetch_one(&self.pool)
        .await?;
        let (first, last): (Option<i64>, Option<i64>) =
            (row.try_get("first")?, row.try_get("last")?);
        Ok(first.zip(last))
    }

    /// Rows after the one numbered `seq`, in the order of their numbers, `limit` at most.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn trail_after(&self, seq: i64, limit: u32) -> Result<Vec<TrailRow>, RegistryFault> {
        let rows = sqlx::query("SELECT * FROM trail WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(seq)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(row_of).collect()
    }

    /// The rows of `listing`, the newest first.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn trail(&self, listing: &TrailListing<'_>) -> Result<Vec<TrailRow>, RegistryFault> {
        let rows = sqlx::query(
            "SELECT * FROM trail WHERE (object = $1 OR $1 = '') AND (actor = $2 OR $2 = '') \
             AND (office = $3 OR $3 = '') AND at >= $4 AND at < $5 \
             ORDER BY seq DESC LIMIT $6 OFFSET $7",
        )
        .bind(listing.object.unwrap_or_default())
        .bind(listing.actor.unwrap_or_default())
        .bind(listing.office.unwrap_or_default())
        .bind(listing.from.map_or(i64::MIN, Timestamp::unix_millis))
        .bind(listing.before.map_or(i64::MAX, Timestamp::unix_millis))
        .bind(i64::from(listing.limit))
        .bind(i64::from(listing.skip))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(row_of).collect()
    }

    /// Why, in the words of whoever acted.
    ///
    /// # Errors
    /// [`RegistryFault::Sealed`], when any column of the row is not what was written.
    pub fn reason_of(&self, row: &TrailRow) -> Result<Zeroizing<String>, RegistryFault> {
        let sealed = from_base64url(&row.reason).ok_or(RegistryFault::Malformed)?;
        let opened = self.sealer.open(&row.octets(""), &sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| RegistryFault::Malformed)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// The number of the next row and the digest of the latest. Takes the lock on the trail: until the
    /// transaction ends nobody has the next one.
    pub(super) async fn next_of_trail(
        change: &mut Transaction<'_, Any>,
    ) -> Result<(i64, String), RegistryFault> {
        let row = sqlx::query(
            "UPDATE trail_head SET latest = latest + 1 WHERE subject = 'trail' \
             RETURNING latest, digest",
        )
        .fetch_one(&mut **change)
        .await?;
        Ok((row.try_get("latest")?, row.try_get("digest")?))
    }

    /// Writes the row that `next_of_trail` was taken for.
    pub(super) async fn write_trail(
        &self,
        change: &mut Transaction<'_, Any>,
        (seq, previous): (i64, String),
        entry: &Entry,
        marks: &[Mark],
    ) -> Result<(), RegistryFault> {
        let mut row = TrailRow {
            seq,
            at: self.fx.now().unix_millis(),
            actor: entry.actor.person.clone(),
            role: entry.actor.role.to_owned(),
            action: entry.action.to_owned(),
            object: entry.object.clone(),
            office: entry.office.clone(),
            reason: String::new(),
            rules: entry.rules.clone(),
            outcome: entry.outcome.to_owned(),
            changes: serde_json::to_string(marks).map_err(|_| RegistryFault::Malformed)?,
            previous,
            digest: String::new(),
        };
        let sealed = self.sealer.seal(&row.octets(""), entry.reason.as_bytes(), &self.fx)?;
        row.reason = base64url(&sealed);
        row.digest = row.computed();
        sqlx::query(
            "INSERT INTO trail (digest, seq, at, actor, role, action, object, office, reason, rules, \
             outcome, changes, previous) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(&row.digest)
        .bind(row.seq)
        .bind(row.at)
        .bind(row.actor)
        .bind(row.role)
        .bind(row.action)
        .bind(row.object)
        .bind(row.office)
        .bind(row.reason)
        .bind(row.rules)
        .bind(row.outcome)
        .bind(row.changes)
        .bind(row.previous)
        .execute(&mut **change)
        .await?;
        sqlx::query("UPDATE trail_head SET digest = $1 WHERE subject = 'trail'")
            .bind(row.digest)
            .execute(&mut **change)
            .await?;
        Ok(())
    }
}

fn row_of(row: &AnyRow) -> Result<TrailRow, RegistryFault> {
    Ok(TrailRow {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        actor: row.try_get("actor")?,
        role: row.try_get("role")?,
        action: row.try_get("action")?,
        object: row.try_get("object")?,
        office: row.try_get("office")?,
        reason: row.try_get("reason")?,
        rules: row.try_get("rules")?,
        outcome: row.try_get("outcome")?,
        changes: row.try_get("changes")?,
        previous: row.try_get("previous")?,
        digest: row.try_get("digest")?,
    })
}
