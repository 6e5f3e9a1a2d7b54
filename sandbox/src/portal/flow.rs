//! What a relying party does: discovery, the authorization request, the code, the tokens, the checks.
//!
//! Not pages: `server.rs` shows them. OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 7523.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AdditionalClaims, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use varco::crypto::Handle;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::signer::LocalKey;
use varco::terms::Level;

use super::{Credential, Portal};
use crate::client::call;
use crate::error::{Doing as _, SandboxError};

pub(super) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A sign-in that has begun: what the portal must remember until the code comes.
#[derive(Debug)]
pub struct Started {
    /// Where the browser goes.
    pub address: String,
    /// `state`.
    pub state: String,
    client: Client,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    /// `None`: none was asked.
    level: Option<Level>,
}

/// Somebody signed in.
#[derive(Clone, Debug, Serialize)]
pub struct SignedIn {
    /// Claims of the ID token.
    pub id_token: Value,
    /// Claims of userinfo.
    pub userinfo: Value,
    /// What the portal keeps to itself.
    #[serde(skip)]
    pub kept: Kept,
}

impl SignedIn {
    /// The level of the login.
    pub(super) fn level(&self) -> Option<Level> {
        self.id_token.get("acr").and_then(Value::as_str).and_then(Level::from_uri)
    }
}

/// What a portal keeps of a login beside what it shows.
#[derive(Clone)]
pub struct Kept {
    /// The ID token as it came: it names the login when somebody leaves.
    pub id_token: String,
    /// The access token.
    pub access_token: String,
    /// The code that gave both.
    pub code: String,
    /// What the code was redeemed with.
    pub verifier: String,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept(…)")
    }
}

/// Whatever else the broker says about a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct MoreClaims {
    #[serde(flatten)]
    claims: BTreeMap<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

impl Portal {
    /// Discovers the broker and writes the authorization request. Somebody who is signed in already, at
    /// the level `held`, and needs a higher one, has to prove that one or nothing comes of it: then it
    /// is an essential claim (OpenID Connect Core 1.0, section 5.5.1.1).
    ///
    /// # Errors
    /// When the broker cannot be discovered.
    pub async fn start(
        &self,
        level: Option<Level>,
        held: Option<Level>,
    ) -> Result<Started, SandboxError> {
        let client = self.client().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let request = self
            .kind
            .scopes
            .iter()
            .fold(
                client.authorize_url(
                    CoreAuthenticationFlow::AuthorizationCode,
                    CsrfToken::new_random,
                    Nonce::new_random,
                ),
                |request, scope| request.add_scope(Scope::new((*scope).to_owned())),
            )
            .set_pkce_challenge(challenge);
        let request = match level {
            None => request,
            Some(level) if held.is_some_and(|held| held < level) => {
                let acr = json!({"essential": true, "value": level.uri()});
                request.add_extra_param("claims", json!({"id_token": {"acr": acr}}).to_string())
            }
            Some(level) => {
                let wanted = AuthenticationContextClass::new(level.uri().to_owned());
                request.add_auth_context_value(wanted)
            }
        };
        let (address, state, nonce) = request.url();
        Ok(Started {
            address: address.to_string(),
            state: state.secret().clone(),
            client,
            nonce,
            verifier,
            level,
        })
    }

    /// What the broker's discovery and this portal's registration make together.
    ///
    /// # Errors
    /// When the broker cannot be discovered.
    pub(super) async fn client(&self) -> Result<Client, SandboxError> {
        let http = |request| call(self.http.clone(), request);
        let issuer = IssuerUrl::new(self.issuer.clone()).doing("read the issuer")?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &http)
            .await
            .map_err(|cause| SandboxError::new("discover the broker", causes(&cause)))?;
        let secret = match &self.credential {
            Credential::Secret(secret) => Some(ClientSecret::new(secret.clone())),
            Credential::Key(_) => None,
        };
        let id = ClientId::new(self.kind.id.to_owned());
        let redirect = RedirectUrl::new(self.redirect_uri()).doing("read the redirect URI")?;
        Ok(CoreClient::from_provider_metadata(metadata, id, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(self.auth_type()))
    }

