//! Metadata of identity providers (saml-metadata, sections 2.3 and 2.4; SPID registry).
//!
//! Not trust by itself: a document is trusted because the operator vouches for the file or because
//! the pinned certificate signed it. Reading is tolerant where providers differ and a fault in one
//! entity removes that entity only.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::crypto::digest::sha256;
use crate::effects::Timestamp;
use crate::saml::{instant, names};
use crate::xml::{
    Document, Limits, Node, Position, VerificationKey, attribute, elements, is, text,
    verify_enveloped,
};

/// One provider that can be used.
#[derive(Debug)]
pub struct Provider {
    /// Its entity ID.
    pub entity_id: String,
    /// The name that people know.
    pub name: String,
    /// Its signing keys: two during a change of key.
    pub keys: Vec<VerificationKey>,
    /// Single sign-on by HTTP-Redirect.
    pub redirect: Option<String>,
    /// Single sign-on by HTTP-POST; the address may differ.
    pub post: Option<String>,
    /// Until when the metadata may be used.
    pub valid_until: Option<Timestamp>,
    certificates: Vec<[u8; 32]>,
}

impl Provider {
    /// Whether the metadata may still be used.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.valid_until.is_none_or(|end| now < end)
    }
}

/// Every provider, by entity ID and by certificate.
#[derive(Debug, Default)]
pub struct Providers {
    by_id: BTreeMap<String, Arc<Provider>>,
    by_certificate: BTreeMap<[u8; 32], Arc<Provider>>,
}

impl Providers {
    /// The provider of that entity ID.
    #[must_use]
    pub fn get(&self, entity_id: &str) -> Option<&Arc<Provider>> {
        self.by_id.get(entity_id)
    }

    /// The provider that publishes that certificate (DER).
    #[must_use]
    pub fn by_certificate(&self, der: &[u8]) -> Option<&Provider> {
        self.by_certificate.get(&sha256(der)).map(AsRef::as_ref)
    }

    /// All, by entity ID.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.by_id.values()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    fn add(&mut self, provider: Provider) -> Result<(), String> {
        if self.by_id.contains_key(&provider.entity_id) {
            return Err("the entity ID stands twice: the first one counts".to_owned());
        }
        let provider = Arc::new(provider);
        for certificate in &provider.certificates {
            self.by_certificate.insert(*certificate, provider.clone());
        }
        self.by_id.insert(provider.entity_id.clone(), provider);
        Ok(())
    }
}

/// What came of reading: the usable providers, and one sentence per thing that operators must hear.
#[derive(Debug, Default)]
pub struct Reading {
    /// The usable providers.
    pub providers: Providers,
    /// Entities or keys that were left out, and why.
    pub alerts: Vec<String>,
}

/// Reads one document into `reading`.
///
/// # Errors
/// One sentence when the whole document is of no use: not XML, no metadata, or not signed with the
/// pinned certificate.
pub fn read(
    document: &str,
    pinned: Option<&[VerificationKey]>,
    now: Timestamp,
    reading: &mut Reading,
) -> Result<(), String> {
    let parsed = Document::parse(document, &Limits::METADATA)
        .map_err(|refusal| format!("not metadata: {refusal}"))?;
    let Some(keys) = pinned else { return collect(parsed.root(), None, now, reading) };
    let signed = verify_enveloped(&parsed, parsed.root(), Position::First, keys, &mut Vec::new())
        .map_err(|refusal| format!("not signed with the pinned certificate: {refusal}"))?;
    let tree = signed.read().map_err(|refusal| format!("not metadata: {refusal}"))?;
    collect(tree.root(), None, now, reading)
}

/// Aggregates may hold aggregates; the earliest end of validity counts.
fn collect(
    node: Node<'_, '_>,
    outer: Option<Timestamp>,
    now: Timestamp,
    reading: &mut Reading,
) -> Result<(), String> {
    let valid_until = match attribute(node, "validUntil") {
        None => outer,
        Some(end) => {
            let end = instant::parse(end).ok_or("validUntil is no xs:dateTime")?;
            Some(outer.map_or(end, |outer| outer.min(end)))
        }
    };
    if is(node, names::METADATA, "EntityDescriptor") {
        let entity_id = attribute(node, "entityID").unwrap_or_default();
        let outcome = match valid_until {
            Some(end) if end <= now => Err("validUntil has passed".to_owned()),
            _ => entity(node, valid_until, &mut reading.alerts),
        }
        .and_then(|provider| reading.providers.add(provider));
        if let Err(problem) = outcome {
            reading.alerts.push(format!("{entity_id}: {problem}"));
        }
        return Ok(());
    }
    if !is(node, names::METADATA, "EntitiesDescriptor") {
        return Err("the root is neither EntityDescriptor nor EntitiesDescriptor".to_owned());
    }
    for child in elements(node) {
        let descriptor = ["EntityDescriptor", "EntitiesDescriptor"];
        if descriptor.iter().any(|local| is(child, names::METADATA, local))
            && let Err(problem) = collect(child, valid_until, now, reading)
        {
            let entity_id = attribute(child, "entityID").unwrap_or("an inner aggregate");
            reading.alerts.push(format!("{entity_id}: {problem}"));
        }
    }
    Ok(())
}

