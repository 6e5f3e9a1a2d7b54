//! Redeem: a code becomes tokens, once; shown twice, it kills what it gave.
//!
//! Not the token endpoint: `provider` authenticates the client, makes the tokens' texts and signs.

use super::record::{Access, AccessRecord, Family, Issued};
use super::{Broker, Event, Grant, RefreshToken};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::{ClientAuthenticated, Confirmation, Scope};
use crate::state::{Key, Put, Shelf};

impl Broker {
    /// Takes the code. A code is filed under itself *and* its client, so another client neither
    /// redeems nor revokes it. `held` is the key that the request proves.
    ///
    /// # Errors
    /// `code-invalid` when the code is unknown, expired, was used (then what it gave is revoked), or
    /// does not fit `redirect_uri`, `verifier` or `held`.
    pub async fn redeem(
        &self,
        code: &Handle,
        client: &ClientAuthenticated,
        redirect_uri: &str,
        verifier: Option<&str>,
        held: Option<&Confirmation>,
    ) -> Result<Grant, Fault> {
        let place = Key::of_parts(&[code.reveal(), client.client().id.as_str()]);
        let taken = self.shelves.take::<Grant>(Shelf::Code, place).await?;
        let Some(mut grant) = taken else {
            if let Some(id) = self.shelves.get::<Handle>(Shelf::Spent, place).await? {
                self.kill(&id, AccessRecord::Revoked).await?;
                return Err(Fault::of_slug("code-reused"));
            }
            return Err(Fault::of_slug("code-invalid"));
        };
        let unfit = |what| Err(Fault::of_slug("code-invalid").with_detail(what));
        if grant.return_to.as_str() != redirect_uri {
            return unfit("redirect_uri differs");
        }
        let proven = match (&grant.challenge, verifier) {
            (Some(challenge), Some(verifier)) => challenge.answers(verifier),
            (None, None) => true,
            // A verifier without a challenge is a downgrade (RFC 9700, section 4.8.2).
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !proven {
            return unfit("code_verifier does not answer the challenge");
        }
        let shown = |jkt: &String| matches!(held, Some(Confirmation::Key(key)) if key == jkt);
        if !grant.dpop_jkt.as_ref().is_none_or(shown) {
            return unfit("the code is for another DPoP key");
        }
        if let Some(behalf) = &grant.behalf
            && !self.delegation_holds(behalf).await?
        {
            return unfit("the delegation is over");
        }
        if !client.client().protocol.grants.refresh_token {
            grant.scopes = grant.scopes.without(Scope::OfflineAccess);
        }
        Ok(grant)
    }

    /// Files the first tokens of a grant; `refresh` is filed with what a public client must show.
    ///
    /// # Errors
    /// `code-invalid` when the person has logged out since the code was issued.
    pub async fn issue_tokens(
        &self,
        grant: &Grant,
        access: Access,
        refresh: Option<(&RefreshToken, Option<Confirmation>)>,
    ) -> Result<(), Fault> {
        let now = self.fx.now();
        let family = refresh.map(|(first, bound_to)| {
            Family::of(first, bound_to, now.plus(self.settings.refresh_lives))
        });
        let issued = Box::new(Issued::first(grant.clone(), access, family));
        let lives = issued.lives(now);
        // A second use may already have laid `Revoked` here: then these tokens are dead before they
        // are sent, exactly as if the second use had come a moment later. After a logout there are none.
        let place = Key::of(&grant.id);
        let record = AccessRecord::Live(issued);
        if self.shelves.put(Shelf::Token, place, &record, lives).await? == Put::AlreadyThere {
            let found = self.shelves.get::<AccessRecord>(Shelf::Token, place).await?;
            if found.is_some_and(|found| matches!(*found, AccessRecord::Ended)) {
                return Err(Fault::of_slug("code-invalid").with_detail("the person logged out"));
            }
        }
        let how = if grant.delegation.is_some() { "token_exchange" } else { "authorization_code" };
        self.observer.observe(Event::TokensIssued { client: &grant.client_id, grant: how });
        Ok(())
    }
}
