//! Our own metadata: what one body that Varco is a service provider for says about itself.
//!
//! Not volatile: AgID validates this document once, so equal descriptions give equal octets. SPID
//! rules; Avviso 29 v3; technical manual of CIE, federation.

mod age_limit;
pub mod compare;
pub mod contacts;
mod publish;
mod role;
mod stated;
pub mod values;
pub mod verify;

pub use age_limit::{AgeLimit, AgeLimitFault};
pub use publish::Certificates;
pub use role::{Role, Sector};
pub use stated::{Fact, Stated};

use crate::saml::names;

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localised {
    /// BCP 47 tag: `it`, `en`; empty for a `urn:uuid:` of CIE.
    pub language: String,
    /// The text.
    pub text: String,
}

/// One language of `md:Organization`. All three values stand in every language: the rules want the
/// same languages on each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// BCP 47 tag; one entry must be `it`.
    pub language: String,
    /// `OrganizationName`.
    pub name: String,
    /// `OrganizationDisplayName`.
    pub display_name: String,
    /// `OrganizationURL`.
    pub url: String,
}

/// One `AssertionConsumerService`, binding HTTP-POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Its index; 0 is the default one and must exist.
    pub index: u16,
    /// Path below the base URL: `/saml/acs`.
    pub path: String,
}

/// One `AttributeConsumingService`: what a provider's consent screen lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeSet {
    /// The name by which relying parties choose it; not published.
    pub name: String,
    /// Its index; never re-used for another set.
    pub index: u16,
    /// `ServiceName`, one per language.
    pub titles: Vec<Localised>,
    /// SPID attribute names, each once.
    pub attributes: Vec<String>,
    /// Those without which an answer is refused; a subset of `attributes`.
    pub required: Vec<String>,
}

/// One body that Varco is a service provider for: what its metadata says.
#[derive(Clone, Debug)]
pub struct ServiceProvider {
    /// The name by which relying parties choose it: `default`, or that of the tenant. Not published.
    pub tenant: String,
    /// Our entity ID; should be the address of the metadata.
    pub entity_id: String,
    /// Scheme and authority, no slash at the end; every path stands below it.
    pub base_url: String,
    /// Path at which the metadata is published.
    pub metadata_path: String,
    /// Our consumers; index 0 is the default one.
    pub consumers: Vec<Consumer>,
    /// Path of single logout.
    pub slo_path: String,
    /// What we may ask about a person.
    pub attribute_sets: Vec<AttributeSet>,
    /// Who we are, one entry per language; `it` is mandatory.
    pub organization: Vec<Organization>,
    /// The part it plays, with its contacts.
    pub role: Role,
    /// Which ages its consumers are for; at most one limit for each.
    pub age_limits: Vec<AgeLimit>,
}

impl ServiceProvider {
    /// The address of a path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

const MD: &[(&str, &str)] = &[("md", names::METADATA)];

#[cfg(test)]
pub(crate) mod tests;
