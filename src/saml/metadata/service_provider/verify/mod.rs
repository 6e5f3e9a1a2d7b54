//! Checks of a service provider's metadata before anybody else sees it: one verdict for each rule.
//!
//! Not AgID's approval and not its tool (spid-sp-test has 115 checks): the rules of the schemas and of
//! Avviso 29 v3, Avviso 19 v4, Determination 51/2022 and the technical manual of CIE in one pass, on any
//! document, without a network.

mod body;
mod contact;
mod descriptor;

use super::stated::certificate;
use crate::crypto::certificate::{against_profile, validity};
use crate::effects::Timestamp;
use crate::saml::names;
use crate::xml::{
    Document, Limits, Node, Position, VerificationKey, attribute, elements, is, verify_enveloped,
};

/// One rule, and what is wrong about it: nothing, when the document keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the rule is about.
    pub rule: &'static str,
    /// Where it is written.
    pub clause: &'static str,
    /// Every way in which the document breaks it.
    pub wrong: Vec<String>,
}

/// A document under examination.
struct Case<'c> {
    document: &'c Document<'c>,
    root: Node<'c, 'c>,
    now: Timestamp,
    /// The names that SPID gives to attributes.
    attributes: &'c [&'c str],
}

type Check = fn(&Case<'_>) -> Vec<String>;

/// The rules, in the order of the document.
const RULES: &[(&str, &str, Check)] = &[
    ("one entity, with ID and entityID", "saml-metadata 2.3.2", entity),
    ("signature", "Avviso 29 v3; SAML core 5.4", signature),
    ("order of the elements", "saml-metadata 2.3.2; Avviso 29 v3", order),
    ("age limits", "Determination 51/2022", body::age_limits),
    ("descriptor and its order", "saml-metadata 2.4.4; Avviso 29 v3", descriptor::shape),
    ("keys", "saml-metadata 2.4.1.1", keys),
    ("certificate of the key that signs", "Avviso 29 v3, certificates", profile),
    ("single logout", "SPID rules, metadata", descriptor::logout),
    ("name identifiers", "SPID rules, metadata", descriptor::name_ids),
    ("consumers", "Avviso 29 v3", descriptor::consumers),
    ("attribute sets", "Avviso 29 v3; eIDAS node; CIE manual", descriptor::attribute_sets),
    ("organization", "Avviso 29 v3", body::organization),
    ("contacts of the role", "Avviso 29 v3; Avviso 19 v4; CIE manual", contact::contacts),
];

/// Examines `document`; `attributes` are the names that SPID knows.
///
/// # Errors
/// One sentence when it is not XML that could be metadata.
pub fn verify(document: &str, attributes: &[&str], now: Timestamp) -> Result<Vec<Verdict>, String> {
    if document.starts_with(|sign: char| sign != '<') {
        return Err("it begins with something else than an element".to_owned());
    }
    let parsed = Document::parse(document, &Limits::METADATA)
        .map_err(|refusal| format!("it is not XML as metadata has to be: {refusal}"))?;
    let case = Case { document: &parsed, root: parsed.root(), now, attributes };
    let verdicts =
        RULES.iter().map(|(rule, clause, check)| Verdict { rule, clause, wrong: check(&case) });
    Ok(verdicts.collect())
}

impl<'c> Case<'c> {
    /// The children `md:<local>` of the root.
    fn children(&self, local: &'static str) -> impl Iterator<Item = Node<'c, 'c>> {
        elements(self.root).filter(move |child| is(*child, names::METADATA, local))
    }

    /// The children `md:<local>` of the descriptor.
    fn described(&self, local: &'static str) -> impl Iterator<Item = Node<'c, 'c>> {
        let descriptor = self.children("SPSSODescriptor").next();
        let parts = descriptor.into_iter().flat_map(elements);
        parts.filter(move |child| is(*child, names::METADATA, local))
    }

    fn is_for_cie(&self) -> bool {
        self.children("ContactPerson")
            .any(|contact| attribute(contact, "contactType") == Some("administrative"))
    }

    fn entity_id(&self) -> &'c str {
        attribute(self.root, "entityID").unwrap_or_default()
    }

    /// The certificates of the keys for that use.
    fn certificates(&self, purpose: &str) -> Vec<Vec<u8>> {
        let keys = self.described("KeyDescriptor");
        keys.filter(|key| attribute(*key, "use").is_none_or(|given| given == purpose))
            .flat_map(|key| key.descendants())
            .filter(|part| is(*part, names::DSIG, "X509Certificate"))
            .filter_map(certificate)
            .collect()
    }
}

