//! The one signature shape that is read.
//!
//! Not an interpreter of XML Signature: a part that is missing, further, repeated or differently
//! parametrised is a refusal. XML Signature 1.1, section 4; SAML core, section 5.4.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use super::key::SignatureAlgorithm;
use super::names::{DSIG, ENVELOPED, EXC_C14N};
use super::read::{attribute, elements, is};
use super::{Refusal, read};

/// The longest accepted `PrefixList`.
const MOST_PREFIXES: usize = 8;
/// What version 1.1 of XML Signature added.
const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

/// What a signature says.
pub(super) struct Shape<'a, 't> {
    /// The element that is signed with the key.
    pub(super) signed_info: Node<'a, 't>,
    /// The algorithm, on the allow-list.
    pub(super) algorithm: SignatureAlgorithm,
    /// The digest algorithm.
    pub(super) digest_algorithm: &'static digest::Algorithm,
    /// The digest it claims.
    pub(super) digest: Vec<u8>,
    /// The `PrefixList` for the signed element.
    pub(super) prefixes: Vec<&'a str>,
    /// The signature value.
    pub(super) value: Vec<u8>,
}

impl<'a, 't: 'a> Shape<'a, 't> {
    /// Reads `signature`, whose parent has the identifier `id`.
    pub(super) fn read(signature: Node<'a, 't>, id: &str) -> Result<Self, Refusal> {
        let mut parts = parts(signature)?;
        let signed_info = next(&mut parts, "SignedInfo")?;
        let value = decoded(next(&mut parts, "SignatureValue")?)?;
        if parts.next().is_some_and(|part| !is_key_info(part)) || parts.next().is_some() {
            return Err(Refusal::SignatureShape);
        }
        no_attributes(signature)?;
        no_attributes(signed_info)?;

        let mut parts = self::parts(signed_info)?;
        let canonicalization = next(&mut parts, "CanonicalizationMethod")?;
        if algorithm(canonicalization)? != EXC_C14N || elements(canonicalization).next().is_some() {
            return Err(Refusal::SignatureTransform);
        }
        let method = next(&mut parts, "SignatureMethod")?;
        let signature_algorithm = SignatureAlgorithm::from_uri(algorithm(method)?)?;
        leaf(method)?;
        let reference = next(&mut parts, "Reference")?;
        end(parts)?;
        if attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#')) != Some(id)
            || reference.attributes().len() != 1
        {
            return Err(Refusal::SignatureReference);
        }

        let mut parts = self::parts(reference)?;
        let prefixes = transforms(next(&mut parts, "Transforms")?)?;
        let method = next(&mut parts, "DigestMethod")?;
        let digest_algorithm = digest_algorithm(algorithm(method)?)?;
        leaf(method)?;
        let digest = decoded(next(&mut parts, "DigestValue")?)?;
        end(parts)?;
        Ok(Self {
            signed_info,
            algorithm: signature_algorithm,
            digest_algorithm,
            digest,
            prefixes,
            value,
        })
    }
}

/// `KeyInfo` may stand, and no key is ever taken from it. What points to a key elsewhere, and what
/// is none of XML Signature's, may not (XML Signature 1.1, section 4.5).
pub(super) fn is_key_info(node: Node<'_, '_>) -> bool {
    let known = |part: Node<'_, '_>| {
        let name = part.tag_name();
        matches!(name.namespace(), Some(DSIG | DSIG11))
            && !matches!(name.name(), "RetrievalMethod" | "KeyInfoReference")
            && (name.name() != "X509Certificate" || elements(part).next().is_none())
    };
    is(node, DSIG, "KeyInfo") && node.descendants().filter(Node::is_element).all(known)
}

/// The digest algorithms on the allow-list.
fn digest_algorithm(uri: &str) -> Result<&'static digest::Algorithm, Refusal> {
    match uri {
        "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(&digest::SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Ok(&digest::SHA384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(&digest::SHA512),
        "http://www.w3.org/2000/09/xmldsig#sha1" => Err(Refusal::SignatureSha1),
        _ => Err(Refusal::SignatureAlgorithm),
    }
}

