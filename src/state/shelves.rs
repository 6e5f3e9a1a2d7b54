//! The typed, sealed door to the store: every value is sealed, every key is a digest.
//!
//! Not a store: it keeps nothing itself. The associated data of a sealed value is its shelf and key,
//! so an entry moved to another place does not open. It is also the epoch of the store: what was laid
//! before another server took over is absent, because what was taken since might be back.

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tally::Tally;
use super::{Digest, Shelf, StateFault, Store, Uses, Verb, Verbs};
use crate::crypto::Handle;
use crate::crypto::digest::sha256;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;

/// Where an entry stands on its shelf: a digest, so a dump of the store shows no handle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key(Digest);

impl Key {
    /// The place of what a handle names.
    #[must_use]
    pub fn of(handle: &Handle) -> Self {
        Self(sha256(handle.reveal().as_bytes()))
    }

    /// The place named by several parts; their lengths are mixed in, so no two lists collide.
    #[must_use]
    pub fn of_parts(parts: &[&str]) -> Self {
        let mut text = Vec::new();
        for part in parts {
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        Self(sha256(&text))
    }
}

/// What became of a `put`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Put {
    /// It stands there now.
    Laid,
    /// Something stood there already; nothing changed.
    AlreadyThere,
}

/// A value together with the octets it was read from, so that it can be swapped.
pub struct Held<T> {
    value: T,
    sealed: Vec<u8>,
}

impl<T> Held<T> {
    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Held<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The shelves.
pub struct Shelves {
    store: Store,
    sealer: Sealer,
    fx: Effects,
    tally: Tally,
}

impl Shelves {
    /// Shelves kept by `store`, sealed by `sealer`.
    #[must_use]
    pub fn new(store: Store, sealer: Sealer, fx: Effects) -> Self {
        Self { store, sealer, fx, tally: Tally::default() }
    }

    /// Creates an entry.
    ///
    /// # Errors
    /// [`StateFault`] when the store does not answer.
    pub async fn put<T: Serialize>(
        &self,
        shelf: Shelf,
        key: Key,
        value: &T,
        lives: Duration,
    ) -> Result<Put, StateFault> {
        let sealed = self.seal(shelf, key, value)?;
        let answer = match &self.store {
            Store::Memory(store) => store.put(shelf, &key.0, &sealed, lives).await,
            Store::Redis(store) => store.put(shelf, &key.0, &sealed, lives).await,
        };
        let laid = self.tally.count(shelf, Verb::Put, answer)?;
        Ok(if laid { Put::Laid } else { Put::AlreadyThere })
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`StateFault`] when the store does not answer or the entry does not open.
    pub async fn get<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        key: Key,
    ) -> Result<Option<Held<T>>, StateFault> {
        let answer = match &self.store {
            Store::Memory(store) => store.get(shelf, &key.0).await,
            Store::Redis(store) => store.get(shelf, &key.0).await,
        };
        let held = answer.and_then(|sealed| {
            let Some(sealed) = sealed else { return Ok(None) };
            let value = self.open(shelf, key, &sealed)?;
            Ok(value.map(|value| Held { value, sealed }))
        });
        self.tally.count(shelf, Verb::Get, held)
    }

    /// Replaces what was `seen`; `false` when somebody else was first.
    ///
    /// # Errors
    /// [`StateFault`] when the store does not answer.
    pub async fn swap<T, N: Serialize>(
        &self,
        shelf: Shelf,
        key: Key,
        seen: &Held<T>,
        value: &N,
        lives: Duration,
    ) -> Result<bool, StateFault> {
        let sealed = self.seal(shelf, key, value)?;
        let answer = match &self.store {
            Store::Memory(store) => store.swap(shelf, &key.0, &seen.sealed, &sealed, lives).await,
            Store::Redis(store) => store.swap(shelf, &key.0, &seen.sealed, &sealed, lives).await,
        };
        self.tally.count(shelf, Verb::Swap, answer)
    }