fn entity(
    node: Node<'_, '_>,
    valid_until: Option<Timestamp>,
    alerts: &mut Vec<String>,
) -> Result<Provider, String> {
    let entity_id = attribute(node, "entityID").unwrap_or_default();
    if entity_id.is_empty() || entity_id.len() > 1024 || entity_id.trim() != entity_id {
        return Err("entityID is empty, longer than 1024 or has blanks around it".to_owned());
    }
    let role = elements(node)
        .find(|child| is(*child, names::METADATA, "IDPSSODescriptor"))
        .ok_or("it has no IDPSSODescriptor")?;
    let mut provider = Provider {
        entity_id: entity_id.to_owned(),
        name: name(node).unwrap_or_else(|| entity_id.to_owned()),
        keys: Vec::new(),
        redirect: None,
        post: None,
        valid_until,
        certificates: Vec::new(),
    };
    for child in elements(role) {
        if is(child, names::METADATA, "KeyDescriptor") {
            // Without `use` a key serves both uses (saml-metadata, section 2.4.1.1).
            if attribute(child, "use").is_none_or(|purpose| purpose == "signing") {
                keys(child, &mut provider, alerts);
            }
        } else if is(child, names::METADATA, "SingleSignOnService") {
            let place = match attribute(child, "Binding") {
                Some(names::BINDING_REDIRECT) => &mut provider.redirect,
                Some(names::BINDING_POST) => &mut provider.post,
                _ => continue,
            };
            match attribute(child, "Location").filter(|location| is_safe_location(location)) {
                Some(location) if place.is_none() => *place = Some(location.to_owned()),
                Some(_) => {}
                None => alerts.push(format!("{entity_id}: a Location is not https: left out")),
            }
        }
    }
    if provider.keys.is_empty() {
        Err("it has no usable signing key".to_owned())
    } else if provider.redirect.is_none() && provider.post.is_none() {
        Err("it has no usable SingleSignOnService".to_owned())
    } else {
        Ok(provider)
    }
}

/// Every certificate of a `KeyDescriptor`. Its dates are not looked at: a certificate in metadata
/// wraps a key, and providers have used expired ones for months.
fn keys(descriptor: Node<'_, '_>, provider: &mut Provider, alerts: &mut Vec<String>) {
    let certificates =
        descriptor.descendants().filter(|node| is(*node, names::DSIG, "X509Certificate"));
    for certificate in certificates {
        let der = text(certificate).ok().and_then(|body| {
            let dense: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            STANDARD.decode(dense).ok()
        });
        let key = der.as_deref().map(VerificationKey::from_certificate);
        match (der, key) {
            (Some(der), Some(Ok(key))) => {
                provider.certificates.push(sha256(&der));
                provider.keys.push(key);
            }
            (_, Some(Err(refusal))) => {
                alerts.push(format!("{}: a key was left out: {refusal}", provider.entity_id));
            }
            _ => alerts.push(format!("{}: a certificate is not base64", provider.entity_id)),
        }
    }
}

/// `OrganizationDisplayName`, else `OrganizationName`; Italian, else English, else the first.
fn name(entity: Node<'_, '_>) -> Option<String> {
    let organization =
        elements(entity).find(|child| is(*child, names::METADATA, "Organization"))?;
    ["OrganizationDisplayName", "OrganizationName"].into_iter().find_map(|local| {
        let named: Vec<(Option<&str>, String)> = elements(organization)
            .filter(|child| is(*child, names::METADATA, local))
            .filter_map(|child| {
                let whole = text(child).ok()?;
                let language = child.attribute((XML, "lang"));
                let words: Vec<&str> = whole.split_whitespace().collect();
                (!words.is_empty()).then(|| (language, words.join(" ")))
            })
            .collect();
        [Some("it"), Some("en")]
            .into_iter()
            .find_map(|language| named.iter().find(|(known, _)| *known == language))
            .or_else(|| named.first())
            .map(|(_, name)| name.clone())
    })
}

/// https, or http to this machine; nothing that a header or a log line could not carry.
fn is_safe_location(location: &str) -> bool {
    let plain = location.bytes().all(|octet| octet.is_ascii_graphic());
    let Ok(url) = url::Url::parse(location) else { return false };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let unadorned = url.username().is_empty() && url.password().is_none();
    plain
        && unadorned
        && url.fragment().is_none()
        && (url.scheme() == "https" || url.scheme() == "http" && loopback)
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

#[cfg(test)]
mod tests;
