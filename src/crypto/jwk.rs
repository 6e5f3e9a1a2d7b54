//! One public key of somebody else, as a JWK (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).
//!
//! Not our own keys: [`super::keyring`] holds those. A key that came with a private or symmetric member
//! is refused, not stripped: whoever published it has lost it.

mod algorithm;
mod encryption;
mod material;
mod modulus;
mod set;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use algorithm::SignatureAlgorithm;
pub use encryption::EncryptionKey;
pub(super) use encryption::{EncryptionMaterial, ephemeral_point};
use material::Material;
pub use set::{PublicKeys, SetFault};

/// SHA-256 thumbprint of a public key (RFC 7638), base64url: `jkt` of RFC 9449.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// What somebody wrote; `None` when it is not base64url of 32 octets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        (octets.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a JWK is refused or of no use. The texts hold no value of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkFault {
    /// A member is missing, of another type or not in base64url.
    #[error("the member {0:?} is missing or malformed")]
    Member(&'static str),
    /// It holds the private half.
    #[error("it holds private members: publish the public half, and make another key")]
    Private,
    /// It is a shared secret.
    #[error("it is a symmetric key")]
    Symmetric,
    /// RSA below 2048 or above 4096 bits.
    #[error("an RSA key must have 2048 to 4096 bits")]
    Size,
    /// An RSA key that can be factored, or whose exponent is not an odd number from 65537.
    #[error("the RSA key is a weak one")]
    Weak,
    /// The octets are no key: not a point of the curve, for example.
    #[error("it is no valid key")]
    Invalid,
    /// Sound perhaps, of a type, curve, use or algorithm that nothing here takes.
    #[error("nothing here uses such a key")]
    Unused,
}

/// A key that verifies signatures.
#[derive(Clone)]
pub struct PublicKey {
    kid: Option<String>,
    thumbprint: Thumbprint,
    algorithm: Bound,
}

/// What the key verifies. Each algorithm has its own parsed key, so none is used for another.
#[derive(Clone)]
enum Bound {
    One(SignatureAlgorithm, ParsedPublicKey),
    /// An RSA key whose JWK has no `alg`: the registration says which, never a token. What is asked of such
    /// keys almost always is parsed beforehand.
    Rsa {
        parts: Arc<RsaPublicKeyComponents<Vec<u8>>>,
        rs256: ParsedPublicKey,
        ps256: ParsedPublicKey,
    },
}

