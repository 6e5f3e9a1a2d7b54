//! Anchors: the head of the trail, signed, outside the database.
//!
//! Not a copy of any row: a number and a digest. One compact JWS for each line, by a key that signs tokens
//! (`docs/reference/audit.md` says how others verify it). Files are only appended to; they should lie where
//! whoever administers the database cannot write.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use crate::crypto::jose::TokenType;
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Compact, Expected, JwsFault};
use crate::crypto::keyring::KeyRing;
use crate::effects::{Effects, Timestamp};
use crate::registry::{Registry, RegistryFault};
use crate::terms::Day;

/// A head of the trail that was signed and verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the row.
    pub seq: i64,
    /// Its digest.
    pub digest: String,
    /// When it was signed.
    pub at: Option<Timestamp>,
}

impl Anchor {
    /// Reads one line, signed by one of `keys` in the name of `issuer`.
    ///
    /// # Errors
    /// [`JwsFault`]: it is no anchor of ours, or the key is not among them.
    pub fn read(line: &str, issuer: &str, keys: &PublicKeys) -> Result<Self, JwsFault> {
        let compact = Compact::read(line, &EXPECTED)?;
        let verified = compact.verify(keys, &SignatureAlgorithm::ALL)?;
        let claims = verified.claims();
        if claims.issuer() != Some(issuer) {
            return Err(JwsFault::Claim("iss"));
        }
        let seq = claims.members().get("seq").and_then(serde_json::Value::as_i64);
        let seq = seq.ok_or(JwsFault::Claim("seq"))?;
        let digest = claims.text("digest").ok_or(JwsFault::Claim("digest"))?.to_owned();
        Ok(Self { seq, digest, at: claims.issued() })
    }
}

const EXPECTED: Expected = Expected { longest: 4096, types: &["varco-anchor+jwt"], untyped: false };

/// Why no anchor was written everywhere.
#[derive(Debug, thiserror::Error)]
pub enum AnchorFault {
    /// The trail cannot be read.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
    /// No key of ours signs now.
    #[error("no key signs the anchor")]
    Unsigned,
    /// A file cannot be appended to; the others were.
    #[error("{}: {cause}; the broker must be allowed to append to it", .file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The head has not moved since the last one, and that was today.
    Unmoved,
    /// The head with this number was written to every file.
    Written(i64),
}

/// The files, and what was written to them last.
#[derive(Debug)]
pub struct Anchors {
    files: Vec<PathBuf>,
    every: Duration,
    /// The head that every file has, and when that was last seen to be the latest.
    last: Mutex<Option<(i64, Timestamp)>>,
    opened: Timestamp,
}

impl Anchors {
    /// Anchors into `files`, at intervals of `every`.
    #[must_use]
    pub fn new(files: Vec<PathBuf>, every: Duration, fx: &Effects) -> Self {
        Self { files, every, last: Mutex::default(), opened: fx.now() }
    }

    /// The interval.
    #[must_use]
    pub const fn every(&self) -> Duration {
        self.every
    }

    /// How long ago every file had the head of the trail: a growing age is an alarm.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Duration {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        now.since(last.map_or(self.opened, |(_, at)| at))
    }

    /// Signs the head and appends it to every file, if it has moved or the last one was of another day.
    ///
    /// # Errors
    /// [`AnchorFault`] of the last file that was not written; it is tried again at the next interval.
    pub async fn write(
        &self,
        registry: &Registry,
        ring: &KeyRing,
        issuer: &str,
        fx: &Effects,
    ) -> Result<Signed, AnchorFault> {
        let (seq, digest) = registry.trail_head().await?;
        let now = fx.now();
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let of_today = |known: &(i64, Timestamp)| Day::of(known.1) == Day::of(now);
            let unmoved = last.filter(of_today).is_some_and(|(known, _)| known == seq);
            // Nothing was ever done: nothing can be missing.
            if seq == 0 || unmoved {
                *last = Some((seq, now));
                return Ok(Signed::Unmoved);
            }
        }
        let key = ring.algorithms().first().and_then(|algorithm| ring.active(*algorithm));
        let payload = json!({
            "iss": issuer,
            "iat": now.unix_seconds(),
            "seq": seq,
            "digest": digest,
        });
        let key = key.ok_or(AnchorFault::Unsigned)?;
        let signing = key.jws(TokenType::Anchor, payload.to_string().as_bytes());
        let mut line = signing.get().await.map_err(|_| AnchorFault::Unsigned)?;
        line.push('\n');
        let mut failed = None;
        for file in &self.files {
            let mut options = OpenOptions::new();
            options.append(true).create(true).mode(0o640);
            let written = options.open(file).and_then(|mut open| {
                open.write_all(line.as_bytes())?;
                open.sync_all()
            });
            if let Err(cause) = written {
                failed = Some(AnchorFault::File { file: file.clone(), cause });
            }
        }
        if let Some(fault) = failed {
            return Err(fault);
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((seq, now));
        Ok(Signed::Written(seq))
    }
}
