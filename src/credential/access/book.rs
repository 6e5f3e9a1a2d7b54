//! Signing in with a credential: who is found, how often it may be tried, and by what it was proved.
//!
//! Not what a browser sees, and nothing about the person. Whoever fails learns neither whether there is such
//! a user name nor what was wrong, and the work done is the same. `docs/reference/credential.md` says why the
//! limits are these.

mod limits;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

pub use self::limits::Place;
use super::passkey::{Party, Statement};
use super::password::{Cost, Password, PasswordHash};
use super::recovery::RecoveryCodes;
use super::totp::{self, Totp};
use super::username::Username;
use super::{Access, PASSKEY, USERNAME};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, hmac_sha256};
use crate::effects::{Effects, Timestamp};
use crate::registry::{Actor, Change, Committed, Entry, Kept, Registry, RegistryFault, Stored};
use crate::terms::Strength;

/// A record that an access is a part of.
pub trait Holder: Kept + Clone {
    /// What opens it, once something does.
    fn access(&self) -> Option<&Access>;
    /// The same record with another access.
    #[must_use]
    fn with_access(&self, access: Access) -> Self;
    /// Whether it is in force now.
    fn standing(&self, now: Timestamp) -> Standing;
}

/// Whether a credential is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    InForce,
    /// Not for now.
    Suspended,
    /// Not any more: it was revoked.
    Revoked,
    /// Not any more: its time is over.
    Expired,
}

/// One journey's try.
#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    /// The ticket of the journey.
    pub ticket: &'a Handle,
    /// Where it comes from.
    pub place: &'a Place,
}

/// Somebody who proved to be the holder.
#[derive(Clone, Debug)]
pub struct Entered<H> {
    /// The record, as it is now.
    pub holder: H,
    /// By what.
    pub strength: Strength,
}

/// Why nobody entered.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Something does not fit; what, nobody is told.
    #[error("user name, password, code or passkey do not fit")]
    Wrong,
    /// Too often, under that name or from that place.
    #[error("too many tries")]
    Wait,
    /// Too often in this journey.
    #[error("too many tries in one journey")]
    Spent,
    /// Too many people at once.
    #[error("too many sign in at once")]
    Busy,
    /// The holder it is, and the credential is not in force.
    #[error("the credential is not in force")]
    Not(Standing),
    /// The registry does not answer, or the record was edited.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
}

/// Every credential there is, as whoever signs in meets it.
pub struct Book {
    registry: Arc<Registry>,
    party: Party,
    key: Zeroizing<[u8; 32]>,
    cost: Cost,
    room: Semaphore,
    hashed: AtomicU64,
    fx: Effects,
}

