//! Keys of the relying parties, and JWS of any shape made with them.
//!
//! Not the product's signer: modules sign what the product never would.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use varco::crypto::digest::{base64url, sha256};

/// A key pair.
pub(crate) struct Key {
    algorithm: Algorithm,
    private: EncodingKey,
    /// The public half, with `alg`, `use` and `kid`.
    pub(crate) public: Value,
}

impl Key {
    /// P-256, for ES256.
    pub(crate) fn p256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let private = EncodingKey::from_ec_pem(&pem(pair.to_pkcs8v1().unwrap().as_ref())).unwrap();
        // An uncompressed point: 04, x, y (SEC 1, section 2.3.3).
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let public = json!({
            "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y),
            "use": "sig", "alg": "ES256", "kid": kid,
        });
        Self { algorithm: Algorithm::ES256, private, public }
    }

    /// RSA with 2048 bits.
    pub(crate) fn rsa(kid: &str, algorithm: Algorithm) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.as_der().unwrap();
        let private = EncodingKey::from_rsa_pem(&pem(der.as_ref())).unwrap();
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let public = json!({
            "kty": "RSA", "n": base64url(&parts.n), "e": base64url(&parts.e),
            "use": "sig", "alg": format!("{algorithm:?}"), "kid": kid,
        });
        Self { algorithm, private, public }
    }

    /// A compact JWS with exactly this header; signed as it says where the key can, unsigned for
    /// `none`, and otherwise as the key is registered.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
        let named = header["alg"].as_str().unwrap_or_default();
        if named == "none" {
            return format!("{input}.");
        }
        let rsa = [Algorithm::PS256, Algorithm::RS256];
        let algorithm = rsa
            .into_iter()
            .find(|known| rsa.contains(&self.algorithm) && format!("{known:?}") == named)
            .unwrap_or(self.algorithm);
        let signature = crypto::sign(input.as_bytes(), &self.private, algorithm).unwrap();
        format!("{input}.{signature}")
    }

    /// `kid`.
    pub(crate) fn name(&self) -> &str {
        self.public["kid"].as_str().unwrap()
    }

    /// `alg`.
    pub(crate) fn algorithm(&self) -> &str {
        self.public["alg"].as_str().unwrap()
    }

    /// The public members that a proof shows.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = self.public.clone();
        for member in ["use", "alg", "kid"] {
            shown.as_object_mut().unwrap().remove(member);
        }
        shown
    }

    /// RFC 7638, with SHA-256.
    pub(crate) fn thumbprint(&self) -> String {
        // A map of serde is ordered by name, and these are the required members.
        base64url(&sha256(self.shown().to_string().as_bytes()))
    }
}

/// A certificate with its key, for a client or for the broker's own listener.
pub(crate) struct Certificate {
    /// The certificate alone, PEM.
    pub(crate) chain: String,
    /// Its key, PEM.
    pub(crate) key: String,
    /// Its public key, as a client registers it.
    pub(crate) public: Value,
}

impl Certificate {
    /// One that nobody vouches for.
    pub(crate) fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key);
        Self::of(&certificate.unwrap(), &key)
    }

    /// One that [`Authority`] issued.
    pub(crate) fn issued(name: &str, authority: &Authority) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        Self::of(&params.signed_by(&key, &authority.issuer).unwrap(), &key)
    }

    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let (x, y) = key.public_key_raw()[1..].split_at(32);
        let public = json!({
            "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y), "alg": "ES256",
            "use": "sig", "kid": base64url(&sha256(certificate.der())),
        });
        Self { chain: certificate.pem(), key: key.serialize_pem(), public }
    }
}

/// An authority that issues to clients.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, PEM.
    pub(crate) chain: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let chain = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), chain }
    }
}

fn pem(der: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")).into()
}
