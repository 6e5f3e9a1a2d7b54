//! One listener for each purpose: its socket, who we are there, and whom it asks for a certificate.
//!
//! Not what it answers: `router.rs` says that. A browser is never asked for a certificate, so what asks
//! for one is a listener of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::danger::ClientCertVerifier;

use super::StartFault;
use crate::config::{self, Listen};
use crate::crypto::tls::{self, Possession, ServerIdentity, ShownIdentity};
use crate::effects::Timestamp;
use crate::web::{CardDoor, Shares};

/// A taken address, and the TLS that is spoken there.
pub(super) struct Listener {
    /// The socket.
    pub(super) socket: TcpListener,
    /// `None`: a proxy ends TLS, or nobody from outside comes here.
    pub(super) tls: Option<ServerConfig>,
}

/// All of them; nothing is served before every address is taken.
pub(super) struct Listeners {
    /// Browsers and relying parties.
    pub(super) public: Listener,
    /// Relying parties that show a certificate.
    pub(super) mutual: Option<Listener>,
    /// People who show a card.
    pub(super) card: Option<CardListener>,
    /// Metrics and health.
    pub(super) operations: TcpListener,
}

/// Where cards are shown.
pub(super) struct CardListener {
    pub(super) listener: Listener,
    /// How a certificate comes there.
    pub(super) door: CardDoor,
    /// At most so many connections at a time.
    pub(super) connections: usize,
    /// How many of them one address may have.
    pub(super) shares: Shares,
}

impl CardListener {
    fn bind(card: &config::CardListener, identities: &Identities) -> Result<Self, StartFault> {
        let tls = identities.card.as_ref().map(|identity| {
            tls::server_without_memory(identity.clone(), Possession::verifier(false))
        });
        let tls = tls.transpose().map_err(|fault| StartFault::Part(format!("TLS: {fault}")))?;
        Ok(Self {
            listener: Listener { socket: bind(card.address)?, tls },
            door: card.door.clone(),
            connections: card.connections,
            shares: card.shares.clone(),
        })
    }
}

impl Listeners {
    /// Takes every address.
    pub(super) fn bind(listen: &Listen, identities: &Identities) -> Result<Self, StartFault> {
        let public = Listener::bind(listen.public, identities.public.as_ref(), tls::asks_nobody)?;
        let mutual = listen.mutual.as_ref().map(|mutual| {
            let verifier = || Possession::verifier(mutual.required);
            Listener::bind(mutual.address, identities.mutual.as_ref(), verifier)
        });
        let card = listen.card.as_ref().map(|card| CardListener::bind(card, identities));
        Ok(Self {
            public,
            mutual: mutual.transpose()?,
            card: card.transpose()?,
            operations: bind(listen.operations)?,
        })
    }
}

impl Listener {
    fn bind(
        address: SocketAddr,
        identity: Option<&Arc<ShownIdentity>>,
        verifier: impl FnOnce() -> Arc<dyn ClientCertVerifier>,
    ) -> Result<Self, StartFault> {
        let tls = identity.map(|identity| tls::server(identity.clone(), verifier()));
        let tls = tls.transpose().map_err(|fault| StartFault::Part(format!("TLS: {fault}")))?;
        Ok(Self { socket: bind(address)?, tls })
    }

    /// The address that was taken.
    pub(super) fn address(&self) -> Result<SocketAddr, StartFault> {
        self.socket.local_addr().map_err(StartFault::Listen)
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartFault> {
    TcpListener::bind(address).map_err(|cause| StartFault::Address { address, cause })
}

/// Who we are on each listener that speaks TLS.
#[derive(Debug, Default)]
pub struct Identities {
    public: Option<Arc<ShownIdentity>>,
    mutual: Option<Arc<ShownIdentity>>,
    card: Option<Arc<ShownIdentity>>,
}

impl Identities {
    /// As configured.
    pub(super) fn of(listen: &Listen) -> Self {
        let shown = |identity: &ServerIdentity| Arc::new(ShownIdentity::new(identity.clone()));
        Self {
            public: listen.tls.as_ref().map(shown),
            mutual: listen.mutual.as_ref().map(|mutual| shown(&mutual.identity)),
            card: listen.card.as_ref().and_then(|card| card.identity.as_ref()).map(shown),
        }
    }

    /// Shows from the next handshake on what is configured now. Connections go on; whether a listener
    /// speaks TLS at all does not change.
    pub(super) fn replace(&self, listen: &Listen) {
        if let (Some(shown), Some(identity)) = (&self.public, &listen.tls) {
            shown.replace(identity.clone());
        }
        if let (Some(shown), Some(mutual)) = (&self.mutual, &listen.mutual) {
            shown.replace(mutual.identity.clone());
        }
        let card = listen.card.as_ref().and_then(|card| card.identity.as_ref());
        if let (Some(shown), Some(identity)) = (&self.card, card) {
            shown.replace(identity.clone());
        }
    }

    /// When each certificate that is shown now ends to be valid.
    pub(super) fn ends(&self) -> impl Iterator<Item = (&'static str, Timestamp)> {
        let named = [
            ("listen.tls", &self.public),
            ("listen.mtls", &self.mutual),
            ("listen.cns", &self.card),
        ];
        named.into_iter().filter_map(|(name, shown)| Some((name, shown.as_ref()?.not_after())))
    }
}
