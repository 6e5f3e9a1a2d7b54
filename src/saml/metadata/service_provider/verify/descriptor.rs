//! Rules about `SPSSODescriptor`: endpoints and attribute sets.
//!
//! Not its keys, which the signature depends on: `mod.rs` has them.

use std::collections::BTreeSet;

use super::super::stated::{language, whole};
use super::{Case, Findings, in_order, is_address};
use crate::saml::names;
use crate::xml::{Node, attribute, elements, is};

/// The children of the descriptor.
const ORDER: [&str; 5] = [
    "KeyDescriptor",
    "SingleLogoutService",
    "NameIDFormat",
    "AssertionConsumerService",
    "AttributeConsumingService",
];

/// All that CIE gives.
const CIE: [&str; 4] = ["name", "familyName", "dateOfBirth", "fiscalNumber"];

/// The sets that the eIDAS node prescribes.
const EIDAS: [(&str, &str, &[&str]); 2] = [
    (
        "99",
        "eIDAS Natural Person Minimum Attribute Set",
        &["spidCode", "name", "familyName", "dateOfBirth"],
    ),
    (
        "100",
        "eIDAS Natural Person Full Attribute Set",
        &["spidCode", "name", "familyName", "dateOfBirth", "placeOfBirth", "address", "gender"],
    ),
];

pub(super) fn shape(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    for descriptor in case.children("SPSSODescriptor") {
        let given = |name| attribute(descriptor, name);
        found.must(
            given("protocolSupportEnumeration") == Some(names::PROTOCOL),
            "protocolSupportEnumeration is not SAML 2.0",
        );
        for name in ["AuthnRequestsSigned", "WantAssertionsSigned"] {
            found.must(given(name) == Some("true"), format!("{name} is not \"true\""));
        }
        found.must(in_order(descriptor, &ORDER), format!("it does not hold {}", ORDER.join(", ")));
    }
    for name in ORDER {
        found.must(case.described(name).next().is_some(), format!("there is no {name}"));
    }
    found.0
}

pub(super) fn logout(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    let soap = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP";
    for service in case.described("SingleLogoutService") {
        let binding = attribute(service, "Binding").unwrap_or_default();
        let known = [names::BINDING_REDIRECT, names::BINDING_POST, soap].contains(&binding);
        found.must(known, format!("the binding {binding:?} is not one of SPID's"));
        let location = attribute(service, "Location").unwrap_or_default();
        found.must(is_address(location), format!("{location:?} is no https address"));
    }
    found.0
}

pub(super) fn name_ids(case: &Case<'_>) -> Vec<String> {
    let formats: Vec<String> = case.described("NameIDFormat").map(whole).collect();
    let mut found = Findings::default();
    found.must(formats == [names::FORMAT_TRANSIENT], "it is not transient alone");
    found.0
}

pub(super) fn consumers(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    let mut indexes = BTreeSet::new();
    let mut defaults = Vec::new();
    for consumer in case.described("AssertionConsumerService") {
        let index = attribute(consumer, "index").unwrap_or_default();
        found.must(index.parse::<u16>().is_ok(), format!("{index:?} is no index"));
        found.must(indexes.insert(index), format!("the index {index} stands twice"));
        if attribute(consumer, "isDefault") == Some("true") {
            defaults.push(index);
        }
        let post = attribute(consumer, "Binding") == Some(names::BINDING_POST);
        found.must(post, format!("consumer {index} is not for HTTP-POST"));
        let location = attribute(consumer, "Location").unwrap_or_default();
        found.must(is_address(location), format!("{location:?} is no https address"));
    }
    found.must(defaults == ["0"], "the default one is not the one of index 0, alone");
    found.0
}

pub(super) fn attribute_sets(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    let mut indexes = BTreeSet::new();
    for set in case.described("AttributeConsumingService") {
        let index = attribute(set, "index").unwrap_or_default();
        found.must(index.parse::<u16>().is_ok(), format!("{index:?} is no index"));
        found.must(indexes.insert(index), format!("the index {index} stands twice"));
        found.must(
            in_order(set, &["ServiceName", "ServiceDescription", "RequestedAttribute"]),
            format!("set {index}: names, descriptions and attributes do not follow in this order"),
        );
        titles(case, set, index, &mut found);
        requested(case, set, index, &mut found);
    }
    found.0
}

fn titles(case: &Case<'_>, set: Node<'_, '_>, index: &str, found: &mut Findings) {
    let titles: Vec<_> =
        elements(set).filter(|child| is(*child, names::METADATA, "ServiceName")).collect();
    found.must(!titles.is_empty(), format!("set {index} has no ServiceName"));
    for title in titles {
        let text = whole(title);
        let uuid = case.is_for_cie() && text.starts_with("urn:uuid:");
        found.must(!text.is_empty(), format!("set {index}: a ServiceName is empty"));
        found.must(
            uuid || !language(title).is_empty(),
            format!("set {index}: a ServiceName has no language"),
        );
        for (known, fixed, _) in EIDAS {
            found.must(
                index != known || case.is_for_cie() || text == fixed,
                format!("set {index} belongs to the eIDAS node, and is called \"{fixed}\""),
            );
        }
    }
}

fn requested(case: &Case<'_>, set: Node<'_, '_>, index: &str, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for child in elements(set).filter(|child| is(*child, names::METADATA, "RequestedAttribute")) {
        let name = attribute(child, "Name").unwrap_or_default();
        let known =
            if case.is_for_cie() { CIE.contains(&name) } else { case.attributes.contains(&name) };
        found.must(known, format!("set {index}: there is no attribute {name:?}"));
        found.must(seen.insert(name), format!("set {index}: {name} stands twice"));
        found.must(
            attribute(child, "NameFormat").is_none_or(|format| format == names::FORMAT_BASIC),
            format!("set {index}: the format of {name} is not basic"),
        );
    }
    found.must(!seen.is_empty(), format!("set {index} asks for nothing"));
    for (known, _, attributes) in EIDAS {
        found.must(
            index != known
                || case.is_for_cie()
                || attributes.iter().copied().collect::<BTreeSet<_>>() == seen,
            format!("set {index} belongs to the eIDAS node, and holds {}", attributes.join(", ")),
        );
    }
}
