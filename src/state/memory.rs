//! The shelves in this process: a sharded map, and beside it the order in which entries expire.
//!
//! Not shared and not durable: a restart forgets every login in progress. Never evicts: an evicted
//! mark of use would be a replay, so a full store says so. Every verb frees what is due in its shard,
//! a bounded number at a time; nothing scans on the login path.

#[cfg(test)]
mod tests;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Digest, Shelf, StateFault, Verbs, lifetime_millis};
use crate::effects::Effects;

/// The store.
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    /// Entries in all shards, those that are due but not yet freed among them.
    entries: AtomicUsize,
    capacity: usize,
    fx: Effects,
}

#[derive(Default)]
struct Shard {
    held: HashMap<Place, Held>,
    /// The same entries in the order in which they expire: exact, so a taken entry leaves nothing behind.
    due: BTreeSet<(Millis, Place)>,
}

struct Held {
    until: Millis,
    octets: Box<[u8]>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place {
    shelf: Shelf,
    key: Digest,
}

/// Milliseconds of the monotonic clock.
type Millis = u64;

impl MemoryStore {
    /// An empty store that holds at most `capacity` entries.
    #[must_use]
    pub fn new(fx: Effects, capacity: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, entries: AtomicUsize::new(0), capacity, fx }
    }

    fn now(&self) -> Millis {
        u64::try_from(self.fx.monotonic().as_millis()).unwrap_or(u64::MAX)
    }

