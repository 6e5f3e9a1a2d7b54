//! One body that Varco is a SAML service provider for: `[upstream.spid]` itself, or
//! `[upstream.spid.tenant.<name>]`.
//!
//! Not whom we trust: `saml.rs` reads that once for all bodies.

use std::path::PathBuf;
use std::sync::Arc;

use super::Problems;
use super::section::{File, Section};
use crate::crypto::certificate::Pem;
use crate::crypto::rsa::RsaSigningKey;
use crate::saml::metadata::service_provider::contacts::{Office, PublicBody};
use crate::saml::metadata::service_provider::values::{
    BodyFiscalCode, Email, IpaCode, Malformed, Telephone, VatNumber,
};
use crate::saml::metadata::service_provider::{
    AttributeSet, Consumer, Localised, Organization, Role, ServiceProvider,
};
use crate::upstream::settings::{Keys, Tenant};

/// What differs between the SAML upstreams in how they are configured: defaults.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    /// Name of the upstream.
    pub(super) upstream: &'static str,
    /// Folder of the default tenant's paths: `/saml`.
    pub(super) paths: &'static str,
    /// Folder of the default tenant's keys.
    pub(super) keys: &'static str,
}

impl Defaults {
    fn path(&self, tenant: &str, last: &str) -> String {
        match (tenant, last) {
            // Answers of every tenant may come to one place; a document is each tenant's own.
            (DEFAULT, _) | (_, "acs" | "slo") => format!("{}/{last}", self.paths),
            _ => format!("{}/{tenant}/{last}", self.paths),
        }
    }

    fn key(&self, tenant: &str, last: &str) -> String {
        if tenant == DEFAULT {
            format!("{}/{last}", self.keys)
        } else {
            format!("{}/{tenant}/{last}", self.keys)
        }
    }
}

/// The tenant that stands in the upstream's own section.
pub(super) const DEFAULT: &str = "default";

/// The sections of the named bodies.
pub(super) fn named<'a>(
    section: &Section<'a>,
    problems: &mut Problems,
) -> Vec<(&'a str, Section<'a>)> {
    let tenants = section.section("tenant", problems);
    let mut all = Vec::new();
    for name in tenants.keys() {
        if name == DEFAULT || !is_tenant(name) {
            tenants.wrong(
                problems,
                name,
                "is not the name of a tenant",
                "use 1 to 64 of a-z 0-9 - _, and not \"default\"",
            );
        }
        all.push((name, tenants.section(name, problems)));
    }
    all
}

/// Every body with its section. Without a named one, or with an organization of its own, the upstream's
/// section is the tenant `default`.
pub(super) fn bodies<'s, 'a>(
    section: &'s Section<'a>,
    named: &'s [(&'a str, Section<'a>)],
) -> Vec<(&'s str, &'s Section<'a>)> {
    let own = named.is_empty() || section.has("organization");
    let default = own.then_some((DEFAULT, section));
    default.into_iter().chain(named.iter().map(|(name, body)| (*name, body))).collect()
}

fn is_tenant(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    (1..=64).contains(&name.len()) && name.bytes().all(known)
}

