//! One question to an OCSP responder, and its answer (RFC 6960; RFC 5019 for how it is asked).
//!
//! Not the asking: whoever asks has limits of time and keeps answers. An answer counts only for the
//! certificate that was asked about, if the authority signed it, or a responder to whom the same
//! authority gave a certificate for that purpose alone, and that is known not to be revoked itself
//! (section 4.2.2.2.1).

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use x509_parser::oid_registry::OID_X509_EXT_CRL_DISTRIBUTION_POINTS;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::der::{
    self, BIT_STRING, Der, GENERALIZED_TIME, INTEGER, Malformed, OBJECT, OCTET_STRING, SEQUENCE,
    implicit, moment, tagged, write,
};
use super::issuers::{Issued, Issuer, is_signed_with, is_understood, key_of};
use super::revocation::{Standing, distribution_points};
use crate::effects::{Effects, Timestamp};

/// What is asked, and what must come back with the answer.
#[derive(Clone, Debug)]
pub struct Question {
    certificate: Vec<u8>,
    nonce: [u8; 16],
}

/// What a responder says of the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It stands.
    Good,
    /// Revoked, for ever or on hold.
    Revoked,
    /// The responder does not know it.
    Unknown,
}

/// An answer that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub said: Said,
    /// Until when it may be used again; `None`: this once.
    pub until: Option<Timestamp>,
    /// Who signed it in the authority's place; `None`: the authority itself.
    pub by: Option<Delegate>,
}

/// Why an answer does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspFault {
    /// Not an answer.
    #[error("the answer is not one of OCSP")]
    Malformed,
    /// `tryLater`, `internalError` and the like.
    #[error("the responder says that it cannot answer now")]
    Declined,
    /// About another certificate.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// Neither the authority nor a responder of its own signed it.
    #[error("the answer is signed by nobody who may speak for the authority")]
    Signer,
    /// A responder of the authority's signed it whose own certificate was revoked.
    #[error("the certificate of the responder itself was revoked")]
    SignerRevoked,
    /// A responder of the authority's signed it, and neither its certificate nor a list says that it
    /// stands.
    #[error("nobody says whether the certificate of the responder itself was revoked")]
    SignerUnchecked,
    /// From the future, or past its time.
    #[error("the answer is not of this time")]
    Time,
    /// Another one, or none though it is demanded.
    #[error("the answer does not carry our nonce")]
    Nonce,
}

impl From<Malformed> for OcspFault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl Question {
    /// About one certificate.
    ///
    /// # Errors
    /// [`Malformed`] when the key of the authority cannot be read.
    pub fn about(issued: &Issued<'_>, fx: &Effects) -> Result<Self, Malformed> {
        let mut nonce = [0; 16];
        fx.fill(&mut nonce);
        let certificate = certificate_id(issued.issuer, &issued.serial)?;
        Ok(Self { certificate, nonce })
    }

