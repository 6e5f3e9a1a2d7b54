//! A responder (OCSP) that says what it is told to say.
//!
//! Not a lookup: the test decides what is said of the card that is asked about.

use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, KeyPair, SerialNumber,
    SigningKey as _,
};
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};
use varco::crypto::der::{self, Der, write};

use super::{Authority, oid, unknown};
use crate::error::{Doing as _, SandboxError};

/// Who signs an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The authority itself.
    Authority,
    /// A responder of the authority's, with id-kp-OCSPSigning and id-pkix-ocsp-nocheck.
    Delegated,
    /// The same without id-pkix-ocsp-nocheck: lists say whether it was revoked ([`RESPONDER_NUMBER`]).
    Revocable,
    /// The same, with a critical extension that nobody knows.
    Unusual,
    /// One to whom the authority gave a certificate for something else.
    WithoutPurpose,
    /// Somebody with a certificate of his own making.
    Stranger,
}

/// What an answer shall say.
#[derive(Clone, Debug)]
pub struct Saying {
    /// `good`, `revoked`, `unknown`, or what stands in `responseStatus`: `tryLater`.
    pub status: &'static str,
    /// Minutes from now at which it begins and ends.
    pub minutes: (i64, Option<i64>),
    /// Whether it repeats the nonce.
    pub nonce: bool,
    /// Whether it is about another certificate.
    pub other: bool,
    /// Who signs it.
    pub signer: Signer,
}

impl Default for Saying {
    fn default() -> Self {
        Self {
            status: "good",
            minutes: (-1, Some(60)),
            nonce: true,
            other: false,
            signer: Signer::Authority,
        }
    }
}

impl Authority {
    /// The answer to `request` (DER) at `unix_seconds`.
    ///
    /// # Errors
    /// When the request is none, or the library does not sign.
    pub fn answer(
        &self,
        request: &[u8],
        saying: &Saying,
        unix_seconds: i64,
    ) -> Result<Vec<u8>, SandboxError> {
        if saying.status == "tryLater" {
            return Ok(write(der::SEQUENCE, &[&write(ENUMERATED, &[&[3]])]));
        }
        let (certificate, nonce) = asked(request).doing("read an OCSP request")?;
        let now = OffsetDateTime::from_unix_timestamp(unix_seconds).doing("read the time")?;
        let at = |minutes: i64| moment(now + Duration::minutes(minutes));
        let certificate = if saying.other {
            // The last octet is the serial number's.
            let mut other = certificate.to_vec();
            if let Some(last) = other.last_mut() {
                *last ^= 1;
            }
            other
        } else {
            certificate.to_vec()
        };
        let status = match saying.status {
            "good" => write(der::implicit(0), &[]),
            "revoked" => write(der::tagged(1), &[&at(-60)?]),
            _ => write(der::implicit(2), &[]),
        };
        let until = match saying.minutes.1 {
            Some(minutes) => write(der::tagged(0), &[&at(minutes)?]),
            None => Vec::new(),
        };
        let single = write(der::SEQUENCE, &[&certificate, &status, &at(saying.minutes.0)?, &until]);
        let extensions = match nonce.filter(|_| saying.nonce) {
            Some(extension) => write(der::tagged(1), &[&write(der::SEQUENCE, &[extension])]),
            None => Vec::new(),
        };
        let by_key = write(der::tagged(2), &[&write(der::OCTET_STRING, &[&[7; 20]])]);
        let list = write(der::SEQUENCE, &[&single]);
        let data = write(der::SEQUENCE, &[&by_key, &at(0)?, &list, &extensions]);
        let (key, certificates) = self.signer(saying.signer)?;
        let signature = key.as_ref().unwrap_or(self.issuer.key()).sign(&data).doing("sign")?;
        let algorithm =
            write(der::SEQUENCE, &[&write(der::OBJECT, &[&oid("1.2.840.10045.4.3.2")])]);
        let bits = write(der::BIT_STRING, &[&[0], &signature]);
        let basic = write(der::SEQUENCE, &[&data, &algorithm, &bits, &certificates]);
        let kind = write(der::OBJECT, &[&oid("1.3.6.1.5.5.7.48.1.1")]);
        let typed = write(der::SEQUENCE, &[&kind, &write(der::OCTET_STRING, &[&basic])]);
        let status = write(ENUMERATED, &[&[0]]);
        Ok(write(der::SEQUENCE, &[&status, &write(der::tagged(0), &[&typed])]))
    }

    /// The key that signs, unless it is the authority's, and the certificates that go along.
    fn signer(&self, signer: Signer) -> Result<(Option<KeyPair>, Vec<u8>), SandboxError> {
        if signer == Signer::Authority {
            return Ok((None, Vec::new()));
        }
        let key = KeyPair::generate().doing("make a responder's key")?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Responder di prova");
        params.not_before = self.now - Duration::days(1);
        params.not_after = self.now + Duration::days(30);
        params.serial_number = Some(SerialNumber::from_slice(&RESPONDER_NUMBER));
        if signer != Signer::WithoutPurpose {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        }
        if signer != Signer::Revocable {
            let no_check = [1, 3, 6, 1, 5, 5, 7, 48, 1, 5];
            params.custom_extensions.push(CustomExtension::from_oid_content(&no_check, vec![5, 0]));
        }
        if signer == Signer::Unusual {
            params.custom_extensions.push(unknown(true));
        }
        let made = if signer == Signer::Stranger {
            params.self_signed(&key)
        } else {
            params.signed_by(&key, &self.issuer)
        };
        let certificate = made.doing("make a responder's certificate")?;
        let list = write(der::SEQUENCE, &[certificate.der()]);
        Ok((Some(key), write(der::tagged(0), &[&list])))
    }
}

/// `CertID`, and the extension with the nonce.
fn asked(request: &[u8]) -> Result<(&[u8], Option<&[u8]>), der::Malformed> {
    let mut outer = Der::only(request, der::SEQUENCE)?;
    let mut inner = outer.enter(der::SEQUENCE)?;
    let mut list = inner.enter(der::SEQUENCE)?;
    let certificate = list.enter(der::SEQUENCE)?.expect(der::SEQUENCE)?.whole;
    let extensions = inner.optional(der::tagged(2))?;
    let nonce = match extensions {
        Some(value) => Some(Der::only(value.contents, der::SEQUENCE)?.any()?.whole),
        None => None,
    };
    Ok((certificate, nonce))
}

fn moment(at: OffsetDateTime) -> Result<Vec<u8>, SandboxError> {
    const FORM: &[FormatItem<'_>] =
        format_description!("[year][month][day][hour][minute][second]Z");
    let text = at.format(FORM).doing("write the time")?;
    Ok(write(der::GENERALIZED_TIME, &[text.as_bytes()]))
}

/// The serial number of a responder that is not the authority itself.
pub const RESPONDER_NUMBER: [u8; 2] = [0x7E, 1];
const ENUMERATED: u8 = 0x0A;
