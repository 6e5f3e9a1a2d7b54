//! Complete: the browser that began the login fetches its code.
//!
//! Not `receive`: this GET is same-site, so it carries the cookie, and a login that another browser
//! began ends here without a code.

use super::{Broker, Event, Grant, Login};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::ReturnTo;
use crate::state::{Key, Put, Shelf};

impl Broker {
    /// The address of the relying party, with a code.
    ///
    /// # Errors
    /// The refusal that `receive` recorded; `login-unanswered` when no provider has answered yet;
    /// `login-expired` and `other-browser` as in [`Broker::login_of`].
    pub async fn complete(&self, tx: &Handle, browser: &Handle) -> Result<ReturnTo, Fault> {
        let login = self.login_of(tx, browser).await?;
        if let Some(refusal) = &login.refusal {
            return Err(Fault::of_slug(&refusal.slug).already_reported());
        }
        if !login.stage.is_identified() {
            return Err(Fault::of_slug("login-unanswered"));
        }
        let taken = self.shelves.take_seen::<Login>(Shelf::Login, Key::of(tx), login).await?;
        let login = taken.ok_or_else(|| Fault::of_slug("login-expired"))?;
        let begun_at = login.begun_at;
        let agreed = login.agree().map_err(|_| Fault::of_slug("login-unanswered"))?;
        let (request, identity) = agreed.into_parts();
        let code = Handle::fresh(&self.fx);
        let grant = Grant {
            id: Handle::fresh(&self.fx),
            client_id: request.client_id,
            return_to: request.return_to,
            challenge: request.challenge,
            scopes: request.scopes,
            claims: request.claims,
            nonce: request.nonce,
            identity,
            issued_at: self.fx.now(),
        };
        let place = Key::of_parts(&[code.reveal(), grant.client_id.as_str()]);
        // `spent` is laid before `code`: a replay of the code always meets it.
        let remembered = self.settings.code_lives + self.settings.token_lives;
        let spent = self.shelves.put(Shelf::Spent, place, &grant.id, remembered).await;
        let filed = self.shelves.put(Shelf::Code, place, &grant, self.settings.code_lives).await;
        if (spent?, filed?) != (Put::Laid, Put::Laid) {
            return Err(Fault::of_slug("internal").with_detail("a fresh code was already taken"));
        }
        self.observer.observe(Event::Ended {
            client: &grant.client_id,
            upstream: &grant.identity.origin.auth_method,
            outcome: Ok(grant.identity.level),
            lasted: self.fx.now().since(begun_at),
        });
        let mut answer = vec![("code", code.reveal())];
        if let Some(state) = &request.state {
            answer.push(("state", state));
        }
        answer.push(("iss", &self.settings.issuer));
        Ok(grant.return_to.with(&answer))
    }
}
