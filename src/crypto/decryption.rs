//! Hybrid decryption: content under AES, its key wrapped for us with RSA-OAEP.
//!
//! Not XML and not JOSE, which only share the unwrapping, and no proof of who encrypted: anybody can encrypt for us. A key that does not unwrap
//! is replaced by one that nobody knows (implicit rejection), so that what follows takes one path and
//! ends in one answer. PKCS#1 v2.2, section 7.1; XML Encryption 1.1, sections 5.2 and 5.5.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, AES_128, AES_256, DecryptingKey, DecryptionContext};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    PrivateDecryptingKey, PublicKey,
};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _};
use zeroize::Zeroizing;

use super::certificate::public_key_info;
use super::digest::hmac_sha256;
use super::rsa::KeyFault;
use aws_lc_rs::signature::RsaPublicKeyComponents;

/// Octets of a block of AES, and of the initialisation vector of CBC.
const BLOCK: usize = 16;

/// The content did not decrypt. One reason, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content does not decrypt with any of our keys")]
pub struct Undecryptable;

/// How the content key is wrapped: RSA-OAEP with one digest for the label and the mask (MGF1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTransport {
    /// SHA-1 twice: safe here, because OAEP needs no collision resistance.
    OaepSha1,
    /// SHA-256 twice.
    OaepSha256,
}

impl KeyTransport {
    const fn algorithm(self) -> &'static OaepAlgorithm {
        match self {
            Self::OaepSha1 => &OAEP_SHA1_MGF1SHA1,
            Self::OaepSha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }
}

/// How the content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCipher {
    /// AES-128 in GCM: 12 octets of nonce before, 16 of tag after.
    Aes128Gcm,
    /// AES-256 in GCM.
    Aes256Gcm,
    /// AES-128 in CBC: 16 octets of vector before, padding whose last octet is its length.
    Aes128Cbc,
    /// AES-256 in CBC.
    Aes256Cbc,
}

impl ContentCipher {
    /// Whether a change of the content is noticed.
    #[must_use]
    pub const fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }

    const fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }
}

/// An RSA private key that unwraps content keys.
pub struct DecryptionKey {
    key: OaepPrivateDecryptingKey,
    /// DER `SubjectPublicKeyInfo`.
    public: Vec<u8>,
    /// Makes the content key that stands for one that does not unwrap: the same one for the same
    /// octets, so that asking twice tells nothing more than asking once.
    instead: Zeroizing<[u8; 32]>,
}

impl DecryptionKey {
    /// From PKCS#8 DER, 2048 to 4096 bits.
    ///
    /// # Errors
    /// [`KeyFault::Unreadable`] or [`KeyFault::Size`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyFault> {
        let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| KeyFault::Unreadable)?;
        if !(2048..=4096).contains(&key.key_size_bits()) {
            return Err(KeyFault::Size);
        }
        let public: PublicKeyX509Der<'_> =
            key.public_key().as_der().map_err(|_| KeyFault::Refused)?;
        Ok(Self {
            public: public.as_ref().to_vec(),
            instead: Zeroizing::new(hmac_sha256(der, b"varco implicit rejection v1")),
            key: OaepPrivateDecryptingKey::new(key).map_err(|_| KeyFault::Refused)?,
        })
    }

    /// Modulus and exponent of its public half, big-endian, without leading zeros.
    pub(super) fn public_numbers(&self) -> Result<(Vec<u8>, Vec<u8>), KeyFault> {
        let public = PublicKey::from_der(&self.public).map_err(|_| KeyFault::Refused)?;
        let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::from(&public);
        Ok((n, e))
    }

    /// Whether the certificate (DER) is that of this key.
    #[must_use]
    pub fn is_of(&self, certificate: &[u8]) -> bool {
        public_key_info(certificate).is_ok_and(|public| public == self.public)
    }

    /// At least 256 octets that begin with the content key, and whether they do.
    pub(super) fn unwrap(
        &self,
        transport: KeyTransport,
        wrapped: &[u8],
        length: usize,
    ) -> (Zeroizing<Vec<u8>>, Choice) {
        let mut room = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let found = self.key.decrypt(transport.algorithm(), wrapped, &mut room, None);
        let found = found.map_or(0, |key| key.len());
        (room, found.ct_eq(&length))
    }
}

impl std::fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DecryptionKey")
    }
}

