//! Our provider as a member of federations: what it publishes of itself, and relying parties that it takes
//! from them (OpenID Federation 1.0, sections 5.1.3, 8.3 and 12).
//!
//! Not trust chains: `federation` judges those. Not our part at the provider of CIE either: that is another
//! entity, with other keys (`upstream`). Without `[federation]` nothing here answers.

mod admission;
mod broken;
mod endpoints;
mod explicit;
pub(super) mod newcomer;
mod registered;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use serde_json::{Map, Value, json};

use self::standing::Standing;
use crate::crypto::jws::{Compact, Expected};
use crate::crypto::signer::Signer;
use crate::federation::{EntityId, Federation, OwnEntity, OwnFault, OwnParts, PastKeys, Superiors};
use crate::login::Broker;
use crate::oidc::client::Template;

pub(super) use admission::Knock;
pub(super) use endpoints::configure;
pub(super) use newcomer::Letter;
pub use standing::links;

/// What an operator writes under `[federation]`.
#[derive(Clone, Debug)]
pub struct MembershipSettings {
    /// Its name: the issuer.
    pub id: EntityId,
    /// Its superiors.
    pub superiors: Vec<EntityId>,
    /// What it says of itself as `federation_entity`.
    pub metadata: Map<String, Value>,
    /// The marks that its superiors gave it.
    pub marks: Vec<OwnMark>,
    /// Federation keys that sign no more, if any are told.
    pub past_keys: Option<PastKeys>,
    /// What relying parties get: the first rule that one fulfils is its own.
    pub rules: Vec<Rule>,
    /// Whether relying parties may send their configuration to be registered.
    pub explicit: bool,
    /// Whether names may be of this machine.
    pub development: bool,
}

impl MembershipSettings {
    /// The members of OpenID Federation in provider metadata.
    pub(super) fn announced(&self) -> Map<String, Value> {
        let mut types = vec!["automatic"];
        let mut members = Map::new();
        if self.explicit {
            types.push("explicit");
            let at = format!("{}{REGISTER}", self.id);
            members.insert("federation_registration_endpoint".to_owned(), at.into());
        }
        members.insert("client_registration_types_supported".to_owned(), types.into());
        members
    }
}

/// Which relying parties, and what they get.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The types of trust mark of which a relying party must hold one; empty: it needs none.
    pub marks: Vec<String>,
    /// What it gets.
    pub template: Template,
}

impl Rule {
    /// Whether a relying party with these valid marks comes under it.
    fn takes(&self, held: &[Value]) -> bool {
        let is_held = |wanted: &String| {
            held.iter().any(|mark| mark_type(mark).is_some_and(|held| held == wanted))
        };
        self.marks.is_empty() || self.marks.iter().any(is_held)
    }
}

/// The type of a mark, as the entry or the token says (section 7.1; the technical rules of CIE id write `id`).
fn mark_type(mark: &Value) -> Option<&str> {
    let written = ["trust_mark_type", "id", "trust_mark_id"];
    written.into_iter().find_map(|name| mark.get(name)?.as_str())
}

/// A mark of ours: the token as its issuer gave it out, and what it is called.
#[derive(Clone, Debug)]
pub struct OwnMark(Value);

impl OwnMark {
    /// Reads the token. Nobody's signature is verified: it is others who want to believe it.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let expected = Expected { longest: 16 * 1024, types: &["trust-mark+jwt"], untyped: true };
        let compact = Compact::read(token, &expected).ok()?;
        let said = Value::Object(compact.unproven().members().clone());
        let name = mark_type(&said)?;
        // Both spellings: further members harm nobody.
        Some(Self(json!({"id": name, "trust_mark_type": name, "trust_mark": token})))
    }
}

/// Our membership.
pub struct Membership {
    broker: Arc<Broker>,
    federation: Federation,
    settings: MembershipSettings,
    superiors: Superiors,
    /// In the order of the configuration.
    keys: Vec<Arc<dyn Signer>>,
    standing: ArcSwap<Standing>,
    described: ArcSwap<Described>,
    own: ArcSwap<OwnEntity>,
}

