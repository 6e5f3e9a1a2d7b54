//! What a sample provider publishes about itself.
//!
//! Not the registry's aggregate: each provider publishes its own document. Metadata for SAML 2.0,
//! section 2.4; SPID's extensions by Avviso 18 v2 and AgID Determination 51/2022.

use varco::effects::Effects;

use super::binding::Binding;
use super::kind::Kind;
use super::response::id;
use super::signature::{key_info, sign};
use super::{KeyUse, Provider};
use crate::error::SandboxError;
use crate::markup::Element;

/// The document: CIE's is not signed, SPID's and the node's are.
///
/// # Errors
/// When the key cannot sign.
pub(super) fn publish(provider: &Provider, fx: &Effects) -> Result<String, SandboxError> {
    let mut role = Element::new("md:IDPSSODescriptor")
        .with("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol")
        .with("WantAuthnRequestsSigned", "true");
    for (usage, key) in provider.keys() {
        let usage = if usage == KeyUse::Signing { "signing" } else { "encryption" };
        role = role.child(Element::new("md:KeyDescriptor").with("use", usage).child(key_info(key)));
    }
    for binding in logout_bindings(provider.kind) {
        role = role.child(endpoint("md:SingleLogoutService", *binding, provider.logout()));
    }
    role = role.child(
        Element::new("md:NameIDFormat").text("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
    );
    for binding in Binding::ALL {
        let location = provider.location(binding);
        role = role.child(endpoint("md:SingleSignOnService", binding, location));
    }
    let mut entity = Element::new("md:EntityDescriptor")
        .with("ID", id(fx))
        .with("entityID", &provider.entity_id);
    if let Some(extensions) = extensions(provider) {
        entity = entity.child(extensions);
    }
    entity = entity.child(role).child(organization(provider));
    if provider.kind != Kind::Cie
        && let Some((_, key)) = provider.keys().next()
    {
        sign(&mut entity, key, provider.kind.digest())?;
    }
    Ok(entity.document())
}

/// CIE has no single logout: its address shows a page to whoever opens it.
const fn logout_bindings(kind: Kind) -> &'static [Binding] {
    match kind {
        Kind::Spid | Kind::Eidas => &Binding::ALL,
        Kind::Cie => &[Binding::Redirect],
    }
}

fn endpoint(element: &'static str, binding: Binding, location: String) -> Element {
    Element::new(element).with("Binding", binding.uri()).with("Location", location)
}

/// The kinds of identity that a SPID provider serves, and that it heeds age limits.
fn extensions(provider: &Provider) -> Option<Element> {
    if provider.purposes().is_empty() {
        return None;
    }
    let purposes = provider
        .purposes()
        .iter()
        .map(|purpose| Element::new("spid:Purpose").text(*purpose))
        .fold(Element::new("spid:SupportedPurposes"), Element::child);
    Some(
        Element::new("md:Extensions").child(purposes).child(Element::new("spid:SupportedAgeLimit")),
    )
}

fn organization(provider: &Provider) -> Element {
    ["md:OrganizationName", "md:OrganizationDisplayName", "md:OrganizationURL"].into_iter().fold(
        Element::new("md:Organization"),
        |all, element| {
            let text =
                if element == "md:OrganizationURL" { provider.base() } else { &provider.name };
            all.child(Element::new(element).with("xml:lang", "it").text(text))
        },
    )
}
