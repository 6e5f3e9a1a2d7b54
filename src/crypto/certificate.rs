//! X.509 certificates: our own, with the profile that AgID demands of service providers, and the
//! dates and keys of anybody's.
//!
//! Not a chain of trust: SPID pins certificates through metadata and validates no path. Profile:
//! AgID, Avviso 29 v3 (subject `2.5.4.83` and `2.5.4.97`, policies `1.3.76.16.6` and
//! `1.3.76.16.4.2.1` or, for a private body, `1.3.76.16.4.3.1`, key usage `digitalSignature` and
//! `nonRepudiation`).

mod profile;

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, KeyUsagePurpose,
    PKCS_RSA_SHA256, PublicKeyData, SerialNumber, SignatureAlgorithm, SigningKey,
};
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::crypto::rsa::RsaSigningKey;
use crate::effects::{Effects, Timestamp};

pub use profile::{against_profile, validity};

/// Why a certificate could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Not a certificate in DER, or not one block of the expected kind in PEM.
    #[error("not readable: a certificate or a PKCS#8 key in PEM is expected")]
    Unreadable,
    /// A value does not fit the profile.
    #[error("{0}")]
    Profile(&'static str),
    /// The library could not encode or sign it.
    #[error("the certificate could not be made")]
    Refused,
}

/// By what a body is known: the subject attribute `organizationIdentifier`, and the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier<'a> {
    /// A public body: `PA:IT-` and its code in the index of public administrations.
    Ipa(&'a str),
    /// A private body: `VATIT-` and the 11 digits of its VAT number.
    Vat(&'a str),
    /// A private body: `CF:IT-` and the 16 letters and digits of its fiscal code.
    Fiscal(&'a str),
}

impl Identifier<'_> {
    fn text(self) -> String {
        match self {
            Self::Ipa(code) => format!("PA:IT-{code}"),
            Self::Vat(number) => format!("VATIT-{number}"),
            Self::Fiscal(code) => format!("CF:IT-{code}"),
        }
    }

    fn is_empty(self) -> bool {
        let (Self::Ipa(code) | Self::Vat(code) | Self::Fiscal(code)) = self;
        code.trim().is_empty()
    }
}

/// The subject of our certificate. Names of persons have no place in it.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// `O`: the body's full name.
    pub organization: &'a str,
    /// `CN`: its short name.
    pub common_name: &'a str,
    /// `L`: its town.
    pub locality: &'a str,
    /// By what it is known.
    pub identifier: Identifier<'a>,
    /// Our entity ID.
    pub entity_id: &'a str,
}

/// A self-signed certificate for signing, in DER, valid from now for `lives`.
///
/// # Errors
/// [`CertificateFault::Profile`] when a part of the subject is empty, [`CertificateFault::Refused`]
/// when the library does not sign.
pub fn self_signed(
    subject: &Subject<'_>,
    key: &RsaSigningKey,
    lives: Duration,
    fx: &Effects,
) -> Result<Vec<u8>, CertificateFault> {
    let mut params = profile(subject, lives, fx)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    let policies = policies(matches!(subject.identifier, Identifier::Ipa(_)));
    params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 32], policies));
    signed(&params, key)
}

/// A self-signed certificate for a key that unwraps content keys, in DER. AgID has no profile for it.
///
/// # Errors
/// Those of [`self_signed`].
pub fn self_signed_for_encryption(
    subject: &Subject<'_>,
    key: &RsaSigningKey,
    lives: Duration,
    fx: &Effects,
) -> Result<Vec<u8>, CertificateFault> {
    let mut params = profile(subject, lives, fx)?;
    params.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    signed(&params, key)
}

/// What every certificate of ours has.
fn profile(
    subject: &Subject<'_>,
    lives: Duration,
    fx: &Effects,
) -> Result<CertificateParams, CertificateFault> {
    let parts = [subject.organization, subject.common_name, subject.locality, subject.entity_id];
    if parts.iter().any(|part| part.trim().is_empty()) || subject.identifier.is_empty() {
        return Err(CertificateFault::Profile("every part of the subject must have a value"));
    }
    let now = fx.now();
    let mut params = CertificateParams::default();
    params.distinguished_name = name_of(subject)?;
    params.not_before = moment(now)?;
    params.not_after = moment(now.plus(lives))?;
    params.serial_number = Some(serial(fx));
    // basicConstraints CA:FALSE, which the profile wants not critical.
    params.custom_extensions =
        vec![CustomExtension::from_oid_content(&[2, 5, 29, 19], der(0x30, &[]))];
    Ok(params)
}

fn signed(params: &CertificateParams, key: &RsaSigningKey) -> Result<Vec<u8>, CertificateFault> {
    let signer = Signer { key, public: key.public_pkcs1() };
    let certificate = params.self_signed(&signer).map_err(|_| CertificateFault::Refused)?;
    Ok(certificate.der().to_vec())
}

/// When a certificate ends to be valid, for metrics and `doctor`.
///
/// # Errors
/// [`CertificateFault::Unreadable`] when it is none.
pub fn not_after(der: &[u8]) -> Result<Timestamp, CertificateFault> {
    let (_, certificate) =
        X509Certificate::from_der(der).map_err(|_| CertificateFault::Unreadable)?;
    Ok(Timestamp::from_unix_seconds(certificate.validity().not_after.timestamp()))
}

