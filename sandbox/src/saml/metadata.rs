//! Metadata on both sides: what a sample provider publishes, and what it reads of the broker.
//!
//! Not the registry's aggregate: each provider publishes its own document.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};
use varco::effects::Effects;

use super::keys::SigningIdentity;
use super::request::verify;
use super::response::id;
use super::signature::{Digest, key_info, sign};
use crate::canonical::canonical;
use crate::error::{Doing as _, SandboxError};
use crate::markup::Element;

/// A service provider, as its metadata describes it.
#[derive(Clone, Debug)]
pub struct ServiceProvider {
    /// Its entity ID.
    pub entity_id: String,
    /// Its public keys, PKCS#1 DER.
    pub keys: Vec<Vec<u8>>,
    /// Index and address of every `AssertionConsumerService`.
    pub consumers: Vec<(String, String)>,
    /// Index and attribute names of every `AttributeConsumingService`.
    pub attribute_sets: Vec<(String, Vec<String>)>,
}

impl ServiceProvider {
    /// Reads the document.
    ///
    /// # Errors
    /// When it is not the metadata of a service provider.
    pub fn read(xml: &str) -> Result<Self, SandboxError> {
        let document = Document::parse(xml).doing("parse the broker's metadata")?;
        let root = document.root_element();
        let named = |name: &'static str| {
            root.descendants().filter(move |node| node.tag_name().name() == name)
        };
        let attribute =
            |node: Node<'_, '_>, name: &str| node.attribute(name).unwrap_or_default().to_owned();
        let keys = named("KeyDescriptor")
            .filter(|node| node.attribute("use") != Some("encryption"))
            .flat_map(|node| node.descendants())
            .filter(|node| node.tag_name().name() == "X509Certificate")
            .map(|node| public_key(node.text().unwrap_or_default()))
            .collect::<Result<Vec<_>, _>>()?;
        let service = Self {
            entity_id: attribute(root, "entityID"),
            keys,
            consumers: named("AssertionConsumerService")
                .map(|node| (attribute(node, "index"), attribute(node, "Location")))
                .collect(),
            attribute_sets: named("AttributeConsumingService")
                .map(|node| {
                    let wanted = node
                        .children()
                        .filter(|child| child.tag_name().name() == "RequestedAttribute")
                        .map(|child| attribute(child, "Name"));
                    (attribute(node, "index"), wanted.collect())
                })
                .collect(),
        };
        if service.entity_id.is_empty() || service.keys.is_empty() || service.consumers.is_empty() {
            return Err(SandboxError::new("use the broker's metadata", "it is not complete"));
        }
        Ok(service)
    }

    /// Checks the enveloped signature of a message of this service.
    ///
    /// # Errors
    /// When there is none, or it is not the service's over the whole message.
    pub fn verify_enveloped(&self, xml: &str) -> Result<(), SandboxError> {
        let wrong = |why: &str| SandboxError::new("verify the request", why);
        let document = Document::parse(xml).doing("parse the request")?;
        let root = document.root_element();
        let signature = root
            .children()
            .find(|node| node.tag_name().name() == "Signature")
            .ok_or_else(|| wrong("it is not signed (anomaly 7)"))?;
        let inside = |name: &str| {
            let found = signature.descendants().find(|node| node.tag_name().name() == name);
            found.ok_or_else(|| wrong("the signature is not complete"))
        };
        let reference = inside("Reference")?.attribute("URI").unwrap_or_default();
        if reference.strip_prefix('#') != root.attribute("ID") {
            return Err(wrong("the signature is of another element"));
        }
        let octets = canonical(root, Some(signature));
        let value = STANDARD.encode(digest(&SHA256, octets.as_bytes()));
        if inside("DigestValue")?.text().map(str::trim) != Some(value.as_str()) {
            return Err(wrong("the digest differs"));
        }
        let text: String =
            inside("SignatureValue")?.text().unwrap_or_default().split_whitespace().collect();
        let octets = STANDARD.decode(text).doing("decode the signature")?;
        verify(self, canonical(inside("SignedInfo")?, None).as_bytes(), &octets)
    }
}

/// The RSA key in a certificate, PKCS#1 DER.
fn public_key(base64: &str) -> Result<Vec<u8>, SandboxError> {
    let text: String = base64.split_whitespace().collect();
    let der = STANDARD.decode(text).doing("decode the broker's certificate")?;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(&der).doing("read the broker's certificate")?;
    Ok(certificate.public_key().subject_public_key.data.to_vec())
}

/// Two bindings of single sign-on, one signature, one or two keys.
///
/// # Errors
/// When the key cannot sign.
pub fn publish(
    entity_id: &str,
    name: &str,
    keys: &[SigningIdentity],
    fx: &Effects,
) -> Result<String, SandboxError> {
    let mut role = Element::new("md:IDPSSODescriptor")
        .with("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol")
        .with("WantAuthnRequestsSigned", "true");
    for key in keys {
        let descriptor = Element::new("md:KeyDescriptor").with("use", "signing");
        role = role.child(descriptor.child(key_info(key)));
    }
    let endpoint = |element, binding: &str, path: &str| {
        Element::new(element)
            .with("Binding", format!("urn:oasis:names:tc:SAML:2.0:bindings:{binding}"))
            .with("Location", format!("{entity_id}{path}"))
    };
    role = role
        .child(endpoint("md:SingleLogoutService", "HTTP-Redirect", "/slo"))
        .child(
            Element::new("md:NameIDFormat")
                .text("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        )
        .child(endpoint("md:SingleSignOnService", "HTTP-Redirect", "/sso"))
        .child(endpoint("md:SingleSignOnService", "HTTP-POST", "/sso"));
    let organization = ["md:OrganizationName", "md:OrganizationDisplayName", "md:OrganizationURL"]
        .into_iter()
        .fold(Element::new("md:Organization"), |all, element| {
            let text = if element == "md:OrganizationURL" { entity_id } else { name };
            all.child(Element::new(element).with("xml:lang", "it").text(text))
        });
    let mut entity = Element::new("md:EntityDescriptor")
        .with("ID", id(fx))
        .with("entityID", entity_id)
        .child(role)
        .child(organization);
    if let Some(key) = keys.first() {
        sign(&mut entity, key, Digest::Sha256)?;
    }
    Ok(entity.document())
}
