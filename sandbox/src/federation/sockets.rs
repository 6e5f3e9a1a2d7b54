//! Where everything of a sandbox listens.
//!
//! Not the servers.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

use varco::effects::Effects;

use crate::error::{Doing as _, SandboxError};
use crate::folder::Ports;
use crate::saml::PROVIDERS;

/// The sockets of providers and portals; the broker opens its own.
pub(super) struct Sockets {
    pub(super) ports: Ports,
    pub(super) portals: Vec<TcpListener>,
    pub(super) providers: Vec<TcpListener>,
    pub(super) office: TcpListener,
    pub(super) federation: TcpListener,
}

impl Sockets {
    pub(super) fn open(wanted: Option<Ports>) -> Result<Self, SandboxError> {
        let bind = |port: u16| {
            TcpListener::bind(("127.0.0.1", port)).doing(&format!("listen on port {port}"))
        };
        let port_of = |socket: &TcpListener| {
            socket.local_addr().map(|address| address.port()).doing("listen")
        };
        let zero = Ports {
            broker: 0,
            operations: 0,
            portals: [0; 3],
            providers: [0; PROVIDERS],
            card: 0,
            office: 0,
            federation: 0,
        };
        let mut ports = wanted.unwrap_or(zero);
        let portals: Vec<_> = ports.portals.into_iter().map(bind).collect::<Result<_, _>>()?;
        let providers: Vec<_> = ports.providers.into_iter().map(bind).collect::<Result<_, _>>()?;
        for (port, socket) in ports.portals.iter_mut().zip(&portals) {
            *port = port_of(socket)?;
        }
        for (port, socket) in ports.providers.iter_mut().zip(&providers) {
            *port = port_of(socket)?;
        }
        let office = bind(ports.office)?;
        ports.office = port_of(&office)?;
        let federation = bind(ports.federation)?;
        ports.federation = port_of(&federation)?;
        // The broker opens these itself: they are only looked for here, all before any closes.
        let (broker, operations, card) = if wanted.is_some() {
            (bind(ports.broker)?, bind(ports.operations)?, bind(ports.card)?)
        } else {
            (quiet_port()?, quiet_port()?, quiet_port()?)
        };
        (ports.broker, ports.operations) = (port_of(&broker)?, port_of(&operations)?);
        ports.card = port_of(&card)?;
        Ok(Self { ports, portals, providers, office, federation })
    }
}

/// A free port that no connection is given by chance: below those of which the system picks (32768 and
/// up on Linux), since it is open to everybody until the broker has it. Nobody in this process is given
/// it again: a broker may be started there once more.
///
/// # Errors
/// When no port is free.
pub fn quiet_port() -> Result<TcpListener, SandboxError> {
    let fx = Effects::real();
    let any = || {
        let mut octets = [0; 2];
        fx.fill(&mut octets);
        let port = 16_384 + u16::from_be_bytes(octets) % 16_384;
        let new = GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port);
        let taken = || std::io::Error::from(std::io::ErrorKind::AddrInUse);
        if new { TcpListener::bind(("127.0.0.1", port)) } else { Err(taken()) }
    };
    (0..64).find_map(|_| any().ok()).map_or_else(any, Ok).doing("listen on a free port")
}

/// The ports that were given to somebody.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
