//! Verifying an enveloped signature, and the witness that it was verified.
//!
//! Not a search for signatures: the caller says which element must be signed, and where its
//! signature stands. Position and shape come first, then the digest, then the key, so that a
//! refused document is never dearer than an accepted one. SAML core, section 5.4.

use aws_lc_rs::digest;
use roxmltree::{Node, ParsingOptions};

use super::names::{ASSERTION, DSIG};
use super::read::{attribute, elements, is};
use super::shape::Shape;
use super::{Document, Refusal, VerificationKey, canonicalize};
use crate::crypto;

/// Where the signature of an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Second child element, after `saml:Issuer`: protocol messages and assertions.
    AfterIssuer,
    /// First child element: metadata.
    First,
}

/// The canonical octets that a signature covers: the witness that it was verified.
#[derive(Debug)]
pub struct SignedOctets {
    octets: Vec<u8>,
}

impl SignedOctets {
    /// Reads what was signed, and nothing else.
    ///
    /// # Errors
    /// [`Refusal::CanonicalForm`] when the octets do not parse again.
    pub fn read(&self) -> Result<Signed<'_>, Refusal> {
        let text = std::str::from_utf8(&self.octets).map_err(|_| Refusal::CanonicalForm)?;
        let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
        let tree = roxmltree::Document::parse_with_options(text, options)
            .map_err(|_| Refusal::CanonicalForm)?;
        Ok(Signed { tree })
    }

    /// The octets themselves, for the legal record.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }
}

/// A tree in which every node was signed.
#[derive(Debug)]
pub struct Signed<'o> {
    tree: roxmltree::Document<'o>,
}

impl<'o> Signed<'o> {
    /// The signed element.
    #[must_use]
    pub fn root(&self) -> Node<'_, 'o> {
        self.tree.root_element()
    }
}

/// Verifies the signature that stands directly in `element`, with the registered `keys` only.
/// `buffer` is scratch space, reused between calls.
///
/// # Errors
/// The first rule that is broken; [`Refusal::SignatureMissing`] when there is no signature.
pub fn verify_enveloped(
    document: &Document<'_>,
    element: Node<'_, '_>,
    position: Position,
    keys: &[VerificationKey],
    buffer: &mut Vec<u8>,
) -> Result<SignedOctets, Refusal> {
    let signature = find(element, position)?;
    let id = attribute(element, "ID").ok_or(Refusal::SignatureReference)?;
    let shape = Shape::read(signature, id)?;

    let mut octets = Vec::with_capacity(element.range().len());
    canonicalize(document, element, Some(signature), &shape.prefixes, &mut octets)?;
    let digest = digest::digest(shape.digest_algorithm, &octets);
    if !crypto::digest::equal(digest.as_ref(), &shape.digest) {
        return Err(Refusal::SignatureDigest);
    }
    canonicalize(document, shape.signed_info, None, &[], buffer)?;
    shape.algorithm.verify(buffer, &shape.value, keys)?;
    Ok(SignedOctets { octets })
}

/// Refuses every element named `Signature`, in whatever namespace, that is not the only signature
/// standing directly in one of `holders`.
///
/// # Errors
/// [`Refusal::SignaturePosition`].
pub fn check_signature_places(
    document: &Document<'_>,
    holders: &[Node<'_, '_>],
) -> Result<(), Refusal> {
    let named = |node: &Node<'_, '_>| node.is_element() && node.tag_name().name() == "Signature";
    for signature in document.root().descendants().filter(named) {
        let held = signature.parent().is_some_and(|parent| {
            holders.iter().any(|holder| holder.id() == parent.id())
                && elements(parent).filter(named).count() == 1
        });
        if !held || !is(signature, DSIG, "Signature") {
            return Err(Refusal::SignaturePosition);
        }
    }
    Ok(())
}

/// The signature of `element` in its place; any other place is refused.
fn find<'a, 't: 'a>(element: Node<'a, 't>, position: Position) -> Result<Node<'a, 't>, Refusal> {
    let mut signatures = elements(element).filter(|child| child.tag_name().name() == "Signature");
    let signature = signatures.next().ok_or(Refusal::SignatureMissing)?;
    let before = signature.prev_sibling_element();
    let placed = match position {
        Position::First => before.is_none(),
        Position::AfterIssuer => before.is_some_and(|issuer| {
            is(issuer, ASSERTION, "Issuer") && issuer.prev_sibling_element().is_none()
        }),
    };
    if placed && is(signature, DSIG, "Signature") && signatures.next().is_none() {
        Ok(signature)
    } else {
        Err(Refusal::SignaturePosition)
    }
}
