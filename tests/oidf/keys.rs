//! Keys of the relying parties, and JWS of any shape made with them.
//!
//! Not the product's signer: modules sign what the product never would.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;
use varco::crypto::digest::base64url;

/// A key pair.
pub(crate) struct Key {
    algorithm: Algorithm,
    private: EncodingKey,
}

impl Key {
    /// RSA with 2048 bits.
    pub(crate) fn rsa(algorithm: Algorithm) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.as_der().unwrap();
        let private = EncodingKey::from_rsa_pem(&pem(der.as_ref())).unwrap();
        Self { algorithm, private }
    }

    /// A compact JWS with exactly this header.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
        let signature = crypto::sign(input.as_bytes(), &self.private, self.algorithm).unwrap();
        format!("{input}.{signature}")
    }
}

fn pem(der: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")).into()
}
