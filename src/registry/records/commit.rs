//! Writing records: all of a change and one row of the trail, or nothing.
//!
//! Not reading. The row's number is taken first, so that whoever writes waits for whoever writes already,
//! and sees what was written.

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use zeroize::Zeroizing;

use super::super::{Entry, Registry, RegistryFault};
use super::{Kept, Place, RecordKey, Stored, name_of};
use crate::crypto::digest::{base64url, sha256};
use crate::effects::Timestamp;

/// What is written together, or not at all.
#[derive(Default)]
pub struct Change {
    writes: Vec<Write>,
}

struct Write {
    record: String,
    kind: &'static str,
    /// The version that was read and the row it was made with; `None`: it is new.
    read: Option<(i64, i64)>,
    /// `None`: it is removed.
    next: Option<Next>,
}

struct Next {
    state: &'static str,
    office: String,
    due_at: Option<i64>,
    keys: Vec<RecordKey>,
    document: Zeroizing<Vec<u8>>,
}

impl Next {
    fn of<T: Kept>(value: &T) -> Result<Self, RegistryFault> {
        let document = serde_json::to_vec(value).map_err(|_| RegistryFault::Malformed)?;
        Ok(Self {
            state: value.state(),
            office: value.office().to_owned(),
            due_at: value.due_at().map(Timestamp::unix_millis),
            keys: value.keys(),
            document: Zeroizing::new(document),
        })
    }
}

impl Change {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A record that is not there.
    ///
    /// # Errors
    /// [`RegistryFault::Malformed`], when it is no JSON document.
    pub fn insert<T: Kept>(&mut self, value: &T) -> Result<(), RegistryFault> {
        self.write::<T>(value.id(), None, Some(Next::of(value)?));
        Ok(())
    }

    /// A record instead of the one that was read.
    ///
    /// # Errors
    /// [`RegistryFault::Malformed`], when it is no JSON document, or has another name than what was read.
    pub fn replace<T: Kept>(&mut self, read: &Stored<T>, value: &T) -> Result<(), RegistryFault> {
        if read.value.id() != value.id() {
            return Err(RegistryFault::Malformed);
        }
        self.write::<T>(value.id(), Some((read.version, read.made_by)), Some(Next::of(value)?));
        Ok(())
    }

    /// No record any more where there was the one that was read.
    pub fn remove<T: Kept>(&mut self, read: &Stored<T>) {
        self.write::<T>(read.value.id(), Some((read.version, read.made_by)), None);
    }

    fn write<T: Kept>(&mut self, id: &str, read: Option<(i64, i64)>, next: Option<Next>) {
        let kind = T::KIND.name();
        self.writes.push(Write { record: name_of(kind, id), kind, read, next });
    }
}

/// What a row of the trail left of a record: an older copy of the record, put back, is not that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Kind and name.
    pub record: String,
    /// Its version since then; 0: it was removed.
    pub version: i64,
    /// SHA-256 of the sealed document, in base64url; empty when it was removed.
    pub document: String,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It was written, with the row of the trail of that number.
    Done(u64),
    /// A record was changed since it was read; nothing was written.
    Stale,
    /// Another record has that exclusive key, or (`id`) that name; nothing was written.
    Taken(&'static str),
}

impl Registry {
    /// Writes all of `change` and one row of the trail, or nothing.
    ///
    /// # Errors
    /// [`RegistryFault`]; then nothing was written.
    pub async fn commit(&self, change: Change, entry: &Entry) -> Result<Committed, RegistryFault> {
        let mut transaction = self.pool.begin().await?;
        let next = Self::next_of_trail(&mut transaction).await?;
        let seq = next.0;
        let mut marks = Vec::with_capacity(change.writes.len());
        for write in &change.writes {
            match self.write(&mut transaction, write, seq).await? {
                Ok(mark) => marks.push(mark),
                Err(hindered) => {
                    transaction.rollback().await?;
                    return Ok(hindered);
                }
            }
        }
        // After every record: a key that one of them gives up is another's in the same change.
        for write in &change.writes {
            if let Some(hindered) = self.write_keys(&mut transaction, write).await? {
                transaction.rollback().await?;
                return Ok(hindered);
            }
        }
        self.write_trail(&mut transaction, next, entry, &marks).await?;
        transaction.commit().await?;
        u64::try_from(seq).map(Committed::Done).map_err(|_| RegistryFault::Malformed)
    }

    /// Writes a row of the trail without a change: a look, a refusal.
    ///
    /// # Errors
    /// [`RegistryFault`]; then what it tells must not happen.
    pub async fn note(&self, entry: &Entry) -> Result<(), RegistryFault> {
        self.commit(Change::new(), entry).await.map(drop)
    }

