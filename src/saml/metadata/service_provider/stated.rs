//! What a published document states, fact by fact: to compare two of them.
//!
//! Not a check: `verify` has those. Not trust either: a stored copy is read as the operator's own file.
//! saml-metadata, sections 2.3 and 2.4.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::crypto::digest::{hexadecimal, sha256};
use crate::saml::names;
use crate::xml::{Document, Limits, Node, attribute, elements, is, text};

/// One thing that a document states. Two documents speak of the same thing when their facts are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The entity ID.
    EntityId,
    /// A signing key, by the SHA-256 of its certificate.
    SigningKey(String),
    /// An encryption key, by the SHA-256 of its certificate.
    EncryptionKey(String),
    /// The consumer of that index.
    Consumer(String),
    /// The attributes of the set of that index.
    AttributeSet(String),
    /// A title of the set of that index, in one language.
    Title(String, String),
    /// The age limit of the consumer of that index.
    AgeLimit(String),
    /// Where logouts arrive, by binding.
    Logout(String),
    /// A part of the organization, in one language.
    Organization(String, String),
    /// A part of a contact.
    Contact(String, String),
    /// Anything else, by its place.
    Other(String),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EntityId => f.write_str("entity ID"),
            Self::SigningKey(print) => write!(f, "signing key {print}"),
            Self::EncryptionKey(print) => write!(f, "encryption key {print}"),
            Self::Consumer(index) => write!(f, "consumer {index}"),
            Self::AttributeSet(index) => write!(f, "attribute set {index}"),
            Self::Title(index, language) => {
                write!(f, "title of attribute set {index} ({language})")
            }
            Self::AgeLimit(index) => write!(f, "age limit of consumer {index}"),
            Self::Logout(binding) => write!(f, "single logout by {binding}"),
            Self::Organization(part, language) => write!(f, "{part} ({language})"),
            Self::Contact(kind, part) => write!(f, "contact {kind}, {part}"),
            Self::Other(place) => f.write_str(place),
        }
    }
}

/// What one document states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    facts: BTreeMap<Fact, String>,
    signer: Option<String>,
}

impl Stated {
    /// Reads a document.
    ///
    /// # Errors
    /// One sentence when it is not the metadata of one entity.
    pub fn read(document: &str) -> Result<Self, String> {
        let parsed = Document::parse(document, &Limits::METADATA)
            .map_err(|refusal| format!("not metadata: {refusal}"))?;
        let root = parsed.root();
        if !is(root, names::METADATA, "EntityDescriptor") {
            return Err("not metadata of one entity: the root is no EntityDescriptor".to_owned());
        }
        let mut stated = Self { facts: BTreeMap::new(), signer: None };
        stated.note(Fact::EntityId, attribute(root, "entityID").unwrap_or_default());
        for child in elements(root) {
            match child.tag_name().name() {
                "Signature" => stated.signer = certificates(child).into_iter().next(),
                "SPSSODescriptor" => stated.descriptor(child),
                "Organization" => stated.organization(child),
                "ContactPerson" => stated.contact(child),
                "Extensions" => stated.extensions(child),
                name => stated.flatten(child, name, &Fact::Other),
            }
        }
        Ok(stated)
    }

    /// The fact's value.
    #[must_use]
    pub fn get(&self, fact: &Fact) -> Option<&str> {
        self.facts.get(fact).map(String::as_str)
    }

