//! The content of a JWE under its own key: AES in CBC with an HMAC (RFC 7518, section 5.2), and AES in GCM
//! (section 5.3).
//!
//! Not where that key comes from.

use aws_lc_rs::aead::{
    AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey,
};
use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::ContentEncryption;
use crate::crypto::digest::equal;
use crate::effects::Effects;

/// Octets of the initialisation vector of CBC.
const BLOCK: usize = 16;

/// What the last three parts of a token hold.
pub(super) struct Parts {
    /// Vector of CBC, or nonce of GCM.
    pub(super) vector: Vec<u8>,
    /// As long as the plaintext, with CBC up to 16 octets longer.
    pub(super) ciphertext: Vec<u8>,
    /// Authenticates the two others and the header.
    pub(super) tag: Vec<u8>,
}

/// Encrypts `plain` and authenticates it together with `header`, the first part as it is written.
pub(super) fn seal(
    how: ContentEncryption,
    key: &[u8],
    header: &[u8],
    plain: &[u8],
    fx: &Effects,
) -> Result<Parts, Unspecified> {
    let mut ciphertext = plain.to_vec();
    match how {
        ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => {
            let mut vector = [0; NONCE_LEN];
            fx.fill(&mut vector);
            let nonce = Nonce::assume_unique_for_key(vector);
            let header = Aad::from(header);
            let tag = gcm(how, key)?.seal_in_place_separate_tag(nonce, header, &mut ciphertext)?;
            Ok(Parts { vector: vector.to_vec(), ciphertext, tag: tag.as_ref().to_vec() })
        }
        ContentEncryption::A128CbcHs256 | ContentEncryption::A256CbcHs512 => {
            let (authenticates, encrypts) = halves(how, key)?;
            let mut vector = [0; BLOCK];
            fx.fill(&mut vector);
            let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cbc(encrypts)?)?;
            let context = EncryptionContext::Iv128(FixedLength::from(vector));
            cipher.less_safe_encrypt(&mut ciphertext, context)?;
            let mut tag = authenticated(how, authenticates, header, &vector, &ciphertext);
            tag.truncate(key.len() / 2);
            Ok(Parts { vector: vector.to_vec(), ciphertext, tag })
        }
    }
}

/// The plaintext, if the tag is right.
pub(super) fn open(
    how: ContentEncryption,
    key: &[u8],
    header: &[u8],
    parts: &Parts,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let Parts { vector, ciphertext, tag } = parts;
    let mut octets = Zeroizing::new(ciphertext.clone());
    let length = match how {
        ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => {
            if tag.len() != MAX_TAG_LEN {
                return Err(Unspecified);
            }
            let nonce = Nonce::try_assume_unique_for_key(vector)?;
            octets.extend_from_slice(tag);
            gcm(how, key)?.open_in_place(nonce, Aad::from(header), &mut octets)?.len()
        }
        ContentEncryption::A128CbcHs256 | ContentEncryption::A256CbcHs512 => {
            let (authenticates, encrypts) = halves(how, key)?;
            let vector = <&[u8; BLOCK]>::try_from(vector.as_slice()).map_err(|_| Unspecified)?;
            let mut expected = authenticated(how, authenticates, header, vector, ciphertext);
            expected.truncate(key.len() / 2);
            // Before the padding is looked at: whoever can write the tag knows the content anyway.
            if !equal(&expected, tag) {
                return Err(Unspecified);
            }
            let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(cbc(encrypts)?)?;
            let context = DecryptionContext::Iv128(FixedLength::from(vector));
            cipher.decrypt(&mut octets, context)?.len()
        }
    };
    octets.truncate(length);
    Ok(octets)
}

fn gcm(how: ContentEncryption, key: &[u8]) -> Result<LessSafeKey, Unspecified> {
    let algorithm = if how == ContentEncryption::A128Gcm { &AES_128_GCM } else { &AES_256_GCM };
    Ok(LessSafeKey::new(UnboundKey::new(algorithm, key)?))
}

fn cbc(key: &[u8]) -> Result<UnboundCipherKey, Unspecified> {
    UnboundCipherKey::new(if key.len() == 16 { &AES_128 } else { &AES_256 }, key)
}

/// The half of `key` that authenticates, and the half that encrypts (RFC 7518, section 5.2.2.1).
fn halves(how: ContentEncryption, key: &[u8]) -> Result<(&[u8], &[u8]), Unspecified> {
    if key.len() != how.key_length() {
        return Err(Unspecified);
    }
    key.split_at_checked(key.len() / 2).ok_or(Unspecified)
}

/// The whole MAC over header, vector, ciphertext and the bits of the header; its first half is the tag.
fn authenticated(
    how: ContentEncryption,
    key: &[u8],
    header: &[u8],
    vector: &[u8],
    ciphertext: &[u8],
) -> Vec<u8> {
    let algorithm = match how {
        ContentEncryption::A256CbcHs512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let bits = u64::try_from(header.len()).unwrap_or(u64::MAX).saturating_mul(8);
    let mut mac = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
    for part in [header, vector, ciphertext, &bits.to_be_bytes()] {
        mac.update(part);
    }
    mac.sign().as_ref().to_vec()
}
