//! The public members of a JWK, decoded and of the right length (RFC 7518, section 6; RFC 8037, section 2).
//!
//! Not a key yet: what it is for, and whether its octets are one, is asked by who makes one of them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    EcdsaVerificationAlgorithm,
};
use serde_json::{Map, Value};

use super::{JwkFault, SignatureAlgorithm, Thumbprint, modulus, octets, text};
use crate::crypto::digest::{base64url, sha256};

/// What a key is made of.
pub(super) enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Point(Curve, Vec<u8>),
    Ed25519(Vec<u8>),
}

/// A curve of NIST. Each has one signature of its own (RFC 7518, section 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Octets of a coordinate.
    const fn width(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    pub(super) fn signature(self) -> (SignatureAlgorithm, &'static EcdsaVerificationAlgorithm) {
        match self {
            Self::P256 => (SignatureAlgorithm::ES256, &ECDSA_P256_SHA256_FIXED),
            Self::P384 => (SignatureAlgorithm::ES384, &ECDSA_P384_SHA384_FIXED),
            Self::P521 => (SignatureAlgorithm::ES512, &ECDSA_P521_SHA512_FIXED),
        }
    }
}

impl Material {
    pub(super) fn read(jwk: &Map<String, Value>) -> Result<Self, JwkFault> {
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
            ("EC", Some(name)) => {
                let curve = Curve::ALL.into_iter().find(|curve| curve.name() == name);
                let curve = curve.ok_or(JwkFault::Unused)?;
                let (x, y) = (octets(jwk, "x")?, octets(jwk, "y")?);
                if x.len() != curve.width() || y.len() != curve.width() {
                    return Err(JwkFault::Invalid);
                }
                Ok(Self::Point(curve, [&[4], x.as_slice(), &y].concat()))
            }
            ("OKP", Some("Ed25519")) => {
                let x = octets(jwk, "x")?;
                if x.len() == 32 { Ok(Self::Ed25519(x)) } else { Err(JwkFault::Invalid) }
            }
            _ => Err(JwkFault::Unused),
        }
    }

    /// The required members alone, in lexicographic order, without blanks (RFC 7638, section 3.2).
    pub(super) fn thumbprint(&self) -> Thumbprint {
        let members = match self {
            Self::Rsa { n, e } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, base64url(e), base64url(n))
            }
            Self::Point(curve, point) => {
                let both = point.get(1..).and_then(|xy| xy.split_at_checked(curve.width()));
                let (x, y) = both.unwrap_or_default();
                format!(
                    r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
                    curve.name(),
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
