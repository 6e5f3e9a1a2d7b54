//! Where a card is shown: one address, on a listener of its own that asks for a certificate.
//!
//! Not a judgement: the upstream judges what was shown, and `continue` at the issuer's own address tells
//! the person. What was shown comes from the handshake, or from a proxy that ended TLS in our place (RFC
//! 9440) — never from both, and from nobody else.

mod shares;

use std::any::Any;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::http::header::{self, HeaderMap};
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

pub use shares::{Share, Shares};

use super::{Visit, Web, assets, reply};
use crate::login::Received;
use crate::terms::{TrustedProxies, byte_sequence};
use crate::upstream::settings::CNS_ENTER;
use crate::upstream::{Inbound, Shown};

/// How a certificate comes to this listener.
#[derive(Clone, Debug)]
pub enum CardDoor {
    /// In the handshake with us. No header counts.
    Handshake,
    /// In the headers of a proxy that ended TLS.
    Proxy {
        /// Whose headers count.
        proxies: TrustedProxies,
        /// The header in which the proxy says how its handshake went, in lower case. Only `SUCCESS`
        /// lets a certificate count.
        verdict: String,
    },
}

/// What the peer showed in the handshake.
#[derive(Clone)]
struct Handshake(Shown);

/// For `HttpServer::on_connect`: keeps what was shown for the request of the connection.
pub fn keep_card(io: &dyn Any, connection: &mut Extensions) {
    let Some(stream) = io.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let (_, tls) = stream.get_ref();
    let shown = match tls.peer_certificates().and_then(<[_]>::split_first) {
        None => Shown::Nothing,
        Some((own, others)) => Shown::Certificate { own: own.to_vec(), others: others.len() },
    };
    connection.insert(Handshake(shown));
}

/// Mounts the address, and the files of the pages that may stand there.
pub(super) fn configure(routes: &mut ServiceConfig, door: CardDoor) {
    routes.app_data(Data::new(door)).service(
        web::resource(CNS_ENTER)
            .route(web::get().to(enter))
            .default_service(web::to(reply::method_not_allowed)),
    );
    assets::configure(routes);
    routes.default_service(web::to(reply::not_found));
}

async fn enter(web: Data<Web>, door: Data<CardDoor>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let inbound = Inbound {
        path: request.path().to_owned(),
        posted: false,
        parameters: visit.query().to_vec(),
        shown: door.shown(&request),
        from: None,
    };
    match web.broker.receive(inbound).await {
        Ok(Received::Continue(tx)) => {
            let issuer = url::Url::parse(&web.broker.settings.issuer);
            let origin = issuer.map(|url| url.origin().ascii_serialization()).unwrap_or_default();
            reply::see_other(&format!("{origin}/login/continue?tx={}", tx.reveal()))
        }
        Ok(Received::Onward(departure)) => reply::departure(&visit, departure).await,
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

impl CardDoor {
    fn shown(&self, request: &HttpRequest) -> Shown {
        match self {
            Self::Handshake => {
                // No handshake, no certificate.
                request.conn_data::<Handshake>().map_or(Shown::Nothing, |kept| kept.0.clone())
            }
            Self::Proxy { proxies, verdict } => {
                let is_proxy = request.peer_addr().is_some_and(|peer| proxies.contain(peer.ip()));
                if is_proxy {
                    forwarded(request.headers(), verdict)
                } else {
                    Shown::Refused("the peer is not a trusted proxy")
                }
            }
        }
    }
}

/// What a proxy of ours says. It must say how the handshake went, and everything once.
fn forwarded(headers: &HeaderMap, verdict: &str) -> Shown {
    // A name that some software between us reads as the same, or a demand to drop it on the way.
    let disguised = headers.keys().any(|name| {
        let plain = name.as_str().replace('_', "-");
        plain != name.as_str() && (plain == CERTIFICATE || plain == CHAIN || plain == verdict)
    });
    let dropped = headers.get_all(header::CONNECTION).any(|value| {
        let named = value.to_str().unwrap_or(CERTIFICATE).to_ascii_lowercase();
        named.split(',').any(|one| {
            let one = one.trim();
            one == CERTIFICATE || one == CHAIN || one == verdict
        })
    });
    if disguised || dropped {
        return Shown::Refused("a header stands for another one of the same meaning");
    }
    let Ok(said) = single(headers, verdict) else {
        return Shown::Refused("the proxy says more than once how the handshake went");
    };
    let Ok(certificate) = single(headers, CERTIFICATE) else {
        return Shown::Refused("the proxy names more than one certificate");
    };
    match (said, certificate) {
        (None, _) => Shown::Refused("the proxy does not say how the handshake went"),
        (Some(b"SUCCESS"), Some(value)) => match byte_sequence(value, LONGEST) {
            Some(own) => Shown::Certificate { own, others: others(headers) },
            None => Shown::Refused("Client-Cert is not one byte sequence"),
        },
        (Some(b"NONE"), None) => Shown::Nothing,
        _ => Shown::Refused("the handshake with the proxy did not succeed"),
    }
}

/// The one value of a header, or none; `Err` when there are several.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h [u8]>, ()> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(()),
        (value, None) => Ok(value.map(header::HeaderValue::as_bytes)),
    }
}

/// How many certificates came along: counted, not read.
fn others(headers: &HeaderMap) -> usize {
    let lines = headers.get_all(CHAIN).map(header::HeaderValue::as_bytes);
    lines.map(|line| line.split(|octet| *octet == b',').count()).sum()
}

/// RFC 9440, section 2.2.
const CERTIFICATE: &str = "client-cert";
/// RFC 9440, section 2.3.
const CHAIN: &str = "client-cert-chain";
/// Characters of the longest value that is read.
const LONGEST: usize = 24 * 1024;

#[cfg(test)]
mod tests;
