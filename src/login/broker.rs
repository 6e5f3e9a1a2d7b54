//! The broker: what the five verbs share.
//!
//! Not a god object: it holds the shelves, the clients, the upstreams and the lifetimes, and no verb.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::{Durable, Issuer, Notices, Observer};
use crate::effects::Effects;
use crate::entitlement::Sources;
use crate::oidc::{Clients, Scope, Scopes};
use crate::policy::Calendar;
use crate::state::Shelves;
use crate::upstream::Upstreams;

/// Lifetimes of what a login leaves on the shelves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuer identifier, without a trailing slash.
    pub issuer: String,
    /// A login in progress, and one journey.
    pub login_lives: Duration,
    /// A code: at most 60 s.
    pub code_lives: Duration,
    /// How long a pushed request may be opened (RFC 9126, section 2.2).
    pub pushed_lives: Duration,
    /// An access token.
    pub token_lives: Duration,
    /// A refresh token and all that follow it, from the login on.
    pub refresh_lives: Duration,
    /// Sessions of browsers, and how clients hear of their end.
    pub session: SessionSettings,
}

impl Settings {
    /// How long a code with these scopes, and whatever it gives, can live at most: until the last access
    /// token of its last refresh token has expired.
    pub(super) fn grant_lives(&self, scopes: &Scopes) -> Duration {
        let offline = scopes.contains(Scope::OfflineAccess);
        let refreshed = if offline { self.refresh_lives } else { Duration::ZERO };
        self.code_lives + refreshed + self.token_lives
    }
}

/// Sessions of browsers, and how clients hear of their end.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// A session that is not used for so long is not used again.
    pub idle: Duration,
    /// No session is older.
    pub lives: Duration,
    /// Whether relying parties may watch the session by an iframe (Session Management 1.0).
    pub check_iframe: bool,
    /// Hosts of logout addresses that may be in a private network.
    pub private_hosts: Vec<String>,
    /// Whether logout addresses may be on this machine.
    pub development: bool,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            idle: Duration::from_mins(30),
            lives: Duration::from_hours(8),
            check_iframe: false,
            private_hosts: Vec::new(),
            development: false,
        }
    }
}

/// Everything the verbs need.
pub struct Broker {
    /// Clock and randomness.
    pub fx: Effects,
    /// Volatile state.
    pub shelves: Shelves,
    /// The relying parties, as a snapshot that a reload replaces.
    pub clients: ArcSwap<Clients>,
    /// What instruments are good for, by the day: a snapshot that a reload replaces.
    pub calendar: ArcSwap<Calendar>,
    /// What signs.
    pub issuer: Issuer,
    /// The ways to prove who a person is.
    pub upstreams: Arc<Upstreams>,
    /// Where roles come from, as a snapshot that a reload replaces.
    pub entitlements: ArcSwap<Sources>,
    /// Lifetimes.
    pub settings: Settings,
    /// What outlives a login by years, where configuration wants it.
    pub durable: Durable,
    /// Rings when clients are to hear of a logout.
    pub notices: Notices,
    /// Who measures.
    pub observer: Arc<dyn Observer>,
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Broker")
    }
}
