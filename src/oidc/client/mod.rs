//! A relying party as it is registered, and the set of all of them.
//!
//! Not its file: `config/relying_party` reads that, and [`ClientMetadata::check`] what it says of the
//! protocol.

mod authentication;
mod branding;
mod entitling;
mod mandate;
mod matching;
mod metadata;
mod policy;
mod protocol;
mod registration;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::crypto::jose::SigningAlgorithm as IdTokenAlgorithm;
pub use authentication::{AuthenticationMethod, CertificateName};
pub use branding::{Assistance, Branding, Texts};
pub use entitling::{Choose, Entitling};
pub use mandate::{Exchange, Mandate};
pub use matching::{MatchingMode, MatchingPolicy};
pub use metadata::{ClientMetadata, Wrong};
pub use policy::{
    Delegable, LevelRule, Overlap, Period, ServicePolicy, Standing, Waiver, instrument_of,
};
pub use protocol::{
    AccessTokenFormat, ApplicationType, Assertions, ContentEncryption, Encryption, Grants,
    Information, KeyManagement, LogoutChannel, Profile, Protocol, Requests, SessionReuse,
    TokenBinding,
};

use super::client_keys::ClientKeys;
pub use registration::{Certificates, Registration, Template};

use crate::effects::Timestamp;
use crate::terms::{Level, Purpose};

/// The name of a relying party: 1 to 64 characters of `A–Z a–z 0–9 - _ .`, and nothing that could be the
/// name of a person: no fiscal code, and not the form of a `sub` (RFC 9700, section 4.15). In a
/// federation it is an address, which no person is called (OpenID Federation 1.0, section 12.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// `None` when the text has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let plain = (1..=64).contains(&text.len()) && text.bytes().all(known);
        let named = plain && !could_be_a_person(text) || is_entity(text);
        named.then(|| Self(text.to_owned()))
    }

    /// Whether it is the name of an entity of a federation.
    #[must_use]
    pub fn is_entity(&self) -> bool {
        is_entity(&self.0)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is an address that can be a name: nothing in it would mean something else in a cookie,
/// a header or a log line. Whether an entity may be called so, `federation` knows.
fn is_entity(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-_.~:/%[]@!$&'()*+=".contains(&b);
    rest.is_some_and(|rest| (1..=504).contains(&rest.len()) && rest.bytes().all(known))
}

/// Whether a token whose subject is this client could be taken for a person's: a fiscal code of a natural
/// person or of a body, with or without `TINIT-`, or the 43 characters of a pairwise `sub`.
fn could_be_a_person(text: &str) -> bool {
    let pairwise = text.len() == 43 && !text.contains('.');
    let prefixed =
        text.split_at_checked(6).filter(|(prefix, _)| prefix.eq_ignore_ascii_case("TINIT-"));
    let code = prefixed.map_or(text, |(_, code)| code);
    let digit = |b: u8| b.is_ascii_digit() || b"LMNPQRSTUV".contains(&b.to_ascii_uppercase());
    let natural = code.len() == 16
        && code.bytes().enumerate().all(|(at, b)| match at {
            0..=5 | 8 | 11 | 15 => b.is_ascii_alphabetic(),
            _ => digit(b),
        });
    let body = code.len() == 11 && code.bytes().all(|b| b.is_ascii_digit());
    pairwise || natural || body
}

/// How claims are named for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimsProfile {
    /// `https://attributes.eid.gov.it/…` names: the default.
    Eid,
    /// Plain names.
    Flat,
    /// The names of SPID's SAML attributes, for who reads those today.
    Saml,
    /// Names of HTTP headers, and values of one line, for a proxy that hands claims on.
    Header,
}

impl ClaimsProfile {
    /// All of them, with the words of a client's file; the default first.
    pub const ALL: [(&'static str, Self); 4] =
        [("eid", Self::Eid), ("flat", Self::Flat), ("saml", Self::Saml), ("header", Self::Header)];
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
    pub upstreams: Vec<&'static str>,
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
    pub attribute_sets: Vec<(&'static str, String)>,
    /// Index of the consumer that answers come to, for a service with an age limit; `None`: the default.
    pub consumer: Option<u16>,
    /// The kind of digital identity its service is for.
    pub purpose: Option<Purpose>,
    /// What it may do with tokens of others.
    pub mandate: Mandate,
    /// Who may enter, with what, from when to when.
    pub policy: ServicePolicy,
    /// Where the roles of its people come from; `None`: it has no use for any.
    pub entitlements: Option<Box<Entitling>>,
    /// What a federation vouches for; `None`: an operator or it itself registered it.
    pub federated: Option<Federated>,
    /// What pages show.
    pub branding: Branding,
}

/// That a federation vouches for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Federated {
    /// Until when: the end of its chain at the latest.
    pub until: Timestamp,
    /// When the configuration was made that it sent to be registered (OpenID Federation 1.0, section 12.2);
    /// `None`: its first request registered it.
    pub registered: Option<Timestamp>,
}

impl Client {
    /// Whether its registration holds at that moment.
    #[must_use]
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.federated.is_none_or(|federated| now < federated.until)
    }

    /// Whether an authorization request of it must be signed, or pushed with a proof of who it is: nobody
    /// registered it before, it came by its first request (OpenID Federation 1.0, section 12.1.1).
    #[must_use]
    pub const fn must_prove_requests(&self) -> bool {
        matches!(self.federated, Some(Federated { registered: None, .. }))
    }

    /// The same client, with the published keys that were fetched for an earlier version of it.
    #[must_use]
    pub fn resuming(mut self, earlier: &Self) -> Self {
        self.keys = self.keys.resuming(&earlier.keys);
        self
    }

    /// Whether its users may come by `upstream`.
    #[must_use]
    pub fn offers(&self, upstream: &str) -> bool {
        self.upstreams.contains(&upstream)
    }

    /// The name of the attribute set that is asked of `upstream`.
    #[must_use]
    pub fn attribute_set_for(&self, upstream: &str) -> &str {
        let own = self.attribute_sets.iter().find(|(name, _)| *name == upstream);
        own.map_or(&self.attribute_set, |(_, set)| set)
    }
}

type ById = Arc<HashMap<ClientId, Arc<Client>>>;

/// All relying parties, by name: those that operators wrote, then those that registered themselves or are
/// known by a federation. A snapshot: replaced whole, never changed.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    written: ById,
    registered: ById,
    highest_reuse: Option<Level>,
}

