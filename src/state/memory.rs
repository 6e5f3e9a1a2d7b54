//! The shelves in this process: a sharded map with a wheel of lifetimes.
//!
//! Not shared and not durable: a restart forgets every login in progress.

use std::time::Duration;

use super::{Digest, Shelf, StateFault, Verbs};
use crate::effects::Effects;

/// The store.
#[derive(Debug)]
pub struct MemoryStore {
    _fx: Effects,
}

impl MemoryStore {
    /// An empty store that holds at most `capacity` entries.
    #[must_use]
    pub fn new(fx: Effects, capacity: usize) -> Self {
        let _ = capacity;
        Self { _fx: fx }
    }
}

impl Verbs for MemoryStore {
    async fn put(&self, _: Shelf, _: &Digest, _: &[u8], _: Duration) -> Result<bool, StateFault> {
        Err(StateFault::Full)
    }
    async fn get(&self, _: Shelf, _: &Digest) -> Result<Option<Vec<u8>>, StateFault> {
        Err(StateFault::Full)
    }
    async fn swap(
        &self,
        _: Shelf,
        _: &Digest,
        _: &[u8],
        _: &[u8],
        _: Duration,
    ) -> Result<bool, StateFault> {
        Err(StateFault::Full)
    }
    async fn take(&self, _: Shelf, _: &Digest) -> Result<Option<Vec<u8>>, StateFault> {
        Err(StateFault::Full)
    }
    async fn bump(&self, _: Shelf, _: &Digest, _: Duration) -> Result<u64, StateFault> {
        Err(StateFault::Full)
    }
    async fn walk(&self, _: Shelf) -> Result<u64, StateFault> {
        Err(StateFault::Full)
    }
    async fn ready(&self) -> Result<(), StateFault> {
        Err(StateFault::Full)
    }
}
