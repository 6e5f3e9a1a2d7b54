//! An entity of ours: what it publishes of itself, signed with its federation key (OpenID Federation 1.0,
//! section 3; the technical rules of CIE id, "entity configuration").
//!
//! Not its protocol: what stands in the metadata is the caller's. The keys of the protocol are others than
//! these, and an entity that mixes them is refused (AgID, "Specializzare le chiavi").

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Dialect, EntityId};
use crate::crypto::jose::TokenType;
use crate::crypto::jwk::PublicKey;
use crate::crypto::rsa::KeyFault;
use crate::crypto::signer::Signer;
use crate::effects::Timestamp;

/// How long one signature serves those who ask.
const FRESH: Duration = Duration::from_secs(600);
/// Shortest and longest lives: half an hour is what production has; others keep a chain as long as this.
const LIVES: [Duration; 2] = [Duration::from_secs(600), Duration::from_secs(24 * 3600)];

/// Why an entity cannot be one; each is a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnFault {
    /// Nothing to sign with.
    #[error("it has no federation key")]
    NoKey,
    /// Nobody above.
    #[error("it names no superior")]
    NoSuperior,
    /// A chain through it would last too long or hardly at all.
    #[error("its statements must live 10 minutes to 24 hours")]
    Life,
    /// Metadata that no validator takes.
    #[error("its metadata hold null, or something that is no object")]
    Metadata,
    /// One key for the federation and for the protocol.
    #[error(
        "the key {0:?} is a federation key and one of {1}: make another key for one of the two, for \
         whoever holds one must not be able to do the other's work"
    )]
    SharedKey(String, String),
}

/// What an entity of ours is made of.
#[derive(Clone, Debug)]
pub struct OwnParts {
    /// Its name.
    pub id: EntityId,
    /// Its superiors, never empty.
    pub superiors: Vec<EntityId>,
    /// Its federation keys: the first one signs, all are published.
    pub keys: Vec<Arc<dyn Signer>>,
    /// Its metadata by entity type.
    pub metadata: Map<String, Value>,
    /// Its marks, verbatim as they were given to it.
    pub trust_marks: Vec<Value>,
    /// From `iat` to `exp`.
    pub life: Duration,
    /// How its federation writes.
    pub dialect: Dialect,
}

/// An entity of ours.
#[derive(Debug)]
pub struct OwnEntity {
    parts: OwnParts,
    signed: Mutex<Option<(Timestamp, Arc<str>)>>,
}

impl OwnEntity {
    /// Checks what others would refuse.
    ///
    /// # Errors
    /// [`OwnFault`].
    pub fn new(parts: OwnParts) -> Result<Self, OwnFault> {
        if parts.keys.is_empty() {
            return Err(OwnFault::NoKey);
        }
        if parts.superiors.is_empty() {
            return Err(OwnFault::NoSuperior);
        }
        let [shortest, longest] = LIVES;
        if parts.life < shortest || parts.life > longest {
            return Err(OwnFault::Life);
        }
        for (entity_type, parameters) in &parts.metadata {
            let sound = parameters.as_object().is_some_and(|it| !it.values().any(Value::is_null));
            if !sound {
                return Err(OwnFault::Metadata);
            }
            let listed = parameters.get("jwks").and_then(|set| set.get("keys")?.as_array());
            for jwk in listed.into_iter().flatten() {
                if let Some(shared) = parts.keys.iter().find(|key| is_same(key.public().jwk(), jwk))
                {
                    let name = shared.public().kid().to_owned();
                    return Err(OwnFault::SharedKey(name, entity_type.clone()));
                }
            }
        }
        Ok(Self { parts, signed: Mutex::new(None) })
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &EntityId {
        &self.parts.id
    }

    /// How its federation writes.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.parts.dialect
    }

    /// Its configuration, to be served at [`EntityId::configuration_url`] as
    /// `application/entity-statement+jwt`. One signature serves for ten minutes, or a third of its life.
    ///
    /// # Errors
    /// [`KeyFault`], when the key does not sign.
    pub async fn configuration(&self, now: Timestamp) -> Result<Arc<str>, KeyFault> {
        let fresh = FRESH.min(self.parts.life / 3);
        {
            let signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, token)) = signed.as_ref()
                && *at <= now
                && now < at.plus(fresh)
            {
                return Ok(Arc::clone(token));
            }
        }
        let token: Arc<str> =
            self.sign(TokenType::EntityStatement, &self.claims(now)).await?.into();
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        *signed = Some((now, Arc::clone(&token)));
        Ok(token)
    }

    fn claims(&self, now: Timestamp) -> Value {
        let parts = &self.parts;
        let hints: Vec<_> = parts.superiors.iter().map(EntityId::as_str).collect();
        let keys: Vec<_> = parts.keys.iter().map(|key| key.public().jwk()).collect();
        json!({
            "iss": parts.id.as_str(),
            "sub": parts.id.as_str(),
            "iat": now.unix_seconds(),
            "exp": now.plus(parts.life).unix_seconds(),
            "jwks": {"keys": keys},
            "metadata": parts.metadata,
            "authority_hints": hints,
            "trust_marks": parts.trust_marks,
        })
    }

    /// Signed with the key that signs.
    pub(super) async fn sign(&self, typ: TokenType, claims: &Value) -> Result<String, KeyFault> {
        let key = self.parts.keys.first().ok_or(KeyFault::Refused)?;
        key.jws(typ, claims.to_string().as_bytes()).get().await
    }
}

/// Whether two JWKs are one key, whatever they call it and say it is for.
fn is_same(ours: &Value, other: &Value) -> bool {
    let thumbprint = |jwk: &Value| {
        let mut members = jwk.as_object()?.clone();
        for name in ["use", "alg", "kid", "key_ops"] {
            members.remove(name);
        }
        PublicKey::from_jwk(&members).ok().map(|key| key.thumbprint().clone())
    };
    matches!((thumbprint(ours), thumbprint(other)), (Some(one), Some(two)) if one == two)
}
