//! A client certificate as proof that its holder has the private key, and of nothing else.
//!
//! Not trust: any issuer, any date, any purpose pass. Who may use such a certificate is decided where
//! it is used: against a client's registered keys, or against authorities (RFC 8705, section 2).

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::provider;

/// Asks for a certificate, and verifies that the handshake was signed with its key.
#[derive(Debug)]
pub struct Possession {
    mandatory: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Possession {
    /// `mandatory`: a handshake without a certificate fails.
    #[must_use]
    pub fn verifier(mandatory: bool) -> Arc<dyn ClientCertVerifier> {
        let algorithms = provider().signature_verification_algorithms;
        Arc::new(Self { mandatory, algorithms })
    }
}

impl ClientCertVerifier for Possession {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    /// None: a client with a self-signed certificate would find no authority of its own among them.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    // The two proofs of possession. Without them anybody could show anybody's certificate.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
