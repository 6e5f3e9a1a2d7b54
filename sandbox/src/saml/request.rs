//! An `AuthnRequest` as providers read it, and the rules of each identity system about it.
//!
//! Not tolerant: what a real provider would answer with an error page is an error here.

use roxmltree::{Document, Node};
use varco::terms::Level;

use super::Provider;
use super::attributes;
use super::binding::{Binding, Message};
use super::kind::Kind;
use super::service_provider::ServiceProvider;
use crate::error::{Doing as _, SandboxError};

/// What was asked, with the service's metadata applied.
#[derive(Clone, Debug)]
pub struct AuthnRequest {
    /// `ID`.
    pub id: String,
    /// The service: its entity ID.
    pub issuer: String,
    /// The index of the consumer.
    pub consumer: String,
    /// Where the Response goes.
    pub acs: String,
    /// The SPID attribute names that are to be sent.
    pub attributes: Vec<String>,
    /// The level.
    pub level: Level,
    /// `spid:Purpose`.
    pub purpose: Option<String>,
    /// The certificate that the Assertion may be encrypted for, DER.
    pub encryption: Option<Vec<u8>>,
    /// Handed back unchanged.
    pub relay_state: Option<String>,
}

impl AuthnRequest {
    /// Reads the message.
    ///
    /// # Errors
    /// When it is not a request of `service`, signed by it, addressed to `provider` and right.
    pub(super) fn accept(
        message: Message,
        service: &ServiceProvider,
        provider: &Provider,
    ) -> Result<Self, SandboxError> {
        message.verify(service)?;
        let document = Document::parse(&message.xml).doing("parse the request")?;
        let root = document.root_element();
        if !root.has_tag_name((PROTOCOL, "AuthnRequest")) {
            return Err(wrong("not an AuthnRequest (anomaly 8)"));
        }
        envelope(root, service, &provider.location(message.binding), message.binding)?;
        let (comparison, level) = context(root)?;
        let force = root.attribute("ForceAuthn") == Some("true");
        match provider.kind {
            Kind::Cie if !force => return Err(wrong("ForceAuthn is not true (CIE, always)")),
            Kind::Cie if !matches!(comparison, "exact" | "minimum") => {
                return Err(wrong("Comparison is neither exact nor minimum (CIE)"));
            }
            _ if level > Level::L1 && !force => {
                return Err(wrong("ForceAuthn is not true for level 2 or 3"));
            }
            _ => {}
        }
        let purpose = purpose(root, provider)?;
        let (consumer, acs) = consumer(root, service)?.clone();
        let index = root.attribute("AttributeConsumingServiceIndex").unwrap_or_default();
        let set = service.attribute_sets.iter().find(|(known, _)| known == index);
        let attributes = attributes::asked(provider.kind, index, set.map(|(_, names)| &**names))?;
        Ok(Self {
            id: root.attribute("ID").unwrap_or_default().to_owned(),
            issuer: service.entity_id.clone(),
            consumer,
            acs,
            attributes,
            level,
            purpose,
            encryption: service.encryption.clone(),
            relay_state: message.relay_state,
        })
    }
}

/// `Version`, `ID`, Issuer, `Destination`, `IsPassive`, `NameIDPolicy` and the place of the signature.
fn envelope(
    root: Node<'_, '_>,
    service: &ServiceProvider,
    destination: &str,
    binding: Binding,
) -> Result<(), SandboxError> {
    if root.attribute("Version") != Some("2.0") {
        return Err(wrong("Version is not 2.0 (anomaly 9)"));
    }
    let id = root.attribute("ID").unwrap_or_default();
    if !id.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
        return Err(wrong("ID is no NCName (anomaly 11)"));
    }
    // Not trimmed: blanks around the entity ID are the most frequent mistake of new services.
    let issuer = root.children().find(|node| node.has_tag_name((ASSERTION, "Issuer")));
    let issuer = issuer.filter(|node| {
        node.text() == Some(&service.entity_id)
            && node.attribute("Format") == Some("urn:oasis:names:tc:SAML:2.0:nameid-format:entity")
            && node.attribute("NameQualifier").is_some_and(|text| !text.is_empty())
    });
    if issuer.is_none() {
        return Err(wrong("Issuer is not the service of the metadata (anomaly 10)"));
    }
    if root.attribute("Destination") != Some(destination) {
        return Err(wrong("Destination is not the Location of this binding (anomaly 14)"));
    }
    if root.attribute("IsPassive").is_some() {
        return Err(wrong("IsPassive is present (anomaly 15)"));
    }
    let policy = |node: &Node<'_, '_>| {
        node.attribute("Format") == Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
            && node.attribute("AllowCreate").is_none()
    };
    let mut policies = root.children().filter(|node| node.has_tag_name((PROTOCOL, "NameIDPolicy")));
    if !policies.next().as_ref().is_some_and(policy) {
        return Err(wrong("NameIDPolicy is not transient, or has AllowCreate (anomaly 17)"));
    }
    let signed_inside = root.children().any(|node| node.tag_name().name() == "Signature");
    if signed_inside != (binding == Binding::Post) {
        return Err(wrong("the signature is not where the binding has it (anomaly 5)"));
    }
    Ok(())
}

