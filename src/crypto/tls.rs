//! TLS as a server: who we are on a listener, and which certificate a peer may show.
//!
//! Not sockets (`app` listens) and no judgement about a peer: the verifier of a listener says what was
//! checked, and one listener has one. TLS 1.2 with the suites of BCP 195 (RFC 9325, section 4.2) and
//! TLS 1.3; nothing older and nothing weaker (FAPI 2.0 Security Profile, section 5.2).

mod possession;

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{cipher_suite, default_provider};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{
    ClientHello, NoClientAuth, NoServerSessionStorage, ResolvesServerCert, ServerConfig,
};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

use super::certificate;
use crate::effects::Timestamp;

pub use possession::Possession;

/// Why a pair of files cannot be shown on a listener. No text repeats what stands in a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    /// The first file.
    #[error("holds no certificate in PEM")]
    NoCertificate,
    /// The second file.
    #[error("holds no private key in PEM")]
    NoKey,
    /// They are two strangers.
    #[error("is not the key of the certificate")]
    KeyMismatch,
    /// A kind of key that TLS does not use, or a certificate that nobody reads.
    #[error("cannot be used: {0}")]
    Unusable(String),
}

/// A certificate chain with its private key, known to belong together.
#[derive(Clone)]
pub struct ServerIdentity {
    key: Arc<CertifiedKey>,
    not_after: Timestamp,
}

impl ServerIdentity {
    /// From PEM: the chain, the server's own certificate first, and its key (PKCS#8, PKCS#1 or SEC1).
    ///
    /// # Errors
    /// [`IdentityFault`]
    pub fn read(chain: &[u8], key: &[u8]) -> Result<Self, IdentityFault> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| IdentityFault::NoCertificate)?;
        let own = chain.first().ok_or(IdentityFault::NoCertificate)?;
        let not_after = certificate::not_after(own)
            .map_err(|fault| IdentityFault::Unusable(fault.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| IdentityFault::NoKey)?;
        let certified =
            CertifiedKey::from_der(chain, key, &provider()).map_err(|fault| match fault {
                rustls::Error::InconsistentKeys(_) => IdentityFault::KeyMismatch,
                other => IdentityFault::Unusable(other.to_string()),
            })?;
        Ok(Self { key: Arc::new(certified), not_after })
    }

    /// When its certificate ends to be valid.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }
}

impl std::fmt::Debug for ServerIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerIdentity").field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

/// The identity that a listener shows now. It is replaced while connections go on.
#[derive(Debug)]
pub struct ShownIdentity(ArcSwap<ServerIdentity>);

impl ShownIdentity {
    /// Begins with `identity`.
    #[must_use]
    pub fn new(identity: ServerIdentity) -> Self {
        Self(ArcSwap::from_pointee(identity))
    }

    /// From the next handshake on.
    pub fn replace(&self, identity: ServerIdentity) {
        self.0.store(Arc::new(identity));
    }

    /// When what is shown now ends to be valid.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.0.load().not_after
    }
}

impl ResolvesServerCert for ShownIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load().key.clone())
    }
}

/// The TLS of one listener: it shows `identity` and asks peers for what `verifier` wants to see.
///
/// # Errors
/// When the library does not offer what is asked of it.
pub fn server(
    identity: Arc<ShownIdentity>,
    verifier: Arc<dyn ClientCertVerifier>,
) -> Result<ServerConfig, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?;
    Ok(builder.with_client_cert_verifier(verifier).with_cert_resolver(identity))
}

/// The same for a listener where people show who they are: every connection proves it afresh, because
/// no session is ever resumed (a card that was taken out of its reader proves nothing), and no data comes
/// before the handshake is over.
///
/// # Errors
/// As [`server`].
pub fn server_without_memory(
    identity: Arc<ShownIdentity>,
    verifier: Arc<dyn ClientCertVerifier>,
) -> Result<ServerConfig, rustls::Error> {
    let mut config = server(identity, verifier)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

/// For a listener that asks nobody for a certificate.
#[must_use]
pub fn asks_nobody() -> Arc<dyn ClientCertVerifier> {
    Arc::new(NoClientAuth)
}

/// aws-lc-rs with the suites that RFC 9325 recommends for TLS 1.2, and those of TLS 1.3.
pub(super) fn provider() -> CryptoProvider {
    let cipher_suites = vec![
        cipher_suite::TLS13_AES_256_GCM_SHA384,
        cipher_suite::TLS13_AES_128_GCM_SHA256,
        cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];
    CryptoProvider { cipher_suites, ..default_provider() }
}

#[cfg(test)]
mod tests;
