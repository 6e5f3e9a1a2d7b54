//! From configuration to parts that fit together.
//!
//! Not listening: `run.rs` does that once everything here has been opened.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use secrecy::ExposeSecret as _;

use super::Identities;
use super::audit::Audit;
use super::follow::Followed;
use super::{helpdesk, membership, registry};
use crate::config::{Config, FollowedFile, RelyingParties, StateConfig};
use crate::credential::access::{Book, Cost, Party};
use crate::crypto::digest::hmac_sha256;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::keyring::KeyRing;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::login::{Broker, Durable, FirstLoginWriter, Issuer, Notices, Settings};
use crate::oidc::dpop::Nonces;
use crate::oidc::{Client, Clients};
use crate::ops::Metrics;
use crate::policy::{Announcements, Calendar};
use crate::provider::Provider;
use crate::registry::Registry;
use crate::state::{MemoryStore, RedisStore, Shelves, StateFault, Store};
use crate::upstream::{AnyUpstream, UpstreamConfigs, Upstreams};
use crate::web::Web;

/// Why the broker does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// A part says what is wrong with what it was given.
    #[error("{0}")]
    Part(String),
    /// The state store cannot be used.
    #[error("state: {}", told(.0))]
    State(#[from] StateFault),
    /// An address cannot be taken.
    #[error(
        "{address} cannot be taken: {cause}; choose another one under [listen], or stop who has it"
    )]
    Address {
        /// Which one.
        address: SocketAddr,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// A listener cannot be used.
    #[error("a listener cannot be used: {0}")]
    Listen(std::io::Error),
}

/// A fault of the store with its causes.
pub(super) fn told(fault: &StateFault) -> String {
    let mut told = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(inner) = cause {
        told.push_str(": ");
        told.push_str(&inner.to_string());
        cause = inner.source();
    }
    told
}

/// Everything that runs.
#[derive(Debug)]
pub struct Assembly {
    /// The five verbs.
    pub broker: Arc<Broker>,
    /// What browsers see.
    pub web: Arc<Web>,
    /// What relying parties call.
    pub provider: Arc<Provider>,
    /// What operations measure.
    pub metrics: Arc<Metrics>,
    /// Who we are on listeners that speak TLS.
    pub identities: Identities,
    /// The list of signing keys.
    pub(super) followed: Followed,
    /// The files of relying parties.
    pub(super) relying_parties: Mutex<RelyingParties>,
    /// The file of the calendar.
    pub(super) calendar: Mutex<FollowedFile<Calendar>>,
    /// The file of announcements.
    pub(super) announcements: Mutex<FollowedFile<Announcements>>,
    /// The help desk, where there is one.
    pub(super) helpdesk: Option<helpdesk::Running>,
    /// The trail, where it is anchored.
    pub(super) audit: Option<Audit>,
    /// Who writes first logins, until it is run.
    pub(super) first_logins: Mutex<Option<FirstLoginWriter>>,
}

impl Assembly {
    /// Opens every part.
    ///
    /// # Errors
    /// [`StartFault`] of the first part that does not open.
    pub async fn new(
        config: Config,
        identities: Identities,
        fx: Effects,
    ) -> Result<Self, StartFault> {
        let (followed, ring) = ring(&config)?;
        let short = || StartFault::Part("secrets.sealing: at least 32 octets".to_owned());
        let sealer = Sealer::new(config.sealing.expose_secret()).ok_or_else(short)?;
        let registry = registry::open_needed(&config, &sealer, &fx).await?;
        let book = credentials(&config, registry.as_ref(), &sealer, &fx)?;
        let upstreams = Upstreams::open(config.upstreams, book, &fx);
        let upstreams = Arc::new(upstreams.map_err(StartFault::Part)?);
        let store = match &config.state {
            StateConfig::Memory { capacity } => {
                Store::Memory(MemoryStore::new(fx.clone(), *capacity))
            }
            StateConfig::Redis(settings) => {
                Store::Redis(Box::new(RedisStore::connect(settings).await?))
            }
        };
        let shelf_sealer = Sealer::new(config.sealing.expose_secret()).ok_or_else(short)?;
        let metrics = Metrics::new(
            env!("CARGO_PKG_VERSION"),
            option_env!("VARCO_REVISION").unwrap_or("unknown"),
        );
        let sources = super::entitlements::open(config.entitlements, &config.sealing, &fx);
        let metrics = Arc::new(metrics.map_err(|fault| StartFault::Part(fault.to_string()))?);
        let broker = Arc::new(Broker {
            shelves: Shelves::new(store, shelf_sealer, fx.clone()),
            clients: ArcSwap::from_pointee(
                Clients::default().with_written(config.relying_parties.clients().cloned()),
            ),
            calendar: ArcSwap::new(Arc::clone(config.calendar.current())),
            issuer: Issuer::new(ring, config.pairwise.expose_secret()),
            upstreams,
            settings: Settings {
                issuer: config.issuer,
                login_lives: config.lifetimes.login,
                code_lives: config.lifetimes.code,
                pushed_lives: config.lifetimes.pushed,
                token_lives: config.lifetimes.token,
                session: config.session,
                refresh_lives: config.lifetimes.refresh,
            },
            entitlements: ArcSwap::from_pointee(sources),
            fx,
            notices: Notices::default(),
            durable: Durable::default(),
            observer: metrics.clone(),
        });
        let web = Arc::new(Web::new(broker.clone()));
        web.announcements.store(Arc::clone(config.announcements.current()));
        web.open_own(config.own);
        web.trust(config.listen.proxies);
        let provider = Arc::new(Provider::new(broker.clone()));
        provider.replace_mutual_tls(config.mutual_tls);
        if config.dpop_nonces {
            let key = hmac_sha256(config.sealing.expose_secret(), b"varco dpop nonce v1");
            provider.demand_nonces(Nonces::new(key.into()));
        }
        if let Some(config) = config.federation {
            membership::join(&provider, *config, &broker.fx)?;
        }
        let relying_parties = Mutex::new(config.relying_parties);
        metrics.relying_party_files_refused(0);
        metrics.entitlement_files_refused(0);
        metrics.calendar_refused(false);
        let calendar = Mutex::new(config.calendar);
        metrics.announcements_refused(false);
        let retired = &config.announcements.current().entry_points;
        metrics.entry_points_known(retired.iter().map(|one| one.id.as_str()));
        let announcements = Mutex::new(config.announcements);
        let first_logins = Mutex::default();
        let mut assembly = Self {
            broker,
            web,
            provider,
            metrics,
            identities,
            followed,
            relying_parties,
            calendar,
            announcements,
            audit: None,
            helpdesk: None,
            first_logins,
        };
        if let Some(registry) = registry {
            let first_logins = config.persons.first_logins;
            assembly.keep_persons(config.persons, &registry);
            assembly.keep_acts(config.delegation, config.telephone_pins, &registry, first_logins);
            let audit = config.audit.map(|audit| Audit::new(audit, &registry, &assembly.broker.fx));
            assembly.audit = audit;
            assembly.open_desk(config.helpdesk, &config.countries.states, &registry, &sealer)?;
            if let Some(settings) = config.registration {
                Box::pin(assembly.register_clients(*settings, registry, &sealer)).await?;
            }
        }
        assembly.fill().await;
        assembly.bound_labels();
        Ok(assembly)
    }

