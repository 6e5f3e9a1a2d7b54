//! SHA-256, HMAC-SHA-256 and constant-time comparison; SHA-1 where others' formats want it.
//!
//! Not for passwords: those need a slow function.

use std::fmt::Write as _;

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// SHA-256 of the octets.
#[must_use]
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (place, octet) in out.iter_mut().zip(digest::digest(&digest::SHA256, octets).as_ref()) {
        *place = *octet;
    }
    out
}

/// HMAC-SHA-256 of `octets` under `key`.
#[must_use]
pub fn hmac_sha256(key: &[u8], octets: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), octets);
    for (place, octet) in out.iter_mut().zip(tag.as_ref()) {
        *place = *octet;
    }
    out
}

/// HMAC-SHA-1 of `octets` under `key`: what the apps that show one-time passwords compute (RFC 6238). As
/// a keyed function it is sound; SHA-1 alone signs nothing here.
#[must_use]
pub fn hmac_sha1(key: &[u8], octets: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), octets);
    for (place, octet) in out.iter_mut().zip(tag.as_ref()) {
        *place = *octet;
    }
    out
}

/// SHA-1 of the octets: the name under which lists of leaked passwords file them, and nothing else.
#[must_use]
pub fn sha1(octets: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    let whole = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, octets);
    for (place, octet) in out.iter_mut().zip(whole.as_ref()) {
        *place = *octet;
    }
    out
}

/// Equal, in a time that does not depend on where they differ. Lengths are not secret.
#[must_use]
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// Two digits for each octet, lower case.
#[must_use]
pub fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// base64url without padding (RFC 7515, section 2).
#[must_use]
pub fn base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}
