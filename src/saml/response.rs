//! SAML Responses: from the octets of a form field to a believed assertion.
//!
//! Not the rules about what it says: those stand in `checks.rs`, one row each. Here: decoding, the
//! shape of the tree, signatures, in this order. Identity is read from signed octets only
//! (saml-core, sections 2, 3.2 and 5; saml-bindings, section 3.5).

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::anomaly::Anomaly;
use super::answer::Expected;
use super::metadata::provider::{Provider, Providers};
use super::reading;
use super::rejection::{Rejected, Rejection};
use super::{checks, names};
use crate::effects::Timestamp;
use crate::terms::Level;
use crate::xml::{
    Document, Limits, Node, Position, Refusal, SignedOctets, check_signature_places, elements, is,
    text, utf8, verify_enveloped,
};

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
    let shape = Shape::of(&document)?;
    let signed = verify(&document, &shape, trusted)?;

    let envelope = reading::envelope(shape.root)?;
    checks::response(&envelope, expected)?;
    let status = envelope.status.as_ref();
    if status.and_then(|status| status.code.as_deref()) != Some(names::STATUS_SUCCESS) {
        let anomaly = Anomaly::of_message(status.map_or("", |status| &status.message));
        return Err(Rejected::new(Rejection::Refused(anomaly), anomaly.cause()));
    }
    checks::success(&envelope, expected)?;
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

/// The parts that may be signed.
struct Shape<'a, 't> {
    root: Node<'a, 't>,
    assertion: Option<Node<'a, 't>>,
}

impl<'a, 't> Shape<'a, 't> {
    /// One Response, at most one Assertion, each where it belongs; nothing else that could be
    /// mistaken for either.
    fn of(document: &'a Document<'t>) -> Result<Self, Rejected> {
        let broken = |clause: &str| Rejected::new(Rejection::Structure, clause);
        let root = document.root();
        if !is(root, names::PROTOCOL, "Response") {
            return Err(Rejected::new(Rejection::Malformed, "the root is a Response (core 3.3.3)"));
        }
        let mut assertion = None;
        for element in root.descendants().filter(Node::is_element).skip(1) {
            match element.tag_name().name() {
                "Response" => return Err(broken("there is one Response (core 3.3.3)")),
                "EncryptedAssertion" | "EncryptedID" | "EncryptedAttribute" | "EncryptedData" => {
                    let clause = "nothing is encrypted: we publish no encryption key (SPID)";
                    return Err(Rejected::new(Rejection::Encrypted, clause));
                }
                "Assertion" => {
                    let placed = is(element, names::ASSERTION, "Assertion")
                        && element.parent_element() == Some(root);
                    if !placed || assertion.replace(element).is_some() {
                        return Err(broken("there is one Assertion, child of the Response (SPID)"));
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
            ],
        )?;
        let filled = |node: Node<'_, '_>| {
            is(node, names::PROTOCOL, "Extensions") && elements(node).next().is_some()
        };
        if elements(root).any(filled) {
            return Err(broken("Extensions, if there, is empty (SPID)"));
        }
        for part in std::iter::once(root).chain(assertion) {
            if !elements(part).next().is_some_and(|first| is(first, names::ASSERTION, "Issuer")) {
                return Err(Rejected::new(Rejection::Issuer, "Issuer is the first element (SPID)"));
            }
        }
        Ok(Self { root, assertion })
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

/// Every signature there is verifies; the assertion has one. Returns what it covers.
fn verify(
    document: &Document<'_>,
    shape: &Shape<'_, '_>,
    trusted: &Trusted<'_>,
) -> Result<Option<SignedOctets>, Rejected> {
    let holders: Vec<Node<'_, '_>> = std::iter::once(shape.root).chain(shape.assertion).collect();
    check_signature_places(document, &holders).map_err(refused)?;
    let response_signed = is_signed(shape.root);
    if let Some(assertion) = shape.assertion {
        match (response_signed, is_signed(assertion)) {
            (false, false) => {
                return Err(Rejected::new(Rejection::Unsigned, "nothing is signed (SPID)"));
            }
            (true, false) => {
                let clause = "the Assertion is signed, even when the Response is (SPID)";
                return Err(Rejected::new(Rejection::AssertionUnsigned, clause));
            }
            (false, true) if trusted.response == ResponseSignature::Required => {
                let clause = "the Response is signed (response_signature = \"required\")";
                return Err(Rejected::new(Rejection::ResponseSignatureMissing, clause));
            }
            (_, true) => {}
        }
    }
    let mut buffer = Vec::new();
    if response_signed {
        check(document, shape.root, Rejection::ResponseSignature, trusted, &mut buffer)?;
    }
    shape
        .assertion
        .map(|part| check(document, part, Rejection::AssertionSignature, trusted, &mut buffer))
        .transpose()
}

fn is_signed(element: Node<'_, '_>) -> bool {
    elements(element).any(|child| is(child, names::DSIG, "Signature"))
}

fn check(
    document: &Document<'_>,
    element: Node<'_, '_>,
    invalid: Rejection,
    trusted: &Trusted<'_>,
    buffer: &mut Vec<u8>,
) -> Result<SignedOctets, Rejected> {
    let place = Position::AfterIssuer;
    let refusal = match verify_enveloped(document, element, place, &trusted.provider.keys, buffer) {
        Ok(signed) => return Ok(signed),
        Err(refusal) => refusal,
    };
    match refusal {
        Refusal::SignatureValue | Refusal::SignatureKey => {
            // Only to name the cause: one more verification at most, and never acceptance.
            let other = suspect(element, trusted);
            let theirs = other.is_some_and(|other| {
                verify_enveloped(document, element, place, &other.keys, buffer).is_ok()
            });
            if theirs {
                let clause = "signed with a key of another provider than the one asked";
                Err(Rejected::new(Rejection::OtherProvider, clause))
            } else {
                Err(Rejected::new(invalid, refusal.detail()))
            }
        }
        Refusal::SignatureDigest => Err(Rejected::new(invalid, refusal.detail())),
        Refusal::SignatureSha1 => Err(Rejected::new(Rejection::Sha1, refusal.detail())),
        _ => Err(refused(refusal)),
    }
}

/// The known provider, other than the one asked, whose certificate `KeyInfo` shows or whose name
/// Issuer bears. A hint: neither opens anything.
fn suspect<'k>(element: Node<'_, '_>, trusted: &Trusted<'k>) -> Option<&'k Provider> {
    let shown = elements(element)
        .filter(|child| is(*child, names::DSIG, "Signature"))
        .flat_map(|node| node.descendants())
        .find(|node| is(*node, names::DSIG, "X509Certificate"))
        .and_then(|node| text(node).ok())
        .and_then(|body| {
            let dense: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            STANDARD.decode(dense).ok()
        })
        .and_then(|der| trusted.known.by_certificate(&der));
    let named = elements(element)
        .find(|child| is(*child, names::ASSERTION, "Issuer"))
        .and_then(|issuer| text(issuer).ok())
        .and_then(|name| trusted.known.get(name.trim()))
        .map(AsRef::as_ref);
    shown.or(named).filter(|other| other.entity_id != trusted.provider.entity_id)
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
    })
}

/// A refusal of the XML toolkit, under its own slug.
pub(super) fn refused(refusal: Refusal) -> Rejected {
    Rejected::new(Rejection::Xml(refusal.slug()), refusal.detail())
}
