//! Against a real SQLite file; `tests/it` asks a real PostgreSQL too.

use std::path::PathBuf;

use sqlx::Executor as _;

use super::*;

struct Database(PathBuf);

impl Database {
    async fn new(name: &str) -> Self {
        let file = std::env::temp_dir().join(format!("varco-query-{name}-{}", std::process::id()));
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        pool.execute("CREATE TABLE grants (code TEXT, role TEXT, level INTEGER)").await.unwrap();
        pool.execute("INSERT INTO grants VALUES ('A', 'one', 1), ('A', NULL, 2), ('B', 'x', 3)")
            .await
            .unwrap();
        pool.close().await;
        Self(file)
    }

    async fn ask(&self, sql: &str, value: &str) -> Result<Rows, QueryFault> {
        let timeout = Duration::from_secs(5);
        Query::of_sqlite(&self.0, sql.to_owned(), timeout, Effects::real()).ask(value).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

#[tokio::test]
async fn the_rows_of_one_value_come_by_the_names_of_their_columns() {
    let database = Database::new("rows").await;
    let sql = "SELECT role, 'c_' || level AS ipa_code FROM grants WHERE code = $1 AND $1 <> ''";
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        database.ask(sql, "A").await.unwrap(),
        [vec![field("role", "one"), field("ipa_code", "c_1")], vec![field("ipa_code", "c_2")]]
    );
    assert_eq!(database.ask(sql, "A' OR '1'='1").await.unwrap(), Rows::new(), "a value, not SQL");
}

#[tokio::test]
async fn nothing_is_written_and_what_is_no_text_or_no_answer_is_told_without_values() {
    let database = Database::new("refused").await;
    let write = "WITH a AS (SELECT $1) INSERT INTO grants SELECT 'Z', 'z', 1 FROM a";
    assert!(matches!(database.ask(write, "A").await, Err(QueryFault::Refused(_))));
    let rows = database.ask("SELECT role FROM grants WHERE code = 'Z' OR code = $1", "Z").await;
    assert_eq!(rows.unwrap(), Rows::new(), "nothing was written");
    let number = database.ask("SELECT level FROM grants WHERE code = $1", "A").await;
    assert_eq!(number, Err(QueryFault::NotText("level".to_owned())));
    let none = database.ask("SELECT role FROM no_such_table WHERE code = $1", "SECRET").await;
    assert!(!format!("{0} {0:?}", none.unwrap_err()).contains("SECRET"));
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                   SELECT 'r' || i AS role FROM n WHERE $1 <> ''";
    assert_eq!(database.ask(endless, "A").await, Err(QueryFault::TooMany(MOST)));
    let elsewhere = Query::of_sqlite(
        std::path::Path::new("/no/such/database"),
        "SELECT $1 AS role".to_owned(),
        Duration::from_secs(1),
        Effects::real(),
    );
    assert!(elsewhere.ask("A").await.is_err(), "none is made");
}

#[tokio::test]
async fn a_query_that_never_ends_is_given_up_and_the_next_one_is_answered() {
    let database = Database::new("slow").await;
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE $1 = 'slow') \
               SELECT 'r' || max(i) AS role FROM n";
    let timeout = Duration::from_millis(150);
    let query = Query::of_sqlite(&database.0, sql.to_owned(), timeout, Effects::real());
    for _ in 0..10 {
        let slow = query.ask("slow").await;
        // Our patience and the statement's own end at the same moment.
        assert!(matches!(slow, Err(QueryFault::TooSlow(_) | QueryFault::Refused(_))), "{slow:?}");
    }
    assert_eq!(query.ask("fast").await.unwrap().len(), 1, "no connection is lost to it");
}

#[test]
fn a_postgres_address_protects_what_leaves_this_machine_and_does_not_print() {
    for text in [
        "postgres://varco:word@localhost/roles",
        "postgresql://varco@127.0.0.1:5433/roles?sslmode=disable",
        "postgres:///roles?host=/run/postgresql",
        "postgres://varco:word@db.example/roles?sslmode=verify-full",
    ] {
        let address = PostgresAddress::parse(text).unwrap();
        assert_eq!(format!("{address:?}"), "PostgresAddress");
    }
    for text in [
        "postgres://varco:word@db.example/roles",
        "postgres://varco:word@db.example/roles?sslmode=require",
        "postgres://varco:word@10.0.0.7/roles?sslmode=disable",
    ] {
        assert_eq!(PostgresAddress::parse(text).unwrap_err(), AddressFault::Unprotected);
    }
    for text in ["", "mysql://localhost/roles", "localhost", "postgres://[/"] {
        assert_eq!(PostgresAddress::parse(text).unwrap_err(), AddressFault::Malformed, "{text}");
    }
}
