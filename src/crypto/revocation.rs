//! Lists of revoked certificates (RFC 5280, section 5): read, verified, and asked.
//!
//! Not fetching: whoever holds a list keeps it fresh. A list counts only for the authority whose key
//! signed it. Delta and indirect lists and those that hold some reasons only are refused, because they
//! do not say the whole truth about a certificate; a list that says which distribution point it is for
//! counts only for certificates that name that point.

use rustls::pki_types::CertificateRevocationListDer;
use rustls::pki_types::pem::PemObject as _;
use webpki::{CertRevocationList, Error, OwnedCertRevocationList};
use x509_parser::num_bigint::BigUint;
use x509_parser::prelude::{CertificateRevocationList, FromDer as _};

use super::der::{BIT_STRING, Der, Malformed, SEQUENCE, implicit, tagged, whole_bits};
use super::issuers::{Issuer, Issuers, is_signed_with};
use crate::effects::Timestamp;

/// Why a list is of no use. No text repeats what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// Neither DER nor PEM of a list of version 2 with an end.
    #[error("not a list of revoked certificates that can be used: {0}")]
    Unreadable(String),
    /// Its scope is not that of a complete list of people's certificates.
    #[error("it is a delta, an indirect or a partial list, or one of authorities only")]
    Scope,
    /// None of the authorities has that name.
    #[error("none of the authorities issued it")]
    UnknownAuthority,
    /// The authority's certificate does not let it sign lists.
    #[error("its issuer may not sign lists: the keyUsage of the authority has no cRLSign")]
    NotForLists,
    /// The authority's key did not sign it, or not with an algorithm that counts.
    #[error("its signature does not verify")]
    Signature,
    /// It is from the future.
    #[error("it begins later than now")]
    NotYetValid,
}

/// A list that an authority signed.
#[derive(Debug)]
pub struct RevocationList {
    list: CertRevocationList<'static>,
    issuer_key: Vec<u8>,
    this_update: Timestamp,
    next_update: Timestamp,
    /// `cRLNumber`, without leading zeros.
    number: Vec<u8>,
    /// The distribution points it is for; empty: all.
    points: Vec<Vec<u8>>,
}

/// What a list says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not listed.
    Good,
    /// Listed, for ever or on hold.
    Revoked,
    /// This list does not speak of it.
    NotCovered,
    /// It speaks of it, and is past its time.
    Stale,
}

impl RevocationList {
    /// Reads and verifies DER or PEM.
    ///
    /// # Errors
    /// [`ListFault`]
    pub fn read(octets: &[u8], issuers: &Issuers, now: Timestamp) -> Result<Self, ListFault> {
        let der = if octets.first() == Some(&SEQUENCE) {
            CertificateRevocationListDer::from(octets)
        } else {
            CertificateRevocationListDer::from_pem_slice(octets)
                .map_err(|_| ListFault::Unreadable("neither DER nor PEM".to_owned()))?
        };
        let list: CertRevocationList<'static> =
            OwnedCertRevocationList::from_der(&der).map_err(list_fault)?.into();
        let points = match list.issuing_distribution_point() {
            None => Vec::new(),
            Some(scope) => points_of(scope).map_err(|_| ListFault::Scope)?,
        };
        let unreadable = || ListFault::Unreadable("its structure".to_owned());
        let (_, read) = CertificateRevocationList::from_der(&der).map_err(|_| unreadable())?;
        let moment = |at: x509_parser::time::ASN1Time| Timestamp::from_unix_seconds(at.timestamp());
        let this_update = moment(read.last_update());
        if this_update > now.plus(SKEW) {
            return Err(ListFault::NotYetValid);
        }
        let mut named =
            issuers.iter().filter(|issuer| issuer.subject() == list.issuer()).peekable();
        named.peek().ok_or(ListFault::UnknownAuthority)?;
        let mut named = named.filter(|issuer| issuer.signs_lists()).peekable();
        named.peek().ok_or(ListFault::NotForLists)?;
        let parts = Parts::of(&der).map_err(|_| unreadable())?;
        let issuer = named
            .find(|issuer| {
                is_signed_with(issuer.key(), parts.algorithm, parts.signed, parts.signature)
            })
            .ok_or(ListFault::Signature)?;
        Ok(Self {
            issuer_key: issuer.key().to_vec(),
            this_update,
            next_update: read.next_update().map(moment).ok_or_else(unreadable)?,
            number: read.crl_number().map(BigUint::to_bytes_be).unwrap_or_default(),
            points,
            list,
        })
    }

