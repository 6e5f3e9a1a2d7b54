//! Whether somebody's certificate has the profile that AgID demands of service providers.
//!
//! Not the making of one: `certificate.rs` does that. AgID, Avviso 29 v3, certificates.

use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::CertificateFault;
use crate::effects::Timestamp;

/// From when until when a certificate is valid.
///
/// # Errors
/// [`CertificateFault::Unreadable`] when it is none.
pub fn validity(der: &[u8]) -> Result<(Timestamp, Timestamp), CertificateFault> {
    let (_, certificate) =
        X509Certificate::from_der(der).map_err(|_| CertificateFault::Unreadable)?;
    let validity = certificate.validity();
    let moment = |at: x509_parser::time::ASN1Time| Timestamp::from_unix_seconds(at.timestamp());
    Ok((moment(validity.not_before), moment(validity.not_after)))
}

/// Every way in which the certificate, of the service provider `entity_id`, is not as the profile
/// demands; nothing when it is. Its dates are not looked at: [`validity`].
#[must_use]
pub fn against_profile(der: &[u8], entity_id: &str) -> Vec<String> {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return vec![CertificateFault::Unreadable.to_string()];
    };
    let mut wrong = Vec::new();
    let mut must = |holds: bool, problem: &str| {
        if !holds {
            wrong.push(problem.to_owned());
        }
    };
    let value = |oid: &str| {
        let mut parts = certificate.subject().iter_attributes();
        let part = parts.find(|part| part.attr_type().to_id_string() == oid)?;
        part.as_str().ok().map(str::to_owned)
    };
    for (oid, name) in DEMANDED {
        must(value(oid).is_some_and(|text| !text.is_empty()), &format!("its subject lacks {name}"));
    }
    for (oid, name) in PERSONAL {
        must(value(oid).is_none(), &format!("its subject has {name}, which is for persons"));
    }
    let uri = value("2.5.4.83").unwrap_or_default();
    must(uri.is_empty() || uri == entity_id, "its subject names another entity ID (uri)");
    let strong =
        STRONG.contains(&certificate.signature_algorithm.algorithm.to_id_string().as_str());
    must(strong, "it is signed with neither SHA-256 nor SHA-512");
    let constraints = certificate.basic_constraints().ok().flatten();
    let plain = constraints.is_some_and(|found| !found.critical && !found.value.ca);
    must(plain, "basicConstraints is not CA:FALSE, or is critical");
    let usage = certificate.key_usage().ok().flatten();
    // digitalSignature and nonRepudiation.
    let signs = usage.is_some_and(|found| found.critical && found.value.flags == 0b11);
    must(signs, "keyUsage is not digitalSignature and nonRepudiation alone, critical");
    let policies = policies(&certificate);
    let has = |oid: &str| policies.iter().any(|policy| policy == oid);
    must(has("1.3.76.16.6"), "the policy 1.3.76.16.6 is missing");
    let identifier = value("2.5.4.97").unwrap_or_default();
    if let Some(code) = identifier.strip_prefix("PA:IT-") {
        must((1..=16).contains(&code.len()), "organizationIdentifier is no IPA code");
        must(has("1.3.76.16.4.2.1"), "the policy of public bodies, 1.3.76.16.4.2.1, is missing");
    } else {
        let digits = identifier
            .strip_prefix("VATIT-")
            .is_some_and(|number| number.len() == 11 && number.bytes().all(|b| b.is_ascii_digit()));
        let fiscal = identifier.strip_prefix("CF:IT-").is_some_and(|code| code.len() == 16);
        must(digits || fiscal, "organizationIdentifier is none of PA:IT-, VATIT-, CF:IT-");
        must(has("1.3.76.16.4.3.1"), "the policy of private bodies, 1.3.76.16.4.3.1, is missing");
    }
    wrong
}

const DEMANDED: [(&str, &str); 6] = [
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.10", "O"),
    ("2.5.4.3", "CN"),
    ("2.5.4.83", "uri"),
    ("2.5.4.97", "organizationIdentifier"),
];

const PERSONAL: [(&str, &str); 5] = [
    ("2.5.4.4", "surname"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.43", "initials"),
    ("2.5.4.65", "pseudonym"),
];

/// SHA-256 and SHA-512 with RSA.
const STRONG: [&str; 2] = ["1.2.840.113549.1.1.11", "1.2.840.113549.1.1.13"];

fn policies(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extensions = certificate.extensions().iter();
    let found = extensions.filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::CertificatePolicies(policies) => Some(policies),
        _ => None,
    });
    found
        .flat_map(|policies| policies.iter())
        .map(|policy| policy.policy_id.to_id_string())
        .collect()
}
