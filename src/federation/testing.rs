//! A small federation for tests: entities with keys of their own, and whatever statements a test wants.
//!
//! Not part of the product. Statements are signed as their claims say, however wrong those are.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Dialect, EntityId, Reader, TrustAnchor};
use crate::crypto::jose::{SigningAlgorithm, TokenType};
use crate::crypto::jwk::PublicKeys;
use crate::crypto::signer::{Answer, LocalKey, Signer as _};
use crate::effects::Timestamp;

/// The moment of these tests.
pub(crate) const NOW: i64 = 1_795_300_000;

/// One entity with its federation key.
pub(crate) struct Entity {
    pub(crate) id: EntityId,
    pub(crate) key: LocalKey,
}

/// How statements are read here.
pub(crate) fn reader(dialect: Dialect) -> Reader {
    Reader { dialect, now: Timestamp::from_unix_seconds(NOW), development: false }
}

/// A new key, the cheap kind.
pub(crate) fn key() -> LocalKey {
    let der = LocalKey::generate(SigningAlgorithm::ES256).unwrap();
    LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der).unwrap()
}

/// A JWK set of these keys.
pub(crate) fn jwks(keys: &[&LocalKey]) -> Value {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()})
}

/// Signed as a statement, whatever it says.
pub(crate) fn sign(key: &LocalKey, claims: &Value) -> String {
    sign_as(key, TokenType::EntityStatement, claims)
}

pub(crate) fn sign_as(key: &LocalKey, typ: TokenType, claims: &Value) -> String {
    let Answer::Now(Ok(token)) = key.jws(typ, claims.to_string().as_bytes()) else {
        panic!("not signed")
    };
    token
}

/// `claims` with `changes` laid over; a change to null takes a claim away.
pub(crate) fn with(mut claims: Value, changes: &Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    claims
}

impl Entity {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: EntityId::parse(id, false).unwrap(), key: key() }
    }

    /// The claims of a good configuration of a leaf, half an hour long.
    pub(crate) fn claims(&self, superiors: &[&Self]) -> Value {
        let hints: Vec<_> = superiors.iter().map(|superior| superior.id.as_str()).collect();
        let mut claims = json!({
            "iss": self.id.as_str(), "sub": self.id.as_str(), "iat": NOW, "exp": NOW + 1800,
            "jwks": jwks(&[&self.key]),
            "metadata": {
                "federation_entity": {
                    "organization_name": "Entity",
                    "federation_fetch_endpoint": format!("{}/fetch", self.id),
                    "federation_list_endpoint": format!("{}/list", self.id),
                },
                "openid_provider": {"issuer": self.id.as_str(), "response_types_supported": ["code"]},
            },
        });
        if !hints.is_empty() {
            claims["authority_hints"] = json!(hints);
        }
        claims
    }

    /// A good configuration.
    pub(crate) fn configuration(&self, superiors: &[&Self]) -> String {
        sign(&self.key, &self.claims(superiors))
    }

    /// The claims of a good statement about `subject`, an hour long.
    pub(crate) fn claims_about(&self, subject: &Self) -> Value {
        json!({
            "iss": self.id.as_str(), "sub": subject.id.as_str(), "iat": NOW, "exp": NOW + 3600,
            "jwks": jwks(&[&subject.key]),
        })
    }

    /// A good statement about `subject`.
    pub(crate) fn about(&self, subject: &Self) -> String {
        sign(&self.key, &self.claims_about(subject))
    }

    /// Its public keys, as a configuration pins them.
    pub(crate) fn pinned(&self) -> Arc<PublicKeys> {
        let Value::Object(set) = jwks(&[&self.key]) else { panic!("no object") };
        Arc::new(PublicKeys::from_members(&set).unwrap())
    }

    /// It as an anchor that is trusted here.
    pub(crate) fn anchor(&self, dialect: Dialect) -> TrustAnchor {
        TrustAnchor {
            id: self.id.clone(),
            keys: self.pinned(),
            dialect,
            marks: std::collections::BTreeMap::default(),
            auto_roll: false,
        }
    }
}
