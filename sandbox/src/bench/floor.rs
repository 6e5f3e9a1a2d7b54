//! The crypto floor of a login: two RSA-2048 signatures, two verifications, the digests.
//!
//! Not the product's code: aws-lc-rs called directly, keys parsed beforehand, in one tight loop.

use aws_lc_rs::digest::{SHA256, digest};
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
    for _ in 0..ROUNDS / 10 {
        round()?;
    }
    let start = process::thread_cpu_nanoseconds()?;
    for _ in 0..ROUNDS {
        round()?;
    }
    Ok(ratio(process::thread_cpu_nanoseconds()?.saturating_sub(start), ROUNDS) / 1e6)
}
