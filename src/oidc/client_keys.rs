//! The public keys of a client: registered as they are, or published at its `jwks_uri` (OpenID Connect
//! Registration 1.0, section 2; OpenID Connect Core 1.0, section 10).
//!
//! Not the judgement of one key or token: `crypto` has that. Published keys are fetched when they are needed,
//! at most once a minute for one client whatever the tokens name, and the last good set outlives a
//! server that is away.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::Mutex;

use crate::crypto::jwe::{KeyManagement, key_for};
use crate::crypto::jwk::{PublicKeys, SetFault, SignatureAlgorithm};
use crate::crypto::jws::{Compact, JwsFault, Verified};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl, OutboundFault};

/// The keys of one client: they verify its assertions and request objects, and encrypt answers. Clones
/// share what was fetched.
#[derive(Clone, Debug, Default)]
pub enum ClientKeys {
    /// It registered none.
    #[default]
    None,
    /// `jwks`, or a file beside the client's.
    Registered(Arc<PublicKeys>),
    /// `jwks_uri`.
    Published(Arc<Published>),
}

/// Why a client's keys verify nothing. The texts hold nothing of the token.
#[derive(Debug, thiserror::Error)]
pub enum KeysFault {
    /// The token is refused.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// The client has no keys.
    #[error("the client registered no keys")]
    None,
    /// Its `jwks_uri` gave none yet, and was asked less than a minute ago.
    #[error("the jwks_uri gave no keys a moment ago")]
    Waiting,
    /// Its `jwks_uri` does not answer.
    #[error("the jwks_uri: {0}")]
    Unreachable(#[source] OutboundFault),
    /// It answers with another status than 200.
    #[error("the jwks_uri answers with status {0}")]
    Status(u16),
    /// It answers with something else than a set of public keys.
    #[error("the jwks_uri: {0}")]
    Set(#[source] SetFault),
}

impl ClientKeys {
    /// Keys that are known.
    #[must_use]
    pub fn registered(keys: PublicKeys) -> Self {
        Self::Registered(Arc::new(keys))
    }

    /// Keys that are to be fetched.
    #[must_use]
    pub fn published(uri: FetchUrl) -> Self {
        Self::Published(Arc::new(Published {
            uri,
            kept: ArcSwapOption::empty(),
            asked: Mutex::new(None),
        }))
    }

    /// Whether the client has no keys at all.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether it is known that the client has no key to encrypt for with `management`: what it publishes
    /// is seen only when it is needed.
    #[must_use]
    pub fn cannot_decrypt(&self, management: KeyManagement) -> bool {
        match self {
            Self::None => true,
            Self::Registered(keys) => key_for(keys, management).is_none(),
            Self::Published(_) => false,
        }
    }

    /// What `token` says, if one of the keys signed it with an algorithm that is `allowed`. A key that
    /// is not known yet is looked for at the `jwks_uri`.
    ///
    /// # Errors
    /// [`KeysFault`].
    pub async fn verify(
        &self,
        token: &Compact<'_>,
        allowed: &[SignatureAlgorithm],
        fx: &Effects,
    ) -> Result<Verified, KeysFault> {
        let keys = self.current(fx).await?;
        match (token.verify(&keys, allowed), self) {
            (Err(JwsFault::UnknownKey), Self::Published(published)) => {
                let newer = published.newer(Some(&keys), fx).await?;
                Ok(token.verify(&newer, allowed)?)
            }
            (verified, _) => Ok(verified?),
        }
    }

    /// The keys as they are now: to encrypt for, or to compare with a certificate.
    ///
    /// # Errors
    /// [`KeysFault`].
    pub async fn current(&self, fx: &Effects) -> Result<Arc<PublicKeys>, KeysFault> {
        match self {
            Self::None => Err(KeysFault::None),
            Self::Registered(keys) => Ok(Arc::clone(keys)),
            Self::Published(published) => published.current(fx).await,
        }
    }

    /// These keys, or what was fetched for `earlier` when both have the same `jwks_uri`: a reload forgets
    /// nothing.
    #[must_use]
    pub fn resuming(self, earlier: &Self) -> Self {
        match (&self, earlier) {
            (Self::Published(new), Self::Published(old)) if new.uri == old.uri => earlier.clone(),
            _ => self,
        }
    }
}

/// Keys at an address, and what is known of them.
#[derive(Debug)]
pub struct Published {
    uri: FetchUrl,
    kept: ArcSwapOption<Kept>,
    /// When the address was last asked, by the monotonic clock; held while it is asked.
    asked: Mutex<Option<Duration>>,
}

#[derive(Debug)]
struct Kept {
    keys: Arc<PublicKeys>,
    fetched: Duration,
}

impl Published {
    async fn current(&self, fx: &Effects) -> Result<Arc<PublicKeys>, KeysFault> {
        let Some(kept) = self.kept.load_full() else { return self.newer(None, fx).await };
        let age = fx.monotonic().saturating_sub(kept.fetched);
        if age < FRESH {
            return Ok(Arc::clone(&kept.keys));
        }
        match self.newer(Some(&kept.keys), fx).await {
            Err(fault) if age < LAST_GOOD => {
                tracing::warn!(uri = %self.uri, %fault, "the last good keys of a client are used");
                Ok(Arc::clone(&kept.keys))
            }
            Ok(keys) if age >= LAST_GOOD && Arc::ptr_eq(&keys, &kept.keys) => {
                Err(KeysFault::Waiting)
            }
            outcome => outcome,
        }
    }

    /// Other keys than `seen`: those that another request has just fetched, or freshly fetched ones.
    /// Within a minute of the last question, `seen` again.
    async fn newer(
        &self,
        seen: Option<&Arc<PublicKeys>>,
        fx: &Effects,
    ) -> Result<Arc<PublicKeys>, KeysFault> {
        let mut asked = self.asked.lock().await;
        if let Some(kept) = self.kept.load_full()
            && seen.is_none_or(|seen| !Arc::ptr_eq(seen, &kept.keys))
        {
            return Ok(Arc::clone(&kept.keys));
        }
        let now = fx.monotonic();
        if asked.is_some_and(|asked| now.saturating_sub(asked) < PAUSE) {
            return seen.cloned().ok_or(KeysFault::Waiting);
        }
        *asked = Some(now);
        let keys = Arc::new(self.fetch(fx).await?);
        self.kept.store(Some(Arc::new(Kept { keys: Arc::clone(&keys), fetched: now })));
        Ok(keys)
    }

    async fn fetch(&self, fx: &Effects) -> Result<PublicKeys, KeysFault> {
        let accept = "application/jwk-set+json, application/json";
        let request = FetchRequest::get(self.uri.clone(), accept, LIMITS);
        let answer = fx.fetch(&request).await.map_err(KeysFault::Unreachable)?;
        if answer.status != 200 {
            return Err(KeysFault::Status(answer.status));
        }
        PublicKeys::parse(&answer.body).map_err(KeysFault::Set)
    }
}

/// When to give up on a `jwks_uri`.
const LIMITS: FetchLimits = FetchLimits { octets: 256 * 1024, time: Duration::from_secs(5) };
/// How long fetched keys are used without asking: a key that its owner withdrew is gone by then.
const FRESH: Duration = Duration::from_mins(10);
/// How long they are used when nobody answers.
const LAST_GOOD: Duration = Duration::from_hours(24);
/// Between two questions, whatever the tokens name.
const PAUSE: Duration = Duration::from_secs(60);