/// The comparison, and the one level.
fn context<'a>(root: Node<'a, '_>) -> Result<(&'a str, Level), SandboxError> {
    let mut contexts =
        root.children().filter(|node| node.has_tag_name((PROTOCOL, "RequestedAuthnContext")));
    let (Some(asked), None) = (contexts.next(), contexts.next()) else {
        return Err(wrong("not exactly one RequestedAuthnContext (anomaly 12)"));
    };
    let comparison = asked.attribute("Comparison").unwrap_or("exact");
    if !matches!(comparison, "exact" | "minimum" | "better" | "maximum") {
        return Err(wrong("Comparison is unknown (anomaly 12)"));
    }
    let mut classes =
        asked.children().filter(|node| node.has_tag_name((ASSERTION, "AuthnContextClassRef")));
    let (Some(class), None) = (classes.next(), classes.next()) else {
        return Err(wrong("not exactly one AuthnContextClassRef (anomaly 12)"));
    };
    let level = Level::from_uri(class.text().unwrap_or_default().trim());
    let level = level.ok_or_else(|| wrong("AuthnContextClassRef is no SPID level (anomaly 12)"))?;
    Ok((comparison, level))
}

/// `spid:Purpose` (Avviso 18 v2): only SPID knows it, and only where the provider serves it.
fn purpose(root: Node<'_, '_>, provider: &Provider) -> Result<Option<String>, SandboxError> {
    let extensions = root.children().find(|node| node.has_tag_name((PROTOCOL, "Extensions")));
    let Some(extensions) = extensions else { return Ok(None) };
    if provider.kind != Kind::Spid {
        return Err(wrong("Extensions are unknown here (anomaly 8)"));
    }
    let found = extensions.children().find(|node| node.has_tag_name((SPID, "Purpose")));
    let text = found.and_then(|node| node.text()).unwrap_or_default();
    if !["P", "LP", "PG", "PF", "PX"].contains(&text) {
        return Err(wrong("Purpose is none of P, LP, PG, PF, PX (anomaly 8)"));
    }
    if !provider.purposes().contains(&text) {
        return Err(wrong("this provider does not serve that Purpose"));
    }
    Ok(Some(text.to_owned()))
}

/// By index, or by address with the binding: never both.
fn consumer<'s>(
    root: Node<'_, '_>,
    service: &'s ServiceProvider,
) -> Result<&'s (String, String), SandboxError> {
    let index = root.attribute("AssertionConsumerServiceIndex");
    let address = root.attribute("AssertionConsumerServiceURL");
    let binding = root.attribute("ProtocolBinding");
    let wanted = match (index, address, binding) {
        (Some(index), None, None) => index,
        (None, Some(address), Some(binding)) if binding == Binding::Post.uri() => address,
        _ => return Err(wrong("AssertionConsumerService by index or by address (anomaly 16)")),
    };
    let known = service.consumer(wanted);
    known.ok_or_else(|| wrong("no such AssertionConsumerService (anomaly 16)"))
}

pub(super) fn wrong(why: &str) -> SandboxError {
    SandboxError::new("accept the request", why)
}

pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SPID: &str = "https://spid.gov.it/saml-extensions";