impl Book {
    /// On that registry, for passkeys made for `party`. `key` makes challenges; `cores` bounds how many
    /// passwords are hashed at once (two for each).
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        party: Party,
        (key, cost): (Zeroizing<[u8; 32]>, Cost),
        cores: usize,
        fx: Effects,
    ) -> Self {
        let room = Semaphore::new(cores.max(1) * 2);
        Self { registry, party, key, cost, room, hashed: AtomicU64::default(), fx }
    }

    /// The records themselves.
    #[must_use]
    pub const fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The moment by its clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.fx.now()
    }

    /// For whom passkeys are made.
    #[must_use]
    pub const fn party(&self) -> &Party {
        &self.party
    }

    /// What a passkey signs in the journey of `ticket`: nothing is kept for it.
    #[must_use]
    pub fn challenge(&self, ticket: &Handle) -> String {
        let message = format!("varco passkey challenge v1 {}", ticket.reveal());
        base64url(&hmac_sha256(self.key.as_slice(), message.as_bytes()))
    }

    /// Signs in by user name, password and the code of the app, or a recovery code in its place.
    ///
    /// # Errors
    /// Why not.
    pub async fn by_password<H: Holder>(
        &self,
        attempt: Try<'_>,
        (username, password, code): (&str, &str, &str),
    ) -> Result<Entered<H>, Refused> {
        self.take_journey(attempt).await?;
        // What is no user name is nobody's: saying so at once tells nothing that its form does not.
        let username = Username::parse(username).ok_or(Refused::Wrong)?;
        let known = self.take_try(&username, attempt.place).await?;
        let found = self.registry.records_by_key::<H>(USERNAME, username.as_str()).await?;
        let found = found.into_iter().next();
        let secrets = found.as_ref().and_then(|found| found.access()).and_then(Access::secrets);
        let (hash, app) = match secrets {
            Some(secrets) => (secrets.password.clone(), secrets.totp.clone()),
            // Nobody's hash and nobody's app: the same work for whoever has none.
            None => (PasswordHash::nobodys(self.cost), Totp::fresh(&self.fx)),
        };
        let password = Password::typed(password);
        let cheap = hash.is_cheaper_than(self.cost);
        let (fits, dearer) = self.compare(hash, password).await?;
        let step = app.step(code, self.fx.now());
        let mut access = found.as_ref().and_then(|found| found.access()).cloned();
        let recovered = RecoveryCodes::is_meant_by(code)
            && access.as_mut().is_some_and(|access| access.take_recovery(code));
        // A password that leaked is of no use for longer than it takes to try a handful of codes.
        let exhausted = self.is_exhausted(&username).await? && !known;
        let (Some(found), Some(mut access)) = (found, access) else {
            return Err(self.failed(&username, known, false).await?);
        };
        let proven = fits && (step.is_some() || recovered);
        if !proven || exhausted {
            return Err(self.failed(&username, known, fits).await?);
        }
        if let (Some(step), false) = (step, recovered) {
            let (id, number) = (found.id(), step.to_string());
            if !self.registry.once("one-time code", &[id, &number], totp::over_at(step)).await? {
                return Err(self.failed(&username, known, true).await?);
            }
        }
        let standing = found.standing(self.fx.now());
        if standing != Standing::InForce {
            return Err(Refused::Not(standing));
        }
        let dearer = dearer.filter(|_| cheap).is_some_and(|hash| access.set_password(hash));
        let next = (recovered || dearer).then(|| found.with_access(access));
        let how = if recovered { "recovery code" } else { "password" };
        let holder = self.enter(found, next, how).await?;
        self.succeeded(&username, attempt.place).await?;
        Ok(Entered { holder, strength: Strength::Password })
    }

    /// Signs in by a passkey. No limit by name holds here, because nobody guesses a key: whoever is kept out
    /// by somebody else's wrong passwords still gets in.
    ///
    /// # Errors
    /// Why not.
    pub async fn by_passkey<H: Holder>(
        &self,
        attempt: Try<'_>,
        (id, statement, signature): (&str, &Statement, &[u8]),
    ) -> Result<Entered<H>, Refused> {
        self.take_journey(attempt).await?;
        let found = self.registry.records_by_key::<H>(PASSKEY, id).await?;
        let found = found.into_iter().next().ok_or(Refused::Wrong)?;
        let mut access = found.access().cloned().ok_or(Refused::Wrong)?;
        let passkey = access.passkey(id).ok_or(Refused::Wrong)?;
        let challenge = self.challenge(attempt.ticket);
        let counted = passkey.proves(&self.party, &challenge, statement, signature);
        let counted = counted.map_err(|_| Refused::Wrong)?;
        let standing = found.standing(self.fx.now());
        if standing != Standing::InForce {
            return Err(Refused::Not(standing));
        }
        let next = (!counted.is_none()).then(|| {
            access.counted(id, counted);
            found.with_access(access.clone())
        });
        let username = access.username().clone();
        let holder = self.enter(found, next, "passkey").await?;
        self.succeeded(&username, attempt.place).await?;
        Ok(Entered { holder, strength: Strength::Passkey })
    }

    /// How many passwords were compared since the start: the work that failing costs, for tests.
    #[must_use]
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// Whether the password fits, and its dearer hash where it does. At most so many at once; whoever has
    /// waited for [`QUEUE`] is sent away.
    async fn compare(
        &self,
        hash: PasswordHash,
        password: Password,
    ) -> Result<(bool, Option<PasswordHash>), Refused> {
        let room = tokio::time::timeout(QUEUE, self.room.acquire()).await;
        let _room = room.ok().and_then(Result::ok).ok_or(Refused::Busy)?;
        self.hashed.fetch_add(1, Ordering::Relaxed);
        let (cost, fx) = (self.cost, self.fx.clone());
        let work = move || {
            let fits = hash.fits(&password);
            let renew = fits && hash.is_cheaper_than(cost);
            (fits, renew.then(|| PasswordHash::of(&password, cost, &fx)).flatten())
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Refused::Busy)
    }

    /// One row of the trail for who entered, with what that changes.
    async fn enter<H: Holder>(
        &self,
        found: Stored<H>,
        next: Option<H>,
        how: &'static str,
    ) -> Result<H, Refused> {
        let entry = Entry {
            actor: Actor { person: format!("applicant:{}", found.id()), role: "applicant" },
            action: "credential.sign-in",
            object: format!("case/{}", found.id()),
            office: found.office().to_owned(),
            reason: how.to_owned(),
            rules: String::new(),
            outcome: "done",
        };
        let mut change = Change::new();
        if let Some(next) = &next {
            change.replace(&found, next)?;
        }
        match self.registry.commit(change, &entry).await? {
            Committed::Done(_) => Ok(next.unwrap_or_else(|| found.into_inner())),
            // Somebody else changed it meanwhile, perhaps by the same recovery code.
            Committed::Stale | Committed::Taken(_) => Err(Refused::Wrong),
        }
    }
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Book")
    }
}

/// How long somebody waits for room to compare a password.
const QUEUE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
