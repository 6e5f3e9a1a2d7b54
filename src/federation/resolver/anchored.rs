//! An anchor while the program runs: the keys that count, and what it was seen to publish.
//!
//! Not trust on first use: a key that is not pinned counts only where the operator switched `auto_roll` on,
//! and only if the anchor published it under one that counts already.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::crypto::jwk::PublicKeys;
use crate::crypto::jws::{Compact, Expected};
use crate::federation::statement::{LONGEST, Reader};
use crate::federation::{EntityConfiguration, TrustAnchor, kept};

/// How long its configuration serves several searches.
const RECENT: Duration = Duration::from_secs(60);

pub(super) struct Anchored {
    pub(super) anchor: TrustAnchor,
    keys: ArcSwap<Vec<Arc<PublicKeys>>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    recent: Option<(Duration, String)>,
    latest: Option<String>,
    alerts: Vec<String>,
}

impl Anchored {
    /// With the keys that were accepted before, if they still follow from the pinned ones.
    pub(super) fn new(anchor: TrustAnchor, folder: Option<&Path>, development: bool) -> Self {
        let mut keys = vec![Arc::clone(&anchor.keys)];
        if anchor.auto_roll
            && let Some(folder) = folder
        {
            for token in kept::load_rolls(folder, &anchor.id) {
                if let Some(next) = rolled(&token, &anchor, &keys, development) {
                    keys.push(next);
                }
            }
        }
        Self { anchor, keys: ArcSwap::from_pointee(keys), seen: Mutex::default() }
    }

    pub(super) fn keys(&self) -> Arc<Vec<Arc<PublicKeys>>> {
        self.keys.load_full()
    }

    pub(super) fn alerts(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).alerts.clone()
    }

    /// Its configuration, if that was fetched within the last minute.
    pub(super) fn recent(&self, monotonic: Duration) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, token) = seen.recent.as_ref()?;
        (monotonic < *at + RECENT).then(|| token.clone())
    }

    /// The last one that was seen, if it still holds.
    pub(super) fn latest(&self, reader: &Reader) -> Option<EntityConfiguration> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).latest.clone()?;
        EntityConfiguration::verify_anchor(&seen, &self.anchor, &self.keys(), reader).ok()
    }

    /// Asks for it anew the next time.
    pub(super) fn forget(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).recent = None;
    }

    /// What it published, under a key that counts. Whether a new key counts from now on.
    pub(super) fn saw(&self, own: &EntityConfiguration, monotonic: Duration) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.latest = Some(own.token().to_owned());
        // The minute counts from when it was fetched.
        if seen.recent.as_ref().is_none_or(|(at, _)| *at + RECENT <= monotonic) {
            seen.recent = Some((monotonic, own.token().to_owned()));
        }
        let keys = self.keys();
        let counts = |thumbprint| {
            keys.iter().flat_map(|set| set.signature()).any(|key| key.thumbprint() == thumbprint)
        };
        let new = own.keys().signature().iter().filter(|key| !counts(key.thumbprint()));
        let new: Vec<String> = new.map(|key| key.name().to_owned()).collect();
        if new.is_empty() {
            seen.alerts.clear();
            return false;
        }
        if self.anchor.auto_roll {
            let mut keys = Vec::clone(&keys);
            keys.push(Arc::clone(&own.statement.keys));
            self.keys.store(Arc::new(keys));
            tracing::warn!(anchor = %self.anchor.id, keys = ?new, "an anchor's new keys count from now on");
            seen.alerts.clear();
            return true;
        }
        let told = new.iter().map(|name| {
            format!(
                "the trust anchor {} publishes the key {name:?}, which is not pinned: ask its operator \
                 for it by another way, and add it to the anchor's keys before the old one ends",
                self.anchor.id
            )
        });
        seen.alerts = told.collect();
        false
    }
}

/// The keys in a configuration that was accepted when it was current: its times are over, its signature is
/// not.
fn rolled(
    token: &str,
    anchor: &TrustAnchor,
    keys: &[Arc<PublicKeys>],
    development: bool,
) -> Option<Arc<PublicKeys>> {
    let any = Expected { longest: LONGEST, types: &["entity-statement+jwt"], untyped: false };
    let then = Compact::read(token, &any).ok()?.unproven().issued()?;
    let reader = Reader { dialect: anchor.dialect, now: then, development };
    let own = EntityConfiguration::verify_anchor(token, anchor, keys, &reader).ok()?;
    Some(own.statement.keys)
}
