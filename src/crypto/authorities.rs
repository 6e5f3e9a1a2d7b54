//! Authorities that vouch for certificates: a path to one of them is looked for and verified
//! (RFC 5280, section 6).
//!
//! Not the system's authorities, and no revocation: the operator lists those that issue to relying
//! parties, and removes a relying party by its registration.

use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

use super::tls::provider;
use crate::effects::Timestamp;

/// Why authorities cannot be used, or do not vouch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityFault {
    /// Not PEM, or no certificate in it.
    #[error("holds no certificate in PEM")]
    NoCertificate,
    /// A certificate that cannot be an authority's.
    #[error("cannot be used: {0}")]
    Unusable(String),
    /// No path, or something on it is wrong. The library's word for it names no value.
    #[error("no authority vouches for the certificate: {0}")]
    NotVouchedFor(String),
}

/// The authorities of one purpose.
#[derive(Clone, Debug)]
pub struct Authorities(Arc<dyn ClientCertVerifier>);

impl Authorities {
    /// From the texts of PEM files, each with one certificate or more.
    ///
    /// # Errors
    /// The first file, by its place, that is of no use.
    pub fn read(files: &[Vec<u8>]) -> Result<Self, (usize, AuthorityFault)> {
        let mut roots = RootCertStore::empty();
        for (at, file) in files.iter().enumerate() {
            let known = roots.len();
            for certificate in CertificateDer::pem_slice_iter(file) {
                let certificate = certificate.map_err(|_| (at, AuthorityFault::NoCertificate))?;
                roots
                    .add(certificate)
                    .map_err(|fault| (at, AuthorityFault::Unusable(fault.to_string())))?;
            }
            if roots.len() == known {
                return Err((at, AuthorityFault::NoCertificate));
            }
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider()))
                .build()
                .map_err(|fault| (0, AuthorityFault::Unusable(fault.to_string())))?;
        Ok(Self(verifier))
    }

    /// Whether one of them vouches at `now` for `certificate` as a TLS client's, over `between`; all
    /// in DER.
    ///
    /// # Errors
    /// [`AuthorityFault::NotVouchedFor`]
    pub fn vouch(
        &self,
        certificate: &[u8],
        between: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<(), AuthorityFault> {
        let between: Vec<_> =
            between.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        self.0
            .verify_client_cert(&CertificateDer::from(certificate), &between, now)
            .map(|_| ())
            .map_err(|fault| AuthorityFault::NotVouchedFor(fault.to_string()))
    }
}

#[cfg(test)]
mod tests;
