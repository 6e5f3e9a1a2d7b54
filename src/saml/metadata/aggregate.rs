//! One metadata document: an `EntityDescriptor` or a federation's `EntitiesDescriptor`
//! (saml-metadata, sections 2.3 and 3; saml-metadata-rpi).
//!
//! Not trust by itself: a document is trusted because the operator vouches for where it comes from or
//! because the pinned certificate signed it. Reading is tolerant where providers differ, and a fault in
//! one entity removes that entity only.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entity;
use super::provider::Provider;
use crate::effects::Timestamp;
use crate::saml::{CLOCK_SKEW, instant, names};
use crate::xml::{
    Document, Limits, Node, Position, Refusal, VerificationKey, attribute, elements, is,
    place_of_fault, verify_enveloped,
};

/// What a document must be like to count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demands<'d> {
    /// One of these keys must have signed the whole document. `None`: nothing is demanded.
    pub pinned: Option<&'d [VerificationKey]>,
    /// The hosts that an address may name. Empty: any.
    pub location_hosts: &'d [String],
    /// Whether every entity must say, itself or its aggregate, until when it may be used.
    pub valid_until_required: bool,
}

/// What one document says.
#[derive(Debug)]
pub struct Contents {
    /// The usable providers, in the order of the document.
    pub providers: Vec<Provider>,
    /// Entities or keys that were left out, and why: one sentence each, the entity ID first.
    pub alerts: Vec<String>,
    /// Which edition of the document it is.
    pub edition: Edition,
    /// After which time its publisher wants it to be read again.
    pub cache_for: Option<Duration>,
}

/// When a document was made and until when it counts: enough to tell an older edition from a newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// `mdrpi:PublicationInfo/@creationInstant`.
    pub created: Option<Timestamp>,
    /// `validUntil` of the root, no more than a year ahead.
    pub valid_until: Option<Timestamp>,
}

impl Edition {
    /// Whether this document was published before `seen`: by the instant of creation when both say
    /// it, else by the end of validity.
    #[must_use]
    pub fn is_before(&self, seen: &Self) -> bool {
        match (self.created, seen.created) {
            (Some(this), Some(seen)) => this < seen,
            _ => self.valid_until.zip(seen.valid_until).is_some_and(|(this, seen)| this < seen),
        }
    }
}

/// Reads one document.
///
/// # Errors
/// One sentence when the whole document is of no use: not XML, no metadata, not signed with a pinned
/// key, expired, or without a usable provider.
pub fn read(document: &str, demands: &Demands<'_>, now: Timestamp) -> Result<Contents, String> {
    let limits = &Limits::METADATA;
    let parsed = Document::parse(document, limits).map_err(|refusal| {
        let place = if refusal == Refusal::Limit { None } else { place_of_fault(document, limits) };
        let place = place.map(|(line, column)| format!(" (line {line}, column {column})"));
        format!("not metadata: {refusal}{}", place.unwrap_or_default())
    })?;
    let Some(keys) = demands.pinned else { return whole(parsed.root(), demands, now) };
    let signed = verify_enveloped(&parsed, parsed.root(), Position::First, keys, &mut Vec::new())
        .map_err(|refusal| format!("not signed with the pinned certificate: {refusal}"))?;
    drop(parsed);
    let tree = signed.read().map_err(|refusal| format!("not metadata: {refusal}"))?;
    whole(tree.root(), demands, now)
}

/// The root: what counts for the document as a whole, then every entity.
fn whole(root: Node<'_, '_>, demands: &Demands<'_>, now: Timestamp) -> Result<Contents, String> {
    if !is_descriptor(root) {
        return Err("the root is neither EntityDescriptor nor EntitiesDescriptor".to_owned());
    }
    let entities = root.descendants().filter(|node| is(*node, names::METADATA, "EntityDescriptor"));
    if entities.take(MOST_ENTITIES + 1).count() > MOST_ENTITIES {
        return Err(format!("it has more than {MOST_ENTITIES} entities"));
    }
    let valid_until = end_of(root, None, now)?;
    let mut contents = Contents {
        providers: Vec::new(),
        alerts: Vec::new(),
        edition: Edition { created: created(root, now)?, valid_until },
        cache_for: attribute(root, "cacheDuration").and_then(instant::duration),
    };
    collect(root, None, demands, now, &mut contents);
    if contents.providers.is_empty() {
        let first = contents.alerts.first().map_or("it is empty", String::as_str);
        return Err(format!("no provider of it can be used: {first}"));
    }
    Ok(contents)
}

/// Aggregates may hold aggregates; the earliest end of validity counts.
fn collect(
    node: Node<'_, '_>,
    outer: Option<Timestamp>,
    demands: &Demands<'_>,
    now: Timestamp,
    contents: &mut Contents,
) {
    let named =
        attribute(node, "entityID").unwrap_or("an entity or inner aggregate without entityID");
    let valid_until = match end_of(node, outer, now) {
        Ok(end) => end,
        Err(problem) => return contents.alerts.push(format!("{named}: {problem}")),
    };
    if !is(node, names::METADATA, "EntityDescriptor") {
        for child in elements(node).filter(|child| is_descriptor(*child)) {
            collect(child, valid_until, demands, now, contents);
        }
        return;
    }
    if demands.valid_until_required && valid_until.is_none() {
        contents.alerts.push(format!("{named}: validUntil is missing"));
        return;
    }
    match entity::read(node, valid_until, demands.location_hosts, &mut contents.alerts) {
        Ok(provider) => contents.providers.push(provider),
        Err(problem) => contents.alerts.push(format!("{named}: {problem}")),
    }
}

fn is_descriptor(node: Node<'_, '_>) -> bool {
    ["EntityDescriptor", "EntitiesDescriptor"].iter().any(|local| is(node, names::METADATA, local))
}

/// Until when `node` counts: its own `validUntil` or what stands around it, whichever is earlier.
/// A moment that is years ahead is taken for one in a year: metadata for ever would outlive its keys.
fn end_of(
    node: Node<'_, '_>,
    outer: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, String> {
    let Some(text) = attribute(node, "validUntil") else { return Ok(outer) };
    let end = instant::parse(text).ok_or("validUntil is no xs:dateTime")?;
    if end <= now {
        return Err(format!("validUntil has passed ({})", end.rfc3339()));
    }
    let end = end.min(now.plus(LONGEST_VALIDITY));
    Ok(Some(outer.map_or(end, |outer| outer.min(end))))
}

/// When the document was published. A moment to come is refused: everything after it would seem old.
fn created(root: Node<'_, '_>, now: Timestamp) -> Result<Option<Timestamp>, String> {
    let information = elements(root)
        .find(|child| is(*child, names::METADATA, "Extensions"))
        .and_then(|extensions| {
            elements(extensions).find(|child| is(*child, names::PUBLICATION, "PublicationInfo"))
        });
    let Some(text) = information.and_then(|node| attribute(node, "creationInstant")) else {
        return Ok(None);
    };
    let created = instant::parse(text).ok_or("creationInstant is no xs:dateTime")?;
    if created > now.plus(CLOCK_SKEW) {
        return Err(format!("creationInstant is still to come ({})", created.rfc3339()));
    }
    Ok(Some(created))
}

/// The largest federation of federations has fewer.
const MOST_ENTITIES: usize = 20_000;

/// A year.
const LONGEST_VALIDITY: Duration = Duration::from_hours(365 * 24);

#[cfg(test)]
pub(crate) mod tests;
