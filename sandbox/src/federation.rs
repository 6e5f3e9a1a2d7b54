//! A whole federation on this machine: broker, providers and portals, started and stopped together.
//!
//! Not the broker's assembly: `varco::app` does that from the configuration this writes.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use tokio::sync::OnceCell;
use varco::app::Assembly;
use varco::effects::Effects;

use crate::broker::RunningBroker;
use crate::card::office::{self, Office};
use crate::client::http_client;
use crate::error::{Doing as _, SandboxError};
use crate::folder::{Contents, Folder, Ports};
use crate::portal::server::PortalSite;
use crate::portal::{self, Credential, PORTALS, Portal};
use crate::saml::keys::SigningIdentity;
use crate::saml::kind::Kind;
use crate::saml::server::Site;
use crate::saml::{self, PROVIDERS, Provider, ProviderKeys};

/// What kind of federation.
#[derive(Clone, Debug)]
pub struct FederationOptions {
    /// Where everything listens; `None`: on free ports.
    pub ports: Option<Ports>,
    /// Where the files go; `None`: a temporary folder.
    pub folder: Option<PathBuf>,
    /// `memory`, or a Redis address.
    pub state: String,
    /// How `AuthnRequests` leave: `redirect` or `post`.
    pub binding: String,
    /// The kind of SPID identity that the portals are for (`spid:Purpose`); `None`: the ordinary ones.
    pub purpose: Option<String>,
    /// Whether people from other states choose theirs at the broker, and not at the eIDAS node.
    pub countries: bool,
    /// Whether people from other states are matched with their fiscal code: INPS offers it, Lavoro demands
    /// it, and an office's list is asked. First logins are recorded too, and INPS may ask for them.
    pub matching: bool,
    /// Whether there is a calendar, in which the Ministero del Lavoro accepts no card any more, and CIE for a
    /// month.
    pub calendar: bool,
    /// Whether the portals hear of logouts by back channel. The broker then remembers every login of
    /// theirs, those above level 1 too.
    pub back_channel: bool,
    /// Worker threads of the broker.
    pub workers: usize,
    /// Log lines of the broker, in the syntax of `RUST_LOG`.
    pub log: String,
}

impl Default for FederationOptions {
    fn default() -> Self {
        Self {
            ports: None,
            folder: None,
            state: "memory".to_owned(),
            binding: "redirect".to_owned(),
            purpose: None,
            countries: false,
            matching: false,
            calendar: false,
            back_channel: false,
            workers: 1,
            log: "off".to_owned(),
        }
    }
}

/// A federation with its files written and everything but the broker running.
#[derive(Debug)]
pub struct Prepared {
    /// The files.
    pub folder: Folder,
    /// Where everything listens.
    pub ports: Ports,
    /// HTTP for whoever drives it.
    pub http: reqwest::Client,
    /// Who issued the cards.
    pub office: Arc<Office>,
    servers: Vec<ServerHandle>,
    /// The portals' sites, in the order of their ports.
    portals: Vec<web::Data<PortalSite>>,
}

/// How often free ports are looked for.
const TRIES: u8 = 3;

/// A running federation.
#[derive(Debug)]
pub struct Federation {
    prepared: Prepared,
    broker: RunningBroker,
}

impl Federation {
    /// Writes the files and starts everything.
    ///
    /// # Errors
    /// When a port is taken, a file cannot be written, or the broker does not start.
    pub async fn start(options: &FederationOptions) -> Result<Self, SandboxError> {
        let mut tries = 1;
        loop {
            let prepared = Prepared::start(options).await?;
            let started = RunningBroker::start(&prepared.folder.configuration()).await;
            match started {
                Ok(broker) => return Ok(Self { prepared, broker }),
                // A free port that the broker has not opened yet may become somebody's: look again.
                Err(_) if options.ports.is_none() && tries < TRIES => {
                    prepared.stop().await;
                    tries += 1;
                }
                Err(cause) => return Err(cause),
            }
        }
    }

    /// Starts the broker beside what is prepared; its files may have been changed since.
    ///
    /// # Errors
    /// When the broker does not start.
    pub async fn of(prepared: Prepared) -> Result<Self, SandboxError> {
        let broker = RunningBroker::start(&prepared.folder.configuration()).await?;
        Ok(Self { prepared, broker })
    }

    /// The broker.
    #[must_use]
    pub const fn broker(&self) -> &RunningBroker {
        &self.broker
    }

    /// HTTP for whoever drives it.
    #[must_use]
    pub fn http(&self) -> reqwest::Client {
        self.prepared.http.clone()
    }

    /// Where everything listens.
    #[must_use]
    pub const fn ports(&self) -> Ports {
        self.prepared.ports
    }

    /// Its files.
    #[must_use]
    pub const fn folder(&self) -> &Folder {
        &self.prepared.folder
    }

    /// The broker itself: to look at what no address shows.
    #[must_use]
    pub const fn assembly(&self) -> &Arc<Assembly> {
        self.broker.assembly()
    }

    /// Who issued the cards.
    #[must_use]
    pub fn office(&self) -> &Office {
        &self.prepared.office
    }

    /// The portal of that name.
    #[must_use]
    pub fn portal(&self, id: &str) -> Option<&PortalSite> {
        let mut known = PORTALS.iter().zip(&self.prepared.portals);
        known.find(|(kind, _)| kind.id == id).map(|(_, site)| site.get_ref())
    }

