//! The certificate that a client showed: what it says, and whether it is the registered client's
//! (RFC 8705, sections 2 and 3).
//!
//! Not trust: that its holder has the key was verified by whoever ended TLS, and nothing else. A
//! certificate is a client's because its name is registered and an authority of ours vouches for it, or
//! because its key is registered.

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::crypto::certificate::CertificateFault;
use crate::crypto::digest::{base64url, sha256};
use crate::crypto::distinguished_name::DistinguishedName;
use crate::effects::Timestamp;

/// A certificate whose key its holder has.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    der: Vec<u8>,
    between: Vec<Vec<u8>>,
    thumbprint: String,
    key_thumbprint: Option<String>,
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
        let moment =
            |time: x509_parser::time::ASN1Time| Timestamp::from_unix_seconds(time.timestamp());
        Ok(Self {
            thumbprint: base64url(&sha256(der)),
            key_thumbprint: key_thumbprint(&certificate),
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

    fn is_valid(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
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

/// The thumbprint of the certificate's key as a JWK (RFC 7638); `None` for a kind of key that no client
/// registers.
fn key_thumbprint(certificate: &X509Certificate<'_>) -> Option<String> {
    let spki = certificate.public_key();
    let canonical = match spki.parsed().ok()? {
        PublicKey::RSA(key) => {
            let number = |octets: &[u8]| {
                let zeros = octets.iter().take_while(|octet| **octet == 0).count();
                base64url(octets.get(zeros..).unwrap_or_default())
            };
            format!(
                r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
                number(key.exponent),
                number(key.modulus)
            )
        }
        PublicKey::EC(point) => {
            // Uncompressed, P-256: the one curve of the keys that clients register.
            let (form, coordinates) = point.data().split_first()?;
            let (x, y) = coordinates.split_at_checked(32)?;
            if *form != 4 || y.len() != 32 {
                return None;
            }
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, base64url(x), base64url(y))
        }
        _ if spki.algorithm.algorithm.to_id_string() == ED25519 => format!(
            r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#,
            base64url(&spki.subject_public_key.data)
        ),
        _ => return None,
    };
    Some(base64url(&sha256(canonical.as_bytes())))
}

/// id-Ed25519 (RFC 8410, section 3).
const ED25519: &str = "1.3.101.112";