    /// Redeems the code and checks everything: signature, issuer, audience, nonce, level, subject.
    ///
    /// # Errors
    /// When anything is not as it must be.
    pub async fn finish(&self, started: Started, code: String) -> Result<SignedIn, SandboxError> {
        let http = |request| call(self.http.clone(), request);
        let Started { client, nonce, verifier, level, .. } = started;
        let secret = verifier.secret().clone();
        let tokens = self.exchange(&client, &code, verifier).await?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| SandboxError::new("accept the tokens", "there is no ID token"))?;
        let algorithm = match self.kind.algorithm {
            SigningAlgorithm::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            SigningAlgorithm::PS256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            SigningAlgorithm::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        };
        let reached = move |acr: Option<&AuthenticationContextClass>| {
            let Some(level) = level else { return Ok(()) };
            acr.and_then(|acr| Level::from_uri(acr))
                .filter(|reached| *reached >= level)
                .map(|_| ())
                .ok_or_else(|| "acr is not the level that was asked".to_owned())
        };
        let checks = client
            .id_token_verifier()
            .set_allowed_algs([algorithm.clone()])
            .set_auth_context_verifier_fn(reached);
        let checked = id_token.claims(&checks, &nonce);
        let subject = match checked {
            // A key that came after this portal read the set: it is read again, once.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let fresh = self.client().await?;
                let checks = fresh
                    .id_token_verifier()
                    .set_allowed_algs([algorithm])
                    .set_auth_context_verifier_fn(reached);
                id_token.claims(&checks, &nonce).map(|claims| claims.subject().clone())
            }
            checked => checked.map(|claims| claims.subject().clone()),
        }
        .doing("accept the ID token")?;
        let userinfo = client
            .user_info(tokens.access_token().clone(), Some(subject))
            .doing("ask for userinfo")?
            .request_async::<MoreClaims, _, CoreGenderClaim>(&http)
            .await
            .map_err(|cause| SandboxError::new("accept userinfo", causes(&cause)))?;
        let raw = id_token.to_string();
        Ok(SignedIn {
            id_token: payload(&raw)?,
            kept: Kept {
                id_token: raw,
                access_token: tokens.access_token().secret().clone(),
                code,
                verifier: secret,
            },
            userinfo: serde_json::to_value(&userinfo).doing("read userinfo")?,
        })
    }

    /// Shows a code to the token endpoint.
    pub(super) async fn exchange(
        &self,
        client: &Client,
        code: &str,
        verifier: PkceCodeVerifier,
    ) -> Result<CoreTokenResponse, SandboxError> {
        let http = |request| call(self.http.clone(), request);
        let mut exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .doing("redeem the code")?
            .set_pkce_verifier(verifier);
        if let Credential::Key(key) = &self.credential {
            exchange = exchange
                .add_extra_param(
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                )
                .add_extra_param("client_assertion", self.client_assertion(key)?);
        }
        exchange
            .request_async(&http)
            .await
            .map_err(|cause| SandboxError::new("redeem the code", causes(&cause)))
    }

    /// A client assertion (RFC 7523, section 3). Its audience is the issuer and nothing else, so that
    /// nobody beside the broker can use it.
    fn client_assertion(&self, key: &LocalKey) -> Result<String, SandboxError> {
        let now = self.fx.now();
        let claims = json!({
            "iss": self.kind.id,
            "sub": self.kind.id,
            "aud": self.issuer,
            "jti": Handle::fresh(&self.fx).reveal(),
            "iat": now.unix_seconds(),
            "exp": now.plus(Duration::from_mins(1)).unix_seconds(),
        });
        key.sign(claims.to_string().as_bytes()).doing("sign a client assertion")
    }
}

/// The claims of a token that was verified.
fn payload(token: &str) -> Result<Value, SandboxError> {
    let part = token.split('.').nth(1).unwrap_or_default();
    let octets = URL_SAFE_NO_PAD.decode(part).doing("read the ID token")?;
    serde_json::from_slice(&octets).doing("read the ID token")
}

/// An error with everything beneath it.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
