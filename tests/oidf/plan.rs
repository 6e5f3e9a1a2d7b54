//! One plan's way to play its modules: the client it uses, and what every request of it has.
//!
//! Not the list of modules: `plans` has those.

use crate::browser::{Arrival, Browser, Shown};
use crate::relying_party::{Asked, CALLBACK, RelyingParty, Reply};
use crate::tokens::Tokens;
use crate::world::{ISSUER, World};

/// A plan for ordinary OpenID Connect clients.
pub(crate) struct Plan {
    pub(crate) world: &'static World,
    /// What `response_mode` every request carries.
    response_mode: Option<&'static str>,
    pub(crate) client: RelyingParty,
}

impl Plan {
    /// Basic OP: `code`, answered as it is by default.
    pub(crate) async fn basic() -> Self {
        Self::at(World::shared().await)
    }

    /// The same against another broker.
    pub(crate) fn at(world: &'static World) -> Self {
        Self { world, response_mode: None, client: RelyingParty::first() }
    }

    /// Back-Channel Logout OP.
    pub(crate) async fn back_channel() -> Self {
        Self::basic().await.of(RelyingParty::back_channel())
    }

    /// Front-Channel Logout OP.
    pub(crate) async fn front_channel() -> Self {
        Self::basic().await.of(RelyingParty::front_channel())
    }

    /// Form Post OP: the same, answered by a form.
    pub(crate) async fn form_post() -> Self {
        Self { response_mode: Some("form_post"), ..Self::basic().await }
    }

    /// The same plan with a broker whose codes expire soon.
    pub(crate) async fn in_haste(&self) -> Self {
        Self { world: World::hasty().await, ..self.of(self.client.clone()) }
    }

    /// The same plan for another client.
    pub(crate) fn of(&self, client: RelyingParty) -> Self {
        Self { client, world: self.world, response_mode: self.response_mode }
    }

    /// A person's browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.world)
    }

    /// The request of most modules.
    pub(crate) fn request(&self) -> Asked {
        let asked = Asked(Vec::new())
            .with("client_id", &self.client.id)
            .with("redirect_uri", &self.client.redirect_uri)
            .with("response_type", "code")
            .with("scope", "openid")
            .with("state", &self.world.fresh())
            .with("nonce", &self.world.fresh());
        match self.response_mode {
            Some(mode) => asked.with("response_mode", mode),
            None => asked,
        }
    }

    /// Sends the browser to the authorization endpoint.
    pub(crate) async fn ask(&self, browser: &mut Browser, asked: &Asked) -> Shown {
        browser.open(&asked.address()).await
    }

    /// Asks, signs in when the person is asked to, and comes back with a code.
    pub(crate) async fn code(&self, browser: &mut Browser, asked: &Asked) -> String {
        let shown = self.ask(browser, asked).await;
        let shown = match shown {
            Shown::Arrival(_) => shown,
            _ => browser.sign_in(shown).await,
        };
        self.code_of(asked, &shown.arrival())
    }

    /// The code that came to the callback.
    pub(crate) fn code_of(&self, asked: &Asked, arrival: &Arrival) -> String {
        self.check_answer(asked, arrival);
        assert_eq!(arrival.get("error"), None, "{arrival:?}");
        arrival.get("code").unwrap_or_else(|| panic!("no code: {arrival:?}")).to_owned()
    }

    /// The error that came to the callback.
    pub(crate) fn error_of(&self, asked: &Asked, arrival: &Arrival) -> String {
        self.check_answer(asked, arrival);
        assert_eq!(arrival.get("code"), None, "{arrival:?}");
        arrival.get("error").unwrap_or_else(|| panic!("no error: {arrival:?}")).to_owned()
    }

    /// The right place, the right mode, the same state, and who answered (RFC 9207).
    fn check_answer(&self, asked: &Asked, arrival: &Arrival) {
        assert_eq!(arrival.place, CALLBACK);
        assert_eq!(arrival.posted, self.response_mode == Some("form_post"), "{arrival:?}");
        assert_eq!(arrival.get("state"), asked.get("state"));
        assert_eq!(arrival.get("iss"), Some(ISSUER));
    }

    /// Shows a code to the token endpoint.
    pub(crate) async fn redeem(&self, code: &str) -> Reply {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &*self.client.redirect_uri),
        ];
        self.client.token(self.world, &fields).await
    }

    /// Redeems a code, and checks the tokens.
    pub(crate) async fn accept(&self, asked: &Asked, code: &str) -> Tokens {
        Tokens::accept(self.world, asked, &self.redeem(code).await).await
    }

    /// From the request to tokens that were checked.
    pub(crate) async fn tokens(&self, browser: &mut Browser, asked: &Asked) -> Tokens {
        let code = self.code(browser, asked).await;
        self.accept(asked, &code).await
    }

    /// The same in a browser of its own, for modules about the request alone.
    pub(crate) async fn succeeds(&self, asked: &Asked) -> Tokens {
        self.tokens(&mut self.browser(), asked).await
    }
}
