//! A backup: every record, from either database into a file and back into either, whole or not at all.
//!
//! Not a copy of the database's own files, and nothing is opened: what is sealed stays sealed, so a backup
//! is of no use without the secret, and no backup made under another one is taken. One line of JSON for
//! each record; the last line authenticates all before it.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::any::{AnyArguments, AnyRow, AnyTypeInfoKind};
use sqlx::{Any, AssertSqlSafe, Column as _, Row as _, Transaction, TypeInfo as _, ValueRef as _};

use super::{MIGRATIONS, Registry, RegistryFault};
use crate::crypto::digest::{base64url, equal, hmac_sha256, sha256};

/// Why there is no backup, or why it was not put back. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
    /// The file.
    #[error("the backup cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// Not a line that a backup has, by its number.
    #[error("line {0} is not one of a backup")]
    Malformed(usize),
    /// It was cut off, changed, or made under another secret.
    #[error("the backup was changed, cut off, or made under another secrets.sealing")]
    NotAuthentic,
    /// Its tables are those of another version of the program.
    #[error("the backup has tables of version {theirs}, and these are of version {ours}")]
    OtherVersion {
        /// Of the backup.
        theirs: i64,
        /// Of this program.
        ours: i64,
    },
    /// There are records already: two histories are never mixed.
    #[error("the registry has records already: put a backup back into an empty one")]
    NotEmpty,
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first: the version of the tables, and when it was made.
    Backup { version: i64, made_at: String },
    /// One record.
    Record { table: String, row: Map<String, Value> },
    /// The last: how many records, and the authentication of every octet before this line.
    End { records: u64, mac: String },
}

impl Registry {
    /// Writes every record as it is at one instant; gives how many.
    ///
    /// # Errors
    /// [`BackupFault`]; then what was written is no backup.
    pub async fn back_up(&self, to: &mut (impl Write + Send)) -> Result<u64, BackupFault> {
        let connection = self.pool.acquire().await.map_err(RegistryFault::from)?;
        let snapshot = match connection.backend_name() {
            "SQLite" => "BEGIN",
            _ => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        };
        drop(connection);
        let mut records = self.pool.begin_with(snapshot).await.map_err(RegistryFault::from)?;
        let made_at = self.fx.now().rfc3339();
        let mut chain = Chain::default();
        chain.write(to, &Line::Backup { version: version(), made_at })?;
        let mut count = 0;
        for (table, key) in TABLES {
            let mut last = String::new();
            loop {
                let page =
                    format!("SELECT * FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT {PAGE}");
                let rows = sqlx::query(AssertSqlSafe(page)).bind(&last).fetch_all(&mut *records);
                let rows = rows.await.map_err(RegistryFault::from)?;
                let Some(end) = rows.last() else { break };
                last = end.try_get(key).map_err(RegistryFault::from)?;
                for row in &rows {
                    let row = values(row).map_err(RegistryFault::from)?;
                    chain.write(to, &Line::Record { table: table.to_owned(), row })?;
                    count += 1;
                }
            }
        }
        let mac = self.authenticate(&chain);
        chain.write(to, &Line::End { records: count, mac })?;
        Ok(count)
    }

    /// Puts a backup back into a registry without records; gives how many there were.
    ///
    /// # Errors
    /// [`BackupFault`]; then nothing was written.
    pub async fn restore(&self, from: &mut (impl BufRead + Send)) -> Result<u64, BackupFault> {
        let mut change = self.pool.begin().await.map_err(RegistryFault::from)?;
        make_way(&mut change).await?;
        let mut chain = Chain::default();
        let (mut text, mut number, mut count) = (String::new(), 0, 0);
        loop {
            text.clear();
            if from.read_line(&mut text)? == 0 {
                return Err(BackupFault::NotAuthentic);
            }
            number += 1;
            let malformed = BackupFault::Malformed(number);
            let Ok(line) = serde_json::from_str(&text) else { return Err(malformed) };
            match line {
                Line::Backup { version: theirs, .. } if number == 1 => {
                    let ours = version();
                    if theirs != ours {
                        return Err(BackupFault::OtherVersion { theirs, ours });
                    }
                }
                Line::Record { table, row } if number > 1 => {
                    let Some((table, _)) = TABLES.iter().find(|(known, _)| *known == table) else {
                        return Err(malformed);
                    };
                    insert(&mut change, table, &row).await?.ok_or(malformed)?;
                    count += 1;
                }
                Line::End { records, mac } if number > 1 => {
                    let ours = self.authenticate(&chain);
                    let authentic = equal(ours.as_bytes(), mac.as_bytes());
                    if !authentic || records != count || from.read_line(&mut text)? != 0 {
                        return Err(BackupFault::NotAuthentic);
                    }
                    change.commit().await.map_err(RegistryFault::from)?;
                    return Ok(count);
                }
                _ => return Err(malformed),
            }
            chain.follow(text.as_bytes());
        }
    }

