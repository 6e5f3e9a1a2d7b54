//! A relying party as it is registered, and the set of all of them.
//!
//! Not its file: `config/relying_party` reads that, and [`ClientMetadata::check`] what it says of the
//! protocol.

mod authentication;
mod branding;
mod metadata;
mod protocol;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::crypto::jose::SigningAlgorithm as IdTokenAlgorithm;
pub use authentication::{AuthenticationMethod, CertificateName};
pub use branding::{Assistance, Branding, Texts};
pub use metadata::{ClientMetadata, Wrong};
pub use protocol::{
    AccessTokenFormat, ApplicationType, Assertions, ContentEncryption, Encryption, Grants,
    Information, KeyManagement, LogoutChannel, Profile, Protocol, Requests, SessionReuse,
    TokenBinding,
};

use super::client_keys::ClientKeys;
use crate::terms::{Level, Purpose};

/// The name of a relying party: 1 to 64 characters of `A–Z a–z 0–9 - _ .`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// `None` when the text has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        ((1..=64).contains(&text.len()) && text.bytes().all(known)).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How claims are named for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimsProfile {
    /// `https://attributes.eid.gov.it/…` names: the default.
    Eid,
    /// Plain names.
    Flat,
}

/// What `sub` is for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectType {
    /// A keyed hash per sector: the default.
    Pairwise,
    /// A keyed hash, the same at every client registered so.
    Public,
    /// The fiscal code itself, where an agency insists.
    FiscalCode,
}

/// A registered relying party.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name.
    pub id: ClientId,
    /// How it speaks.
    pub protocol: Protocol,
    /// How it proves who it is.
    pub authentication: AuthenticationMethod,
    /// Its public keys: they verify assertions and request objects, and encrypt answers.
    pub keys: ClientKeys,
    /// The lowest level it ever accepts.
    pub minimum_level: Level,
    /// The upstreams its users may choose from, by name.
    pub upstreams: Vec<String>,
    /// The scopes it may ask for.
    pub scopes: super::Scopes,
    /// How claims are named.
    pub claims_profile: ClaimsProfile,
    /// Whether released claims are also put into the ID token.
    pub claims_in_id_token: bool,
    /// What `sub` is.
    pub subject_type: SubjectType,
    /// Sector identifier of the pairwise `sub`.
    pub sector: String,
    /// The body whose service it is: `default`, or a tenant of the SAML upstreams.
    pub tenant: String,
    /// Name of the attribute set asked of SAML providers (an `AttributeConsumingService`).
    pub attribute_set: String,
    /// The same for one upstream, where its sets have other names.
    pub attribute_sets: BTreeMap<String, String>,
    /// Index of the consumer that answers come to, for a service with an age limit; `None`: the default.
    pub consumer: Option<u16>,
    /// The kind of digital identity its service is for.
    pub purpose: Option<Purpose>,
    /// What pages show.
    pub branding: Branding,
}

impl Client {
    /// The same client, with the published keys that were fetched for an earlier version of it.
    #[must_use]
    pub fn resuming(mut self, earlier: &Self) -> Self {
        self.keys = self.keys.resuming(&earlier.keys);
        self
    }

    /// The name of the attribute set that is asked of `upstream`.
    #[must_use]
    pub fn attribute_set_for(&self, upstream: &str) -> &str {
        self.attribute_sets.get(upstream).unwrap_or(&self.attribute_set)
    }
}

/// All relying parties, by name. A snapshot: replaced whole, never changed.
#[derive(Debug, Default)]
pub struct Clients(HashMap<ClientId, Arc<Client>>, Option<Level>);

impl Clients {
    /// From a list whose names were found to differ.
    #[must_use]
    pub fn new(clients: Vec<Client>) -> Self {
        clients.into_iter().map(Arc::new).collect()
    }

    /// The highest level at which any of them takes an earlier login of the browser; `None`: none
    /// takes any.
    #[must_use]
    pub const fn highest_reuse(&self) -> Option<Level> {
        self.1
    }

    /// The client of that name.
    #[must_use]
    pub fn get(&self, id: &ClientId) -> Option<&Arc<Client>> {
        self.0.get(id)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.0.values()
    }
}

impl FromIterator<Arc<Client>> for Clients {
    fn from_iter<T: IntoIterator<Item = Arc<Client>>>(clients: T) -> Self {
        let named = clients.into_iter().map(|client| (client.id.clone(), client));
        let all: HashMap<_, _> = named.collect();
        let highest = all.values().filter_map(|client| client.protocol.session_reuse.highest).max();
        Self(all, highest)
    }
}
