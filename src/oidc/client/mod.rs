//! A relying party as it is registered, and the set of all of them.
//!
//! Not its file: `config/relying_party.rs` reads and checks that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::crypto::jose::SigningAlgorithm as IdTokenAlgorithm;
use crate::terms::{Level, Locale, Purpose};

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

/// A text in several languages; Italian is always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    it: String,
    others: Vec<(Locale, String)>,
}

impl Texts {
    /// `None` without an Italian text.
    #[must_use]
    pub fn new(mut texts: Vec<(Locale, String)>) -> Option<Self> {
        let at =
            texts.iter().position(|(locale, text)| *locale == Locale::It && !text.is_empty())?;
        let (_, it) = texts.swap_remove(at);
        Some(Self { it, others: texts })
    }

    /// The text in `locale`, or in Italian.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &str {
        self.others
            .iter()
            .find(|(known, _)| *known == locale)
            .map_or(self.it.as_str(), |(_, text)| text)
    }
}

/// How a client proves who it is at the token endpoint.
#[derive(Clone, Debug)]
pub enum AuthenticationMethod {
    /// `client_secret_basic`: SHA-256 of the secret.
    SecretBasic([u8; 32]),
    /// `client_secret_post`: SHA-256 of the secret.
    SecretPost([u8; 32]),
    /// `private_key_jwt` (RFC 7523) with the registered public keys.
    PrivateKeyJwt(Arc<[ClientKey]>),
}

impl AuthenticationMethod {
    /// The registered name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }
}

/// One public key of a client, bound to one algorithm at registration.
#[derive(Clone)]
pub struct ClientKey {
    /// `kid`, when the client's JWK has one.
    pub kid: Option<String>,
    /// The one algorithm this key verifies.
    pub algorithm: jsonwebtoken::Algorithm,
    /// The parsed key.
    pub key: jsonwebtoken::DecodingKey,
}

impl std::fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientKey").field("kid", &self.kid).finish_non_exhaustive()
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
    /// The fiscal code itself, where an agency insists.
    FiscalCode,
}

/// What pages about this client show.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The name of the service.
    pub name: Texts,
    /// Colour of the brand bar as `#rrggbb`, contrast-checked (≥ 4.5:1 with white).
    pub accent: String,
    /// Legal notes.
    pub legal_uri: String,
    /// Privacy notice.
    pub privacy_uri: String,
    /// Accessibility statement.
    pub accessibility_uri: String,
    /// Where a person starts again: the client's initiate-login address.
    pub initiate_login_uri: String,
    /// Assistance contacts, shown on every error page.
    pub assistance: Assistance,
    /// The language of last resort before Italian.
    pub default_locale: Locale,
}

/// How to reach the assistance of a service.
#[derive(Clone, Debug, Default)]
pub struct Assistance {
    /// Telephone, international form.
    pub telephone: Option<String>,
    /// Mailbox.
    pub email: Option<String>,
    /// Web page.
    pub uri: Option<String>,
}

/// A registered relying party.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name.
    pub id: ClientId,
    /// Exact redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Exact addresses to which a browser may go after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it proves who it is.
    pub authentication: AuthenticationMethod,
    /// Whether it may omit PKCE.
    pub legacy_without_pkce: bool,
    /// How its ID tokens are signed.
    pub id_token_algorithm: IdTokenAlgorithm,
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
    /// The name of the attribute set that is asked of `upstream`.
    #[must_use]
    pub fn attribute_set_for(&self, upstream: &str) -> &str {
        self.attribute_sets.get(upstream).unwrap_or(&self.attribute_set)
    }
}

/// All relying parties, by name. A snapshot: replaced whole, never changed.
#[derive(Debug, Default)]
pub struct Clients(HashMap<ClientId, Arc<Client>>);

impl Clients {
    /// From a list whose names were found to differ.
    #[must_use]
    pub fn new(clients: Vec<Client>) -> Self {
        Self(clients.into_iter().map(|client| (client.id.clone(), Arc::new(client))).collect())
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
