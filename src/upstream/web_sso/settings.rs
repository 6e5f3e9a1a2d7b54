//! What configuration says about a SAML upstream, already read and typed.
//!
//! Not a file format: `config` builds this. [`super::WebSso::open`] reports what contradicts itself.

use std::path::PathBuf;
use std::sync::Arc;

use crate::crypto::decryption::DecryptionKey;
use crate::crypto::rsa::RsaSigningKey;
use crate::saml::Comparison;
use crate::saml::metadata::register::RegisterSettings;
use crate::saml::metadata::service_provider::ServiceProvider;
use crate::terms::{Country, Level};

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
    /// What decrypts assertions, where providers may encrypt them.
    pub decryption: Option<DecryptionKeys>,
}

/// The keys that decrypt, and what is published about them.
#[derive(Clone, Debug)]
pub struct DecryptionKeys {
    /// The current one, and the next one.
    pub keys: Vec<Arc<DecryptionKey>>,
    /// The certificate that providers encrypt for, DER: that of the last key.
    pub certificate: Vec<u8>,
}

/// One body that Varco is a service provider for, with its keys.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// What its metadata says.
    pub service: ServiceProvider,
    /// Its keys.
    pub keys: Keys,
    /// Whether this upstream publishes the metadata; `false` when another one does.
    pub published: bool,
    /// The copy of the metadata as it was registered, to compare with.
    pub registered: Option<PathBuf>,
}

/// The states that a person can choose on our own page, where the node takes the choice over.
#[derive(Clone, Debug)]
pub struct Countries {
    /// The parameter that names the state to the node.
    pub parameter: String,
    /// The states, in no order.
    pub codes: Vec<Country>,
}

/// Everything about one SAML upstream.
#[derive(Clone, Debug)]
pub struct SamlConfig {
    /// How requests leave.
    pub binding: Binding,
    /// The comparison asked for each level.
    pub comparisons: Comparisons,
    /// Whether the Response itself must be signed.
    pub response_signature: ResponseSignature,
    /// When a fresh authentication is demanded.
    pub force: Force,
    /// The bodies; one of them is `default`, or relying parties name theirs.
    pub tenants: Vec<Tenant>,
    /// The states to choose from, for the eIDAS node.
    pub countries: Option<Countries>,
    /// Whether encryption without authentication (CBC) is accepted, for providers that know no better.
    pub cbc: bool,
    /// Whom we trust.
    pub trust: RegisterSettings,
}
