//! Whom one upstream trusts now: its providers as their chains resolve, and what our superiors say of us.
//!
//! Not a chain: `federation` makes those. A login reads a snapshot and never waits for anything here. What
//! cannot be renewed is used until its chain ends, and not a moment longer (OpenID Federation 1.0, section
//! 10.4).

mod renewing;
mod snapshot;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::snapshot::{Known, Snapshot};
use super::party::Party;
use super::provider::{Provider, Reach};
use super::registration::Superiors;
use super::settings::{Answers, OpenIdConfig};
use crate::crypto::digest::{base64url, sha256};
use crate::effects::{Effects, Timestamp};
use crate::federation::{
    Broken, EntityId, Federation, ResolveQuery, Resolved, Settings, TrustChain, Unresolved,
};
use crate::saml::metadata::register::Outcome;
use crate::upstream::contract::{Kind, ProviderCard, Setback};
use arc_swap::ArcSwap;

/// Every slug that says why a provider cannot be asked.
pub(super) const SLUGS: [&str; 4] = [UNKNOWN, ENDED, BROKEN, UNFIT];
const UNKNOWN: &str = "federation-provider-unknown";
const ENDED: &str = "federation-chain-expired";
const BROKEN: &str = "federation-chain-broken";
const UNFIT: &str = "federation-provider-unfit";

/// The type of the entities that are asked.
const OPENID_PROVIDER: &str = "openid_provider";
/// Providers of one federation that are used.
const MOST: usize = 4096;
/// The next look after one that failed.
const SOON: Duration = Duration::from_mins(1);
/// The shortest time between two looks for a key that is not known.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// What one upstream trusts.
#[derive(Debug)]
pub(super) struct Register {
    upstream: &'static str,
    anchor: EntityId,
    configured: Vec<EntityId>,
    disabled: BTreeSet<String>,
    reach: Reach,
    answers: Answers,
    refresh: Duration,
    federation: Federation,
    superiors: Superiors,
    parties: Arc<[Party]>,
    snapshot: ArcSwap<Snapshot>,
    /// The providers, then each party in its order.
    sources: Vec<Mutex<Source>>,
    looked: Mutex<Option<Duration>>,
    opened_at: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Source {
    due_at: Duration,
    read_at: Option<Timestamp>,
    problems: Vec<String>,
}

impl Register {
    /// Takes up the last good chains, and what `earlier` knew.
    pub(super) fn open(
        upstream: &'static str,
        config: &OpenIdConfig,
        parties: Arc<[Party]>,
        earlier: Option<&Self>,
        fx: &Effects,
    ) -> Self {
        let sources = (0..=parties.len()).map(|_| Mutex::default()).collect();
        let settings = Settings {
            anchors: vec![config.anchor.clone()],
            reach: crate::federation::Reach {
                allowed: config.reach.private.clone(),
                development: config.reach.development,
            },
            folder: config.folder.clone(),
        };
        let register = Self {
            upstream,
            anchor: config.anchor.id.clone(),
            configured: config.providers.clone(),
            disabled: config.disabled.clone(),
            reach: config.reach.clone(),
            answers: config.answers,
            refresh: config.refresh,
            federation: match earlier {
                None => Federation::new(settings, fx),
                Some(earlier) => Federation::following(&earlier.federation, settings, fx),
            },
            superiors: Superiors::new(config),
            parties,
            snapshot: ArcSwap::default(),
            sources,
            looked: Mutex::default(),
            opened_at: earlier.map_or_else(|| fx.now(), Self::looked_at),
        };
        register.restore(earlier, fx);
        register
    }

    /// What is known without asking anybody: the chains on disk, and whom the anchor listed before.
    fn restore(&self, earlier: Option<&Self>, fx: &Effects) {
        let mut snapshot = Snapshot::default();
        let before = earlier.map(|earlier| earlier.snapshot.load_full()).unwrap_or_default();
        let listed = before.known.keys().filter(|_| self.configured.is_empty());
        let listed = listed.filter_map(|id| EntityId::parse(id, self.reach.development).ok());
        let ids = self.configured.iter().cloned().chain(listed);
        for id in ids.filter(|id| !self.disabled.contains(id.as_str())) {
            if let Some(chain) = self.federation.known(&id, fx.now()) {
                self.take_up(&mut snapshot, &id, &chain);
            }
        }
        self.snapshot.store(Arc::new(snapshot));
    }

    /// What a chain resolves to, or why that is of no use.
    fn take_up(&self, snapshot: &mut Snapshot, id: &EntityId, chain: &TrustChain) {
        let name = id.as_str();
        let read = chain.metadata(OPENID_PROVIDER).map(|metadata| {
            let digest = base64url(&sha256(chain.statements().join("\n").as_bytes()));
            Provider::read(name, metadata, (&digest, chain.expires()), self.answers, &self.reach)
        });
        match read {
            Some(Ok(provider)) => {
                let named = chain.metadata("federation_entity");
                let named = named.or_else(|| chain.metadata(OPENID_PROVIDER));
                let named = named.and_then(|metadata| metadata.get("organization_name")?.as_str());
                let known = Known { provider, name: named.unwrap_or(name).to_owned() };
                snapshot.admit(name, known);
            }
            Some(Err(unfit)) => {
                snapshot.refuse(name, (UNFIT, unfit.to_string()));
            }
            None => {
                snapshot
                    .refuse(name, (UNFIT, "the chain resolves to no openid_provider".to_owned()));
            }
        }
    }

