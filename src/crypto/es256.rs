//! ECDSA on P-256 with SHA-256, by a bare point: what an authenticator signs with (COSE's `ES256`).
//!
//! Not JOSE, whose signatures have another form (`jws`).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};

/// A public key: an uncompressed point that lies on the curve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Point([u8; 65]);

impl Point {
    /// From `04 ‖ x ‖ y`; `None` when it is no point of P-256.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let point: [u8; 65] = octets.try_into().ok()?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok()?;
        Some(Self(point))
    }

    /// `04 ‖ x ‖ y`.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 65] {
        &self.0
    }

    /// Whether `signature` (a DER sequence of two integers) is of `message` by this key.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, self.0)
            .is_ok_and(|key| key.verify_sig(message, signature).is_ok())
    }
}

impl std::fmt::Debug for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Point(…)")
    }
}
