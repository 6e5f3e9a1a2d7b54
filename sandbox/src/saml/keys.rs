//! A signing key of a sample provider, with its self-signed certificate.
//!
//! Not for production: these keys are made when the sandbox starts.

use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use varco::crypto::certificate::Pem;
use varco::crypto::rsa::RsaSigningKey;

use super::signature::Digest;
use crate::error::{Doing as _, SandboxError};

/// A key and its certificate.
#[derive(Debug)]
pub struct SigningIdentity {
    key: RsaKeyPair,
    pkcs8: Vec<u8>,
    certificate: Vec<u8>,
}

impl SigningIdentity {
    /// A new RSA-2048 key with a certificate for `name`.
    ///
    /// # Errors
    /// When the library cannot make a key or a certificate.
    pub fn generate(name: &str) -> Result<Self, SandboxError> {
        let pkcs8 = RsaSigningKey::generate(2048).doing("make a key")?.to_vec();
        let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &pkcs8.as_slice().into(),
            &rcgen::PKCS_RSA_SHA256,
        )
        .doing("read a new key")?;
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.distinguished_name.push(rcgen::DnType::CountryName, "IT");
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(2044, 1, 1);
        let certificate = params.self_signed(&pair).doing("make a certificate")?.der().to_vec();
        Self::from_parts(pkcs8, certificate)
    }

    /// From a PKCS#8 key and a certificate, both DER.
    ///
    /// # Errors
    /// When the key is not an RSA key.
    pub fn from_parts(pkcs8: Vec<u8>, certificate: Vec<u8>) -> Result<Self, SandboxError> {
        let key = RsaKeyPair::from_pkcs8(&pkcs8).doing("read a key")?;
        Ok(Self { key, pkcs8, certificate })
    }

    /// RSASSA-PKCS1-v1_5 over `octets`: with SHA-512 for [`Digest::Sha512`], else with SHA-256.
    ///
    /// # Errors
    /// When the library cannot sign.
    #[expect(
        clippy::disallowed_methods,
        reason = "PKCS#1 v1.5 padding is deterministic; aws-lc ignores the generator"
    )]
    pub fn sign(&self, octets: &[u8], with: Digest) -> Result<Vec<u8>, SandboxError> {
        let padding = match with {
            Digest::Sha512 => &RSA_PKCS1_SHA512,
            Digest::Sha256 | Digest::Sha1 => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        self.key.sign(padding, &random, octets, &mut signature).doing("sign a message")?;
        Ok(signature)
    }

    /// The same key as the product's own toolkit takes it.
    ///
    /// # Errors
    /// When that cannot read it.
    pub fn signer(&self) -> Result<varco::xml::Signer, SandboxError> {
        let key = RsaSigningKey::from_pkcs8(&self.pkcs8).doing("read a key")?;
        Ok(varco::xml::Signer::new(key, &self.certificate))
    }

    /// The certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate as metadata and `KeyInfo` carry it: base64 of the DER.
    #[must_use]
    pub fn certificate_base64(&self) -> String {
        STANDARD.encode(&self.certificate)
    }

    /// The private key, PKCS#8 in PEM.
    #[must_use]
    pub fn key_pem(&self) -> String {
        Pem::PrivateKey.write(&self.pkcs8).to_string()
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        Pem::Certificate.write(&self.certificate).to_string()
    }
}
