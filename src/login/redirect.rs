//! Redirect: the browser leaves for the provider its person chose.
//!
//! Not the choice page: `web` shows that, and comes here with what was clicked.

use serde::{Deserialize, Serialize};

use super::{Begun, Broker, Event, Login};
use crate::crypto::Handle;
use crate::crypto::digest::{equal, sha256};
use crate::fault::Fault;
use crate::oidc::client::instrument_of;
use crate::oidc::{Client, Prompt};
use crate::state::{Held, Key, Put, Shelf};
use crate::terms::{Level, Locale};
use crate::upstream::{Departure, Setback, UpstreamRequest};

/// One journey to one provider, filed under its ticket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Attempt {
    /// The answer has not come yet.
    Underway {
        /// The login it belongs to.
        tx: Handle,
        /// The upstream.
        upstream: String,
        /// The provider the request went to.
        provider: String,
        /// The lowest level that was asked.
        level: Level,
        /// What the upstream remembers.
        pending: serde_json::Value,
    },
    /// The answer came: a second one is a replay.
    Used,
}

impl Broker {
    /// Sends the browser to `provider` of `upstream`.
    ///
    /// # Errors
    /// When the login is gone or another browser's, the client does not accept the upstream, the
    /// provider is unknown, or the store does not answer.
    pub async fn redirect(
        &self,
        tx: &Handle,
        browser: &Handle,
        upstream: &str,
        provider: &str,
        locale: Locale,
    ) -> Result<Departure, Fault> {
        let login = self.login_of(tx, browser).await?;
        self.depart(tx, &login, upstream, provider, locale).await
    }

    /// The same for a login that has begun just now, in this browser.
    ///
    /// # Errors
    /// As [`Broker::redirect`].
    pub async fn redirect_begun(
        &self,
        begun: &Begun,
        upstream: &str,
        provider: &str,
        locale: Locale,
    ) -> Result<Departure, Fault> {
        self.depart(&begun.tx, &begun.login, upstream, provider, locale).await
    }

    async fn depart(
        &self,
        tx: &Handle,
        login: &Login,
        upstream: &str,
        provider: &str,
        locale: Locale,
    ) -> Result<Departure, Fault> {
        let client = self.client_of(login)?;
        if !client.offers(upstream) {
            return Err(Fault::of_slug("upstream-not-offered"));
        }
        let known =
            self.upstreams.get(upstream).ok_or_else(|| Fault::of_slug("upstream-not-offered"))?;
        let ticket = Handle::fresh(&self.fx);
        let instrument = instrument_of(upstream);
        let asked = login.request.level_by(instrument);
        let level = asked.max(self.prospect(&client, instrument)?);
        let request = UpstreamRequest {
            provider: provider.to_owned(),
            level,
            force: level > Level::L1
                || login.request.prompt == Prompt::Login
                || login.request.max_age.is_some(),
            tenant: client.tenant.clone(),
            attribute_set: client.attribute_set_for(upstream).to_owned(),
            consumer: client.consumer,
            purpose: client.purpose,
            locale,
            ticket: ticket.clone(),
        };
        let (departure, pending) = known.redirect(&request, &self.fx).await.map_err(fault_of)?;
        let attempt = Attempt::Underway {
            tx: tx.clone(),
            upstream: upstream.to_owned(),
            provider: provider.to_owned(),
            level,
            pending,
        };
        match self
            .shelves
            .put(Shelf::Attempt, Key::of(&ticket), &attempt, self.settings.login_lives)
            .await
        {
            Ok(Put::Laid) => {
                self.observer.observe(Event::Departed { client: &client.id, upstream });
                Ok(departure)
            }
            Ok(Put::AlreadyThere) => {
                Err(Fault::of_slug("internal").with_detail("a fresh ticket was already taken"))
            }
            Err(cause) => Err(cause.into()),
        }
    }

    /// The login `tx`, if this browser began it.
    ///
    /// # Errors
    /// `login-expired` when it is gone, `other-browser` when another browser began it.
    pub async fn login_of(&self, tx: &Handle, browser: &Handle) -> Result<Held<Login>, Fault> {
        let login = self
            .shelves
            .get::<Login>(Shelf::Login, Key::of(tx))
            .await?
            .ok_or_else(|| Fault::of_slug("login-expired"))?;
        if equal(&login.browser, &sha256(browser.reveal().as_bytes())) {
            Ok(login)
        } else {
            Err(Fault::of_slug("other-browser"))
        }
    }

    /// The client of a login, if it is still registered.
    ///
    /// # Errors
    /// `client-gone` when it was removed meanwhile.
    pub fn client_of(&self, login: &Login) -> Result<std::sync::Arc<Client>, Fault> {
        self.clients
            .load()
            .get(&login.request.client_id)
            .cloned()
            .ok_or_else(|| Fault::of_slug("client-gone"))
    }
}

/// An upstream's setback as a fault.
pub(super) fn fault_of(setback: Setback) -> Fault {
    Fault::of_slug(setback.slug).with_detail(setback.detail)
}
