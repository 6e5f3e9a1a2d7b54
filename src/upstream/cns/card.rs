//! A card's certificate: what it is for, and whose it is.
//!
//! Not trust: the authority that issued it is judged elsewhere. Profile of the CNS (decree of the
//! Ministry of the Interior of 9 December 2004, and the guidelines of CNIPA for issuing it): the common
//! name of the holder is the fiscal code, a slash, the number of the card, a full stop and a digest.

use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::crypto::revocation::distribution_points;
use crate::identity::FiscalCode;

/// What a certificate says.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) purpose: Purpose,
    /// Bits of its RSA key; `None` for other kinds, whose curves are strong enough.
    pub(super) rsa_bits: Option<usize>,
    /// The policies it was issued under, in dotted notation.
    pub(super) policies: Vec<String>,
    /// Whose it is, if that is said in the one right way.
    pub(super) holder: Result<Holder, Unnamed>,
    /// Where its authority's lists are.
    pub(super) points: Vec<Vec<u8>>,
    /// Which responders it names.
    pub(super) responders: Vec<String>,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To say who somebody is.
    Authentication,
    /// To sign documents, and nothing else.
    Signature,
    /// To issue certificates, or nothing that concerns us.
    Other,
}

/// Whose a card is.
pub(super) struct Holder {
    pub(super) fiscal_code: FiscalCode,
    pub(super) given_name: Option<String>,
    pub(super) family_name: Option<String>,
}

/// Nothing of a person by way of `{:?}`.
impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder")
    }
}

/// Why a certificate does not name its holder. No text repeats what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unnamed {
    #[error(
        "the subject has no common name, more than one, or one that stands beside something else"
    )]
    CommonName,
    #[error("the common name is not a text of PrintableString or UTF8String")]
    Encoding,
    #[error("the common name does not begin with a fiscal code of a person and a slash")]
    FiscalCode,
    #[error("the serialNumber of the subject is another person's")]
    SerialNumber,
}

impl Card {
    /// Reads DER; `None` when it is not a certificate, or says a thing twice.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (rest, read) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        // Whatever stands twice, or cannot be read, makes it unreadable.
        read.extensions_map().ok()?;
        let usage = read.key_usage().ok()?.map(|usage| usage.value);
        let purposes = read.extended_key_usage().ok()?.map(|usage| usage.value);
        let purpose = match (usage, purposes) {
            _ if read.is_ca() => Purpose::Other,
            (Some(usage), _) if !usage.digital_signature() && usage.non_repudiation() => {
                Purpose::Signature
            }
            (Some(usage), _) if !usage.digital_signature() => Purpose::Other,
            (_, Some(purposes)) if purposes.client_auth => Purpose::Authentication,
            _ => Purpose::Other,
        };
        let mut card = Self {
            purpose,
            rsa_bits: match read.public_key().parsed().ok()? {
                PublicKey::RSA(key) => Some(key.key_size()),
                _ => None,
            },
            policies: Vec::new(),
            holder: holder(read.subject()),
            points: Vec::new(),
            responders: Vec::new(),
        };
        for extension in read.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::CertificatePolicies(policies) => {
                    let named = policies.iter().map(|policy| policy.policy_id.to_id_string());
                    card.policies.extend(named);
                }
                ParsedExtension::CRLDistributionPoints(_) => {
                    card.points = distribution_points(extension.value).ok()?;
                }
                ParsedExtension::AuthorityInfoAccess(access) => {
                    let responders = access.iter().filter_map(|one| match &one.access_location {
                        GeneralName::URI(uri) if one.access_method.to_id_string() == OCSP => {
                            Some((*uri).to_owned())
                        }
                        _ => None,
                    });
                    card.responders.extend(responders);
                }
                ParsedExtension::ParseError { .. } => return None,
                _ => {}
            }
        }
        Some(card)
    }
}

/// Whose name the subject is.
fn holder(subject: &X509Name<'_>) -> Result<Holder, Unnamed> {
    let mut names = subject.iter_rdn().filter(|part| part.iter().any(|one| is(one, COMMON_NAME)));
    let (Some(part), None) = (names.next(), names.next()) else { return Err(Unnamed::CommonName) };
    let mut together = part.iter();
    let (Some(name), None) = (together.next(), together.next()) else {
        return Err(Unnamed::CommonName);
    };
    let name = text(name).ok_or(Unnamed::Encoding)?;
    let (code, _) = name.split_once('/').ok_or(Unnamed::FiscalCode)?;
    // Sixteen characters, upper case: what was cut out of something longer is not a code.
    let fiscal_code = FiscalCode::parse(code)
        .ok()
        .filter(|parsed| parsed.as_str() == code && !parsed.is_provisional())
        .ok_or(Unnamed::FiscalCode)?;
    let mut numbers = subject.iter_attributes().filter(|one| is(one, SERIAL_NUMBER));
    let agrees = numbers.all(|one| match text(one) {
        Some(number) => !number.starts_with("TINIT-") || number == fiscal_code.tax_number(),
        None => false,
    });
    if !agrees {
        return Err(Unnamed::SerialNumber);
    }
    let single = |kind: &str| {
        let mut found = subject.iter_attributes().filter(|one| is(one, kind));
        match (found.next(), found.next()) {
            (Some(one), None) => text(one).map(str::to_owned),
            _ => None,
        }
    };
    Ok(Holder { fiscal_code, given_name: single(GIVEN_NAME), family_name: single(SURNAME) })
}

fn is(attribute: &AttributeTypeAndValue<'_>, kind: &str) -> bool {
    attribute.attr_type().to_id_string() == kind
}

/// A `PrintableString` or a `UTF8String` without control characters.
fn text<'a>(attribute: &AttributeTypeAndValue<'a>) -> Option<&'a str> {
    let tag = attribute.attr_value().header.tag().0;
    let text = attribute.as_str().ok().filter(|_| tag == UTF8_STRING || tag == PRINTABLE_STRING)?;
    (!text.chars().any(char::is_control)).then_some(text)
}

const COMMON_NAME: &str = "2.5.4.3";
const SURNAME: &str = "2.5.4.4";
const SERIAL_NUMBER: &str = "2.5.4.5";
const GIVEN_NAME: &str = "2.5.4.42";
/// id-ad-ocsp
const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const UTF8_STRING: u32 = 12;
const PRINTABLE_STRING: u32 = 19;

#[cfg(test)]
mod tests;
