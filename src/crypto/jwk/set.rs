//! The public keys of one party: a JWK set (RFC 7517, section 5), bounded.
//!
//! Not where they come from: a file, a registration or a `jwks_uri` (`oidc::client_keys`).

use serde_json::{Map, Value};

use super::{EncryptionKey, JwkFault, PublicKey};
use crate::crypto::json;

/// Keys in the largest set that is read.
const MOST: usize = 32;
/// Octets of the largest set that is read.
const LARGEST: usize = 256 * 1024;

/// Why a JWK set is refused. Keys are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetFault {
    /// Not such a document at all.
    #[error("not a JWK set: a JSON object whose \"keys\" is a list of objects")]
    Shape,
    /// More than 32 keys or 256 KiB.
    #[error("more than 32 keys, or 256 KiB")]
    Large,
    /// One key makes the whole set suspect.
    #[error("key {0}: {1}")]
    Key(usize, #[source] JwkFault),
    /// Two keys of one name.
    #[error("key {0} has the kid of another one")]
    SameKid(usize),
    /// Nothing that we could use: unknown types and algorithms are passed over.
    #[error("no RSA key, none on P-256, P-384, P-521 or Ed25519, and none to encrypt for")]
    Nothing,
}

/// The keys of one party: some verify its signatures, others are to encrypt for it, none does both.
#[derive(Debug, Default)]
pub struct PublicKeys {
    signature: Vec<PublicKey>,
    encryption: Vec<EncryptionKey>,
}

impl PublicKeys {
    /// Reads the document. Keys of types, curves or algorithms that nobody here uses are passed over
    /// (RFC 7517, section 5); a private, symmetric, weak or malformed one spoils the set.
    ///
    /// # Errors
    /// [`SetFault`].
    pub fn parse(octets: &[u8]) -> Result<Self, SetFault> {
        if octets.len() > LARGEST {
            return Err(SetFault::Large);
        }
        Self::from_members(&json::object(octets).map_err(|_| SetFault::Shape)?)
    }

    /// The same, from the members of an object that was read strictly.
    ///
    /// # Errors
    /// [`SetFault`].
    pub fn from_members(members: &Map<String, Value>) -> Result<Self, SetFault> {
        let listed = members.get("keys").and_then(Value::as_array).ok_or(SetFault::Shape)?;
        if listed.len() > MOST {
            return Err(SetFault::Large);
        }
        let mut keys = Self::default();
        let mut names: Vec<&str> = Vec::new();
        for (at, jwk) in listed.iter().enumerate() {
            let jwk = jwk.as_object().ok_or(SetFault::Shape)?;
            if let Some(kid) = jwk.get("kid").and_then(Value::as_str) {
                if names.contains(&kid) {
                    return Err(SetFault::SameKid(at + 1));
                }
                names.push(kid);
            }
            match EncryptionKey::from_jwk(jwk) {
                Ok(key) => keys.encryption.push(key),
                Err(JwkFault::Unused) => match PublicKey::from_jwk(jwk) {
                    Ok(key) => keys.signature.push(key),
                    Err(JwkFault::Unused) => {}
                    Err(fault) => return Err(SetFault::Key(at + 1, fault)),
                },
                Err(fault) => return Err(SetFault::Key(at + 1, fault)),
            }
        }
        if keys.signature.is_empty() && keys.encryption.is_empty() {
            return Err(SetFault::Nothing);
        }
        Ok(keys)
    }

    /// Those that verify signatures, in the order of the set.
    #[must_use]
    pub fn signature(&self) -> &[PublicKey] {
        &self.signature
    }

    /// Those to encrypt for, in the order of the set.
    #[must_use]
    pub fn encryption(&self) -> &[EncryptionKey] {
        &self.encryption
    }
}
