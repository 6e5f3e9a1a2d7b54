//! Explicit registration, seen from the provider: what a relying party sends, and the statement that answers
//! it (OpenID Federation 1.0, section 12.2).
//!
//! Not the client that comes of it, and no chain: what was sent is judged by the resolver, as if it had been
//! fetched. What is looked at here needs neither a signature nor anybody's answer.

use serde_json::{Map, Value, json};

use super::chain::DEPTH;
use super::own::OwnEntity;
use super::statement::{Draft, Reader, Whose};
use super::{EntityId, Flaw, TrustChain};
use crate::crypto::jose::TokenType;
use crate::crypto::json;
use crate::crypto::jws::{Compact, Expected, JwsFault};
use crate::crypto::rsa::KeyFault;
use crate::effects::Timestamp;

/// How a petition is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PetitionForm {
    /// `application/entity-statement+jwt`: the relying party's own configuration.
    Configuration,
    /// `application/trust-chain+json`: a list, which begins with it and ends with an anchor's.
    Chain,
}

impl PetitionForm {
    /// The form of a media type.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "application/entity-statement+jwt" => Some(Self::Configuration),
            "application/trust-chain+json" => Some(Self::Chain),
            _ => None,
        }
    }
}

/// A relying party that asks to be registered: read, and proven by nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Petition {
    subject: EntityId,
    issued: Timestamp,
    /// Its own configuration first; nothing else, or the whole chain.
    statements: Vec<String>,
}

impl Petition {
    /// Reads what was sent to `receiver`.
    ///
    /// # Errors
    /// [`Flaw`].
    pub fn read(
        form: PetitionForm,
        body: &[u8],
        receiver: &OwnEntity,
        now: Timestamp,
        development: bool,
    ) -> Result<Self, Flaw> {
        let statements = match form {
            PetitionForm::Configuration => {
                let text = std::str::from_utf8(body).map_err(|_| JwsFault::Malformed)?;
                vec![text.to_owned()]
            }
            PetitionForm::Chain => listed(body).ok_or(Flaw::Order)?,
        };
        let own = statements.first().ok_or(Flaw::Order)?;
        let named = Compact::read(own, &CONFIGURATION)?;
        let named = named.claimed_issuer().and_then(|name| EntityId::parse(name, development).ok());
        let subject = named.ok_or(Flaw::Claim("iss"))?;
        let dialect = receiver.dialect();
        let reader = Reader { dialect, now, development };
        let draft = Draft::configuration(own, &subject, &reader, Whose::Registering)?;
        draft.addressed_to(receiver.id())?;
        let issued = draft.issued();
        Ok(Self { subject, issued, statements })
    }

    /// Who asks, as it says.
    #[must_use]
    pub const fn subject(&self) -> &EntityId {
        &self.subject
    }

    /// When its configuration was made.
    #[must_use]
    pub const fn issued(&self) -> Timestamp {
        self.issued
    }

    /// Its configuration, as it was signed.
    #[must_use]
    pub fn configuration(&self) -> &str {
        self.statements.first().map_or("", String::as_str)
    }

    /// The chain that it brings, if it brings one.
    #[must_use]
    pub fn chain(&self) -> Option<&[String]> {
        (self.statements.len() > 1).then_some(self.statements.as_slice())
    }
}

fn listed(body: &[u8]) -> Option<Vec<String>> {
    let value = json::value(body).ok()?;
    let listed = value.as_array().filter(|listed| (3..=DEPTH + 2).contains(&listed.len()))?;
    listed.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

impl OwnEntity {
    /// Tells the subject of `chain` as what it is registered until `expires`, at
    /// `application/explicit-registration-response+jwt` (section 12.2.3).
    ///
    /// # Errors
    /// [`KeyFault`], when the key does not sign.
    pub async fn registered(
        &self,
        chain: &TrustChain,
        relying_party: &Map<String, Value>,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<String, KeyFault> {
        let claims = json!({
            "iss": self.id().as_str(),
            "sub": chain.subject().as_str(),
            "aud": chain.subject().as_str(),
            "iat": now.unix_seconds(),
            "exp": expires.min(chain.expires()).unix_seconds(),
            "trust_anchor": chain.anchor().as_str(),
            "authority_hints": [chain.superior().as_str()],
            "metadata": {"openid_relying_party": relying_party},
        });
        self.sign(TokenType::RegistrationResponse, &claims).await
    }
}

/// Octets of the longest configuration that is sent.
const CONFIGURATION: Expected =
    Expected { longest: 128 * 1024, types: &["entity-statement+jwt"], untyped: false };
