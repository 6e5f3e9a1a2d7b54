//! SAML Responses: from the octets of a form field to a believed assertion.
//!
//! Not the rules about what it says: those stand in `checks.rs`, one row each. Here: decoding, the
//! shape of the tree, then in this order signatures, envelope, decryption, assertion. Identity is
//! read from signed octets only (saml-core, sections 2, 3.2, 5 and 6; saml-bindings, section 3.5).

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::anomaly::Anomaly;
use super::answer::Expected;
use super::metadata::provider::{Provider, Providers};
use super::reading;
use super::rejection::{Rejected, Rejection};
use super::{checks, encrypted, names, signatures};
use crate::effects::Timestamp;
use crate::terms::Level;
use crate::xml::{Decryption, Document, Encrypted, Limits, Node, Refusal, elements, is, utf8};

/// Whether the Response itself must be signed. The Assertion must be, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseSignature {
    /// It may be missing; when it is there it must verify (SPID rules).
    #[default]
    IfPresent,
    /// It must be there and verify. An answer without an assertion needs none.
    Required,
}

/// Whose signatures count.
#[derive(Clone, Copy, Debug)]
pub struct Trusted<'a> {
    /// The provider that was asked: only its keys open anything.
    pub provider: &'a Provider,
    /// Everybody known, to say whose the signature is when it is not the provider's.
    pub known: &'a Providers,
    /// Whether the Response itself must be signed.
    pub response: ResponseSignature,
    /// What opens an `EncryptedAssertion`; without it none is accepted.
    pub decryption: Option<&'a Decryption>,
}

/// What a checked assertion proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// `ID` of the assertion.
    pub assertion_id: String,
    /// The level proven.
    pub level: Level,
    /// When the person authenticated.
    pub authenticated_at: Timestamp,
    /// Until when the assertion could be shown again.
    pub expires_at: Timestamp,
    /// Names and values, trimmed; empty values are absent.
    pub attributes: BTreeMap<String, String>,
    /// The session at the provider, when the assertion names one.
    pub session: Option<NamedSession>,
}

/// A session at a provider, in the words by which it can be ended (saml-core, sections 2.7.2 and 3.7).
#[derive(Clone, PartialEq, Eq)]
pub struct NamedSession {
    /// `NameID`.
    pub name_id: String,
    /// Its `NameQualifier`.
    pub name_qualifier: String,
    /// `SessionIndex`.
    pub session_index: String,
}

/// No name of a person by way of `{:?}`.
impl std::fmt::Debug for NamedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NamedSession(…)")
    }
}

/// The longest accepted form field: octets of base64.
pub const MOST_ENCODED: usize = 256 * 1024;

/// Opens the form field `SAMLResponse` and checks everything about it.
///
/// # Errors
/// The first cause in the order of the checks; [`Rejection::Refused`] when the provider answered
/// with an error.
pub fn accept(
    encoded: &str,
    expected: &Expected<'_>,
    trusted: &Trusted<'_>,
) -> Result<Proof, Rejected> {
    let octets = decode(encoded)?;
    let message = utf8(&octets).map_err(refused)?;
    let document = Document::parse(message, &Limits::MESSAGE).map_err(refused)?;
    let shape = Shape::of(&document, trusted)?;
    let signed = signatures::verify(&document, &shape, trusted)?;

    let envelope = reading::envelope(shape.root)?;
    checks::response(&envelope, expected)?;
    let status = envelope.status.as_ref();
    if status.and_then(|status| status.code.as_deref()) != Some(names::STATUS_SUCCESS) {
        let anomaly = Anomaly::of_message(status.map_or("", |status| &status.message));
        return Err(Rejected::new(Rejection::Refused(anomaly), anomaly.cause()));
    }
    checks::success(&envelope, expected)?;
    let signed = match &shape.body {
        Body::Sealed(sealed) => Some(encrypted::open(sealed, shape.is_signed(), trusted)?),
        Body::Plain(_) | Body::Empty => signed,
    };
    let signed = signed.ok_or_else(|| {
        Rejected::new(Rejection::AssertionMissing, "a Response with Success has an Assertion")
    })?;

    let tree = signed.read().map_err(refused)?;
    let claimed = reading::assertion(tree.root())?;
    checks::assertion(&claimed, expected)?;
    prove(&claimed)
        .ok_or_else(|| Rejected::new(Rejection::Structure, "a checked value cannot be read again"))
}

fn decode(encoded: &str) -> Result<Vec<u8>, Rejected> {
    if encoded.len() > MOST_ENCODED {
        return Err(Rejected::new(Rejection::TooLarge, "SAMLResponse is longer than 256 KiB"));
    }
    // Line breaks are allowed and rare: only a message that has some is copied without them.
    let dense = if encoded.bytes().any(|octet| octet.is_ascii_whitespace()) {
        Cow::Owned(encoded.split_ascii_whitespace().collect::<String>())
    } else {
        Cow::Borrowed(encoded)
    };
    let octets = STANDARD.decode(dense.as_bytes()).map_err(|_| {
        Rejected::new(Rejection::Malformed, "SAMLResponse is base64 (bindings 3.5.4)")
    })?;
    if octets.len() > Limits::MESSAGE.octets {
        return Err(Rejected::new(Rejection::TooLarge, "the message is longer than 128 KiB"));
    }
    Ok(octets)
}

/// A Response and what it carries.
pub(super) struct Shape<'a, 't> {
    pub(super) root: Node<'a, 't>,
    pub(super) body: Body<'a, 't>,
}

/// What a Response carries: one thing at most.
pub(super) enum Body<'a, 't> {
    /// Nothing: an error.
    Empty,
    /// An Assertion.
    Plain(Node<'a, 't>),
    /// An `EncryptedAssertion`, read and not yet decrypted.
    Sealed(Encrypted),
}

