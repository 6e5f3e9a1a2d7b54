//! Cards behind `HAProxy` and nginx, which end TLS as the documentation shows (RFC 9440).

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};
use varco_sandbox::card::Card;
use varco_sandbox::{Federation, LoginOptions, Misbehaviour};

use crate::card_walk::{behind_a_proxy, through, walk};
use crate::fixture_proxy::{Kind, PROXY, Proxy, port};
use crate::tls_client::TlsClient;

const UNCHANGED: (&str, &str) = ("\n", "\n");

struct Site {
    federation: Federation,
    _proxy: Proxy,
    port: u16,
}

impl Site {
    async fn open(kind: Kind, change: (&str, &str)) -> Self {
        let port = port();
        let url = format!("https://localhost:{port}");
        let federation = behind_a_proxy(PROXY, Some(&url)).await;
        let behind = federation.ports().card;
        let proxy = Proxy::start(kind, (port, behind), federation.office(), change);
        Self { federation, _proxy: proxy, port }
    }

    fn card(&self, person: &str, misbehave: Option<Misbehaviour>) -> Card {
        let login = LoginOptions {
            upstream: "cns".to_owned(),
            person: Some(person.to_owned()),
            misbehave,
            ..LoginOptions::default()
        };
        self.federation.card_for(&login).unwrap()
    }

    /// Who is signed in, or the code on the page.
    async fn told(&self, card: Option<&Card>, headers: &[(&str, String)]) -> String {
        let reader = self.federation.reader(card, headers).unwrap();
        let walked = walk(&self.federation, reader).await;
        let entered = walked.status == 200;
        assert_eq!(entered, walked.code.is_empty(), "{walked:?}");
        assert_eq!(entered, !walked.given_name.is_empty(), "{walked:?}");
        if entered { walked.given_name } else { walked.code }
    }
}

fn octets(card: &Card) -> String {
    format!(":{}:", STANDARD.encode(&card.certificate))
}

#[tokio::test]
async fn a_real_proxy_hands_on_the_card_and_every_card_gets_its_own_answer() {
    for kind in [Kind::Haproxy, Kind::Nginx] {
        let site = Site::open(kind, UNCHANGED).await;
        let told = async |misbehave| site.told(Some(&site.card("ada", misbehave)), &[]).await;
        assert_eq!(told(None).await, "Ada", "{kind:?}");
        for (case, code) in [
            (Misbehaviour::SignatureCertificate, "1104"),
            (Misbehaviour::UnknownAuthority, "1106"),
            (Misbehaviour::Expired, "1108"),
            (Misbehaviour::NotYetValid, "1109"),
            (Misbehaviour::Revoked, "1112"),
        ] {
            assert_eq!(told(Some(case)).await, code, "{kind:?} {case}");
        }
        assert_eq!(site.told(None, &[]).await, "1101", "{kind:?}");
        site.federation.stop().await;
    }
}

#[tokio::test]
async fn what_a_client_sends_through_a_real_proxy_is_replaced_and_past_it_refused() {
    for kind in [Kind::Haproxy, Kind::Nginx] {
        let site = Site::open(kind, UNCHANGED).await;
        let (own, others) = (site.card("ada", None), site.card("chiara", None));
        let spoofed = |names: [&'static str; 3]| {
            let [certificate, chain, verdict] = names;
            [
                (certificate, octets(&others)),
                (certificate, octets(&others)),
                (chain, octets(&others)),
                (verdict, "SUCCESS".to_owned()),
            ]
        };
        for names in [
            ["Client-Cert", "Client-Cert-Chain", "X-SSL-Client-Verify"],
            ["cLIENT-cERT", "CLIENT-CERT-CHAIN", "x-ssl-client-verify"],
        ] {
            let headers = spoofed(names);
            assert_eq!(site.told(Some(&own), &headers).await, "Ada", "{kind:?}");
            assert_eq!(site.told(None, &headers).await, "1101", "{kind:?}");
        }
        // nginx drops names with a low line; HAProxy hands them on, and the broker refuses them.
        let disguised = spoofed(["Client_Cert", "Client_Cert_Chain", "X_SSL_Client_Verify"]);
        let (with, without) = if kind == Kind::Nginx { ("Ada", "1101") } else { ("1115", "1115") };
        assert_eq!(site.told(Some(&own), &disguised).await, with, "{kind:?}");
        assert_eq!(site.told(None, &disguised).await, without, "{kind:?}");
        // Straight to the listener, from an address that is no proxy's.
        let headers = spoofed(["Client-Cert", "Client-Cert-Chain", "X-SSL-Client-Verify"]);
        let told = through(&site.federation, &headers[1..]).await;
        assert_eq!(told, (403, "1115".to_owned()), "{kind:?}");
        site.federation.stop().await;
    }
}

#[tokio::test]
async fn a_real_proxy_resumes_no_session_and_serves_one_request_for_each_connection() {
    for kind in [Kind::Haproxy, Kind::Nginx] {
        let site = Site::open(kind, UNCHANGED).await;
        let address = SocketAddr::from(([127, 0, 0, 1], site.port));
        let pem = site.federation.office().server_pem().as_bytes();
        let trusted = CertificateDer::from_pem_slice(pem).unwrap();
        for version in [&TLS12, &TLS13] {
            let client = TlsClient::speaking(&trusted, None, &[version]);
            for _ in 0..3 {
                assert!(!client.resumes(address).await.unwrap(), "{kind:?} {version:?}");
            }
            let kept = client.open(address).await.unwrap();
            let (kept, status) = kept.get("/cns/enter?ticket=x").await.unwrap();
            assert_eq!(status, 403, "{kind:?} {version:?}: no journey");
            let again = kept.get("/cns/enter?ticket=x").await;
            assert!(again.is_err() || again.is_ok_and(|(_, status)| status == 0), "{kind:?}");
        }
        site.federation.stop().await;
    }
}

/// Sessions are kept all the same, because somebody copied a part of the example: they prove nothing.
#[tokio::test]
async fn a_session_that_a_real_proxy_resumes_is_no_card() {
    let kept = "ssl_session_cache off;\n  ssl_session_tickets off;";
    for (kind, change) in [
        (Kind::Haproxy, ("  tune.ssl.cachesize 0\n", "")),
        (Kind::Nginx, (kept, "ssl_session_cache shared:kept:1m;")),
    ] {
        let site = Site::open(kind, change).await;
        let reader = site.federation.reader(Some(&site.card("ada", None)), &[]).unwrap();
        let elsewhere = format!("https://localhost:{}/", site.port);
        assert_eq!(reader.get(elsewhere).send().await.unwrap().status(), 404);
        let walked = walk(&site.federation, reader).await;
        assert_eq!((walked.status, &*walked.code), (403, "1115"), "{kind:?}");
        site.federation.stop().await;
    }
}

/// What nginx calls a certificate in a header is not RFC 9440, and nobody takes it for one.
#[tokio::test]
async fn the_escaped_certificate_of_nginx_is_refused() {
    let change = ("Client-Cert $cns_certificate", "Client-Cert $ssl_client_escaped_cert");
    let site = Site::open(Kind::Nginx, change).await;
    assert_eq!(site.told(Some(&site.card("ada", None)), &[]).await, "1115");
    site.federation.stop().await;
}
