//! Decline: the person goes back to the service without having signed in.
//!
//! Not a failure page: the reason, if a provider gave one, travels in `error_description`.

use super::{Answer, Broker, Event, Login};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::AnswerTo;
use crate::state::{Key, Shelf};

impl Broker {
    /// Ends the login; what the relying party is told: an OAuth error.
    ///
    /// # Errors
    /// As in [`Broker::login_of`], and as [`Broker::refusal`].
    pub async fn decline(&self, tx: &Handle, browser: &Handle) -> Result<Answer, Fault> {
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
        self.refusal(login.request.answer_to(), &fault).await
    }

    /// The relying party's reading of a fault (RFC 6749, section 4.1.2.1).
    ///
    /// # Errors
    /// When the answer must be signed and cannot be.
    pub async fn refusal(&self, to: AnswerTo<'_>, fault: &Fault) -> Result<Answer, Fault> {
        let row = fault.row();
        self.observer.observe(Event::Fault { row });
        let description = match row.spid_anomaly {
            Some(number) => format!("{} spid_anomaly={number} ErrorCode nr{number:02}", row.code),
            None => row.code.to_owned(),
        };
        let error = row.oauth.unwrap_or("server_error");
        self.answer(to, vec![("error", error), ("error_description", &description)]).await
    }
}