impl<'a, 't> Shape<'a, 't> {
    /// One Response, at most one Assertion, each where it belongs; nothing else that could be
    /// mistaken for either.
    fn of(document: &'a Document<'t>, trusted: &Trusted<'_>) -> Result<Self, Rejected> {
        let broken = |clause: &str| Rejected::new(Rejection::Structure, clause);
        let root = document.root();
        if !is(root, names::PROTOCOL, "Response") {
            return Err(Rejected::new(Rejection::Malformed, "the root is a Response (core 3.3.3)"));
        }
        let mut body = None;
        for element in root.descendants().filter(Node::is_element).skip(1) {
            let name = element.tag_name().name();
            match name {
                "Response" => return Err(broken("there is one Response (core 3.3.3)")),
                "Assertion" | "EncryptedAssertion" => {
                    if name != "Assertion" && trusted.decryption.is_none() {
                        return Err(encrypted::unexpected());
                    }
                    let placed = is(element, names::ASSERTION, name)
                        && element.parent_element() == Some(root);
                    if !placed || body.replace(element).is_some() {
                        return Err(broken("there is one Assertion, child of the Response (SPID)"));
                    }
                }
                "EncryptedID" | "EncryptedAttribute" => return Err(encrypted::unexpected()),
                "EncryptedData" | "EncryptedKey" => {
                    let held = |outer| is(outer, names::ASSERTION, "EncryptedAssertion");
                    if !element.ancestors().any(held) {
                        return Err(encrypted::unexpected());
                    }
                }
                _ => {}
            }
        }
        in_order(
            root,
            &[
                (names::ASSERTION, "Issuer"),
                (names::DSIG, "Signature"),
                (names::PROTOCOL, "Extensions"),
                (names::PROTOCOL, "Status"),
                (names::ASSERTION, "Assertion"),
                (names::ASSERTION, "EncryptedAssertion"),
            ],
        )?;
        let filled = |node: Node<'_, '_>| {
            is(node, names::PROTOCOL, "Extensions") && elements(node).next().is_some()
        };
        if elements(root).any(filled) {
            return Err(broken("Extensions, if there, is empty (SPID)"));
        }
        issuer_first(root)?;
        let body = match (body, trusted.decryption) {
            (None, _) => Body::Empty,
            (Some(part), Some(decryption)) if !is(part, names::ASSERTION, "Assertion") => {
                Body::Sealed(Encrypted::read(part, decryption.cbc).map_err(encrypted::refused)?)
            }
            (Some(part), _) => {
                issuer_first(part)?;
                Body::Plain(part)
            }
        };
        Ok(Self { root, body })
    }

    /// Whether the Response itself has a signature.
    pub(super) fn is_signed(&self) -> bool {
        signatures::is_signed(self.root)
    }
}

/// The first element in `part` is its Issuer.
pub(super) fn issuer_first(part: Node<'_, '_>) -> Result<(), Rejected> {
    if elements(part).next().is_some_and(|first| is(first, names::ASSERTION, "Issuer")) {
        Ok(())
    } else {
        Err(Rejected::new(Rejection::Issuer, "Issuer is the first element (SPID)"))
    }
}

/// The children of `node` are those named, each at most once, in this order, with blanks between.
fn in_order(node: Node<'_, '_>, allowed: &[(&str, &str)]) -> Result<(), Rejected> {
    let mut rest = allowed.iter();
    let placed =
        elements(node).all(|child| rest.any(|(namespace, local)| is(child, namespace, local)));
    let blank = node
        .children()
        .filter(Node::is_text)
        .all(|child| child.text().unwrap_or_default().trim().is_empty());
    if placed && blank {
        Ok(())
    } else {
        Err(Rejected::new(
            Rejection::Structure,
            "a Response holds Issuer, Signature, Extensions, Status, Assertion (core 3.2.2)",
        ))
    }
}

fn prove(claimed: &super::answer::Claimed) -> Option<Proof> {
    let confirmation = claimed.subject.as_ref()?.confirmations.first()?.data.as_ref()?;
    let confirmed_until = checks::moment(confirmation.not_on_or_after.as_deref())?;
    let valid_until = checks::moment(claimed.conditions.as_ref()?.not_on_or_after.as_deref())?;
    let attributes = claimed
        .attributes
        .iter()
        .filter_map(|attribute| attribute.name.as_deref())
        .filter_map(|name| Some((name.to_owned(), checks::value(claimed, name)?.to_owned())))
        .collect();
    Some(Proof {
        assertion_id: claimed.id.clone()?,
        level: claimed.authn.iter().filter_map(checks::level).min()?,
        authenticated_at: claimed
            .authn
            .iter()
            .filter_map(|statement| checks::moment(statement.instant.as_deref()))
            .min()?,
        expires_at: confirmed_until.max(valid_until),
        attributes,
        session: session(claimed),
    })
}

fn session(claimed: &super::answer::Claimed) -> Option<NamedSession> {
    let name = claimed.subject.as_ref()?.name_id.as_ref()?;
    let index = claimed.authn.iter().find_map(|statement| statement.session_index.as_deref())?;
    (!index.trim().is_empty()).then(|| NamedSession {
        name_id: name.text.clone(),
        name_qualifier: name.qualifier.clone().unwrap_or_default(),
        session_index: index.trim().to_owned(),
    })
}

/// A refusal of the XML toolkit, under its own slug.
pub(super) fn refused(refusal: Refusal) -> Rejected {
    Rejected::new(Rejection::Xml(refusal.slug()), refusal.detail())
}