/// Exactly enveloped-signature, then exclusive canonicalisation: its `PrefixList`.
fn transforms<'a, 't: 'a>(transforms: Node<'a, 't>) -> Result<Vec<&'a str>, Refusal> {
    no_attributes(transforms)?;
    let mut parts = parts(transforms)?;
    let (first, second) = (parts.next(), parts.next());
    let (Some(enveloped), Some(exclusive), None) = (first, second, parts.next()) else {
        return Err(Refusal::SignatureTransform);
    };
    if !is(enveloped, DSIG, "Transform") || !is(exclusive, DSIG, "Transform") {
        return Err(Refusal::SignatureShape);
    }
    if algorithm(enveloped)? != ENVELOPED || algorithm(exclusive)? != EXC_C14N {
        return Err(Refusal::SignatureTransform);
    }
    leaf(enveloped)?;
    let mut inside = self::parts(exclusive)?;
    let Some(list) = inside.next() else { return Ok(Vec::new()) };
    if !is(list, EXC_C14N, "InclusiveNamespaces") || list.attributes().len() != 1 {
        return Err(Refusal::SignatureTransform);
    }
    end(inside)?;
    leaf(list)?;
    let prefixes = attribute(list, "PrefixList").ok_or(Refusal::SignatureTransform)?;
    let prefixes: Vec<&str> = prefixes.split_ascii_whitespace().collect();
    if prefixes.len() > MOST_PREFIXES {
        return Err(Refusal::SignatureTransform);
    }
    Ok(prefixes)
}

/// The child elements of a node that holds nothing else but white space.
fn parts<'a, 't: 'a>(node: Node<'a, 't>) -> Result<impl Iterator<Item = Node<'a, 't>>, Refusal> {
    let blank = |text: &str| text.bytes().all(|octet| octet.is_ascii_whitespace());
    let only = |child: Node<'_, '_>| {
        child.is_element() || child.is_comment() || child.text().is_some_and(blank)
    };
    if node.children().all(only) { Ok(elements(node)) } else { Err(Refusal::SignatureShape) }
}

/// The next part, which must be `{dsig}local`.
fn next<'a, 't: 'a>(
    parts: &mut impl Iterator<Item = Node<'a, 't>>,
    local: &str,
) -> Result<Node<'a, 't>, Refusal> {
    parts.next().filter(|part| is(*part, DSIG, local)).ok_or(Refusal::SignatureShape)
}

/// No further part.
fn end<'a, 't: 'a>(mut parts: impl Iterator<Item = Node<'a, 't>>) -> Result<(), Refusal> {
    if parts.next().is_some() { Err(Refusal::SignatureShape) } else { Ok(()) }
}

/// Nothing inside but white space.
fn leaf<'a, 't: 'a>(node: Node<'a, 't>) -> Result<(), Refusal> {
    end(parts(node)?)
}

/// An element that has no attributes in the one shape.
fn no_attributes(node: Node<'_, '_>) -> Result<(), Refusal> {
    if node.attributes().len() == 0 { Ok(()) } else { Err(Refusal::SignatureShape) }
}

/// The `Algorithm`, the only attribute.
fn algorithm<'a>(node: Node<'a, '_>) -> Result<&'a str, Refusal> {
    match attribute(node, "Algorithm") {
        Some(uri) if uri.starts_with(INCLUSIVE) => Err(Refusal::SignatureTransform),
        Some(uri) if node.attributes().len() == 1 => Ok(uri),
        _ => Err(Refusal::SignatureShape),
    }
}

/// Strict base64 of a node that holds exactly one text; white space is dropped.
fn decoded(node: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    no_attributes(node)?;
    if node.children().count() != 1 {
        return Err(Refusal::SignatureShape);
    }
    let text = read::text(node).map_err(|_| Refusal::SignatureShape)?;
    let dense: Vec<u8> = text.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
    STANDARD.decode(dense).map_err(|_| Refusal::SignatureShape)
}