/// At least `length` octets, at most 64, that begin with the key that one of `keys` unwrapped, or with one
/// that nobody knows. `None` only without any key.
pub(super) fn content_key(
    keys: &[&DecryptionKey],
    transport: KeyTransport,
    wrapped: &[u8],
    length: usize,
) -> Option<Zeroizing<[u8; 64]>> {
    let instead = keys.first()?.instead.as_slice();
    let half = Zeroizing::new(hmac_sha256(instead, wrapped));
    let other = Zeroizing::new(hmac_sha256(instead, half.as_slice()));
    let mut chosen = Zeroizing::new([0; 64]);
    for (place, octet) in chosen.iter_mut().zip(half.iter().chain(other.iter())) {
        *place = *octet;
    }
    for key in keys {
        let (room, fits) = key.unwrap(transport, wrapped, length);
        for (place, octet) in chosen.iter_mut().zip(room.iter()) {
            place.conditional_assign(octet, fits);
        }
    }
    Some(chosen)
}

/// What somebody encrypted for us.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// How the content key is wrapped.
    pub transport: KeyTransport,
    /// The wrapped content key.
    pub wrapped: Vec<u8>,
    /// How the content is encrypted.
    pub cipher: ContentCipher,
    /// Nonce or vector, content, tag.
    pub content: Vec<u8>,
}

impl Sealed {
    /// Decrypts with whichever of `keys` fits; each of them is tried, whatever the others say.
    ///
    /// Under CBC nothing says whether the content is genuine: a wrong key gives octets without
    /// meaning, wrong padding gives octets that end in NUL, which no XML holds.
    ///
    /// # Errors
    /// [`Undecryptable`].
    pub fn open(&self, keys: &[Arc<DecryptionKey>]) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
        let keys: Vec<&DecryptionKey> = keys.iter().map(|key| &**key).collect();
        let length = self.cipher.key_length();
        let key = content_key(&keys, self.transport, &self.wrapped, length).ok_or(Undecryptable)?;
        let key = key.get(..self.cipher.key_length()).ok_or(Undecryptable)?;
        match self.cipher {
            ContentCipher::Aes128Gcm => self.open_gcm(UnboundKey::new(&AES_128_GCM, key)),
            ContentCipher::Aes256Gcm => self.open_gcm(UnboundKey::new(&AES_256_GCM, key)),
            ContentCipher::Aes128Cbc => self.open_cbc(cipher::UnboundCipherKey::new(&AES_128, key)),
            ContentCipher::Aes256Cbc => self.open_cbc(cipher::UnboundCipherKey::new(&AES_256, key)),
        }
    }

    fn open_gcm(
        &self,
        key: Result<UnboundKey, aws_lc_rs::error::Unspecified>,
    ) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
        let key = LessSafeKey::new(key.map_err(|_| Undecryptable)?);
        let (nonce, body) = self.content.split_at_checked(NONCE_LEN).ok_or(Undecryptable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Undecryptable)?;
        let mut octets = Zeroizing::new(body.to_vec());
        let length =
            key.open_in_place(nonce, Aad::empty(), &mut octets).map_err(|_| Undecryptable)?.len();
        octets.truncate(length);
        Ok(octets)
    }

    fn open_cbc(
        &self,
        key: Result<cipher::UnboundCipherKey, aws_lc_rs::error::Unspecified>,
    ) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
        let key = key.and_then(DecryptingKey::cbc).map_err(|_| Undecryptable)?;
        let (vector, body) = self.content.split_first_chunk::<BLOCK>().ok_or(Undecryptable)?;
        let mut octets = Zeroizing::new(body.to_vec());
        let context = DecryptionContext::Iv128(FixedLength::from(vector));
        // Refused only for its length, which is no secret.
        key.decrypt(&mut octets, context).map_err(|_| Undecryptable)?;
        let last = octets.last_mut().ok_or(Undecryptable)?;
        // The last octet is part of the padding and falls with it, or marks what has none.
        let padding = std::mem::replace(last, 0);
        let sound = !padding.ct_eq(&0) & !padding.ct_gt(&16);
        let cut = u8::conditional_select(&0, &padding, sound);
        let length = octets.len() - usize::from(cut);
        octets.truncate(length);
        Ok(octets)
    }
}

#[cfg(test)]
mod tests;
