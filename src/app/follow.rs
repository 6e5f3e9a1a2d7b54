//! Follow: when the list of signing keys changes, tokens are signed with the keys it names now.
//!
//! Not rotation: `varco keys rotate` writes the list. A list that is no good changes nothing: the keys
//! in use stay, and the reason stands in the log once.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Assembly;
use crate::crypto::keyring::{KeyRing, Place, Ring};

/// Where the ring is, and what of it was read last.
#[derive(Debug)]
pub(super) struct Followed {
    place: Place,
    /// Whether keys of a developer's machine are good enough.
    development: bool,
    seen: Mutex<Option<Stamp>>,
}

/// What changes whenever the list is replaced: inode, octets, seconds and nanoseconds.
type Stamp = (u64, u64, i64, i64);

/// What came of a look at the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It is the one that was read last.
    Unchanged,
    /// Tokens are signed with what it names.
    Renewed,
    /// It is no good: tokens are signed as before.
    Refused,
}

impl Look {
    const fn outcome(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Renewed => "renewed",
            Self::Refused => "refused",
        }
    }
}

impl Followed {
    /// The ring of a place, to be opened after this call.
    pub(super) fn new(place: Place, development: bool) -> Self {
        let seen = Mutex::new(stamp(&place.folder));
        Self { place, development, seen }
    }

    /// The ring, if it can be used.
    ///
    /// # Errors
    /// Every problem, in words for an operator.
    pub(super) fn open(&self) -> Result<KeyRing, Vec<String>> {
        let ring = KeyRing::open(self.place.clone())?;
        if ring.is_development() && !self.development {
            return Err(vec![format!(
                "{}: these are development keys; make others with `varco keys generate`, or set environment = \"development\"",
                self.place.folder.display()
            )]);
        }
        Ok(ring)
    }
}

impl Assembly {
    /// Reads the list of signing keys again if it was replaced.
    pub async fn follow_ring(self: &Arc<Self>) -> Look {
        let assembly = Arc::clone(self);
        // Keys are read and proven: milliseconds for each.
        let look = tokio::task::spawn_blocking(move || assembly.look()).await;
        look.unwrap_or(Look::Unchanged)
    }

    fn look(&self) -> Look {
        let mut look = Look::Unchanged;
        // One look at a time: an older ring never replaces a newer one.
        let mut seen = self.followed.seen.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now = stamp(&self.followed.place.folder);
            if *seen == now {
                return look;
            }
            *seen = now;
            look = match self.followed.open().and_then(|ring| self.covers(ring)) {
                Ok(ring) => {
                    let keys: Vec<&str> = ring.kids().collect();
                    tracing::info!(?keys, "signing keys changed");
                    self.provider.replace_ring(ring);
                    Look::Renewed
                }
                // A rotation replaced the list while its keys were read: it is read again.
                Err(_) if stamp(&self.followed.place.folder) != now => continue,
                Err(problems) => {
                    for wrong in problems {
                        tracing::error!(wrong, "signing keys stay as they were");
                    }
                    Look::Refused
                }
            };
            self.metrics.ring_read(look.outcome());
        }
    }

    /// A ring that can sign whatever the one in use can: relying parties count on it.
    fn covers(&self, ring: KeyRing) -> Result<KeyRing, Vec<String>> {
        let lost = self.provider.signs_with().into_iter().filter(|one| ring.active(*one).is_none());
        let problems: Vec<String> = lost
            .map(|algorithm| {
                let folder = self.followed.place.folder.display();
                let name = algorithm.name();
                format!("{folder}: the {name} keys are gone; `varco keys generate` makes others")
            })
            .collect();
        if problems.is_empty() { Ok(ring) } else { Err(problems) }
    }
}

/// Looks until the handle is aborted.
pub(super) fn keep(assembly: &Arc<Assembly>) -> JoinHandle<()> {
    let assembly = Arc::clone(assembly);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            assembly.follow_ring().await;
        }
    })
}

/// `None` while there is no list.
fn stamp(folder: &Path) -> Option<Stamp> {
    let list = std::fs::metadata(Ring::list_in(folder)).ok()?;
    Some((list.ino(), list.size(), list.mtime(), list.mtime_nsec()))
}

/// How often the list is looked at: well within what [`crate::crypto::keyring::Waits`] counts on.
const TICK: Duration = Duration::from_secs(2);
