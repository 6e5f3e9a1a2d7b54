//! The list of a ring, `ring.toml`, and its moves: next → active → retired → gone.
//!
//! Not keys: an entry names one. The moves are pure and take the time as an argument; only `read` and
//! `write` touch the folder.
//!
//! A next key may sign when every relying party that keeps `/jwks` has had to read it again, and every
//! broker follows the list. A retired key may go when whatever it signed has expired.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{JWKS_MAX_AGE, key_file};
use crate::crypto::jose::SigningAlgorithm;
use crate::effects::Timestamp;

/// The file.
pub(super) const LIST: &str = "ring.toml";

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

impl KeyState {
    /// The word in the list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
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
    #[serde(with = "moment")]
    pub created: Timestamp,
    /// Since when it stands there; a list of before this was kept says nothing.
    #[serde(with = "moment::optional", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// `CKA_ID` of a key in a token, hexadecimal; its file is then `<kid>.jwk`, the public half.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkcs11: Option<String>,
}

impl Entry {
    /// Since when it stands where it stands.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since.unwrap_or(self.created)
    }

    /// From when its next move is safe; `None` for an active key, which moves when the next one does.
    #[must_use]
    pub fn movable_from(&self, waits: &Waits) -> Option<Timestamp> {
        match self.state {
            KeyState::Next => Some(self.since().plus(waits.next)),
            KeyState::Active => None,
            KeyState::Retired => Some(self.since().plus(waits.retired)),
        }
    }

    /// The kid becomes a file name: it must be a thumbprint and nothing else.
    pub(super) fn is_named_well(&self) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        self.kid.len() == 43 && self.kid.bytes().all(plain)
    }
}

/// How long a key stays where it is before its next move is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Published before it signs.
    pub next: Duration,
    /// Published after it signed.
    pub retired: Duration,
}

impl Waits {
    /// A broker follows its list within this time.
    const FOLLOWED: Duration = Duration::from_mins(1);
    /// The longest that anything signed is shown to somebody who verifies: an access token lives one
    /// hour at most, but the ID token of a browser's login comes back as the hint of its logout.
    const SIGNED_LIVES: Duration = Duration::from_hours(12);

    /// What every rotation keeps to.
    pub const SAFE: Self = Self {
        next: JWKS_MAX_AGE.saturating_add(Self::FOLLOWED),
        retired: Self::SIGNED_LIVES.saturating_add(Self::FOLLOWED),
    };
}

/// The list.
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
    #[error("no next key is published")]
    NoNext,
    /// A next key is there already.
    #[error("there is a next key already")]
    NextExists,
    /// Relying parties may not know the next key yet.
    #[error("the next key may sign from {}: relying parties may not have read it before", .0.rfc3339())]
    TooEarly(Timestamp),
}

impl Ring {
    /// Publishes a key that will sign later.
    ///
    /// # Errors
    /// [`RingFault::NextExists`].
    pub fn publish(mut self, entry: Entry, now: Timestamp) -> Result<Self, RingFault> {
        if self.next(entry.algorithm).is_some() {
            return Err(RingFault::NextExists);
        }
        self.keys.push(Entry { state: KeyState::Next, since: Some(now), ..entry });
        Ok(self)
    }

    /// The next key signs; the one that signed stays published as retired.
    ///
    /// # Errors
    /// [`RingFault::NoNext`] and [`RingFault::TooEarly`].
    pub fn promote(
        mut self,
        algorithm: SigningAlgorithm,
        now: Timestamp,
        waits: &Waits,
    ) -> Result<Self, RingFault> {
        let next = self.next(algorithm).ok_or(RingFault::NoNext)?;
        let safe = next.since().plus(waits.next);
        if now < safe {
            return Err(RingFault::TooEarly(safe));
        }
        for entry in self.keys.iter_mut().filter(|entry| entry.algorithm == algorithm) {
            let state = match entry.state {
                KeyState::Next => KeyState::Active,
                KeyState::Active => KeyState::Retired,
                KeyState::Retired => continue,
            };
            (entry.state, entry.since) = (state, Some(now));
        }
        Ok(self)
    }

