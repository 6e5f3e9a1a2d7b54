//! Encrypted answers (compact JWE; RFC 7516, RFC 7518): as CIE sends them, or wrong in one way.
//!
//! Not decryption: the broker does that, with other code.

use std::io::Write as _;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey,
    PublicEncryptingKey,
};
use aws_lc_rs::{digest, hmac};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};

use super::keys::{encode, encryption_key, public_key, text as said};
use super::misbehaviour::{Change, Encoding, Place};
use super::token::{remove, set};
use super::wrong::Wrong;
use crate::error::{Doing as _, SandboxError};

/// `text` encrypted for the encryption key of that set: RSA-OAEP and A256CBC-HS512, as everybody in
/// this federation advertises.
///
/// # Errors
/// When there is no such key.
pub fn seal(text: &str, jwks: &Value, wrong: &Wrong) -> Result<String, SandboxError> {
    let none = || SandboxError::new("encrypt an answer", "the client published no key for it");
    let (public, kid) = encryption_key(jwks).ok_or_else(none)?;
    let header = json!({"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "cty": "JWT", "kid": kid});
    let mut sealed = Sealed {
        content: json!({"header": header}),
        public,
        text: text.as_bytes().to_vec(),
        tampered: None,
    };
    for change in wrong.at(Place::Sealed) {
        match change {
            Change::Set(pointer, said) => set(&mut sealed.content, pointer, wrong.value(said)),
            Change::Remove(pointer) => remove(&mut sealed.content, pointer),
            Change::SignAs(whose) => {
                let other = public_key(&wrong.key(whose).jwk("enc", "RSA-OAEP"));
                sealed.public = other.ok_or_else(none)?;
            }
            Change::Write(Encoding::Zip) => sealed.zip().doing("pack an answer")?,
            Change::Write(Encoding::Tampered(part)) => sealed.tampered = Some(*part),
            _ => {}
        }
    }
    sealed.write().doing("encrypt an answer")
}

struct Sealed {
    /// `{"header": {…}}`.
    content: Value,
    public: PublicEncryptingKey,
    text: Vec<u8>,
    /// Which of the parts behind the header is changed afterwards.
    tampered: Option<usize>,
}

impl Sealed {
    fn zip(&mut self) -> std::io::Result<()> {
        set(&mut self.content, "/header/zip", json!("DEF"));
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&self.text)?;
        // Ten mebibytes of blanks in a few kibibytes.
        packed.write_all(&vec![b' '; 10 << 20])?;
        self.text = packed.finish()?;
        Ok(())
    }

    fn write(self) -> Result<String, Unspecified> {
        let header = self.content.get("header").cloned().unwrap_or_default();
        let (alg, enc) = (said(&header, "alg").unwrap_or_default(), said(&header, "enc"));
        let enc = enc.unwrap_or_default();
        let mut key = vec![0; if enc == "A256CBC-HS512" { 64 } else { 32 }];
        rand::fill(&mut key)?;
        let mut wrapped = vec![0; self.public.key_size_bytes()];
        let length = match alg {
            "RSA1_5" => {
                Pkcs1PublicEncryptingKey::new(self.public)?.encrypt(&key, &mut wrapped)?.len()
            }
            "RSA-OAEP-256" => OaepPublicEncryptingKey::new(self.public)?
                .encrypt(&OAEP_SHA256_MGF1SHA256, &key, &mut wrapped, None)?
                .len(),
            _ => OaepPublicEncryptingKey::new(self.public)?
                .encrypt(&OAEP_SHA1_MGF1SHA1, &key, &mut wrapped, None)?
                .len(),
        };
        wrapped.truncate(if alg == "dir" { 0 } else { length });
        let header = encode(header.to_string());
        let (iv, body, tag) = match enc {
            "A256GCM" => gcm(&key, header.as_bytes(), self.text)?,
            _ => cbc(&key, header.as_bytes(), self.text)?,
        };
        let mut parts = [wrapped, iv, body, tag];
        if let Some(octet) =
            self.tampered.and_then(|part| parts.get_mut(part)).and_then(|part| part.last_mut())
        {
            *octet ^= 1;
        }
        Ok(format!("{header}.{}", parts.map(encode).join(".")))
    }
}

type Parts = (Vec<u8>, Vec<u8>, Vec<u8>);

fn gcm(key: &[u8], aad: &[u8], mut body: Vec<u8>) -> Result<Parts, Unspecified> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce)?;
    let tag = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?).seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(aad),
        &mut body,
    )?;
    Ok((nonce.to_vec(), body, tag.as_ref().to_vec()))
}

/// AES in CBC and HMAC over it (RFC 7518, section 5.2.2): the first half of the key is the MAC's.
fn cbc(key: &[u8], aad: &[u8], mut body: Vec<u8>) -> Result<Parts, Unspecified> {
    let half = key.len() / 2;
    let (mac, cipher) = key.split_at_checked(half).ok_or(Unspecified)?;
    let (algorithm, hmac) =
        if half == 32 { (&AES_256, hmac::HMAC_SHA512) } else { (&AES_128, hmac::HMAC_SHA256) };
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, cipher)?)?;
    let DecryptionContext::Iv128(vector) = cipher.encrypt(&mut body)? else {
        return Err(Unspecified);
    };
    let vector = vector.as_ref().to_vec();
    let bits = u64::try_from(aad.len() * 8).map_err(|_| Unspecified)?.to_be_bytes();
    let input = [aad, &vector, &body, &bits].concat();
    let mut tag = hmac::sign(&hmac::Key::new(hmac, mac), &input).as_ref().to_vec();
    tag.truncate(half);
    Ok((vector, body, tag))
}

/// `at_hash`: the left half of a digest (OpenID Connect Core, section 3.1.3.6).
#[must_use]
pub fn half_digest(text: &str) -> String {
    let whole = digest::digest(&digest::SHA256, text.as_bytes());
    encode(whole.as_ref().split_at(16).0)
}