    fn authenticate(&self, chain: &Chain) -> String {
        base64url(&hmac_sha256(self.sealer.derive("registry backup").as_slice(), &chain.0))
    }
}

/// The digest of every line so far.
#[derive(Default)]
struct Chain([u8; 32]);

impl Chain {
    fn follow(&mut self, line: &[u8]) {
        let mut message = self.0.to_vec();
        message.extend_from_slice(line);
        self.0 = sha256(&message);
    }

    fn write(&mut self, to: &mut impl Write, line: &Line) -> Result<(), std::io::Error> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.follow(&text);
        to.write_all(&text)
    }
}

/// Finds every table empty, and takes away the rows that the migrations made.
async fn make_way(change: &mut Transaction<'_, Any>) -> Result<(), BackupFault> {
    // The deletion takes the lock for writing: nobody adds a record after it was looked for.
    for own in ["DELETE FROM change_numbers", "DELETE FROM trail_head WHERE latest = 0"] {
        sqlx::query(own).execute(&mut **change).await.map_err(RegistryFault::from)?;
    }
    for (table, key) in TABLES {
        let any = format!("SELECT {key} FROM {table} LIMIT 1");
        let found = sqlx::query(AssertSqlSafe(any)).fetch_optional(&mut **change).await;
        if found.map_err(RegistryFault::from)?.is_some() {
            return Err(BackupFault::NotEmpty);
        }
    }
    Ok(())
}

/// Writes one record; `None` when it is none.
async fn insert(
    change: &mut Transaction<'_, Any>,
    table: &str,
    row: &Map<String, Value>,
) -> Result<Option<()>, RegistryFault> {
    // What has no value is not named. Names are ours once the last line was read; until then they are
    // anybody's.
    let known: Vec<_> = row.iter().filter(|(_, value)| !value.is_null()).collect();
    let is_name =
        |name: &&String| name.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_');
    let names: Vec<&str> =
        known.iter().map(|(name, _)| *name).filter(is_name).map(String::as_str).collect();
    if names.is_empty() || names.len() != known.len() {
        return Ok(None);
    }
    let places: Vec<String> = (1..=names.len()).map(|at| format!("${at}")).collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "));
    let mut insertion: sqlx::query::Query<'_, Any, AnyArguments> = sqlx::query(AssertSqlSafe(sql));
    for (_, value) in known {
        insertion = match (value.as_str(), value.as_i64()) {
            (Some(text), _) => insertion.bind(text.to_owned()),
            (None, Some(number)) => insertion.bind(number),
            (None, None) => return Ok(None),
        };
    }
    insertion.execute(&mut **change).await?;
    Ok(Some(()))
}

fn values(row: &AnyRow) -> Result<Map<String, Value>, sqlx::Error> {
    let mut values = Map::new();
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at)?;
        let value = if raw.is_null() || raw.type_info().is_null() {
            Value::Null
        } else if raw.type_info().kind() == AnyTypeInfoKind::Text {
            Value::String(row.try_get(at)?)
        } else {
            Value::from(row.try_get::<i64, _>(at)?)
        };
        values.insert(column.name().to_owned(), value);
    }
    Ok(values)
}

fn version() -> i64 {
    MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or_default()
}

/// Every table, and the text that tells its rows apart.
pub(super) const TABLES: [(&str, &str); 10] = [
    ("change_numbers", "subject"),
    ("clients", "client_id"),
    ("initial_access_tokens", "digest"),
    ("matches", "match_id"),
    ("first_logins", "person"),
    ("records", "record"),
    ("record_keys", "entry"),
    ("trail_head", "subject"),
    ("trail", "digest"),
    ("tallies", "name"),
];

/// Rows that are held at once.
const PAGE: usize = 500;