/// Gathers what does not hold.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn must(&mut self, holds: bool, wrong: impl Into<String>) {
        if !holds {
            self.0.push(wrong.into());
        }
    }
}

fn entity(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    let id = case.entity_id();
    let root = is(case.root, names::METADATA, "EntityDescriptor");
    found.must(root, "the root is no md:EntityDescriptor");
    found.must(attribute(case.root, "ID").is_some(), "there is no ID");
    found.must(
        (1..=1024).contains(&id.len()) && id.trim() == id,
        "entityID is empty, longer than 1024 or has blanks around it",
    );
    found.must(is_address(id), "entityID is no https address");
    for moment in ["validUntil", "cacheDuration"] {
        let absent = attribute(case.root, moment).is_none();
        found.must(absent, format!("{moment} makes a document volatile that is approved once"));
    }
    found.0
}

fn signature(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    let first = elements(case.root).next().filter(|node| is(*node, names::DSIG, "Signature"));
    let Some(node) = first else { return vec!["the first child is no ds:Signature".to_owned()] };
    let named = node
        .descendants()
        .filter(|part| is(*part, names::DSIG, "X509Certificate"))
        .find_map(certificate);
    let Some(der) = named else { return vec!["the signature names no certificate".to_owned()] };
    found.must(
        case.certificates("signing").contains(&der),
        "the key that signed it is not among its own signing keys",
    );
    match VerificationKey::from_certificate(&der) {
        Err(refusal) => found.0.push(format!("its key cannot be used: {refusal}")),
        Ok(key) => {
            let first = Position::First;
            let verified =
                verify_enveloped(case.document, case.root, first, &[key], &mut Vec::new());
            if let Err(refusal) = verified {
                found.0.push(format!("it does not verify: {refusal}"));
            }
        }
    }
    found.0
}

fn order(case: &Case<'_>) -> Vec<String> {
    let wanted = ["Signature", "Extensions", "SPSSODescriptor", "Organization", "ContactPerson"];
    let mut found = Findings::default();
    found.must(in_order(case.root, &wanted), format!("it is not {}", wanted.join(", ")));
    for (name, most) in [("Extensions", 1), ("SPSSODescriptor", 1), ("Organization", 1)] {
        found.must(case.children(name).count() <= most, format!("{name} stands more than once"));
    }
    for name in ["SPSSODescriptor", "Organization", "ContactPerson"] {
        found.must(case.children(name).next().is_some(), format!("there is no {name}"));
    }
    found.0
}

/// Whether the children are among `wanted`, in that order.
fn in_order(node: Node<'_, '_>, wanted: &[&str]) -> bool {
    let places =
        elements(node).map(|child| wanted.iter().position(|name| child.tag_name().name() == *name));
    let places: Option<Vec<usize>> = places.collect();
    places.is_some_and(|places| places.is_sorted())
}

fn keys(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    for key in case.described("KeyDescriptor") {
        let purpose = attribute(key, "use");
        found.must(
            matches!(purpose, Some("signing" | "encryption")),
            "a KeyDescriptor is neither for signing nor for encryption",
        );
    }
    let signing = case.certificates("signing");
    found.must(!signing.is_empty(), "there is no signing key");
    for der in signing.iter().chain(&case.certificates("encryption")) {
        if let Err(refusal) = VerificationKey::from_certificate(der) {
            found.0.push(format!("a key cannot be used: {refusal}"));
        }
        match validity(der) {
            Err(fault) => found.0.push(format!("a certificate is {fault}")),
            Ok((from, until)) => {
                found.must(from <= case.now, "a certificate is not valid yet");
                found.must(case.now < until, "a certificate has expired");
            }
        }
    }
    found.0
}

/// CIE prescribes no profile.
fn profile(case: &Case<'_>) -> Vec<String> {
    if case.is_for_cie() {
        return Vec::new();
    }
    match case.certificates("signing").first() {
        None => vec!["there is none".to_owned()],
        Some(der) => against_profile(der, case.entity_id()),
    }
}

/// https, or http on this machine: what a browser may be sent to.
fn is_address(text: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let loopback = local.iter().any(|host| {
        text.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    let whole = text.bytes().all(|octet| octet.is_ascii_graphic());
    whole && (loopback || text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()))
}