    /// Ends everything; a temporary folder is removed.
    pub async fn stop(self) {
        self.broker.stop().await;
        self.prepared.stop().await;
    }
}

impl Prepared {
    /// Writes the files and starts providers and portals.
    ///
    /// # Errors
    /// When a port is taken or a file cannot be written.
    pub async fn start(options: &FederationOptions) -> Result<Self, SandboxError> {
        let fx = Effects::real();
        let http = http_client()?;
        let keys = keys().await?;
        let sockets = Sockets::open(options.ports)?;
        let ports = sockets.ports;
        let issuer = ports.issuer();
        let providers: Vec<Provider> = ports
            .providers
            .iter()
            .enumerate()
            .map(|(at, port)| {
                Provider::new(at, provider_address(*port), Arc::clone(&keys.providers), fx.clone())
            })
            .collect();
        let portals = PORTALS
            .into_iter()
            .zip(ports.portals)
            .map(|(kind, port)| {
                let credential = Credential::generate(&kind, &fx)?;
                let base = format!("http://localhost:{port}");
                let (issuer, http) = (issuer.clone(), http.clone());
                let portal = Portal::new(kind, base, issuer, credential, http, fx.clone());
                Ok(portal.hearing(options.back_channel))
            })
            .collect::<Result<Vec<_>, SandboxError>>()?;
        let folder = Folder::open(options.folder.as_deref(), &fx)?;
        let office = Arc::new(Office::open(&fx)?);
        let contents = Contents {
            ports,
            state: &options.state,
            workers: options.workers,
            log: &options.log,
            binding: &options.binding,
            purpose: options.purpose.as_deref(),
            countries: options.countries,
            matching: options.matching,
            calendar: options.calendar,
            service_key: Arc::clone(&keys.service),
            decryption_key: Arc::clone(&keys.decryption),
            providers: &providers,
            portals: &portals,
            office: Some(&office),
        };
        folder.fill(&contents, &fx)?;
        let mut servers = Vec::new();
        let mut sites = Vec::new();
        for (provider, socket) in providers.into_iter().zip(sockets.providers) {
            let kind = provider.kind;
            let site = web::Data::new(Site::new(provider, &issuer, http.clone(), fx.clone())?);
            servers.push(serve(socket, move |config| {
                config.app_data(site.clone());
                saml::server::routes(config, kind);
            })?);
        }
        for (portal, socket) in portals.into_iter().zip(sockets.portals) {
            let site = web::Data::new(PortalSite::new(portal, fx.clone()));
            sites.push(site.clone());
            servers.push(serve(socket, move |config| {
                config.app_data(site.clone()).configure(portal::server::routes);
            })?);
        }
        let issuing = Arc::clone(&office);
        servers.push(serve(sockets.office, move |config| office::routes(config, &issuing))?);
        Ok(Self { folder, ports, http, office, servers, portals: sites })
    }

    /// Ends providers and portals.
    pub async fn stop(self) {
        for server in self.servers {
            server.stop(false).await;
        }
    }
}

/// The address of the provider on that port. Its host differs from the broker's, so
/// that its POST is cross-site in a real browser too.
#[must_use]
pub fn provider_address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The entity ID of a provider: the `nth` of its kind.
#[must_use]
pub fn provider_id(ports: &Ports, kind: Kind, nth: usize) -> Option<String> {
    let mut all = saml::kinds().zip(ports.providers).filter(|(known, _)| *known == kind);
    let (_, port) = all.nth(nth)?;
    Some(format!("{}{}", provider_address(port), kind.paths().entity))
}

/// Keys of this process: making RSA keys takes longer than everything else.
#[derive(Debug)]
pub struct Keys {
    /// Of the providers.
    pub providers: Arc<ProviderKeys>,
    /// Of the broker towards the providers.
    pub service: Arc<SigningIdentity>,
    /// Of the broker, for providers that encrypt.
    pub decryption: Arc<SigningIdentity>,
}

/// The keys of this process.
///
/// # Errors
/// When the library cannot make a key.
pub async fn keys() -> Result<&'static Keys, SandboxError> {
    static KEYS: OnceCell<Keys> = OnceCell::const_new();
    KEYS.get_or_try_init(|| async {
        Ok(Keys {
            providers: Arc::new(ProviderKeys::generate()?),
            service: Arc::new(SigningIdentity::generate("Ente di prova")?),
            decryption: Arc::new(SigningIdentity::generate("Ente di prova, cifratura")?),
        })
    })
    .await
}

/// The sockets of providers and portals; the broker opens its own.
struct Sockets {
    ports: Ports,
    portals: Vec<TcpListener>,
    providers: Vec<TcpListener>,
    office: TcpListener,
}

impl Sockets {
    fn open(wanted: Option<Ports>) -> Result<Self, SandboxError> {
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
        // The broker opens these itself: they are only looked for here, all before any closes.
        let (broker, operations, card) = if wanted.is_some() {
            (bind(ports.broker)?, bind(ports.operations)?, bind(ports.card)?)
        } else {
            (quiet_port()?, quiet_port()?, quiet_port()?)
        };
        (ports.broker, ports.operations) = (port_of(&broker)?, port_of(&operations)?);
        ports.card = port_of(&card)?;
        Ok(Self { ports, portals, providers, office })
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

fn serve(
    socket: TcpListener,
    routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> Result<ServerHandle, SandboxError> {
    let server = HttpServer::new(move || App::new().configure(routes.clone()))
        .workers(1)
        .disable_signals()
        .listen(socket)
        .doing("listen")?
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}
