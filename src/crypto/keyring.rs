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

use super::jose::{Signer, SigningAlgorithm};
use crate::effects::Effects;

/// The keys of one deployment, parsed: exactly one is active per algorithm.
#[derive(Debug)]
pub struct KeyRing {
    rs256: Signer,
    es256: Signer,
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
        let mut public = Vec::new();
        let (mut rs256, mut es256) = (None, None);
        for entry in &ring.keys {
            match entry.load(folder) {
                Ok(signer) => {
                    public.push(signer.jwk().clone());
                    let place = match entry.algorithm {
                        SigningAlgorithm::RS256 => &mut rs256,
                        SigningAlgorithm::ES256 => &mut es256,
                    };
                    if entry.state == KeyState::Active {
                        *place = Some(signer);
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        match (rs256, es256) {
            (Some(rs256), Some(es256)) if problems.is_empty() => {
                let published = json!({"keys": Value::Array(public)}).to_string();
                Ok(Self { rs256, es256, published, development: ring.development })
            }
            _ => Err(problems),
        }
    }

    /// Makes the folder, one active key per algorithm and the one that comes after it, and opens it.
    /// `development` marks keys that production refuses.
    ///
    /// # Errors
    /// When there is a ring already, or a file cannot be written.
    pub fn create(folder: &Path, fx: &Effects, development: bool) -> Result<Self, Vec<String>> {
        let one = |problem| vec![problem];
        let list = folder.join(LIST);
        if list.exists() {
            return Err(vec![format!("{}: there is a ring already", list.display())]);
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|cause| vec![format!("{}: {cause}", folder.display())])?;
        let mut ring = Ring { development, keys: Vec::new() };
        for state in [KeyState::Active, KeyState::Next] {
            for algorithm in SigningAlgorithm::ALL {
                ring.keys.push(Entry::make(folder, fx, algorithm, state).map_err(one)?);
            }
        }
        ring.write(folder).map_err(one)?;
        Self::open(folder)
    }

    /// The key that signs now.
    #[must_use]
    pub const fn active(&self, algorithm: SigningAlgorithm) -> &Signer {
        match algorithm {
            SigningAlgorithm::RS256 => &self.rs256,
            SigningAlgorithm::ES256 => &self.es256,
        }
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

    /// The list of a folder.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(LIST);
        let text = fs::read_to_string(&path)
            .map_err(|cause| format!("{}: {cause}; `varco keys` makes a ring", path.display()))?;
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
        for algorithm in SigningAlgorithm::ALL {
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
        let der = Signer::generate(algorithm).map_err(words)?;
        let kid = Signer::from_pkcs8(algorithm, &der).map_err(words)?.kid().to_owned();
        replace(&folder.join(format!("{kid}.pem")), to_pem(&der).as_bytes())?;
        Ok(Self { kid, algorithm, state, created: fx.now().rfc3339() })
    }

    fn load(&self, folder: &Path) -> Result<Signer, String> {
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
        let signer = Signer::from_pkcs8(self.algorithm, &der)
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
