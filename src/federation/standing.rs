//! What the issuers of trust marks said of them: asked in the background, and kept for as long as it counts
//! (OpenID Federation 1.0, section 8.4).
//!
//! Not one answer ([`super::mark_status`]), and not the signature of a mark: those that come here are valid.
//! An issuer that is silent is believed for a day from what it said last, or from when the mark was first
//! seen; one without an end counts for nothing before its issuer said that it holds. Whose mark was taken
//! back is unusable from the moment that this is known.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::cache::pause;
use super::{AskStatus, EntityId, MarkStatus, TrustMark};
use crate::crypto::digest::sha256;
use crate::crypto::jwk::PublicKeys;
use crate::effects::{Effects, Timestamp};

/// Between two questions about one mark.
pub(super) const PACE: Duration = Duration::from_mins(10);
/// How long the last good answer counts when no other one comes, and how long a mark is remembered that
/// nobody shows any more.
const SILENCE: Duration = Duration::from_hours(24);
/// Marks remembered at most: beyond, those that have to be asked about count for nothing.
const MOST: usize = 20_000;

/// A mark that a role needs, everything of which is right, and where its issuer tells whether it holds.
#[derive(Clone, Debug)]
pub(super) struct Attested {
    pub(super) mark: TrustMark,
    pub(super) subject: EntityId,
    pub(super) anchor: EntityId,
    /// Federation keys of its issuer that count.
    pub(super) keys: Vec<Arc<PublicKeys>>,
    /// The address in its issuer's configuration, if there is one.
    pub(super) endpoint: Option<String>,
    /// When the chain of its issuer ends, if the anchor did not issue it.
    pub(super) vouched_until: Option<Timestamp>,
}

/// Why a valid mark does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Discounted {
    /// Its issuer says so.
    #[error("its issuer says that it holds no more")]
    Withdrawn,
    /// It has no end, and its issuer is not asked or has not answered.
    #[error("it has no end, and its issuer did not say that it holds")]
    Endless,
    /// There are too many of them.
    #[error("too many marks to ask about")]
    Crowd,
    /// It ended, or its issuer has been silent for too long.
    #[error("it is over, or its issuer has been silent for a day")]
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Active,
    Inactive,
}

struct Standing {
    attested: Attested,
    said: Said,
    /// When it was said; before that, when the mark was first seen.
    since: Timestamp,
    /// When it was last shown.
    shown: Timestamp,
    due: Duration,
    /// Why its issuer's last answer says nothing.
    silent: Option<String>,
}

/// How a mark is told from others.
pub(super) type Digest = [u8; 32];

/// Everything that was said.
#[derive(Default)]
pub(super) struct Standings {
    known: Mutex<HashMap<Digest, Standing>>,
}

impl Standings {
    /// Until when a mark counts that is shown at `now`. One whose issuer is asked is remembered.
    pub(super) fn until(
        &self,
        attested: &Attested,
        policy: AskStatus,
        fx: &Effects,
    ) -> Result<Timestamp, Discounted> {
        let (now, own) = (fx.now(), attested.mark.expires());
        let end = match (own, self.counts(attested, policy, fx)?) {
            (Some(own), Some(said)) => own.min(said),
            (one, other) => one.or(other).ok_or(Discounted::Endless)?,
        };
        let end = attested.vouched_until.map_or(end, |vouched| end.min(vouched));
        if now < end { Ok(end) } else { Err(Discounted::Over) }
    }

    /// Until when what its issuer said of it counts; `None`: nobody is asked.
    fn counts(
        &self,
        attested: &Attested,
        policy: AskStatus,
        fx: &Effects,
    ) -> Result<Option<Timestamp>, Discounted> {
        let ends = attested.mark.expires().is_some();
        if !policy.asks(ends) || attested.endpoint.is_none() {
            return Ok(None);
        }
        let now = fx.now();
        let digest = digest(&attested.mark);
        let mut known = self.lock();
        if known.len() >= MOST && !known.contains_key(&digest) {
            known.retain(|_, standing| now < standing.shown.plus(SILENCE));
            if known.len() >= MOST {
                return Err(Discounted::Crowd);
            }
        }
        let standing = known.entry(digest).or_insert_with(|| Standing {
            attested: attested.clone(),
            said: Said::Nothing,
            since: now,
            shown: now,
            due: Duration::ZERO,
            silent: None,
        });
        // Where it is asked, and under which keys, may have changed.
        standing.attested = attested.clone();
        standing.shown = now;
        match standing.said {
            Said::Inactive => Err(Discounted::Withdrawn),
            Said::Nothing if !ends => Err(Discounted::Endless),
            Said::Nothing | Said::Active => Ok(Some(standing.since.plus(SILENCE))),
        }
    }

    /// Marks of `subject`, or of everybody, whose issuers are to be asked now; nobody else asks meanwhile.
    pub(super) fn due(&self, subject: Option<&EntityId>, fx: &Effects) -> Vec<(Digest, Attested)> {
        let (now, monotonic) = (fx.now(), fx.monotonic());
        let mut known = self.lock();
        known.retain(|_, standing| {
            let ended = standing.attested.mark.expires().is_some_and(|end| end <= now);
            !ended && now < standing.shown.plus(SILENCE)
        });
        let mut due = Vec::new();
        for (digest, standing) in known.iter_mut() {
            let about = subject.is_none_or(|subject| standing.attested.subject == *subject);
            if about && standing.due <= monotonic {
                standing.due = monotonic + PACE;
                due.push((*digest, standing.attested.clone()));
            }
        }
        due
    }

    /// Keeps an answer, or why it says nothing. Whether it took back what counted until now.
    pub(super) fn note(
        &self,
        digest: &Digest,
        answer: Result<MarkStatus, String>,
        fx: &Effects,
    ) -> bool {
        let mut known = self.lock();
        let Some(standing) = known.get_mut(digest) else { return false };
        match answer {
            Ok(status) => {
                let before = standing.said;
                standing.said = match status {
                    MarkStatus::Active => Said::Active,
                    MarkStatus::Inactive => Said::Inactive,
                };
                standing.since = fx.now();
                standing.silent = None;
                before != Said::Inactive && standing.said == Said::Inactive
            }
            Err(why) => {
                standing.silent = Some(why);
                standing.due = fx.monotonic() + pause(fx);
                false
            }
        }
    }

    /// Issuers that do not answer, each with the reason.
    pub(super) fn alerts(&self) -> Vec<String> {
        let known = self.lock();
        let silent = known.values().filter_map(|standing| {
            let issuer = standing.attested.mark.issuer();
            let why = standing.silent.as_ref()?;
            Some(format!("{issuer} does not say whether its trust marks hold: {why}"))
        });
        let mut alerts: Vec<String> = silent.collect();
        alerts.sort();
        alerts.dedup();
        alerts
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Standing>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(mark: &TrustMark) -> Digest {
    sha256(mark.token().as_bytes())
}
