//! The way in to our own pages: to `/authorize`, and back with a code that is redeemed in this process.
//!
//! Not the check of a request of ours: a wish to enter is judged like any relying party's. It is bound to
//! the browser by its cookie (so nobody is signed in as somebody else by a link), to the answer by
//! `state`, `nonce` and PKCE (RFC 9700, section 2.1.1).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::{Broker, Grant};
use super::{Browsing, OwnPages, Presence, Stay, Typed, typed_at};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, equal, sha256};
use crate::fault::Fault;
use crate::identity::Identity;
use crate::oidc::client_authentication::{Authenticator, Presented};
use crate::state::{Key, Put, Shelf};
use crate::terms::{Level, Locale};

/// Why somebody is to sign in.
#[derive(Debug)]
pub struct Wish<'a> {
    /// Where to go then: path and query of a page of ours.
    pub back: &'a str,
    /// What was typed there, to be shown again.
    pub typed: Typed,
    /// Who is present and has to prove it once more.
    pub again: Option<&'a Presence>,
    /// The language.
    pub locale: Locale,
}

/// Somebody on the way in, filed under `state`.
#[derive(Serialize, Deserialize)]
struct Entering {
    pages: OwnPages,
    browser: [u8; 32],
    nonce: Handle,
    verifier: String,
    back: String,
    typed: Typed,
    again: Option<(Handle, Box<Identity>)>,
}

/// What came back to the return address.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// Parameter `state`.
    pub state: Option<&'a str>,
    /// Parameter `code`.
    pub code: Option<&'a str>,
    /// Parameter `iss` (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// Somebody who has entered.
#[derive(Debug)]
pub struct Entered {
    /// The text of the cookie.
    pub cookie: String,
    /// Where they wanted to go, with the name of what they had typed.
    pub back: String,
}

