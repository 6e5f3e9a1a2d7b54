//! What a login leaves behind, and how it ends: the tokens of its grant, at level 1 the session that
//! its provider keeps, and whoever wants to hear of a logout.
//!
//! Not the session of the browser (`reuse`) and not the provider's part: `logout` asks it. A trace is
//! filed under its grant (its `sid`), and beside that under what the provider calls the person, so
//! that the provider can name it too. A login that leaves nothing but tokens has no trace.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::behalf::RESTING;
use super::{AccessRecord, Broker};
use crate::crypto::Handle;
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::identity::UpstreamSession;
use crate::oidc::ClientId;
use crate::state::{Key, Put, Shelf};

/// How long a trace is remembered at least: a working day. After that a provider's own session is over.
/// What a grant gave may outlive that, and so does its trace: a provider may end what it began later too.
const TRACE_LIVES: Duration = Duration::from_hours(12);

/// How many grants may rest on what a provider calls one person; beyond it the one that ends first is
/// forgotten. A name is transient: one login, rarely two.
const MOST_GRANTS: usize = 32;

/// One grant that rests on a provider's session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Resting {
    session_index: String,
    sid: Handle,
    /// Until when its trace is remembered.
    until: Timestamp,
}

/// What a logout has to know of one grant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Trace {
    /// For whom it was.
    pub(super) client_id: ClientId,
    /// Who it is to that client (`sub`), where it wants to hear of a logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// The session that the provider keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) upstream: Option<Box<UpstreamSession>>,
    /// The session of the browser that the grant rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Handle>,
    /// The delegation that the grant rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delegation: Option<String>,
}

impl Trace {
    fn is_needed(&self) -> bool {
        self.subject.is_some()
            || self.upstream.is_some()
            || self.session.is_some()
            || self.delegation.is_some()
    }
}

impl Broker {
    /// Files the trace under its grant, if there is anything to know. The provider's name comes
    /// first: a provider that ends the session at this moment finds the grant, and the code that is
    /// about to be laid gives nothing. `grant_lives` is how long that code and what it gives may live.
    pub(super) async fn file_trace(
        &self,
        sid: &Handle,
        trace: &Trace,
        grant_lives: Duration,
    ) -> Result<(), Fault> {
        if !trace.is_needed() {
            return Ok(());
        }
        let lives = grant_lives.max(TRACE_LIVES);
        // A provider that keeps no session never names one.
        if let Some(session) = trace.upstream.as_ref().filter(|session| session.given.is_none()) {
            let resting = Resting {
                session_index: session.session_index.clone(),
                sid: sid.clone(),
                until: self.fx.now().plus(lives),
            };
            self.rename(principal(session), |all| {
                all.push(resting.clone());
                forget_first(all, MOST_GRANTS, |resting| resting.until);
            })
            .await?;
        }
        if let Some(delegation) = &trace.delegation {
            let until = self.fx.now().plus(lives);
            let resting = Resting { session_index: String::new(), sid: sid.clone(), until };
            self.rename(delegated(delegation), |all| {
                all.push(resting.clone());
                forget_first(all, MOST_DELEGATED, |resting| resting.until);
            })
            .await?;
        }
        match self.shelves.put(Shelf::Session, Key::of(sid), trace, lives).await? {
            Put::Laid => Ok(()),
            Put::AlreadyThere => {
                Err(Fault::of_slug("internal").with_detail("a fresh grant was already taken"))
            }
        }
    }

