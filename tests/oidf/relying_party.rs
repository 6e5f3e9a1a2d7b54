//! The relying parties of the modules: what the broker knows about them, and how they ask.
//!
//! Not a library for portals: the sandbox's portals use one. Everything here can also be done wrongly,
//! because modules do.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::browser::encode;
use crate::endpoints;
use crate::keys::Key;
use crate::world::{ISSUER, World};

/// Where codes arrive. Nobody serves it: the browser stops there.
pub(crate) const CALLBACK: &str = "https://suite.test/callback";
/// Where a browser goes after a logout.
pub(crate) const AFTER_LOGOUT: &str = "https://suite.test/logged-out";

/// Where a client hears of logouts, by the broker's own request and in a frame of the browser.
pub(crate) const BACK_CHANNEL: &str = "/backchannel-logout";
pub(crate) const FRONT_CHANNEL: &str = "/frontchannel-logout";

/// How a client proves who it is at the token endpoint.
#[derive(Clone, Copy)]
pub(crate) enum Authentication {
    Basic,
    Post,
    /// `private_key_jwt`.
    Key(&'static Key),
}

/// One client.
#[derive(Clone)]
pub(crate) struct RelyingParty {
    pub(crate) id: String,
    pub(crate) authentication: Authentication,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
}

impl RelyingParty {
    /// The client of nearly every module.
    pub(crate) fn first() -> Self {
        Self::of_file("first", Authentication::Basic)
    }

    /// The one whose codes and tokens are nobody else's.
    pub(crate) fn second() -> Self {
        Self::of_file("second", Authentication::Basic)
    }

    /// As the first, by `client_secret_post`.
    pub(crate) fn posting() -> Self {
        Self::of_file("posting", Authentication::Post)
    }

    /// As the first; it hears of logouts by the back channel.
    pub(crate) fn back_channel() -> Self {
        Self::of_file("backchannel", Authentication::Basic)
    }

    /// As the first; it hears of logouts by the front channel.
    pub(crate) fn front_channel() -> Self {
        Self::of_file("frontchannel", Authentication::Basic)
    }

    fn of_file(id: &str, authentication: Authentication) -> Self {
        // Long enough for every rule about secrets; the broker runs on this machine for a moment.
        let secret = format!("{id}: the secret of a client of the conformance modules");
        Self { id: id.to_owned(), authentication, secret, redirect_uri: CALLBACK.to_owned() }
    }

    /// Writes the file of every static client.
    pub(crate) fn write_all(folder: &Path) {
        let (back, front) = (endpoints::address(BACK_CHANNEL), endpoints::address(FRONT_CHANNEL));
        let back = format!(
            "backchannel_logout_uri = \"{back}\"\nbackchannel_logout_session_required = true\n"
        );
        let front = format!(
            "frontchannel_logout_uri = \"{front}\"\nfrontchannel_logout_session_required = true\n"
        );
        for party in [Self::first(), Self::second(), Self::posting()] {
            party.write(folder, "");
        }
        Self::back_channel().write(folder, &back);
        Self::front_channel().write(folder, &front);
    }

    fn write(&self, folder: &Path, channel: &str) {
        let Self { id, authentication, secret, redirect_uri } = self;
        let method = match authentication {
            Authentication::Post => "client_secret_post",
            Authentication::Basic | Authentication::Key(_) => "client_secret_basic",
        };
        std::fs::write(folder.join(format!("{id}.secret")), secret).unwrap();
        let text = format!(
            "client_id = \"{id}\"\n\
             redirect_uris = [\"{redirect_uri}\"]\n\
             post_logout_redirect_uris = [\"{AFTER_LOGOUT}\"]\n\
             grant_types = [\"authorization_code\", \"refresh_token\"]\n\
             token_endpoint_auth_method = \"{method}\"\n\
             client_secret = \"file:{id}.secret\"\n\
             legacy_without_pkce = true\n\
             {channel}{}{WITHOUT_EIDAS}",
            rest_of_file()
        );
        std::fs::write(folder.join(format!("{id}.toml")), text).unwrap();
    }

    /// A token request, authenticated as this client.
    pub(crate) async fn token(&self, world: &World, fields: &[(&str, &str)]) -> Reply {
        let mut fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut field = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
        let mut request = world.ask(Method::POST, &format!("{ISSUER}/token"));
        match self.authentication {
            Authentication::Basic => {
                // Form-encoded first (RFC 6749, section 2.3.1).
                let form = |text: &str| {
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let pair = format!("{}:{}", form(&self.id), form(&self.secret));
                request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
            }
            Authentication::Post => {
                field("client_id", &self.id);
                field("client_secret", &self.secret);
            }
            Authentication::Key(key) => {
                field("client_assertion_type", ASSERTION_TYPE);
                field("client_assertion", &self.assertion(world, key));
            }
        }
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Reply::of(request.body(encode(&fields))).await
    }

    /// A client assertion; its audience is the issuer.
    fn assertion(&self, world: &World, key: &Key) -> String {
        let now = world.fx.now().unix_seconds();
        let claims = json!({
            "iss": self.id, "sub": self.id, "aud": ISSUER, "jti": world.fresh(),
            "iat": now, "exp": now + 60,
        });
        key.sign(&json!({"alg": key.algorithm(), "kid": key.name(), "typ": "JWT"}), &claims)
    }
}

/// RFC 7523, section 2.2.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why the services of the suite do without the means of other states.
pub(crate) const WITHOUT_EIDAS: &str = r#"[[policy]]
[policy.eidas_off]
reason = "the suite has one provider, of SPID"
decided_by = "the suite"
decided_on = 2026-11-22
"#;

/// What the file of every client holds beside its protocol. Logins are of level 2, of which SPID
/// providers keep no session; the clients' policy lets the broker reuse them.
pub(crate) fn rest_of_file() -> &'static str {
    r#"minimum_level = 2
session_reuse_level = 2
claims_profile = "flat"
scopes = ["openid", "profile", "email", "phone", "address"]
upstreams = ["spid"]
initiate_login_uri = "https://suite.test/login"
name.it = "Suite di conformità"
assistance.email = "suite@suite.test"
[branding]
legal_uri = "https://suite.test/legal"
privacy_uri = "https://suite.test/privacy"
accessibility_uri = "https://suite.test/accessibility"
"#
}

/// An authorization request: its parameters, in order.
#[derive(Clone, Debug)]
pub(crate) struct Asked(pub(crate) Vec<(String, String)>);

impl Asked {
    /// With a parameter more, or with another value of it.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, held)) => value.clone_into(held),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Without a parameter.
    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The address that a browser opens.
    pub(crate) fn address(&self) -> String {
        format!("{ISSUER}/authorize?{}", encode(&self.0))
    }
}

/// What an endpoint for relying parties answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    /// Sends the request.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Self { status, headers, body: answer.text().await.unwrap() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body of an answer that says it is JSON.
    pub(crate) fn json(&self) -> Value {
        let kind = self.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|cause| panic!("{cause}: {self:?}"))
    }

    /// The body of a success.
    pub(crate) fn good(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// A refusal with this OAuth error (RFC 6749, section 5.2).
    pub(crate) fn refused(&self, error: &str) {
        assert!(matches!(self.status, 400 | 401), "{self:?}");
        assert_eq!(self.json()["error"], error, "{self:?}");
    }
}
