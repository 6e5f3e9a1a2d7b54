//! Decline: the person goes back to the service without having signed in.
//!
//! Not a failure page: the reason, if a provider gave one, travels in `error_description`.

use super::{Broker, Event, Login};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::{AuthorizationRequest, ReturnTo};
use crate::state::{Key, Shelf};

impl Broker {
    /// Ends the login; the address of the relying party, with an OAuth error.
    ///
    /// # Errors
    /// As in [`Broker::login_of`].
    pub async fn decline(&self, tx: &Handle, browser: &Handle) -> Result<ReturnTo, Fault> {
        self.login_of(tx, browser).await?;
        let login = self
            .shelves
            .take::<Login>(Shelf::Login, Key::of(tx))
            .await?
            .ok_or_else(|| Fault::of_slug("login-expired"))?;
        let refusal = login.refusal.as_ref();
        let fault = Fault::of_slug(refusal.map_or("login-declined", |refusal| &refusal.slug));
        self.observer.observe(Event::Ended {
            client: &login.request.client_id,
            upstream: refusal.map_or("", |refusal| &refusal.upstream),
            outcome: Err(fault.row()),
            lasted: self.fx.now().since(login.begun_at),
        });
        Ok(self.error_answer(&login.request, &fault))
    }

    /// The relying party's reading of a fault (RFC 6749, section 4.1.2.1; RFC 9207).
    #[must_use]
    pub fn error_answer(&self, request: &AuthorizationRequest, fault: &Fault) -> ReturnTo {
        self.refusal(&request.return_to, request.state.as_deref(), fault)
    }

    /// The same for a request that was refused before it was one.
    #[must_use]
    pub fn refusal(&self, return_to: &ReturnTo, state: Option<&str>, fault: &Fault) -> ReturnTo {
        let row = fault.row();
        self.observer.observe(Event::Fault { row });
        let description = match row.spid_anomaly {
            Some(number) => format!("{} spid_anomaly={number} ErrorCode nr{number:02}", row.code),
            None => row.code.to_owned(),
        };
        let mut answer = vec![
            ("error", row.oauth.unwrap_or("server_error")),
            ("error_description", &description),
        ];
        if let Some(state) = state {
            answer.push(("state", state));
        }
        answer.push(("iss", &self.settings.issuer));
        return_to.with(&answer)
    }
}
