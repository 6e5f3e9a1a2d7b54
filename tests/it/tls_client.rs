//! Clients that speak TLS: a whole one with a certificate, and one that only says hello in old words.
//!
//! Not a browser: no names are checked beyond the server's own certificate.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::provider_world::Reply;

/// A certificate with its key.
pub(crate) struct Held {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: KeyPair,
}

impl Held {
    /// Signed by itself, for these names.
    pub(crate) fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params(change).self_signed(&key).unwrap();
        Self { chain: vec![certificate.der().clone()], key }
    }

    /// Another certificate of the same key, signed by itself.
    pub(crate) fn renewed(&self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::try_from(self.key.serialize_der()).unwrap();
        let certificate = params(change).self_signed(&key).unwrap();
        Self { chain: vec![certificate.der().clone()], key }
    }

    /// Its public key as a JWK.
    pub(crate) fn jwk(&self) -> serde_json::Value {
        use base64::Engine as _;
        let encode = |octets| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(octets);
        let (x, y) = self.key.public_key_raw()[1..].split_at(32);
        serde_json::json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)})
    }

    /// As RFC 9440 writes it.
    pub(crate) fn header(&self) -> String {
        use base64::Engine as _;
        format!(":{}:", base64::engine::general_purpose::STANDARD.encode(&self.chain[0]))
    }

    /// The chain in PEM.
    pub(crate) fn pem(&self) -> String {
        use varco::crypto::certificate::Pem;
        self.chain.iter().map(|der| Pem::Certificate.write(der).to_string()).collect()
    }
}

/// Somebody who issues certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = params(|params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, name);
        });
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Held {
        let key = KeyPair::generate().unwrap();
        let certificate = params(change).signed_by(&key, &self.issuer).unwrap();
        Held { chain: vec![certificate.der().clone()], key }
    }
}

/// Valid around the scripted clock and the real one.
fn params(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2090, 1, 1);
    change(&mut params);
    params
}

/// A client that trusts one server and may hold a certificate.
pub(crate) struct TlsClient {
    config: Arc<ClientConfig>,
}

impl TlsClient {
    pub(crate) fn new(server: &CertificateDer<'static>, held: Option<&Held>) -> Self {
        Self::speaking(server, held, rustls::ALL_VERSIONS)
    }

    pub(crate) fn speaking(
        server: &CertificateDer<'static>,
        held: Option<&Held>,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(server.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        let config = match held {
            None => builder.with_no_client_auth(),
            Some(held) => {
                let key = PrivateKeyDer::try_from(held.key.serialize_der()).unwrap();
                builder.with_client_auth_cert(held.chain.clone(), key).unwrap()
            }
        };
        Self { config: Arc::new(config) }
    }

    /// The same, with a key that need not be the certificate's.
    pub(crate) fn unchecked(
        server: &CertificateDer<'static>,
        held: &Held,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Self {
        let mut config = ClientConfig::clone(&Self::speaking(server, None, versions).config);
        let key = PrivateKeyDer::try_from(held.key.serialize_der()).unwrap();
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        let certified = rustls::sign::CertifiedKey::new(held.chain.clone(), key);
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(certified));
        Self { config: Arc::new(config) }
    }

    /// One request on a connection of its own; an error when the handshake fails.
    pub(crate) async fn send(
        &self,
        address: SocketAddr,
        head: &str,
        body: &str,
    ) -> std::io::Result<Reply> {
        let config = self.config.clone();
        let length = body.len();
        let text = format!(
            "{head}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        blocking(move || {
            let mut stream = connected(&config, address)?;
            stream.write_all(text.as_bytes())?;
            let mut answer = Vec::new();
            if let Err(fault) = stream.read_to_end(&mut answer)
                && answer.is_empty()
            {
                return Err(fault);
            }
            Ok(Reply::parse(&String::from_utf8(answer).unwrap()))
        })
        .await
    }

