//! Our own metadata: a SPID service provider of the public sector (SPID rules; Avviso 29 v3).
//!
//! Not volatile: AgID validates this document once, so equal descriptions give equal octets.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::crypto::digest::sha256;
use crate::crypto::rsa::KeyFault;
use crate::saml::names;
use crate::xml::{Signer, Writer, sign_enveloped};

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
    /// How to reach us.
    pub contact: Contact,
}

impl ServiceProvider {
    /// The signed document; `next` is the certificate of the key that comes next, DER. Equal
    /// descriptions give equal octets: its `ID` is derived from the entity ID and the signature is
    /// deterministic.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn publish(&self, signer: &Signer, next: Option<&[u8]>) -> Result<String, KeyFault> {
        let id = format!("_{}", hexadecimal(&sha256(self.entity_id.as_bytes())));
        let mut out = Writer::new();
        out.start("md:EntityDescriptor", MD, &[("ID", &id), ("entityID", &self.entity_id)]);
        let place = out.place();
        self.role(&mut out, signer, next);
        self.organization(&mut out);
        self.contact(&mut out);
        sign_enveloped(signer, &out.finish(), &id, place)
    }

    fn role(&self, out: &mut Writer, signer: &Signer, next: Option<&[u8]>) {
        let attributes = [
            ("protocolSupportEnumeration", names::PROTOCOL),
            ("AuthnRequestsSigned", "true"),
            ("WantAssertionsSigned", "true"),
        ];
        out.start("md:SPSSODescriptor", MD, &attributes);
        key(out, signer.certificate());
        if let Some(next) = next {
            key(out, &STANDARD.encode(next));
        }
        let logout = self.address(&self.slo_path);
        let attributes = [("Binding", names::BINDING_REDIRECT), ("Location", logout.as_str())];
        out.start("md:SingleLogoutService", MD, &attributes).end();
        out.leaf("md:NameIDFormat", MD, &[], names::FORMAT_TRANSIENT);
        for consumer in &self.consumers {
            let (index, location) = (consumer.index.to_string(), self.address(&consumer.path));
            let mut attributes = vec![
                ("index", index.as_str()),
                ("Binding", names::BINDING_POST),
                ("Location", location.as_str()),
            ];
            if consumer.index == 0 {
                attributes.push(("isDefault", "true"));
            }
            out.start("md:AssertionConsumerService", MD, &attributes).end();
        }
        for set in &self.attribute_sets {
            out.start("md:AttributeConsumingService", MD, &[("index", &set.index.to_string())]);
            for title in &set.titles {
                localised(out, "md:ServiceName", &title.language, &title.text);
            }
            for name in &set.attributes {
                let attributes = [("Name", name.as_str()), ("NameFormat", names::FORMAT_BASIC)];
                out.start("md:RequestedAttribute", MD, &attributes).end();
            }
            out.end();
        }
        out.end();
    }

    /// Italian first: checkers compare `Company` with the first name.
    fn organization(&self, out: &mut Writer) {
        let italian = self.organization.iter().filter(|entry| entry.language == "it");
        let others = self.organization.iter().filter(|entry| entry.language != "it");
        let entries: Vec<&Organization> = italian.chain(others).collect();
        out.start("md:Organization", MD, &[]);
        for entry in &entries {
            localised(out, "md:OrganizationName", &entry.language, &entry.name);
        }
        for entry in &entries {
            localised(out, "md:OrganizationDisplayName", &entry.language, &entry.display_name);
        }
        for entry in &entries {
            localised(out, "md:OrganizationURL", &entry.language, &entry.url);
        }
        out.end();
    }

    /// The children of Extensions are a sequence; `Company` repeats the Italian name.
    fn contact(&self, out: &mut Writer) {
        let spid = [("spid", names::SPID)];
        let contact = &self.contact;
        out.start("md:ContactPerson", MD, &[("contactType", "other")]);
        out.start("md:Extensions", MD, &[]);
        out.leaf("spid:IPACode", &spid, &[], &contact.ipa_code);
        if let Some(number) = &contact.vat_number {
            out.leaf("spid:VATNumber", &spid, &[], number);
        }
        if let Some(code) = &contact.fiscal_code {
            out.leaf("spid:FiscalCode", &spid, &[], code);
        }
        out.start("spid:Public", &spid, &[]).end();
        out.end();
        let italian = self.organization.iter().find(|entry| entry.language == "it");
        if let Some(company) = italian.or_else(|| self.organization.first()) {
            out.leaf("md:Company", MD, &[], &company.name);
        }
        out.leaf("md:EmailAddress", MD, &[], &contact.email);
        if let Some(number) = &contact.telephone {
            out.leaf("md:TelephoneNumber", MD, &[], number);
        }
        out.end();
    }

    /// The address of a path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

const MD: &[(&str, &str)] = &[("md", names::METADATA)];
const DS: &[(&str, &str)] = &[("ds", names::DSIG)];

fn key(out: &mut Writer, certificate: &str) {
    out.start("md:KeyDescriptor", MD, &[("use", "signing")]);
    out.start("ds:KeyInfo", DS, &[]).start("ds:X509Data", DS, &[]);
    out.leaf("ds:X509Certificate", DS, &[], certificate);
    out.end().end().end();
}

fn localised(out: &mut Writer, name: &str, language: &str, text: &str) {
    out.leaf(name, MD, &[("xml:lang", language)], text);
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[cfg(test)]
pub(crate) mod tests;
