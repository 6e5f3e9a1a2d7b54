//! Begin: a well-asked request becomes a login that belongs to one browser.
//!
//! Not the choice of a provider: that is `redirect`.

use super::{Broker, Login, MatchAsked, Stage};
use crate::crypto::Handle;
use crate::crypto::digest::sha256;
use crate::fault::Fault;
use crate::oidc::AuthorizationRequest;
use crate::state::{Key, Put, Shelf};

/// A login that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Names the login in URLs.
    pub tx: Handle,
    /// Names the browser, in its cookie: new, or the one it already had.
    pub browser: Handle,
    /// The login as it was filed, so that whoever goes on at once need not read it back.
    pub login: Login,
}

impl Broker {
    /// Files a new login. `browser` is the cookie the browser already has, if any: two tabs share it,
    /// and each has its own `tx`.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn begin(
        &self,
        request: AuthorizationRequest,
        browser: Option<Handle>,
    ) -> Result<Begun, Fault> {
        let browser = browser.unwrap_or_else(|| Handle::fresh(&self.fx));
        let login = Login {
            request,
            browser: sha256(browser.reveal().as_bytes()),
            begun_at: self.fx.now(),
            stage: Stage::Open,
            refusal: None,
            session: None,
            upstream: None,
            reused: false,
            entitled: None,
            acting: None,
            matching: MatchAsked::default(),
        };
        self.file_login(login, browser).await
    }

    /// Files a login of that browser under a new name.
    pub(super) async fn file_login(&self, login: Login, browser: Handle) -> Result<Begun, Fault> {
        let tx = Handle::fresh(&self.fx);
        match self.shelves.put(Shelf::Login, Key::of(&tx), &login, self.settings.login_lives).await
        {
            Ok(Put::Laid) => Ok(Begun { tx, browser, login }),
            Ok(Put::AlreadyThere) => {
                Err(Fault::of_slug("internal").with_detail("a fresh tx was already taken"))
            }
            Err(cause) => Err(cause.into()),
        }
    }
}
