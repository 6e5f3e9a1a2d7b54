//! Writes and signs the metadata of a service provider.
//!
//! Not a choice of content: [`ServiceProvider`] describes it. The order of the elements is that of
//! saml-metadata, sections 2.3 and 2.4, narrowed by SPID's schema (Avviso 29 v3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{MD, Organization, ServiceProvider};
use crate::crypto::digest::{hexadecimal, sha256};
use crate::crypto::rsa::KeyFault;
use crate::saml::names;
use crate::xml::{Decryption, Signer, Writer, sign_enveloped};

/// The certificates that are published beside the signer's own, DER.
#[derive(Clone, Copy, Debug, Default)]
pub struct Certificates<'c> {
    /// Of the signing key that comes next: providers accept it from the first day.
    pub next: Option<&'c [u8]>,
    /// Of the key that decrypts, and what it understands. Providers may encrypt once they have it.
    pub encryption: Option<(&'c [u8], &'c Decryption)>,
}

impl ServiceProvider {
    /// The signed document. Equal descriptions give equal octets: its `ID` is derived from the entity
    /// ID and the signature is deterministic.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn publish(
        &self,
        signer: &Signer,
        certificates: Certificates<'_>,
    ) -> Result<String, KeyFault> {
        let id = format!("_{}", hexadecimal(&sha256(self.entity_id.as_bytes())));
        let mut out = Writer::new();
        out.start("md:EntityDescriptor", MD, &[("ID", &id), ("entityID", &self.entity_id)]);
        let place = out.place();
        self.write_age_limits(&mut out);
        self.write_descriptor(&mut out, signer, certificates);
        self.write_organization(&mut out);
        let italian = self.organization.iter().find(|entry| entry.language == "it");
        let company = italian.or_else(|| self.organization.first());
        self.role.write(&mut out, company.map_or("", |entry| &entry.name), signer.certificate());
        sign_enveloped(signer, &out.finish(), &id, place)
    }

    fn write_age_limits(&self, out: &mut Writer) {
        if self.age_limits.is_empty() {
            return;
        }
        out.start("md:Extensions", MD, &[]);
        for limit in &self.age_limits {
            out.start("spid:AgeLimit", SPID, &[]);
            for (name, number) in limit.numbers() {
                out.leaf(name, SPID, &[], &number.to_string());
            }
            out.end();
        }
        out.end();
    }

    fn write_descriptor(&self, out: &mut Writer, signer: &Signer, certificates: Certificates<'_>) {
        let attributes = [
            ("protocolSupportEnumeration", names::PROTOCOL),
            ("AuthnRequestsSigned", "true"),
            ("WantAssertionsSigned", "true"),
        ];
        out.start("md:SPSSODescriptor", MD, &attributes);
        signing_key(out, signer.certificate());
        if let Some(next) = certificates.next {
            signing_key(out, &STANDARD.encode(next));
        }
        if let Some((certificate, decryption)) = certificates.encryption {
            out.start("md:KeyDescriptor", MD, &[("use", "encryption")]);
            key_info(out, &STANDARD.encode(certificate));
            decryption.write_methods(out);
            out.end();
        }
        let logout = self.address(&self.slo_path);
        // One Location, whatever the binding: providers take the first.
        for binding in [names::BINDING_REDIRECT, names::BINDING_POST] {
            let attributes = [("Binding", binding), ("Location", logout.as_str())];
            out.start("md:SingleLogoutService", MD, &attributes).end();
        }
        out.leaf("md:NameIDFormat", MD, &[], names::FORMAT_TRANSIENT);
        self.write_consumers(out);
        self.write_attribute_sets(out);
        out.end();
    }

    fn write_consumers(&self, out: &mut Writer) {
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
    }

    fn write_attribute_sets(&self, out: &mut Writer) {
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
    }

    /// Italian first: checkers compare `Company` with the first name.
    fn write_organization(&self, out: &mut Writer) {
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
}

const DS: &[(&str, &str)] = &[("ds", names::DSIG)];
const SPID: &[(&str, &str)] = &[("spid", names::SPID)];

fn signing_key(out: &mut Writer, certificate: &str) {
    out.start("md:KeyDescriptor", MD, &[("use", "signing")]);
    key_info(out, certificate);
    out.end();
}

/// `ds:KeyInfo` with one certificate in base64.
pub(super) fn key_info(out: &mut Writer, certificate: &str) {
    out.start("ds:KeyInfo", DS, &[]).start("ds:X509Data", DS, &[]);
    out.leaf("ds:X509Certificate", DS, &[], certificate);
    out.end().end();
}

fn localised(out: &mut Writer, name: &str, language: &str, text: &str) {
    out.leaf(name, MD, &[("xml:lang", language)], text);
}
