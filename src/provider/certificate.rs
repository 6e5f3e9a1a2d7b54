//! The certificate of the client behind a request: from the TLS connection, or from a proxy that ended
//! it (RFC 9440).
//!
//! Not a decision about a client: `oidc::client_certificate` compares. A header counts only if the peer
//! of the TCP connection is a proxy of ours; from everybody else it is as if it were not there.

use std::any::Any;
use std::sync::Arc;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;

use super::Provider;
use crate::crypto::authorities::Authorities;
use crate::fault::Fault;
use crate::oidc::ClientCertificate;
use crate::terms::{TrustedProxies, byte_sequence};

/// How certificates of clients arrive, and who vouches for them.
#[derive(Clone, Debug, Default)]
pub struct MutualTls {
    /// By which address relying parties reach the endpoints that ask for a certificate, without a
    /// trailing slash; `None`: the issuer's.
    pub url: Option<String>,
    /// Who may say in a header which certificate a client showed.
    pub proxies: TrustedProxies,
    /// Who issues to clients of `tls_client_auth`; `None`: that method is not served.
    pub authorities: Option<Authorities>,
}

/// What the peer of a connection showed in the handshake; only on the listener that asks for it.
#[derive(Clone)]
struct Handshake(Certificate);

/// `Err`: there is one that cannot be read.
type Certificate = Result<Option<Arc<ClientCertificate>>, ()>;

/// For `HttpServer::on_connect` of the listener that asks for certificates: keeps what was shown for
/// the requests of the connection.
pub fn keep_shown(io: &dyn Any, connection: &mut Extensions) {
    let Some(stream) = io.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let (_, tls) = stream.get_ref();
    let shown = match tls.peer_certificates().and_then(<[_]>::split_first) {
        None => Ok(None),
        Some((own, between)) => {
            let between = between.iter().map(|der| der.to_vec()).collect();
            ClientCertificate::read(own, between).map(|read| Some(Arc::new(read))).map_err(|_| ())
        }
    };
    connection.insert(Handshake(shown));
}

/// The certificate that the client showed, if it showed one.
///
/// # Errors
/// `invalid_request` when a proxy of ours says something malformed, or more than one thing; then the
/// request must go no further.
pub(super) fn of(request: &HttpRequest) -> Result<Option<Arc<ClientCertificate>>, Fault> {
    let shown = match request.conn_data::<Handshake>() {
        // On this listener the handshake alone counts, whoever the peer is.
        Some(Handshake(shown)) => shown.clone(),
        None => forwarded(request),
    };
    shown.map_err(|()| Fault::of_slug("client-certificate-malformed"))
}

/// What a proxy of ours says.
fn forwarded(request: &HttpRequest) -> Certificate {
    let mut values = request.headers().get_all(HEADER);
    let Some(value) = values.next() else { return Ok(None) };
    let settings = request.app_data::<Data<Provider>>().and_then(|provider| provider.mutual_tls());
    let believed = settings.zip(request.peer_addr());
    if !believed.is_some_and(|(settings, peer)| settings.proxies.contain(peer.ip())) {
        return Ok(None);
    }
    if values.next().is_some() {
        return Err(());
    }
    let der = byte_sequence(value.as_bytes(), LONGEST).ok_or(())?;
    ClientCertificate::read(&der, Vec::new()).map(|read| Some(Arc::new(read))).map_err(|_| ())
}

/// RFC 9440, section 2.2.
const HEADER: &str = "client-cert";
/// Octets of the longest value that is read.
const LONGEST: usize = 16 * 1024;
