//! Keys of the sample federation: RSA, as JSON Web Keys, for signatures that are right or wrong on purpose.
//!
//! Not the product's keys and on purpose not its code: whoever is asked signs and verifies with other code
//! than the broker.

use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaKeyPair, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use varco::crypto::certificate::Pem;
use varco::crypto::der;
use varco::crypto::rsa::RsaSigningKey;

use crate::error::{Doing as _, SandboxError};

/// A private key and its name.
#[derive(Debug)]
pub struct Key {
    pair: RsaKeyPair,
    pkcs8: Vec<u8>,
    /// `kid`: the thumbprint (RFC 7638), or whatever somebody called it.
    pub kid: String,
}

/// The keys of everybody in the federation.
#[derive(Debug)]
pub struct Keys {
    /// The trust anchor's; its `kid` is no thumbprint, like the one in production.
    pub anchor: Key,
    /// The intermediate's.
    pub intermediate: Key,
    /// The provider's, for statements.
    pub provider: Key,
    /// The provider's, for tokens.
    pub tokens: Key,
    /// Of somebody who is in no federation.
    pub stranger: Key,
    /// The broker's, for statements.
    pub broker_federation: Key,
    /// The broker's, for requests and assertions.
    pub broker_signing: Key,
    /// The broker's, for which answers are encrypted.
    pub broker_encryption: Key,
}

/// The keys of this process: making them takes longer than everything else.
///
/// # Errors
/// When the library cannot make a key.
pub async fn keys() -> Result<&'static Keys, SandboxError> {
    static KEYS: OnceCell<Keys> = OnceCell::const_new();
    KEYS.get_or_try_init(|| async {
        let mut anchor = Key::generate()?;
        "defaultRSASign".clone_into(&mut anchor.kid);
        Ok(Keys {
            anchor,
            intermediate: Key::generate()?,
            provider: Key::generate()?,
            tokens: Key::generate()?,
            stranger: Key::generate()?,
            broker_federation: Key::generate()?,
            broker_signing: Key::generate()?,
            broker_encryption: Key::generate()?,
        })
    })
    .await
}

/// How something is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what everybody in this federation uses.
    Rs256,
    /// The same with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// A MAC whose key is the public key: key confusion.
    Hs256,
    /// No signature.
    None,
}

impl Algorithm {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Hs256 => "HS256",
            Self::None => "none",
        }
    }
}

impl Key {
    /// A new one of 2048 bits.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn generate() -> Result<Self, SandboxError> {
        let pkcs8 = RsaSigningKey::generate(2048).doing("make a key")?.to_vec();
        let pair = RsaKeyPair::from_pkcs8(&pkcs8).doing("read a new key")?;
        let mut key = Self { pair, pkcs8, kid: String::new() };
        let (n, e) = key.numbers();
        let thumbprint = format!("{{\"e\":\"{e}\",\"kty\":\"RSA\",\"n\":\"{n}\"}}");
        key.kid = encode(digest::digest(&digest::SHA256, thumbprint.as_bytes()));
        Ok(key)
    }

    fn numbers(&self) -> (String, String) {
        let public = self.pair.public_key();
        let modulus = public.modulus().big_endian_without_leading_zero();
        (encode(modulus), encode(public.exponent().big_endian_without_leading_zero()))
    }

    /// The public key: `purpose` is `sig` or `enc`.
    #[must_use]
    pub fn jwk(&self, purpose: &str, algorithm: &str) -> Value {
        let (n, e) = self.numbers();
        json!({"kty": "RSA", "n": n, "e": e, "use": purpose, "alg": algorithm, "kid": self.kid})
    }

    /// A key set with that key alone, for signatures.
    #[must_use]
    pub fn jwks(&self) -> Value {
        json!({"keys": [self.jwk("sig", "RS256")]})
    }

    /// The private key, PKCS#8 in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        Pem::PrivateKey.write(&self.pkcs8).to_string()
    }

    /// The signature over `octets`.
    ///
    /// # Errors
    /// When the library cannot sign.
    #[expect(clippy::disallowed_methods, reason = "aws-lc draws salts itself")]
    pub fn sign(&self, octets: &[u8], with: Algorithm) -> Result<Vec<u8>, SandboxError> {
        let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match with {
            Algorithm::Rs256 => &RSA_PKCS1_SHA256,
            Algorithm::Rs512 => &RSA_PKCS1_SHA512,
            Algorithm::Ps256 => &RSA_PSS_SHA256,
            Algorithm::Hs256 => {
                let (n, _) = self.numbers();
                let key = hmac::Key::new(hmac::HMAC_SHA256, n.as_bytes());
                return Ok(hmac::sign(&key, octets).as_ref().to_vec());
            }
            Algorithm::None => return Ok(Vec::new()),
        };
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        self.pair.sign(padding, &random, octets, &mut signature).doing("sign")?;
        Ok(signature)
    }
}

