//! Whole logins with a card, over real TLS, and behind a proxy that ends it.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};
use serde_json::Value;
use varco_sandbox::browser::Browser;
use varco_sandbox::card::Card;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Misbehaviour};

use crate::card_walk::{behind_a_proxy, through};
use crate::outcome::{accepted, refused};
use crate::tls_client::TlsClient;

fn by(upstream: &str) -> LoginOptions {
    LoginOptions { upstream: upstream.to_owned(), ..LoginOptions::default() }
}

async fn federation() -> Federation {
    Federation::start(&FederationOptions::default()).await.unwrap()
}

/// Lavoro takes logins up to level 3 again, Durc On Line takes what is taken by default.
#[tokio::test]
async fn a_login_with_a_card_is_reused_by_the_service_that_takes_such_logins_and_by_no_other() {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let path = prepared.folder.path().join("relying-parties/lavoro.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("session_reuse_level = 3\n{text}")).unwrap();
    let federation = Federation::of(prepared).await.unwrap();
    let by_card = |portal: &str| LoginOptions { portal: portal.to_owned(), ..by("cns") };
    let direct = accepted(federation.login(&by_card("lavoro")).await.unwrap());
    let mut browser = Browser::new(federation.http());
    let first = federation.login_with(&mut browser, &by_card("inps")).await.unwrap();
    assert_eq!(accepted(first).id_token["amr"], serde_json::json!(["mfa", "sc", "pin"]));

    let mut go = async |portal: &str| {
        let portal = federation.ports().portal(portal).unwrap();
        let home = browser.open(&portal).await.unwrap();
        let reached = browser.follow(&home, "/login?level=3").await.unwrap();
        let session = browser.open(&format!("{portal}/session.json")).await.unwrap();
        (reached.url.to_string() == format!("{portal}/"), session.body)
    };
    let (ended, told) = go("lavoro").await;
    assert!(ended, "no provider and no card is asked for again");
    let told: Value = serde_json::from_str(&told).unwrap();
    for claim in ["sub", "acr", "amr", "auth_method", "idp"] {
        assert_eq!(told["id_token"][claim], direct.id_token[claim], "{claim}");
    }
    assert!(!go("durc").await.0, "level 3 is not taken there");
    federation.stop().await;
}

#[tokio::test]
async fn a_card_that_may_not_enter_is_refused_with_its_code() {
    let federation = federation().await;
    for (case, code) in [
        (Misbehaviour::NoCertificate, "VARCO-1101"),
        (Misbehaviour::HeaderSpoofed, "VARCO-1101"),
        (Misbehaviour::SignatureCertificate, "VARCO-1104"),
        (Misbehaviour::UnknownAuthority, "VARCO-1106"),
        (Misbehaviour::Expired, "VARCO-1108"),
        (Misbehaviour::NotYetValid, "VARCO-1109"),
        (Misbehaviour::WrongPolicy, "VARCO-1111"),
        (Misbehaviour::Revoked, "VARCO-1112"),
        (Misbehaviour::Suspended, "VARCO-1112"),
        (Misbehaviour::Unnamed, "VARCO-1114"),
    ] {
        let login = LoginOptions { misbehave: Some(case), ..by("cns") };
        let told = refused(federation.login(&login).await.unwrap());
        assert_eq!(told.fault, code, "{case}");
    }
    federation.stop().await;
}

#[tokio::test]
async fn a_ticket_serves_once_and_only_the_browser_that_began() {
    let federation = federation().await;
    for (case, slug) in
        [(Misbehaviour::Replay, "response-replayed"), (Misbehaviour::OtherBrowser, "other-browser")]
    {
        let login = LoginOptions { misbehave: Some(case), ..by("cns") };
        assert_eq!(refused(federation.login(&login).await.unwrap()).slug, slug);
    }
    federation.stop().await;
}

/// TLS that trusts the broker's listener, and shows nothing.
fn client(
    federation: &Federation,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> TlsClient {
    let trusted =
        CertificateDer::from_pem_slice(federation.office().server_pem().as_bytes()).unwrap();
    TlsClient::speaking(&trusted, None, versions)
}

fn address(federation: &Federation) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], federation.ports().card))
}

#[tokio::test]
async fn the_listener_for_cards_forgets_and_serves_one_request_and_one_address() {
    let federation = federation().await;
    for version in [&TLS13, &TLS12] {
        let client = client(&federation, &[version]);
        for _ in 0..3 {
            assert!(!client.resumes(address(&federation)).await.unwrap(), "{version:?}");
        }
        let kept = client.open(address(&federation)).await.unwrap();
        let (kept, status) = kept.get("/cns/enter?ticket=x").await.unwrap();
        assert_eq!(status, 403, "no journey");
        let again = kept.get("/cns/enter?ticket=x").await;
        assert!(again.is_err() || again.is_ok_and(|(_, status)| status == 0), "{version:?}");
    }
    let client = client(&federation, &[&TLS13]);
    for path in ["/", "/authorize", "/token", "/login", "/jwks", "/saml/acs", "/metrics", "/cns"] {
        let reply = client.send(address(&federation), &format!("GET {path} HTTP/1.1"), "").await;
        assert_eq!(reply.unwrap().status, 404, "{path}");
    }
    // And nobody else serves that address.
    let issuer = federation.ports().issuer();
    let reply = federation.http().get(format!("{issuer}/cns/enter?ticket=x")).send().await.unwrap();
    assert_eq!(reply.status(), 404);
    federation.stop().await;
}

fn octets(card: &Card) -> String {
    format!(":{}:", STANDARD.encode(&card.certificate))
}

/// What is sent, the status of the answer, and the code on its page.
type Case<'a> = (&'a [(&'a str, String)], u16, &'a str);

#[tokio::test]
async fn a_proxys_word_counts_once_and_whole_and_its_certificate_is_judged_again() {
    let federation = behind_a_proxy("127.0.0.1", None).await;
    let good = octets(&federation.card_for(&by("cns")).unwrap());
    let lost = LoginOptions { misbehave: Some(Misbehaviour::Revoked), ..by("cns") };
    let lost = octets(&federation.card_for(&lost).unwrap());
    let verified = |said: &str| ("X-SSL-Client-Verify", said.to_owned());
    let shown = |value: &String| ("Client-Cert", value.clone());
    let cases: [Case<'_>; 8] = [
        (&[shown(&good), verified("SUCCESS")], 200, ""),
        (&[verified("NONE")], 403, "1101"),
        (&[shown(&lost), verified("SUCCESS")], 403, "1112"),
        (&[shown(&good)], 403, "1115"),
        (&[shown(&good), verified("FAILED:expired")], 403, "1115"),
        (&[shown(&good), verified("NONE")], 403, "1115"),
        (&[shown(&good), shown(&good), verified("SUCCESS")], 403, "1115"),
        (&[shown(&good), ("Client_Cert", good.clone()), verified("SUCCESS")], 403, "1115"),
    ];
    for (headers, status, code) in cases {
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        assert_eq!(through(&federation, headers).await, (status, code.to_owned()), "{names:?}");
    }
    federation.stop().await;
}

#[tokio::test]
async fn who_is_no_trusted_proxy_shows_nobodys_card() {
    let federation = behind_a_proxy("192.0.2.7", None).await;
    let good = octets(&federation.card_for(&by("cns")).unwrap());
    let headers = [("Client-Cert", good), ("X-SSL-Client-Verify", "SUCCESS".to_owned())];
    assert_eq!(through(&federation, &headers).await, (403, "1115".to_owned()));
    federation.stop().await;
}