    /// What it says at `now` of the certificate of `issuer` with this serial number, which names these
    /// distribution points.
    #[must_use]
    pub fn standing(
        &self,
        issuer: &Issuer,
        serial: &[u8],
        points: &[Vec<u8>],
        now: Timestamp,
    ) -> Standing {
        let covers =
            self.points.is_empty() || self.points.iter().any(|point| points.contains(point));
        if !self.is_of(issuer) || !covers {
            return Standing::NotCovered;
        }
        match self.list.find_serial(serial) {
            // Whoever was revoked stays so, however old the list.
            Ok(Some(_)) => Standing::Revoked,
            Ok(None) if now <= self.next_update => Standing::Good,
            _ => Standing::Stale,
        }
    }

    /// Whether `other` says the same or something newer. A list never takes the place of a newer one.
    #[must_use]
    pub fn is_followed_by(&self, other: &Self) -> bool {
        let number = |list: &Self| (list.number.len(), list.number.clone());
        self.this_update <= other.this_update && number(self) <= number(other)
    }

    /// Whether both are of the same authority and the same distribution points.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        self.issuer_key == other.issuer_key && self.points == other.points
    }

    /// Whether it is a list of this authority.
    #[must_use]
    pub fn is_of(&self, issuer: &Issuer) -> bool {
        self.issuer_key == issuer.key() && self.list.issuer() == issuer.subject()
    }

    /// Until when it may say that a certificate is good.
    #[must_use]
    pub const fn next_update(&self) -> Timestamp {
        self.next_update
    }
}

/// The distribution points in `cRLDistributionPoints` (the extension's value) that speak for all reasons
/// and for the certificate's own authority, as URIs.
///
/// # Errors
/// [`Malformed`]
pub fn distribution_points(extension: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut points = Der::only(extension, SEQUENCE)?;
    let mut found = Vec::new();
    while !points.is_empty() {
        let mut point = points.enter(SEQUENCE)?;
        let name = point.optional(tagged(0))?;
        // Some reasons only, or another authority's list: not a point that can clear anybody.
        if point.is_empty()
            && let Some(name) = name
        {
            found.extend(full_name(name.contents)?);
        }
    }
    Ok(found)
}

/// What a signed structure is made of.
struct Parts<'a> {
    /// With its tag.
    signed: &'a [u8],
    /// The contents of the algorithm's identifier.
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut outer = Der::only(der, SEQUENCE)?;
        let signed = outer.expect(SEQUENCE)?.whole;
        let algorithm = outer.expect(SEQUENCE)?.contents;
        let signature = whole_bits(outer.expect(BIT_STRING)?.contents)?;
        outer.finish()?;
        Ok(Self { signed, algorithm, signature })
    }
}

/// The URIs of `issuingDistributionPoint`. webpki has refused indirect lists and those of some reasons
/// before; here those of authorities only are refused.
fn points_of(scope: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut scope = Der::only(scope, SEQUENCE)?;
    let name = scope.expect(tagged(0))?;
    // onlyContainsUserCerts
    scope.optional(implicit(1))?;
    scope.finish()?;
    let points = full_name(name.contents)?;
    if points.is_empty() { Err(Malformed) } else { Ok(points) }
}

/// The URIs of a `DistributionPointName` that is a full name.
fn full_name(name: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut name = Der::new(name);
    let Some(names) = name.optional(tagged(0))? else { return Ok(Vec::new()) };
    let (mut names, mut found) = (Der::new(names.contents), Vec::new());
    while !names.is_empty() {
        let one = names.any()?;
        if one.tag == implicit(6) {
            found.push(one.contents.to_vec());
        }
    }
    Ok(found)
}

fn list_fault(fault: Error) -> ListFault {
    match fault {
        Error::UnsupportedDeltaCrl
        | Error::UnsupportedIndirectCrl
        | Error::UnsupportedRevocationReasonsPartitioning
        | Error::UnsupportedCrlIssuingDistributionPoint => ListFault::Scope,
        other => ListFault::Unreadable(other.to_string()),
    }
}

/// How far an authority's clock may be ahead of ours.
const SKEW: std::time::Duration = std::time::Duration::from_mins(5);
