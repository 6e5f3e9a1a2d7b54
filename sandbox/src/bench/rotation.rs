//! Signing keys that change while people sign in: every key of the ring, again and again.
//!
//! Not `varco keys rotate`: that waits until relying parties have read the next key. Here none waits.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::keyring::{Pace, Waits, rotate};
use varco::effects::Effects;

use crate::error::{Doing as _, SandboxError};
use crate::folder::Folder;

/// What goes on until it is stopped.
pub(super) struct Rotation {
    ended: Arc<AtomicBool>,
    task: JoinHandle<Result<u64, SandboxError>>,
}

impl Rotation {
    /// Rotates every key of the folder's ring once in so much time.
    pub(super) fn start(folder: &Folder, every: Duration) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (ring, until) = (folder.path().join("keys/tokens"), Arc::clone(&ended));
        Self { ended, task: tokio::spawn(run(ring, every, until)) }
    }

    /// How many rotations there were.
    pub(super) async fn stop(self) -> Result<u64, SandboxError> {
        self.ended.store(true, Ordering::Relaxed);
        self.task.await.doing("rotate the keys")?
    }
}

async fn run(ring: PathBuf, every: Duration, ended: Arc<AtomicBool>) -> Result<u64, SandboxError> {
    let mut rotations = 0;
    let mut ticks = tokio::time::interval(every);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if ended.load(Ordering::Relaxed) {
            return Ok(rotations);
        }
        let ring = ring.clone();
        let rotated = tokio::task::spawn_blocking(move || {
            rotate(&ring, &Effects::real(), &SigningAlgorithm::ALL, Pace::Now, &WAITS)
        });
        rotated
            .await
            .doing("rotate the keys")?
            .map_err(|why| SandboxError::new("rotate the keys", why))?;
        rotations += 1;
    }
}

/// Tokens are verified as soon as they are there: a retired key is published a minute, so that the set
/// does not grow for as long as the run takes.
const WAITS: Waits = Waits { next: Duration::ZERO, retired: Duration::from_secs(60) };
