//! Everything that one grant gave: its access tokens and its refresh token, in one record that is
//! changed by compare-and-set alone. So whatever ends a grant ends all of it, in one step.
//!
//! Not the verbs: `redeem`, `refresh`, `unlock` and `revoke` read and swap it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{AccessToken, Grant, RefreshToken};
use crate::crypto::digest::equal;
use crate::effects::Timestamp;
use crate::oidc::{Confirmation, Scopes};

/// The record of a grant, filed under its name.
#[derive(Debug, Serialize, Deserialize)]
pub enum AccessRecord {
    /// Tokens were issued.
    Live(Box<Issued>),
    /// A code or a refresh token was shown twice, or the client revoked the grant: whatever it gave is
    /// dead.
    Revoked,
    /// Somebody logged out: whatever the code gave, or would have given, is dead.
    Ended,
}

impl AccessRecord {
    /// What was issued, if it still counts.
    #[must_use]
    pub fn live(&self) -> Option<&Issued> {
        match self {
            Self::Live(issued) => Some(issued),
            Self::Revoked | Self::Ended => None,
        }
    }
}

/// What a live grant gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Issued {
    /// What it stands for.
    pub grant: Grant,
    /// The access tokens, the oldest first.
    access: Vec<Access>,
    /// The refresh token, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<Family>,
}

/// One access token: which part of its grant it is good for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Access {
    /// SHA-256 of its text.
    pub digest: [u8; 32],
    /// From when.
    pub issued_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// What it may release.
    pub scopes: Scopes,
    /// The resource servers it is for; empty: our own userinfo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What its holder must show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
}

/// The refresh tokens of a grant, of which one is live.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Family {
    /// Digest of what all of them share.
    shared: [u8; 32],
    /// Digest of the live one.
    current: [u8; 32],
    /// The one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced: Option<Replaced>,
    /// The key that a public client must show with it (RFC 9449, section 5; RFC 8705, section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<Confirmation>,
    /// When the family ends, whatever is refreshed.
    pub expires_at: Timestamp,
}

/// A refresh token that was used, and what it gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Replaced {
    /// Its digest.
    secret: [u8; 32],
    /// Digest of the access token that it gave.
    access: [u8; 32],
    /// Whether that access token was used.
    used: bool,
}

/// What a shown refresh token is to its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The live one.
    Current,
    /// The one before it, and nothing of what that gave was ever used: its answer was lost.
    Again,
    /// One that was used or replaced: two hold the family.
    Replayed,
    /// None of this family.
    Foreign,
}

impl Family {
    /// The family of its first token.
    #[must_use]
    pub fn of(first: &RefreshToken, bound_to: Option<Confirmation>, expires_at: Timestamp) -> Self {
        let (shared, current) = (first.family_digest(), first.digest());
        Self { shared, current, replaced: None, bound_to, expires_at }
    }

    /// What `token` is to it.
    #[must_use]
    pub fn shown(&self, token: &RefreshToken) -> Shown {
        if !equal(&self.shared, &token.family_digest()) {
            return Shown::Foreign;
        }
        let secret = token.digest();
        match &self.replaced {
            _ if equal(&self.current, &secret) => Shown::Current,
            Some(before) if !before.used && equal(&before.secret, &secret) => Shown::Again,
            _ => Shown::Replayed,
        }
    }
}

impl Issued {
    /// The first tokens of a grant.
    #[must_use]
    pub fn first(grant: Grant, access: Access, family: Option<Family>) -> Self {
        Self { grant, access: vec![access], family }
    }

    /// Its refresh tokens, while they live.
    #[must_use]
    pub fn family(&self, now: Timestamp) -> Option<&Family> {
        self.family.as_ref().filter(|family| now < family.expires_at)
    }

    /// The access token with that text, while it lives.
    #[must_use]
    pub fn access(&self, token: &AccessToken, now: Timestamp) -> Option<&Access> {
        let digest = token.digest();
        let mut access = self.access.iter();
        access.find(|access| equal(&access.digest, &digest) && now < access.expires_at)
    }

    /// Whether the access token with that digest is still among them.
    #[must_use]
    pub fn holds(&self, digest: &[u8; 32]) -> bool {
        self.access.iter().any(|held| held.digest == *digest)
    }

    /// Without that access token.
    pub fn withdraw(&mut self, digest: &[u8; 32]) {
        self.access.retain(|access| access.digest != *digest);
    }

    /// With one more access token, given for `shown`. If `next` is another refresh token, it replaces
    /// the shown one; what that gave before, and nobody used, dies.
    pub fn refresh(
        &mut self,
        shown: &RefreshToken,
        next: &RefreshToken,
        access: Access,
        now: Timestamp,
    ) {
        self.access.retain(|access| now < access.expires_at);
        if let Some(family) = &mut self.family
            && shown.digest() != next.digest()
        {
            let replaced = Replaced { secret: shown.digest(), access: access.digest, used: false };
            let before = family.replaced.replace(replaced);
            let again = before.filter(|before| before.secret == shown.digest());
            family.current = next.digest();
            if let Some(again) = again {
                self.withdraw(&again.access);
            }
        }
        if self.access.len() >= MOST {
            self.access.remove(0);
        }
        self.access.push(access);
    }

    /// Whether the first use of that access token must be noted: it was given for a refresh token, which
    /// from then on nobody may show again.
    #[must_use]
    pub fn is_unused_successor(&self, access: &Access) -> bool {
        let replaced = self.family.as_ref().and_then(|family| family.replaced.as_ref());
        replaced.is_some_and(|replaced| !replaced.used && replaced.access == access.digest)
    }

    /// Notes that use.
    pub fn note_use(&mut self) {
        if let Some(replaced) = self.family.as_mut().and_then(|family| family.replaced.as_mut()) {
            replaced.used = true;
        }
    }

    /// How long the record must be kept: until its last token ends.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> Duration {
        let ends = self.access.iter().map(|access| access.expires_at);
        let ends = ends.chain(self.family.as_ref().map(|family| family.expires_at));
        ends.max().map_or(Duration::ZERO, |end| end.since(now))
    }
}

/// How many access tokens of one grant live at once; one more ends the oldest.
const MOST: usize = 32;

#[cfg(test)]
mod tests;
