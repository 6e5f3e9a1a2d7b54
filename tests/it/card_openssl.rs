//! Cards, lists and answers that OpenSSL made: whole logins, over real TLS.

use std::path::Path;
use std::process::Command;

use varco::crypto::certificate::Pem;
use varco_sandbox::card::Card;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions};

use crate::card_walk::{changed, walk};
use crate::fixture_openssl::OpensslAuthority;

/// An authority with three cards, of which one was revoked and one is on hold.
fn office() -> (OpensslAuthority, [Card; 3]) {
    let authority = OpensslAuthority::new();
    let cards = ["good", "stolen", "held"].map(|name| {
        authority.issue(name, "card", "SMPDAA80E54H501P/7430000000000001.b3BlbnNzbA==")
    });
    authority.revoke("stolen", "keyCompromise");
    authority.revoke("held", "certificateHold");
    (authority, cards)
}

/// How it is known that a card was revoked: where the responder is, and in which mode.
enum Known<'a> {
    List,
    Responder(u16),
    Both(u16, &'a str),
}

/// A federation that lists this authority alone.
async fn trusting(authority: &OpensslAuthority, known: Known<'_>) -> Federation {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let toml = |path: &Path| path.to_str().unwrap().to_owned();
    let list = toml(&authority.path("list.pem"));
    let (lists, ocsp) = match known {
        Known::List => (Some(list), None),
        Known::Responder(port) => (None, Some((port, "require"))),
        Known::Both(port, mode) => (Some(list), Some((port, mode))),
    };
    let lists = lists.map(|path| format!("crl_files = [\"{path}\"]")).unwrap_or_default();
    let ocsp = ocsp.map_or("mode = \"off\"".to_owned(), |(port, mode)| {
        format!("mode = \"{mode}\"\nurl = \"http://127.0.0.1:{port}/\"")
    });
    let office = format!("crl_urls = [\"{}/list.crl\"]", prepared.ports.office_address());
    let authorities = toml(&authority.path("authority.pem"));
    changed(
        prepared,
        &[
            ("metadata/cns/authorities.pem", &authorities),
            (&office, &lists),
            ("mode = \"prefer\"\nhosts = [\"localhost\"]", &ocsp),
        ],
    )
    .await
}

/// The code on the page for each card; empty for whoever came in.
async fn codes(federation: Federation, cards: &[Card]) -> Vec<String> {
    let mut codes = Vec::new();
    for card in cards {
        let walked = walk(&federation, federation.reader(Some(card), &[]).unwrap()).await;
        assert_eq!(walked.status == 200, walked.code.is_empty(), "{walked:?}");
        codes.push(walked.code);
    }
    federation.stop().await;
    codes
}

#[tokio::test]
async fn a_list_that_openssl_wrote_tells_who_may_enter() {
    let (authority, cards) = office();
    authority.list(&[]);
    let federation = trusting(&authority, Known::List).await;
    assert_eq!(codes(federation, &cards).await, ["", "1112", "1112"]);
    // Past its end it clears nobody: there is no use in showing a card.
    authority.list(&["-crl_lastupdate", "20250101000000Z", "-crl_nextupdate", "20250102000000Z"]);
    let federation = trusting(&authority, Known::List).await;
    assert_eq!(codes(federation, &cards).await, ["not offered"; 3]);
}

#[tokio::test]
async fn a_responder_of_openssl_is_heard_as_the_authority_or_with_a_certificate_of_its_own() {
    let (authority, cards) = office();
    authority.issue("marked", "marked_responder", "Risponditore");
    for signer in ["authority", "marked"] {
        let responder = authority.responder(signer);
        let federation = trusting(&authority, Known::Responder(responder.port)).await;
        assert_eq!(codes(federation, &cards).await, ["", "1112", "1112"], "{signer}");
    }
    // A card may sign for its holder, and for no authority.
    let responder = authority.responder("good");
    let federation = trusting(&authority, Known::Responder(responder.port)).await;
    assert_eq!(codes(federation, &cards).await, ["1113", "1113", "1113"]);
    drop(responder);
    let responder = authority.responder("marked");
    let port = responder.port;
    drop(responder);
    let federation = trusting(&authority, Known::Responder(port)).await;
    assert_eq!(codes(federation, &cards).await, ["1113", "1113", "1113"], "nobody answers");
}

#[tokio::test]
async fn a_responder_of_openssl_without_nocheck_counts_while_a_list_says_that_it_stands() {
    let (authority, cards) = office();
    authority.issue("plain", "responder", "Risponditore");
    let responder = authority.responder("plain");
    let federation = trusting(&authority, Known::Responder(responder.port)).await;
    assert_eq!(codes(federation, &cards).await, ["1113", "1112", "1112"], "nobody says so");
    authority.list(&[]);
    let federation = trusting(&authority, Known::Both(responder.port, "require")).await;
    assert_eq!(codes(federation, &cards).await, ["", "1112", "1112"]);
    authority.revoke("plain", "keyCompromise");
    authority.list(&[]);
    for (mode, good) in [("require", "1113"), ("prefer", "")] {
        let federation = trusting(&authority, Known::Both(responder.port, mode)).await;
        let told = codes(federation, &cards).await;
        assert_eq!(told, [good, "1112", "1112"], "{mode}: the list alone is left");
    }
}

#[tokio::test]
async fn a_sample_card_becomes_a_file_for_a_browser_by_the_command_that_is_documented() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let cards = federation.folder().path().join("cards");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("sandbox/README.md")).unwrap();
    let command = page.split("```sh\n").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let started = std::fs::read_to_string(root.join("sandbox/src/main.rs")).unwrap();
    assert!(started.contains(command), "the sandbox prints the same command when it starts");
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).current_dir(&cards).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(command);
    let opened = run("openssl pkcs12 -in ada.p12 -passin pass:cns -nodes");
    let kept = std::fs::read_to_string(cards.join("ada.pem")).unwrap();
    let certificate = |text: &str| Pem::Certificate.read(text).unwrap().to_vec();
    assert_eq!(certificate(&opened), certificate(&kept));
    assert!(opened.contains("PRIVATE KEY"));
    // What a browser would show with it.
    let card = Card {
        certificate: certificate(&opened),
        certificate_pem: Pem::Certificate.write(&certificate(&opened)).to_string(),
        key_pem: Pem::PrivateKey.write(&Pem::PrivateKey.read(&opened).unwrap()).to_string(),
    };
    let walked = walk(&federation, federation.reader(Some(&card), &[]).unwrap()).await;
    assert_eq!((walked.status, &*walked.given_name), (200, "Ada"));
    federation.stop().await;
}
