//! One user of the bench: relying party, browser and provider in one, as cheap as they can be.
//!
//! Not the scripted browser: nothing is rendered or looked for, the requests are known.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;
use varco::crypto::Handle;
use varco::crypto::digest::{base64url, sha256};
use varco::effects::Effects;
use varco::terms::Level;

use super::relying_party::RelyingParty;
use crate::error::{Doing as _, SandboxError};
use crate::federation::{Prepared, keys, provider_address};
use crate::people::Person;
use crate::saml::Provider;
use crate::saml::binding::{Binding, Message};
use crate::saml::request::AuthnRequest;
use crate::saml::service_provider::ServiceProvider;

/// Where the broker takes requests.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Endpoints {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
}

impl Endpoints {
    /// Waits until the broker answers, at most ten seconds.
    pub(super) async fn discover(prepared: &Prepared) -> Result<Self, SandboxError> {
        let address = format!("{}/.well-known/openid-configuration", prepared.ports.issuer());
        for _ in 0..200 {
            if let Ok(answer) = prepared.http.get(&address).send().await
                && answer.status().is_success()
            {
                return answer.json().await.doing("discover the broker");
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Err(SandboxError::new("discover the broker", "it does not answer"))
    }
}

/// What all users share.
#[derive(Debug)]
pub(super) struct Driver {
    endpoints: Endpoints,
    provider: Provider,
    service: ServiceProvider,
    person: Person,
    redirect_uri: String,
    parties: Vec<RelyingParty>,
    /// Whether ID tokens are verified, which costs the broker nothing.
    verifies: bool,
    fx: Effects,
    /// Logins begun.
    begun: AtomicUsize,
    /// How often a relying party read the keys again.
    pub(super) key_reads: AtomicU64,
    /// Requests sent to the broker.
    pub(super) requests: AtomicU64,
    /// Logins that failed.
    pub(super) failures: AtomicU64,
    /// Why the first one failed.
    pub(super) first_failure: Mutex<Option<String>>,
}

impl Driver {
    /// A driver for a broker that answers. People sign in to the portal; with `more` names, in turn to
    /// those relying parties too, and then every ID token is verified.
    pub(super) async fn new(
        prepared: &Prepared,
        endpoints: Endpoints,
        more: &[String],
    ) -> Result<Self, SandboxError> {
        let fx = Effects::real();
        let [first, ..] = prepared.ports.providers;
        let provider =
            Provider::new(0, provider_address(first), keys().await?.providers.clone(), fx.clone());
        let metadata = format!("{}/saml/metadata", endpoints.issuer);
        let metadata = prepared.http.get(metadata).send().await.doing("fetch metadata")?;
        let metadata = metadata.text().await.doing("fetch metadata")?;
        let folder = &prepared.folder;
        let mut parties =
            vec![RelyingParty::portal(folder, &endpoints.issuer, &endpoints.jwks_uri)?];
        for id in more {
            let (issuer, jwks_uri) = (&endpoints.issuer, &endpoints.jwks_uri);
            parties.push(RelyingParty::named(id, folder, issuer, jwks_uri)?);
        }
        let portal = parties.first().and_then(|first| prepared.ports.portal(&first.id));
        let portal = portal.unwrap_or_default();
        let person = Person::all().into_iter().next();
        Ok(Self {
            endpoints,
            provider,
            service: ServiceProvider::read(&metadata)?,
            person: person.ok_or_else(|| SandboxError::new("find a person", "nobody is there"))?,
            redirect_uri: format!("{portal}/callback"),
            parties,
            verifies: !more.is_empty(),
            fx,
            begun: AtomicUsize::new(0),
            key_reads: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            first_failure: Mutex::default(),
        })
    }

    /// Starts counting again.
    pub(super) fn forget(&self) {
        self.requests.store(0, Ordering::Relaxed);
        self.failures.store(0, Ordering::Relaxed);
    }

    /// Counts an outcome.
    pub(super) fn count(&self, outcome: Result<(), SandboxError>) {
        if let Err(why) = outcome {
            self.failures.fetch_add(1, Ordering::Relaxed);
            if let Ok(mut first) = self.first_failure.lock() {
                first.get_or_insert_with(|| why.to_string());
            }
        }
    }

    /// A Response like those of the run.
    pub(super) async fn sample_response(&self) -> Result<String, SandboxError> {
        let http = crate::client::http_client()?;
        let departed = self.depart(&http, self.party()?).await?;
        Ok(self.provider.answer(&departed.request, &self.person, None)?.xml)
    }

    /// One whole login.
    pub(super) async fn login(&self, http: &Client) -> Result<(), SandboxError> {
        let party = self.party()?;
        let departed = self.depart(http, party).await?;
        let Departed { request, cookies, verifier, state, nonce } = departed;
        let response = self.provider.answer(&request, &self.person, None)?.xml;
        let form = encode(&[
            ("SAMLResponse", &STANDARD.encode(response)),
            ("RelayState", request.relay_state.as_deref().unwrap_or_default()),
        ]);
        // Cross-site: no cookie.
        let received = self.send(post(http, &request.acs, form), "post the Response").await?;
        let onward = location(&received, &request.acs)?;
        let continued = http.get(onward).header(COOKIE, &cookies);
        let continued = self.send(continued, "continue").await?;
        let back = location(&continued, &self.endpoints.issuer)?;
        let answer = |name: &str| {
            let found = back.query_pairs().find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        if answer("state") != state {
            return Err(SandboxError::new("continue", format!("status {}", continued.status())));
        }
        let form = encode(&[
            ("grant_type", "authorization_code"),
            ("code", &answer("code")),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &verifier),
        ]);
        let token = post(http, &self.endpoints.token_endpoint, form)
            .header(AUTHORIZATION, &party.authorization);
        let token: Value =
            self.send(token, "redeem the code").await?.json().await.doing("redeem the code")?;
        let text = |name: &str| token.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("id_token").is_empty() {
            return Err(SandboxError::new("redeem the code", "there is no ID token"));
        }
        if self.verifies && party.accept(http, text("id_token"), &nonce).await? {
            self.key_reads.fetch_add(1, Ordering::Relaxed);
        }
        let userinfo = http
            .get(&self.endpoints.userinfo_endpoint)
            .header(AUTHORIZATION, format!("Bearer {}", text("access_token")));
        let userinfo: Value =
            self.send(userinfo, "ask for userinfo").await?.json().await.doing("read userinfo")?;
        if userinfo.get("sub").is_none() {
            return Err(SandboxError::new("read userinfo", "it has no sub"));
        }
        Ok(())
    }

    /// The authorization request, up to the `AuthnRequest`.
    async fn depart(&self, http: &Client, party: &RelyingParty) -> Result<Departed, SandboxError> {
        let verifier = format!("{}{}", self.fresh(), self.fresh());
        let (state, nonce) = (self.fresh(), self.fresh());
        let query = encode(&[
            ("response_type", "code"),
            ("client_id", &party.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile fiscal_number email"),
            ("acr_values", Level::L2.uri()),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &base64url(&sha256(verifier.as_bytes()))),
            ("code_challenge_method", "S256"),
            ("login_hint", &self.provider.entity_id),
        ]);
        let mut address = format!("{}?{query}", self.endpoints.authorization_endpoint);
        let mut cookies: Vec<String> = Vec::new();
        for _ in 0..4 {
            let request = http.get(&address).header(COOKIE, cookies.join("; "));
            let answer = self.send(request, "ask for authorization").await?;
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let text = cookie.to_str().unwrap_or_default();
                cookies.extend(text.split(';').next().map(str::to_owned));
            }
            let onward = location(&answer, &address)?;
            let sso = self.provider.location(Binding::Redirect);
            if onward.as_str().starts_with(&sso) {
                let query = onward.query().unwrap_or_default();
                let message = Message::from_query(query, "SAMLRequest")?;
                let request = self.provider.accept(message, &self.service)?;
                let cookies = cookies.join("; ");
                return Ok(Departed { request, cookies, verifier, state, nonce });
            }
            address = onward.to_string();
        }
        Err(SandboxError::new("ask for authorization", "it never leads to the provider"))
    }

    async fn send(&self, request: RequestBuilder, doing: &str) -> Result<Response, SandboxError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = request.send().await.doing(doing)?;
        if answer.status().is_client_error() || answer.status().is_server_error() {
            return Err(SandboxError::new(doing, format!("status {}", answer.status())));
        }
        Ok(answer)
    }

    /// Whose turn it is.
    fn party(&self) -> Result<&RelyingParty, SandboxError> {
        let at = self.begun.fetch_add(1, Ordering::Relaxed) % self.parties.len().max(1);
        self.parties.get(at).ok_or_else(|| SandboxError::new("choose a portal", "there is none"))
    }

    fn fresh(&self) -> String {
        Handle::fresh(&self.fx).reveal().to_owned()
    }
}

struct Departed {
    request: AuthnRequest,
    cookies: String,
    verifier: String,
    state: String,
    nonce: String,
}

fn post(http: &Client, address: &str, form: String) -> RequestBuilder {
    http.post(address).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
}

fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn location(answer: &Response, from: &str) -> Result<Url, SandboxError> {
    let header = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let header = header.ok_or_else(|| {
        SandboxError::new("follow a redirect", format!("status {}", answer.status()))
    })?;
    Url::parse(from).and_then(|base| base.join(header)).doing("follow a redirect")
}
