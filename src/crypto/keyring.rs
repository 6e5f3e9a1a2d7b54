//! The ring of keys that sign ID tokens: a folder with one PKCS#8 PEM per key and `ring.toml`.
//!
//! Not a schedule: an operator (or `varco keys`) moves keys along, one step at a time: published as
//! next, used as active, still published as retired, dropped. A token signed a moment before a step
//! is still verified after it (OpenID Connect Core 1.0, section 10.1.1).

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::jose::SigningAlgorithm;
use super::signer::{LocalKey, Signer};
use crate::effects::Effects;

/// The keys of one deployment, parsed: exactly one is active per algorithm that it has. It always
/// has RS256, which every relying party understands (OpenID Connect Core 1.0, section 15.1).
#[derive(Debug)]
pub struct KeyRing {
    active: Vec<Box<dyn Signer>>,
    published: String,
    development: bool,
}

impl KeyRing {
    /// Reads and proves every key of the folder.
    ///
    /// # Errors
    /// Every problem found, in words for an operator: file, what is wrong, what to do.
    pub fn open(folder: &Path) -> Result<Self, Vec<String>> {
        let ring = Ring::read(folder).map_err(|problem| vec![problem])?;
        let mut problems = ring.problems();
        let (mut public, mut active) = (Vec::new(), Vec::<Box<dyn Signer>>::new());
        for entry in &ring.keys {
            match entry.load(folder) {
                Ok(key) => {
                    public.push(key.jwk().clone());
                    if entry.state == KeyState::Active {
                        active.push(Box::new(key));
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

    /// Makes the folder, one active key per algorithm and the one that comes after it, and opens it.
    /// `development` marks keys that production refuses.
    ///
    /// # Errors
    /// When there is a ring already, or a file cannot be written.
    pub fn create(folder: &Path, fx: &Effects, development: bool) -> Result<Self, Vec<String>> {
        let one = |problem| vec![problem];
        if Ring::is_in(folder) {
            return Err(vec![format!("{}: there is a ring already", folder.display())]);
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|cause| vec![format!("{}: {cause}", folder.display())])?;
        Ring { development, keys: Vec::new() }
            .complete(folder, fx)
            .and_then(|(ring, _)| ring.write(folder))
            .map_err(one)?;
        Self::open(folder)
    }

    /// The key that signs now; `None` when the ring has no key of that algorithm.
    #[must_use]
    pub fn active(&self, algorithm: SigningAlgorithm) -> Option<&dyn Signer> {
        let mut active = self.active.iter().map(AsRef::as_ref);
        active.find(|key| key.public().algorithm() == algorithm)
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

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Published, so that relying parties know it before it signs.
    Next,
    /// Signs.
    Active,
    /// Published, so that what it signed still verifies.
    Retired,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// RFC 7638 thumbprint; the file is `<kid>.pem`.
    pub kid: String,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// Where it stands.
    pub state: KeyState,
    /// When it was made (RFC 3339).
    pub created: String,
}

/// `ring.toml`. Its moves are pure; only `read` and `write` touch the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// Keys for a developer's machine: production refuses them.
    #[serde(default)]
    pub development: bool,
    /// Every key, in the order of their making.
    #[serde(rename = "key", default)]
    pub keys: Vec<Entry>,
}

/// Why a ring cannot make a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingFault {
    /// Nothing was published in advance.
    #[error("no next key: publish one first, and give relying parties time to read it")]
    NoNext,
    /// A next key is there already.
    #[error("there is a next key already: promote it first")]
    NextExists,
}

impl Ring {
    /// Publishes a key that will sign later.
    ///
    /// # Errors
    /// [`RingFault::NextExists`].
    pub fn announce(mut self, entry: Entry) -> Result<Self, RingFault> {
        if self.position(entry.algorithm, KeyState::Next).is_some() {
            return Err(RingFault::NextExists);
        }
        self.keys.push(Entry { state: KeyState::Next, ..entry });
        Ok(self)
    }

    /// The next key signs; the one that signed stays published as retired.
    ///
    /// # Errors
    /// [`RingFault::NoNext`].
    pub fn promote(mut self, algorithm: SigningAlgorithm) -> Result<Self, RingFault> {
        if self.position(algorithm, KeyState::Next).is_none() {
            return Err(RingFault::NoNext);
        }
        for entry in self.keys.iter_mut().filter(|entry| entry.algorithm == algorithm) {
            entry.state = match entry.state {
                KeyState::Next => KeyState::Active,
                KeyState::Active | KeyState::Retired => KeyState::Retired,
            };
        }
        Ok(self)
    }

    /// Without its retired keys: everything they signed has expired.
    #[must_use]
    pub fn without_retired(mut self) -> Self {
        self.keys.retain(|entry| entry.state != KeyState::Retired);
        self
    }

    /// With an active key and the one after it for every algorithm that has none, and those
    /// algorithms. Such a key signs at once: nobody could ask for its algorithm before.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn complete(
        mut self,
        folder: &Path,
        fx: &Effects,
    ) -> Result<(Self, Vec<SigningAlgorithm>), String> {
        let missing = self.missing();
        for algorithm in &missing {
            for state in [KeyState::Active, KeyState::Next] {
                self.keys.push(Entry::make(folder, fx, *algorithm, state)?);
            }
        }
        Ok((self, missing))
    }

    /// The algorithms without any key.
    #[must_use]
    pub fn missing(&self) -> Vec<SigningAlgorithm> {
        let mut missing = SigningAlgorithm::ALL.to_vec();
        missing.retain(|algorithm| self.keys.iter().all(|key| key.algorithm != *algorithm));
        missing
    }

    /// Whether a folder has a list, good or not.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(LIST).exists()
    }

    /// The list of a folder.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(LIST);
        let text = fs::read_to_string(&path).map_err(|cause| {
            format!("{}: {cause}; `varco keys generate` makes a ring", path.display())
        })?;
        toml::from_str(&text).map_err(|cause| format!("{}: {}", path.display(), cause.message()))
    }

    /// Replaces the list of a folder in one step.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let text = toml::to_string(self).map_err(|cause| cause.to_string())?;
        replace(&folder.join(LIST), text.as_bytes())
    }

