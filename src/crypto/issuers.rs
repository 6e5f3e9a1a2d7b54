//! Authorities that issue certificates to people: who of them issued this one, and whether it holds
//! (RFC 5280, section 6).
//!
//! Not a search for a path: the authority that issued a certificate must itself be listed, as the trust
//! list of the qualified and national authorities lists them, and what a client sends along to make a
//! path is never used. So there is nothing to cross-sign, to loop or to lengthen. What an authority's
//! certificate says of its own limits holds: its dates, its key usage, its name constraints. Revocation is
//! judged in `revocation.rs`, what the certificate is for elsewhere.

use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage};
use x509_parser::extensions::{GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::authorities::AuthorityFault;
use super::der::{self, BIT_STRING, Der, Malformed, SEQUENCE};
use super::tls::provider;
use crate::effects::Timestamp;

/// One authority.
#[derive(Debug)]
pub struct Issuer {
    name: String,
    anchor: TrustAnchor<'static>,
    not_before: Timestamp,
    not_after: Timestamp,
    signs_lists: bool,
}

/// The authorities of one purpose.
#[derive(Debug)]
pub struct Issuers(Vec<Issuer>);

/// What an authority issued and vouches for at this moment.
#[derive(Debug)]
pub struct Issued<'i> {
    /// Who did.
    pub issuer: &'i Issuer,
    /// The serial number, as the contents of its INTEGER.
    pub serial: Vec<u8>,
}

/// Why no authority vouches for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// Not a certificate, or one with something in it that must be understood and is not.
    #[error("the certificate cannot be used: {0}")]
    Unusable(String),
    /// None of the listed authorities issued it.
    #[error("no listed authority issued the certificate")]
    UnknownAuthority,
    /// The authority's own certificate is over, or not valid yet.
    #[error("the certificate of the authority is not valid now")]
    AuthorityExpired,
    /// It is over.
    #[error("the certificate has expired")]
    Expired,
    /// It begins later.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// SHA-1, MD5, or a key of the authority's that is too short.
    #[error("the certificate is signed with an algorithm or a key that is not strong enough")]
    Weak,
    /// The authority's own certificate forbids it to issue for such names (RFC 5280, section 4.2.1.10).
    #[error("the name constraints of the authority exclude the certificate")]
    Outside,
    /// An authority's certificate, or one that is not for clients of TLS.
    #[error("the certificate is not for a client of TLS")]
    NotForClients,
}

impl Issuer {
    /// Its name in the order of RFC 4514, the most particular part first: stable, and no person's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When its own certificate ends to be valid.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether its own certificate is valid at `now`.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// Whether it may sign lists of revoked certificates (RFC 5280, section 6.3.3, step f).
    #[must_use]
    pub const fn signs_lists(&self) -> bool {
        self.signs_lists
    }

    /// Its name as the contents of the `Name` sequence.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.anchor.subject
    }

    /// Its key as the contents of `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        &self.anchor.subject_public_key_info
    }
}

impl Issuers {
    /// From the texts of PEM files, each with one certificate or more.
    ///
    /// # Errors
    /// The first file, by its place, that is of no use.
    pub fn read(files: &[Vec<u8>]) -> Result<Self, (usize, AuthorityFault)> {
        let mut all: Vec<Issuer> = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let known = all.len();
            for certificate in CertificateDer::pem_slice_iter(file) {
                let certificate = certificate.map_err(|_| (at, AuthorityFault::NoCertificate))?;
                all.push(issuer(&certificate).map_err(|fault| (at, fault))?);
            }
            if all.len() == known {
                return Err((at, AuthorityFault::NoCertificate));
            }
        }
        Ok(Self(all))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Issuer> {
        self.0.iter()
    }