    /// The `OCSPRequest`, not signed.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let nonce = write(OCTET_STRING, &[&write(OCTET_STRING, &[&self.nonce])]);
        let extension = write(SEQUENCE, &[&write(OBJECT, &[NONCE]), &nonce]);
        let extensions = write(tagged(2), &[&write(SEQUENCE, &[&extension])]);
        let list = write(SEQUENCE, &[&write(SEQUENCE, &[&self.certificate])]);
        write(SEQUENCE, &[&write(SEQUENCE, &[&list, &extensions])])
    }

    /// The answer to it. `standing` says what lists say of a certificate of the authority's, by serial
    /// number and distribution points: it is asked about a responder that is not the authority itself.
    ///
    /// # Errors
    /// [`OcspFault`]
    pub fn read(
        &self,
        octets: &[u8],
        issuer: &Issuer,
        now: Timestamp,
        nonce_required: bool,
        standing: impl Fn(&[u8], &[Vec<u8>]) -> Standing,
    ) -> Result<Answer, OcspFault> {
        let mut response = Der::only(octets, SEQUENCE)?;
        if response.expect(ENUMERATED)?.contents != [0] {
            return Err(OcspFault::Declined);
        }
        let mut typed = response.enter(tagged(0))?.enter(SEQUENCE)?;
        response.finish()?;
        if typed.expect(OBJECT)?.contents != BASIC {
            return Err(OcspFault::Malformed);
        }
        let basic = typed.expect(OCTET_STRING)?.contents;
        typed.finish()?;

        let mut basic = Der::only(basic, SEQUENCE)?;
        let data = basic.expect(SEQUENCE)?;
        let algorithm = basic.expect(SEQUENCE)?.contents;
        let signature = der::whole_bits(basic.expect(BIT_STRING)?.contents)?;
        let certificates = basic.optional(tagged(0))?;
        basic.finish()?;
        let signed = |key: &[u8]| is_signed_with(key, algorithm, data.whole, signature);
        // Signatures first: nothing that nobody signed is read.
        if signed(issuer.key()) {
            return self.answer(data.contents, now, nonce_required);
        }
        let responders = delegated(certificates.map(|value| value.contents), issuer, now)?;
        let mut responders = responders.into_iter();
        let responder = responders.find(|one| signed(&one.key)).ok_or(OcspFault::Signer)?;
        let answer = self.answer(data.contents, now, nonce_required)?;
        let listed = standing(&responder.serial, &responder.points);
        // Whoever may be a thief can still not let anybody in.
        if responder.speaks(listed) || listed != Standing::Revoked && answer.said == Said::Revoked {
            return Ok(Answer { by: Some(responder), ..answer });
        }
        Err(match listed {
            Standing::Revoked => OcspFault::SignerRevoked,
            _ => OcspFault::SignerUnchecked,
        })
    }

    fn answer(
        &self,
        data: &[u8],
        now: Timestamp,
        nonce_required: bool,
    ) -> Result<Answer, OcspFault> {
        let mut data = Der::new(data);
        data.optional(tagged(0))?;
        // responderID: by name or by key.
        let responder = data.any()?;
        if responder.tag != tagged(1) && responder.tag != tagged(2) {
            return Err(OcspFault::Malformed);
        }
        data.expect(GENERALIZED_TIME)?;
        let mut singles = data.enter(SEQUENCE)?;
        let extensions = data.optional(tagged(1))?;
        data.finish()?;
        match nonce_of(extensions.map(|value| value.contents))? {
            Some(nonce) if nonce == self.nonce => {}
            None if !nonce_required => {}
            _ => return Err(OcspFault::Nonce),
        }
        while !singles.is_empty() {
            let mut single = singles.enter(SEQUENCE)?;
            if single.expect(SEQUENCE)?.whole == self.certificate {
                return status(single, now);
            }
        }
        Err(OcspFault::OtherCertificate)
    }
}

/// What stands behind the certificate's name in a `SingleResponse`.
fn status(mut single: Der<'_>, now: Timestamp) -> Result<Answer, OcspFault> {
    let said = match single.any()?.tag {
        tag if tag == implicit(0) => Said::Good,
        tag if tag == tagged(1) => Said::Revoked,
        tag if tag == implicit(2) => Said::Unknown,
        _ => return Err(OcspFault::Malformed),
    };
    let this_update = moment(single.expect(GENERALIZED_TIME)?.contents)?;
    let until = match single.optional(tagged(0))? {
        None => None,
        Some(value) => Some(moment(Der::new(value.contents).expect(GENERALIZED_TIME)?.contents)?),
    };
    if this_update > now.plus(SKEW) {
        return Err(OcspFault::Time);
    }
    // Without an end it is a word about the present.
    let holds = until.map_or(now.since(this_update) <= SKEW, |until| now <= until);
    if holds { Ok(Answer { said, until, by: None }) } else { Err(OcspFault::Time) }
}

/// A responder to whom the authority gave a certificate for OCSP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegate {
    key: Vec<u8>,
    serial: Vec<u8>,
    /// Where lists are that speak of it.
    points: Vec<Vec<u8>>,
    /// Whether the authority says that it is to be trusted as long as it lives
    /// (id-pkix-ocsp-nocheck).
    unrevoked: bool,
}

impl Delegate {
    /// The serial number of its certificate, as the contents of its INTEGER.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The distribution points of its certificate.
    #[must_use]
    pub fn points(&self) -> &[Vec<u8>] {
        &self.points
    }

    /// Whether its word counts, when lists say this of its certificate.
    #[must_use]
    pub const fn speaks(&self, listed: Standing) -> bool {
        match listed {
            Standing::Good => true,
            Standing::Revoked => false,
            Standing::NotCovered | Standing::Stale => self.unrevoked,
        }
    }
}

