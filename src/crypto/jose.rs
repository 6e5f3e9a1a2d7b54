//! Compact JWS made with keys that are parsed once (RFC 7515, section 3.1), and the public JWK of
//! such a key (RFC 7517; its name is the thumbprint of RFC 7638).
//!
//! Not a decoder: what others signed is verified with `jsonwebtoken`, by keys bound to one algorithm
//! at registration. Signing happens on the worker thread: 0.23 ms is too short for another pool.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::digest::{base64url, sha256};
use super::rsa::{KeyFault, RsaSigningKey};

/// How a token is signed. Nothing else is ever signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the default.
    RS256,
    /// ECDSA with P-256 and SHA-256.
    ES256,
}

impl SigningAlgorithm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::RS256, Self::ES256];

    /// The name on the wire (RFC 7518, section 3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::ES256 => "ES256",
        }
    }
}

/// One private key, ready to sign: parsed, named, its JWS header encoded.
#[derive(Debug)]
pub struct Signer {
    kid: String,
    /// `base64url(header) + "."`
    header: String,
    jwk: Value,
    key: PrivateKey,
}

#[derive(Debug)]
enum PrivateKey {
    Rsa(RsaSigningKey),
    P256(EcdsaKeyPair),
}

impl Signer {
    /// From PKCS#8 DER. Signs once and verifies that with the public half, so that a damaged key is
    /// found at start and not by a relying party.
    ///
    /// # Errors
    /// [`KeyFault`] when the key is not one for `algorithm`, or does not verify what it signed.
    pub fn from_pkcs8(algorithm: SigningAlgorithm, der: &[u8]) -> Result<Self, KeyFault> {
        let (key, members) = match algorithm {
            SigningAlgorithm::RS256 => {
                let key = RsaSigningKey::from_pkcs8(der)?;
                let public = aws_lc_rs::rsa::PublicKey::from_der(&key.public_pkcs1())
                    .map_err(|_| KeyFault::Unreadable)?;
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(&public);
                let members = [("e", base64url(&public.e)), ("n", base64url(&public.n))];
                (PrivateKey::Rsa(key), members)
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
                let members = [("x", base64url(x)), ("y", base64url(y))];
                (PrivateKey::P256(key), members)
            }
        };
        let [(first, one), (second, two)] = members;
        // RFC 7638, section 3.2: the required members alone, in lexicographic order, no blanks.
        let (kty, thumbprinted) = match algorithm {
            SigningAlgorithm::RS256 => {
                ("RSA", format!(r#"{{"{first}":"{one}","kty":"RSA","{second}":"{two}"}}"#))
            }
            SigningAlgorithm::ES256 => (
                "EC",
                format!(r#"{{"crv":"P-256","kty":"EC","{first}":"{one}","{second}":"{two}"}}"#),
            ),
        };
        let kid = base64url(&sha256(thumbprinted.as_bytes()));
        let mut jwk = json!({"kty": kty, "use": "sig", "alg": algorithm.name(), "kid": kid, first: one, second: two});
        if let (SigningAlgorithm::ES256, Some(members)) = (algorithm, jwk.as_object_mut()) {
            members.insert("crv".to_owned(), "P-256".into());
        }
        let header = json!({"alg": algorithm.name(), "kid": kid, "typ": "JWT"}).to_string();
        let signer = Self { header: base64url(header.as_bytes()) + ".", kid, jwk, key };
        signer.prove()?;
        Ok(signer)
    }

    /// A new key as PKCS#8 DER: RSA with 2048 bits, or P-256.
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot make one.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        match algorithm {
            SigningAlgorithm::RS256 => RsaSigningKey::generate(2048),
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
        &self.kid
    }

    /// The public key as a JWK, with `use`, `alg` and `kid`.
    #[must_use]
    pub const fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// A compact JWS of type `JWT` over the octets of `payload` (a JSON object).
    ///
    /// # Errors
    /// [`KeyFault::Refused`] when the library cannot sign.
    pub fn sign(&self, payload: &[u8]) -> Result<String, KeyFault> {
        // 342 is an RSA-2048 signature, the longest usual one.
        let mut token =
            String::with_capacity(self.header.len() + payload.len().div_ceil(3) * 4 + 343);
        token.push_str(&self.header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "aws-lc draws the ECDSA nonce itself and ignores the generator"
    )]
    fn signature(&self, input: &[u8]) -> Result<Vec<u8>, KeyFault> {
        match &self.key {
            PrivateKey::Rsa(key) => key.sign_sha256(input),
            PrivateKey::P256(key) => key
                .sign(&aws_lc_rs::rand::SystemRandom::new(), input)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| KeyFault::Refused),
        }
    }

    fn prove(&self) -> Result<(), KeyFault> {
        let input = b"first signature";
        let signature = self.signature(input)?;
        let verified = match &self.key {
            PrivateKey::Rsa(key) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_pkcs1())
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

#[cfg(test)]
mod tests;
