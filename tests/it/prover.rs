//! A client's key for DPoP (RFC 9449), and the proofs it makes.
//!
//! Not the product's verification: forged proofs are tried there.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use varco::crypto::digest::{base64url, sha256};

use crate::provider_world::NOW;

/// A P-256 key.
pub(crate) struct Prover {
    pair: EcdsaKeyPair,
    jwk: Value,
    proofs: AtomicU64,
}

impl Prover {
    pub(crate) fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let jwk = json!({"crv": "P-256", "kty": "EC", "x": base64url(x), "y": base64url(y)});
        Self { pair, jwk, proofs: AtomicU64::new(0) }
    }

    /// The public key, under its thumbprint as its name.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = self.jwk.clone();
        for (name, value) in [("use", "sig"), ("alg", "ES256"), ("kid", &self.thumbprint())] {
            jwk[name] = value.into();
        }
        jwk
    }

    /// RFC 7638.
    pub(crate) fn thumbprint(&self) -> String {
        base64url(&sha256(self.jwk.to_string().as_bytes()))
    }

    /// A fresh proof for one request, made at the moment of the scripted clock's start.
    pub(crate) fn proof(&self, method: &str, uri: &str, token: Option<&str>) -> String {
        self.proof_with(method, uri, token, &json!({}))
    }

    /// The same with other claims.
    pub(crate) fn proof_with(
        &self,
        method: &str,
        uri: &str,
        token: Option<&str>,
        changes: &Value,
    ) -> String {
        let id = format!("proof {}", self.proofs.fetch_add(1, Ordering::SeqCst));
        let mut claims = json!({"jti": id, "htm": method, "htu": uri, "iat": NOW});
        if let Some(token) = token {
            claims["ath"] = base64url(&sha256(token.as_bytes())).into();
        }
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.sign(&json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}), &claims)
    }

    /// A compact JWS of any kind.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature.as_ref()))
    }
}
