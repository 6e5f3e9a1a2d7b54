//! What `varco keys generate` has to know about a body before any key exists.
//!
//! Not the keys: nothing here opens a file.

use std::path::PathBuf;

use super::super::Problems;
use super::super::section::{File, Section};
use super::keys::Files;
use super::{Body, Defaults, entity, organization, role};
use crate::crypto::certificate::Identifier;
use crate::saml::metadata::service_provider::contacts::{Aggregator, TaxNumbers};
use crate::saml::metadata::service_provider::{Role, Sector};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Signs requests and metadata.
    Signing,
    /// Decrypts assertions.
    Decryption,
}

/// Where a key and its certificate go, and whom the certificate names.
#[derive(Clone, Debug)]
pub struct CertificatePlan {
    /// Towards which upstream it is used.
    pub upstream: &'static str,
    /// The body.
    pub tenant: String,
    /// What the key is for.
    pub purpose: KeyPurpose,
    /// The private key's file.
    pub key: PathBuf,
    /// The certificate's file.
    pub certificate: PathBuf,
    /// Subject attribute `uri`.
    pub entity_id: String,
    /// Subject attribute `O`.
    pub organization: String,
    /// Subject attribute `CN`.
    pub common_name: String,
    /// Subject attribute `L`.
    pub locality: String,
    number: Number,
}

impl CertificatePlan {
    /// Subject attribute `organizationIdentifier`.
    #[must_use]
    pub fn identifier(&self) -> Identifier<'_> {
        match &self.number {
            Number::Ipa(code) => Identifier::Ipa(code),
            Number::Vat(digits) => Identifier::Vat(digits),
            Number::Fiscal(code) => Identifier::Fiscal(code),
        }
    }
}

/// [`Identifier`], owned.
#[derive(Clone, Debug)]
enum Number {
    Ipa(String),
    Vat(String),
    Fiscal(String),
}

/// The plans of one body: the key that signs, the one that comes next, those that decrypt.
pub(in super::super) fn certificate_plans(
    file: &File<'_>,
    body: Body<'_, '_>,
    defaults: &Defaults,
    issuer: &str,
    problems: &mut Problems,
) -> Option<Vec<CertificatePlan>> {
    let Body { tenant, section, .. } = body;
    let role = role::read(body, defaults.is_cie(), problems)?;
    let (entity_id, _) = entity(section, tenant, defaults, (issuer, Some(&role)), problems);
    let named = organization(section, problems).into_iter().find(|entry| entry.language == "it")?;
    let (number, speaker) = whom(&role);
    let files = Files::read(&section.section("keys", problems), tenant, defaults, problems);
    let first = CertificatePlan {
        upstream: defaults.upstream,
        tenant: tenant.to_owned(),
        purpose: KeyPurpose::Signing,
        key: file.beside(&files.key),
        certificate: file.beside(&files.certificate),
        entity_id,
        organization: speaker.map_or(named.name, |aggregator| aggregator.company.clone()),
        common_name: speaker.map_or(named.display_name, |aggregator| aggregator.company.clone()),
        locality: locality(section, problems),
        number,
    };
    let other = |purpose, (key, certificate): (&String, &String)| CertificatePlan {
        purpose,
        key: file.beside(key),
        certificate: file.beside(certificate),
        ..first.clone()
    };
    let next = files.next_key.as_ref().zip(files.next_certificate.as_ref());
    let mut plans = vec![first.clone()];
    plans.extend(next.map(|pair| other(KeyPurpose::Signing, pair)));
    for (key, certificate) in files.decryption.iter().chain(&files.next_decryption) {
        plans.push(other(KeyPurpose::Decryption, (key, certificate)));
    }
    Some(plans)
}

/// The town of the certificate's subject.
pub(super) fn locality(section: &Section<'_>, problems: &mut Problems) -> String {
    let table = section.section("certificate", problems);
    let locality = table.optional_text("locality", problems).unwrap_or("Roma").to_owned();
    table.finish(problems);
    locality
}

/// By what the certificate's owner is known. An aggregator signs in its own name.
fn whom(role: &Role) -> (Number, Option<&Aggregator>) {
    let ipa = |code: &str| Number::Ipa(code.to_owned());
    match role {
        Role::Public(body) => (ipa(body.ipa_code.as_str()), None),
        Role::CiePublic { body, .. } => (ipa(body.ipa_code.as_str()), None),
        Role::Private { body, .. } => (private(&body.numbers), None),
        Role::CiePrivate { body, .. } => (vat(body.vat_number.as_str()), None),
        Role::PublicAggregator { aggregator, .. } | Role::PrivateAggregator { aggregator, .. } => {
            let number = aggregator
                .ipa_code
                .as_ref()
                .map_or_else(|| private(&aggregator.numbers), |code| ipa(code.as_str()));
            (number, Some(aggregator))
        }
        Role::Operator { sector: Sector::Public, operator } => {
            (ipa(operator.ipa_code.as_str()), None)
        }
        Role::Operator { sector: Sector::Private, operator } => {
            (vat(operator.vat_number.as_str()), None)
        }
    }
}

fn vat(number: &str) -> Number {
    Number::Vat(number.trim_start_matches("IT").to_owned())
}

/// A fiscal code of 11 digits is a number of the same register as a VAT number.
fn private(numbers: &TaxNumbers) -> Number {
    match (numbers.vat(), numbers.fiscal()) {
        (Some(number), _) => vat(number.as_str()),
        (None, Some(code)) if code.as_str().len() == 11 => vat(code.as_str()),
        (None, code) => Number::Fiscal(code.map(ToString::to_string).unwrap_or_default()),
    }
}