    /// The shard of a key, with a little of what is due already freed.
    fn shard(&self, key: &Digest, now: Millis) -> Result<MutexGuard<'_, Shard>, StateFault> {
        let index = key.first().map_or(0, |octet| usize::from(*octet) % SHARDS);
        let shard = self.shards.get(index).ok_or(StateFault::Full)?;
        let mut shard = open(shard);
        self.free(&mut shard, now, FREED_PER_CALL);
        Ok(shard)
    }

    fn free(&self, shard: &mut Shard, now: Millis, at_most: usize) {
        for _ in 0..at_most {
            match shard.due.first() {
                Some((until, _)) if *until <= now => {
                    if let Some((_, place)) = shard.due.pop_first() {
                        shard.held.remove(&place);
                        self.entries.fetch_sub(1, Ordering::Relaxed);
                    }
                }
                _ => return,
            }
        }
    }

    /// Counts one entry more, unless the store is full even after everything due was freed.
    /// No shard may be locked by the caller.
    fn reserve(&self, shelf: Shelf, now: Millis) -> Result<(), StateFault> {
        if self.try_reserve(shelf) {
            return Ok(());
        }
        for shard in &self.shards {
            self.free(&mut open(shard), now, usize::MAX);
        }
        if self.try_reserve(shelf) { Ok(()) } else { Err(StateFault::Full) }
    }

    fn try_reserve(&self, shelf: Shelf) -> bool {
        let most = self.share(shelf);
        let one_more = |entries| (entries < most).then_some(entries + 1);
        self.entries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Up to how many entries in all this shelf may grow. Anybody can begin logins, so a flood of them
    /// leaves room: first for those that began to go on, then for those that went to end.
    const fn share(&self, shelf: Shelf) -> usize {
        let eighth = self.capacity / 8;
        match shelf {
            Shelf::Login => self.capacity - 2 * eighth,
            Shelf::Attempt => self.capacity - eighth,
            _ => self.capacity,
        }
    }

    fn unreserve(&self) {
        self.entries.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Verbs for MemoryStore {
    async fn put(
        &self,
        shelf: Shelf,
        key: &Digest,
        sealed: &[u8],
        lives: Duration,
    ) -> Result<bool, StateFault> {
        let now = self.now();
        self.reserve(shelf, now)?;
        let laid = self.shard(key, now).map(|mut shard| {
            shard.create(Place { shelf, key: *key }, sealed, now, now + lifetime_millis(lives))
        });
        if !matches!(laid, Ok(Created::Fresh)) {
            self.unreserve();
        }
        Ok(laid? != Created::AlreadyThere)
    }

    async fn get(&self, shelf: Shelf, key: &Digest) -> Result<Option<Vec<u8>>, StateFault> {
        let now = self.now();
        let shard = self.shard(key, now)?;
        Ok(shard.live(&Place { shelf, key: *key }, now).map(|held| held.octets.to_vec()))
    }

    async fn swap(
        &self,
        shelf: Shelf,
        key: &Digest,
        seen: &[u8],
        sealed: &[u8],
        lives: Duration,
    ) -> Result<bool, StateFault> {
        let now = self.now();
        let place = Place { shelf, key: *key };
        let mut shard = self.shard(key, now)?;
        if shard.live(&place, now).is_none_or(|held| *held.octets != *seen) {
            return Ok(false);
        }
        shard.replace(place, sealed, now + lifetime_millis(lives));
        Ok(true)
    }

    async fn take(&self, shelf: Shelf, key: &Digest) -> Result<Option<Vec<u8>>, StateFault> {
        let now = self.now();
        let place = Place { shelf, key: *key };
        let mut shard = self.shard(key, now)?;
        let Some(held) = shard.held.remove(&place) else { return Ok(None) };
        shard.due.remove(&(held.until, place));
        self.unreserve();
        Ok((held.until > now).then(|| held.octets.into_vec()))
    }

    async fn bump(&self, shelf: Shelf, key: &Digest, window: Duration) -> Result<u64, StateFault> {
        let now = self.now();
        let place = Place { shelf, key: *key };
        self.reserve(shelf, now)?;
        let counted = self.shard(key, now).and_then(|mut shard| {
            let until = now + lifetime_millis(window);
            match shard.create(place, b"1", now, until) {
                Created::Fresh => Ok((1, Created::Fresh)),
                Created::InPlace => Ok((1, Created::InPlace)),
                Created::AlreadyThere => Ok((shard.count(&place)?, Created::AlreadyThere)),
            }
        });
        if !matches!(counted, Ok((_, Created::Fresh))) {
            self.unreserve();
        }
        counted.map(|(count, _)| count)
    }

    async fn walk(&self, shelf: Shelf) -> Result<u64, StateFault> {
        let now = self.now();
        let on_shelf = |shard: &Mutex<Shard>| {
            let shard = open(shard);
            let live = |(place, held): &(&Place, &Held)| place.shelf == shelf && held.until > now;
            shard.held.iter().filter(live).count() as u64
        };
        Ok(self.shards.iter().map(on_shelf).sum())
    }

    async fn ready(&self) -> Result<(), StateFault> {
        Ok(())
    }

    /// It loses nothing but everything.
    fn epoch(&self) -> u64 {
        0
    }
}

/// What became of an attempt to create an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Created {
    /// One entry more.
    Fresh,
    /// It took the room of an expired entry.
    InPlace,
    /// A live entry stands there; nothing changed.
    AlreadyThere,
}

impl Shard {
    fn live(&self, place: &Place, now: Millis) -> Option<&Held> {
        self.held.get(place).filter(|held| held.until > now)
    }

    fn create(&mut self, place: Place, octets: &[u8], now: Millis, until: Millis) -> Created {
        let fresh = Held { until, octets: octets.into() };
        let created = match self.held.entry(place) {
            Entry::Occupied(held) if held.get().until > now => return Created::AlreadyThere,
            Entry::Occupied(mut held) => {
                self.due.remove(&(held.insert(fresh).until, place));
                Created::InPlace
            }
            Entry::Vacant(room) => {
                room.insert(fresh);
                Created::Fresh
            }
        };
        self.due.insert((until, place));
        created
    }

    fn replace(&mut self, place: Place, octets: &[u8], until: Millis) {
        if let Some(old) = self.held.insert(place, Held { until, octets: octets.into() }) {
            self.due.remove(&(old.until, place));
        }
        self.due.insert((until, place));
    }

    /// One more on a counter that is there; kept as decimal digits, as Redis keeps it.
    fn count(&mut self, place: &Place) -> Result<u64, StateFault> {
        let held = self.held.get_mut(place).ok_or(StateFault::Damaged)?;
        let digits = std::str::from_utf8(&held.octets).map_err(|_| StateFault::Damaged)?;
        let count = digits.parse::<u64>().map_err(|_| StateFault::Damaged)?.saturating_add(1);
        held.octets = count.to_string().into_bytes().into();
        Ok(count)
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore")
    }
}

/// A panic elsewhere leaves a shard whole: no change to it is ever half done when code can panic.
fn open(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks: enough that the workers of one machine rarely meet.
const SHARDS: usize = 64;

/// Entries that are due, freed by one verb: the bound on what one login pays for others.
const FREED_PER_CALL: usize = 32;
