//! Many handshakes, halves of them, and huge ones, where cards are shown: nobody else waits for them.

use std::net::{SocketAddr, TcpStream};

use rcgen::KeyPair;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

use crate::card_walk::changed;
use crate::outcome::accepted;
use crate::tls_client::{Held, TlsClient, half_open};

const NO_JOURNEY: &str = "GET /cns/enter?ticket=x HTTP/1.1";

fn by(upstream: &str) -> LoginOptions {
    LoginOptions { upstream: upstream.to_owned(), ..LoginOptions::default() }
}

fn address(federation: &Federation) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], federation.ports().card))
}

/// A client that shows a good card, and sends so many certificates along.
fn reader(federation: &Federation, others: usize) -> TlsClient {
    let card = federation.card_for(&by("cns")).unwrap();
    let own = CertificateDer::from(card.certificate);
    let held =
        Held { chain: vec![own; others + 1], key: KeyPair::from_pem(&card.key_pem).unwrap() };
    let pem = federation.office().server_pem().as_bytes();
    TlsClient::new(&CertificateDer::from_pem_slice(pem).unwrap(), Some(&held))
}

#[tokio::test]
async fn people_sign_in_beside_handshakes_that_never_end() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let halves: Vec<TcpStream> = (0..100).map(|_| half_open(address(&federation))).collect();
    let silent: Vec<TcpStream> =
        (0..500).map(|_| TcpStream::connect(address(&federation)).unwrap()).collect();
    accepted(federation.login(&by("spid")).await.unwrap());
    drop((silent, halves));
    accepted(federation.login(&by("cns")).await.unwrap());
    federation.stop().await;
}

#[tokio::test]
async fn people_sign_in_beside_a_thousand_handshakes_with_certificates() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let address = address(&federation);
    let halves: Vec<TcpStream> = (0..100).map(|_| half_open(address)).collect();
    let flood: Vec<_> = (0..50)
        .map(|_| {
            let reader = reader(&federation, 0);
            tokio::spawn(async move {
                for _ in 0..20 {
                    let reply = reader.send(address, NO_JOURNEY, "").await.unwrap();
                    assert_eq!(reply.status, 403, "no journey");
                }
            })
        })
        .collect();
    for _ in 0..10 {
        accepted(federation.login(&by("spid")).await.unwrap());
    }
    for task in flood {
        task.await.unwrap();
    }
    drop(halves);
    accepted(federation.login(&by("cns")).await.unwrap());
    federation.stop().await;
}

#[tokio::test]
async fn a_handshake_of_a_megabyte_is_cut_and_one_of_a_hundred_certificates_is_one_answer() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let hundred = reader(&federation, 80);
    let reply = hundred.send(address(&federation), NO_JOURNEY, "").await.unwrap();
    assert_eq!(reply.status, 403);
    let huge = reader(&federation, 2000);
    for _ in 0..5 {
        assert!(huge.send(address(&federation), NO_JOURNEY, "").await.is_err());
    }
    accepted(federation.login(&by("cns")).await.unwrap());
    federation.stop().await;
}

#[tokio::test]
async fn no_more_connections_are_served_at_a_time_than_configuration_says() {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let few = ("[listen.cns]\n", "[listen.cns]\nconnections = 8\n");
    let federation = changed(prepared, &[few]).await;
    let address = address(&federation);
    let halves: Vec<TcpStream> = (0..12).map(|_| half_open(address)).collect();
    let reader = reader(&federation, 0);
    let next = tokio::spawn(async move { reader.send(address, NO_JOURNEY, "").await });
    accepted(federation.login(&by("spid")).await.unwrap());
    assert!(!next.is_finished(), "it waits");
    drop(halves);
    assert_eq!(next.await.unwrap().unwrap().status, 403);
    federation.stop().await;
}
