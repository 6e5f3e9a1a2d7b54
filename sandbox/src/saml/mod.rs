//! Sample SAML providers of three kinds: real SAML, fictional people, and misbehaviour on request.
//!
//! Not a conformance suite: `tests/conformance` runs the outside ones.

mod attributes;
pub mod binding;
pub mod encryption;
pub mod keys;
pub mod kind;
pub mod logout;
mod metadata;
pub mod misbehaviour;
pub mod request;
pub mod response;
pub mod server;
pub mod service_provider;
pub mod signature;
mod wrapping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use varco::effects::Effects;

use self::binding::{Binding, Message};
use self::keys::SigningIdentity;
use self::kind::Kind;
use self::misbehaviour::Misbehaviour;
use self::request::AuthnRequest;
use self::response::{Answer, Session};
use self::service_provider::ServiceProvider;
use crate::error::SandboxError;
use crate::people::Person;

/// How many sample providers there are.
pub const PROVIDERS: usize = SAMPLES.len();

/// What makes a sample provider: its kind, its name, the subjects of its certificates, and the
/// purposes that it says to serve.
struct Sample(Kind, &'static str, &'static [&'static str], &'static [&'static str]);

/// The second SPID provider has two keys and signs with the second; the second key of CIE is for
/// encryption and signs nothing.
const SAMPLES: [Sample; 4] = [
    Sample(Kind::Spid, "Gestore di prova Alfa", &["Alfa"], &["P", "LP", "PG", "PF", "PX"]),
    Sample(
        Kind::Spid,
        "Gestore di prova Beta",
        &["Beta, first key", "Beta, second key"],
        &["P", "PF"],
    ),
    Sample(
        Kind::Cie,
        "Carta d'identità elettronica di prova",
        &["CIE, signing", "CIE, encryption"],
        &[],
    ),
    Sample(Kind::Eidas, "Nodo eIDAS italiano di prova", &["eIDAS node"], &[]),
];

/// The kinds of the sample providers, in their order.
pub fn kinds() -> impl Iterator<Item = Kind> {
    SAMPLES.iter().map(|Sample(kind, ..)| *kind)
}

/// What a key of a provider is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// `use="signing"`.
    Signing,
    /// `use="encryption"`.
    Encryption,
}

/// The keys of all sample providers.
#[derive(Debug)]
pub struct ProviderKeys(Vec<Vec<SigningIdentity>>);

impl ProviderKeys {
    /// New ones.
    ///
    /// # Errors
    /// When the library cannot make a key.
    pub fn generate() -> Result<Self, SandboxError> {
        let keys = |Sample(_, _, subjects, _): &Sample| {
            subjects.iter().map(|subject| SigningIdentity::generate(subject)).collect()
        };
        SAMPLES.iter().map(keys).collect::<Result<_, _>>().map(Self)
    }

    /// What a provider signs with, as the product's own toolkit takes it.
    ///
    /// # Errors
    /// When there is no such provider.
    pub fn signer(&self, provider: usize) -> Result<varco::xml::Signer, SandboxError> {
        let unknown = || SandboxError::new("find the provider", "there is no such provider");
        self.of(provider).last().ok_or_else(unknown)?.signer()
    }

    fn of(&self, provider: usize) -> &[SigningIdentity] {
        self.0.get(provider).map_or(&[], Vec::as_slice)
    }
}

/// One sample provider.
#[derive(Debug)]
pub struct Provider {
    /// The identity system it belongs to.
    pub kind: Kind,
    /// Its entity ID; at SPID it is also its address.
    pub entity_id: String,
    /// The name people see.
    pub name: String,
    base: String,
    keys: Arc<ProviderKeys>,
    at: usize,
    fx: Effects,
}

/// A Response, and the session that it began.
#[derive(Debug)]
pub struct Answered {
    /// The Response.
    pub xml: String,
    /// What the assertion calls the person and the session.
    pub session: Session,
}

impl Provider {
    /// The provider at that place of the list, living at `base`: `http://127.0.0.1:8090`.
    #[must_use]
    pub fn new(at: usize, base: String, keys: Arc<ProviderKeys>, fx: Effects) -> Self {
        let (kind, name) =
            SAMPLES.get(at).map_or((Kind::Spid, ""), |Sample(kind, name, ..)| (*kind, *name));
        let entity_id = format!("{base}{}", kind.paths().entity);
        Self { kind, entity_id, name: name.to_owned(), base, keys, at, fx }
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its metadata.
    ///
    /// # Errors
    /// When its key cannot sign.
    pub fn metadata(&self) -> Result<String, SandboxError> {
        metadata::publish(self, &self.fx)
    }

    /// Where it takes requests by that binding.
    #[must_use]
    pub fn location(&self, binding: Binding) -> String {
        let paths = self.kind.paths();
        let path = if binding == Binding::Redirect { paths.redirect } else { paths.post };
        format!("{}{path}", self.base)
    }

    /// Where it takes part in single logout.
    #[must_use]
    pub fn logout(&self) -> String {
        format!("{}{}", self.base, self.kind.paths().logout)
    }

    /// Reads an `AuthnRequest` by the rules of its kind.
    ///
    /// # Errors
    /// When it is not a request of `service`, signed by it, and right.
    pub fn accept(
        &self,
        message: Message,
        service: &ServiceProvider,
    ) -> Result<AuthnRequest, SandboxError> {
        AuthnRequest::accept(message, service, self)
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
    ) -> Result<Answered, SandboxError> {
        let session = Session::fresh(&self.fx);
        let answer = Answer {
            request,
            kind: self.kind,
            issuer: &self.entity_id,
            identity: self.signer()?,
            foreign: self.foreign()?,
            session: &session,
            person,
            misbehave,
        };
        Ok(Answered { xml: answer.build(&self.fx)?, session })
    }

    /// The key it signs with.
    fn signer(&self) -> Result<&SigningIdentity, SandboxError> {
        let signing = self.keys().filter(|(usage, _)| *usage == KeyUse::Signing);
        signing.last().map(|(_, key)| key).ok_or_else(no_key)
    }

    /// A key that is known to the service and must not sign for this provider: that of another
    /// provider, or of CIE itself the one for encryption.
    fn foreign(&self) -> Result<&SigningIdentity, SandboxError> {
        let other = match (self.kind, self.at) {
            (Kind::Cie, at) => at,
            (_, 0) => 1,
            _ => 0,
        };
        self.keys.of(other).last().ok_or_else(no_key)
    }

    /// Everything it publishes.
    fn keys(&self) -> impl Iterator<Item = (KeyUse, &SigningIdentity)> {
        let of_cie = self.kind == Kind::Cie;
        self.keys.of(self.at).iter().enumerate().map(move |(at, key)| {
            let usage = if of_cie && at > 0 { KeyUse::Encryption } else { KeyUse::Signing };
            (usage, key)
        })
    }

    /// The purposes that it says to serve (SPID, Avviso 18 v2).
    fn purposes(&self) -> &'static [&'static str] {
        SAMPLES.get(self.at).map_or(&[], |Sample(.., purposes)| *purposes)
    }
}

fn no_key() -> SandboxError {
    SandboxError::new("sign a message", "there is no such provider")
}
