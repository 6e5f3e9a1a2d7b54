//! What signs our tokens: the [`Signer`] of one private key, and the key in this process.
//!
//! Not the choice of a key: the ring makes it. A key in this process signs at once, on the worker
//! thread: 0.23 ms is too short for another pool. A key elsewhere answers later.

use std::future::Future;
use std::pin::Pin;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::Value;
use zeroize::Zeroizing;

use super::jose::{PublicKey, SigningAlgorithm, TokenType, compact};
use super::rsa::{KeyFault, RsaSigningKey};

/// One private key, wherever it is.
pub trait Signer: Send + Sync + std::fmt::Debug {
    /// Its public half.
    fn public(&self) -> &PublicKey;

    /// A compact JWS over the octets of `payload` (RFC 7515, section 3.1).
    fn jws(&self, typ: TokenType, payload: &[u8]) -> Answer<String>;

    /// Whether it would sign now: to be asked before something is used up that a signature needs.
    fn ready(&self) -> Answer<()> {
        Answer::Now(Ok(()))
    }
}

/// What a key answers. It borrows nothing: the ring may be replaced meanwhile.
pub enum Answer<T> {
    /// At once.
    Now(Result<T, KeyFault>),
    /// From elsewhere.
    Later(Pin<Box<dyn Future<Output = Result<T, KeyFault>> + Send>>),
}

impl<T> Answer<T> {
    /// The answer itself.
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the key cannot sign, [`KeyFault::Unavailable`] when it does not
    /// answer.
    pub async fn get(self) -> Result<T, KeyFault> {
        match self {
            Self::Now(answer) => answer,
            Self::Later(answer) => answer.await,
        }
    }
}

/// A private key in this process: parsed once, named, proven.
#[derive(Debug)]
pub struct LocalKey {
    public: PublicKey,
    private: PrivateKey,
}

#[derive(Debug)]
enum PrivateKey {
    Pkcs1(RsaSigningKey),
    Pss(RsaSigningKey),
    P256(EcdsaKeyPair),
}

impl LocalKey {
    /// From PKCS#8 DER. Signs once and verifies that with the public half, so that a damaged key is
    /// found at start and not by a relying party.
    ///
    /// # Errors
    /// [`KeyFault`] when the key is not one for `algorithm`, or does not verify what it signed.
    pub fn from_pkcs8(algorithm: SigningAlgorithm, der: &[u8]) -> Result<Self, KeyFault> {
        let key = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => {
                let key = RsaSigningKey::from_pkcs8(der)?;
                let public = aws_lc_rs::rsa::PublicKey::from_der(&key.public_pkcs1())
                    .map_err(|_| KeyFault::Unreadable)?;
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(&public);
                let public = PublicKey::rsa(algorithm, &public.n, &public.e);
                let private = match algorithm {
                    SigningAlgorithm::PS256 => PrivateKey::Pss(key),
                    _ => PrivateKey::Pkcs1(key),
                };
                Self { public, private }
            }
            SigningAlgorithm::ES256 => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                    .map_err(|_| KeyFault::Unreadable)?;
                // An uncompressed point: 04, x, y (SEC 1, section 2.3.3).
                let (x, y) = key
                    .public_key()
                    .as_ref()
                    .strip_prefix(&[4])
                    .and_then(|point| point.split_at_checked(32))
                    .ok_or(KeyFault::Unreadable)?;
                Self { public: PublicKey::p256(x, y), private: PrivateKey::P256(key) }
            }
        };
        key.prove()?;
        Ok(key)
    }

    /// A new key as PKCS#8 DER: RSA with 2048 bits, or P-256.
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot make one.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => RsaSigningKey::generate(2048),
            SigningAlgorithm::ES256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                    .map_err(|_| KeyFault::Refused)?;
                let der = pair.to_pkcs8v1().map_err(|_| KeyFault::Refused)?;
                Ok(Zeroizing::new(der.as_ref().to_vec()))
            }
        }
    }

    /// The name of the key: its RFC 7638 thumbprint with SHA-256, base64url.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// The public key as a JWK, with `use`, `alg` and `kid`.
    #[must_use]
    pub const fn jwk(&self) -> &Value {
        self.public.jwk()
    }

    /// A compact JWS of type `JWT` over the octets of `payload` (a JSON object).
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot sign.
    pub fn sign(&self, payload: &[u8]) -> Result<String, KeyFault> {
        self.sign_as(TokenType::Jwt, payload)
    }

    fn sign_as(&self, typ: TokenType, payload: &[u8]) -> Result<String, KeyFault> {
        let input = self.public.signing_input(typ, payload);
        let signature = self.signature(input.as_bytes())?;
        Ok(compact(input, &signature))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "aws-lc draws the ECDSA nonce itself and ignores the generator"
    )]
    fn signature(&self, input: &[u8]) -> Result<Vec<u8>, KeyFault> {
        match &self.private {
            PrivateKey::Pkcs1(key) => key.sign_sha256(input),
            PrivateKey::Pss(key) => key.sign_pss_sha256(input),
            PrivateKey::P256(key) => key
                .sign(&aws_lc_rs::rand::SystemRandom::new(), input)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| KeyFault::Refused),
        }
    }

    fn prove(&self) -> Result<(), KeyFault> {
        let input = b"first signature";
        let signature = self.signature(input)?;
        let verified = match &self.private {
            PrivateKey::Pkcs1(key) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_pkcs1())
                    .verify(input, &signature)
            }
            PrivateKey::Pss(key) => {
                UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public_pkcs1())
                    .verify(input, &signature)
            }
            PrivateKey::P256(key) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref())
                    .verify(input, &signature)
            }
        };
        verified.map_err(|_| KeyFault::Refused)
    }
}

impl Signer for LocalKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn jws(&self, typ: TokenType, payload: &[u8]) -> Answer<String> {
        Answer::Now(self.sign_as(typ, payload))
    }
}

#[cfg(test)]
mod tests;