    /// Ends everything that rests on the grants, on the session of the browser, and on the sessions
    /// that any of these grants rests on; what was known of each is returned. Ending twice does no
    /// harm.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub(super) async fn end_all(
        &self,
        sids: &[Handle],
        session: Option<&Handle>,
    ) -> Result<Vec<(Handle, Trace)>, Fault> {
        let mut left = sids.to_vec();
        if let Some(session) = session {
            left.extend(self.close_all(session).await?);
        }
        let (mut seen, mut ended) = (Vec::new(), Vec::new());
        while let Some(sid) = left.pop() {
            if seen.contains(&sid) {
                continue;
            }
            if let Some(trace) = self.end_one(&sid).await? {
                if let Some(session) = &trace.session {
                    left.extend(self.close_all(session).await?);
                }
                ended.push((sid.clone(), trace));
            }
            seen.push(sid);
        }
        Ok(ended)
    }

    /// The token of the grant, its code if that was not redeemed yet, and its trace.
    pub(super) async fn end_one(&self, sid: &Handle) -> Result<Option<Trace>, Fault> {
        self.kill(sid, AccessRecord::Ended).await?;
        let trace = self.shelves.take::<Trace>(Shelf::Session, Key::of(sid)).await?;
        let kept = trace.as_ref().and_then(|trace| trace.upstream.as_ref());
        if let Some(session) = kept.filter(|session| session.given.is_none()) {
            self.rename(principal(session), |all| all.retain(|resting| resting.sid != *sid))
                .await?;
        }
        if let Some(delegation) = trace.as_ref().and_then(|trace| trace.delegation.as_ref()) {
            self.rename(delegated(delegation), |all| all.retain(|resting| resting.sid != *sid))
                .await?;
        }
        Ok(trace)
    }

    /// The grants that rest on these sessions of a person; on any of theirs when none is named.
    pub(super) async fn resting_on(
        &self,
        upstream: &str,
        provider: &str,
        name_id: &str,
        indexes: &[String],
    ) -> Result<Vec<Handle>, Fault> {
        let place = Key::of_parts(&[upstream, provider, name_id]);
        let held = self.shelves.get::<Vec<Resting>>(Shelf::Principal, place).await?;
        let all = held.map(crate::state::Held::into_inner).unwrap_or_default();
        let named =
            |resting: &Resting| indexes.is_empty() || indexes.contains(&resting.session_index);
        Ok(all.into_iter().filter(named).map(|resting| resting.sid).collect())
    }

    /// Ends everything that rests on what an upstream calls a person, whatever the session, and tells the
    /// services.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn end_principal(
        &self,
        upstream: &str,
        provider: &str,
        name_id: &str,
    ) -> Result<(), Fault> {
        let sids = self.resting_on(upstream, provider, name_id, &[]).await?;
        let ended = self.end_all(&sids, None).await?;
        self.notify(&ended).await;
        Ok(())
    }

    /// Whether the grant was ended: its browser still names it.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn has_ended(&self, sid: &Handle) -> Result<bool, Fault> {
        let record = self.shelves.get::<AccessRecord>(Shelf::Token, Key::of(sid)).await?;
        Ok(record.is_some_and(|record| record.live().is_none()))
    }

    /// Kills all tokens of a grant, even those that are being issued at this moment, and who is present by
    /// it at a page of our own.
    pub(super) async fn kill(&self, grant: &Handle, how: AccessRecord) -> Result<(), Fault> {
        self.kill_tokens(grant, how).await?;
        self.end_presence(grant).await
    }

    async fn kill_tokens(&self, grant: &Handle, how: AccessRecord) -> Result<(), Fault> {
        let place = Key::of(grant);
        // As long as a code that is not redeemed yet could give tokens, and a browser may ask.
        let lives = self.settings.token_lives.max(self.settings.code_lives);
        loop {
            if self.shelves.put(Shelf::Token, place, &how, lives).await? == Put::Laid {
                return Ok(());
            }
            let held = self.shelves.get::<AccessRecord>(Shelf::Token, place).await?;
            let Some(held) = held else { continue };
            if held.live().is_none()
                || self.shelves.swap(Shelf::Token, place, &held, &how, lives).await?
            {
                return Ok(());
            }
        }
    }

    /// Changes the list of grants that rest on one name; an empty list is no entry.
    async fn rename(&self, place: Key, change: impl Fn(&mut Vec<Resting>)) -> Result<(), Fault> {
        loop {
            let held = self.shelves.get::<Vec<Resting>>(Shelf::Principal, place).await?;
            let mut all = held.as_deref().cloned().unwrap_or_default();
            let now = self.fx.now();
            all.retain(|resting| now < resting.until);
            change(&mut all);
            let end = all.iter().map(|resting| resting.until).max();
            let lives = end.map_or(Duration::ZERO, |end| end.since(now));
            let changed = match &held {
                None if all.is_empty() => true,
                None => self.shelves.put(Shelf::Principal, place, &all, lives).await? == Put::Laid,
                Some(held) => self.shelves.swap(Shelf::Principal, place, held, &all, lives).await?,
            };
            if changed {
                return Ok(());
            }
        }
    }
}

/// Keeps at most `most`; beyond it, what ends first is forgotten.
pub(super) fn forget_first<T>(all: &mut Vec<T>, most: usize, end: impl Fn(&T) -> Timestamp) {
    while all.len() > most {
        let first = all.iter().enumerate().min_by_key(|(_, one)| end(one)).map(|(at, _)| at);
        all.remove(first.unwrap_or_default());
    }
}

/// How many grants of one delegation hear of its end. Beyond it the one that ends first is forgotten: what it
/// gave is dead all the same, for the registry is asked at each use.
const MOST_DELEGATED: usize = 256;

fn delegated(id: &str) -> Key {
    Key::of_parts(&[RESTING, id, ""])
}

fn principal(session: &UpstreamSession) -> Key {
    Key::of_parts(&[&session.upstream, &session.provider, &session.name_id])
}
