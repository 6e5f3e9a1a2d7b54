//! The signatures of a Response and of its Assertion: which must be there, and whose they are.
//!
//! Not the cryptography: `xml` verifies. Keys are those of the provider that was asked, never one
//! that a message shows (saml-core, section 5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::metadata::provider::Provider;
use super::names;
use super::rejection::{Rejected, Rejection};
use super::response::{Body, ResponseSignature, Shape, Trusted, refused};
use crate::xml::{
    Document, Node, Position, Refusal, SignedOctets, check_signature_places, elements, is, text,
    verify_enveloped,
};

/// Every signature there is verifies; an assertion that is not encrypted has one. Returns what that
/// one covers.
pub(super) fn verify(
    document: &Document<'_>,
    shape: &Shape<'_, '_>,
    trusted: &Trusted<'_>,
) -> Result<Option<SignedOctets>, Rejected> {
    let assertion = match &shape.body {
        Body::Plain(assertion) => Some(*assertion),
        Body::Sealed(_) | Body::Empty => None,
    };
    let holders: Vec<Node<'_, '_>> = std::iter::once(shape.root).chain(assertion).collect();
    check_signature_places(document, &holders).map_err(refused)?;
    let response_signed = shape.is_signed();
    if let Some(assertion) = assertion {
        must_be_signed(assertion, response_signed)?;
    }
    if !response_signed
        && !matches!(shape.body, Body::Empty)
        && trusted.response == ResponseSignature::Required
    {
        let clause = "the Response is signed (response_signature = \"required\")";
        return Err(Rejected::new(Rejection::ResponseSignatureMissing, clause));
    }
    let mut buffer = Vec::new();
    if response_signed {
        check(document, shape.root, Rejection::ResponseSignature, trusted, &mut buffer)?;
    }
    assertion
        .map(|part| check(document, part, Rejection::AssertionSignature, trusted, &mut buffer))
        .transpose()
}

/// The Assertion has a signature of its own, whatever else is signed.
pub(super) fn must_be_signed(
    assertion: Node<'_, '_>,
    response_signed: bool,
) -> Result<(), Rejected> {
    match (response_signed, is_signed(assertion)) {
        (_, true) => Ok(()),
        (false, false) => Err(Rejected::new(Rejection::Unsigned, "nothing is signed (SPID)")),
        (true, false) => {
            let clause = "the Assertion is signed, even when the Response is (SPID)";
            Err(Rejected::new(Rejection::AssertionUnsigned, clause))
        }
    }
}

/// Whether a Signature stands directly in `element`.
pub(super) fn is_signed(element: Node<'_, '_>) -> bool {
    elements(element).any(|child| is(child, names::DSIG, "Signature"))
}

/// Verifies the signature of `element` with the keys of the provider that was asked; `invalid` names
/// what is broken when it does not verify.
pub(super) fn check(
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