/// Whether a key of the set verifies the signature; the key is chosen by `kid`, and its own `alg` wins over
/// what the token says.
#[must_use]
pub fn verifies(jwks: &Value, kid: &str, alg: &str, octets: &[u8], signature: &[u8]) -> bool {
    let named = keys_of(jwks).filter(|jwk| {
        text(jwk, "kid") == Some(kid)
            && text(jwk, "use") != Some("enc")
            && text(jwk, "alg").is_none_or(|own| own == alg)
    });
    let mut named = named.peekable();
    let Some(jwk) = named.next() else { return false };
    if named.peek().is_some() {
        return false;
    }
    match (text(jwk, "kty"), alg) {
        (Some("RSA"), "RS256" | "PS256") => {
            let (Some(n), Some(e)) = (octets_of(jwk, "n"), octets_of(jwk, "e")) else {
                return false;
            };
            let key = RsaPublicKeyComponents { n: &n, e: &e };
            let how = if alg == "RS256" {
                &RSA_PKCS1_2048_8192_SHA256
            } else {
                &RSA_PSS_2048_8192_SHA256
            };
            key.verify(how, octets, signature).is_ok()
        }
        (Some("EC"), "ES256") => {
            let (Some(x), Some(y)) = (octets_of(jwk, "x"), octets_of(jwk, "y")) else {
                return false;
            };
            let point = [&[4], x.as_slice(), &y].concat();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            key.verify(octets, signature).is_ok()
        }
        _ => false,
    }
}

/// The key of a set for which answers are encrypted: RSA, and its `kid`.
#[must_use]
pub fn encryption_key(jwks: &Value) -> Option<(PublicEncryptingKey, String)> {
    let jwk = keys_of(jwks).find(|jwk| text(jwk, "use") == Some("enc"))?;
    public_key(jwk).zip(text(jwk, "kid").map(str::to_owned))
}

/// An RSA key that others can encrypt for.
#[must_use]
pub fn public_key(jwk: &Value) -> Option<PublicEncryptingKey> {
    let integer = |name| {
        let octets = octets_of(jwk, name)?;
        // DER integers have a sign, and no octet too many.
        let sign: &[u8] = if octets.first()? & 0x80 == 0 { &[] } else { &[0] };
        Some(der::write(0x02, &[sign, &octets]))
    };
    let pkcs1 = der::write(der::SEQUENCE, &[&integer("n")?, &integer("e")?]);
    // AlgorithmIdentifier rsaEncryption (RFC 3279, section 2.3.1).
    let oid = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    let algorithm = der::write(der::SEQUENCE, &[&oid, &[0x05, 0]]);
    let bits = der::write(0x03, &[&[0], &pkcs1]);
    PublicEncryptingKey::from_der(&der::write(der::SEQUENCE, &[&algorithm, &bits])).ok()
}

fn keys_of(jwks: &Value) -> impl Iterator<Item = &Value> {
    jwks.get("keys").and_then(Value::as_array).into_iter().flatten()
}

fn octets_of(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text(jwk, name)?).ok()
}

/// A member that is text.
#[must_use]
pub fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// base64url without padding.
#[must_use]
pub fn encode(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}
