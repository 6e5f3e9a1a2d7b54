//! A public key to encrypt for (RFC 7517, sections 4.2 to 4.4).
//!
//! Not the encryption: that is [`crate::crypto::jwe`].

use aws_lc_rs::agreement;
use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use serde_json::{Map, Value};

use super::material::{Curve, Material};
use super::{JwkFault, kid, purpose, text};

/// A key to encrypt for: `use` is `enc`, or its `alg` is one of key management.
pub struct EncryptionKey {
    pub(in crate::crypto) kid: Option<String>,
    /// The algorithm its JWK names, if it names one.
    pub(in crate::crypto) algorithm: Option<String>,
    pub(in crate::crypto) material: EncryptionMaterial,
}

/// What a content key is wrapped with or agreed on.
pub(in crate::crypto) enum EncryptionMaterial {
    /// RSA-OAEP.
    Rsa(OaepPublicEncryptingKey),
    /// ECDH-ES: the uncompressed point, which is on the curve.
    P256(Vec<u8>),
}

impl EncryptionKey {
    /// The encryption key in `jwk`.
    ///
    /// # Errors
    /// [`JwkFault`]; [`JwkFault::Unused`] for one that is sound and of no use here.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, JwkFault> {
        let material = Material::read(jwk)?;
        let algorithm = text(jwk, "alg")?;
        let stated = match algorithm {
            None => text(jwk, "use")?.is_some(),
            Some(name) => ENCRYPTION.contains(&name),
        };
        if !stated || !purpose(jwk, "enc", &["encrypt", "wrapKey", "deriveKey", "deriveBits"])? {
            return Err(JwkFault::Unused);
        }
        let of_rsa = algorithm.is_none_or(|name| name.starts_with("RSA"));
        let of_curve = algorithm.is_none_or(|name| name.starts_with("ECDH"));
        let material = match material {
            Material::Rsa { n, e } if of_rsa => {
                let key: PublicEncryptingKey =
                    RsaPublicKeyComponents { n, e }.try_into().map_err(|_| JwkFault::Invalid)?;
                EncryptionMaterial::Rsa(
                    OaepPublicEncryptingKey::new(key).map_err(|_| JwkFault::Invalid)?,
                )
            }
            Material::Point(Curve::P256, point) if of_curve => {
                let key = agreement::UnparsedPublicKey::new(&agreement::ECDH_P256, &point);
                agreement::ParsedPublicKey::try_from(&key).map_err(|_| JwkFault::Invalid)?;
                EncryptionMaterial::P256(point)
            }
            Material::Ed25519(_) | Material::Point(Curve::P384 | Curve::P521, _) => {
                return Err(JwkFault::Unused);
            }
            _ => return Err(JwkFault::Member("alg")),
        };
        Ok(Self { kid: kid(jwk)?, algorithm: algorithm.map(str::to_owned), material })
    }
}

/// The uncompressed point of a key made for one token (`epk`; RFC 7518, section 4.6.1.1): P-256, without a
/// private half. Whether it is on the curve is asked where it is used.
pub(in crate::crypto) fn ephemeral_point(jwk: &Map<String, Value>) -> Result<Vec<u8>, JwkFault> {
    match Material::read(jwk)? {
        Material::Point(Curve::P256, point) => Ok(point),
        _ => Err(JwkFault::Unused),
    }
}

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EncryptionKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// How a content key may be wrapped or agreed on with such a key. `RSA1_5` is not among them.
const ENCRYPTION: [&str; 4] = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"];
