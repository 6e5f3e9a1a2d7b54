//! What configuration says about SPID, already read and typed.
//!
//! Not a file format: `config` builds this. [`super::Spid::open`] reports what contradicts itself.

use std::sync::Arc;

use crate::crypto::rsa::RsaSigningKey;
use crate::saml::Comparison;
use crate::saml::metadata::service_provider::{AttributeSet, Consumer, Contact, Organization};
use crate::terms::Level;

/// How requests leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Binding {
    /// HTTP-Redirect, signature in the query.
    #[default]
    Redirect,
    /// HTTP-POST, signature in the message.
    Post,
}

/// Whether the Response itself must be signed. The Assertion must be, always.
pub use crate::saml::response::ResponseSignature;

/// The comparison asked for each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparisons {
    /// For level 1.
    pub l1: Comparison,
    /// For level 2.
    pub l2: Comparison,
    /// For level 3.
    pub l3: Comparison,
}

impl Comparisons {
    /// The one for that level.
    #[must_use]
    pub const fn of(self, level: Level) -> Comparison {
        match level {
            Level::L1 => self.l1,
            Level::L2 => self.l2,
            Level::L3 => self.l3,
        }
    }
}

/// When a fresh authentication is demanded. Levels 2 and 3 always demand one (SPID rules).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Force {
    /// At level 1, only when the login asks for it.
    #[default]
    AsAsked,
    /// At level 1 too.
    Always,
}

/// Our key and its certificates.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs requests and metadata.
    pub signing: Arc<RsaSigningKey>,
    /// The certificate of `signing`, DER.
    pub certificate: Vec<u8>,
    /// The certificate of the key that comes next, DER: published beside the first.
    pub next_certificate: Option<Vec<u8>>,
}

/// Where trust in providers comes from.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Metadata of providers: `EntityDescriptor` or `EntitiesDescriptor` documents.
    pub metadata: Vec<String>,
    /// The certificate that must have signed each document, DER. `None`: nothing is demanded of
    /// the documents, because the operator vouches for the files.
    pub certificate: Option<Vec<u8>>,
    /// Entity IDs that are not to be used, even for an answer under way.
    pub disabled: Vec<String>,
}

/// Everything about SPID.
#[derive(Clone, Debug)]
pub struct SpidConfig {
    /// Our entity ID; should be the address of the metadata.
    pub entity_id: String,
    /// Scheme and authority of the broker, no slash at the end.
    pub base_url: String,
    /// Path at which our metadata is published.
    pub metadata_path: String,
    /// Our consumers; index 0 must be among them.
    pub consumers: Vec<Consumer>,
    /// The index of the consumer that requests name.
    pub consumer_index: u16,
    /// Path of single logout.
    pub slo_path: String,
    /// How requests leave.
    pub binding: Binding,
    /// The comparison asked for each level.
    pub comparisons: Comparisons,
    /// Whether the Response itself must be signed.
    pub response_signature: ResponseSignature,
    /// When a fresh authentication is demanded.
    pub force: Force,
    /// What may be asked about a person.
    pub attribute_sets: Vec<AttributeSet>,
    /// Who we are, one entry per language; `it` is mandatory.
    pub organization: Vec<Organization>,
    /// How to reach us.
    pub contact: Contact,
    /// Our keys.
    pub keys: Keys,
    /// Whom we trust.
    pub trust: Trust,
}
