//! A whole federation on this machine: broker, providers and portals, started and stopped together.
//!
//! Not the broker's assembly: `varco::app` does that from the configuration this writes.

mod sockets;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use tokio::sync::OnceCell;
use varco::app::Assembly;
use varco::effects::Effects;

use self::sockets::Sockets;
pub use self::sockets::quiet_port;
use crate::broker::RunningBroker;
use crate::card::office::{self, Office};
use crate::client::http_client;
use crate::error::{Doing as _, SandboxError};
use crate::folder::{Contents, Folder, Ports};
use crate::openid::misbehaviour::Case;
use crate::openid::provider::Provider as OpenIdProvider;
use crate::openid::registry::{Registry, Superior};
use crate::openid::{self, Dialect};
use crate::portal::server::PortalSite;
use crate::portal::{self, Credential, PORTALS, Portal};
use crate::saml::keys::SigningIdentity;
use crate::saml::kind::Kind;
use crate::saml::server::Site;
use crate::saml::{self, Provider, ProviderKeys};

/// What kind of federation.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each switches one thing on, in any combination")]
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
    /// Whether the broker's own pages are on: account and console.
    pub own_pages: bool,
    /// Whether the help desk is on: Lavoro is dedicated to the holders of its credentials.
    pub desk: bool,
    /// Whether there is a calendar, in which the Ministero del Lavoro accepts no card any more, and CIE for a
    /// month.
    pub calendar: bool,
    /// Whether the portals hear of logouts by back channel. The broker then remembers every login of
    /// theirs, those above level 1 too.
    pub back_channel: bool,
    /// How the federation of CIE speaks; `None`: the broker is not in it, and CIE comes by SAML alone.
    pub dialect: Option<Dialect>,
    /// Below whom the broker hangs in that federation.
    pub below: Superior,
    /// What is wrong in that federation from the start.
    pub openid: Option<Case>,
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
            own_pages: false,
            desk: false,
            calendar: false,
            back_channel: false,
            dialect: None,
            below: Superior::Anchor,
            openid: None,
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
    /// CIE by OpenID, and the federation around it.
    pub openid: Arc<OpenIdProvider>,
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

    /// CIE by OpenID, and the federation around it.
    #[must_use]
    pub fn openid(&self) -> &OpenIdProvider {
        &self.prepared.openid
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
        let registry = Arc::new(Registry::new(
            ports.federation_address(),
            &issuer,
            options.dialect.unwrap_or_default(),
            options.below,
            openid::keys::keys().await?,
            fx.clone(),
        ));
        registry.misbehave(options.openid.filter(|case| case.is_of_federation()));
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
            own_pages: options.own_pages,
            desk: options.desk,
            calendar: options.calendar,
            service_key: Arc::clone(&keys.service),
            decryption_key: Arc::clone(&keys.decryption),
            providers: &providers,
            portals: &portals,
            office: Some(&office),
            registry: options.dialect.is_some().then_some(&registry),
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
        let cie = Arc::new(OpenIdProvider::new(registry, http.clone(), fx.clone()));
        let asked = Arc::clone(&cie);
        let routes = move |config: &mut _| openid::server::routes(config, &asked);
        servers.push(serve(sockets.federation, routes)?);
        let issuing = Arc::clone(&office);
        servers.push(serve(sockets.office, move |config| office::routes(config, &issuing))?);
        Ok(Self { folder, ports, http, office, openid: cie, servers, portals: sites })
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

/// Serves `routes` at a socket, until the handle stops it.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve(
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
