//! What a shown token stands for, and how a client gives one back (RFC 7009).
//!
//! Not the proof of possession: whoever was shown the token compares [`Access::confirmation`], and only
//! then notes the use.

use super::record::{Access, AccessRecord, Family, Shown};
use super::{AccessToken, Broker, Grant, RefreshToken};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::ClientId;
use crate::state::{Held, Key, Shelf};

/// A live access token.
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// What its grant stands for.
    pub grant: Grant,
    /// Which part of that it is good for.
    pub access: Access,
    /// Whether its use must be noted.
    first_use: bool,
}

impl Broker {
    /// What a live access token stands for; `None` in every case but that one.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn unlock(&self, token: &AccessToken) -> Result<Option<Unlocked>, Fault> {
        let Some(record) = self.record_of(token.grant()).await? else { return Ok(None) };
        let Some(issued) = record.live() else { return Ok(None) };
        let Some(access) = issued.access(token, self.fx.now()) else { return Ok(None) };
        let (grant, access) = (issued.grant.clone(), access.clone());
        // What was exchanged ends with what it was exchanged for.
        for parent in grant.delegation.iter().flat_map(|delegation| &delegation.parents) {
            let record = self.record_of(&parent.grant).await?;
            let issued = record.as_deref().and_then(AccessRecord::live);
            if !issued.is_some_and(|issued| issued.holds(&parent.access)) {
                return Ok(None);
            }
        }
        if let Some(behalf) = &grant.behalf
            && !self.delegation_holds(behalf).await?
        {
            return Ok(None);
        }
        let first_use = issued.is_unused_successor(&access);
        Ok(Some(Unlocked { grant, access, first_use }))
    }

    /// Notes that the token was used, where that decides whether the refresh token before it may be shown
    /// again. `false` when the token has died since it was unlocked.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn note_use(&self, unlocked: &Unlocked) -> Result<bool, Fault> {
        if !unlocked.first_use {
            return Ok(true);
        }
        let place = Key::of(&unlocked.grant.id);
        loop {
            let Some(record) = self.record_of(&unlocked.grant.id).await? else { return Ok(false) };
            let Some(issued) = record.live() else { return Ok(false) };
            if !issued.holds(&unlocked.access.digest) {
                return Ok(false);
            }
            if !issued.is_unused_successor(&unlocked.access) {
                return Ok(true);
            }
            let mut next = Box::new(issued.clone());
            next.note_use();
            let lives = next.lives(self.fx.now());
            let next = AccessRecord::Live(next);
            if self.shelves.swap(Shelf::Token, place, &record, &next, lives).await? {
                return Ok(true);
            }
        }
    }

    /// What the live refresh token stands for, and its family; `None` in every case but that one.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn look_at(&self, token: &RefreshToken) -> Result<Option<(Grant, Family)>, Fault> {
        let record = self.record_of(token.grant()).await?;
        Ok(record.as_deref().and_then(AccessRecord::live).and_then(|issued| {
            let family = issued.family(self.fx.now())?;
            let current = family.shown(token) == Shown::Current;
            current.then(|| (issued.grant.clone(), family.clone()))
        }))
    }

    /// Ends what a client gives back: an access token alone, a refresh token with its whole grant. A token
    /// that is unknown, or another client's, is left as it is.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn revoke(&self, token: &str, client: &ClientId) -> Result<(), Fault> {
        if let Some(token) = RefreshToken::parse(token) {
            return self.revoke_family(&token, client).await;
        }
        let Some(token) = AccessToken::parse(token) else { return Ok(()) };
        let place = Key::of(token.grant());
        loop {
            let Some(record) = self.record_of(token.grant()).await? else { return Ok(()) };
            let Some(issued) = record.live() else { return Ok(()) };
            let own = issued.grant.client_id == *client;
            if !own || issued.access(&token, self.fx.now()).is_none() {
                return Ok(());
            }
            let mut next = Box::new(issued.clone());
            next.withdraw(&token.digest());
            let lives = next.lives(self.fx.now());
            let next = AccessRecord::Live(next);
            if self.shelves.swap(Shelf::Token, place, &record, &next, lives).await? {
                return Ok(());
            }
        }
    }

    async fn revoke_family(&self, token: &RefreshToken, client: &ClientId) -> Result<(), Fault> {
        let record = self.record_of(token.grant()).await?;
        let own = record.as_deref().and_then(AccessRecord::live).is_some_and(|issued| {
            let family = issued.family(self.fx.now());
            issued.grant.client_id == *client
                && family.is_some_and(|family| family.shown(token) != Shown::Foreign)
        });
        if own { self.kill(token.grant(), AccessRecord::Revoked).await } else { Ok(()) }
    }

    async fn record_of(&self, grant: &Handle) -> Result<Option<Held<AccessRecord>>, Fault> {
        Ok(self.shelves.get::<AccessRecord>(Shelf::Token, Key::of(grant)).await?)
    }
}
