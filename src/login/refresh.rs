//! Refresh: a refresh token becomes another access token (RFC 6749, section 6), and where it rotates
//! another refresh token (RFC 9700, section 4.14).
//!
//! A token that was used may be shown again while nothing of what it gave was used: then the answer was
//! lost, and what it gave dies unused. Everything else that is shown twice ends the family. There is no
//! time in this: a client that repeats itself too late is told so, and a thief who waits gains nothing.

use super::record::{Access, AccessRecord, Issued, Shown};
use super::{Broker, Entitled, Event, Grant, RefreshToken};
use crate::fault::Fault;
use crate::identity::Capacity;
use crate::oidc::{Client, Confirmation};
use crate::state::{Held, Key, Shelf};

/// A refresh token that is good at this moment, and the record it was found in.
pub struct Refreshable {
    held: Held<AccessRecord>,
    issued: Issued,
    /// Whether its answer was lost: then it is replaced, whoever the client is.
    again: bool,
}

impl Refreshable {
    /// What it stands for.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.issued.grant
    }
}

impl Broker {
    /// Finds what a refresh token stands for. `held` is the key that the request proves.
    ///
    /// # Errors
    /// `refresh-invalid` when it is unknown, expired, revoked, another client's or for another key;
    /// `refresh-reused` when it is a replay: then the grant is revoked; `refresh-unproven` when the
    /// client would not take that login today: then nothing changes, and the token is good again once
    /// the login is; `entitlements-unavailable` when its source of roles does not answer: then nothing
    /// changes either. What it tells now is what the person may do from now on.
    pub async fn refreshable(
        &self,
        token: &RefreshToken,
        client: &Client,
        held: Option<&Confirmation>,
    ) -> Result<Refreshable, Fault> {
        let invalid = |what| Fault::of_slug("refresh-invalid").with_detail(what);
        let place = Key::of(token.grant());
        let record = self.shelves.get::<AccessRecord>(Shelf::Token, place).await?;
        let record = record.ok_or_else(|| invalid("unknown or expired"))?;
        let issued = record.live().ok_or_else(|| invalid("revoked, or the person logged out"))?;
        let family = issued.family(self.fx.now()).ok_or_else(|| invalid("expired"))?;
        let grant = &issued.grant;
        let shown = family.shown(token);
        if grant.client_id != client.id || shown == Shown::Foreign {
            return Err(invalid("unknown, or another client's"));
        }
        if family.bound_to.is_some() && family.bound_to.as_ref() != held {
            return Err(invalid("it is for another key"));
        }
        if shown == Shown::Replayed {
            self.kill(token.grant(), AccessRecord::Revoked).await?;
            return Err(Fault::of_slug("refresh-reused"));
        }
        if let Some(behalf) = &grant.behalf
            && !self.delegation_holds(behalf).await?
        {
            return Err(invalid("the delegation is over"));
        }
        let entitled = self.entitled(client, grant.signed_in()).await?;
        let categories = entitled.as_deref().map(Entitled::categories).unwrap_or_default();
        let objection = self.objection_now(client, grant.signed_in(), &categories).await;
        if let Some(objection) = objection {
            return Err(Fault::of_slug("refresh-unproven").with_detail(objection));
        }
        let (mut issued, again) = (issued.clone(), shown == Shown::Again);
        issued.grant.capacity = match entitled {
            Some(now) if !grant.capacity.is_plain() => now.renewed(&grant.capacity),
            // A source that the client got since then gives its roles at the next login.
            _ => Capacity::default(),
        };
        Ok(Refreshable { held: record, issued, again })
    }

    /// Gives `access` for `token`, and the refresh token to go on with: the next one of the family where
    /// it `rotates`, the same one otherwise. `None` when something changed since it was found: then it has
    /// to be found again.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn refresh(
        &self,
        found: Refreshable,
        token: &RefreshToken,
        access: Access,
        rotates: bool,
    ) -> Result<Option<RefreshToken>, Fault> {
        let Refreshable { held, mut issued, again } = found;
        let next = if rotates || again { token.successor(&self.fx) } else { token.clone() };
        let now = self.fx.now();
        issued.refresh(token, &next, access, now);
        let (place, lives) = (Key::of(token.grant()), issued.lives(now));
        let client_id = issued.grant.client_id.clone();
        let record = AccessRecord::Live(Box::new(issued));
        if !self.shelves.swap(Shelf::Token, place, &held, &record, lives).await? {
            return Ok(None);
        }
        let event = Event::TokensIssued { client: &client_id, grant: "refresh_token" };
        self.observer.observe(event);
        Ok(Some(next))
    }
}

impl std::fmt::Debug for Refreshable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Refreshable")
    }
}
