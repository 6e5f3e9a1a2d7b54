//! What configuration says about an upstream by OpenID Connect, already read and typed.
//!
//! Not a file format: `config` builds this. A body is an entity of its own: name, keys, marks and
//! registration at its superior are never shared (two federations, or two bodies, are two entities).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::provider::Reach;
use super::token::Audience;
use crate::crypto::jwe::{Encryption, ReceiverKeys};
use crate::crypto::jwk::SignatureAlgorithm;
use crate::crypto::signer::LocalKey;
use crate::federation::{EntityId, TrustAnchor};

/// Everything.
#[derive(Clone, Debug)]
pub struct OpenIdConfig {
    /// The bodies in whose name people are asked.
    pub entities: Vec<Entity>,
    /// The federation.
    pub anchor: TrustAnchor,
    /// The providers, if configuration names them; otherwise the anchor lists them.
    pub providers: Vec<EntityId>,
    /// Providers that nobody is sent to.
    pub disabled: BTreeSet<String>,
    /// Where endpoints may be.
    pub reach: Reach,
    /// Whom client assertions are for.
    pub audience: Audience,
    /// How providers sign and encrypt.
    pub answers: Answers,
    /// Whether the userinfo must say from whom it is and for whom.
    pub userinfo_named: bool,
    /// Whether an ID token must have `nbf`, equal to `iat`.
    pub not_before: bool,
    /// Whether the person must authenticate afresh at level 1 too.
    pub force: bool,
    /// Where the last good chains are kept.
    pub folder: Option<PathBuf>,
    /// How often the list of providers and our own registration are looked at again.
    pub refresh: Duration,
}

/// What we register of how answers are signed and encrypted: nothing else is taken, whatever a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// `id_token_signed_response_alg`.
    pub id_token: SignatureAlgorithm,
    /// `userinfo_signed_response_alg`.
    pub userinfo: SignatureAlgorithm,
    /// `id_token_encrypted_response_alg` and `…_enc`: an ID token in the clear is refused then.
    pub id_token_encryption: Option<Encryption>,
}

impl Default for Answers {
    fn default() -> Self {
        let signed = SignatureAlgorithm::RS256;
        Self { id_token: signed, userinfo: signed, id_token_encryption: None }
    }
}

/// One body: an entity of the federation.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its name in configuration.
    pub tenant: String,
    /// Its entity id, which is its `client_id`.
    pub id: EntityId,
    /// Its path at the broker, without a slash at its end: the entity id minus the origin.
    pub path: String,
    /// Its superiors: `authority_hints`.
    pub superiors: Vec<EntityId>,
    /// Who it is.
    pub organization: Organization,
    /// What it may ask, by name; the first one unless a relying party names another.
    pub attribute_sets: Vec<AttributeSet>,
    /// Its keys.
    pub keys: Keys,
}

/// Who an entity is (CIE id rules, `federation_entity`).
#[derive(Clone, Debug)]
pub struct Organization {
    /// The name that people read at the provider.
    pub name: String,
    /// Its home page.
    pub homepage: String,
    /// Its notice on data protection.
    pub policy: String,
    /// Its logo: SVG.
    pub logo: String,
    /// Addresses of electronic mail.
    pub contacts: Vec<String>,
}

/// Attributes that are asked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeSet {
    /// Its name.
    pub name: String,
    /// In the names that `identity` reads.
    pub attributes: Vec<String>,
}

/// The keys of one entity: no key does two of these things.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Those that sign what the federation reads: the one in use, then the next one.
    pub federation: Vec<Arc<LocalKey>>,
    /// Those that sign requests and assertions: the one in use, then the next one.
    pub signing: Vec<Arc<LocalKey>>,
    /// Those that providers encrypt for.
    pub receiving: Arc<ReceiverKeys>,
}