/// Reads one body; `None` when something it needs is missing or wrong.
pub(super) fn read(
    file: &File,
    (tenant, section): (&str, &Section<'_>),
    defaults: &Defaults,
    issuer: &str,
    problems: &mut Problems,
) -> Option<Tenant> {
    let base_url = origin(issuer);
    let metadata_path =
        path(section, "metadata_path", &defaults.path(tenant, "metadata"), problems);
    let entity_id = section
        .optional_text("entity_id", problems)
        .map_or_else(|| format!("{base_url}{metadata_path}"), str::to_owned);
    if entity_id.trim() != entity_id {
        section.wrong(
            problems,
            "entity_id",
            "begins or ends with a blank",
            "write the entity ID byte for byte as it is registered",
        );
    }
    let consumers = consumers(section, &defaults.path(tenant, "acs"), problems);
    let slo_path = path(section, "slo_path", &defaults.path(tenant, "slo"), problems);
    let attribute_sets = attribute_sets(section, problems);
    let organization = organization(section, problems);
    let contact = contact(section, problems);
    let keys = keys(file, (tenant, section), defaults, problems);
    // Only `varco keys generate` uses it; here it is read so that its mistakes are found too.
    locality(section, problems);
    Some(Tenant {
        service: ServiceProvider {
            tenant: tenant.to_owned(),
            entity_id,
            base_url,
            metadata_path,
            consumers,
            slo_path,
            attribute_sets,
            organization,
            role: Role::Public(contact?),
            age_limits: Vec::new(),
        },
        keys: keys?,
        published: true,
    })
}

/// The default consumer, and those that `[[…consumer]]` adds.
fn consumers(section: &Section<'_>, default: &str, problems: &mut Problems) -> Vec<Consumer> {
    let first = path(section, "acs_path", default, problems);
    let mut consumers = vec![Consumer { index: 0, path: first.clone() }];
    for entry in section.sections("consumer", problems) {
        let index = entry.number("index", 0, 1..=65_535, problems);
        let place = path(&entry, "path", &format!("{first}/{index}"), problems);
        entry.finish(problems);
        consumers.push(Consumer { index: u16::try_from(index).unwrap_or_default(), path: place });
    }
    consumers
}

/// Scheme and authority of the issuer.
fn origin(issuer: &str) -> String {
    url::Url::parse(issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

fn path(section: &Section<'_>, key: &str, default: &str, problems: &mut Problems) -> String {
    let text = section.optional_text(key, problems).unwrap_or(default);
    if !text.starts_with('/') || text.contains(['?', '#', '{', ' ']) {
        section.wrong(problems, key, "is not a path", "write a path that starts with a slash");
    }
    text.to_owned()
}

fn attribute_sets(section: &Section<'_>, problems: &mut Problems) -> Vec<AttributeSet> {
    let entries = section.sections("attribute_set", problems);
    if entries.is_empty() {
        section.wrong(
            problems,
            "attribute_set",
            "is missing",
            "add [[attribute_set]] to it with name, index, title and attributes",
        );
    }
    let mut sets = Vec::new();
    for entry in entries {
        let name =
            entry.text("name", "write the name by which relying parties choose it", problems);
        let index = entry.number("index", 0, 0..=65_535, problems);
        let titles = localised(&entry.section("title", problems), problems);
        let attributes = owned(&entry.texts("attributes", problems));
        if attributes.is_empty() {
            entry.wrong(
                problems,
                "attributes",
                "is missing or empty",
                "list SPID attribute names, such as \"fiscalNumber\"",
            );
        }
        let required = owned(&entry.texts("required", problems));
        entry.finish(problems);
        if let (Some(name), Ok(index)) = (name, u16::try_from(index)) {
            sets.push(AttributeSet { name: name.to_owned(), index, titles, attributes, required });
        }
    }
    sets
}

/// A table of texts by language.
fn localised(table: &Section<'_>, problems: &mut Problems) -> Vec<Localised> {
    let mut texts = Vec::new();
    for language in table.keys() {
        if let Some(text) = table.optional_text(language, problems) {
            texts.push(Localised { language: language.to_owned(), text: text.to_owned() });
        }
    }
    if !texts.iter().any(|text| text.language == "it") {
        table.wrong(problems, "it", "is missing", "write the Italian text");
    }
    texts
}

fn organization(section: &Section<'_>, problems: &mut Problems) -> Vec<Organization> {
    let table = section.section("organization", problems);
    let mut entries = Vec::new();
    for language in table.keys() {
        let entry = table.section(language, problems);
        let name = entry.text("name", "write the name of the body as registered", problems);
        let display_name = entry.optional_text("display_name", problems).or(name);
        let url = entry.text("url", "write the address of the body's site", problems);
        entry.finish(problems);
        if let (Some(name), Some(display_name), Some(url)) = (name, display_name, url) {
            entries.push(Organization {
                language: language.to_owned(),
                name: name.to_owned(),
                display_name: display_name.to_owned(),
                url: url.to_owned(),
            });
        }
    }
    if !entries.iter().any(|entry| entry.language == "it") {
        table.wrong(problems, "it", "is missing", "add [organization.it] to it with name and url");
    }
    entries
}

fn contact(section: &Section<'_>, problems: &mut Problems) -> Option<PublicBody> {
    let table = section.section("contact", problems);
    let ipa_code = table
        .text("ipa_code", "write the code in the index of public administrations", problems)
        .and_then(|text| checked(&table, "ipa_code", IpaCode::parse(text), problems));
    let vat_number = optional(&table, "vat_number", VatNumber::parse, problems);
    let fiscal_code = optional(&table, "fiscal_code", BodyFiscalCode::parse, problems);
    let email = table
        .text("email", "write an office's mailbox, not a person's", problems)
        .and_then(|text| checked(&table, "email", Email::parse(text), problems));
    let telephone = optional(&table, "telephone", Telephone::parse, problems);
    table.finish(problems);
    let office = Office { email: email?, telephone };
    Some(PublicBody { ipa_code: ipa_code?, vat_number, fiscal_code, office })
}

fn optional<T>(
    table: &Section<'_>,
    key: &str,
    parse: fn(&str) -> Result<T, Malformed>,
    problems: &mut Problems,
) -> Option<T> {
    let text = table.optional_text(key, problems)?;
    checked(table, key, parse(text), problems)
}

fn checked<T>(
    table: &Section<'_>,
    key: &str,
    value: Result<T, Malformed>,
    problems: &mut Problems,
) -> Option<T> {
    value.map_err(|fault| table.wrong(problems, key, fault.wrong, fault.remedy)).ok()
}

fn keys(
    file: &File,
    (tenant, section): (&str, &Section<'_>),
    defaults: &Defaults,
    problems: &mut Problems,
) -> Option<Keys> {
    let table = section.section("keys", problems);
    let (key, certificate) =
        (defaults.key(tenant, "key.pem"), defaults.key(tenant, "certificate.pem"));
    let key = table.optional_text("key_file", problems).unwrap_or(&key);
    let certificate = table.optional_text("certificate_file", problems).unwrap_or(&certificate);
    let next = table.optional_text("next_certificate_file", problems);
    let remedy = "run `varco keys generate`, or name an existing PEM file";
    let mut pem = |name: &str, key: &str| match std::fs::read_to_string(file.beside(name)) {
        Ok(text) => Some(text),
        Err(cause) => {
            table.wrong(problems, key, format!("{name} cannot be read: {cause}"), remedy);
            None
        }
    };
    let key_pem = pem(key, "key_file");
    let certificate_pem = pem(certificate, "certificate_file");
    let next_pem = next.and_then(|next| pem(next, "next_certificate_file"));
    let signing = key_pem.and_then(|text| {
        let key =
            Pem::PrivateKey.read(&text).ok().and_then(|der| RsaSigningKey::from_pkcs8(&der).ok());
        if key.is_none() {
            table.wrong(
                problems,
                "key_file",
                "is not an RSA key of 2048 to 4096 bits in PKCS#8 PEM",
                remedy,
            );
        }
        key.map(Arc::new)
    });
    let mut der = |text: Option<String>, key: &str| {
        let der =
            text.as_deref().map(|text| Pem::Certificate.read(text).ok().map(|der| der.to_vec()));
        if matches!(der, Some(None)) {
            table.wrong(problems, key, "is not a certificate in PEM", remedy);
        }
        der.flatten()
    };
    let certificate = der(certificate_pem, "certificate_file");
    let next_certificate = der(next_pem, "next_certificate_file");
    table.finish(problems);
    Some(Keys { signing: signing?, certificate: certificate?, next_certificate })
}

pub(super) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// What `varco keys generate` has to know before any key exists.
pub(super) fn certificate_plan(
    file: &File,
    (tenant, section): (&str, &Section<'_>),
    defaults: &Defaults,
    issuer: &str,
    problems: &mut Problems,
) -> Option<CertificatePlan> {
    let metadata_path =
        path(section, "metadata_path", &defaults.path(tenant, "metadata"), problems);
    let entity_id = section
        .optional_text("entity_id", problems)
        .map_or_else(|| format!("{}{metadata_path}", origin(issuer)), str::to_owned);
    let organization =
        organization(section, problems).into_iter().find(|entry| entry.language == "it")?;
    let contact = contact(section, problems)?;
    let table = section.section("keys", problems);
    let (key, certificate) =
        (defaults.key(tenant, "key.pem"), defaults.key(tenant, "certificate.pem"));
    Some(CertificatePlan {
        upstream: defaults.upstream,
        tenant: tenant.to_owned(),
        key: file.beside(table.optional_text("key_file", problems).unwrap_or(&key)),
        certificate: file
            .beside(table.optional_text("certificate_file", problems).unwrap_or(&certificate)),
        entity_id,
        organization: organization.name,
        ipa_code: contact.ipa_code.to_string(),
        common_name: organization.display_name,
        locality: locality(section, problems),
    })
}

/// The town of the certificate's subject.
fn locality(section: &Section<'_>, problems: &mut Problems) -> String {
    let table = section.section("certificate", problems);
    let locality = table.optional_text("locality", problems).unwrap_or("Roma").to_owned();
    table.finish(problems);
    locality
}

/// Where the key and the certificate go, and whom the certificate names.
#[derive(Debug)]
pub struct CertificatePlan {
    /// Towards which upstream it is used.
    pub upstream: &'static str,
    /// The body.
    pub tenant: String,
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
    /// Becomes the subject attribute `organizationIdentifier`.
    pub ipa_code: String,
    /// Subject attribute `L`.
    pub locality: String,
}