    /// The server's certificate, as the handshake shows it now.
    pub(crate) async fn shown(&self, address: SocketAddr) -> std::io::Result<Vec<u8>> {
        let config = self.config.clone();
        blocking(move || {
            let stream = connected(&config, address)?;
            Ok(stream.conn.peer_certificates().unwrap()[0].to_vec())
        })
        .await
    }

    /// Whether the next handshake resumes an earlier session.
    pub(crate) async fn resumes(&self, address: SocketAddr) -> std::io::Result<bool> {
        let config = self.config.clone();
        blocking(move || {
            let kind = connected(&config, address)?.conn.handshake_kind();
            Ok(kind == Some(rustls::HandshakeKind::Resumed))
        })
        .await
    }

    /// A connection that stays open; `ask` sends one more request on it.
    pub(crate) async fn open(&self, address: SocketAddr) -> std::io::Result<Kept> {
        let config = self.config.clone();
        blocking(move || connected(&config, address).map(|stream| Kept(Box::new(stream)))).await
    }
}

/// An open connection.
pub(crate) struct Kept(Box<StreamOwned<ClientConnection, TcpStream>>);

impl Kept {
    /// The status of a GET.
    pub(crate) async fn get(mut self, path: &str) -> std::io::Result<(Self, u16)> {
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        blocking(move || {
            self.0.write_all(text.as_bytes())?;
            let mut answer = [0; 4096];
            let read = self.0.read(&mut answer)?;
            let line = String::from_utf8_lossy(&answer[..read]).into_owned();
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            Ok((self, status.unwrap_or_default()))
        })
        .await
    }
}

fn connected(
    config: &Arc<ClientConfig>,
    address: SocketAddr,
) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(config.clone(), name).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, open(address)?);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(socket)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// What a server answers to a hello of `version` that offers `suites`: the number of its alert, or
/// `None` when it goes on.
pub(crate) async fn hello(address: SocketAddr, version: u16, suites: &[u16]) -> Option<u8> {
    let message = client_hello(version, suites);
    blocking(move || {
        let mut socket = open(address)?;
        socket.write_all(&message)?;
        let mut header = [0; 7];
        socket.read_exact(&mut header)?;
        // A record of alerts (21), two octets: level and number.
        Ok((header[0] == 21).then_some(header[6]))
    })
    .await
    .unwrap()
}

/// A connection that said hello and says nothing more: the server waits for the rest of the handshake.
pub(crate) fn half_open(address: SocketAddr) -> TcpStream {
    let mut socket = open(address).unwrap();
    socket.write_all(&client_hello(0x0303, &[0xC02B, 0xC02F])).unwrap();
    socket
}

/// RFC 5246, section 7.4.1.2, with the curves and algorithms that every server knows.
fn client_hello(version: u16, suites: &[u16]) -> Vec<u8> {
    let vector = |octets: Vec<u8>| {
        [u16::try_from(octets.len()).unwrap().to_be_bytes().to_vec(), octets].concat()
    };
    let numbers = |numbers: &[u16]| vector(numbers.iter().flat_map(|n| n.to_be_bytes()).collect());
    let extension = |kind: u16, body: Vec<u8>| [kind.to_be_bytes().to_vec(), vector(body)].concat();
    let extensions = vector(
        [
            extension(10, numbers(&[0x1d, 0x17])),
            extension(11, vec![1, 0]),
            // ECDSA and RSA with SHA-256.
            extension(13, numbers(&[0x0403, 0x0804, 0x0401])),
            // Extended master secret.
            extension(23, Vec::new()),
        ]
        .concat(),
    );
    let hello = [
        version.to_be_bytes().to_vec(),
        vec![7; 32],
        vec![0],
        numbers(suites),
        vec![1, 0],
        extensions,
    ]
    .concat();
    let length = u32::try_from(hello.len()).unwrap().to_be_bytes();
    let message = [vec![1], length[1..].to_vec(), hello].concat();
    [vec![22, 3, 1], vector(message)].concat()
}
