//! The federations that an installation belongs to: their anchors, the chains that are known, and the way to
//! those that are not.
//!
//! Not a judgement ([`super::chain`]) and no search ([`super::discovery`]): here stands who may start one,
//! how often, and what is done with what it finds. A login asks [`Federation::known`], which never waits.

mod ahead;
mod anchored;
mod asking;
mod flight;
mod offered;
mod petitioned;
mod resumed;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::anchored::Anchored;
use self::flight::{Flights, Refusals};
use super::cache::Cache;
use super::discovery::{Reach, Search};
use super::kept::{self, Record};
use super::standing::Standings;
use super::statement::{Reader, Whose};
use super::{Broken, Document, EntityConfiguration, EntityId, Flaw, TrustAnchor, TrustChain};
use crate::crypto::json;
use crate::effects::{Effects, Timestamp};

/// Searches at a time.
const CONCURRENT: usize = 50;
/// Renewals at a time: they are in no hurry.
const RENEWALS: usize = 8;
/// Octets of the longest list of entities.
const LONGEST_LIST: usize = 8 * 1024 * 1024;

/// What an operator writes.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whom it trusts; the first one in which a subject is found counts.
    pub anchors: Vec<TrustAnchor>,
    /// Where may be asked.
    pub reach: Reach,
    /// Where chains are kept over a restart.
    pub folder: Option<PathBuf>,
}

/// What one round of renewing came to.
#[derive(Debug, Default)]
pub struct Refreshed {
    /// Chains that were renewed.
    pub renewed: usize,
    /// Why others were not; they count until their own end, unless a mark was taken back.
    pub failed: Vec<Broken>,
}

/// All anchors and chains; cheap to clone.
#[derive(Clone)]
pub struct Federation {
    inner: Arc<Inner>,
}

struct Inner {
    anchors: Vec<Anchored>,
    reach: Reach,
    folder: Option<PathBuf>,
    cache: Cache,
    flights: Flights,
    refusals: Refusals,
    standings: Arc<Standings>,
    slots: Semaphore,
}

impl Federation {
    /// A new one, with whatever still holds of what was kept on disk.
    #[must_use]
    pub fn new(settings: Settings, fx: &Effects) -> Self {
        let new = Self::bare(settings, Arc::default());
        new.restore(fx);
        new
    }

    fn bare(settings: Settings, standings: Arc<Standings>) -> Self {
        let Settings { anchors, reach, folder } = settings;
        let development = reach.development;
        let anchored = |anchor| Anchored::new(anchor, folder.as_deref(), development);
        let inner = Inner {
            anchors: anchors.into_iter().map(anchored).collect(),
            reach,
            folder,
            cache: Cache::default(),
            flights: Flights::default(),
            refusals: Refusals::default(),
            standings,
            slots: Semaphore::new(CONCURRENT),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whom it trusts.
    pub fn anchors(&self) -> impl Iterator<Item = &TrustAnchor> {
        self.inner.anchors.iter().map(|anchored| &anchored.anchor)
    }

    /// The chain of `subject`, if it is known and holds at `now`. Never asks anybody, never waits.
    #[must_use]
    pub fn known(&self, subject: &EntityId, now: Timestamp) -> Option<Arc<TrustChain>> {
        self.inner.cache.known(subject, now)
    }

    /// The same, to one anchor.
    #[must_use]
    pub fn known_to(
        &self,
        subject: &EntityId,
        anchor: &EntityId,
        now: Timestamp,
    ) -> Option<Arc<TrustChain>> {
        self.inner.cache.known_to(subject, anchor, now)
    }

    /// How many subjects are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.cache.len()
    }

    /// Whether nobody is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What operators have to know, and still is so: keys of anchors that are not pinned, issuers of marks
    /// that do not answer.
    #[must_use]
    pub fn alerts(&self) -> Vec<String> {
        let mut alerts: Vec<String> =
            self.inner.anchors.iter().flat_map(Anchored::alerts).collect();
        alerts.extend(self.inner.standings.alerts());
        alerts
    }

    /// The chain of `subject`, which is an `entity_type`: the known one, else what is found. Of those who ask
    /// for one subject together one searches; what was not found is not searched again for half a minute.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn resolve(
        &self,
        subject: &EntityId,
        entity_type: &str,
        fx: &Effects,
    ) -> Result<Arc<TrustChain>, Broken> {
        let chain = match self.known(subject, fx.now()) {
            Some(chain) => chain,
            None => self.found(subject, fx).await?,
        };
        if chain.metadata(entity_type).is_some() {
            return Ok(chain);
        }
        Err(of_chain(subject, Flaw::EntityType(entity_type.to_owned())))
    }

