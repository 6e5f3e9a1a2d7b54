//! The relying parties of the modules: what the broker knows about them, and how they ask.
//!
//! Not a library for portals: the sandbox's portals use one. Everything here can also be done wrongly,
//! because modules do.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

use crate::browser::encode;
use crate::world::{ISSUER, World};

/// Where codes arrive. Nobody serves it: the browser stops there.
pub(crate) const CALLBACK: &str = "https://suite.test/callback";
/// Where a browser goes after a logout.
pub(crate) const AFTER_LOGOUT: &str = "https://suite.test/logged-out";

/// How a client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    Basic,
    Post,
}

/// One static client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RelyingParty {
    pub(crate) id: &'static str,
    pub(crate) authentication: Authentication,
}

/// The client of nearly every module.
pub(crate) const FIRST: RelyingParty =
    RelyingParty { id: "first", authentication: Authentication::Basic };
/// The one whose codes and tokens are nobody else's.
pub(crate) const SECOND: RelyingParty =
    RelyingParty { id: "second", authentication: Authentication::Basic };
/// As the first, by `client_secret_post`.
pub(crate) const POSTING: RelyingParty =
    RelyingParty { id: "posting", authentication: Authentication::Post };

impl RelyingParty {
    /// All of them.
    pub(crate) const fn all() -> [Self; 3] {
        [FIRST, SECOND, POSTING]
    }

    /// Long enough for every rule about secrets; the broker runs on this machine for a moment.
    fn secret(self) -> String {
        format!("{}: the secret of a client of the conformance modules", self.id)
    }

    /// Writes its file.
    pub(crate) fn write(self, folder: &Path) {
        let Self { id, authentication } = self;
        let method = match authentication {
            Authentication::Basic => "client_secret_basic",
            Authentication::Post => "client_secret_post",
        };
        std::fs::write(folder.join(format!("{id}.secret")), self.secret()).unwrap();
        let text = format!(
            "client_id = \"{id}\"\n\
             redirect_uris = [\"{CALLBACK}\"]\n\
             post_logout_redirect_uris = [\"{AFTER_LOGOUT}\"]\n\
             token_endpoint_auth_method = \"{method}\"\n\
             client_secret = \"file:{id}.secret\"\n\
             legacy_without_pkce = true\n\
             minimum_level = 2\n\
             claims_profile = \"flat\"\n\
             scopes = [\"openid\", \"profile\", \"email\", \"phone\", \"address\"]\n\
             upstreams = [\"spid\"]\n\
             initiate_login_uri = \"https://suite.test/login\"\n\
             name.it = \"Suite di conformità\"\n\
             assistance.email = \"suite@suite.test\"\n\
             [branding]\n\
             legal_uri = \"https://suite.test/legal\"\n\
             privacy_uri = \"https://suite.test/privacy\"\n\
             accessibility_uri = \"https://suite.test/accessibility\"\n"
        );
        std::fs::write(folder.join(format!("{id}.toml")), text).unwrap();
    }

    /// A token request, authenticated as this client.
    pub(crate) async fn token(self, world: &World, fields: &[(&str, &str)]) -> Reply {
        let mut fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = world.ask(Method::POST, &format!("{ISSUER}/token"));
        let request = match self.authentication {
            Authentication::Basic => {
                // Form-encoded first (RFC 6749, section 2.3.1).
                let form = |text: &str| {
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let pair = format!("{}:{}", form(self.id), form(&self.secret()));
                request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)))
            }
            Authentication::Post => {
                fields.push(("client_id".to_owned(), self.id.to_owned()));
                fields.push(("client_secret".to_owned(), self.secret()));
                request
            }
        };
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Reply::of(request.body(encode(&fields))).await
    }
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
