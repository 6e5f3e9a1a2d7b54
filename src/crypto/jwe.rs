//! Encryption of an answer to a key that its receiver published: a compact JWE (RFC 7516, section 3.1; RFC
//! 7518, sections 4 and 5).
//!
//! Not decryption: nothing here is encrypted for us. `RSA1_5`, `dir`, wrapping with a shared secret,
//! passwords and `zip` have no name here, so no registration can ask for them.

#[cfg(test)]
mod tests;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::digest::{base64url, hmac_sha256, sha256};
use super::jwk::{EncryptionKey, EncryptionMaterial, PublicKeys};
use crate::effects::Effects;

/// How a content key is wrapped or agreed on (RFC 7518, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyManagement {
    /// `RSA-OAEP-256`: a fresh key, wrapped.
    RsaOaep256,
    /// `ECDH-ES`: the agreed key itself.
    EcdhEs,
    /// `ECDH-ES+A256KW`: a fresh key, wrapped with the agreed one.
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA256Kw];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }
}

/// How content is encrypted (RFC 7518, section 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentEncryption {
    /// `A128CBC-HS256`: what a registration without `enc` means.
    #[default]
    A128CbcHs256,
    /// `A128GCM`.
    A128Gcm,
    /// `A256GCM`.
    A256Gcm,
}

impl ContentEncryption {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::A128CbcHs256, Self::A128Gcm, Self::A256Gcm];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// Octets of its key; with CBC the first half authenticates.
    const fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A128CbcHs256 | Self::A256Gcm => 32,
        }
    }
}

/// Encryption of an answer, as a registration asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// `alg`.
    pub key: KeyManagement,
    /// `enc`.
    pub content: ContentEncryption,
}

/// Why nothing was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JweFault {
    /// The receiver published no key for the algorithm it registered.
    #[error("the receiver has no encryption key for {0}")]
    NoKey(&'static str),
    /// The library refused.
    #[error("the cryptographic library refused the operation")]
    Refused,
}

impl From<Unspecified> for JweFault {
    fn from(_: Unspecified) -> Self {
        Self::Refused
    }
}

/// Encrypts `plain` to the first of `keys` that is one for `how`. `content_type` is `JWT` for a nested token
/// (RFC 7519, section 5.2).
///
/// # Errors
/// [`JweFault`].
pub fn encrypt(
    keys: &PublicKeys,
    how: Encryption,
    content_type: Option<&str>,
    plain: &[u8],
    fx: &Effects,
) -> Result<String, JweFault> {
    let key = key_for(keys, how.key).ok_or(JweFault::NoKey(how.key.name()))?;
    let mut header = Map::new();
    header.insert("alg".to_owned(), how.key.name().into());
    header.insert("enc".to_owned(), how.content.name().into());
    if let Some(kid) = &key.kid {
        header.insert("kid".to_owned(), kid.as_str().into());
    }
    if let Some(content_type) = content_type {
        header.insert("cty".to_owned(), content_type.into());
    }
    let (content_key, wrapped) = match &key.material {
        EncryptionMaterial::Rsa(public) => wrapped_for(public, how.content, fx)?,
        EncryptionMaterial::P256(point) => agreed_with(point, how, &mut header, fx)?,
    };
    let header = base64url(Value::Object(header).to_string().as_bytes());
    let (vector, sealed, tag) = match how.content {
        ContentEncryption::A128CbcHs256 => cbc(&content_key, header.as_bytes(), plain, fx)?,
        ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => {
            gcm(&content_key, header.as_bytes(), plain, fx)?
        }
    };
    Ok([header, base64url(&wrapped), base64url(&vector), base64url(&sealed), base64url(&tag)]
        .join("."))
}

/// The first of `keys` that is one for `management`.
#[must_use]
pub fn key_for(keys: &PublicKeys, management: KeyManagement) -> Option<&EncryptionKey> {
    keys.encryption().iter().find(|key| {
        let of_kind = match key.material {
            EncryptionMaterial::Rsa(_) => management == KeyManagement::RsaOaep256,
            EncryptionMaterial::P256(_) => management != KeyManagement::RsaOaep256,
        };
        of_kind && key.algorithm.as_deref().is_none_or(|name| name == management.name())
    })
}

/// The content key, and what the receiver needs to find it.
type KeyParts = (Zeroizing<Vec<u8>>, Vec<u8>);
/// Initialisation vector, ciphertext and tag.
type ContentParts = (Vec<u8>, Vec<u8>, Vec<u8>);