impl Clients {
    /// From a list whose names were found to differ.
    #[must_use]
    pub fn new(clients: Vec<Client>) -> Self {
        Self::default().with_written(clients.into_iter().map(Arc::new))
    }

    /// Others that operators wrote, and the same that registered themselves.
    #[must_use]
    pub fn with_written(&self, clients: impl Iterator<Item = Arc<Client>>) -> Self {
        let written = clients.map(|client| (client.id.clone(), client)).collect();
        Self::of(Arc::new(written), Arc::clone(&self.registered))
    }

    /// The same, after some registered themselves or changed, and some were removed.
    #[must_use]
    pub fn with_registered(&self, changed: &[Arc<Client>], removed: &[ClientId]) -> Self {
        let mut registered = HashMap::clone(&self.registered);
        for id in removed {
            registered.remove(id);
        }
        registered.extend(changed.iter().map(|client| (client.id.clone(), Arc::clone(client))));
        Self::of(Arc::clone(&self.written), Arc::new(registered))
    }

    fn of(written: ById, registered: ById) -> Self {
        let all = written.values().chain(registered.values());
        let highest_reuse = all.filter_map(|one| one.protocol.session_reuse.highest).max();
        Self { written, registered, highest_reuse }
    }

    /// The highest level at which any of them takes an earlier login of the browser; `None`: none
    /// takes any.
    #[must_use]
    pub const fn highest_reuse(&self) -> Option<Level> {
        self.highest_reuse
    }

    /// The client of that name.
    #[must_use]
    pub fn get(&self, id: &ClientId) -> Option<&Arc<Client>> {
        self.written.get(id).or_else(|| self.registered.get(id))
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.written.len() + self.registered.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.written.values().chain(self.registered.values())
    }

    /// Those that are known by a federation, in no order.
    pub fn federated(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.registered.values().filter(|client| client.federated.is_some())
    }

    /// Those that operators wrote, in no order: they are few enough to be labels of metrics.
    pub fn written(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.written.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::sample;

    #[test]
    fn no_client_is_called_like_a_person() {
        for text in [
            "RSSMRA80A01H501U",
            "rssmra80a01h501u",
            "RSSMRALMALMHRLMU",
            "TINIT-RSSMRA80A01H501U",
            "tinit-12345678901",
            "12345678901",
            "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
            "",
            "a b",
        ] {
            assert_eq!(ClientId::parse(text), None, "{text}");
        }
        for text in [
            "inps",
            "RSSMRA80A01H501",
            "portal.43-characters-long.with-a-dot-in-it.abcdefghi",
            "1234567890",
            "https://portale.ente.it/rp/",
        ] {
            assert!(ClientId::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_name_of_a_federation_holds_nothing_that_means_something_elsewhere() {
        for text in
            ["https://", "https://a b", "https://a;b", "https://a,b", "https://a\"b", "ftp://a"]
        {
            assert_eq!(ClientId::parse(text), None, "{text}");
        }
        assert_eq!(ClientId::parse(&format!("https://{}", "a".repeat(505))), None);
    }

    #[test]
    fn what_operators_wrote_comes_first_and_each_set_is_replaced_alone() {
        let named = |id: &str, tenant: &str| {
            Arc::new(Client { tenant: tenant.to_owned(), ..sample::client(id) })
        };
        let clients = Clients::new(vec![sample::client("a")]);
        let clients = clients.with_registered(&[named("a", "other"), named("b", "other")], &[]);
        let id = |text: &str| ClientId::parse(text).unwrap();
        assert_eq!((clients.len(), clients.get(&id("a")).unwrap().tenant.as_str()), (3, "default"));
        let clients = clients.with_written([named("c", "default")].into_iter());
        assert_eq!(clients.get(&id("a")).unwrap().tenant, "other");
        let clients = clients.with_registered(&[], &[id("a")]);
        assert!(clients.get(&id("a")).is_none() && clients.get(&id("b")).is_some());
        assert_eq!(clients.written().count(), 1);
    }
}
