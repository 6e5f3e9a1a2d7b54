//! Our own metadata: a SPID service provider of the public sector (SPID rules; Avviso 29 v3).
//!
//! Not volatile: AgID validates this document once, so equal descriptions give equal octets.

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localised {
    /// BCP 47 tag: `it`, `en`.
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

/// The contact `other` of a public body (Avviso 29 v3, section 2.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Code in the index of public administrations.
    pub ipa_code: String,
    /// `IT` and 11 digits.
    pub vat_number: Option<String>,
    /// 11 digits.
    pub fiscal_code: Option<String>,
    /// An office's mailbox, not a person's.
    pub email: String,
    /// `+39…`, no blanks.
    pub telephone: Option<String>,
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
