//! The ring of keys that sign tokens: a folder with one PKCS#8 PEM per key and `ring.toml`.
//!
//! Not a schedule: an operator (`varco keys rotate`) moves keys along: published as next, used as
//! active, still published as retired, dropped. `ring.rs` has the moves and says when each is safe, so
//! that a token signed a moment before a step is still verified after it (OpenID Connect Core 1.0,
//! section 10.1.1).

mod key_file;
mod place;
mod ring;
mod rotate;

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::jose::SigningAlgorithm;
use super::pkcs11::Hsm;
use super::signer::Signer;
use crate::effects::{Effects, Timestamp};

pub use ring::{Entry, KeyState, Ring, RingFault, Waits};
pub use rotate::{Pace, Rotated, complete, rotate};

/// How long a relying party may keep `/jwks` without asking again: what the endpoint promises.
pub const JWKS_MAX_AGE: Duration = Duration::from_mins(5);

/// Where a ring is, and where its new keys are made.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder of the list and of the keys in files.
    pub folder: PathBuf,
    /// The token of the other keys; new ones are made there.
    pub hsm: Option<Arc<Hsm>>,
}

/// A folder alone: every key in a file.
impl<P: AsRef<Path> + ?Sized> From<&P> for Place {
    fn from(folder: &P) -> Self {
        Self { folder: folder.as_ref().to_owned(), hsm: None }
    }
}

/// The keys of one deployment, parsed: exactly one is active per algorithm that it has. It always
/// has RS256, which every relying party understands (OpenID Connect Core 1.0, section 15.1).
#[derive(Debug)]
pub struct KeyRing {
    active: Vec<Active>,
    published: String,
    development: bool,
}

#[derive(Debug)]
struct Active {
    key: Box<dyn Signer>,
    since: Timestamp,
}

impl KeyRing {
    /// Reads and proves every key of the folder. A token is not asked: it may come back later.
    ///
    /// # Errors
    /// Every problem found, in words for an operator: file, what is wrong, what to do.
    pub fn open(place: impl Into<Place>) -> Result<Self, Vec<String>> {
        let place = place.into();
        let ring = Ring::read(&place.folder).map_err(|problem| vec![problem])?;
        let mut problems = ring.problems();
        let (mut public, mut active) = (Vec::new(), Vec::new());
        for entry in &ring.keys {
            match place.load(entry) {
                Ok(key) => {
                    public.push(key.public().jwk().clone());
                    if entry.state == KeyState::Active {
                        active.push(Active { key, since: entry.since() });
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            let published = json!({"keys": Value::Array(public)}).to_string();
            Ok(Self { active, published, development: ring.development })
        } else {
            Err(problems)
        }
    }

    /// One that signs nothing.
    #[cfg(test)]
    pub(crate) fn empty() -> Self {
        let published = r#"{"keys":[]}"#.to_owned();
        Self { active: Vec::new(), published, development: true }
    }

    /// Makes the folder, one active key per algorithm and the one that comes after it, and opens it.
    /// `development` marks keys that production refuses.
    ///
    /// # Errors
    /// When there is a ring already, or a file cannot be written.
    pub fn create(
        place: impl Into<Place>,
        fx: &Effects,
        development: bool,
    ) -> Result<Self, Vec<String>> {
        let place = place.into();
        let folder = &place.folder;
        let one = |problem| vec![problem];
        if Ring::is_in(folder) {
            return Err(vec![format!("{}: there is a ring already", folder.display())]);
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|cause| vec![format!("{}: {cause}", folder.display())])?;
        let empty = Ring { development, keys: Vec::new() };
        empty.write(folder).and_then(|()| complete(place.clone(), fx)).map_err(one)?;
        Self::open(place)
    }

    /// The key that signs now; `None` when the ring has no key of that algorithm.
    #[must_use]
    pub fn active(&self, algorithm: SigningAlgorithm) -> Option<&dyn Signer> {
        let mut active = self.active.iter().map(|active| active.key.as_ref());
        active.find(|key| key.public().algorithm() == algorithm)
    }

    /// Since when the active key of each algorithm signs.
    pub fn signing_since(&self) -> impl Iterator<Item = (SigningAlgorithm, Timestamp)> {
        self.active.iter().map(|active| (active.key.public().algorithm(), active.since))
    }

    /// The names of the active keys.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.active.iter().map(|active| active.key.public().kid())
    }

    /// The active keys that do not answer now, one sentence each.
    pub async fn unanswered(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for Active { key, .. } in &self.active {
            if let Err(cause) = key.ready().get().await {
                problems.push(format!("{} key: {cause}", key.public().algorithm().name()));
            }
        }
        problems
    }

    /// The algorithms that it can sign with, the default first.
    #[must_use]
    pub fn algorithms(&self) -> Vec<SigningAlgorithm> {
        let all = SigningAlgorithm::ALL.into_iter();
        all.filter(|algorithm| self.active(*algorithm).is_some()).collect()
    }

    /// The algorithms that it cannot sign with.
    #[must_use]
    pub fn missing(&self) -> Vec<SigningAlgorithm> {
        let all = SigningAlgorithm::ALL.into_iter();
        all.filter(|algorithm| self.active(*algorithm).is_none()).collect()
    }

    /// The public keys, next and retired ones too, as a JWK Set (RFC 7517, section 5).
    #[must_use]
    pub fn publish(&self) -> &str {
        &self.published
    }

    /// Whether these keys were made for a developer's machine.
    #[must_use]
    pub const fn is_development(&self) -> bool {
        self.development
    }
}

#[cfg(test)]
mod tests;