/// The responders of `issuer` whose certificates hold at `now`.
fn delegated(
    certificates: Option<&[u8]>,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<Vec<Delegate>, OcspFault> {
    let Some(certificates) = certificates else { return Ok(Vec::new()) };
    let mut list = Der::only(certificates, SEQUENCE)?;
    let mut found = Vec::new();
    let mut seen = 0;
    while !list.is_empty() && seen < MOST_CERTIFICATES {
        seen += 1;
        found.extend(delegate(list.expect(SEQUENCE)?.whole, issuer, now));
    }
    Ok(found)
}

fn delegate(certificate: &[u8], issuer: &Issuer, now: Timestamp) -> Option<Delegate> {
    let (rest, read) = X509Certificate::from_der(certificate).ok()?;
    let moment = |at: x509_parser::time::ASN1Time| Timestamp::from_unix_seconds(at.timestamp());
    let validity = read.validity();
    let now_is_within = moment(validity.not_before) <= now && now <= moment(validity.not_after);
    let extensions = read.extensions_map().ok()?;
    let understood = read.extensions().iter().all(is_understood);
    let signs = read.key_usage().ok()?.is_none_or(|usage| usage.value.digital_signature());
    let purpose = read.extended_key_usage().ok()??.value;
    let issued_by = Der::only(read.issuer().as_raw(), SEQUENCE).ok()?;
    let same = issued_by.rest() == issuer.subject();
    let fit = understood && signs && purpose.ocsp_signing && !read.is_ca();
    if !rest.is_empty() || !now_is_within || !fit || !same {
        return None;
    }
    let mut parts = Der::only(certificate, SEQUENCE).ok()?;
    let signed = parts.expect(SEQUENCE).ok()?.whole;
    let algorithm = parts.expect(SEQUENCE).ok()?.contents;
    let signature = der::whole_bits(parts.expect(BIT_STRING).ok()?.contents).ok()?;
    if !is_signed_with(issuer.key(), algorithm, signed, signature) {
        return None;
    }
    let points = extensions.get(&OID_X509_EXT_CRL_DISTRIBUTION_POINTS);
    Some(Delegate {
        key: Der::only(read.public_key().raw, SEQUENCE).ok()?.rest().to_vec(),
        serial: read.raw_serial().to_vec(),
        points: points.map_or(Ok(Vec::new()), |found| distribution_points(found.value)).ok()?,
        unrevoked: read.extensions().iter().any(|found| found.oid.as_bytes() == NO_CHECK),
    })
}

/// The nonce among the extensions of an answer.
fn nonce_of(extensions: Option<&[u8]>) -> Result<Option<&[u8]>, Malformed> {
    let Some(extensions) = extensions else { return Ok(None) };
    let mut list = Der::only(extensions, SEQUENCE)?;
    while !list.is_empty() {
        let mut extension = list.enter(SEQUENCE)?;
        let is_nonce = extension.expect(OBJECT)?.contents == NONCE;
        extension.optional(BOOLEAN)?;
        let value = extension.expect(OCTET_STRING)?.contents;
        if is_nonce {
            return Ok(Some(Der::new(value).expect(OCTET_STRING)?.contents));
        }
    }
    Ok(None)
}

/// `CertID` by SHA-1, which is what responders look certificates up by (RFC 5019, section 2.1.1): a
/// name, not a proof.
fn certificate_id(issuer: &Issuer, serial: &[u8]) -> Result<Vec<u8>, Malformed> {
    let name = digest(&SHA1_FOR_LEGACY_USE_ONLY, &write(SEQUENCE, &[issuer.subject()]));
    let key = digest(&SHA1_FOR_LEGACY_USE_ONLY, key_of(issuer.key())?.1);
    let algorithm = write(SEQUENCE, &[&write(OBJECT, &[SHA1]), &[0x05, 0x00]]);
    Ok(write(
        SEQUENCE,
        &[
            &algorithm,
            &write(OCTET_STRING, &[name.as_ref()]),
            &write(OCTET_STRING, &[key.as_ref()]),
            &write(INTEGER, &[serial]),
        ],
    ))
}

const BOOLEAN: u8 = 0x01;
const ENUMERATED: u8 = 0x0A;
/// 1.3.14.3.2.26
const SHA1: &[u8] = &[0x2B, 0x0E, 0x03, 0x02, 0x1A];
/// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1
const BASIC: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
/// id-pkix-ocsp-nocheck, 1.3.6.1.5.5.7.48.1.5
const NO_CHECK: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05];
/// id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2
const NONCE: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
/// How many certificates of an answer are looked at.
const MOST_CERTIFICATES: usize = 4;
/// How far a responder's clock may be from ours.
const SKEW: std::time::Duration = std::time::Duration::from_mins(5);
