//! A second reader of messages, on another XML library and by another way: events, no tree.
//!
//! Not a verifier: it is asked about what Varco accepted, and must have seen the same.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// What a message says, as far as anything is done with it.
#[derive(Debug, Default)]
pub struct Seen {
    /// `ID` of the message.
    pub message: String,
    /// How many elements are called `Assertion`, in whatever namespace.
    pub assertions: usize,
    /// `ID` of the assertion.
    pub assertion: String,
    /// `Issuer` of the message, and of the assertion.
    pub issuers: [String; 2],
    /// `SubjectConfirmationData/@Recipient` and `@InResponseTo`.
    pub confirmation: (String, String),
    /// Texts of `Audience`.
    pub audiences: Vec<String>,
    /// Texts of `AuthnContextClassRef`.
    pub classes: Vec<String>,
    /// Names and values; what is blank is left out.
    pub attributes: BTreeMap<String, String>,
    /// Texts of a logout request's `NameID`.
    pub names: Vec<String>,
    /// Texts of its `SessionIndex`.
    pub sessions: Vec<String>,
}

/// Reads a message; `None` when this reader stumbles.
#[must_use]
pub fn read(text: &str) -> Option<Seen> {
    let mut reader = NsReader::from_str(text);
    let mut seen = Seen::default();
    // Names from the root to here: `a:` is SAML's assertion, `p:` its protocol, `-:` anything else.
    let mut path: Vec<String> = Vec::new();
    let (mut name, mut value) = (String::new(), String::new());
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let prefix = match namespace {
            ResolveResult::Bound(Namespace(b"urn:oasis:names:tc:SAML:2.0:assertion")) => "a",
            ResolveResult::Bound(Namespace(b"urn:oasis:names:tc:SAML:2.0:protocol")) => "p",
            _ => "-",
        };
        match event {
            Event::Start(tag) => {
                path.push(format!("{prefix}:{}", local(&tag)?));
                open(&path, &tag, &mut seen, &mut name)?;
                value.clear();
            }
            Event::Empty(tag) => {
                path.push(format!("{prefix}:{}", local(&tag)?));
                open(&path, &tag, &mut seen, &mut name)?;
                close(&path, &name, "", &mut seen);
                path.pop();
            }
            Event::Text(part) => value.push_str(&part.xml10_content().ok()?),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(sign) => value.push(sign),
                None => value.push_str(resolve_predefined_entity(&reference.decode().ok()?)?),
            },
            Event::End(_) => {
                close(&path, &name, &value, &mut seen);
                value.clear();
                path.pop();
            }
            Event::Eof => return Some(seen),
            Event::Decl(_) => {}
            _ => return None,
        }
    }
}

fn open(path: &[String], tag: &BytesStart<'_>, seen: &mut Seen, name: &mut String) -> Option<()> {
    seen.assertions += usize::from(path.last().is_some_and(|local| local.ends_with(":Assertion")));
    match names(path).as_slice() {
        [_] => seen.message = attribute(tag, "ID")?,
        ["p:Response", "a:Assertion"] => seen.assertion = attribute(tag, "ID")?,
        [_, "a:Assertion", "a:AttributeStatement", "a:Attribute"] => {
            *name = attribute(tag, "Name")?
        }
        [_, "a:Assertion", "a:Subject", "a:SubjectConfirmation", "a:SubjectConfirmationData"] => {
            seen.confirmation = (attribute(tag, "Recipient")?, attribute(tag, "InResponseTo")?);
        }
        _ => {}
    }
    Some(())
}

fn close(path: &[String], name: &str, value: &str, seen: &mut Seen) {
    let value = value.trim_matches([' ', '\t', '\r', '\n']).to_owned();
    match names(path).as_slice() {
        [_, "a:Issuer"] => seen.issuers[0] = value,
        [_, "a:Assertion", "a:Issuer"] => seen.issuers[1] = value,
        [_, "a:Assertion", "a:Conditions", "a:AudienceRestriction", "a:Audience"] => {
            seen.audiences.push(value);
        }
        [_, "a:Assertion", "a:AuthnStatement", "a:AuthnContext", "a:AuthnContextClassRef"] => {
            seen.classes.push(value);
        }
        [_, "a:Assertion", "a:AttributeStatement", "a:Attribute", "a:AttributeValue"] => {
            if !value.trim().is_empty() {
                seen.attributes.insert(name.to_owned(), value);
            }
        }
        ["p:LogoutRequest", "a:NameID"] => seen.names.push(value),
        ["p:LogoutRequest", "p:SessionIndex"] => seen.sessions.push(value),
        _ => {}
    }
}

fn names(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn local(tag: &BytesStart<'_>) -> Option<String> {
    String::from_utf8(tag.local_name().as_ref().to_vec()).ok()
}

/// The value of an attribute without prefix; empty when it is not there.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    match tag.try_get_attribute(name).ok()? {
        None => Some(String::new()),
        Some(found) => Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned()),
    }
}
