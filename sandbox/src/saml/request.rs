//! An `AuthnRequest` as a SPID provider reads it, and the signature it demands on both bindings
//! (SAML Bindings, sections 3.4.4.1 and 3.5.4).
//!
//! Not tolerant: what a real provider would answer with an error page is an error here.

use std::io::Read as _;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use roxmltree::{Document, Node};
use varco::terms::Level;

use super::metadata::ServiceProvider;
use crate::error::{Doing as _, SandboxError};

/// What was asked, with the service's metadata applied.
#[derive(Clone, Debug)]
pub struct AuthnRequest {
    /// `ID`.
    pub id: String,
    /// The service: its entity ID.
    pub issuer: String,
    /// Where the Response goes.
    pub acs: String,
    /// The SPID attribute names of the set that was asked for.
    pub attributes: Vec<String>,
    /// The level.
    pub level: Level,
    /// Handed back unchanged.
    pub relay_state: Option<String>,
}

/// Limits what a compressed request may grow to.
const MOST_OCTETS: u64 = 128 * 1024;

impl AuthnRequest {
    /// From the query of a GET, as it was sent: the signature is over those octets.
    ///
    /// # Errors
    /// When it is not a request of `service`, signed by it and addressed to `destination`.
    pub fn from_query(
        query: &str,
        service: &ServiceProvider,
        destination: &str,
    ) -> Result<Self, SandboxError> {
        let raw = |name: &str| {
            query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        };
        let field = |name: &str| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let missing = |name: &str| SandboxError::new("read the request", format!("no {name}"));
        let signed = ["SAMLRequest", "RelayState", "SigAlg"]
            .into_iter()
            .filter_map(raw)
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join("&");
        let algorithm = field("SigAlg").ok_or_else(|| missing("SigAlg"))?;
        if algorithm != "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" {
            return Err(SandboxError::new("verify the request", "not rsa-sha256 (anomaly 5)"));
        }
        let signature = field("Signature").ok_or_else(|| missing("Signature"))?;
        let signature = STANDARD.decode(signature).doing("decode the signature")?;
        verify(service, signed.as_bytes(), &signature)?;
        let deflated = field("SAMLRequest").ok_or_else(|| missing("SAMLRequest"))?;
        let deflated = STANDARD.decode(deflated).doing("decode the request")?;
        let mut xml = String::new();
        DeflateDecoder::new(deflated.as_slice())
            .take(MOST_OCTETS)
            .read_to_string(&mut xml)
            .doing("inflate the request")?;
        Self::from_xml(&xml, service, destination, field("RelayState"))
    }

    /// From the form of a POST.
    ///
    /// # Errors
    /// As for [`AuthnRequest::from_query`].
    pub fn from_form(
        saml_request: &str,
        relay_state: Option<String>,
        service: &ServiceProvider,
        destination: &str,
    ) -> Result<Self, SandboxError> {
        let xml = STANDARD.decode(saml_request).doing("decode the request")?;
        let xml = String::from_utf8(xml).doing("read the request")?;
        service.verify_enveloped(&xml)?;
        Self::from_xml(&xml, service, destination, relay_state)
    }

    fn from_xml(
        xml: &str,
        service: &ServiceProvider,
        destination: &str,
        relay_state: Option<String>,
    ) -> Result<Self, SandboxError> {
        let wrong = |why: &str| SandboxError::new("accept the request", why);
        let document = Document::parse(xml).doing("parse the request")?;
        let root = document.root_element();
        let text = |name: &str| {
            let found = root.descendants().find(|node| node.tag_name().name() == name);
            found.and_then(|node| node.text()).unwrap_or_default().trim().to_owned()
        };
        if root.tag_name().name() != "AuthnRequest" {
            return Err(wrong("not an AuthnRequest (anomaly 8)"));
        }
        if root.attribute("Version") != Some("2.0") {
            return Err(wrong("Version is not 2.0 (anomaly 9)"));
        }
        if text("Issuer") != service.entity_id {
            return Err(wrong("Issuer is not the service of the metadata (anomaly 10)"));
        }
        if root.attribute("Destination") != Some(destination) {
            return Err(wrong("Destination is not this endpoint (anomaly 14)"));
        }
        if root.attribute("IsPassive").is_some() {
            return Err(wrong("IsPassive is present (anomaly 15)"));
        }
        let level = Level::from_uri(&text("AuthnContextClassRef"))
            .ok_or_else(|| wrong("AuthnContextClassRef is no SPID level (anomaly 12)"))?;
        if level > Level::L1 && root.attribute("ForceAuthn") != Some("true") {
            return Err(wrong("ForceAuthn is not true for level 2 or 3"));
        }
        let policy = |node: &Node<'_, '_>| {
            node.attribute("Format") == Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
                && node.attribute("AllowCreate").is_none()
        };
        if !root.children().any(|node| node.tag_name().name() == "NameIDPolicy" && policy(&node)) {
            return Err(wrong("NameIDPolicy is not transient (anomaly 17)"));
        }
        let acs = if let Some(url) = root.attribute("AssertionConsumerServiceURL") {
            service.consumers.iter().find(|(_, known)| known == url)
        } else {
            let index = root.attribute("AssertionConsumerServiceIndex").unwrap_or_default();
            service.consumers.iter().find(|(known, _)| known == index)
        };
        let (_, acs) = acs.ok_or_else(|| wrong("no such AssertionConsumerService (anomaly 16)"))?;
        let set = root.attribute("AttributeConsumingServiceIndex").unwrap_or_default();
        let (_, attributes) = service
            .attribute_sets
            .iter()
            .find(|(known, _)| known == set)
            .ok_or_else(|| wrong("no such AttributeConsumingService (anomaly 18)"))?;
        Ok(Self {
            id: root.attribute("ID").unwrap_or_default().to_owned(),
            issuer: service.entity_id.clone(),
            acs: acs.clone(),
            attributes: attributes.clone(),
            level,
            relay_state,
        })
    }
}

/// RSASSA-PKCS1-v1_5 with SHA-256, with any of the service's keys.
pub(super) fn verify(
    service: &ServiceProvider,
    octets: &[u8],
    signature: &[u8],
) -> Result<(), SandboxError> {
    let proven = service.keys.iter().any(|key| {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(octets, signature).is_ok()
    });
    if proven {
        Ok(())
    } else {
        Err(SandboxError::new("verify the request", "the signature is not the service's"))
    }
}