    /// Every fact.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.keys()
    }

    /// The key that signed the document, by the SHA-256 of its certificate.
    #[must_use]
    pub fn signer(&self) -> Option<&str> {
        self.signer.as_deref()
    }

    /// Whether it is a document for CIE: SPID has no administrative contact.
    #[must_use]
    pub fn is_for_cie(&self) -> bool {
        self.facts.keys().any(
            |fact| matches!(fact, Fact::Contact(kind, _) if kind.starts_with("administrative")),
        )
    }

    /// A fact that stands twice keeps both values.
    fn note(&mut self, fact: Fact, value: &str) {
        let place = self.facts.entry(fact).or_default();
        if !place.is_empty() {
            place.push_str(", ");
        }
        place.push_str(value);
    }

    fn descriptor(&mut self, node: Node<'_, '_>) {
        for given in node.attributes() {
            self.note(Fact::Other(format!("SPSSODescriptor/@{}", given.name())), given.value());
        }
        for child in elements(node) {
            let of = |name| attribute(child, name).unwrap_or_default().to_owned();
            match child.tag_name().name() {
                "KeyDescriptor" => {
                    let methods: Vec<_> =
                        elements(child).filter_map(|part| attribute(part, "Algorithm")).collect();
                    for print in certificates(child) {
                        let purpose = of("use");
                        if purpose != "encryption" {
                            self.note(Fact::SigningKey(print.clone()), "published");
                        }
                        if purpose != "signing" {
                            let methods = format!("published {}", methods.join(" "));
                            self.note(Fact::EncryptionKey(print), methods.trim_end());
                        }
                    }
                }
                "SingleLogoutService" => {
                    let answers = attribute(child, "ResponseLocation").unwrap_or_default();
                    let value = format!("{} {answers}", of("Location"));
                    self.note(Fact::Logout(of("Binding")), value.trim_end());
                }
                "AssertionConsumerService" => {
                    let default = if of("isDefault") == "true" { ", default" } else { "" };
                    let value = format!("{} by {}{default}", of("Location"), of("Binding"));
                    self.note(Fact::Consumer(of("index")), &value);
                }
                "AttributeConsumingService" => self.attribute_set(child, &of("index")),
                name => self.flatten(child, &format!("SPSSODescriptor/{name}"), &Fact::Other),
            }
        }
    }

    /// The order of the attributes says nothing.
    fn attribute_set(&mut self, node: Node<'_, '_>, index: &str) {
        let mut asked = BTreeSet::new();
        for child in elements(node) {
            if is(child, names::METADATA, "RequestedAttribute") {
                asked.insert(attribute(child, "Name").unwrap_or_default());
            } else {
                let fact = Fact::Title(index.to_owned(), language(child));
                self.note(fact, &whole(child));
            }
        }
        let asked: Vec<_> = asked.into_iter().collect();
        self.note(Fact::AttributeSet(index.to_owned()), &asked.join(" "));
    }

    fn organization(&mut self, node: Node<'_, '_>) {
        for child in elements(node) {
            let part = child.tag_name().name().to_owned();
            self.note(Fact::Organization(part, language(child)), &whole(child));
        }
    }

    fn contact(&mut self, node: Node<'_, '_>) {
        let kind = attribute(node, "contactType").unwrap_or_default();
        let entity = node.attribute((names::SPID, "entityType")).unwrap_or_default();
        let kind = format!("{kind} {entity}").trim_end().to_owned();
        for child in elements(node) {
            let part = child.tag_name().name();
            self.flatten(child, part, &|place| Fact::Contact(kind.clone(), place));
        }
    }

    fn extensions(&mut self, node: Node<'_, '_>) {
        for child in elements(node) {
            if !is(child, names::SPID, "AgeLimit") {
                self.flatten(child, "Extensions", &Fact::Other);
                continue;
            }
            let (mut index, mut limit) = (String::new(), Vec::new());
            for part in elements(child) {
                match part.tag_name().name() {
                    "AssertionConsumerServiceIndex" => index = whole(part),
                    name => limit.push(format!("{name} {}", whole(part))),
                }
            }
            self.note(Fact::AgeLimit(index), &limit.join(", "));
        }
    }

    /// Every leaf below `node`, by its path.
    fn flatten(&mut self, node: Node<'_, '_>, place: &str, fact: &dyn Fn(String) -> Fact) {
        let prints =
            if is(node, names::SPID, "KeyDescriptor") { certificates(node) } else { vec![] };
        if let Some(print) = prints.first() {
            self.note(fact(place.to_owned()), print);
        } else if elements(node).next().is_none() {
            let value = whole(node);
            self.note(fact(place.to_owned()), if value.is_empty() { "present" } else { &value });
        } else {
            for child in elements(node) {
                let name = child.tag_name().name();
                self.flatten(child, &format!("{place}/{name}"), fact);
            }
        }
    }
}

/// The SHA-256 of every certificate below `node`, in hexadecimal.
fn certificates(node: Node<'_, '_>) -> Vec<String> {
    let found = node.descendants().filter(|part| is(*part, names::DSIG, "X509Certificate"));
    found.filter_map(certificate).map(|der| hexadecimal(&sha256(&der))).collect()
}

/// The DER of an `X509Certificate`.
pub(super) fn certificate(node: Node<'_, '_>) -> Option<Vec<u8>> {
    let dense: String = text(node).ok()?.split_ascii_whitespace().collect();
    STANDARD.decode(dense).ok()
}

/// The text of an element, without the blanks around it; empty when elements stand in it.
pub(super) fn whole(node: Node<'_, '_>) -> String {
    text(node).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// `xml:lang`.
pub(super) fn language(node: Node<'_, '_>) -> String {
    node.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).unwrap_or_default().to_owned()
}
