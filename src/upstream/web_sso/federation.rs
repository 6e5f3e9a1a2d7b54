//! Whom one deployment trusts now: its register of providers, and a snapshot of it that logins read.
//!
//! Not the reading of metadata: `saml::metadata::register` has it. A login never waits for a refresh.

use std::collections::BTreeSet;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::unavailable;
use crate::effects::{Effects, Timestamp};
use crate::saml::metadata::provider::{Provider, Providers};
use crate::saml::metadata::register::{Register, RegisterSettings};
use crate::upstream::Setback;

/// The register and its snapshot.
#[derive(Debug)]
pub(super) struct Federation {
    register: ArcSwap<Register>,
    snapshot: ArcSwap<Snapshot>,
}

/// The providers as they were read, and those that configuration takes out.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) providers: Arc<Providers>,
    pub(super) read_at: Timestamp,
    disabled: BTreeSet<String>,
}

impl Federation {
    /// Takes up the last good copies and reads the files.
    ///
    /// # Errors
    /// What is wrong with each source, when no provider can be used and no server can change that.
    pub(super) fn open(
        upstream: &'static str,
        settings: RegisterSettings,
        fx: &Effects,
    ) -> Result<Self, Vec<String>> {
        let register = Register::new(upstream, settings, fx.now());
        register.restore(fx);
        let snapshot = Snapshot::of(&register);
        if snapshot.providers.is_empty() && !register.asks_servers() {
            let nobody = "no provider is left: give the metadata of at least one".to_owned();
            return Err(std::iter::once(nobody).chain(register.alerts()).collect());
        }
        let (register, snapshot) =
            (ArcSwap::from_pointee(register), ArcSwap::from_pointee(snapshot));
        Ok(Self { register, snapshot })
    }

    pub(super) fn register(&self) -> Arc<Register> {
        self.register.load_full()
    }

    pub(super) fn load(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Takes up what the register holds now.
    pub(super) fn adopt(&self) {
        let mut next = Snapshot::of(&self.register.load());
        // Sources that give nobody at all do not take away those who are there.
        if next.providers.is_empty() {
            let now = self.snapshot.load();
            (next.providers, next.read_at) = (Arc::clone(&now.providers), now.read_at);
        }
        self.snapshot.store(Arc::new(next));
    }

    /// Goes on under other settings; what is known of sources that stay is kept.
    pub(super) fn replace(&self, settings: RegisterSettings, fx: &Effects) {
        let next = self.register.load().followed_by(settings);
        next.restore(fx);
        self.register.store(Arc::new(next));
        self.adopt();
    }
}

impl Snapshot {
    fn of(register: &Register) -> Self {
        let merged = register.merged();
        Self {
            providers: Arc::new(merged.providers),
            read_at: merged.read_at,
            disabled: register.disabled().clone(),
        }
    }

    /// Those that a person may see, in the order of their entity IDs.
    pub(super) fn offered(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.providers.iter().filter(|known| !self.disabled.contains(&known.entity_id))
    }

    /// The one of that entity ID, if a person may see it.
    pub(super) fn offered_one(&self, entity_id: &str) -> Option<&Arc<Provider>> {
        self.providers.get(entity_id).filter(|_| !self.disabled.contains(entity_id))
    }

    /// Whether a login at that provider still counts.
    pub(super) fn vouches_for(&self, entity_id: &str) -> bool {
        let unread = self.providers.is_empty() && !self.disabled.contains(entity_id);
        unread || self.offered_one(entity_id).is_some()
    }

    /// The provider, if it may be used now: at departure and again at arrival.
    pub(super) fn usable(&self, id: &str, now: Timestamp) -> Result<Arc<Provider>, Setback> {
        if self.disabled.contains(id) {
            return Err(unavailable("provider-disabled", "disabled in the configuration"));
        }
        match self.providers.get(id) {
            None => Err(unavailable("provider-unknown", "no metadata read names it")),
            Some(provider) if !provider.is_valid(now) => {
                Err(unavailable("provider-unknown", "validUntil of its metadata has passed"))
            }
            Some(provider) => Ok(provider.clone()),
        }
    }
}
