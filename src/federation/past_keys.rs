//! Federation keys of ours that sign no more: published, so that what they signed can still be verified
//! (OpenID Federation 1.0, section 8.7).
//!
//! Not keys that are in use: those stand in the entity configuration.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::own::OwnEntity;
use crate::crypto::jose::TokenType;
use crate::crypto::json;
use crate::crypto::jwk::PublicKeys;
use crate::crypto::rsa::KeyFault;
use crate::effects::Timestamp;

/// Public keys, each with a name and the moment from which it counted no more.
#[derive(Clone, Debug, PartialEq)]
pub struct PastKeys(Vec<Value>);

impl PastKeys {
    /// Reads a JWK set whose keys have `kid` and `exp`, and may have `iat` and `revoked`.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(octets: &[u8]) -> Result<Self, String> {
        PublicKeys::parse(octets).map_err(|fault| fault.to_string())?;
        let set = json::value(octets).ok();
        let keys = set.as_ref().and_then(|set| set.get("keys")?.as_array());
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or("it has no keys")?;
        for key in keys {
            let name = key.get("kid").and_then(Value::as_str).filter(|kid| !kid.is_empty());
            let name = name.ok_or("a key has no kid")?;
            if !key.get("exp").is_some_and(Value::is_i64) {
                return Err(format!("the key {name:?} has no exp, the second at which it ended"));
            }
        }
        Ok(Self(keys.clone()))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|key| key.get("kid")?.as_str())
    }
}

impl OwnEntity {
    /// Tells `keys`, as `application/jwk-set+jwt` (section 8.7.2).
    ///
    /// # Errors
    /// [`KeyFault`], when the key does not sign.
    pub async fn past_keys(&self, keys: &PastKeys, now: Timestamp) -> Result<String, KeyFault> {
        let claims = json!({"iss": self.id().as_str(), "iat": now.unix_seconds(), "keys": keys.0});
        self.sign(TokenType::KeySet, &claims).await
    }
}
