//! What is known of one source, and what operators were told about it.
//!
//! Not the judgement of a document: only what its outcome changes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::{Outcome, Refreshed};
use crate::effects::Timestamp;
use crate::saml::metadata::aggregate::Contents;
use crate::saml::metadata::kept::Label;
use crate::saml::metadata::provider::Provider;

/// One source between two attempts.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Those of the last good document.
    pub(super) providers: Vec<Arc<Provider>>,
    /// Of the last good document; after a start it may be of one that is past its time.
    pub(super) label: Option<Label>,
    /// Why the last attempt failed.
    pub(super) problem: Option<String>,
    /// What operators were told and what still is so.
    pub(super) standing: BTreeSet<String>,
    /// When it is to be read again, in monotonic time.
    pub(super) due_at: Duration,
}

/// When a source is due and when it is late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    /// How often it is read.
    pub(super) refresh: Duration,
    /// After which time without success it is late.
    pub(super) stale_after: Duration,
    /// When the register was opened.
    pub(super) opened_at: Timestamp,
}

impl State {
    /// A good document takes the place of the one before. `besides` is what went wrong beside it.
    pub(super) fn accept(
        &mut self,
        contents: Contents,
        label: Label,
        besides: Option<String>,
        outcome: Outcome,
        rhythm: Rhythm,
    ) -> Refreshed {
        let mut standing: BTreeSet<String> = contents.alerts.into_iter().collect();
        standing.extend(besides);
        let providers: Vec<_> = contents.providers.into_iter().map(Arc::new).collect();
        let gone = vanished(&self.providers, &providers, &standing);
        let (mut raised, settled) = replace(&mut self.standing, standing);
        raised.extend(gone);
        let due_in = rhythm.due_in(contents.cache_for, label.edition.valid_until, label.read_at);
        self.providers = providers;
        self.problem = None;
        self.label = Some(label);
        Refreshed { outcome, raised, settled, due_in }
    }

    /// Nothing usable came: what there is stays.
    pub(super) fn fail(&mut self, problem: String, rhythm: Rhythm, now: Timestamp) -> Refreshed {
        let mut standing = self.standing.clone();
        if let Some(before) = self.problem.replace(problem.clone()) {
            standing.remove(&before);
        }
        standing.insert(problem);
        if let (true, Some(label)) = (self.is_stale(rhythm, now), &self.label) {
            let since = label.read_at.rfc3339();
            standing.insert(format!("{}: not renewed since {since}", label.source));
        }
        let (raised, settled) = replace(&mut self.standing, standing);
        Refreshed { outcome: Outcome::Failed, raised, settled, due_in: rhythm.retry() }
    }

    /// Too long without success, or three quarters of the document's life are over.
    pub(super) fn is_stale(&self, rhythm: Rhythm, now: Timestamp) -> bool {
        let Some(label) = &self.label else {
            return now.since(rhythm.opened_at) > rhythm.stale_after;
        };
        let near_its_end =
            |end: Timestamp| end.since(now) < end.since(label.since) / LAST_PART_OF_ITS_LIFE;
        now.since(label.read_at) > rhythm.stale_after
            || label.edition.valid_until.is_some_and(near_its_end)
    }
}

impl Rhythm {
    /// As configured, sooner if the publisher says so or the document ends before.
    fn due_in(
        self,
        cache_for: Option<Duration>,
        end: Option<Timestamp>,
        now: Timestamp,
    ) -> Duration {
        let half = end.map(|end| end.since(now) / 2);
        let wanted = cache_for.into_iter().chain(half).fold(self.refresh, Duration::min);
        wanted.max(self.retry())
    }

    /// After a failure; nobody is asked more often.
    pub(super) fn retry(self) -> Duration {
        RETRY.min(self.refresh)
    }
}

/// Providers that were there and of which the new document says nothing at all.
fn vanished(old: &[Arc<Provider>], new: &[Arc<Provider>], told: &BTreeSet<String>) -> Vec<String> {
    let ids: BTreeSet<&str> = new.iter().map(|provider| provider.entity_id.as_str()).collect();
    old.iter()
        .map(|provider| provider.entity_id.as_str())
        .filter(|id| !ids.contains(id))
        .filter(|id| !told.iter().any(|alert| alert.starts_with(*id)))
        .map(|id| format!("{id}: it is no longer in the metadata"))
        .collect()
}

/// What is new in `next` and what is gone; `next` takes the place of `standing`.
pub(super) fn replace(
    standing: &mut BTreeSet<String>,
    next: BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let raised = next.difference(standing).cloned().collect();
    let settled = standing.difference(&next).cloned().collect();
    *standing = next;
    (raised, settled)
}

/// Nothing is asked more often.
const RETRY: Duration = Duration::from_mins(5);

/// Operators hear of it when a quarter is left.
const LAST_PART_OF_ITS_LIFE: u32 = 4;
