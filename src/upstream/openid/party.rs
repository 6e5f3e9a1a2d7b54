//! One entity of ours in the federation: what it publishes, and which of its keys are in use.
//!
//! Not a choice of ours alone: a superior pins the keys of its subordinates (CIE id rules). A key that it
//! does not know yet is announced and used for nothing; the newest one that it knows is in use.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use serde_json::{Map, Value, json};

use super::settings::{Answers, Entity};
use crate::crypto::jwe::KeyManagement;
use crate::crypto::signer::{LocalKey, Signer};
use crate::federation::{self, Dialect, OwnEntity, OwnFault, OwnParts, Pinned, discord};

/// How long a configuration of ours is good for.
const LIVES: Duration = Duration::from_hours(1);

/// One entity.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) entity: Entity,
    dialect: Dialect,
    answers: Answers,
    said: ArcSwap<Said>,
    own: ArcSwap<OwnEntity>,
}

/// What the superiors say of the entity, as far as they were asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// The trust marks that they give: entries as they are published.
    pub(super) marks: Vec<Value>,
    /// Names of the federation keys that every superior vouches for; `None`: nobody was asked yet.
    pub(super) federation: Option<Vec<String>>,
    /// Names of the core keys that every superior pins; `None`: nobody was asked, or none is pinned.
    pub(super) core: Option<Vec<String>>,
}

impl Party {
    /// # Errors
    /// [`OwnFault`]: one key for two things, for example.
    pub(super) fn new(
        entity: Entity,
        dialect: Dialect,
        answers: Answers,
    ) -> Result<Self, OwnFault> {
        let own = own(&entity, dialect, answers, &Said::default())?;
        let said = ArcSwap::default();
        Ok(Self { entity, dialect, answers, said, own: ArcSwap::from_pointee(own) })
    }

    /// Takes up what the superiors say; what is published changes with the next request.
    pub(super) fn hear(&self, said: Said) {
        if **self.said.load() == said {
            return;
        }
        // The keys and the metadata are those that were taken when it was opened.
        if let Ok(own) = own(&self.entity, self.dialect, self.answers, &said) {
            self.own.store(Arc::new(own));
        }
        self.said.store(Arc::new(said));
    }

    /// Takes up what the superiors said of the same entity before.
    pub(super) fn resume(&self, earlier: &Self) {
        let (ours, theirs) = (&self.entity, &earlier.entity);
        if ours.id == theirs.id && ours.superiors == theirs.superiors {
            self.hear(Said::clone(&earlier.said.load()));
        }
    }

    /// What it publishes of itself.
    pub(super) fn own(&self) -> Arc<OwnEntity> {
        self.own.load_full()
    }

    /// The key that signs requests and assertions now.
    pub(super) fn signing_key(&self) -> Option<Arc<LocalKey>> {
        newest(&self.entity.keys.signing, self.said.load().core.as_deref())
    }

    /// Where answers come back.
    pub(super) fn callback_path(&self) -> String {
        format!("{}/callback", self.entity.path)
    }

    /// The same, as a provider is told.
    pub(super) fn callback(&self) -> String {
        callback(&self.entity)
    }

    /// Where the configuration stands (OpenID Federation 1.0, section 9).
    pub(super) fn configuration_path(&self) -> String {
        format!("{}/.well-known/openid-federation", self.entity.path)
    }

    /// Where is told what we know of others.
    pub(super) fn resolve_path(&self) -> String {
        format!("{}/resolve", self.entity.path)
    }

    /// How it stands with its superiors, for operators.
    pub(super) fn standing(&self) -> String {
        let said = self.said.load();
        let key = self.signing_key().map(|key| key.kid().to_owned()).unwrap_or_default();
        let known = if said.federation.is_some() { "registered" } else { "not asked yet" };
        format!("{known}; requests are signed with {key}; trust marks: {}", said.marks.len())
    }

    /// What is wrong between our keys and what the superiors say, one sentence each.
    pub(super) fn discord(&self) -> Vec<String> {
        let (said, keys) = (self.said.load(), &self.entity.keys);
        let kids = |keys: &[Arc<LocalKey>]| -> Vec<String> {
            keys.iter().map(|key| key.kid().to_owned()).collect()
        };
        let receiving: Vec<String> =
            keys.receiving.current.iter().map(|key| key.kid().to_owned()).collect();
        let (federation, signing) = (kids(&keys.federation), kids(&keys.signing));
        let (core, known) = (said.core.as_deref(), said.federation.as_deref());
        let pinned = [
            Pinned { what: "federation", ours: &federation, theirs: known },
            Pinned { what: "signing", ours: &signing, theirs: core },
            Pinned { what: "encryption", ours: &receiving, theirs: core },
        ];
        let marks = known.map(|_| said.marks.len());
        discord(&format!("tenant {}", self.entity.tenant), &pinned, marks)
    }
}