impl PublicKey {
    /// The signature key in `jwk`.
    ///
    /// # Errors
    /// [`JwkFault`]; [`JwkFault::Unused`] for one that is sound and of no use here.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, JwkFault> {
        let material = Material::read(jwk)?;
        if !purpose(jwk, "sig", &["verify"])? {
            return Err(JwkFault::Unused);
        }
        let algorithm = match text(jwk, "alg")? {
            None => None,
            Some(name) => Some(SignatureAlgorithm::parse(name).ok_or(JwkFault::Unused)?),
        };
        let thumbprint = material.thumbprint();
        let of = |parsed: Result<ParsedPublicKey, _>| parsed.map_err(|_| JwkFault::Invalid);
        let algorithm = match material {
            Material::Rsa { n, e } => {
                let parts = RsaPublicKeyComponents { n, e };
                match algorithm {
                    None => Bound::Rsa {
                        rs256: rsa(&parts, SignatureAlgorithm::RS256)?,
                        ps256: rsa(&parts, SignatureAlgorithm::PS256)?,
                        parts: Arc::new(parts),
                    },
                    Some(algorithm) => Bound::One(algorithm, rsa(&parts, algorithm)?),
                }
            }
            Material::Point(curve, point) => {
                let (own, how) = curve.signature();
                if algorithm.is_some_and(|stated| stated != own) {
                    return Err(JwkFault::Member("alg"));
                }
                Bound::One(own, of(ParsedPublicKey::new(how, point))?)
            }
            Material::Ed25519(x) => {
                let own = SignatureAlgorithm::EdDSA;
                if algorithm.is_some_and(|stated| stated != own) {
                    return Err(JwkFault::Member("alg"));
                }
                Bound::One(own, of(ParsedPublicKey::new(&ED25519, x))?)
            }
        };
        Ok(Self { kid: kid(jwk)?, thumbprint, algorithm })
    }

    /// The name that tokens call it by: its `kid`, or its thumbprint when it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.kid.as_deref().unwrap_or_else(|| self.thumbprint.as_str())
    }

    /// Its thumbprint (RFC 7638).
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// The one algorithm it verifies where `allowed` are: its own, if that is among them. An RSA key
    /// without `alg` takes the first of them that an RSA key can.
    #[must_use]
    pub fn algorithm(&self, allowed: &[SignatureAlgorithm]) -> Option<SignatureAlgorithm> {
        let verifies = |algorithm: &SignatureAlgorithm| match &self.algorithm {
            Bound::One(own, _) => own == algorithm,
            Bound::Rsa { .. } => algorithm.of_rsa().is_some(),
        };
        allowed.iter().copied().find(verifies)
    }

    /// Whether `signature` is one of this key over `input`, made with `algorithm`.
    pub(super) fn verifies(
        &self,
        algorithm: SignatureAlgorithm,
        input: &[u8],
        signature: &[u8],
    ) -> bool {
        let by = |key: &ParsedPublicKey| key.verify_sig(input, signature).is_ok();
        match (&self.algorithm, algorithm) {
            (Bound::One(own, key), algorithm) => *own == algorithm && by(key),
            (Bound::Rsa { rs256, .. }, SignatureAlgorithm::RS256) => by(rs256),
            (Bound::Rsa { ps256, .. }, SignatureAlgorithm::PS256) => by(ps256),
            (Bound::Rsa { parts, .. }, other) => rsa(parts, other).is_ok_and(|key| by(&key)),
        }
    }

    /// DER `SubjectPublicKeyInfo`: to compare with that of a certificate (RFC 8705, section 2.2).
    ///
    /// # Errors
    /// [`JwkFault::Invalid`] when the library cannot write it.
    pub fn subject_public_key_info(&self) -> Result<Vec<u8>, JwkFault> {
        let (Bound::One(_, key) | Bound::Rsa { rs256: key, .. }) = &self.algorithm;
        let der: PublicKeyX509Der<'_> = key.as_der().map_err(|_| JwkFault::Invalid)?;
        Ok(der.as_ref().to_vec())
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicKey").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// The key for one of the algorithms of RSA.
fn rsa(
    parts: &RsaPublicKeyComponents<Vec<u8>>,
    algorithm: SignatureAlgorithm,
) -> Result<ParsedPublicKey, JwkFault> {
    let how = algorithm.of_rsa().ok_or(JwkFault::Member("alg"))?;
    parts.to_parsed_public_key(how).map_err(|_| JwkFault::Invalid)
}

/// Octets of the longest `kid`.
const LONGEST_KID: usize = 256;

/// Whether the key is for `wanted`, by `use` and by `key_ops`; a key that says neither is.
fn purpose(jwk: &Map<String, Value>, wanted: &str, operations: &[&str]) -> Result<bool, JwkFault> {
    let used = text(jwk, "use")?.is_none_or(|used| used == wanted);
    let operated = match jwk.get("key_ops") {
        None => true,
        Some(Value::Array(listed)) => {
            listed.iter().any(|one| one.as_str().is_some_and(|one| operations.contains(&one)))
        }
        Some(_) => return Err(JwkFault::Member("key_ops")),
    };
    Ok(used && operated)
}

fn kid(jwk: &Map<String, Value>) -> Result<Option<String>, JwkFault> {
    let kid = text(jwk, "kid")?;
    if kid.is_some_and(|kid| kid.is_empty() || kid.len() > LONGEST_KID) {
        return Err(JwkFault::Member("kid"));
    }
    Ok(kid.map(str::to_owned))
}

fn text<'j>(jwk: &'j Map<String, Value>, name: &'static str) -> Result<Option<&'j str>, JwkFault> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwkFault::Member(name)),
    }
}

fn octets(jwk: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, JwkFault> {
    let text = text(jwk, name)?.ok_or(JwkFault::Member(name))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwkFault::Member(name))
}