    async fn write(
        &self,
        transaction: &mut Transaction<'_, Any>,
        write: &Write,
        seq: i64,
    ) -> Result<Result<Mark, Committed>, RegistryFault> {
        let Write { record, kind, read, next } = write;
        let mut mark = Mark { record: record.clone(), version: 0, document: String::new() };
        if read.is_some() {
            sqlx::query("DELETE FROM record_keys WHERE record = $1")
                .bind(record)
                .execute(&mut **transaction)
                .await?;
        }
        let written = match (read, next) {
            (None, None) => return Ok(Ok(mark)),
            (Some((version, _)), None) => {
                sqlx::query("DELETE FROM records WHERE record = $1 AND version = $2")
                    .bind(record)
                    .bind(version)
                    .execute(&mut **transaction)
                    .await?
            }
            (None, Some(next)) => {
                let document = self.sealed(record, (1, seq), next)?;
                (mark.version, mark.document) = (1, digest_of(&document));
                sqlx::query(
                    "INSERT INTO records (record, kind, version, state, office, due_at, made_by, \
                     document) VALUES ($1, $2, 1, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                )
                .bind(record)
                .bind(*kind)
                .bind(next.state)
                .bind(&next.office)
                .bind(next.due_at)
                .bind(seq)
                .bind(document)
                .execute(&mut **transaction)
                .await?
            }
            (Some((version, made_by)), Some(next)) => {
                let document = self.sealed(record, (version + 1, *made_by), next)?;
                (mark.version, mark.document) = (version + 1, digest_of(&document));
                sqlx::query(
                    "UPDATE records SET version = version + 1, state = $1, office = $2, due_at = $3, \
                     document = $4 WHERE record = $5 AND version = $6",
                )
                .bind(next.state)
                .bind(&next.office)
                .bind(next.due_at)
                .bind(document)
                .bind(record)
                .bind(version)
                .execute(&mut **transaction)
                .await?
            }
        };
        Ok(match (written.rows_affected(), read) {
            (1, _) => Ok(mark),
            (_, None) => Err(Committed::Taken("id")),
            (_, Some(_)) => Err(Committed::Stale),
        })
    }

    async fn write_keys(
        &self,
        transaction: &mut Transaction<'_, Any>,
        write: &Write,
    ) -> Result<Option<Committed>, RegistryFault> {
        for (digest, key) in write.next.iter().flat_map(|next| self.digested(write.kind, next)) {
            let written = sqlx::query(
                "INSERT INTO record_keys (entry, record, digest, exclusive) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(format!("{} {digest}", write.record))
            .bind(&write.record)
            .bind(&digest)
            .bind(i64::from(key.exclusive))
            .execute(&mut **transaction)
            .await?;
            if written.rows_affected() != 1 {
                return Ok(Some(Committed::Taken(key.name)));
            }
        }
        Ok(None)
    }

    /// The keys with their digests, each once and in the order of the digests.
    fn digested<'a>(&self, kind: &str, next: &'a Next) -> Vec<(String, &'a RecordKey)> {
        let digest = |key: &RecordKey| self.key_digest(kind, key.name, &key.value);
        let mut keys: Vec<_> = next.keys.iter().map(|key| (digest(key), key)).collect();
        // Of two alike the exclusive one stays.
        keys.sort_by(|left, right| {
            left.0.cmp(&right.0).then(right.1.exclusive.cmp(&left.1.exclusive))
        });
        keys.dedup_by(|left, right| left.0 == right.0);
        keys
    }

    /// Records as they stand, as the row that wrote each would have marked it: after the one named `after`, in
    /// the order of their names, `limit` at most.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn marks_after(&self, after: &str, limit: u32) -> Result<Vec<Mark>, RegistryFault> {
        let rows = sqlx::query(
            "SELECT record, version, document FROM records WHERE record > $1 ORDER BY record LIMIT $2",
        )
        .bind(after.to_owned())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let mark = |row: &AnyRow| {
            let document: String = row.try_get("document")?;
            let (record, version) = (row.try_get("record")?, row.try_get("version")?);
            Ok(Mark { record, version, document: digest_of(&document) })
        };
        rows.iter().map(mark).collect()
    }

    fn sealed(
        &self,
        record: &str,
        (version, made_by): (i64, i64),
        next: &Next,
    ) -> Result<String, RegistryFault> {
        let kind = record.split('/').next().unwrap_or_default();
        let keys = self.digested(kind, next);
        let keys = keys.iter().map(|(digest, key)| format!("{digest}{}", i64::from(key.exclusive)));
        let place = Place {
            record,
            kind,
            version,
            state: next.state,
            office: &next.office,
            due_at: next.due_at,
            made_by,
            keys: keys.collect(),
        };
        Ok(base64url(&self.sealer.seal(&place.octets()?, &next.document, &self.fx)?))
    }
}

fn digest_of(sealed: &str) -> String {
    base64url(&sha256(sealed.as_bytes()))
}
