//! One request of one browser: what its address and cookies say, and the login they name.
//!
//! Not a session: nothing is remembered between two visits but cookies and the login's own state.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::{Method, header};

use super::{Web, language};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::login::{Cookies, Login};
use crate::oidc::{Client, ClientId};
use crate::terms::Locale;

/// The browser that began a login; `__Host-` and Lax, so no other site can plant or send it (RFC 6265bis).
pub(super) const BROWSER_COOKIE: &str = "__Host-varco_browser";
/// The language a person chose, and the login in which they did: `de` or `de.<tx>`.
pub(super) const LOCALE_COOKIE: &str = "__Host-varco_locale";
/// The service that last sent this browser here, so that an expired login can offer to start again.
pub(super) const CLIENT_COOKIE: &str = "__Host-varco_client";

/// The logins of this browser, by the names of their grants: what a logout ends. The newest first,
/// at most [`MOST_SIDS`] of them.
pub(super) const SESSIONS_COOKIE: &str = "__Host-varco_sessions";
/// The browser's session, by which one login serves several services; a fresh handle after every
/// proof of a provider.
pub(super) const SESSION_COOKIE: &str = "__Host-varco_sso";
/// What services may watch; read by the script of our iframe, so it means nothing else.
pub(super) const STATE_COOKIE: &str = "__Host-varco_state";
/// How many logins a browser remembers.
pub(super) const MOST_SIDS: usize = 8;

/// A request, read.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The process.
    pub web: &'a Web,
    /// The request itself.
    pub request: &'a HttpRequest,
    query: Vec<(String, String)>,
    login: Option<Login>,
    client: Option<Arc<Client>>,
}

impl<'a> Visit<'a> {
    /// Reads the address; no state is asked yet.
    #[must_use]
    pub fn of(web: &'a Web, request: &'a HttpRequest) -> Self {
        let query = url::form_urlencoded::parse(request.query_string().as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        Self { web, request, query, login: None, client: None }
    }

    /// The one value of a query parameter; `None` when it is missing or doubled.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Every query parameter, in order, doubles kept.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The browser's own handle, if it has one.
    #[must_use]
    pub fn browser(&self) -> Option<Handle> {
        Handle::parse(self.request.cookie(BROWSER_COOKIE)?.value())
    }

    /// What this browser keeps for a login.
    #[must_use]
    pub fn cookies(&self) -> Cookies {
        let handle = |name| Handle::parse(self.request.cookie(name)?.value());
        Cookies {
            browser: self.browser(),
            session: handle(SESSION_COOKIE),
            state: handle(STATE_COOKIE),
        }
    }

    /// The logins of this browser, the newest first. Only this host can have written them.
    #[must_use]
    pub fn sids(&self) -> Vec<Handle> {
        let cookie = self.request.cookie(SESSIONS_COOKIE);
        let named = cookie.iter().flat_map(|cookie| cookie.value().split('.'));
        named.filter_map(Handle::parse).take(MOST_SIDS).collect()
    }

    /// The login that the address names, found or not.
    #[must_use]
    pub fn tx(&self) -> Option<Handle> {
        Handle::parse(self.parameter("tx")?)
    }

    /// Both handles that the verbs of a login ask for.
    ///
    /// # Errors
    /// `login-expired` when the address names no login, `cookies-blocked` when the browser has no cookie.
    pub fn handles(&self) -> Result<(Handle, Handle), Fault> {
        let tx = self.tx().ok_or_else(|| Fault::of_slug("login-expired"))?;
        let browser = self.browser().ok_or_else(|| Fault::of_slug("cookies-blocked"))?;
        Ok((tx, browser))
    }

    /// Reads the login and its client, if this browser began it.
    ///
    /// # Errors
    /// As [`Visit::handles`] and [`crate::login::Broker::login_of`].
    pub async fn find_login(&mut self) -> Result<(Login, Arc<Client>), Fault> {
        let (tx, browser) = self.handles()?;
        let login = self.web.broker.login_of(&tx, &browser).await?.into_inner();
        let client = self.web.broker.client_of(&login)?;
        self.login = Some(login.clone());
        self.client = Some(Arc::clone(&client));
        Ok((login, client))
    }

    /// The same visit with that one parameter alone.
    #[must_use]
    pub(super) fn with_only(mut self, parameter: &str) -> Self {
        self.query.retain(|(name, _)| name == parameter);
        self
    }

    /// Tells the page whose service it is, when the address does not (an authorization request).
    #[must_use]
    pub fn with_client(self, client: Option<Arc<Client>>) -> Self {
        Self { client, ..self }
    }

    /// The address at the other end of the connection.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        self.request.peer_addr().map(|peer| peer.ip())
    }

    /// Where somebody comes from: the peer, or whom a proxy of ours names last. What stands before that in
    /// the header anybody can have written.
    #[must_use]
    pub fn place(&self) -> Option<IpAddr> {
        let peer = self.peer()?;
        let ours = self.web.proxies.get().is_some_and(|proxies| proxies.contain(peer));
        let named = self.request.headers().get_all("x-forwarded-for").last();
        let named = named.filter(|_| ours).and_then(|value| value.to_str().ok());
        let last = named.and_then(|value| value.rsplit(',').next());
        Some(last.and_then(|text| text.trim().parse().ok()).unwrap_or(peer))
    }

    /// The login, once it was found.
    #[must_use]
    pub const fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }

    /// The service: of the login, or the one that last sent this browser here.
    #[must_use]
    pub fn client(&self) -> Option<Arc<Client>> {
        self.client.clone().or_else(|| {
            let id = ClientId::parse(self.request.cookie(CLIENT_COOKIE)?.value())?;
            self.web.broker.clients.load().get(&id).cloned()
        })
    }

    /// The language of the page.
    #[must_use]
    pub fn locale(&self) -> Locale {
        let cookie = self.request.cookie(LOCALE_COOKIE);
        let accepted = self.request.headers().get(header::ACCEPT_LANGUAGE);
        language::choose(&language::Wishes {
            switch: self.switch(),
            cookie: cookie.as_ref().map(actix_web::cookie::Cookie::value),
            tx: self.tx().as_ref().map(Handle::reveal),
            ui_locales: self.login.as_ref().and_then(|login| login.request.locale),
            accept_language: accepted.and_then(|value| value.to_str().ok()),
            client: self.client().map(|client| client.branding.default_locale),
        })
    }

    /// The language that was just chosen in the language switch.
    #[must_use]
    pub(super) fn switch(&self) -> Option<Locale> {
        self.parameter("lang").and_then(Locale::from_tag)
    }

    /// This page in another language; `None` for an answer to a form, which a link cannot repeat.
    #[must_use]
    pub(super) fn in_language(&self, locale: Locale) -> Option<String> {
        (self.request.method() == Method::GET).then(|| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in self.query.iter().filter(|(name, _)| name != "lang") {
                query.append_pair(name, value);
            }
            query.append_pair("lang", locale.tag());
            format!("{}?{}", self.request.path(), query.finish())
        })
    }
}
