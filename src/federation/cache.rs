//! Chains that held, for as long as they hold: one for each subject and anchor.
//!
//! Not discovery. Reading is one load of a shared map, so that a login never waits for whoever renews a
//! thousand providers; writing replaces the map.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::{EntityId, TrustChain};
use crate::effects::{Effects, Timestamp};

/// Chains kept at most: beyond, those that end first give way.
const MOST: usize = 10_000;
/// How long a chain that is over is still tried to be renewed.
const MISSED: Duration = Duration::from_secs(24 * 3600);
/// Longest time without renewing, however long a chain lives: a superior that takes an entity back is heard.
const LONGEST_REST: Duration = Duration::from_secs(6 * 3600);

/// One chain, and when it is to be renewed.
#[derive(Clone)]
struct Held {
    chain: Arc<TrustChain>,
    /// Place of its anchor in the configuration.
    rank: usize,
    renew: Timestamp,
}

type Chains = HashMap<EntityId, Vec<Held>>;

/// All chains.
#[derive(Default)]
pub(super) struct Cache {
    chains: ArcSwap<Chains>,
    writing: Mutex<()>,
}

impl Cache {
    /// The chain of `subject` that holds at `now`; of several, that to the first anchor.
    pub(super) fn known(&self, subject: &EntityId, now: Timestamp) -> Option<Arc<TrustChain>> {
        let chains = self.chains.load();
        let held = chains.get(subject)?.iter();
        held.map(|held| &held.chain).find(|chain| now < chain.expires()).cloned()
    }

    /// The one to that anchor.
    pub(super) fn known_to(
        &self,
        subject: &EntityId,
        anchor: &EntityId,
        now: Timestamp,
    ) -> Option<Arc<TrustChain>> {
        let chains = self.chains.load();
        let mut held = chains.get(subject)?.iter().map(|held| &held.chain);
        held.find(|chain| chain.anchor() == anchor && now < chain.expires()).cloned()
    }

    /// Keeps a chain in the place of the one before.
    pub(super) fn keep(&self, chain: &Arc<TrustChain>, rank: usize, fx: &Effects) {
        let renew = due(chain.expires(), fx);
        self.change(|chains| {
            let places = chains.entry(chain.subject().clone()).or_default();
            places.retain(|held| held.rank != rank);
            let at = places.partition_point(|held| held.rank < rank);
            places.insert(at, Held { chain: Arc::clone(chain), rank, renew });
            while chains.len() > MOST {
                let ends =
                    |places: &Vec<Held>| places.iter().map(|held| held.chain.expires()).max();
                let first = chains.iter().min_by_key(|(_, places)| ends(places));
                let Some(subject) = first.map(|(subject, _)| subject.clone()) else { break };
                chains.remove(&subject);
            }
        });
    }

    /// Drops the chain of `subject` to `anchor`, which holds no more.
    pub(super) fn drop_chain(&self, subject: &EntityId, anchor: &EntityId) {
        self.change(|chains| {
            if let Some(places) = chains.get_mut(subject) {
                places.retain(|held| held.chain.anchor() != anchor);
                if places.is_empty() {
                    chains.remove(subject);
                }
            }
        });
    }

    /// Tries again in half a minute to a minute.
    pub(super) fn postpone(&self, subject: &EntityId, rank: usize, fx: &Effects) {
        let renew = fx.now().plus(pause(fx));
        self.change(|chains| {
            for held in chains.get_mut(subject).into_iter().flatten() {
                if held.rank == rank {
                    held.renew = renew;
                }
            }
        });
    }

    /// Subjects whose chain is to be renewed, with the place of the anchor. What has been over for long is
    /// dropped.
    pub(super) fn due(&self, now: Timestamp) -> Vec<(EntityId, usize)> {
        let over = |held: &Held| held.chain.expires().plus(MISSED) <= now;
        if self.chains.load().values().flatten().any(over) {
            self.change(|chains| {
                for places in chains.values_mut() {
                    places.retain(|held| !over(held));
                }
                chains.retain(|_, places| !places.is_empty());
            });
        }
        let chains = self.chains.load();
        let held = chains.values().flatten().filter(|held| held.renew <= now);
        held.map(|held| (held.chain.subject().clone(), held.rank)).collect()
    }

    /// Every chain.
    pub(super) fn all(&self) -> Vec<Arc<TrustChain>> {
        let chains = self.chains.load();
        chains.values().flatten().map(|held| Arc::clone(&held.chain)).collect()
    }

    /// How many are held.
    pub(super) fn len(&self) -> usize {
        self.chains.load().len()
    }

    fn change(&self, change: impl FnOnce(&mut Chains)) {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chains = Chains::clone(&self.chains.load());
        change(&mut chains);
        self.chains.store(Arc::new(chains));
    }
}

/// Half to seven tenths of what is left, so that not all are renewed at once.
fn due(expires: Timestamp, fx: &Effects) -> Timestamp {
    let now = fx.now();
    let rest = expires.since(now).min(LONGEST_REST);
    let part = 500 + u32::from(octet(fx)) * 200 / 255;
    now.plus(rest * part / 1000)
}

/// 30 to 60 s.
pub(super) fn pause(fx: &Effects) -> Duration {
    Duration::from_secs(30 + u64::from(octet(fx)) * 30 / 255)
}

fn octet(fx: &Effects) -> u8 {
    let mut octet = [0];
    fx.fill(&mut octet);
    let [octet] = octet;
    octet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_reads_waits_for_nobody_who_writes() {
        let now = Timestamp::from_unix_seconds(0);
        let cache = Cache::default();
        let id = EntityId::parse("https://op.example", false).unwrap();
        // A reader that took this lock would never come back.
        let _writing = cache.writing.lock().unwrap();
        assert!(cache.known(&id, now).is_none() && cache.known_to(&id, &id, now).is_none());
        assert_eq!(cache.len(), 0);
    }
}
