//! Sealing: AES-256-GCM over a value, bound to the place where it is kept.
//!
//! Not for messages to others: only this deployment opens what it sealed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::crypto::digest::hmac_sha256;
use crate::effects::Effects;

/// Why a sealed value did not open: another key, another place, or changed octets. One reason, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open: another key, another place, or changed octets")]
pub struct Unopened;

/// One sealing key, and the keys derived from the same secret for other uses.
pub struct Sealer {
    key: LessSafeKey,
    secret: Zeroizing<Vec<u8>>,
}

impl Sealer {
    /// From a deployment secret of at least 32 octets; `None` when it is shorter.
    #[must_use]
    pub fn new(secret: &[u8]) -> Option<Self> {
        if secret.len() < 32 {
            return None;
        }
        let key = Zeroizing::new(hmac_sha256(secret, b"varco sealing v1"));
        let unbound = UnboundKey::new(&AES_256_GCM, key.as_slice()).ok()?;
        Some(Self { key: LessSafeKey::new(unbound), secret: Zeroizing::new(secret.to_vec()) })
    }

    /// A key for another use, independent of the sealing key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac_sha256(&self.secret, format!("varco derived {purpose}").as_bytes()))
    }

    /// Nonce, ciphertext and tag, bound to `place`.
    ///
    /// # Errors
    /// When aws-lc refuses, which a fresh 96-bit nonce and a short value never cause.
    pub fn seal(&self, place: &[u8], value: &[u8], fx: &Effects) -> Result<Vec<u8>, Unopened> {
        let mut nonce = [0_u8; NONCE_LEN];
        fx.fill(&mut nonce);
        let mut out = Vec::with_capacity(NONCE_LEN + value.len() + 16);
        out.extend_from_slice(&nonce);
        let mut body = value.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut body,
            )
            .map_err(|_| Unopened)?;
        out.append(&mut body);
        Ok(out)
    }

    /// The value, if it was sealed by this key for this `place`.
    ///
    /// # Errors
    /// [`Unopened`] in every other case.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(Unopened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopened)?;
        let mut body = body.to_vec();
        let length =
            self.key.open_in_place(nonce, Aad::from(place), &mut body).map_err(|_| Unopened)?.len();
        body.truncate(length);
        Ok(Zeroizing::new(body))
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}