    /// Goes on under the sources of metadata, the certificates and the disabled providers that
    /// configuration names now; whatever is known of sources that stay is kept.
    pub(super) fn replace_registers(&self, configs: &UpstreamConfigs) {
        self.broker.upstreams.follow(configs, &self.broker.fx);
    }

    /// Opens what can be opened without listening or connecting: for `varco check`. Gives what was
    /// left out of good metadata, one sentence each.
    ///
    /// # Errors
    /// [`StartFault`] of the first part that does not open, or the files of metadata that are of no use.
    pub fn dry_run(config: Config, fx: &Effects) -> Result<Vec<String>, StartFault> {
        ring(&config)?;
        let upstreams = Upstreams::open(config.upstreams.without_copies(), None, fx);
        let upstreams = upstreams.map_err(StartFault::Part)?;
        let trusted = || upstreams.iter().map(AnyUpstream::trust);
        let broken = trusted().flat_map(|trust| trust.status(fx.now()));
        let broken: Vec<String> = broken.filter_map(|source| source.problem).collect();
        if broken.is_empty() {
            Ok(trusted().flat_map(|trust| trust.alerts()).collect())
        } else {
            Err(StartFault::Part(broken.join("\n")))
        }
    }
}

/// The credentials of the help desk, as whoever signs in meets them; `None` where nobody does.
fn credentials(
    config: &Config,
    registry: Option<&Arc<Registry>>,
    sealer: &Sealer,
    fx: &Effects,
) -> Result<Option<Arc<Book>>, StartFault> {
    let Some((desk, registry)) = config.upstreams.helpdesk.as_ref().zip(registry) else {
        return Ok(None);
    };
    let origin = url::Url::parse(&desk.issuer).ok().filter(url::Url::has_host);
    let origin = origin.ok_or_else(|| StartFault::Part("issuer: it has no host".to_owned()))?;
    let id = origin.host_str().unwrap_or_default().to_owned();
    let party = Party { id, origin: origin.origin().ascii_serialization() };
    let key = sealer.derive("passkey challenges");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let registry = Arc::clone(registry);
    Ok(Some(Arc::new(Book::new(registry, party, (key, Cost::PRODUCT), cores, fx.clone()))))
}

/// The keys that sign tokens; production refuses a developer's.
fn ring(config: &Config) -> Result<(Followed, KeyRing), StartFault> {
    let followed = Followed::new(config.keys.clone(), config.development);
    let ring = followed.open().map_err(|problems| StartFault::Part(problems.join("\n")))?;
    let signs = ring.algorithms();
    let clients = config.relying_parties.clients();
    let unsigned: Vec<String> = clients.filter_map(|client| unsigned(client, &signs)).collect();
    if unsigned.is_empty() {
        Ok((followed, ring))
    } else {
        Err(StartFault::Part(unsigned.join("\n")))
    }
}

/// What is wrong with a relying party for whom no key signs what it registered.
pub(super) fn unsigned(client: &Client, signs: &[SigningAlgorithm]) -> Option<String> {
    client.protocol.unsigned(signs).map(|(member, algorithm)| {
        format!(
            "relying party {}: {member} is {name}, and there is no {name} key; `varco keys generate` \
             makes one",
            client.id.as_str(),
            name = algorithm.name(),
        )
    })
}
