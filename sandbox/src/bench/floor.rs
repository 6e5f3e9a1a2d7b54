//! The crypto floor of a login. By SAML: two RSA-2048 signatures, two verifications, the digests. By OpenID:
//! three signatures (request, assertion, ID token), two verifications, the opening of what is encrypted.
//!
//! Not the product's code: aws-lc-rs called directly, keys parsed beforehand, in one tight loop.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use varco::crypto::rsa::RsaSigningKey;

use super::{process, ratio};
use crate::error::{Doing as _, SandboxError};

/// Rounds of one measure: about a third of a second.
const ROUNDS: u64 = 600;

/// Milliseconds of this thread's processor time for one RSA-2048 signature of a digest.
pub(super) fn one_signature() -> Result<f64, SandboxError> {
    let key = RsaSigningKey::generate(2048).doing("make a key")?;
    let key = RsaSigningKey::from_pkcs8(&key).doing("read a key")?;
    let hashed = digest(&SHA256, b"a token");
    let start = process::thread_cpu_nanoseconds()?;
    for _ in 0..ROUNDS {
        key.sign_sha256(hashed.as_ref()).doing("sign")?;
    }
    Ok(ratio(process::thread_cpu_nanoseconds()?.saturating_sub(start), ROUNDS) / 1e6)
}

/// Milliseconds of this thread's processor time per round. A Response is digested once whole and its
/// Assertion once more: 1.7 times its octets.
pub(super) fn measure(document: &[u8]) -> Result<f64, SandboxError> {
    let key = RsaSigningKey::generate(2048).doing("make a key")?;
    let key = RsaSigningKey::from_pkcs8(&key).doing("read a key")?;
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_pkcs1())
        .doing("read a public key")?;
    let mut octets = document.to_vec();
    octets.extend(document.iter().take(document.len() * 7 / 10));
    let round = || {
        let hashed = digest(&SHA256, &octets);
        for _ in 0..2 {
            let signature = key.sign_sha256(hashed.as_ref()).doing("sign")?;
            public.verify_sig(hashed.as_ref(), &signature).doing("verify")?;
        }
        Ok::<(), SandboxError>(())
    };
    cost(round)
}

/// The same of a login by OpenID whose userinfo is `sealed`: an encrypted token of 4/3 of the octets that are
/// inside, whose own text is as long again.
pub(super) fn measure_openid(sealed: &[u8]) -> Result<f64, SandboxError> {
    let der = RsaSigningKey::generate(2048).doing("make a key")?;
    let key = RsaSigningKey::from_pkcs8(&der).doing("read a key")?;
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_pkcs1())
        .doing("read a public key")?;
    let ours = PrivateDecryptingKey::from_pkcs8(&der).doing("read a key")?;
    let theirs = OaepPublicEncryptingKey::new(ours.public_key()).doing("read a key")?;
    let ours = OaepPrivateDecryptingKey::new(ours).doing("read a key")?;
    let content_key = [7; 64];
    let mut wrapped = vec![0; theirs.ciphertext_size()];
    theirs.encrypt(&OAEP_SHA1_MGF1SHA1, &content_key, &mut wrapped, None).doing("encrypt a key")?;
    let half = |key: &[u8]| UnboundCipherKey::new(&AES_256, key).doing("read a content key");
    let mut body = sealed.iter().take(sealed.len() * 3 / 4).copied().collect::<Vec<_>>();
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(half(&[7; 32])?).doing("encrypt")?;
    let vector = [9; 16];
    cipher
        .less_safe_encrypt(&mut body, EncryptionContext::Iv128(FixedLength::from(vector)))
        .doing("encrypt")?;
    let signature = key.sign_sha256(digest(&SHA256, sealed).as_ref()).doing("sign")?;
    cost(|| {
        let hashed = digest(&SHA256, sealed);
        for _ in 0..3 {
            key.sign_sha256(hashed.as_ref()).doing("sign")?;
        }
        for _ in 0..2 {
            public.verify_sig(hashed.as_ref(), &signature).doing("verify")?;
        }
        let mut unwrapped = vec![0; ours.min_output_size()];
        let opened = ours
            .decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut unwrapped, None)
            .doing("decrypt a key")?;
        let (mac, cipher) = opened.split_at_checked(32).unwrap_or_default();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, mac), &body);
        let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(half(cipher)?).doing("decrypt")?;
        let mut text = body.clone();
        let context = DecryptionContext::Iv128(FixedLength::from(vector));
        cipher.decrypt(&mut text, context).doing("decrypt")?;
        std::hint::black_box((tag, text));
        Ok(())
    })
}

/// Milliseconds of this thread's processor time for one round.
fn cost(round: impl Fn() -> Result<(), SandboxError>) -> Result<f64, SandboxError> {
    for _ in 0..ROUNDS / 10 {
        round()?;
    }
    let start = process::thread_cpu_nanoseconds()?;
    for _ in 0..ROUNDS {
        round()?;
    }
    Ok(ratio(process::thread_cpu_nanoseconds()?.saturating_sub(start), ROUNDS) / 1e6)
}
