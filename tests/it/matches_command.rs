//! `varco registry matches`, as an operator calls it: what is shown of people who were matched, and how
//! a match is withdrawn.

use std::process::{Command, Output};

use varco_sandbox::people::Person;
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

use crate::outcome::accepted;

async fn federation(matching: bool) -> Federation {
    let options = FederationOptions { matching, ..FederationOptions::default() };
    Federation::start(&options).await.unwrap()
}

fn matches(federation: &Federation, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command.args(["registry", "matches"]).args(arguments);
    command.arg("--config").arg(federation.folder().configuration()).output().unwrap()
}

/// The lines of a list, by word.
fn list(federation: &Federation) -> Vec<Vec<String>> {
    let output = matches(federation, &["list"]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect();
    text.lines().map(words).collect()
}

async fn signs_in(federation: &Federation, person: &str, answer: Option<&str>) -> Option<String> {
    let login = LoginOptions {
        upstream: "eidas".to_owned(),
        portal: "inps".to_owned(),
        person: Some(person.to_owned()),
        ..LoginOptions::default()
    };
    let told = accepted(federation.login(&login.answering(answer).unwrap()).await.unwrap());
    told.userinfo["fiscal_number_match"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_match_is_listed_without_the_person_and_withdrawn_by_its_name() {
    let federation = federation(true).await;
    assert!(list(&federation).is_empty());
    assert_eq!(signs_in(&federation, "greta", Some("own")).await.as_deref(), Some("verified"));
    let shown = list(&federation);
    let [line] = shown.as_slice() else { panic!("{shown:?}") };
    let greta = Person::named("greta").unwrap();
    let values = ["spidCode", "name", "familyName", "dateOfBirth"];
    let values = values.iter().filter_map(|name| greta.attribute(name)).map(str::to_owned);
    for value in values.chain(greta.italian_code()) {
        assert!(line.iter().all(|word| !word.contains(&value)), "{line:?}");
    }
    let [name, since, how, by @ .., status] = line.as_slice() else { panic!("{line:?}") };
    assert!(
        name.len() >= 8 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    );
    assert!(since.ends_with('Z') && since.contains('T'), "{since}");
    assert_eq!((how.as_str(), status.as_str()), ("verified", "active"));
    assert_eq!(by.join(" "), "by Ufficio di prova");

    // A name that is nobody's, and none: nothing is withdrawn.
    for other in ["", "zzzzzzzzzzzz", "-zzzzzzzzzzz", "%", name.split_at(name.len() - 1).0] {
        let output = matches(&federation, &["withdraw", other]);
        assert_eq!(output.status.code(), Some(1), "{other}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("no match that holds"));
    }
    assert_eq!(list(&federation), shown, "nothing changed");

    let output = matches(&federation, &["withdraw", name]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{name}: withdrawn\n"));
    let again = matches(&federation, &["withdraw", name]);
    assert_eq!(again.status.code(), Some(1), "once");
    let withdrawn = list(&federation);
    assert_eq!(withdrawn.len(), 1, "it stays as history");
    assert_eq!(withdrawn[0][withdrawn[0].len() - 2], "withdrawn");
    // The running broker asks again, and the code is free.
    assert_eq!(signs_in(&federation, "greta", Some("none")).await.as_deref(), Some("none"));
    assert_eq!(signs_in(&federation, "greta", Some("own")).await.as_deref(), Some("verified"));
    let all = list(&federation);
    let active: Vec<_> =
        all.iter().filter(|line| line.last().is_some_and(|it| it == "active")).collect();
    assert_eq!((all.len(), active.len()), (2, 1));
    federation.stop().await;
}

#[tokio::test]
async fn without_the_table_nobody_is_matched_and_no_database_is_made() {
    let federation = federation(false).await;
    for arguments in [&["list"][..], &["withdraw", "a"]] {
        let output = matches(&federation, arguments);
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("add [matching]"), "{told}");
    }
    assert!(!federation.folder().path().join("registry.sqlite").exists());
    federation.stop().await;
}