/// The public key of a certificate as DER `SubjectPublicKeyInfo`.
///
/// # Errors
/// [`CertificateFault::Unreadable`] when it is none.
pub fn public_key_info(der: &[u8]) -> Result<Vec<u8>, CertificateFault> {
    let (rest, certificate) =
        X509Certificate::from_der(der).map_err(|_| CertificateFault::Unreadable)?;
    if rest.is_empty() {
        Ok(certificate.public_key().raw.to_vec())
    } else {
        Err(CertificateFault::Unreadable)
    }
}

/// Whether the certificate is that of the key.
#[must_use]
pub fn belongs_to(der: &[u8], key: &RsaSigningKey) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, certificate)| {
        certificate.public_key().subject_public_key.data.as_ref() == key.public_pkcs1()
    })
}

/// What stands in a PEM file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pem {
    /// `CERTIFICATE`.
    Certificate,
    /// `PRIVATE KEY` (PKCS#8).
    PrivateKey,
}

impl Pem {
    const fn label(self) -> &'static str {
        match self {
            Self::Certificate => "CERTIFICATE",
            Self::PrivateKey => "PRIVATE KEY",
        }
    }

    /// Writes DER as PEM, 64 characters a line (RFC 7468).
    #[must_use]
    pub fn write(self, der: &[u8]) -> zeroize::Zeroizing<String> {
        let body = zeroize::Zeroizing::new(STANDARD.encode(der));
        let label = self.label();
        let mut text = zeroize::Zeroizing::new(String::with_capacity(body.len() * 2));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "-----BEGIN {label}-----");
        let mut rest = body.as_str();
        while let Some((line, tail)) = rest.split_at_checked(64) {
            text.push_str(line);
            text.push('\n');
            rest = tail;
        }
        if !rest.is_empty() {
            text.push_str(rest);
            text.push('\n');
        }
        let _ = writeln!(text, "-----END {label}-----");
        text
    }

    /// Reads the first block of this kind.
    ///
    /// # Errors
    /// [`CertificateFault::Unreadable`] when there is none or it is not base64.
    pub fn read(self, text: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, CertificateFault> {
        let label = self.label();
        let (_, rest) = text
            .split_once(&format!("-----BEGIN {label}-----"))
            .ok_or(CertificateFault::Unreadable)?;
        let (body, _) = rest
            .split_once(&format!("-----END {label}-----"))
            .ok_or(CertificateFault::Unreadable)?;
        let body: zeroize::Zeroizing<String> =
            zeroize::Zeroizing::new(body.split_ascii_whitespace().collect());
        STANDARD
            .decode(body.as_str())
            .map(zeroize::Zeroizing::new)
            .map_err(|_| CertificateFault::Unreadable)
    }
}

struct Signer<'k> {
    key: &'k RsaSigningKey,
    public: Vec<u8>,
}

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.key.sign_sha256(message).map_err(|_| rcgen::Error::RingUnspecified)
    }
}

fn name_of(subject: &Subject<'_>) -> Result<DistinguishedName, CertificateFault> {
    let country = "IT".try_into().map_err(|_| CertificateFault::Refused)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, DnValue::PrintableString(country));
    name.push(DnType::LocalityName, subject.locality);
    name.push(DnType::OrganizationName, subject.organization);
    name.push(DnType::CommonName, subject.common_name);
    name.push(DnType::CustomDnType(vec![2, 5, 4, 97]), subject.identifier.text());
    name.push(DnType::CustomDnType(vec![2, 5, 4, 83]), subject.entity_id);
    Ok(name)
}

fn moment(at: Timestamp) -> Result<OffsetDateTime, CertificateFault> {
    OffsetDateTime::from_unix_timestamp(at.unix_seconds())
        .map_err(|_| CertificateFault::Profile("the validity ends outside the calendar"))
}

/// 128 unpredictable bits, positive (RFC 5280, section 4.1.2.2).
fn serial(fx: &Effects) -> SerialNumber {
    let mut octets = [0_u8; 16];
    fx.fill(&mut octets);
    if let Some(first) = octets.first_mut() {
        *first = *first & 0x7F | 0x40;
    }
    SerialNumber::from_slice(&octets)
}

/// `certificatePolicies` (RFC 5280, section 4.2.1.4): two policies, each with the notice that the
/// profile prescribes.
fn policies(public: bool) -> Vec<u8> {
    let policy = |identifier: &[u8], notice: &str| {
        let text = der(0x30, &[&der(0x0C, &[notice.as_bytes()])]);
        // id-qt-unotice, 1.3.6.1.5.5.7.2.2
        let kind = der(0x06, &[&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x02]]);
        let qualifiers = der(0x30, &[&der(0x30, &[&kind, &text])]);
        der(0x30, &[&der(0x06, &[identifier]), &qualifiers])
    };
    // 1.3.76.16.6, and 1.3.76.16.4.2.1 or 1.3.76.16.4.3.1
    let agid = policy(&[0x2B, 0x4C, 0x10, 0x06], "agIDcert");
    let sector = if public {
        policy(&[0x2B, 0x4C, 0x10, 0x04, 0x02, 0x01], "cert_SP_Pub")
    } else {
        policy(&[0x2B, 0x4C, 0x10, 0x04, 0x03, 0x01], "cert_SP_Priv")
    };
    der(0x30, &[&agid, &sector])
}

/// One DER value. Lengths here stay below 128 octets, so one octet of length is enough.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag, u8::try_from(body.len()).unwrap_or(u8::MAX)];
    out.extend_from_slice(&body);
    out
}

#[cfg(test)]
mod tests;
