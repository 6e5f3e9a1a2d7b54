//! Public keys that verify, each bound to its algorithm family, and the algorithm allow-list.
//!
//! Not a trust decision: whose keys these are is the registry's business. Never from a message.
//! XML Signature 1.1, section 6.4; RFC 6931 (algorithm identifiers).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, VerificationAlgorithm,
};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::Refusal;
use crate::crypto::digest::sha256;

/// The smallest public exponent of RSA (FIPS 186-5, section 5.1): with 3, a verifier that is careless
/// about padding accepts forgeries; with 1, anybody signs.
const LEAST_EXPONENT: u64 = 65_537;

/// What a key is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFamily {
    /// RSA, 2048 to 4096 bits, public exponent 65537 or larger, PKCS#1 v1.5.
    Rsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
}

/// A public key, parsed once.
#[derive(Debug)]
pub struct VerificationKey {
    family: KeyFamily,
    fingerprint: [u8; 32],
    /// One parsed form per algorithm of the family.
    parsed: Vec<(SignatureAlgorithm, ParsedPublicKey)>,
}

impl VerificationKey {
    /// The key of an X.509 certificate in DER. Neither its dates nor its issuer are looked at:
    /// in SAML metadata the certificate is only a wrapping of the key.
    ///
    /// # Errors
    /// [`Refusal::KeyUnusable`].
    pub fn from_certificate(der: &[u8]) -> Result<Self, Refusal> {
        let (rest, certificate) =
            X509Certificate::from_der(der).map_err(|_| Refusal::KeyUnusable)?;
        if !rest.is_empty() {
            return Err(Refusal::KeyUnusable);
        }
        let spki = certificate.public_key();
        let octets = spki.subject_public_key.data.as_ref();
        match spki.parsed().map_err(|_| Refusal::KeyUnusable)? {
            PublicKey::RSA(key) => {
                let modulus = key.modulus.iter().skip_while(|octet| **octet == 0).count();
                let exponent = key.try_exponent().unwrap_or_default();
                if (256..=512).contains(&modulus) && exponent >= LEAST_EXPONENT {
                    Self::parse(KeyFamily::Rsa, octets)
                } else {
                    Err(Refusal::KeyUnusable)
                }
            }
            PublicKey::EC(point) => match point.data().len() {
                65 => Self::parse(KeyFamily::P256, octets),
                97 => Self::parse(KeyFamily::P384, octets),
                _ => Err(Refusal::KeyUnusable),
            },
            _ => Err(Refusal::KeyUnusable),
        }
    }

    /// The family of the key.
    #[must_use]
    pub fn family(&self) -> KeyFamily {
        self.family
    }

    /// SHA-256 of the public key: equal for every certificate that wraps it.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Parses `octets` once for each algorithm of the family.
    fn parse(family: KeyFamily, octets: &[u8]) -> Result<Self, Refusal> {
        let parsed = SignatureAlgorithm::ALL
            .into_iter()
            .filter(|algorithm| algorithm.family() == family)
            .map(|algorithm| Ok((algorithm, ParsedPublicKey::new(algorithm.verifier(), octets)?)))
            .collect::<Result<_, aws_lc_rs::error::KeyRejected>>()
            .map_err(|_| Refusal::KeyUnusable)?;
        Ok(Self { family, fingerprint: sha256(octets), parsed })
    }
}

/// Verifies a detached signature, as in the HTTP-Redirect binding: `octets` are the query as
/// received, `signature` the decoded value, `algorithm` the `SigAlg` identifier.
///
/// # Errors
/// [`Refusal::SignatureAlgorithm`], [`Refusal::SignatureSha1`], [`Refusal::SignatureKey`] or
/// [`Refusal::SignatureValue`].
pub fn verify_octets(
    octets: &[u8],
    signature: &[u8],
    algorithm: &str,
    keys: &[VerificationKey],
) -> Result<(), Refusal> {
    SignatureAlgorithm::from_uri(algorithm)?.verify(octets, signature, keys)
}

/// The signature algorithms on the allow-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureAlgorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
}

impl SignatureAlgorithm {
    const ALL: [Self; 5] =
        [Self::RsaSha256, Self::RsaSha384, Self::RsaSha512, Self::EcdsaSha256, Self::EcdsaSha384];

    /// From an identifier; everything else is refused, SHA-1 by its own name.
    pub(super) fn from_uri(uri: &str) -> Result<Self, Refusal> {
        match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Ok(Self::RsaSha256),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Ok(Self::RsaSha384),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Ok(Self::RsaSha512),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Ok(Self::EcdsaSha256),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Ok(Self::EcdsaSha384),
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
            | "http://www.w3.org/2000/09/xmldsig#dsa-sha1"
            | "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1" => Err(Refusal::SignatureSha1),
            _ => Err(Refusal::SignatureAlgorithm),
        }
    }

    fn family(self) -> KeyFamily {
        match self {
            Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 => KeyFamily::Rsa,
            Self::EcdsaSha256 => KeyFamily::P256,
            Self::EcdsaSha384 => KeyFamily::P384,
        }
    }

    /// XML Signature carries ECDSA values as raw r and s, not as DER.
    fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::RsaSha384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::RsaSha512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::EcdsaSha256 => &ECDSA_P256_SHA256_FIXED,
            Self::EcdsaSha384 => &ECDSA_P384_SHA384_FIXED,
        }
    }

    /// Whether one of the `keys` made `signature` over `octets`.
    pub(super) fn verify(
        self,
        octets: &[u8],
        signature: &[u8],
        keys: &[VerificationKey],
    ) -> Result<(), Refusal> {
        let mut refusal = Refusal::SignatureKey;
        for key in keys {
            for (_, parsed) in key.parsed.iter().filter(|(algorithm, _)| *algorithm == self) {
                if parsed.verify_sig(octets, signature).is_ok() {
                    return Ok(());
                }
                refusal = Refusal::SignatureValue;
            }
        }
        Err(refusal)
    }
}
