//! Complete: the browser that began the login fetches its code.
//!
//! Not `receive`: this GET is same-site, so it carries the cookie, and a login that another browser
//! began ends here without a code.

use super::{Answer, Broker, Event, Grant, Login};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::oidc::{AnswerTo, AuthorizationRequest};
use crate::state::{Key, Put, Shelf};

/// A login that has ended.
#[derive(Debug)]
pub struct Completed {
    /// What the relying party is told: a code, or why it gets none.
    pub answer: Answer,
    /// The name of the grant, if there is one: by it this browser can log out.
    pub sid: Option<Handle>,
}

impl Broker {
    /// What the relying party is told. A session that the provider keeps is filed
    /// before the code, so that nothing it carries outlives a logout.
    ///
    /// # Errors
    /// The refusal that `receive` recorded; `login-unanswered` when no provider has answered yet;
    /// `login-expired` and `other-browser` as in [`Broker::login_of`]; `request-uri-used` when another
    /// login of the same pushed request was completed before.
    pub async fn complete(&self, tx: &Handle, browser: &Handle) -> Result<Completed, Fault> {
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
        let (request, identity, session) = agreed.into_parts();
        if !self.is_wanted(&request, &identity)? {
            let fault = Fault::of_slug("other-person");
            self.observer.observe(Event::Ended {
                client: &request.client_id,
                upstream: &identity.origin.auth_method,
                outcome: Err(fault.row()),
                lasted: self.fx.now().since(begun_at),
            });
            let answer = self.refusal(request.answer_to(), &fault).await?;
            return Ok(Completed { answer, sid: None });
        }
        if let Some(name) = &request.pushed {
            self.use_up_pushed(&request.client_id, name).await?;
        }
        let code = Handle::fresh(&self.fx);
        let grant = Grant {
            id: Handle::fresh(&self.fx),
            client_id: request.client_id,
            return_to: request.return_to,
            challenge: request.challenge,
            scopes: request.scopes,
            claims: request.claims,
            nonce: request.nonce,
            dpop_jkt: request.dpop_jkt,
            resources: request.resources,
            confirmation: None,
            identity,
            issued_at: self.fx.now(),
        };
        let place = Key::of_parts(&[code.reveal(), grant.client_id.as_str()]);
        if let Some(session) = &session {
            self.file_session(&grant.id, session).await?;
        }
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
        let to = AnswerTo {
            client_id: &grant.client_id,
            return_to: &grant.return_to,
            mode: request.response_mode,
            state: request.state.as_deref(),
        };
        let answer = self.answer(to, vec![("code", code.reveal())]).await?;
        Ok(Completed { answer, sid: Some(grant.id) })
    }

    /// Whether this is the person that the client wants, if it wants one (OpenID Connect Core 1.0,
    /// sections 3.1.2.1 and 5.5.1).
    fn is_wanted(&self, request: &AuthorizationRequest, who: &Identity) -> Result<bool, Fault> {
        let Some(wanted) = &request.subject else { return Ok(true) };
        let client = self.clients.load().get(&request.client_id).cloned();
        let client = client.ok_or_else(|| Fault::of_slug("client-gone"))?;
        Ok(self.issuer.subject(&client, who)? == *wanted)
    }
}
