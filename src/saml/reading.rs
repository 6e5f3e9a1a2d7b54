//! Reads a Response and a signed Assertion into texts, by exact paths.
//!
//! Not a judgement of what they say: `checks.rs` has the rules. What stands twice, or where the
//! schema has no place for it, is refused here (saml-core, sections 2 and 3.2).

use super::answer::{
    Attribute, Authn, Claimed, Conditions, Confirmation, ConfirmationData, Envelope, Issuer,
    NameId, Status, Subject,
};
use super::names::{ASSERTION, PROTOCOL};
use super::rejection::{Rejected, Rejection};
use crate::xml::{self, Node, elements, is, only_child};

/// The Response around the assertion.
pub(super) fn envelope(root: Node<'_, '_>) -> Result<Envelope, Rejected> {
    Ok(Envelope {
        id: attribute(root, "ID"),
        version: attribute(root, "Version"),
        issue_instant: attribute(root, "IssueInstant"),
        destination: attribute(root, "Destination"),
        in_response_to: attribute(root, "InResponseTo"),
        issuer: issuer(root)?,
        status: child(root, PROTOCOL, "Status")?.map(status).transpose()?,
    })
}

/// The assertion; `root` is the root of what was signed.
pub(super) fn assertion(root: Node<'_, '_>) -> Result<Claimed, Rejected> {
    if !is(root, ASSERTION, "Assertion") {
        return Err(broken("what was signed is an Assertion"));
    }
    let mut claimed = Claimed {
        id: attribute(root, "ID"),
        version: attribute(root, "Version"),
        issue_instant: attribute(root, "IssueInstant"),
        issuer: issuer(root)?,
        subject: child(root, ASSERTION, "Subject")?.map(subject).transpose()?,
        conditions: child(root, ASSERTION, "Conditions")?.map(conditions).transpose()?,
        ..Claimed::default()
    };
    for part in elements(root) {
        let known = part.tag_name().namespace() == Some(ASSERTION);
        match part.tag_name().name() {
            "Issuer" | "Subject" | "Conditions" if known => {}
            "AuthnStatement" if known => claimed.authn.push(authn(part)?),
            "AttributeStatement" if known => attributes(part, &mut claimed.attributes)?,
            _ => {
                return Err(broken(
                    "an Assertion holds Issuer, Signature, Subject, Conditions, AuthnStatement, AttributeStatement (SPID)",
                ));
            }
        }
    }
    Ok(claimed)
}

fn issuer(parent: Node<'_, '_>) -> Result<Option<Issuer>, Rejected> {
    let Some(node) = child(parent, ASSERTION, "Issuer")? else { return Ok(None) };
    Ok(Some(Issuer { text: text(node)?, format: attribute(node, "Format") }))
}

fn status(node: Node<'_, '_>) -> Result<Status, Rejected> {
    let code = child(node, PROTOCOL, "StatusCode")?;
    let mut message = String::new();
    for local in ["StatusMessage", "StatusDetail"] {
        for part in child(node, PROTOCOL, local)?.iter().flat_map(Node::descendants) {
            if part.is_text() {
                message.push_str(part.text().unwrap_or_default());
            }
        }
        message.push(' ');
    }
    Ok(Status { code: code.and_then(|code| attribute(code, "Value")), message })
}

fn subject(node: Node<'_, '_>) -> Result<Subject, Rejected> {
    let name_id = match child(node, ASSERTION, "NameID")? {
        None => None,
        Some(name) => Some(NameId {
            text: text(name)?,
            format: attribute(name, "Format"),
            qualifier: attribute(name, "NameQualifier"),
        }),
    };
    let mut confirmations = Vec::new();
    for part in children(node, "SubjectConfirmation") {
        let data = child(part, ASSERTION, "SubjectConfirmationData")?;
        confirmations.push(Confirmation {
            method: attribute(part, "Method"),
            data: data.map(|data| ConfirmationData {
                recipient: attribute(data, "Recipient"),
                in_response_to: attribute(data, "InResponseTo"),
                not_before: attribute(data, "NotBefore"),
                not_on_or_after: attribute(data, "NotOnOrAfter"),
            }),
        });
    }
    Ok(Subject { name_id, confirmations })
}

fn conditions(node: Node<'_, '_>) -> Result<Conditions, Rejected> {
    let mut audiences = Vec::new();
    for restriction in children(node, "AudienceRestriction") {
        let named = children(restriction, "Audience").map(text).collect::<Result<_, _>>()?;
        audiences.push(named);
    }
    let known = |part: Node<'_, '_>| {
        ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"]
            .iter()
            .any(|local| is(part, ASSERTION, local))
    };
    Ok(Conditions {
        not_before: attribute(node, "NotBefore"),
        not_on_or_after: attribute(node, "NotOnOrAfter"),
        audiences,
        unknown: !elements(node).all(known),
    })
}

fn authn(node: Node<'_, '_>) -> Result<Authn, Rejected> {
    let mut classes = Vec::new();
    if let Some(context) = child(node, ASSERTION, "AuthnContext")? {
        for class in children(context, "AuthnContextClassRef") {
            classes.push(text(class)?);
        }
    }
    Ok(Authn {
        instant: attribute(node, "AuthnInstant"),
        session_index: attribute(node, "SessionIndex"),
        session_ends: attribute(node, "SessionNotOnOrAfter"),
        classes,
    })
}

fn attributes(statement: Node<'_, '_>, found: &mut Vec<Attribute>) -> Result<(), Rejected> {
    for part in elements(statement) {
        if !is(part, ASSERTION, "Attribute") {
            return Err(broken("an AttributeStatement holds Attributes (SPID)"));
        }
        let values = children(part, "AttributeValue").map(text).collect::<Result<_, _>>()?;
        found.push(Attribute { name: attribute(part, "Name"), values });
    }
    Ok(())
}

fn children<'a, 't: 'a>(
    node: Node<'a, 't>,
    local: &'static str,
) -> impl Iterator<Item = Node<'a, 't>> {
    elements(node).filter(move |child| is(*child, ASSERTION, local))
}

fn child<'a, 't: 'a>(
    node: Node<'a, 't>,
    namespace: &str,
    local: &str,
) -> Result<Option<Node<'a, 't>>, Rejected> {
    only_child(node, namespace, local)
        .map_err(|_| broken("an element that may stand once stands twice (core, schema)"))
}

pub(super) fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    xml::attribute(node, name).map(str::to_owned)
}

/// The whole text, without the blanks around it.
pub(super) fn text(node: Node<'_, '_>) -> Result<String, Rejected> {
    let whole = xml::text(node).map_err(|_| broken("a value holds no elements (core, schema)"))?;
    Ok(whole.trim_matches([' ', '\t', '\r', '\n']).to_owned())
}

fn broken(clause: &str) -> Rejected {
    Rejected::new(Rejection::Structure, clause)
}
