//! A signing key of a sample provider, with its self-signed certificate.
//!
//! Not for production: these keys are made when the sandbox starts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use varco::crypto::certificate::Pem;
use varco::crypto::rsa::RsaSigningKey;

use crate::error::{Doing as _, SandboxError};

/// A key and its certificate.
#[derive(Debug)]
pub struct SigningIdentity {
    key: RsaSigningKey,
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
        let key = RsaSigningKey::from_pkcs8(&pkcs8).doing("read a key")?;
        Ok(Self { key, pkcs8, certificate })
    }

    /// The private key.
    #[must_use]
    pub const fn key(&self) -> &RsaSigningKey {
        &self.key
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
