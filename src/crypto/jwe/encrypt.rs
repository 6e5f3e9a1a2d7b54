//! Encryption to a key that its receiver published.
//!
//! Not the choice of the algorithms: a registration makes it.

use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::agreement::{Party, derive};
use super::{ContentEncryption, Encryption, KeyManagement, content};
use crate::crypto::digest::base64url;
use crate::crypto::jwk::{EncryptionKey, EncryptionMaterial, PublicKeys};
use crate::effects::Effects;

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
        EncryptionMaterial::Rsa(public) => wrapped_for(public, how, fx)?,
        EncryptionMaterial::P256(point) => agreed_with(point, how, &mut header, fx)?,
    };
    let header = base64url(Value::Object(header).to_string().as_bytes());
    let sealed = content::seal(how.content, &content_key, header.as_bytes(), plain, fx)?;
    let rest = [&wrapped, &sealed.vector, &sealed.ciphertext, &sealed.tag];
    Ok(rest.into_iter().fold(header, |token, part| token + "." + &base64url(part)))
}

/// The first of `keys` that is one for `management`.
#[must_use]
pub fn key_for(keys: &PublicKeys, management: KeyManagement) -> Option<&EncryptionKey> {
    keys.encryption().iter().find(|key| {
        let of_kind = match key.material {
            EncryptionMaterial::Rsa(_) => management.is_rsa(),
            EncryptionMaterial::P256(_) => !management.is_rsa(),
        };
        of_kind && key.algorithm.as_deref().is_none_or(|name| name == management.name())
    })
}

/// The content key, and what the receiver needs to find it.
type KeyParts = (Zeroizing<Vec<u8>>, Vec<u8>);

fn fresh_key(content: ContentEncryption, fx: &Effects) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; content.key_length()]);
    fx.fill(&mut key);
    key
}

fn wrapped_for(
    public: &OaepPublicEncryptingKey,
    how: Encryption,
    fx: &Effects,
) -> Result<KeyParts, JweFault> {
    let padding = match how.key {
        KeyManagement::RsaOaep => &OAEP_SHA1_MGF1SHA1,
        _ => &OAEP_SHA256_MGF1SHA256,
    };
    let key = fresh_key(how.content, fx);
    let mut room = vec![0; public.ciphertext_size()];
    let length = public.encrypt(padding, &key, &mut room, None)?.len();
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
    let agreed = agree_ephemeral(ephemeral, receiver, JweFault::Refused, |secret| {
        Ok(derive(secret, how.key, how.content, &Party::UNNAMED))
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
