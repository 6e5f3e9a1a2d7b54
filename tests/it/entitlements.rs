//! Roles at Durc On Line, from a source to userinfo, by whole logins over HTTP.
//!
//! Not each connector alone: their own tests do that. Here a source fails in every way while a person
//! waits, and the person's instruments differ.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use varco::terms::Level;
use varco_sandbox::federation::Prepared;
use varco_sandbox::people::Person;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Misbehaviour};

use crate::outcome::{accepted, refused};

fn at_durc(person: &str) -> LoginOptions {
    LoginOptions {
        portal: "durc".to_owned(),
        person: Some(person.to_owned()),
        ..LoginOptions::default()
    }
}

/// A federation some of whose files were changed before the broker started.
async fn changed(changes: &[(&str, &str, &str)]) -> Federation {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    for (file, old, new) in changes {
        let path = prepared.folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{old}");
        std::fs::write(&path, text.replace(old, new)).unwrap();
    }
    Federation::of(prepared).await.unwrap()
}

/// R11: whoever signs in finds what they are entitled to, without asking for it.
#[tokio::test]
async fn r11_a_person_finds_their_roles_at_once_whatever_they_sign_in_with() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let mut told = Vec::new();
    for upstream in ["spid", "cie-saml"] {
        let login = LoginOptions { upstream: upstream.to_owned(), ..at_durc("ada") };
        told.push(accepted(federation.login(&login).await.unwrap()).userinfo);
    }
    let [spid, cie] = told.as_slice() else { panic!() };
    assert_eq!(spid["sub"], cie["sub"]);
    for userinfo in [spid, cie] {
        assert_eq!(userinfo["roles"], json!(["Stazione appaltante"]));
        let agency = json!({"ipa_code": "c_prova", "name": "Comune di Prova"});
        assert_eq!(userinfo["organization"], agency);
        let assignment = json!({"role": "Stazione appaltante", "organization": agency});
        assert_eq!(userinfo["role_assignments"], json!([assignment]));
    }
    // Another service has no source: it is told nothing, and the person is asked nothing.
    let elsewhere = LoginOptions { portal: "inps".to_owned(), ..at_durc("bruno") };
    let elsewhere = accepted(federation.login(&elsewhere).await.unwrap()).userinfo;
    // Nobody from another state is looked up: they have no fiscal code.
    let greta = LoginOptions { upstream: "eidas".to_owned(), ..at_durc("greta") };
    let greta = accepted(federation.login(&greta).await.unwrap()).userinfo;
    let measured = federation.assembly().measurements().await;
    federation.stop().await;
    for nothing in [elsewhere, greta] {
        assert!(nothing.get("roles").is_none() && nothing.get("organization").is_none());
    }
    let counted = "varco_entitlement_requests_total{outcome=\"found\",source=\"durc\"} 2";
    assert!(measured.contains(counted), "{measured}");
}

/// R10: sub-delegates need the same instruments as principals.
#[tokio::test]
async fn r10_a_sub_delegate_enters_with_what_a_principal_enters_with_and_with_nothing_else() {
    let file = "relying-parties/durc.toml";
    let federation = changed(&[
        (file, "minimum_level = 1", "minimum_level = 2"),
        (file, "\"spid\", \"cie-saml\", ", "\"spid\", "),
    ])
    .await;
    for (person, role) in [("ada", "Stazione appaltante"), ("chiara", "Sub-delegato")] {
        let told = accepted(federation.login(&at_durc(person)).await.unwrap()).userinfo;
        assert_eq!(told["roles"], json!([role]));
        let weaker = LoginOptions { misbehave: Some(Misbehaviour::LowerLevel), ..at_durc(person) };
        let weaker = refused(federation.login(&weaker).await.unwrap());
        assert_eq!(weaker.slug, "response-level-too-low", "{person}");
        let lower = LoginOptions { level: Level::L1, ..at_durc(person) };
        let lower = accepted(federation.login(&lower).await.unwrap());
        assert_eq!(lower.id_token["spid_level"], 2, "{person}: the service's minimum");
        // The other instrument is not offered to either.
        let card = LoginOptions { upstream: "cie-saml".to_owned(), ..at_durc(person) };
        assert!(federation.login(&card).await.is_err(), "{person}");
    }
    federation.stop().await;
}

#[tokio::test]
async fn who_has_two_roles_says_which_and_the_service_learns_of_that_one_alone() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let undecided = federation.login(&at_durc("bruno")).await.unwrap_err().to_string();
    // The circular's other word for it is put right.
    let right = "Amministrazione procedente";
    assert!(undecided.contains(right) && undecided.contains("Stazione appaltante"), "{undecided}");
    for (role, agency) in [("Stazione appaltante", "c_prova"), (right, "ente_prova")] {
        let login = LoginOptions { role: Some(role.to_owned()), ..at_durc("bruno") };
        let told = accepted(federation.login(&login).await.unwrap()).userinfo;
        assert_eq!(told["roles"], json!([role]));
        assert_eq!(told["organization"]["ipa_code"], agency);
        assert_eq!(told["role_assignments"].as_array().map(Vec::len), Some(1));
    }
    let login = LoginOptions { role: Some("none".to_owned()), ..at_durc("bruno") };
    let told = accepted(federation.login(&login).await.unwrap()).userinfo;
    federation.stop().await;
    assert!(told.get("roles").is_none() && told.get("role_assignments").is_none());
}

