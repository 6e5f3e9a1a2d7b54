//! Listeners that speak TLS: what they speak, what they ask for, and how their certificate changes.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use rustls::server::danger::ClientCertVerifier;
use varco::crypto::tls::{Possession, ServerIdentity, ShownIdentity, asks_nobody, server};

use crate::tls_client::{Held, TlsClient, hello};

/// Ours, for localhost.
fn ours() -> Held {
    Held::self_signed(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("localhost".try_into().unwrap())];
    })
}

fn identity(held: &Held) -> ServerIdentity {
    ServerIdentity::read(held.pem().as_bytes(), held.key.serialize_pem().as_bytes()).unwrap()
}

struct Listening {
    address: SocketAddr,
    shown: Arc<ShownIdentity>,
    server: ServerHandle,
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Answers 204 to everything.
fn listen(held: &Held, verifier: Arc<dyn ClientCertVerifier>) -> Listening {
    let shown = Arc::new(ShownIdentity::new(identity(held)));
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let server = HttpServer::new(|| {
        App::new()
            .default_service(web::to(|_: HttpRequest| async { HttpResponse::NoContent().finish() }))
    })
    .workers(1)
    .disable_signals()
    .listen_rustls_0_23(socket, server(shown.clone(), verifier).unwrap())
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Listening { address, shown, server: handle }
}

const GET: &str = "GET / HTTP/1.1";

#[actix_web::test]
async fn both_versions_of_tls_are_spoken_and_no_older_one() {
    let held = ours();
    let listening = listen(&held, asks_nobody());
    for version in rustls::ALL_VERSIONS {
        let client = TlsClient::speaking(&held.chain[0], None, &[version]);
        assert_eq!(client.send(listening.address, GET, "").await.unwrap().status, 204);
    }
    // protocol_version (70) to SSL 3.0, TLS 1.0 and TLS 1.1; TLS 1.2 goes on.
    for version in [0x0300, 0x0301, 0x0302] {
        assert_eq!(hello(listening.address, version, &[0xc02b, 0xc009]).await, Some(70));
    }
    assert_eq!(hello(listening.address, 0x0303, &[0xc02b]).await, None);
}

#[actix_web::test]
async fn suites_that_bcp_195_does_not_recommend_are_refused() {
    let listening = listen(&ours(), asks_nobody());
    for suite in [
        0x0005, // RSA with RC4
        0x000a, // RSA with 3DES
        0x002f, // RSA with AES-CBC
        0x009c, // RSA with AES-GCM: no forward secrecy
        0x009e, // finite-field DHE
        0xc009, // ECDHE with AES-CBC
        0xc023, // ECDHE with AES-CBC and SHA-256
        0xcca9, // ECDHE with ChaCha20: for TLS 1.2 not in RFC 9325
    ] {
        // handshake_failure
        assert_eq!(hello(listening.address, 0x0303, &[suite]).await, Some(40), "{suite:#06x}");
    }
    for suite in [0xc02b, 0xc02c] {
        assert_eq!(hello(listening.address, 0x0303, &[suite]).await, None, "{suite:#06x}");
    }
}

#[actix_web::test]
async fn a_certificate_of_anybody_is_taken_if_its_key_signs_the_handshake() {
    let held = ours();
    let listening = listen(&held, Possession::verifier(false));
    let stranger = Held::self_signed(|_| {});
    let thief = Held { chain: stranger.chain.clone(), key: rcgen::KeyPair::generate().unwrap() };
    for version in rustls::ALL_VERSIONS {
        for (shown, expected) in [(None, true), (Some(&stranger), true)] {
            let client = TlsClient::speaking(&held.chain[0], shown, &[version]);
            assert_eq!(client.send(listening.address, GET, "").await.is_ok(), expected);
        }
        let client = TlsClient::unchecked(&held.chain[0], &thief, &[version]);
        assert!(client.send(listening.address, GET, "").await.is_err(), "{version:?}");
    }
}

#[actix_web::test]
async fn a_listener_that_requires_a_certificate_serves_nobody_without() {
    let held = ours();
    let listening = listen(&held, Possession::verifier(true));
    let stranger = Held::self_signed(|_| {});
    for version in rustls::ALL_VERSIONS {
        let client = TlsClient::speaking(&held.chain[0], None, &[version]);
        assert!(client.send(listening.address, GET, "").await.is_err());
        let client = TlsClient::speaking(&held.chain[0], Some(&stranger), &[version]);
        assert_eq!(client.send(listening.address, GET, "").await.unwrap().status, 204);
    }
}

#[actix_web::test]
async fn another_certificate_is_shown_from_the_next_handshake_on_and_connections_go_on() {
    let (first, second) = (ours(), ours());
    let listening = listen(&first, asks_nobody());
    let client = TlsClient::new(&first.chain[0], None);
    let (open, status) = client.open(listening.address).await.unwrap().get("/").await.unwrap();
    assert_eq!(status, 204);
    assert_eq!(client.shown(listening.address).await.unwrap(), first.chain[0].to_vec());

    listening.shown.replace(identity(&second));
    let renewed = TlsClient::new(&second.chain[0], None);
    assert_eq!(renewed.shown(listening.address).await.unwrap(), second.chain[0].to_vec());
    let (_open, status) = open.get("/again").await.unwrap();
    assert_eq!(status, 204);
}
