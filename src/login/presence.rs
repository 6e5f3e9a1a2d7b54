//! Presence: that somebody is signed in at a page of our own. Our pages are relying parties of the broker
//! like any other: whoever enters goes through `/authorize`, and the code is redeemed in this process.
//!
//! Not the session of the browser (`reuse`) and no second way to sign in. A presence is filed under its
//! grant, so that whatever ends the grant ends it; a logout that comes while somebody enters is seen
//! because the grant is asked after the presence was laid.

mod enter;

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Broker, network};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, equal, sha256};
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::oidc::ClientId;
use crate::state::{Key, Shelf};

pub use enter::{Entered, Proof, Wish};

/// Which of our own pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnPages {
    /// A person's own: `/account`.
    Account,
    /// The help desk's: `/console`.
    Console,
}

impl OwnPages {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Account, Self::Console];

    /// Where they begin.
    #[must_use]
    pub const fn base(self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::Console => "/console",
        }
    }
}

/// How one enters these pages, and how long one stays.
#[derive(Clone, Debug)]
pub struct Stay {
    /// Which pages.
    pub pages: OwnPages,
    /// The relying party that they are.
    pub client: ClientId,
    /// Whoever does nothing for so long has left.
    pub idle: Duration,
    /// Nobody stays longer.
    pub lives: Duration,
}

/// What a browser shows beside its cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browsing {
    /// SHA-256 of the header `User-Agent`.
    agent: [u8; 32],
    /// The network of the connection, where that counts: not at a person's own pages, for telephones
    /// change theirs.
    network: Option<String>,
}

impl Browsing {
    /// What counts of a request at these pages.
    #[must_use]
    pub fn at(pages: OwnPages, agent: &[u8], peer: Option<IpAddr>) -> Self {
        let counts = pages == OwnPages::Console;
        Self { agent: sha256(agent), network: peer.filter(|_| counts).map(network) }
    }
}

/// The fields of a form, in order.
pub type Typed = Vec<(String, String)>;

/// Why nobody is present.
#[derive(Debug)]
pub enum PresenceFault {
    /// The presence is over: too long without a request, too long at all, or logged out.
    Over,
    /// Another browser or another network showed the cookie: nobody is present by it any more.
    Elsewhere,
    /// The store does not answer.
    Fault(Fault),
}

impl From<Fault> for PresenceFault {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<crate::state::StateFault> for PresenceFault {
    fn from(fault: crate::state::StateFault) -> Self {
        Self::Fault(fault.into())
    }
}

/// Somebody who is signed in at a page of our own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Presence {
    pages: OwnPages,
    grant: Handle,
    /// SHA-256 of the secret half of the cookie.
    secret: [u8; 32],
    identity: Box<Identity>,
    browsing: Browsing,
    opened_at: Timestamp,
    used_at: Timestamp,
}

impl Presence {
    /// Who it is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The grant that it rests on.
    #[must_use]
    pub const fn grant(&self) -> &Handle {
        &self.grant
    }

    /// When they came in.
    #[must_use]
    pub const fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    /// Whether they have proven who they are within that time.
    #[must_use]
    pub fn proven_within(&self, time: Duration, now: Timestamp) -> bool {
        now.since(self.identity.authenticated_at) <= time
    }

    /// What only a page that was shown to this presence can say.
    #[must_use]
    pub fn form_token(&self) -> String {
        let mut text = b"varco own form v1.".to_vec();
        text.extend_from_slice(&self.secret);
        base64url(&sha256(&text))
    }

    fn ends_at(&self, stay: &Stay) -> Timestamp {
        self.opened_at.plus(stay.lives).min(self.used_at.plus(stay.idle))
    }
}

impl Broker {
    /// Who is present by that cookie. Another browser ends it: a cookie that was copied is worth nothing
    /// to anybody.
    ///
    /// # Errors
    /// [`PresenceFault`].
    pub async fn present(
        &self,
        stay: &Stay,
        cookie: &str,
        browsing: &Browsing,
    ) -> Result<Presence, PresenceFault> {
        let (sid, secret) = cookie.split_at_checked(cookie.len() / 2).ok_or(PresenceFault::Over)?;
        let (Some(sid), Some(secret)) = (Handle::parse(sid), Handle::parse(secret)) else {
            return Err(PresenceFault::Over);
        };
        let place = Key::of(&sid);
        let shown = sha256(secret.reveal().as_bytes());
        let held = self.shelves.get::<Presence>(Shelf::Presence, place).await?;
        let held = held.filter(|held| held.pages == stay.pages && equal(&held.secret, &shown));
        let held = held.ok_or(PresenceFault::Over)?;
        let now = self.fx.now();
        if now >= held.ends_at(stay) {
            self.end_presence(&sid).await?;
            return Err(PresenceFault::Over);
        }
        if held.browsing != *browsing {
            self.end_presence(&sid).await?;
            return Err(PresenceFault::Elsewhere);
        }
        if now.since(held.used_at) < NOTED {
            return Ok(held.into_inner());
        }
        let next = Presence { used_at: now, ..Presence::clone(&held) };
        let lives = next.ends_at(stay).since(now);
        // Another request of the same moment may have noted it; a logout may have ended it.
        if self.shelves.swap(Shelf::Presence, place, &held, &next, lives).await? {
            return Ok(next);
        }
        let again = self.shelves.get::<Presence>(Shelf::Presence, place).await?;
        again.map(crate::state::Held::into_inner).ok_or(PresenceFault::Over)
    }

    /// What this presence had typed before it had to sign in.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn typed(&self, who: &Presence, name: &Handle) -> Result<Option<Typed>, Fault> {
        let place = typed_at(&who.grant, name);
        let held = self.shelves.get::<Typed>(Shelf::Presence, place).await?;
        Ok(held.map(crate::state::Held::into_inner))
    }

    /// Nobody is present by that grant any more.
    pub(super) async fn end_presence(&self, grant: &Handle) -> Result<(), Fault> {
        self.shelves.take::<serde::de::IgnoredAny>(Shelf::Presence, Key::of(grant)).await?;
        Ok(())
    }
}

fn typed_at(grant: &Handle, name: &Handle) -> Key {
    Key::of_parts(&["typed", grant.reveal(), name.reveal()])
}

/// How often a use is noted at most.
const NOTED: Duration = Duration::from_secs(30);
