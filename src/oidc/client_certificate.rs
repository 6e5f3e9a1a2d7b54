//! The certificate that a client showed: what it says, and whether it is the registered client's
//! (RFC 8705, sections 2 and 3).
//!
//! Not trust: that its holder has the key was verified by whoever ended TLS, and nothing else. A
//! certificate is a client's because its name is registered and an authority of ours vouches for it, or
//! because its key is registered.

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{ASN1Time, FromDer as _, X509Certificate};

use super::Confirmation;
use super::client::CertificateName;
use crate::crypto::authorities::Authorities;
use crate::crypto::certificate::CertificateFault;
use crate::crypto::digest::{base64url, sha256};
use crate::crypto::distinguished_name::DistinguishedName;
use crate::crypto::jwk::PublicKey;
use crate::effects::Timestamp;

/// A certificate whose key its holder has.
#[derive(Clone)]
pub struct ClientCertificate {
    der: Vec<u8>,
    between: Vec<Vec<u8>>,
    thumbprint: String,
    key: Vec<u8>,
    subject: DistinguishedName,
    names: Vec<AlternativeName>,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// An entry of `subjectAltName` by which a client may be known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum AlternativeName {
    Dns(String),
    Uri(String),
    Ip(IpAddr),
    Email(String),
}

impl ClientCertificate {
    /// Reads it; `between` are the authorities' certificates that came along. All in DER.
    ///
    /// # Errors
    /// [`CertificateFault::Unreadable`] when it is none, or says the same thing twice.
    pub fn read(der: &[u8], between: Vec<Vec<u8>>) -> Result<Self, CertificateFault> {
        let unreadable = |_| CertificateFault::Unreadable;
        let (rest, certificate) = X509Certificate::from_der(der).map_err(unreadable)?;
        if !rest.is_empty() {
            return Err(CertificateFault::Unreadable);
        }
        let names = certificate
            .subject_alternative_name()
            .map_err(|_| CertificateFault::Unreadable)?
            .map(|names| names.value.general_names.iter().filter_map(alternative).collect());
        let moment = |time: ASN1Time| Timestamp::from_unix_seconds(time.timestamp());
        Ok(Self {
            thumbprint: base64url(&sha256(der)),
            key: certificate.public_key().raw.to_vec(),
            subject: DistinguishedName::of(certificate.subject()),
            names: names.unwrap_or_default(),
            not_before: moment(certificate.validity().not_before),
            not_after: moment(certificate.validity().not_after),
            der: der.to_vec(),
            between,
        })
    }

    /// `x5t#S256`: SHA-256 of the DER, base64url (RFC 8705, section 3.1).
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// What a token of this client is bound to (RFC 8705, section 3.1).
    #[must_use]
    pub fn confirmation(&self) -> Confirmation {
        Confirmation::Certificate(self.thumbprint.clone())
    }

    /// `tls_client_auth`: an authority vouches for it, and it holds the registered name.
    ///
    /// # Errors
    /// What is missing, without values.
    pub(super) fn proves_name(
        &self,
        name: &CertificateName,
        authorities: Option<&Authorities>,
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let authorities = authorities.ok_or("no authority for certificates is configured")?;
        authorities
            .vouch(&self.der, &self.between, now)
            .map_err(|_| "the certificate has expired, or no authority vouches for it")?;
        let held = match name {
            CertificateName::SubjectDn(name) => self.subject == *name,
            CertificateName::Dns(name) => {
                self.names.contains(&AlternativeName::Dns(name.to_ascii_lowercase()))
            }
            CertificateName::Uri(uri) => self.names.contains(&AlternativeName::Uri(uri.clone())),
            CertificateName::Ip(address) => self.names.contains(&AlternativeName::Ip(*address)),
            CertificateName::Email(mailbox) => {
                self.names.contains(&AlternativeName::Email(mailbox.clone()))
            }
        };
        if held { Ok(()) } else { Err("the certificate is for another name") }
    }

    /// `self_signed_tls_client_auth`: its key is one of those that the client registered.
    ///
    /// # Errors
    /// What is missing, without values.
    pub(super) fn proves_key(
        &self,
        registered: &[PublicKey],
        now: Timestamp,
    ) -> Result<(), &'static str> {
        if now < self.not_before || self.not_after < now {
            return Err("the certificate has expired, or is not valid yet");
        }
        let is_ours =
            |key: &PublicKey| key.subject_public_key_info().is_ok_and(|key| key == self.key);
        if registered.iter().any(is_ours) {
            Ok(())
        } else {
            Err("the certificate's key is not a registered one")
        }
    }
}

impl std::fmt::Debug for ClientCertificate {
    /// Without the names in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ClientCertificate").field(&self.thumbprint).finish()
    }
}

/// What compares as a name; others (directory names, registered numbers) nobody is known by.
fn alternative(name: &GeneralName<'_>) -> Option<AlternativeName> {
    match name {
        GeneralName::DNSName(name) => Some(AlternativeName::Dns(name.to_ascii_lowercase())),
        GeneralName::URI(uri) => Some(AlternativeName::Uri((*uri).to_owned())),
        GeneralName::RFC822Name(mailbox) => Some(AlternativeName::Email((*mailbox).to_owned())),
        GeneralName::IPAddress(octets) => {
            let v4 = <[u8; 4]>::try_from(*octets).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*octets).map(IpAddr::from))
                .ok()
                .map(AlternativeName::Ip)
        }
        _ => None,
    }
}