    /// Without the retired keys whose signatures have all expired, and those keys.
    #[must_use]
    pub fn without_expired(self, now: Timestamp, waits: &Waits) -> (Self, Vec<Entry>) {
        self.split(|entry| {
            entry.state == KeyState::Retired && entry.since().plus(waits.retired) <= now
        })
    }

    /// Without any key of an algorithm, and those keys: for when they are known to others.
    #[must_use]
    pub fn without(self, algorithm: SigningAlgorithm) -> (Self, Vec<Entry>) {
        self.split(|entry| entry.algorithm == algorithm)
    }

    /// With an active key of an algorithm that has none, and the one after it. The first signs at
    /// once: nobody could ask for its algorithm before.
    ///
    /// # Errors
    /// Whatever `make` says.
    pub fn begin(
        mut self,
        algorithm: SigningAlgorithm,
        now: Timestamp,
        make: &impl Fn(SigningAlgorithm) -> Result<Entry, String>,
    ) -> Result<Self, String> {
        for state in [KeyState::Active, KeyState::Next] {
            self.keys.push(Entry { state, since: Some(now), ..make(algorithm)? });
        }
        Ok(self)
    }

    /// The algorithms without any key.
    #[must_use]
    pub fn missing(&self) -> Vec<SigningAlgorithm> {
        let mut missing = SigningAlgorithm::ALL.to_vec();
        missing.retain(|algorithm| self.keys.iter().all(|key| key.algorithm != *algorithm));
        missing
    }

    /// The key that signs next.
    #[must_use]
    pub fn next(&self, algorithm: SigningAlgorithm) -> Option<&Entry> {
        let is = |key: &&Entry| key.algorithm == algorithm && key.state == KeyState::Next;
        self.keys.iter().find(is)
    }

    /// Whether a folder has a list, good or not.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        Self::list_in(folder).exists()
    }

    /// The file of a folder's list: it is replaced whenever anything about the ring changes.
    #[must_use]
    pub fn list_in(folder: &Path) -> PathBuf {
        folder.join(LIST)
    }

    /// The list of a folder.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = Self::list_in(folder);
        let shown = path.display();
        let text = fs::read_to_string(&path)
            .map_err(|cause| format!("{shown}: {cause}; `varco keys generate` makes a ring"))?;
        toml::from_str(&text).map_err(|cause| format!("{shown}: {}", cause.message()))
    }

    /// Replaces the list of a folder in one step.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let text = toml::to_string(self).map_err(|cause| cause.to_string())?;
        key_file::replace(&Self::list_in(folder), text.as_bytes())
    }

    /// Everything wrong with the list itself.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let missing = self.missing();
        if missing.contains(&SigningAlgorithm::RS256) {
            problems
                .push(format!("{LIST}: there is no RS256 key: `varco keys generate` makes one"));
        }
        for algorithm in SigningAlgorithm::ALL.into_iter().filter(|one| !missing.contains(one)) {
            let name = algorithm.name();
            let count = |state| {
                let is = |key: &&Entry| key.algorithm == algorithm && key.state == state;
                self.keys.iter().filter(is).count()
            };
            let (active, next) = (count(KeyState::Active), count(KeyState::Next));
            if active != 1 {
                problems
                    .push(format!("{LIST}: exactly one {name} key must be active, {active} are"));
            }
            if next > 1 {
                problems.push(format!("{LIST}: one {name} key at most may be next, {next} are"));
            }
        }
        problems
    }

    fn split(mut self, gone: impl Fn(&Entry) -> bool) -> (Self, Vec<Entry>) {
        let (gone, kept) = self.keys.into_iter().partition(gone);
        self.keys = kept;
        (self, gone)
    }
}

/// Moments as RFC 3339 text.
mod moment {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::effects::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(
        moment: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&moment.rfc3339())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::from_rfc3339(&text)
            .ok_or_else(|| D::Error::custom("a date and time of RFC 3339 is wanted"))
    }

    pub(super) mod optional {
        use serde::{Deserializer, Serializer};

        use crate::effects::Timestamp;

        #[expect(clippy::ref_option, reason = "serde's signature")]
        pub(in super::super) fn serialize<S: Serializer>(
            moment: &Option<Timestamp>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match moment {
                Some(moment) => super::serialize(moment, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub(in super::super) fn deserialize<'d, D: Deserializer<'d>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}