    /// Who of them issued `certificate` (DER), if it holds at `now` as a TLS client's.
    ///
    /// # Errors
    /// [`PathFault`]
    pub fn issued(&self, certificate: &[u8], now: Timestamp) -> Result<Issued<'_>, PathFault> {
        let der = CertificateDer::from(certificate);
        let leaf = EndEntityCert::try_from(&der).map_err(path_fault)?;
        let serial = || leaf.serial().to_vec();
        // Of several certificates of one key only those that are valid now count, with their limits.
        match self.signer(&leaf, now, |issuer| issuer.is_valid(now)) {
            Ok(issuer) => Ok(Issued { issuer, serial: serial() }),
            Err(PathFault::UnknownAuthority) => {
                self.signer(&leaf, now, |issuer| !issuer.is_valid(now))?;
                Err(PathFault::AuthorityExpired)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Who of those that `counts` signed it.
    fn signer(
        &self,
        leaf: &EndEntityCert<'_>,
        now: Timestamp,
        counts: impl Fn(&Issuer) -> bool,
    ) -> Result<&Issuer, PathFault> {
        let counted = || self.0.iter().filter(|issuer| counts(issuer));
        let anchors: Vec<_> = counted().map(|issuer| issuer.anchor.clone()).collect();
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let algorithms = provider().signature_verification_algorithms.all;
        let usage = KeyUsage::required(CLIENT_AUTH);
        let path = leaf
            .verify_for_usage(algorithms, &anchors, &[], at, usage, None, None)
            .map_err(path_fault)?;
        counted().find(|issuer| issuer.anchor == *path.anchor()).ok_or(PathFault::UnknownAuthority)
    }
}

fn issuer(certificate: &CertificateDer<'_>) -> Result<Issuer, AuthorityFault> {
    let unusable = |why: &str| AuthorityFault::Unusable(why.to_owned());
    let anchor = webpki::anchor_from_trusted_cert(certificate)
        .map_err(|fault| AuthorityFault::Unusable(fault.to_string()))?;
    let (_, read) =
        X509Certificate::from_der(certificate).map_err(|_| unusable("it is not a certificate"))?;
    if !read.is_ca() {
        return Err(unusable("it is not the certificate of an authority (CA:TRUE)"));
    }
    if !read.extensions().iter().all(is_understood) {
        return Err(unusable("it has a critical extension that is not known here"));
    }
    let usage = read.key_usage().map_err(|_| unusable("its keyUsage cannot be read"))?;
    if usage.as_ref().is_some_and(|usage| !usage.value.key_cert_sign()) {
        return Err(unusable("its keyUsage does not let it sign certificates (keyCertSign)"));
    }
    if let Ok(PublicKey::RSA(key)) = read.public_key().parsed()
        && key.key_size() < 2048
    {
        return Err(unusable("its RSA key has fewer than 2048 bits"));
    }
    let moment = |at: x509_parser::time::ASN1Time| Timestamp::from_unix_seconds(at.timestamp());
    Ok(Issuer {
        name: name_of(read.subject()),
        anchor: anchor.to_owned(),
        not_before: moment(read.validity().not_before),
        not_after: moment(read.validity().not_after),
        signs_lists: usage.is_none_or(|usage| usage.value.crl_sign()),
    })
}

/// Whether an extension can be read, and known where it is critical. Limits on names of persons
/// (`directoryName`) are not: webpki would refuse every card of that authority.
pub(super) fn is_understood(extension: &X509Extension<'_>) -> bool {
    match extension.parsed_extension() {
        ParsedExtension::ParseError { .. } => false,
        ParsedExtension::UnsupportedExtension { .. } => !extension.critical,
        ParsedExtension::NameConstraints(limits) => {
            let both = [&limits.permitted_subtrees, &limits.excluded_subtrees];
            let mut all = both.into_iter().flatten().flatten();
            !all.any(|limit| matches!(limit.base, GeneralName::DirectoryName(_)))
        }
        _ => true,
    }
}

/// `CN=…,O=…,C=IT` (RFC 4514, section 2), with control characters left out.
fn name_of(name: &x509_parser::x509::X509Name<'_>) -> String {
    let parts: Vec<String> = name.iter_attributes().map(part_of).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(",")
}

fn part_of(attribute: &x509_parser::x509::AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let kind = SHORT.iter().find(|(known, _)| *known == oid).map_or(oid.as_str(), |(_, name)| name);
    let value = attribute.as_str().unwrap_or_default();
    let mut written = String::new();
    for character in value.chars().filter(|character| !character.is_control()) {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            written.push('\\');
        }
        written.push(character);
    }
    format!("{kind}={written}")
}

const SHORT: [(&str, &str); 6] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
];

fn path_fault(fault: Error) -> PathFault {
    match fault {
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => PathFault::UnknownAuthority,
        Error::CertExpired { .. } => PathFault::Expired,
        Error::CertNotValidYet { .. } => PathFault::NotYetValid,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => PathFault::Weak,
        Error::NameConstraintViolation => PathFault::Outside,
        Error::CaUsedAsEndEntity
        | Error::RequiredEkuNotFoundContext(_)
        | Error::EmptyEkuExtension => PathFault::NotForClients,
        other => PathFault::Unusable(other.to_string()),
    }
}

/// Whether `signature` over `message` was made with the key `key` (the contents of a
/// `SubjectPublicKeyInfo`), by the algorithm whose identifier has these contents; only algorithms that
/// certificates may be signed with too.
#[must_use]
pub fn is_signed_with(key: &[u8], algorithm: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Ok((kind, public)) = key_of(key) else { return false };
    let known = provider().signature_verification_algorithms.all;
    known.iter().any(|known| {
        known.signature_alg_id().as_ref() == algorithm
            && known.public_key_alg_id().as_ref() == kind
            && known.verify_signature(public, message, signature).is_ok()
    })
}

/// The algorithm identifier (its contents) and the key itself.
///
/// # Errors
/// [`Malformed`]
pub fn key_of(key: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut reader = Der::new(key);
    let kind = reader.expect(SEQUENCE)?.contents;
    let public = der::whole_bits(reader.expect(BIT_STRING)?.contents)?;
    reader.finish()?;
    Ok((kind, public))
}

/// id-kp-clientAuth, 1.3.6.1.5.5.7.3.2.
const CLIENT_AUTH: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
