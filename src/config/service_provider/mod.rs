//! One body that Varco is a SAML service provider for: `[upstream.spid]` itself, or
//! `[upstream.spid.tenant.<name>]`.
//!
//! Not whom we trust: `saml.rs` reads that once for all bodies.

mod contact;
mod keys;
mod plan;
mod role;

use super::Problems;
use super::section::{File, Section};
use crate::saml::metadata::service_provider::{
    AgeLimit, AttributeSet, Consumer, Localised, Organization, Role, ServiceProvider,
};
use crate::upstream::settings::Tenant;
pub(super) use plan::certificate_plans;
pub use plan::{CertificatePlan, KeyPurpose};

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

    /// Whether the contacts and attribute sets are those of CIE.
    fn is_cie(&self) -> bool {
        self.upstream.starts_with("cie")
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

/// One body in the configuration.
#[derive(Clone, Copy)]
pub(super) struct Body<'s, 'a> {
    /// Its name.
    tenant: &'s str,
    /// Its section.
    section: &'s Section<'a>,
    /// The upstream's section: what stands there may be for all bodies.
    upstream: &'s Section<'a>,
}

/// Every body with its section. Without a named one, or with an organization of its own, the upstream's
/// section is the tenant `default`.
pub(super) fn bodies<'s, 'a>(
    section: &'s Section<'a>,
    named: &'s [(&'a str, Section<'a>)],
) -> Vec<Body<'s, 'a>> {
    let own = named.is_empty() || section.has("organization");
    let default = own.then_some((DEFAULT, section));
    let all = default.into_iter().chain(named.iter().map(|(name, body)| (*name, body)));
    all.map(|(tenant, body)| Body { tenant, section: body, upstream: section }).collect()
}

fn is_tenant(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    (1..=64).contains(&name.len()) && name.bytes().all(known)
}

/// Reads one body; `None` when something it needs is missing or wrong.
pub(super) fn read(
    file: &File<'_>,
    body: Body<'_, '_>,
    defaults: &Defaults,
    issuer: &str,
    problems: &mut Problems,
) -> Option<Tenant> {
    let Body { tenant, section, .. } = body;
    let role = role::read(body, defaults.is_cie(), problems);
    let (entity_id, metadata_path) =
        entity(section, tenant, defaults, (issuer, role.as_ref()), problems);
    let consumers = consumers(section, &defaults.path(tenant, "acs"), problems);
    let age_limits = age_limits(section, problems);
    let slo_path = path(section, "slo_path", &defaults.path(tenant, "slo"), problems);
    let attribute_sets = attribute_sets(section, defaults, problems);
    let organization = organization(section, problems);
    let keys = keys::read(file, (tenant, section), defaults, problems);
    let registered =
        section.optional_text("registered_file", problems).map(|name| file.beside(name));
    // Only `varco keys generate` uses it; here it is read so that its mistakes are found too.
    plan::locality(section, problems);
    Some(Tenant {
        service: ServiceProvider {
            tenant: tenant.to_owned(),
            entity_id,
            base_url: origin(issuer),
            metadata_path,
            consumers,
            slo_path,
            attribute_sets,
            organization,
            role: role?,
            age_limits,
        },
        keys: keys?,
        published: true,
        registered,
    })
}

/// The entity ID, and the path of the metadata: the same address unless configuration says otherwise.
fn entity(
    section: &Section<'_>,
    tenant: &str,
    defaults: &Defaults,
    (issuer, role): (&str, Option<&Role>),
    problems: &mut Problems,
) -> (String, String) {
    let activity = role.and_then(Role::activity);
    let default = match activity {
        Some(code) => format!("/{code}/{tenant}"),
        None => defaults.path(tenant, "metadata"),
    };
    let metadata_path = path(section, "metadata_path", &default, problems);
    let written = section.optional_text("entity_id", problems);
    let entity_id =
        written.map_or_else(|| format!("{}{metadata_path}", origin(issuer)), str::to_owned);
    if entity_id.trim() != entity_id {
        section.wrong(
            problems,
            "entity_id",
            "begins or ends with a blank",
            "write the entity ID byte for byte as it is registered",
        );
    }
    if let Some(code) = activity.filter(|code| !entity_id.contains(code) || entity_id.contains('?'))
    {
        let key = if written.is_some() { "entity_id" } else { "metadata_path" };
        section.wrong(
            problems,
            key,
            format!("lacks the code of the activity, {code:?}, or has a query"),
            &format!("write an address such as \"https://…/{code}/{tenant}\" (Avviso 19 v4)"),
        );
    }
    (entity_id, metadata_path)
}

/// `[[…age_limit]]`: one for each consumer at most.
fn age_limits(section: &Section<'_>, problems: &mut Problems) -> Vec<AgeLimit> {
    let mut limits = Vec::new();
    for entry in section.sections("age_limit", problems) {
        let mut number = |key, last| {
            let number = entry.number(key, 0, 0..=last, problems);
            u16::try_from(number).unwrap_or_default()
        };
        let consumer = number("consumer_index", 65_535);
        let minimum = number("minimum", 120);
        let maximum = entry.has("maximum").then(|| number("maximum", 120));
        let parental = entry
            .has("parental_authorisation_until")
            .then(|| number("parental_authorisation_until", 120));
        match AgeLimit::new(consumer, minimum, maximum, parental) {
            Ok(limit) => limits.push(limit),
            Err(fault) => {
                let remedy = "write ages in whole years, or leave maximum and \
                              parental_authorisation_until out";
                entry.wrong(problems, "minimum", fault.to_string(), remedy);
            }
        }
        entry.finish(problems);
    }
    limits
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

fn path(
    section: &Section<'_>,
    key: &'static str,
    default: &str,
    problems: &mut Problems,
) -> String {
    let text = section.optional_text(key, problems).unwrap_or(default);
    if !text.starts_with('/') || text.contains(['?', '#', '{', ' ']) {
        section.wrong(problems, key, "is not a path", "write a path that starts with a slash");
    }
    text.to_owned()
}

fn attribute_sets(
    section: &Section<'_>,
    defaults: &Defaults,
    problems: &mut Problems,
) -> Vec<AttributeSet> {
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
        let titles =
            match defaults.is_cie().then(|| entry.optional_text("uuid", problems)).flatten() {
                Some(uuid) => vec![service_uuid(&entry, uuid, problems)],
                None => localised(&entry.section("title", problems), problems),
            };
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

/// CIE may know a service by a UUID of version 4 in the place of a title.
fn service_uuid(entry: &Section<'_>, uuid: &str, problems: &mut Problems) -> Localised {
    let lengths = uuid.split('-').map(str::len);
    let known = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-');
    if !lengths.eq([8, 4, 4, 4, 12]) || !uuid.bytes().all(known) {
        let remedy = "write 32 hexadecimal digits in lower case, with hyphens";
        entry.wrong(problems, "uuid", "is not a UUID", remedy);
    }
    if entry.has("title") {
        entry.wrong(problems, "title", "stands beside uuid", "remove one of the two");
    }
    Localised { language: String::new(), text: format!("urn:uuid:{uuid}") }
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

pub(super) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
