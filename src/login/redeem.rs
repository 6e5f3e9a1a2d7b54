//! Redeem: a code becomes an access token, once; shown twice, it kills what it gave.
//!
//! Not the token endpoint: `provider` authenticates the client and signs the ID token.

use super::{AccessRecord, AccessToken, Broker, Event, Grant, Redeemed};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::ClientAuthenticated;
use crate::state::{Key, Put, Shelf};

impl Broker {
    /// Takes the code. A code is filed under itself *and* its client, so another client neither
    /// redeems nor revokes it.
    ///
    /// # Errors
    /// `code-invalid` when the code is unknown, expired, was used (then what it gave is revoked), or
    /// does not fit `redirect_uri` or `verifier`.
    pub async fn redeem(
        &self,
        code: &Handle,
        client: &ClientAuthenticated,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> Result<Redeemed, Fault> {
        let place = Key::of_parts(&[code.reveal(), client.client().id.as_str()]);
        let taken = self.shelves.take::<Grant>(Shelf::Code, place).await?;
        let Some(grant) = taken else {
            if let Some(id) = self.shelves.get::<Handle>(Shelf::Spent, place).await? {
                self.kill(&id, AccessRecord::Revoked).await?;
                return Err(Fault::of_slug("code-reused"));
            }
            return Err(Fault::of_slug("code-invalid"));
        };
        if grant.return_to.as_str() != redirect_uri {
            return Err(Fault::of_slug("code-invalid").with_detail("redirect_uri differs"));
        }
        let proven = match (&grant.challenge, verifier) {
            (Some(challenge), Some(verifier)) => challenge.answers(verifier),
            (None, None) => true,
            // A verifier without a challenge is a downgrade (RFC 9700, section 4.8.2).
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !proven {
            return Err(Fault::of_slug("code-invalid")
                .with_detail("code_verifier does not answer the challenge"));
        }
        let access_token = AccessToken::fresh(&grant.id, &self.fx);
        let lives = self.settings.token_lives;
        let record = AccessRecord::Live {
            secret: access_token.secret_digest(),
            grant: Box::new(grant.clone()),
            expires_at: self.fx.now().plus(lives),
        };
        // A second use may already have laid `Revoked` here: then this token is dead before it is
        // sent, exactly as if the second use had come a moment later. After a logout there is none.
        let place = Key::of(&grant.id);
        if self.shelves.put(Shelf::Token, place, &record, lives).await? == Put::AlreadyThere {
            let found = self.shelves.get::<AccessRecord>(Shelf::Token, place).await?;
            if found.is_some_and(|found| matches!(*found, AccessRecord::Ended)) {
                return Err(Fault::of_slug("code-invalid").with_detail("the person logged out"));
            }
        }
        self.observer.observe(Event::TokensIssued { client: &grant.client_id });
        Ok(Redeemed { grant, access_token, expires_in: lives })
    }

    /// What a live access token stands for.
    ///
    /// # Errors
    /// `token-invalid` in every case but that one.
    pub async fn unlock(&self, token: &str) -> Result<Grant, Fault> {
        let invalid = || Fault::of_slug("token-invalid");
        let token = AccessToken::parse(token).ok_or_else(invalid)?;
        let record = self
            .shelves
            .get::<AccessRecord>(Shelf::Token, Key::of(&token.grant))
            .await?
            .ok_or_else(invalid)?;
        token.unlock(record.into_inner(), self.fx.now()).ok_or_else(invalid)
    }
}