fn base(entity: &Entity) -> &str {
    let id = entity.id.as_str();
    id.strip_suffix('/').unwrap_or(id)
}

fn callback(entity: &Entity) -> String {
    format!("{}/callback", base(entity))
}

/// The entity as it is published under what the superiors say.
fn own(
    entity: &Entity,
    dialect: Dialect,
    answers: Answers,
    said: &Said,
) -> Result<OwnEntity, OwnFault> {
    let known = said.federation.as_deref();
    let first = newest(&entity.keys.federation, known);
    let mut keys: Vec<Arc<dyn Signer>> = Vec::new();
    keys.extend(first.clone().map(|key| -> Arc<dyn Signer> { key }));
    for key in &entity.keys.federation {
        if first.as_ref().is_none_or(|first| first.kid() != key.kid()) {
            let key: Arc<dyn Signer> = Arc::<LocalKey>::clone(key);
            keys.push(key);
        }
    }
    OwnEntity::new(OwnParts {
        id: entity.id.clone(),
        superiors: entity.superiors.clone(),
        keys,
        metadata: metadata(entity, answers),
        trust_marks: said.marks.clone(),
        life: LIVES,
        dialect,
    })
}

/// CIE id rules, metadata of a relying party.
fn metadata(entity: &Entity, answers: Answers) -> Map<String, Value> {
    let (organization, keys) = (&entity.organization, &entity.keys);
    let mut core: Vec<Value> = keys.signing.iter().map(|key| key.jwk().clone()).collect();
    core.extend(keys.receiving.current.iter().map(|key| key.jwk(KeyManagement::RsaOaep)));
    let federation_entity = json!({
        "organization_name": organization.name,
        "homepage_uri": organization.homepage,
        "policy_uri": organization.policy,
        "logo_uri": organization.logo,
        "contacts": organization.contacts,
        "federation_resolve_endpoint": format!("{}/resolve", base(entity)),
    });
    let mut relying_party = json!({
        "client_id": entity.id.as_str(),
        "client_name": organization.name,
        "organization_name": organization.name,
        "application_type": "web",
        "contacts": organization.contacts,
        "client_registration_types": ["automatic"],
        "response_types": ["code"],
        // Both, though only the first is used: the rules want them in the metadata.
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [callback(entity)],
        "subject_type": "pairwise",
        "token_endpoint_auth_method": "private_key_jwt",
        "id_token_signed_response_alg": answers.id_token.name(),
        "userinfo_signed_response_alg": answers.userinfo.name(),
        "userinfo_encrypted_response_alg": "RSA-OAEP",
        "userinfo_encrypted_response_enc": "A256CBC-HS512",
        "jwks": {"keys": core},
    });
    if let (Some(how), Some(members)) = (answers.id_token_encryption, relying_party.as_object_mut())
    {
        members.insert("id_token_encrypted_response_alg".to_owned(), how.key.name().into());
        members.insert("id_token_encrypted_response_enc".to_owned(), how.content.name().into());
    }
    Map::from_iter([
        ("federation_entity".to_owned(), federation_entity),
        ("openid_relying_party".to_owned(), relying_party),
    ])
}

/// The last one that is known; the first one while nothing is known, and when none is.
fn newest(keys: &[Arc<LocalKey>], known: Option<&[String]>) -> Option<Arc<LocalKey>> {
    keys.get(federation::newest(keys.iter().map(|key| key.kid()), known)).cloned()
}

/// The entries of `trust_marks` to publish: the token as it came, under the names of both dialects (CIE id
/// rules; OpenID Federation 1.0, section 7.1).
pub(super) fn published(marks: &[Value]) -> Vec<Value> {
    let entry = |mark: &Value| {
        let named = ["trust_mark_type", "id", "trust_mark_id"];
        let kind = named.into_iter().find_map(|name| mark.get(name)?.as_str())?;
        let token = mark.get("trust_mark")?.as_str()?;
        Some(json!({"id": kind, "trust_mark_type": kind, "trust_mark": token}))
    };
    marks.iter().filter_map(entry).collect()
}
