//! One `EntityDescriptor` of an identity provider (saml-metadata, sections 2.2.2, 2.3.2 and 2.4.3).
//!
//! Not its aggregate: whoever calls has looked at validity and signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::provider::{LogoutService, Provider};
use crate::crypto::digest::sha256;
use crate::effects::Timestamp;
use crate::saml::names;
use crate::xml::{Node, VerificationKey, attribute, elements, is, text};

/// Reads one entity. Keys that cannot verify are left out with an alert; an address that a browser
/// must not be sent to makes the whole entity suspect.
///
/// # Errors
/// One sentence, without the entity ID.
pub(super) fn read(
    node: Node<'_, '_>,
    valid_until: Option<Timestamp>,
    hosts: &[String],
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
        logout_redirect: None,
        logout_post: None,
        purposes: Vec::new(),
        age_limit: false,
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
            let (place, way) = match attribute(child, "Binding") {
                Some(names::BINDING_REDIRECT) => (&mut provider.redirect, "HTTP-Redirect"),
                Some(names::BINDING_POST) => (&mut provider.post, "HTTP-POST"),
                _ => continue,
            };
            let location = location(child, "Location", hosts)
                .and_then(|location| location.ok_or("is missing"))
                .map_err(|problem| format!("SingleSignOnService {way}: Location {problem}"))?;
            place.get_or_insert(location);
        } else if is(child, names::METADATA, "SingleLogoutService") {
            let place = match attribute(child, "Binding") {
                Some(names::BINDING_REDIRECT) => &mut provider.logout_redirect,
                Some(names::BINDING_POST) => &mut provider.logout_post,
                _ => continue,
            };
            match logout(child, hosts) {
                Ok(service) => _ = place.get_or_insert(service),
                Err(problem) => alerts.push(format!("{entity_id}: SingleLogoutService: {problem}")),
            }
        }
    }
    for extensions in [node, role].into_iter().flat_map(elements) {
        if is(extensions, names::METADATA, "Extensions") {
            abilities(extensions, &mut provider);
        }
    }
    if provider.keys.is_empty() {
        Err("it has no usable signing key".to_owned())
    } else if provider.keys.len() > MOST_KEYS {
        Err(format!("it has more than {MOST_KEYS} signing keys"))
    } else if provider.redirect.is_none() && provider.post.is_none() {
        Err("it has no usable SingleSignOnService".to_owned())
    } else {
        Ok(provider)
    }
}

/// Every certificate of a `KeyDescriptor`. Its dates and its own signature are not looked at: a
/// certificate in metadata wraps a key, and providers have used expired ones for months.
fn keys(descriptor: Node<'_, '_>, provider: &mut Provider, alerts: &mut Vec<String>) {
    let certificates =
        descriptor.descendants().filter(|node| is(*node, names::DSIG, "X509Certificate"));
    // One more than allowed is enough to refuse the entity.
    for certificate in certificates.take(MOST_KEYS + 1) {
        let der = text(certificate).ok().and_then(|body| {
            let dense: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            STANDARD.decode(dense).ok()
        });
        let key = der.as_deref().map(VerificationKey::from_certificate);
        match (der, key) {
            (Some(der), Some(Ok(key))) => {
                let known = |other: &VerificationKey| other.fingerprint() == key.fingerprint();
                provider.certificates.push(sha256(&der));
                if !provider.keys.iter().any(known) {
                    provider.keys.push(key);
                }
            }
            (_, Some(Err(refusal))) => {
                alerts.push(format!("{}: a key was left out: {refusal}", provider.entity_id));
            }
            _ => alerts.push(format!("{}: a certificate is not base64", provider.entity_id)),
        }
    }
}

fn logout(node: Node<'_, '_>, hosts: &[String]) -> Result<LogoutService, String> {
    let location = location(node, "Location", hosts)
        .and_then(|location| location.ok_or("is missing"))
        .map_err(|problem| format!("Location {problem}"))?;
    let response_location = self::location(node, "ResponseLocation", hosts)
        .map_err(|problem| format!("ResponseLocation {problem}"))?;
    Ok(LogoutService { location, response_location })
}

/// `spid:SupportedPurposes/spid:Purpose` and the empty `spid:SupportedAgeLimit`.
fn abilities(extensions: Node<'_, '_>, provider: &mut Provider) {
    for child in elements(extensions) {
        if is(child, names::SPID, "SupportedAgeLimit") {
            provider.age_limit = true;
        } else if is(child, names::SPID, "SupportedPurposes") {
            let codes = elements(child)
                .filter(|code| is(*code, names::SPID, "Purpose"))
                .filter_map(|code| Some(text(code).ok()?.trim().to_owned()))
                .filter(|code| (1..=8).contains(&code.len()));
            provider.purposes.extend(codes.take(16));
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
                let name: String = words.join(" ").chars().take(LONGEST_NAME).collect();
                (!name.is_empty()).then_some((language, name))
            })
            .collect();
        [Some("it"), Some("en")]
            .into_iter()
            .find_map(|language| named.iter().find(|(known, _)| *known == language))
            .or_else(|| named.first())
            .map(|(_, name)| name.clone())
    })
}

/// The address in `attribute`, when there is one.
fn location(
    node: Node<'_, '_>,
    name: &str,
    hosts: &[String],
) -> Result<Option<String>, &'static str> {
    let Some(location) = attribute(node, name) else { return Ok(None) };
    if !is_safe_location(location) {
        return Err("is not an https address of printable characters, at most 2048 of them");
    }
    let host = url::Url::parse(location).ok().and_then(|url| url.host_str().map(str::to_owned));
    let listed = |host: String| hosts.iter().any(|known| known.eq_ignore_ascii_case(&host));
    if hosts.is_empty() || host.is_some_and(listed) {
        Ok(Some(location.to_owned()))
    } else {
        Err("leads to a host that location_hosts does not name")
    }
}

/// https, or http to this machine; nothing that a header or a log line could not carry.
fn is_safe_location(location: &str) -> bool {
    let plain = location.len() <= LONGEST_LOCATION
        && location.bytes().all(|octet| octet.is_ascii_graphic());
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

/// Two during a change of key; every one costs a verification when a signature is wrong.
const MOST_KEYS: usize = 8;

/// Characters of a name on a page.
const LONGEST_NAME: usize = 200;

/// Octets of an address; a request is added to it.
const LONGEST_LOCATION: usize = 2048;

#[cfg(test)]
mod tests;