    /// Searches the chain of `subject` though one is known: for a key that it does not hold. How often is for
    /// the caller to bound; when nothing is found, what is known stays.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn search_again(
        &self,
        subject: &EntityId,
        entity_type: &str,
        fx: &Effects,
    ) -> Result<Arc<TrustChain>, Broken> {
        let Ok(_slot) = self.inner.slots.try_acquire() else {
            return Err(of_chain(subject, Flaw::Limit("too many searches at once")));
        };
        let chain = self.discover(subject, fx).await?;
        if chain.metadata(entity_type).is_some() {
            return Ok(chain);
        }
        Err(of_chain(subject, Flaw::EntityType(entity_type.to_owned())))
    }

    async fn found(&self, subject: &EntityId, fx: &Effects) -> Result<Arc<TrustChain>, Broken> {
        let inner = &self.inner;
        if let Some(broken) = inner.refusals.of(subject, fx.monotonic()) {
            return Err(broken);
        }
        let flight = inner.flights.join(subject);
        let _alone = flight.alone().await;
        // Whoever was before us has left an answer of either kind.
        if let Some(chain) = self.known(subject, fx.now()) {
            return Ok(chain);
        }
        if let Some(broken) = inner.refusals.of(subject, fx.monotonic()) {
            return Err(broken);
        }
        let Ok(_slot) = inner.slots.try_acquire() else {
            return Err(of_chain(subject, Flaw::Limit("too many searches at once")));
        };
        let found = self.discover(subject, fx).await;
        if let Err(broken) = &found {
            inner.refusals.remember(subject, broken, fx);
        }
        found
    }

    async fn discover(&self, subject: &EntityId, fx: &Effects) -> Result<Arc<TrustChain>, Broken> {
        let mut search = Search::new(fx, &self.inner.reach);
        let mut reason: Option<Broken> = None;
        for rank in 0..self.inner.anchors.len() {
            match self.search(&mut search, subject, rank, fx).await {
                Ok(chain) => return Ok(chain),
                Err(broken) => reason = Some(telling(reason, broken)),
            }
        }
        Err(reason.unwrap_or_else(|| of_chain(subject, Flaw::NoAnchor)))
    }

    /// A chain to one anchor, which is kept.
    async fn search(
        &self,
        search: &mut Search<'_>,
        subject: &EntityId,
        rank: usize,
        fx: &Effects,
    ) -> Result<Arc<TrustChain>, Broken> {
        let chain = Arc::new(self.traced(search, subject, None, rank, fx).await?);
        self.inner.cache.keep(&chain, rank, fx);
        if let Some(folder) = self.inner.folder.clone() {
            let record = Record::of(&chain);
            on_disk(move || kept::store(&folder, &record)).await;
        }
        Ok(chain)
    }

    /// The same, and it is not kept. `own` is the configuration that the subject sent to be registered.
    async fn traced(
        &self,
        search: &mut Search<'_>,
        subject: &EntityId,
        own: Option<EntityConfiguration>,
        rank: usize,
        fx: &Effects,
    ) -> Result<TrustChain, Broken> {
        let inner = &self.inner;
        let anchored = inner.anchors.get(rank).ok_or_else(|| of_chain(subject, Flaw::NoAnchor))?;
        let anchor = &anchored.anchor;
        let reader = self.reader(anchor, fx.now());
        let keys = anchored.keys();
        if let Some(token) = anchored.recent(fx.monotonic()) {
            search.offer(&anchor.id, token);
        }
        let linked = match own {
            Some(own) => search.chain_of(Whose::Registering, own, anchor, &keys, &reader).await,
            None => search.chain(subject, anchor, &keys, &reader).await,
        };
        let linked = linked.inspect_err(|_| anchored.forget())?;
        self.watch(anchored, linked.anchor(), fx).await;
        let mut vouchers = Vec::new();
        for issuer in linked.mark_issuers(anchor, &reader) {
            let voucher = match inner.cache.known_to(&issuer, &anchor.id, fx.now()) {
                Some(chain) => Ok(chain),
                None => search
                    .chain(&issuer, anchor, &keys, &reader)
                    .await
                    .map(|linked| Arc::new(linked.into_voucher())),
            };
            // A mark of an issuer without a chain counts for nothing; another one may do.
            vouchers.extend(voucher);
        }
        let tried = linked.tried(anchor, &keys, &vouchers, &reader);
        let until = |mark: &_| inner.standings.until(mark, anchor.mark_status, fx);
        // Whoever is met for the first time is asked about before it counts.
        for mark in tried.iter().filter_map(|one| one.found.as_ref().ok()) {
            let _ = until(mark);
        }
        self.ask_issuers(Some(subject), fx).await;
        let marked = linked.marked(anchor, &tried, vouchers, until);
        if marked.as_ref().is_err_and(Broken::is_withdrawn) {
            self.drop_chain(subject, &anchor.id).await;
        }
        marked
    }

    /// What the anchor says of its keys.
    async fn watch(&self, anchored: &Anchored, own: &EntityConfiguration, fx: &Effects) {
        if anchored.saw(own, fx.monotonic())
            && let Some(folder) = self.inner.folder.clone()
        {
            let (anchor, token) = (anchored.anchor.id.clone(), own.token().to_owned());
            on_disk(move || kept::store_roll(&folder, &anchor, &token)).await;
        }
    }

    /// Asks the issuers of marks, then renews what is past the middle of its life. What cannot be renewed
    /// counts until its end, unless its mark was taken back.
    pub async fn refresh(&self, fx: &Effects) -> Refreshed {
        let failed = self.ask_issuers(None, fx).await;
        let mut due = self.inner.cache.due(fx.now()).into_iter();
        let mut round = Refreshed { failed, ..Refreshed::default() };
        let mut running = JoinSet::new();
        loop {
            while running.len() < RENEWALS
                && let Some((subject, rank)) = due.next()
            {
                let (federation, fx) = (self.clone(), fx.clone());
                running.spawn(async move { federation.renew(&subject, rank, &fx).await });
            }
            match running.join_next().await {
                None => return round,
                Some(Ok(Ok(()))) => round.renewed += 1,
                Some(Ok(Err(broken))) => round.failed.push(broken),
                Some(Err(ended)) => tracing::error!(%ended, "a trust chain was not renewed"),
            }
        }
    }

    async fn renew(&self, subject: &EntityId, rank: usize, fx: &Effects) -> Result<(), Broken> {
        let mut search = Search::new(fx, &self.inner.reach);
        let renewed = self.search(&mut search, subject, rank, fx).await;
        renewed.map(|_| ()).inspect_err(|_| self.inner.cache.postpone(subject, rank, fx))
    }

    /// Whom `anchor` lists as `entity_type`. Nobody on the list is trusted for it.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn list(
        &self,
        anchor: &EntityId,
        entity_type: &str,
        fx: &Effects,
    ) -> Result<Vec<EntityId>, Broken> {
        let broken = |flaw| Broken { entity: anchor.clone(), document: Document::List, flaw };
        let anchored = self.inner.anchors.iter().find(|anchored| anchored.anchor.id == *anchor);
        let anchored = anchored.ok_or_else(|| broken(Flaw::NoAnchor))?;
        let reader = self.reader(&anchored.anchor, fx.now());
        let mut search = Search::new(fx, &self.inner.reach);
        let own = search.anchor(&anchored.anchor, &anchored.keys(), &reader).await?;
        let url = own.endpoint("federation_list_endpoint").map_err(broken)?;
        let query = [("entity_type", entity_type)];
        let asked = search.ask(url, &query, "application/json", LONGEST_LIST).await;
        let listed = json::value(&asked.map_err(broken)?).ok();
        let listed = listed.as_ref().and_then(|listed| listed.as_array());
        let listed = listed.ok_or_else(|| broken(Flaw::Claim("entities")))?;
        // What is no name is nobody that could be asked.
        let named =
            |one: &serde_json::Value| EntityId::parse(one.as_str()?, reader.development).ok();
        Ok(listed.iter().filter_map(named).collect())
    }

    fn reader(&self, anchor: &TrustAnchor, now: Timestamp) -> Reader {
        Reader { dialect: anchor.dialect, now, development: self.inner.reach.development }
    }
}

impl std::fmt::Debug for Federation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let anchors: Vec<_> = self.anchors().map(|anchor| &anchor.id).collect();
        f.debug_struct("Federation").field("anchors", &anchors).finish_non_exhaustive()
    }
}

fn of_chain(subject: &EntityId, flaw: Flaw) -> Broken {
    Broken { entity: subject.clone(), document: Document::Chain, flaw }
}

/// The one of two reasons that is told: that an anchor is not above somebody says less than what is wrong
/// below another one.
fn telling(known: Option<Broken>, broken: Broken) -> Broken {
    known.filter(|known| known.flaw != Flaw::NoAnchor).unwrap_or(broken)
}

/// What fails there costs a restart its head start, and nothing else.
async fn on_disk(write: impl FnOnce() -> Result<(), String> + Send + 'static) {
    match tokio::task::spawn_blocking(write).await {
        Ok(Ok(())) => {}
        Ok(Err(reason)) => tracing::warn!(reason, "federation"),
        Err(ended) => tracing::warn!(%ended, "a trust chain was not kept"),
    }
}
