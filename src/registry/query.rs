//! One SELECT of the operator's against one database of the operator's: SQLite or PostgreSQL, read only.
//!
//! Not the registry: nothing here is ours, nothing is written, and no table is known. What a database
//! says when it refuses is not repeated: it may quote the value that was asked for.

use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Column as _, ColumnIndex, ConnectOptions as _, Decode, Row, Type};
use zeroize::Zeroizing;

use crate::effects::Effects;

/// Why there is no answer. Never a value that was asked for, or answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// No connection.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// It was reached and said no.
    #[error("the database refused the query: code {0}")]
    Refused(String),
    /// Not finished in time.
    #[error("the query was not finished after {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// More rows than anybody has roles.
    #[error("the query gave more than {0} rows for one person")]
    TooMany(usize),
    /// A column is not text.
    #[error("the column {0} is not text: cast it in the query")]
    NotText(String),
}

/// The rows of one answer: names of columns, and their values where there are any.
pub type Rows = Vec<Vec<(String, String)>>;

/// A query, and where it is asked.
pub struct Query {
    place: Place,
    sql: String,
    timeout: Duration,
    fx: Effects,
}

enum Place {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What is wrong with the address of a database; it is not repeated, for it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Another database, or none.
    #[error("is not the address of a PostgreSQL database")]
    Malformed,
    /// Fiscal codes would travel in the clear, or to whoever answers.
    #[error("leads to another machine without sslmode=verify-full")]
    Unprotected,
}

/// Where a PostgreSQL database is, and who we are there.
#[derive(Clone)]
pub struct PostgresAddress {
    text: Zeroizing<String>,
    options: PgConnectOptions,
}

impl PostgresAddress {
    /// `postgres://user:password@host/database?sslmode=verify-full`. Only this machine may be reached
    /// without TLS.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let known = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let options: PgConnectOptions = Some(text)
            .filter(|_| known)
            .and_then(|text| text.parse().ok())
            .ok_or(AddressFault::Malformed)?;
        let host = options.get_host();
        let own = options.get_socket().is_some()
            || host.starts_with('/')
            || matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]");
        if !own && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
            return Err(AddressFault::Unprotected);
        }
        Ok(Self { text: Zeroizing::new(text.to_owned()), options })
    }

    /// As it was written, with the password.
    pub(super) fn reveal(&self) -> &str {
        &self.text
    }
}

/// It holds a password.
impl std::fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresAddress")
    }
}

impl Query {
    /// `sql`, with the parameter `$1`, against the SQLite file; it is opened when it is first needed.
    #[must_use]
    pub fn of_sqlite(file: &Path, sql: String, timeout: Duration, fx: Effects) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .busy_timeout(timeout)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(timeout);
        Self { place: Place::Sqlite(pool.connect_lazy_with(options)), sql, timeout, fx }
    }

    /// The same against PostgreSQL, whose server ends a statement that takes too long, and takes no write.
    #[must_use]
    pub fn of_postgres(
        address: &PostgresAddress,
        sql: String,
        timeout: Duration,
        fx: Effects,
    ) -> Self {
        let limit = timeout.as_millis().to_string();
        let options = address
            .options
            .clone()
            .application_name("varco")
            .options([
                ("statement_timeout", limit.as_str()),
                ("default_transaction_read_only", "on"),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(timeout);
        Self { place: Place::Postgres(pool.connect_lazy_with(options)), sql, timeout, fx }
    }

    /// The rows for `value`.
    ///
    /// # Errors
    /// [`QueryFault`].
    pub async fn ask(&self, value: &str) -> Result<Rows, QueryFault> {
        let asked = async {
            match &self.place {
                Place::Sqlite(pool) => self.ask_sqlite(pool, value).await,
                Place::Postgres(pool) => {
                    let rows = sqlx::query(AssertSqlSafe(self.sql.clone())).bind(value).fetch(pool);
                    gather(rows).await
                }
            }
        };
        let answer = tokio::time::timeout(self.timeout, asked).await;
        answer.unwrap_or(Err(QueryFault::TooSlow(self.timeout)))
    }

    async fn ask_sqlite(&self, pool: &SqlitePool, value: &str) -> Result<Rows, QueryFault> {
        let mut connection = pool.acquire().await.map_err(|cause| fault_of(&cause))?;
        let (fx, deadline) = (self.fx.clone(), self.fx.monotonic().saturating_add(self.timeout));
        // Whoever waits gives up by the clock; the statement itself has to be told.
        connection
            .lock_handle()
            .await
            .map_err(|cause| fault_of(&cause))?
            .set_progress_handler(STEPS, move || fx.monotonic() < deadline);
        gather(sqlx::query(AssertSqlSafe(self.sql.clone())).bind(value).fetch(&mut *connection))
            .await
    }
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Query")
    }
}

/// Every row, up to [`MOST`].
async fn gather<R>(
    mut rows: Pin<Box<dyn Stream<Item = Result<R, sqlx::Error>> + Send + '_>>,
) -> Result<Rows, QueryFault>
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> Option<String>: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut gathered = Rows::new();
    while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
        if gathered.len() == MOST {
            return Err(QueryFault::TooMany(MOST));
        }
        gathered.push(fields(&row.map_err(|cause| fault_of(&cause))?)?);
    }
    Ok(gathered)
}

fn fields<R>(row: &R) -> Result<Vec<(String, String)>, QueryFault>
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> Option<String>: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut fields = Vec::new();
    for column in row.columns() {
        let name = column.name().to_owned();
        let value: Result<Option<String>, _> = row.try_get(column.ordinal());
        if let Some(value) = value.map_err(|_| QueryFault::NotText(name.clone()))? {
            fields.push((name, value));
        }
    }
    Ok(fields)
}

/// What happened, without the database's own words.
fn fault_of(cause: &sqlx::Error) -> QueryFault {
    match cause {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            QueryFault::Refused(code.into_owned())
        }
        sqlx::Error::Io(cause) => QueryFault::Unreachable(cause.kind().to_string()),
        sqlx::Error::Tls(_) => QueryFault::Unreachable("no TLS".to_owned()),
        sqlx::Error::PoolTimedOut => QueryFault::Unreachable("no connection in time".to_owned()),
        _ => QueryFault::Unreachable("the connection broke".to_owned()),
    }
}

/// Rows of the longest answer.
const MOST: usize = 200;
/// Logins that ask at the same time, on one node.
const CONNECTIONS: u32 = 8;
/// Virtual machine instructions of SQLite between two looks at the clock.
const STEPS: i32 = 10_000;

#[cfg(test)]
mod tests;
