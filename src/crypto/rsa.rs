//! RSA private keys: parsed once, used for signatures with SHA-256 (RFC 8017, section 8).
//!
//! Not for encryption, and not for public keys: verifiers keep their own parsed forms.

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};

/// Why a key could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not a PKCS#8 (or PKCS#1) RSA private key in PEM or DER.
    #[error("not an RSA private key in PKCS#8")]
    Unreadable,
    /// Outside 2048–4096 bits.
    #[error("the RSA key must have 2048 to 4096 bits")]
    Size,
    /// The library refused to sign or to make a key.
    #[error("the cryptographic library refused the operation")]
    Refused,
    /// The key is elsewhere, and does not answer.
    #[error("the device that holds the key does not answer")]
    Unavailable,
}

/// An RSA private key, ready to sign.
pub struct RsaSigningKey(RsaKeyPair);

impl RsaSigningKey {
    /// From PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyFault::Unreadable`] or [`KeyFault::Size`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyFault> {
        let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| KeyFault::Unreadable)?;
        if (256..=512).contains(&pair.public_modulus_len()) {
            Ok(Self(pair))
        } else {
            Err(KeyFault::Size)
        }
    }

    /// A new key as PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot make one.
    pub fn generate(bits: u16) -> Result<zeroize::Zeroizing<Vec<u8>>, KeyFault> {
        use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            _ => return Err(KeyFault::Size),
        };
        let pair = RsaKeyPair::generate(size).map_err(|_| KeyFault::Refused)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyFault::Refused)?;
        Ok(zeroize::Zeroizing::new(der.as_ref().to_vec()))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `input`.
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot sign.
    pub fn sign_sha256(&self, input: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.sign(&RSA_PKCS1_SHA256, input)
    }

    /// RSASSA-PSS with SHA-256 over `input`, salted with 32 octets.
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot sign.
    pub fn sign_pss_sha256(&self, input: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.sign(&RSA_PSS_SHA256, input)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "aws-lc draws the salt itself and ignores the generator"
    )]
    fn sign(&self, padding: &'static dyn RsaEncoding, input: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(padding, &aws_lc_rs::rand::SystemRandom::new(), input, &mut signature)
            .map_err(|_| KeyFault::Refused)?;
        Ok(signature)
    }

    /// The public key as PKCS#1 `RSAPublicKey` DER.
    #[must_use]
    pub fn public_pkcs1(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }
}

impl std::fmt::Debug for RsaSigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RsaSigningKey")
    }
}
