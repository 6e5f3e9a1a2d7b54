//! Records that change only together with a row of the trail: one sealed document each.
//!
//! Not what a document says: the part that keeps it knows that. Beside the document stands only what is
//! searched, and the seal is bound to all of it and to the keys: a row that was edited in the database, or
//! whose keys were, does not open (`docs/decisions/0020`).

mod commit;

use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::{Query, QueryScalar};
use sqlx::{Any, AssertSqlSafe, Row as _};

pub use commit::{Change, Committed, Mark};

use super::{Registry, RegistryFault, from_base64url};
use crate::effects::Timestamp;

/// The kinds of record there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// A member of staff of the help desk, and their roles.
    Staff,
    /// A credential of the help desk, from its request on.
    Case,
    /// A delegation of one person to another.
    Delegation,
    /// A telephone PIN.
    TelephonePin,
    /// A mail to be sent.
    Mail,
    /// What is known of a state: whether its identities come through eIDAS.
    State,
    /// The text of a letter or a mail.
    Template,
    /// The last number of a series that was given.
    Sequence,
    /// A time that the border between offices of the help desk falls.
    BreakGlass,
}

impl RecordKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Case => "case",
            Self::Delegation => "delegation",
            Self::TelephonePin => "telephone_pin",
            Self::Mail => "mail",
            Self::State => "state",
            Self::Template => "template",
            Self::Sequence => "sequence",
            Self::BreakGlass => "break_glass",
        }
    }
}

/// What is kept as one sealed JSON document.
pub trait Kept: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: RecordKind;

    /// Its name: opaque, unique in its kind, never a name of a person. It stands in clear.
    fn id(&self) -> &str;

    /// Its state, by which it is listed. In clear.
    fn state(&self) -> &'static str {
        ""
    }

    /// The office it is of, by which it is listed. In clear.
    #[expect(clippy::unnecessary_literal_bound, reason = "a record that has one lends its own")]
    fn office(&self) -> &str {
        ""
    }

    /// When the clock has something to do with it.
    fn due_at(&self) -> Option<Timestamp> {
        None
    }

    /// By what it is found.
    fn keys(&self) -> Vec<RecordKey> {
        Vec::new()
    }
}

/// A value by which a record is found: kept as a keyed digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordKey {
    /// What kind of value: `fiscal_code`.
    pub name: &'static str,
    /// The value, in the one way it is written.
    pub value: String,
    /// Whether no other record of the kind may have the same one exclusively.
    pub exclusive: bool,
}

/// A record as it was read, with the version it had.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    value: T,
    version: i64,
    made_by: i64,
}

impl<T> Stored<T> {
    /// The record itself.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Counts from 1, one more with each change.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The number of the row of the trail it was made with.
    #[must_use]
    pub fn made_by(&self) -> i64 {
        self.made_by
    }
}

impl<T> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Which records are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing<'a> {
    /// In one of these states; none named: in any.
    pub states: &'a [&'a str],
    /// Only of this office.
    pub office: Option<&'a str>,
    /// Only those for whom the clock had something to do before then, or at that moment.
    pub due_before: Option<Timestamp>,
    /// The newest first, instead of last.
    pub newest_first: bool,
    /// How many are left out at the beginning.
    pub skip: u32,
    /// How many at most.
    pub limit: u32,
}

impl Registry {
    /// The record of that name.
    ///
    /// # Errors
    /// [`RegistryFault`]; `Sealed` when it is not as it was written.
    pub async fn record<T: Kept>(&self, id: &str) -> Result<Option<Stored<T>>, RegistryFault> {
        let sql = format!("{READ} WHERE record = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(name_of(T::KIND.name(), id))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| self.stored(&row)).transpose()
    }

    /// The records that have that key, the oldest first.
    ///
    /// # Errors
    /// [`RegistryFault`]; `Sealed` when one of them is not as it was written.
    pub async fn records_by_key<T: Kept>(
        &self,
        name: &str,
        value: &str,
    ) -> Result<Vec<Stored<T>>, RegistryFault> {
        let sql = format!(
            "{READ} WHERE record IN (SELECT record FROM record_keys WHERE digest = $1) \
             ORDER BY made_by, record"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(self.key_digest(T::KIND.name(), name, value))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| self.stored(row)).collect()
    }

    /// The records of `listing`, in the order in which they were made.
    ///
    /// # Errors
    /// [`RegistryFault`]; `Sealed` when one of them is not as it was written.
    pub async fn records<T: Kept>(
        &self,
        listing: &Listing<'_>,
    ) -> Result<Vec<Stored<T>>, RegistryFault> {
        let order = if listing.newest_first { "DESC" } else { "ASC" };
        let sql = format!(
            "{READ} WHERE {} ORDER BY made_by {order}, record LIMIT $4 OFFSET $5",
            condition_of(listing, 6)
        );
        let mut query: Query<'_, Any, AnyArguments> = sqlx::query(AssertSqlSafe(sql))
            .bind(T::KIND.name())
            .bind(listing.office.unwrap_or_default().to_owned())
            .bind(due_of(listing))
            .bind(i64::from(listing.limit))
            .bind(i64::from(listing.skip));
        for state in listing.states {
            query = query.bind((*state).to_owned());
        }
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| self.stored(row)).collect()
    }