    /// Looks at every provider again.
    async fn look(&self, fx: &Effects) -> Outcome {
        let round = self.federation.refresh(fx).await;
        let before = self.snapshot.load_full();
        let (mut next, mut problems) = (Snapshot::default(), self.federation.alerts());
        next.read = true;
        problems.extend(round.failed.iter().map(told));
        let listed = if self.configured.is_empty() {
            match self.federation.list(&self.anchor, OPENID_PROVIDER, fx).await {
                Ok(listed) => listed,
                Err(broken) => {
                    problems.push(told(&broken));
                    next.clone_from(&before);
                    Vec::new()
                }
            }
        } else {
            self.configured.clone()
        };
        let asked = listed.iter().filter(|id| !self.disabled.contains(id.as_str())).take(MOST);
        let is_known = |id: &&EntityId| self.federation.known(id, fx.now()).is_some();
        let (known, unknown): (Vec<&EntityId>, Vec<&EntityId>) = asked.partition(is_known);
        for id in known {
            self.judge(&mut next, id, &before, &mut problems, fx).await;
        }
        for broken in round.failed.iter().filter(|broken| broken.is_withdrawn()) {
            next.refuse(broken.entity.as_str(), (BROKEN, told(broken)));
        }
        // They count before somebody is waited for who may never answer.
        self.snapshot.store(Arc::new(before.with(&next)));
        for id in unknown {
            self.judge(&mut next, id, &before, &mut problems, fx).await;
        }
        let now = fx.now();
        next.known.retain(|_, known| now < known.provider.expires);
        problems.extend(
            next.refused
                .iter()
                .filter(|(_, (slug, _))| *slug == UNFIT)
                .map(|(id, (_, why))| format!("{id}: {why}")),
        );
        let earliest = next.known.values().map(|known| known.provider.expires).min();
        let rest = earliest.map_or(SOON, |end| end.since(now) / 2);
        let rest = self.federation.pace().map_or(rest, |pace| rest.min(pace));
        self.snapshot.store(Arc::new(next));
        self.note(0, problems, rest, fx)
    }

    /// What becomes of one provider: what was good stays until its end.
    async fn judge(
        &self,
        next: &mut Snapshot,
        id: &EntityId,
        before: &Snapshot,
        problems: &mut Vec<String>,
        fx: &Effects,
    ) {
        match self.federation.resolve(id, OPENID_PROVIDER, fx).await {
            Ok(chain) => self.take_up(next, id, &chain),
            Err(broken) => {
                let why = told(&broken);
                problems.push(why.clone());
                match before.known.get(id.as_str()) {
                    Some(known) if !broken.is_withdrawn() && fx.now() < known.provider.expires => {
                        next.admit(id.as_str(), known.clone());
                    }
                    _ => next.refuse(id.as_str(), (BROKEN, why)),
                }
            }
        }
    }

