//! `varco registry backup` and `restore`, as an operator calls them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use varco_sandbox::people::Person;
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

use crate::outcome::accepted;

fn registry(configuration: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command.arg("registry").args(arguments).arg("--config").arg(configuration).output().unwrap()
}

#[tokio::test]
async fn a_running_broker_is_copied_and_moves_to_a_server() {
    let options = FederationOptions { matching: true, ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let login = LoginOptions {
        upstream: "eidas".to_owned(),
        portal: "inps".to_owned(),
        person: Some("greta".to_owned()),
        ..LoginOptions::default()
    };
    accepted(federation.login(&login.answering(Some("own")).unwrap()).await.unwrap());
    let (folder, here) = (federation.folder().path(), federation.folder().configuration());
    let copy = folder.join("copy.jsonl");
    let copy = copy.to_str().unwrap();
    let output = registry(&here, &["backup", copy]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(std::fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(copy).unwrap();
    let greta = Person::named("greta").unwrap();
    let values = ["spidCode", "familyName"].iter().filter_map(|name| greta.attribute(name));
    for value in values.map(str::to_owned).chain(greta.italian_code()) {
        assert!(!text.contains(&value));
    }
    let output = registry(&here, &["backup", copy]);
    assert!(!output.status.success(), "a copy that is there stays");
    assert_eq!(std::fs::read_to_string(copy).unwrap(), text);

    let server = super::server();
    server.sql("CREATE DATABASE moved");
    std::fs::write(folder.join("url"), server.url_of("moved")).unwrap();
    let moved = folder.join("moved.toml");
    let table = "\n[registry]\ndatabase_url = \"file:url\"\n";
    std::fs::write(&moved, std::fs::read_to_string(&here).unwrap() + table).unwrap();
    let output = registry(&moved, &["restore", copy]);
    assert!(output.status.success(), "{output:?}");
    let list = ["matches", "list"];
    let (listed, expected) = (registry(&moved, &list), registry(&here, &list));
    assert_eq!(String::from_utf8(listed.stdout), String::from_utf8(expected.stdout));
    let output = registry(&moved, &["restore", copy]);
    assert_eq!(output.status.code(), Some(1), "once");
    assert!(String::from_utf8(output.stderr).unwrap().contains("has records already"));
    assert_eq!(server.sql_of("moved", "SELECT count(*) FROM matches"), "1");
    federation.stop().await;
}