fn fresh_key(content: ContentEncryption, fx: &Effects) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; content.key_length()]);
    fx.fill(&mut key);
    key
}

fn wrapped_for(
    public: &OaepPublicEncryptingKey,
    content: ContentEncryption,
    fx: &Effects,
) -> Result<KeyParts, JweFault> {
    let key = fresh_key(content, fx);
    let mut room = vec![0; public.ciphertext_size()];
    let length = public.encrypt(&OAEP_SHA256_MGF1SHA256, &key, &mut room, None)?.len();
    room.truncate(length);
    Ok((key, room))
}

/// A fresh pair for each token; its public half goes into the header as `epk`.
#[expect(
    clippy::disallowed_methods,
    reason = "aws-lc draws the key itself and ignores the generator"
)]
fn agreed_with(
    point: &[u8],
    how: Encryption,
    header: &mut Map<String, Value>,
    fx: &Effects,
) -> Result<KeyParts, JweFault> {
    let ephemeral =
        EphemeralPrivateKey::generate(&ECDH_P256, &aws_lc_rs::rand::SystemRandom::new())?;
    let public = ephemeral.compute_public_key()?;
    let (x, y) = public
        .as_ref()
        .strip_prefix(&[4])
        .and_then(|point| point.split_at_checked(32))
        .ok_or(JweFault::Refused)?;
    let epk = json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
    header.insert("epk".to_owned(), epk);
    let receiver = UnparsedPublicKey::new(&ECDH_P256, point);
    let (name, length) = match how.key {
        KeyManagement::EcdhEsA256Kw => (how.key.name(), 32),
        _ => (how.content.name(), how.content.key_length()),
    };
    let agreed = agree_ephemeral(ephemeral, receiver, JweFault::Refused, |secret| {
        Ok(concat_kdf(secret, name, length))
    })?;
    if how.key != KeyManagement::EcdhEsA256Kw {
        return Ok((agreed, Vec::new()));
    }
    let key = fresh_key(how.content, fx);
    let mut room = vec![0; key.len() + 8];
    let length = AesKek::new(&AES_256, &agreed)?.wrap(&key, &mut room)?.len();
    room.truncate(length);
    Ok((key, room))
}

/// One round of the Concat KDF with SHA-256, which gives up to 32 octets; neither side gives a name
/// (RFC 7518, section 4.6.2).
fn concat_kdf(secret: &[u8], algorithm: &str, length: usize) -> Zeroizing<Vec<u8>> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes();
    let mut input = Zeroizing::new(number(1).to_vec());
    input.extend_from_slice(secret);
    input.extend_from_slice(&number(algorithm.len()));
    input.extend_from_slice(algorithm.as_bytes());
    // The two names, both empty, then the length in bits.
    for count in [0, 0, length * 8] {
        input.extend_from_slice(&number(count));
    }
    let mut key = Zeroizing::new(sha256(&input).to_vec());
    key.truncate(length);
    key
}

fn gcm(key: &[u8], header: &[u8], plain: &[u8], fx: &Effects) -> Result<ContentParts, JweFault> {
    let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
    let mut vector = [0; NONCE_LEN];
    fx.fill(&mut vector);
    let mut sealed = plain.to_vec();
    let nonce = Nonce::assume_unique_for_key(vector);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header), &mut sealed)?;
    Ok((vector.to_vec(), sealed, tag.as_ref().to_vec()))
}

/// RFC 7518, section 5.2.2: encrypt, then authenticate header, vector and ciphertext.
fn cbc(key: &[u8], header: &[u8], plain: &[u8], fx: &Effects) -> Result<ContentParts, JweFault> {
    let (authenticates, encrypts) = key.split_at_checked(16).ok_or(JweFault::Refused)?;
    let mut vector = [0; 16];
    fx.fill(&mut vector);
    let mut sealed = plain.to_vec();
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, encrypts)?)?;
    let context = EncryptionContext::Iv128(FixedLength::from(vector));
    cipher.less_safe_encrypt(&mut sealed, context)?;
    let bits = u64::try_from(header.len() * 8).map_err(|_| JweFault::Refused)?;
    let authenticated = [header, &vector, &sealed, &bits.to_be_bytes()].concat();
    let mut tag = hmac_sha256(authenticates, &authenticated).to_vec();
    tag.truncate(16);
    Ok((vector.to_vec(), sealed, tag))
}