    /// Reads and deletes an entry in one step.
    ///
    /// # Errors
    /// [`StateFault`] when the store does not answer or the entry does not open.
    pub async fn take<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        key: Key,
    ) -> Result<Option<T>, StateFault> {
        let answer = match &self.store {
            Store::Memory(store) => store.take(shelf, &key.0).await,
            Store::Redis(store) => store.take(shelf, &key.0).await,
        };
        let taken = answer.and_then(|sealed| match sealed {
            Some(sealed) => self.open(shelf, key, &sealed),
            None => Ok(None),
        });
        self.tally.count(shelf, Verb::Take, taken)
    }

    /// Deletes an entry that was read, in one step with reading it once more: what stands there now
    /// counts, and is opened only if it is something else than what was `seen`.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub async fn take_seen<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        key: Key,
        seen: Held<T>,
    ) -> Result<Option<T>, StateFault> {
        let answer = match &self.store {
            Store::Memory(store) => store.take(shelf, &key.0).await,
            Store::Redis(store) => store.take(shelf, &key.0).await,
        };
        let taken = answer.and_then(|sealed| match sealed {
            Some(sealed) if sealed == seen.sealed => {
                Ok(self.of_this_epoch(&sealed)?.map(|_| seen.value))
            }
            Some(sealed) => self.open(shelf, key, &sealed),
            None => Ok(None),
        });
        self.tally.count(shelf, Verb::Take, taken)
    }

    /// Counts one up within a window.
    ///
    /// # Errors
    /// [`StateFault`] when the store does not answer.
    pub async fn bump(&self, shelf: Shelf, key: Key, window: Duration) -> Result<u64, StateFault> {
        let answer = match &self.store {
            Store::Memory(store) => store.bump(shelf, &key.0, window).await,
            Store::Redis(store) => store.bump(shelf, &key.0, window).await,
        };
        self.tally.count(shelf, Verb::Bump, answer)
    }

    /// How many entries stand on a shelf: for operators.
    ///
    /// # Errors
    /// [`StateFault`] when the store does not answer.
    pub async fn walk(&self, shelf: Shelf) -> Result<u64, StateFault> {
        let answer = match &self.store {
            Store::Memory(store) => store.walk(shelf).await,
            Store::Redis(store) => store.walk(shelf).await,
        };
        self.tally.count(shelf, Verb::Walk, answer)
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StateFault`] when it does not.
    pub async fn ready(&self) -> Result<(), StateFault> {
        match &self.store {
            Store::Memory(store) => store.ready().await,
            Store::Redis(store) => store.ready().await,
        }
    }

    /// How often each verb was used since the start, for metrics.
    #[must_use]
    pub fn uses(&self) -> Vec<Uses> {
        self.tally.uses()
    }

    fn epoch(&self) -> [u8; EPOCH] {
        match &self.store {
            Store::Memory(store) => store.epoch(),
            Store::Redis(store) => store.epoch(),
        }
        .to_be_bytes()
    }

    /// Epoch, then the sealed value.
    fn seal<T: Serialize>(&self, shelf: Shelf, key: Key, value: &T) -> Result<Vec<u8>, StateFault> {
        let plain =
            zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|_| StateFault::Damaged)?);
        let epoch = self.epoch();
        let sealed = self
            .sealer
            .seal(&place(shelf, key, epoch), &plain, &self.fx)
            .map_err(|_| StateFault::Damaged)?;
        Ok([epoch.as_slice(), &sealed].concat())
    }

    /// The epoch and what is sealed; `None` when it was laid in another epoch.
    fn of_this_epoch<'o>(&self, octets: &'o [u8]) -> Result<Option<Parts<'o>>, StateFault> {
        let parts = octets.split_first_chunk::<EPOCH>().ok_or(StateFault::Damaged)?;
        Ok((*parts.0 == self.epoch()).then_some(parts))
    }

    /// The value; `None` when it was laid in another epoch.
    fn open<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        key: Key,
        octets: &[u8],
    ) -> Result<Option<T>, StateFault> {
        let Some((laid_in, sealed)) = self.of_this_epoch(octets)? else { return Ok(None) };
        let plain = self
            .sealer
            .open(&place(shelf, key, *laid_in), sealed)
            .map_err(|_| StateFault::Damaged)?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| StateFault::Damaged)
    }
}

impl std::fmt::Debug for Shelves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelves")
    }
}

fn place(shelf: Shelf, key: Key, epoch: [u8; EPOCH]) -> Vec<u8> {
    [shelf.name().as_bytes(), &[0], &key.0, &epoch].concat()
}

/// An epoch, and what was sealed in it.
type Parts<'o> = (&'o [u8; EPOCH], &'o [u8]);

/// Octets of the epoch before each sealed value.
const EPOCH: usize = size_of::<u64>();