    /// For tests: a provider as a chain would have given it, or why there is none.
    #[cfg(test)]
    pub(super) fn know(&self, id: &str, found: Result<Provider, (&'static str, String)>) {
        let mut next = Snapshot::clone(&self.snapshot.load());
        next.read = true;
        match found {
            Ok(provider) => {
                let known = Known { provider, name: "Server CIE".to_owned() };
                next.admit(id, known);
            }
            Err(refused) => next.refuse(id, refused),
        }
        self.snapshot.store(Arc::new(next));
    }

    /// Asks the superiors of one party what they say of it.
    async fn check(&self, at: usize, fx: &Effects) -> Outcome {
        let Some(party) = self.parties.get(at) else { return Outcome::Failed };
        let (said, mut problems) = self.superiors.ask(party, fx).await;
        if let Some(said) = said {
            party.hear(said);
        }
        problems.extend(party.discord());
        self.note(at + 1, problems, self.refresh, fx)
    }

    /// Writes down how a look at a source ended, and tells operators what is new.
    fn note(&self, at: usize, problems: Vec<String>, rest: Duration, fx: &Effects) -> Outcome {
        let Some(mut source) = self.source(at) else { return Outcome::Failed };
        for problem in problems.iter().filter(|problem| !source.problems.contains(problem)) {
            tracing::error!(upstream = self.upstream, alert = problem, "federation");
        }
        let good = problems.is_empty();
        let rest = rest.min(self.refresh).max(SOON / 2);
        source.due_at = fx.monotonic() + if good { rest } else { SOON };
        source.problems = problems;
        if good {
            source.read_at = Some(fx.now());
            Outcome::Renewed
        } else {
            Outcome::Failed
        }
    }

    fn source(&self, at: usize) -> Option<MutexGuard<'_, Source>> {
        self.sources.get(at).map(|one| one.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The provider with other keys than those `frozen` at departure: what is known by now, else after one
    /// more look at its chain. At most one look a minute, whoever asks.
    pub(super) async fn look_again(&self, frozen: &Provider, fx: &Effects) -> Option<Provider> {
        let newer = |register: &Self| {
            let known = register.usable(&frozen.issuer, fx.now()).ok()?;
            (known.jwks != frozen.jwks).then_some(known)
        };
        if let Some(known) = newer(self) {
            return Some(known);
        }
        let now = fx.monotonic();
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.is_some_and(|last| now.saturating_sub(last) < LOOK_AGAIN) {
                return None;
            }
            *looked = Some(now);
        }
        let id = EntityId::parse(&frozen.issuer, self.reach.development).ok()?;
        let chain = self.federation.search_again(&id, OPENID_PROVIDER, fx).await.ok()?;
        let mut next = Snapshot::clone(&self.snapshot.load());
        self.take_up(&mut next, &id, &chain);
        self.snapshot.store(Arc::new(next));
        newer(self)
    }

    pub(super) fn not_disabled(&self, id: &str) -> Result<(), Setback> {
        if self.disabled.contains(id) {
            return Err(unavailable("provider-disabled", "disabled in the configuration"));
        }
        Ok(())
    }

    /// The provider, if it may be asked now.
    pub(super) fn usable(&self, id: &str, now: Timestamp) -> Result<Provider, Setback> {
        self.not_disabled(id)?;
        let snapshot = self.snapshot.load();
        match (snapshot.known.get(id), snapshot.refused.get(id)) {
            (Some(known), _) if now < known.provider.expires => Ok(known.provider.clone()),
            (Some(_), _) => self
                .renewed(id, now)
                .ok_or_else(|| unavailable(ENDED, "the earliest statement of its chain has ended")),
            (None, Some((slug, why))) => Err(unavailable(slug, why)),
            (None, None) => Err(unavailable(UNKNOWN, "no chain is known")),
        }
    }

    /// The provider as a chain tells that was renewed in the look that is not over yet.
    fn renewed(&self, id: &str, now: Timestamp) -> Option<Provider> {
        let entity = EntityId::parse(id, self.reach.development).ok()?;
        let mut next = Snapshot::default();
        self.take_up(&mut next, &entity, &*self.federation.known(&entity, now)?);
        next.known.remove(id).map(|known| known.provider)
    }

    pub(super) fn usable_count(&self, now: Timestamp) -> usize {
        let snapshot = self.snapshot.load();
        snapshot.known.values().filter(|known| now < known.provider.expires).count()
    }

    pub(super) fn cards(&self) -> Vec<ProviderCard> {
        let card = |known: &Known| ProviderCard {
            id: known.provider.issuer.clone(),
            name: known.name.clone(),
            logo: None,
            country: None,
        };
        self.snapshot.load().known.values().map(card).collect()
    }

    pub(super) fn only(&self) -> Option<String> {
        let snapshot = self.snapshot.load();
        let mut all = snapshot.known.keys();
        match (all.next(), all.next()) {
            (Some(one), None) => Some(one.clone()),
            _ => None,
        }
    }

    pub(super) fn offers(&self, id: &str) -> bool {
        self.snapshot.load().known.contains_key(id)
    }

    pub(super) fn vouches_for(&self, id: &str) -> bool {
        let snapshot = self.snapshot.load();
        !self.disabled.contains(id) && (!snapshot.read || snapshot.known.contains_key(id))
    }

    pub(super) fn name_of(&self, id: &str) -> Option<String> {
        self.snapshot.load().known.get(id).map(|known| known.name.clone())
    }

    pub(super) fn age(&self, now: Timestamp) -> Duration {
        now.since(self.looked_at())
    }

    /// When all was well last, or when this began.
    fn looked_at(&self) -> Timestamp {
        let read = self.source(0).and_then(|source| source.read_at);
        read.unwrap_or(self.opened_at)
    }

    /// What we know of another entity, in the name of `party`: never more than is at hand, so that nobody
    /// makes us ask.
    pub(super) async fn resolved(
        &self,
        party: &Party,
        query: &[(String, String)],
        now: Timestamp,
    ) -> Result<Resolved, Unresolved> {
        let own = party.own();
        let query = ResolveQuery::read(query, own.dialect(), self.reach.development)?;
        self.federation.answer(&own, &query, now).await
    }
}

/// The link, what is wrong with it, and the clause.
fn told(broken: &Broken) -> String {
    format!("{broken} (OpenID Federation 1.0, {})", broken.clause())
}

fn unavailable(slug: &'static str, detail: &str) -> Setback {
    Setback { kind: Kind::Unavailable, slug, detail: detail.to_owned() }
}
