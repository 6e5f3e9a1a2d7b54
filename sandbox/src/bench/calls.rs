//! The three calls of a flow at any OpenID provider: authorization, token, userinfo.
//!
//! Not a relying party: it believes what it is told, for the provider's work is measured and not its own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;
use varco::crypto::Handle;
use varco::crypto::digest::{base64url, sha256};
use varco::effects::Effects;

use crate::error::{Doing as _, SandboxError};

/// Where a provider takes requests.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Endpoints {
    pub(super) issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    pub(super) jwks_uri: String,
}

impl Endpoints {
    /// Waits until the provider answers, at most ten seconds.
    pub(super) async fn discover(http: &Client, issuer: &str) -> Result<Self, SandboxError> {
        let address = format!("{issuer}/.well-known/openid-configuration");
        for _ in 0..200 {
            if let Ok(answer) = http.get(&address).send().await
                && answer.status().is_success()
            {
                return answer.json().await.doing("discover the provider");
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Err(SandboxError::new("discover the provider", "it does not answer"))
    }
}

/// Calls to one provider, counted.
#[derive(Debug)]
pub(super) struct Calls {
    endpoints: Endpoints,
    requests: AtomicU64,
}

/// Who redeems.
#[derive(Clone, Copy)]
pub(super) struct Credential<'a> {
    pub(super) authorization: &'a str,
    pub(super) redirect_uri: &'a str,
}

/// What a request must be answered with.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) state: String,
    pub(super) nonce: String,
    verifier: String,
}

impl Asked {
    pub(super) fn fresh(fx: &Effects) -> Self {
        let fresh = || Handle::fresh(fx).reveal().to_owned();
        Self { state: fresh(), nonce: fresh(), verifier: format!("{}{}", fresh(), fresh()) }
    }
}

impl Calls {
    pub(super) const fn new(endpoints: Endpoints) -> Self {
        Self { endpoints, requests: AtomicU64::new(0) }
    }

    /// Requests sent since the last [`Calls::forget`].
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn forget(&self) {
        self.requests.store(0, Ordering::Relaxed);
    }

    /// The address of an authorization request.
    pub(super) fn ask(
        &self,
        client_id: &str,
        redirect_uri: &str,
        asked: &Asked,
        more: &[(&str, &str)],
    ) -> String {
        let challenge = base64url(&sha256(asked.verifier.as_bytes()));
        let query = Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", client_id),
                ("redirect_uri", redirect_uri),
                ("scope", "openid profile fiscal_number email"),
                ("state", &asked.state),
                ("nonce", &asked.nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
            .extend_pairs(more)
            .finish();
        format!("{}?{query}", self.endpoints.authorization_endpoint)
    }

    /// The code in `back` becomes tokens, the access token opens userinfo; the ID token.
    pub(super) async fn redeem(
        &self,
        http: &Client,
        credential: Credential<'_>,
        back: &Url,
        asked: &Asked,
    ) -> Result<String, SandboxError> {
        let answer = |name: &str| {
            let found = back.query_pairs().find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        if answer("state") != asked.state {
            return Err(SandboxError::new("come back", "not with the answer to this request"));
        }
        let code = answer("code");
        if code.is_empty() {
            return Err(SandboxError::new("come back", answer("error")));
        }
        let form = encode(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", credential.redirect_uri),
            ("code_verifier", &asked.verifier),
        ]);
        let token = post(http, &self.endpoints.token_endpoint, form)
            .header(AUTHORIZATION, credential.authorization);
        let token: Value =
            self.send(token, "redeem the code").await?.json().await.doing("redeem the code")?;
        let text = |name: &str| token.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("id_token").is_empty() {
            return Err(SandboxError::new("redeem the code", "there is no ID token"));
        }
        let userinfo = http
            .get(&self.endpoints.userinfo_endpoint)
            .header(AUTHORIZATION, format!("Bearer {}", text("access_token")));
        let userinfo: Value =
            self.send(userinfo, "ask for userinfo").await?.json().await.doing("read userinfo")?;
        if userinfo.get("sub").is_none() {
            return Err(SandboxError::new("read userinfo", "it has no sub"));
        }
        Ok(text("id_token").to_owned())
    }

    /// Sends and counts; an error status is an error.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        doing: &str,
    ) -> Result<Response, SandboxError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = request.send().await.doing(doing)?;
        if answer.status().is_client_error() || answer.status().is_server_error() {
            return Err(SandboxError::new(doing, format!("status {}", answer.status())));
        }
        Ok(answer)
    }
}

/// The cookies of one browser at one host, whatever their paths.
#[derive(Debug, Default)]
pub(super) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    pub(super) fn keep(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(super) fn header(&self) -> String {
        let pairs: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}

pub(super) fn post(http: &Client, address: &str, form: String) -> RequestBuilder {
    http.post(address).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Where an answer sends the browser.
pub(super) fn location(answer: &Response, from: &str) -> Result<Url, SandboxError> {
    let header = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let header = header.ok_or_else(|| {
        SandboxError::new("follow a redirect", format!("status {}", answer.status()))
    })?;
    Url::parse(from).and_then(|base| base.join(header)).doing("follow a redirect")
}
