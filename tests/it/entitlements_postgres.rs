//! The operator's SELECT against a real PostgreSQL: read only, bounded in time, and silent about values.

use std::time::Duration;

use varco::effects::Effects;
use varco::registry::{PostgresAddress, Query, QueryFault};

use crate::fixture_postgres::PostgresServer;

const CODE: &str = "RSSMRA80A01H501U";

fn query(server: &PostgresServer, sql: &str, timeout: Duration) -> Query {
    let address = PostgresAddress::parse(&server.url()).unwrap();
    Query::of_postgres(&address, sql.to_owned(), timeout, Effects::real())
}

#[tokio::test]
async fn roles_come_from_a_database_that_nothing_is_written_to_and_that_may_be_slow() {
    let server = PostgresServer::start();
    server.sql(
        "CREATE TABLE roles (code char(16), name text, until date); \
         INSERT INTO roles VALUES ('RSSMRA80A01H501U', 'Stazione appaltante', '2030-12-31'), \
         ('RSSMRA80A01H501U', NULL, NULL), ('LVLDAA85T50G702B', 'Altro', NULL)",
    );
    let minute = Duration::from_mins(1);
    let select = "SELECT name AS role, until::text AS valid_until FROM roles WHERE code = $1";
    let good = query(&server, select, minute);
    let row = [("role", "Stazione appaltante"), ("valid_until", "2030-12-31")];
    let row = row.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(good.ask(CODE).await.unwrap(), [row, Vec::new()]);
    assert!(good.ask("' OR '1'='1").await.unwrap().is_empty(), "a value, not SQL");

    let write = "WITH a AS (INSERT INTO roles VALUES ($1, 'x', NULL) RETURNING name) \
                 SELECT name AS role FROM a";
    let refused = query(&server, write, minute).ask(CODE).await;
    assert_eq!(refused, Err(QueryFault::Refused("25006".to_owned())));
    assert_eq!(server.sql("SELECT count(*) FROM roles"), "3", "nothing was written");

    let date = "SELECT until AS valid_until FROM roles WHERE code = $1";
    let untyped = query(&server, date, minute).ask(CODE).await;
    assert_eq!(untyped, Err(QueryFault::NotText("valid_until".to_owned())));
    // The server quotes the value in its refusal; nobody repeats that.
    let quoted = query(&server, "SELECT ($1::text::int)::text AS role", minute).ask(CODE).await;
    assert_eq!(quoted, Err(QueryFault::Refused("22P02".to_owned())));

    let sleeps = "SELECT CASE WHEN $1 = 'slow' THEN pg_sleep(60)::text ELSE 'fast' END AS role";
    let slow = query(&server, sleeps, Duration::from_millis(300));
    for _ in 0..10 {
        let answer = slow.ask("slow").await;
        // Our patience and the server's end at the same moment.
        assert!(
            matches!(&answer, Err(QueryFault::TooSlow(_)))
                || answer == Err(QueryFault::Refused("57014".to_owned())),
            "{answer:?}"
        );
    }
    let fast = slow.ask("fast").await.unwrap();
    assert_eq!(fast, [vec![("role".to_owned(), "fast".to_owned())]], "no connection is lost to it");

    let soon = query(&server, select, Duration::from_millis(500));
    drop(server);
    let gone = soon.ask(CODE).await.unwrap_err();
    assert!(!format!("{gone} {gone:?}").contains(CODE));
}
