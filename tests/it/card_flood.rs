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

/// A federation in which one address may have so many connections where cards are shown.
async fn for_one_address(connections: usize) -> Federation {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let key = format!("[listen.cns]\nconnections_per_address = {connections}\n");
    changed(prepared, &[("[listen.cns]\n", &key)]).await
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
    let federation = for_one_address(512).await;
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
    let federation = for_one_address(512).await;
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

/// A connection from another address of this machine.
async fn from(own: [u8; 4], to: SocketAddr) -> tokio::net::TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((own, 0))).unwrap();
    socket.connect(to).await.unwrap()
}

#[tokio::test]
async fn one_address_that_fills_its_share_leaves_room_for_another() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let federation = for_one_address(8).await;
    let address = address(&federation);
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(from([127, 0, 0, 2], address).await);
    }
    // Every place but those of the share would be taken by now: each is ended at once.
    for _ in 0..600 {
        let mut beyond = from([127, 0, 0, 2], address).await;
        assert!(beyond.read_u8().await.is_err(), "nobody answers");
    }
    accepted(federation.login(&by("cns")).await.unwrap());
    let measured = federation.assembly().measurements().await;
    assert!(measured.contains("varco_card_connections_refused_total 600"), "{measured}");
    drop(held);
    // The share is given back as soon as the broker knows: whoever is served is told that this is no handshake.
    let mut told = None;
    for _ in 0..10_000 {
        let mut again = from([127, 0, 0, 2], address).await;
        let _ = again.write_all(b"GET / HTTP/1.1\r\n\r\n").await;
        told = again.read_u8().await.ok();
        if told.is_some() {
            break;
        }
    }
    assert_eq!(told, Some(21), "an alert of TLS");
    federation.stop().await;
}
