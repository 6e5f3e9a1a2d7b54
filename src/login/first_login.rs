//! First logins: that a fiscal code has signed in at least once, so that it can be made a delegate.
//!
//! Not in the way of a login: what may be somebody's first is queued, and written by a task of its own. One
//! that is lost, because the queue is full or the disk is, is written by that person's next login; one
//! that was written a moment ago is not written again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::effects::Timestamp;
use crate::identity::{FiscalCode, Identity};
use crate::registry::{FirstLogin, Registry, RegistryFault};

/// What the record needs.
pub struct FirstLogins {
    registry: Arc<Registry>,
    queue: mpsc::Sender<FirstLogin>,
    written: Arc<Mutex<Written>>,
}

/// The names that were written a short time ago: the newest, and those before them.
#[derive(Default)]
struct Written {
    newest: HashSet<String>,
    before: HashSet<String>,
}

impl Written {
    fn holds(&self, name: &str) -> bool {
        self.newest.contains(name) || self.before.contains(name)
    }

    fn keep(&mut self, names: impl Iterator<Item = String>) {
        for name in names {
            if self.newest.len() >= REMEMBERED {
                self.before = std::mem::take(&mut self.newest);
            }
            self.newest.insert(name);
        }
    }
}

/// Writes what was noted.
pub struct FirstLoginWriter {
    registry: Arc<Registry>,
    noted: mpsc::Receiver<FirstLogin>,
    written: Arc<Mutex<Written>>,
}

impl FirstLogins {
    /// Records in `registry`, as long as the writer is run.
    #[must_use]
    pub fn new(registry: Arc<Registry>) -> (Self, FirstLoginWriter) {
        let (queue, noted) = mpsc::channel(WAITING);
        let written = Arc::new(Mutex::default());
        let writer = FirstLoginWriter {
            registry: Arc::clone(&registry),
            noted,
            written: Arc::clone(&written),
        };
        (Self { registry, queue, written }, writer)
    }

    /// Notes that this person got a code. Never waits, never fails.
    pub(super) fn note(&self, identity: &Identity, at: Timestamp) {
        let Some(code) = identity.vouched_fiscal_code() else { return };
        let name = self.registry.first_login_name(code.as_str());
        if self.written.lock().unwrap_or_else(PoisonError::into_inner).holds(&name) {
            return;
        }
        let instrument = identity.origin.auth_method.clone();
        if self.queue.try_send(FirstLogin { name, at, instrument }).is_err() {
            tracing::warn!("a first login waits for the person's next one: the queue is full");
        }
    }

    /// When that code signed in first; `None`: never, as far as was written.
    ///
    /// # Errors
    /// [`RegistryFault`].
    pub async fn since(&self, code: &FiscalCode) -> Result<Option<Timestamp>, RegistryFault> {
        self.registry.first_login(code.as_str()).await
    }
}

impl FirstLoginWriter {
    /// Writes until nobody notes any more.
    pub async fn run(mut self) {
        while self.step().await {}
    }

    /// Waits for something to write and writes it; `false` when nobody notes any more.
    pub(super) async fn step(&mut self) -> bool {
        let mut all = Vec::new();
        if self.noted.recv_many(&mut all, AT_ONCE).await == 0 {
            return false;
        }
        match self.registry.record_first_logins(&all).await {
            Ok(()) => {
                let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
                written.keep(all.into_iter().map(|login| login.name));
            }
            Err(fault) => {
                let lost = all.len();
                tracing::error!(%fault, lost, "first logins wait for each person's next one");
            }
        }
        true
    }
}

impl std::fmt::Debug for FirstLoginWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FirstLoginWriter")
    }
}

impl std::fmt::Debug for FirstLogins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FirstLogins")
    }
}

/// Notes that wait for the disk.
const WAITING: usize = 4096;
/// Notes of one transaction.
const AT_ONCE: usize = 256;
/// Names of one generation: two of them take a few megabytes.
const REMEMBERED: usize = 16_384;