    fn position(&self, algorithm: SigningAlgorithm, state: KeyState) -> Option<usize> {
        self.keys.iter().position(|key| key.algorithm == algorithm && key.state == state)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let missing = self.missing();
        if missing.contains(&SigningAlgorithm::RS256) {
            problems
                .push(format!("{LIST}: there is no RS256 key: `varco keys generate` makes one"));
        }
        for algorithm in SigningAlgorithm::ALL.into_iter().filter(|one| !missing.contains(one)) {
            let active = self
                .keys
                .iter()
                .filter(|key| key.algorithm == algorithm && key.state == KeyState::Active)
                .count();
            if active != 1 {
                let name = algorithm.name();
                problems
                    .push(format!("{LIST}: exactly one {name} key must be active, {active} are"));
            }
        }
        problems
    }
}

impl Entry {
    /// A new key in its file, not yet on the list.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn make(
        folder: &Path,
        fx: &Effects,
        algorithm: SigningAlgorithm,
        state: KeyState,
    ) -> Result<Self, String> {
        let words = |cause: super::rsa::KeyFault| cause.to_string();
        let der = LocalKey::generate(algorithm).map_err(words)?;
        let kid = LocalKey::from_pkcs8(algorithm, &der).map_err(words)?.kid().to_owned();
        replace(&folder.join(format!("{kid}.pem")), to_pem(&der).as_bytes())?;
        Ok(Self { kid, algorithm, state, created: fx.now().rfc3339() })
    }

    fn load(&self, folder: &Path) -> Result<LocalKey, String> {
        // The kid becomes a file name: it must be a thumbprint and nothing else.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if self.kid.len() != 43 || !self.kid.bytes().all(plain) {
            return Err(format!("{LIST}: a kid is a thumbprint of 43 characters (RFC 7638)"));
        }
        let path = folder.join(format!("{}.pem", self.kid));
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|cause| format!("{shown}: {cause}"))?;
        let text = Zeroizing::new(text);
        let der = from_pem(&text).ok_or_else(|| format!("{shown}: not a PKCS#8 PEM"))?;
        let signer = LocalKey::from_pkcs8(self.algorithm, &der)
            .map_err(|cause| format!("{shown}: {cause}"))?;
        if signer.kid() == self.kid {
            Ok(signer)
        } else {
            Err(format!("{shown}: holds another key than its name says"))
        }
    }
}

const LIST: &str = "ring.toml";
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

fn to_pem(der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(format!("{BEGIN}\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = next;
    }
    text.push_str(END);
    text.push('\n');
    text
}

fn from_pem(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (body, _) = rest.split_once(END)?;
    let body: Zeroizing<String> =
        Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    STANDARD.decode(body.as_bytes()).ok().map(Zeroizing::new)
}

/// Writes beside, then renames: a reader sees the old file or the new one. Mode 0600.
fn replace(path: &Path, octets: &[u8]) -> Result<(), String> {
    let beside = path.with_extension("new");
    let words = |cause: std::io::Error| format!("{}: {cause}", path.display());
    let _ = fs::remove_file(&beside);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(words)?;
    file.write_all(octets).map_err(words)?;
    file.sync_all().map_err(words)?;
    fs::rename(&beside, path).map_err(words)
}

#[cfg(test)]
mod tests;
