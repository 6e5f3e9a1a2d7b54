//! Configuration: one TOML file, secrets by `file:`/`env:`, one TOML file for each relying party.
//!
//! Not a global: `app` assembles everything from it, and nothing below `app` ever sees it. Every
//! mistake is reported at once, with file, key and remedy ([`Problem`]); nothing starts half-read.

mod announcements;
mod asking;
mod audit;
mod calendar;
mod cores;
mod delegation;
mod countries;
mod file;
mod followed;
mod entitlement;
mod federation;
mod helpdesk;
mod card;
mod desk_upstream;
mod listen;
mod openid;
mod own;
mod persons;
mod postgres;
mod problem;
mod registration;
mod relying_party;
mod replay;
mod saml;
mod secret;
mod section;
mod service_provider;
mod settings;
mod signing_keys;
mod telephone_pin;
mod trust;
mod trust_anchor;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use announcements::misnamed;
pub use audit::AuditConfig;
pub use calendar::{Knows, strangers};
pub use card::CardListener;
pub use countries::{Countries, read_countries};
pub use delegation::DelegationConfig;
pub use entitlement::{ConnectorConfig, SourceConfig};
pub use federation::FederationConfig;
pub use followed::{FileLook, FollowedFile};
pub use helpdesk::{HelpdeskConfig, MailConfig, MailWay};
pub use listen::{Listen, MutualListener};
pub use persons::{MatchingConfig, PersonsConfig};
pub use problem::{Problem, Problems};
pub use registration::RegistrationConfig;
pub use relying_party::{Depth, Judge, Look, RelyingParties};
pub use replay::read_replay;
pub use service_provider::{CertificatePlan, KeyPurpose};

use crate::crypto::keyring::Place;
use crate::login::SessionSettings;
use crate::policy::{Announcements, Calendar};
use crate::provider::MutualTls;
use crate::registry::RegistryPlace;
use crate::state::RedisSettings;
use crate::upstream::UpstreamConfigs;
use crate::web::own::OwnSettings;
use file::File;

/// Everything that was read and checked.
#[derive(Debug)]
pub struct Config {
    /// Issuer identifier, without a trailing slash: https, or http on loopback.
    pub issuer: String,
    /// Whether generated development keys may be used.
    pub development: bool,
    /// Where connections come in.
    pub listen: Listen,
    /// How certificates of clients arrive and who vouches for them; `None`: none counts.
    pub mutual_tls: Option<MutualTls>,
    /// Secret that seals volatile state.
    pub sealing: secrecy::SecretSlice<u8>,
    /// Secret of pairwise subjects.
    pub pairwise: secrecy::SecretSlice<u8>,
    /// Where the ring of token keys is.
    pub keys: Place,
    /// Which store keeps volatile state.
    pub state: StateConfig,
    /// Lifetimes.
    pub lifetimes: Lifetimes,
    /// Sessions of browsers.
    pub session: SessionSettings,
    /// Whether proofs of possession must carry a nonce of ours.
    pub dpop_nonces: bool,
    /// Which log lines are written, in the syntax of `RUST_LOG`.
    pub log: String,
    /// Who may enter with what until when, for everybody.
    pub calendar: FollowedFile<Calendar>,
    /// The relying parties, and where they are.
    pub relying_parties: RelyingParties,
    /// What people are told, and addresses of retired portals.
    pub announcements: FollowedFile<Announcements>,
    /// Which states adopt eIDAS.
    pub countries: Countries,
    /// The file of durable records; it is opened only when something needs it.
    pub registry: RegistryPlace,
    /// What of people is kept there.
    pub persons: PersonsConfig,
    /// Clients that register themselves, if they may.
    pub registration: Option<Box<RegistrationConfig>>,
    /// Our own pages that are on.
    pub own: OwnSettings,
    /// Where the head of the trail is written beside the database, if it is.
    pub audit: Option<AuditConfig>,
    /// Whether people may have telephone PINs.
    pub telephone_pins: bool,
    /// How people delegate, if they may.
    pub delegation: Option<DelegationConfig>,
    /// The help desk, if there is one.
    pub helpdesk: Option<Box<HelpdeskConfig>>,
    /// What the broker is in federations, if it is in any.
    pub federation: Option<Box<FederationConfig>>,
    /// Where roles come from, by name.
    pub entitlements: BTreeMap<String, SourceConfig>,
    /// The upstreams that are switched on.
    pub upstreams: UpstreamConfigs,
}

/// The store of volatile state.
#[derive(Debug)]
pub enum StateConfig {
    /// In this process, with a bound on entries.
    Memory {
        /// At most so many entries.
        capacity: usize,
    },
    /// Redis.
    Redis(RedisSettings),
}

/// How long things live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// A login in progress.
    pub login: Duration,
    /// A code.
    pub code: Duration,
    /// A pushed request that waits for its browser.
    pub pushed: Duration,
    /// An access token.
    pub token: Duration,
    /// A refresh token and all that follow it.
    pub refresh: Duration,
}

impl Config {
    /// Reads and checks the file at `path` and every file it names.
    ///
    /// # Errors
    /// Every problem found, in the order of the files.
    pub fn read(path: &Path) -> Result<Self, Problems> {
        Self::read_with(path, true)
    }

    /// Reads and checks the file at `path` alone: nobody has looked at the relying parties.
    ///
    /// # Errors
    /// Every problem found.
    pub fn read_without_clients(path: &Path) -> Result<Self, Problems> {
        Self::read_with(path, false)
    }

    fn read_with(path: &Path, clients: bool) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let config = File::read(path, &mut problems, |file, problems| {
            settings::read(file, clients, problems)
        });
        let config = config.flatten();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(problems),
        }
    }

    /// What `varco keys` has to know before any key exists.
    ///
    /// # Errors
    /// Every problem found in the keys that it reads.
    pub fn read_key_plan(path: &Path) -> Result<KeyPlan, Problems> {
        let mut problems = Problems::default();
        let plan = File::read(path, &mut problems, settings::key_plan).flatten();
        match plan {
            Some(plan) if problems.is_empty() => Ok(plan),
            _ => Err(problems),
        }
    }
}

/// Where keys go.
#[derive(Debug)]
pub struct KeyPlan {
    /// Where the ring of token keys is.
    pub ring: Place,
    /// The keys and certificates towards SAML providers.
    pub certificates: Vec<CertificatePlan>,
    /// The keys of our entities in federations.
    pub entity_keys: Vec<PathBuf>,
}