impl Broker {
    /// The address of our own at which somebody signs in for these pages. `browser` is the handle in the
    /// browser's cookie: whoever comes back must have it.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn ask_in(
        &self,
        stay: &Stay,
        browser: &Handle,
        wish: Wish<'_>,
    ) -> Result<String, Fault> {
        let (state, nonce) = (Handle::fresh(&self.fx), Handle::fresh(&self.fx));
        let verifier = [Handle::fresh(&self.fx), Handle::fresh(&self.fx)];
        let verifier = verifier.each_ref().map(Handle::reveal).concat();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("client_id", stay.client.as_str())
            .append_pair("redirect_uri", &self.return_address(stay))
            .append_pair("response_type", "code")
            .append_pair("scope", "openid profile fiscal_number")
            .append_pair("state", state.reveal())
            .append_pair("nonce", nonce.reveal())
            .append_pair("code_challenge", &base64url(&sha256(verifier.as_bytes())))
            .append_pair("code_challenge_method", "S256")
            .append_pair("ui_locales", wish.locale.tag());
        if wish.again.is_some() {
            query.append_pair("prompt", "login");
        }
        let entering = Entering {
            pages: stay.pages,
            browser: sha256(browser.reveal().as_bytes()),
            nonce,
            verifier,
            back: wish.back.to_owned(),
            typed: wish.typed,
            again: wish.again.map(|who| (who.grant.clone(), who.identity.clone())),
        };
        self.lay(entering_at(&state), &entering, self.settings.login_lives).await?;
        Ok(format!("/authorize?{}", query.finish()))
    }

    /// Redeems what came back. A presence that was proven once more ends, and another one begins.
    ///
    /// # Errors
    /// `presence-unasked` when this browser did not ask, `presence-refused` when there is no code,
    /// `presence-other-person` when somebody else came back, and those of [`Broker::redeem`].
    pub async fn enter(
        &self,
        stay: &Stay,
        browser: Option<&Handle>,
        proof: Proof<'_>,
        browsing: Browsing,
    ) -> Result<Entered, Fault> {
        let unasked = |what| Fault::of_slug("presence-unasked").with_detail(what);
        let state = proof.state.and_then(Handle::parse).ok_or_else(|| unasked("no state"))?;
        let place = entering_at(&state);
        let known = self.shelves.get::<Entering>(Shelf::Presence, place).await?;
        let shown = browser.map(|browser| sha256(browser.reveal().as_bytes()));
        let own = known.filter(|entering| {
            shown.is_some_and(|shown| equal(&shown, &entering.browser))
                && entering.pages == stay.pages
        });
        let own = own.ok_or_else(|| unasked("this browser did not ask"))?;
        let taken = self.shelves.take_seen::<Entering>(Shelf::Presence, place, own).await?;
        let entering = taken.ok_or_else(|| unasked("it came back before"))?;
        if proof.issuer != Some(self.settings.issuer.as_str()) {
            return Err(unasked("another issuer"));
        }
        let code = proof.code.and_then(Handle::parse);
        let code = code.ok_or_else(|| Fault::of_slug("presence-refused"))?;
        let grant = self.redeem_own(stay, &code, &entering.verifier).await?;
        if grant.behalf.is_some() {
            // Nobody is somebody else at our own pages.
            return Err(Fault::of_slug("presence-refused").with_detail("by a delegation"));
        }
        if grant.nonce.as_deref() != Some(entering.nonce.reveal()) {
            return Err(unasked("another nonce"));
        }
        if stay.pages == OwnPages::Console && grant.identity.level < Level::L2 {
            return Err(Fault::of_slug("presence-refused").with_detail("level 1 at the console"));
        }
        if let Some((before, who)) = &entering.again {
            if !who.is_same_person(&grant.identity) {
                return Err(Fault::of_slug("presence-other-person"));
            }
            self.end_presence(before).await?;
        }
        self.open_presence(stay, grant, entering, browsing).await
    }

    /// Our pages are a public client in the same process: the code is proven by its verifier.
    async fn redeem_own(&self, stay: &Stay, code: &Handle, verifier: &str) -> Result<Grant, Fault> {
        let clients = self.clients.load_full();
        let authenticator = Authenticator {
            clients: &clients,
            issuer: &self.settings.issuer,
            shelves: &self.shelves,
            authorities: None,
            fx: &self.fx,
        };
        let presented = Presented { client_id: Some(stay.client.as_str()), ..Presented::default() };
        let client = authenticator.authenticate(&presented).await?;
        self.redeem(code, &client, &self.return_address(stay), Some(verifier), None).await
    }

    async fn open_presence(
        &self,
        stay: &Stay,
        grant: Grant,
        entering: Entering,
        browsing: Browsing,
    ) -> Result<Entered, Fault> {
        let (secret, now) = (Handle::fresh(&self.fx), self.fx.now());
        let presence = Presence {
            pages: stay.pages,
            grant: grant.id,
            secret: sha256(secret.reveal().as_bytes()),
            identity: Box::new(grant.identity),
            browsing,
            opened_at: now,
            used_at: now,
        };
        let sid = &presence.grant;
        self.lay(Key::of(sid), &presence, presence.ends_at(stay).since(now)).await?;
        // Whoever logs out at this moment kills the grant first and ends the presence then: either that
        // finds it, or it is seen here.
        if self.has_ended(sid).await? {
            self.end_presence(sid).await?;
            return Err(Fault::of_slug("presence-refused").with_detail("the person logged out"));
        }
        let mut back = entering.back;
        if !entering.typed.is_empty() {
            let name = Handle::fresh(&self.fx);
            let lives = self.settings.login_lives;
            self.lay(typed_at(sid, &name), &entering.typed, lives).await?;
            back.push(if back.contains('?') { '&' } else { '?' });
            back.push_str("typed=");
            back.push_str(name.reveal());
        }
        Ok(Entered { cookie: format!("{}{}", sid.reveal(), secret.reveal()), back })
    }

    fn return_address(&self, stay: &Stay) -> String {
        format!("{}{}/return", self.settings.issuer, stay.pages.base())
    }

    async fn lay<T: Serialize>(&self, place: Key, value: &T, lives: Duration) -> Result<(), Fault> {
        match self.shelves.put(Shelf::Presence, place, value, lives).await? {
            Put::Laid => Ok(()),
            Put::AlreadyThere => {
                Err(Fault::of_slug("internal").with_detail("a fresh place was already taken"))
            }
        }
    }
}

fn entering_at(state: &Handle) -> Key {
    Key::of_parts(&["entering", state.reveal()])
}
