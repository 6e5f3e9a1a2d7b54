//! One public key of somebody else, as a JWK (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).
//!
//! Not our own keys: [`super::keyring`] holds those. A key that came with a private or symmetric member
//! is refused, not stripped: whoever published it has lost it.

mod encryption;
mod modulus;
mod set;
#[cfg(test)]
mod tests;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use encryption::EncryptionKey;
pub(super) use encryption::{EncryptionMaterial, ephemeral_point};
pub use set::{PublicKeys, SetFault};

use super::digest::{base64url, sha256};

/// How others may sign for us. `none`, the MACs and everything with SHA-1 have no place here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA with P-256 and SHA-256.
    ES256,
    /// EdDSA with Ed25519.
    EdDSA,
}

impl SignatureAlgorithm {
    /// All of them: what an ordinary client may use.
    pub const ALL: [Self; 4] = [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];
    /// Those of FAPI 2.0 (Security Profile, section 5.4.1): RS256 is not among them.
    pub const FAPI2: [Self; 3] = [Self::PS256, Self::ES256, Self::EdDSA];

    /// The name on the wire (RFC 7518, section 3.1; RFC 8037, section 3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The algorithm of that name, exactly as written; `Ed25519` is the newer name of `EdDSA` with
    /// that curve (RFC 9864, section 2.2).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

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
    RS256(ParsedPublicKey),
    PS256(ParsedPublicKey),
    ES256(ParsedPublicKey),
    EdDSA(ParsedPublicKey),
    /// An RSA key whose JWK has no `alg`: the registration says which, never a token.
    Rsa {
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
        let algorithm = match (material, algorithm) {
            (Material::Rsa { n, e }, algorithm) => {
                let parts = RsaPublicKeyComponents { n, e };
                let parsed = |how| parts.to_parsed_public_key(how).map_err(|_| JwkFault::Invalid);
                let rs256 = parsed(&RSA_PKCS1_2048_8192_SHA256)?;
                let ps256 = parsed(&RSA_PSS_2048_8192_SHA256)?;
                match algorithm {
                    None => Bound::Rsa { rs256, ps256 },
                    Some(SignatureAlgorithm::RS256) => Bound::RS256(rs256),
                    Some(SignatureAlgorithm::PS256) => Bound::PS256(ps256),
                    Some(_) => return Err(JwkFault::Member("alg")),
                }
            }
            (Material::P256(point), None | Some(SignatureAlgorithm::ES256)) => Bound::ES256(
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .map_err(|_| JwkFault::Invalid)?,
            ),
            (Material::Ed25519(x), None | Some(SignatureAlgorithm::EdDSA)) => {
                Bound::EdDSA(ParsedPublicKey::new(&ED25519, x).map_err(|_| JwkFault::Invalid)?)
            }
            _ => return Err(JwkFault::Member("alg")),
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
        let own: &[_] = match &self.algorithm {
            Bound::RS256(_) => &[SignatureAlgorithm::RS256],
            Bound::PS256(_) => &[SignatureAlgorithm::PS256],
            Bound::ES256(_) => &[SignatureAlgorithm::ES256],
            Bound::EdDSA(_) => &[SignatureAlgorithm::EdDSA],
            Bound::Rsa { .. } => &[SignatureAlgorithm::RS256, SignatureAlgorithm::PS256],
        };
        allowed.iter().copied().find(|algorithm| own.contains(algorithm))
    }

    /// Whether `signature` is one of this key over `input`, made with `algorithm`.
    pub(super) fn verifies(
        &self,
        algorithm: SignatureAlgorithm,
        input: &[u8],
        signature: &[u8],
    ) -> bool {
        match (&self.algorithm, algorithm) {
            (Bound::RS256(key) | Bound::Rsa { rs256: key, .. }, SignatureAlgorithm::RS256)
            | (Bound::PS256(key) | Bound::Rsa { ps256: key, .. }, SignatureAlgorithm::PS256)
            | (Bound::ES256(key), SignatureAlgorithm::ES256)
            | (Bound::EdDSA(key), SignatureAlgorithm::EdDSA) => {
                key.verify_sig(input, signature).is_ok()
            }
            _ => false,
        }
    }

    /// DER `SubjectPublicKeyInfo`: to compare with that of a certificate (RFC 8705, section 2.2).
    ///
    /// # Errors
    /// [`JwkFault::Invalid`] when the library cannot write it.
    pub fn subject_public_key_info(&self) -> Result<Vec<u8>, JwkFault> {
        let (Bound::RS256(key)
        | Bound::PS256(key)
        | Bound::ES256(key)
        | Bound::EdDSA(key)
        | Bound::Rsa { rs256: key, .. }) = &self.algorithm;
        let der: PublicKeyX509Der<'_> = key.as_der().map_err(|_| JwkFault::Invalid)?;
        Ok(der.as_ref().to_vec())
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicKey").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// The public members, decoded and of the right length.
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Material {
    fn read(jwk: &Map<String, Value>) -> Result<Self, JwkFault> {
        let kty = text(jwk, "kty")?.ok_or(JwkFault::Member("kty"))?;
        if kty == "oct" {
            return Err(JwkFault::Symmetric);
        }
        if PRIVATE.iter().any(|name| jwk.contains_key(*name)) {
            return Err(JwkFault::Private);
        }
        match (kty, text(jwk, "crv")?) {
            ("RSA", _) => {
                let (n, e) = (octets(jwk, "n")?, octets(jwk, "e")?);
                modulus::check(&n, &e)?;
                Ok(Self::Rsa { n, e })
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (octets(jwk, "x")?, octets(jwk, "y")?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(JwkFault::Invalid);
                }
                Ok(Self::P256([&[4], x.as_slice(), &y].concat()))
            }
            ("OKP", Some("Ed25519")) => {
                let x = octets(jwk, "x")?;
                if x.len() == 32 { Ok(Self::Ed25519(x)) } else { Err(JwkFault::Invalid) }
            }
            _ => Err(JwkFault::Unused),
        }
    }

    /// The required members alone, in lexicographic order, without blanks (RFC 7638, section 3.2).
    fn thumbprint(&self) -> Thumbprint {
        let members = match self {
            Self::Rsa { n, e } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, base64url(e), base64url(n))
            }
            Self::P256(point) => {
                let (x, y) =
                    point.get(1..).and_then(|xy| xy.split_at_checked(32)).unwrap_or_default();
                format!(
                    r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                    base64url(x),
                    base64url(y)
                )
            }
            Self::Ed25519(x) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(x))
            }
        };
        Thumbprint(base64url(&sha256(members.as_bytes())))
    }
}

/// Members of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; RFC 8037).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
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