    /// How many records there are of `listing`, whatever its `skip` and `limit`.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn count_records<T: Kept>(
        &self,
        listing: &Listing<'_>,
    ) -> Result<u64, RegistryFault> {
        let sql = format!("SELECT COUNT(*) FROM records WHERE {}", condition_of(listing, 4));
        let mut query: QueryScalar<'_, Any, i64, AnyArguments> =
            sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(T::KIND.name())
                .bind(listing.office.unwrap_or_default().to_owned())
                .bind(due_of(listing));
        for state in listing.states {
            query = query.bind((*state).to_owned());
        }
        let count = query.fetch_one(&self.pool).await?;
        u64::try_from(count).map_err(|_| RegistryFault::Malformed)
    }

    fn key_digest(&self, kind: &str, name: &str, value: &str) -> String {
        self.digest(&["record key", kind, name, value])
    }

    fn stored<T: Kept>(&self, row: &AnyRow) -> Result<Stored<T>, RegistryFault> {
        let record: String = row.try_get("record")?;
        let kind: String = row.try_get("kind")?;
        let state: String = row.try_get("state")?;
        let office: String = row.try_get("office")?;
        let keys: Option<String> = row.try_get("keys")?;
        let mut keys: Vec<String> =
            keys.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        keys.sort_unstable();
        let (version, made_by) = (row.try_get("version")?, row.try_get("made_by")?);
        let place = Place {
            record: &record,
            kind: &kind,
            version,
            state: &state,
            office: &office,
            due_at: row.try_get("due_at")?,
            made_by,
            keys,
        };
        let sealed: String = row.try_get("document")?;
        let sealed = from_base64url(&sealed).ok_or(RegistryFault::Malformed)?;
        let document = self.sealer.open(&place.octets()?, &sealed)?;
        let value: T = serde_json::from_slice(&document).map_err(|_| RegistryFault::Malformed)?;
        Ok(Stored { value, version, made_by })
    }
}

/// What the seal of a document is bound to.
#[derive(Serialize)]
struct Place<'a> {
    record: &'a str,
    kind: &'a str,
    version: i64,
    state: &'a str,
    office: &'a str,
    due_at: Option<i64>,
    made_by: i64,
    keys: Vec<String>,
}

impl Place<'_> {
    fn octets(&self) -> Result<Vec<u8>, RegistryFault> {
        serde_json::to_vec(self).map_err(|_| RegistryFault::Malformed)
    }
}

fn name_of(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

/// `$1` is the kind, `$2` the office, `$3` the moment; states are counted from `first`.
fn condition_of(listing: &Listing<'_>, first: usize) -> String {
    let mut condition =
        "kind = $1 AND (office = $2 OR $2 = '') AND ($3 = -1 OR due_at <= $3)".to_owned();
    if !listing.states.is_empty() {
        let places: Vec<String> =
            (first..).take(listing.states.len()).map(|at| format!("${at}")).collect();
        condition = format!("{condition} AND state IN ({})", places.join(", "));
    }
    condition
}

/// Before 1970 nothing is due: -1 asks for whatever is due at any time, or never.
fn due_of(listing: &Listing<'_>) -> i64 {
    listing.due_before.map_or(-1, |moment| moment.unix_millis().max(0))
}

/// The keys come with the record, in one statement: both are of one moment.
const READ: &str = "SELECT record, kind, version, state, office, due_at, made_by, document, \
     (SELECT string_agg(record_keys.digest || record_keys.exclusive, ' ') FROM record_keys \
     WHERE record_keys.record = records.record) AS keys FROM records";
