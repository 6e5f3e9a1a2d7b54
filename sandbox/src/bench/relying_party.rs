//! A relying party of the bench, which verifies ID tokens as real ones do: with a copy of `/jwks` that is
//! read again for a key it does not know.
//!
//! Not a portal: it has no pages, and keeps no person.

use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet};
use openidconnect::{
    ClaimsVerificationError, ClientId, IssuerUrl, Nonce, SignatureVerificationError,
};
use reqwest::Client;

use crate::error::{Doing as _, SandboxError};
use crate::folder::Folder;

/// The portal whose registration all of them have.
const TEMPLATE: &str = "inps";

/// One of them.
#[derive(Debug)]
pub(super) struct RelyingParty {
    /// Its name.
    pub(super) id: String,
    /// What it proves itself with.
    pub(super) authorization: String,
    issuer: IssuerUrl,
    jwks_uri: String,
    keys: Mutex<Arc<CoreJsonWebKeySet>>,
}

impl RelyingParty {
    /// The portal that the folder has.
    pub(super) fn portal(
        folder: &Folder,
        issuer: &str,
        jwks_uri: &str,
    ) -> Result<Self, SandboxError> {
        Self::named(TEMPLATE, folder, issuer, jwks_uri)
    }

    /// Registers the portal once more under another name, with tokens in another algorithm; to be done
    /// before the broker starts.
    pub(super) fn register(folder: &Folder, algorithm: &str) -> Result<String, SandboxError> {
        let parties = folder.path().join("relying-parties");
        let text = std::fs::read_to_string(parties.join(format!("{TEMPLATE}.toml")))
            .doing("read a relying party")?;
        let id = format!("{TEMPLATE}-{}", algorithm.to_ascii_lowercase());
        let text = text
            .replace(&format!("client_id = \"{TEMPLATE}\""), &format!("client_id = \"{id}\""))
            .replace(
                "signed_response_alg = \"RS256\"",
                &format!("signed_response_alg = \"{algorithm}\""),
            );
        std::fs::write(parties.join(format!("{id}.toml")), text).doing("write a relying party")?;
        Ok(id)
    }

    /// One that was registered with the portal's secret.
    pub(super) fn named(
        id: &str,
        folder: &Folder,
        issuer: &str,
        jwks_uri: &str,
    ) -> Result<Self, SandboxError> {
        let file = folder.path().join(format!("relying-parties/{TEMPLATE}.secret"));
        let secret = std::fs::read_to_string(file).doing("read the portal's secret")?;
        Ok(Self {
            id: id.to_owned(),
            authorization: format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
            issuer: IssuerUrl::new(issuer.to_owned()).doing("read the issuer")?,
            jwks_uri: jwks_uri.to_owned(),
            keys: Mutex::default(),
        })
    }

    /// Verifies an ID token; `true` when the keys had to be read again for it.
    pub(super) async fn accept(
        &self,
        http: &Client,
        token: &str,
        nonce: &str,
    ) -> Result<bool, SandboxError> {
        let token = CoreIdToken::from_str(token).doing("read the ID token")?;
        let nonce = Nonce::new(nonce.to_owned());
        let keys = Arc::clone(&self.keys.lock().unwrap_or_else(PoisonError::into_inner));
        match self.check(&token, &nonce, &keys) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let answer = http.get(&self.jwks_uri).send().await.doing("read the keys")?;
                let keys = Arc::new(answer.json().await.doing("read the keys")?);
                *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
                self.check(&token, &nonce, &keys).doing("accept the ID token")?;
                Ok(true)
            }
            checked => checked.map(|()| false).doing("accept the ID token"),
        }
    }

    fn check(
        &self,
        token: &CoreIdToken,
        nonce: &Nonce,
        keys: &CoreJsonWebKeySet,
    ) -> Result<(), ClaimsVerificationError> {
        let id = ClientId::new(self.id.clone());
        let verifier =
            CoreIdTokenVerifier::new_public_client(id, self.issuer.clone(), keys.clone())
                .set_allowed_algs([
                    openidconnect::core::CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                    openidconnect::core::CoreJwsSigningAlgorithm::RsaSsaPssSha256,
                    openidconnect::core::CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                ]);
        token.claims(&verifier, nonce).map(|_| ())
    }
}