/// A server of roles that answers `answer`; what it heard.
pub(crate) async fn server(answer: Vec<u8>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut text = Vec::new();
            let mut octets = [0; 4096];
            // Head and body may come apart.
            while !text.ends_with(b"}") {
                match stream.read(&mut octets).await {
                    Ok(read) if read > 0 => text.extend_from_slice(&octets[..read]),
                    _ => break,
                }
            }
            notes.lock().unwrap().push(String::from_utf8_lossy(&text).into_owned());
            // The broker may have hung up; whoever says nothing keeps it waiting.
            let _ = stream.write_all(&answer).await;
            if answer.is_empty() {
                open.push(stream);
            }
        }
    });
    (port, heard)
}

pub(crate) fn http(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into()
}

/// Durc On Line with a server as its source.
async fn asking(port: u16, path: &str, more: &str) -> Federation {
    let source = format!(
        "kind = \"http\"\nurl = \"http://127.0.0.1:{port}{path}\"\n\
         bearer_token = \"file:keys/pairwise\"\ntimeout_ms = 300\n{more}"
    );
    changed(&[("varco.toml", "kind = \"file\"\nfile = \"roles.csv\"\n", &source)]).await
}

pub(crate) const JSON: &str = "200 OK\r\nContent-Type: application/json";

#[tokio::test]
async fn a_source_that_fails_in_any_way_gives_no_code_and_sends_nobody_elsewhere() {
    let roles = r#"{"roles": [{"role": "Stazione appaltante"}]}"#;
    let (other, elsewhere) = server(http(JSON, roles)).await;
    let code = Person::named("ada").unwrap().attribute("fiscalNumber").unwrap().to_owned();
    let code = code.trim_start_matches("TINIT-").to_owned();
    let moved = format!("307 Temporary Redirect\r\nLocation: http://127.0.0.1:{other}/{code}");
    let huge = format!("{{\"roles\": [], \"more\": \"{}\"}}", "x".repeat(300_000));
    for (what, answer) in [
        ("slow", Vec::new()),
        ("500", http("500 Internal Server Error\r\nContent-Type: application/json", roles)),
        ("huge", http(JSON, &huge)),
        ("type", http("200 OK\r\nContent-Type: text/html", roles)),
        ("redirect", http(&moved, roles)),
        ("json", http(JSON, r#"{"roles": [{"rule": 1}]}"#)),
        ("empty", http(JSON, "")),
        ("not http", b"\r\n\r\n".to_vec()),
    ] {
        let (port, heard) = server(answer).await;
        let federation = asking(port, "/roles", "").await;
        let page = refused(federation.login(&at_durc("ada")).await.unwrap());
        assert_eq!((page.slug.as_str(), page.status), ("entitlements-unavailable", 503), "{what}");
        let measured = federation.assembly().measurements().await;
        let codes = federation.assembly().broker.shelves.walk(varco::state::Shelf::Code).await;
        let kept =
            federation.assembly().broker.shelves.walk(varco::state::Shelf::Entitlement).await;
        federation.stop().await;
        assert_eq!((codes.unwrap(), kept.unwrap()), (0, 0), "{what}");
        assert!(
            measured
                .contains("varco_entitlement_requests_total{outcome=\"failed\",source=\"durc\"} 1")
        );
        assert!(!measured.contains(&code));
        let heard = heard.lock().unwrap().clone();
        let [question] = heard.as_slice() else { panic!("{what}: asked {} times", heard.len()) };
        let (head, body) = question.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /roles HTTP/1.1") && !head.contains(&code), "{head}");
        assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "fiscal_code": code }));
    }
    assert!(elsewhere.lock().unwrap().is_empty(), "nobody followed");
}

#[tokio::test]
async fn a_source_that_may_fail_lets_people_in_without_roles_and_a_good_one_is_asked_once_a_minute()
{
    let (port, _) = server(http("500 Internal Server Error", "")).await;
    let federation = asking(port, "/", "on_failure = \"without_roles\"\n").await;
    let told = accepted(federation.login(&at_durc("ada")).await.unwrap()).userinfo;
    federation.stop().await;
    assert!(told.get("roles").is_none());
    let roles = r#"{"roles": [{"role": "Stazione appaltante", "valid_until": "2999-12-31"},
        {"role": "Scaduto", "valid_until": "2020-12-31"}], "categories": ["intermediary"]}"#;
    let (port, heard) = server(http(JSON, roles)).await;
    let federation = asking(port, "/", "").await;
    for _ in 0..3 {
        let told = accepted(federation.login(&at_durc("ada")).await.unwrap()).userinfo;
        assert_eq!(
            told["roles"],
            json!(["Stazione appaltante"]),
            "a role that is over is not told"
        );
    }
    federation.stop().await;
    assert_eq!(heard.lock().unwrap().len(), 1);
}
