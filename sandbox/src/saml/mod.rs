//! Sample SPID providers: real SAML, fictional people, and misbehaviour on request.
//!
//! Not a conformance suite: `tests/conformance` runs the outside ones.

pub mod encryption;
pub mod keys;
pub mod metadata;
pub mod misbehaviour;
pub mod request;
pub mod response;
pub mod server;
pub mod signature;
mod wrapping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use varco::effects::Effects;

use self::keys::SigningIdentity;
use self::misbehaviour::Misbehaviour;
use self::request::AuthnRequest;
use self::response::Answer;
use crate::error::SandboxError;
use crate::people::Person;

/// One sample provider.
#[derive(Debug)]
pub struct Provider {
    /// Its entity ID, which is also where it lives: `http://127.0.0.1:8090`.
    pub entity_id: String,
    /// The name people see.
    pub name: String,
    keys: Arc<ProviderKeys>,
    at: usize,
    fx: Effects,
}

/// The keys of all sample providers: the first has one, the second has two and signs with the second.
#[derive(Debug)]
pub struct ProviderKeys([Vec<SigningIdentity>; 2]);

impl ProviderKeys {
    /// New ones.
    ///
    /// # Errors
    /// When the library cannot make a key.
    pub fn generate() -> Result<Self, SandboxError> {
        let new = |name| SigningIdentity::generate(name);
        Ok(Self([vec![new("Alfa")?], vec![new("Beta, first key")?, new("Beta, second key")?]]))
    }

    fn of(&self, provider: usize) -> &[SigningIdentity] {
        self.0.get(provider).map_or(&[], Vec::as_slice)
    }
}

/// How many sample providers there are.
pub const PROVIDERS: usize = 2;

impl Provider {
    /// The first or second provider, living at `entity_id`.
    #[must_use]
    pub fn new(at: usize, entity_id: String, keys: Arc<ProviderKeys>, fx: Effects) -> Self {
        let name = if at == 0 { "Gestore di prova Alfa" } else { "Gestore di prova Beta" };
        Self { entity_id, name: name.to_owned(), keys, at, fx }
    }

    /// Its metadata.
    ///
    /// # Errors
    /// When its key cannot sign.
    pub fn metadata(&self) -> Result<String, SandboxError> {
        metadata::publish(&self.entity_id, &self.name, self.keys.of(self.at), &self.fx)
    }

    /// Where it takes requests, on both bindings.
    #[must_use]
    pub fn sso(&self) -> String {
        format!("{}/sso", self.entity_id)
    }

    /// Its Response for a person.
    ///
    /// # Errors
    /// When its key cannot sign.
    pub fn answer(
        &self,
        request: &AuthnRequest,
        person: &Person,
        misbehave: Option<Misbehaviour>,
    ) -> Result<String, SandboxError> {
        let no_key = || SandboxError::new("sign a message", "there is no such provider");
        let identity = self.keys.of(self.at).last().ok_or_else(no_key)?;
        let foreign = self.keys.of((self.at + 1) % PROVIDERS).last().ok_or_else(no_key)?;
        Answer { request, issuer: &self.entity_id, identity, foreign, person, misbehave }
            .build(&self.fx)
    }
}
