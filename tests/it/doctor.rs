//! `varco doctor` and what stands beside the configuration: data files, and sources of roles of every kind.

use std::fs;
use std::process::Command;

use varco_sandbox::FederationOptions;
use varco_sandbox::federation::Prepared;

use crate::entitlements::{JSON, http, server};

/// What the program says, whether all is well or not.
async fn doctor(prepared: &Prepared) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command.arg("doctor").arg("--config").arg(prepared.folder.configuration());
    // The servers of the test go on meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// The line about that check, and its remedy.
fn line<'a>(told: &'a str, name: &str) -> (&'a str, &'a str) {
    let mut lines = told.lines();
    let line = lines.find(|line| line.get(6..).is_some_and(|rest| rest.starts_with(name)));
    let line = line.unwrap_or_else(|| panic!("{name}: {told}"));
    let remedy = lines.take_while(|next| next.starts_with(' ')).find(|next| next.contains('→'));
    (line, remedy.unwrap_or_default())
}

/// A prepared world whose main file begins and ends with more.
async fn world(keys: &str, tables: &str) -> Prepared {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let main = prepared.folder.configuration();
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, format!("{keys}{text}\n{tables}")).unwrap();
    prepared
}

#[tokio::test]
async fn the_doctor_asks_every_source_of_roles_about_nobody() {
    let (answers, heard) = server(http(JSON, r#"{"roles": []}"#)).await;
    let (generous, _) = server(http(JSON, r#"{"roles": [{"role": "a"}]}"#)).await;
    let (silent, _) = server(Vec::new()).await;
    let (unknown, _) = server(http("404 Not Found", "{}")).await;
    let sql = |name: &str, query: &str| {
        format!(
            "[entitlement.{name}]\nkind = \"sql\"\ndatabase_file = \"roles.sqlite\"\n\
             query = \"{query}\"\n"
        )
    };
    let asked = |name: &str, port: u16| {
        format!(
            "[entitlement.{name}]\nkind = \"http\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             bearer_token = \"file:keys/pairwise\"\ntimeout_ms = 300\n"
        )
    };
    // Nobody listens at the port of discarded things.
    let tables = [
        sql("base", "SELECT 'a' AS role WHERE $1 = 'somebody'"),
        sql("no-table", "SELECT role FROM roles WHERE code = $1"),
        sql("everybody", "SELECT 'a' AS role WHERE $1 <> ''"),
        asked("answers", answers),
        asked("generous", generous),
        asked("silent", silent),
        asked("unknown", unknown),
        asked("away", 9),
    ];
    let prepared = world("", &tables.concat()).await;
    // An empty file is an empty database.
    fs::write(prepared.folder.path().join("roles.sqlite"), "").unwrap();
    let told = doctor(&prepared).await;
    for (source, found) in [
        ("durc", "a file: 4 people"),
        ("base", "answers within its time"),
        ("answers", "answers within its time"),
    ] {
        let (line, remedy) = line(&told, &format!("roles {source} "));
        assert!(line.starts_with("ok") && line.contains(found) && remedy.is_empty(), "{line}");
    }
    for (source, found) in [
        ("no-table", "refused the query"),
        ("everybody", "somebody who does not exist"),
        ("generous", "somebody who does not exist"),
        ("silent", "not complete"),
        ("unknown", "answered 404"),
        ("away", "no answer"),
    ] {
        let (line, remedy) = line(&told, &format!("roles {source} "));
        assert!(line.starts_with("FAIL") && line.contains(found), "{line}");
        assert!(!remedy.is_empty(), "{line}");
    }
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains(r#"{"fiscal_code":"XXXXXX00A01Z999O"}"#), "{heard:?}");
    assert!(!told.contains("XXXXXX00A01Z999O"), "not even the code of nobody is told: {told}");
    prepared.stop().await;
}

#[tokio::test]
async fn the_doctor_reads_calendar_announcements_and_countries_with_what_they_name() {
    let prepared = world("calendar = \"calendar.toml\"\ncountries = \"states.toml\"\n", "").await;
    let folder = prepared.folder.path().to_owned();
    let change = |party: &str| {
        format!(
            "[[change]]\nid = \"end\"\ninstruments = [\"cie\"]\nrelying_parties = [\"{party}\"]\n\
             hard_end = 2030-12-31\nsource = \"law\"\nreason.it = \"r\"\nlegal_ref = \"l\"\n"
        )
    };
    let state = "[[country]]\ncode = \"NO\"\nmember = \"eea\"\nfrom = 1994-01-01\n";
    fs::write(folder.join("calendar.toml"), change("inps")).unwrap();
    fs::write(folder.join("states.toml"), format!("{state}source = \"SEE\"\n")).unwrap();
    let told = doctor(&prepared).await;
    for (name, found) in [
        ("calendar ", "calendar.toml: 1 changes"),
        ("announcements ", "announcements, 1 retired addresses"),
        ("countries ", "states.toml: 1 states"),
    ] {
        let (line, remedy) = line(&told, name);
        assert!(line.starts_with("ok") && line.contains(found) && remedy.is_empty(), "{line}");
    }
    fs::write(folder.join("calendar.toml"), change("imps")).unwrap();
    let announced = "[[announcement]]\nid = \"a\"\nfrom = 2021-09-01\nservices = [\"imps\"]\n\
                     title.it = \"t\"\nsummary.it = \"s\"\ntext.it = \"t\"\n";
    fs::write(folder.join("announcements.toml"), announced).unwrap();
    let told = doctor(&prepared).await;
    for (name, key) in
        [("calendar ", "change[0].relying_parties"), ("announcements ", "announcement[0].services")]
    {
        let (line, remedy) = line(&told, name);
        assert!(line.starts_with("FAIL") && line.contains(key), "{line}");
        assert!(remedy.contains("varco check"), "{remedy}");
    }
    // A date without its source is a mistake of the configuration: nothing starts with it.
    fs::write(folder.join("states.toml"), state).unwrap();
    let told = doctor(&prepared).await;
    let (line, _) = line(&told, "configuration");
    assert!(line.starts_with("FAIL") && line.contains("country[0].source"), "{line}");
    prepared.stop().await;
}