/// What the provider says of itself, and its keys.
struct Described {
    discovery: Map<String, Value>,
    jwks: String,
}

impl Membership {
    /// A member that signs with `keys` and whose provider is what `discovery` says.
    pub(super) fn new(
        broker: Arc<Broker>,
        federation: Federation,
        settings: MembershipSettings,
        keys: Vec<Arc<dyn Signer>>,
        discovery: &Map<String, Value>,
        jwks: &str,
    ) -> Result<Self, OwnFault> {
        let described = Described { discovery: discovery.clone(), jwks: jwks.to_owned() };
        let own = own(&settings, &federation, &keys, &described)?;
        Ok(Self {
            superiors: federation.superiors(),
            standing: ArcSwap::default(),
            described: ArcSwap::from_pointee(described),
            own: ArcSwap::from_pointee(own),
            broker,
            federation,
            settings,
            keys,
        })
    }

    /// Says of its provider what `discovery` says now.
    pub(super) fn describe(&self, discovery: &Map<String, Value>, jwks: &str) {
        let described = Described { discovery: discovery.clone(), jwks: jwks.to_owned() };
        self.described.store(Arc::new(described));
        self.renew();
    }

    /// Makes the entity configuration anew, signed with the key that signs now.
    fn renew(&self) {
        let keys = self.standing.load().ordered(&self.keys);
        match own(&self.settings, &self.federation, &keys, &self.described.load()) {
            Ok(own) => self.own.store(Arc::new(own)),
            Err(fault) => tracing::error!(%fault, "the entity configuration stays as it was"),
        }
    }

    /// What its provider says of registrations.
    pub(super) fn announced(&self) -> Map<String, Value> {
        self.settings.announced()
    }

    /// The chains that are known.
    #[must_use]
    pub const fn federation(&self) -> &Federation {
        &self.federation
    }
}

impl std::fmt::Debug for Membership {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Membership").field("id", &self.settings.id).finish_non_exhaustive()
    }
}

fn own(
    settings: &MembershipSettings,
    federation: &Federation,
    keys: &[Arc<dyn Signer>],
    described: &Described,
) -> Result<OwnEntity, OwnFault> {
    let mut provider = described.discovery.clone();
    // One or the other (section 5.2.1); the technical rules of CIE id want them here.
    provider.remove("jwks_uri");
    let set: Value = serde_json::from_str(&described.jwks).map_err(|_| OwnFault::Metadata)?;
    provider.insert("jwks".to_owned(), set);
    let mut entity = settings.metadata.clone();
    let at = format!("{}{RESOLVE}", settings.id);
    entity.insert("federation_resolve_endpoint".to_owned(), at.into());
    if settings.past_keys.is_some() {
        let at = format!("{}{PAST_KEYS}", settings.id);
        entity.insert("federation_historical_keys_endpoint".to_owned(), at.into());
    }
    let mut metadata = Map::new();
    metadata.insert("federation_entity".to_owned(), entity.into());
    metadata.insert("openid_provider".to_owned(), provider.into());
    let dialect = federation.anchors().next().map(|anchor| anchor.dialect);
    OwnEntity::new(OwnParts {
        id: settings.id.clone(),
        superiors: settings.superiors.clone(),
        keys: keys.to_vec(),
        metadata,
        trust_marks: settings.marks.iter().map(|mark| mark.0.clone()).collect(),
        life: LIFE,
        dialect: dialect.unwrap_or(crate::federation::Dialect::Fed10Final),
    })
}

/// Entity type of the clients.
const RELYING_PARTY: &str = "openid_relying_party";
/// Where it is asked what is known of others.
const RESOLVE: &str = "/federation/resolve";
/// Where keys of ours are told that sign no more.
const PAST_KEYS: &str = "/federation/historical-keys";
/// Where relying parties send their configuration.
const REGISTER: &str = "/federation/register";
/// From `iat` to `exp` of our configuration: what refers to it is renewed within the hour.
const LIFE: Duration = Duration::from_hours(1);
