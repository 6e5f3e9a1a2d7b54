//! What both sides of ECDH-ES make of the secret they agree on (RFC 7518, section 4.6.2).
//!
//! Not the agreement itself, which is the library's, and which checks that a point is on the curve.

use zeroize::Zeroizing;

use super::{ContentEncryption, KeyManagement};
use crate::crypto::digest::sha256;

/// What the derivation is bound to: the algorithm that uses the key, and the names the two sides gave.
pub(super) struct Party<'p> {
    /// `apu`, decoded; mostly nobody.
    pub(super) sender: &'p [u8],
    /// `apv`, decoded.
    pub(super) receiver: &'p [u8],
}

impl Party<'_> {
    /// Nobody gave a name.
    pub(super) const UNNAMED: Self = Party { sender: &[], receiver: &[] };
}

/// The key that `management` makes of `secret`: the one for the content, or the one that wraps it.
pub(super) fn derive(
    secret: &[u8],
    management: KeyManagement,
    content: ContentEncryption,
    party: &Party<'_>,
) -> Zeroizing<Vec<u8>> {
    match management {
        KeyManagement::EcdhEsA256Kw => concat_kdf(secret, management.name(), 32, party),
        _ => concat_kdf(secret, content.name(), content.key_length(), party),
    }
}

/// The Concat KDF with SHA-256; each round gives 32 octets.
fn concat_kdf(
    secret: &[u8],
    algorithm: &str,
    length: usize,
    party: &Party<'_>,
) -> Zeroizing<Vec<u8>> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes();
    let mut key = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(32)));
    for round in 1..=length.div_ceil(32) {
        let mut input = Zeroizing::new(number(round).to_vec());
        input.extend_from_slice(secret);
        for name in [algorithm.as_bytes(), party.sender, party.receiver] {
            input.extend_from_slice(&number(name.len()));
            input.extend_from_slice(name);
        }
        input.extend_from_slice(&number(length * 8));
        key.extend_from_slice(&sha256(&input));
    }
    key.truncate(length);
    key
}
