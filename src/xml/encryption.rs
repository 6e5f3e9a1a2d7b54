//! The one shape of encrypted content that is read, and what it decrypts to.
//!
//! Not an interpreter of XML Encryption: one `EncryptedData`, one `EncryptedKey`, nothing fetched,
//! nothing referred to but the two themselves; a part that is missing, further or repeated is a
//! refusal. Decryption proves nothing about who wrote: what comes out is a document as strange as
//! any that arrives. XML Encryption 1.1, sections 3 and 5; SAML core, section 6.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;
use zeroize::Zeroizing;

use super::names::{DSIG, XENC, XENC11};
use super::read::{attribute, elements, is};
use super::shape::is_key_info;
use super::{Document, Limits, METADATA, Writer, read, utf8};
use crate::crypto::decryption::{ContentCipher, DecryptionKey, KeyTransport, Sealed};

const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const MGF1_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const ENCRYPTED_KEY: &str = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";

/// The ciphers, the preferred one first.
const CIPHERS: [(&str, ContentCipher); 4] = [
    ("http://www.w3.org/2009/xmlenc11#aes256-gcm", ContentCipher::Aes256Gcm),
    ("http://www.w3.org/2009/xmlenc11#aes128-gcm", ContentCipher::Aes128Gcm),
    ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", ContentCipher::Aes256Cbc),
    ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", ContentCipher::Aes128Cbc),
];

/// What decrypts.
#[derive(Clone, Debug)]
pub struct Decryption {
    /// Our keys: the current one and the next. All are tried, always.
    pub keys: Vec<Arc<DecryptionKey>>,
    /// Whether CBC is accepted. It has no authentication: only inside what is signed.
    pub cbc: bool,
}

impl Decryption {
    /// Writes the `md:EncryptionMethod`s of a `KeyDescriptor`: exactly what is accepted, the
    /// preferred one first.
    pub fn write_methods(&self, writer: &mut Writer) {
        const METHOD: &str = "md:EncryptionMethod";
        let md = ("md", METADATA);
        for (uri, cipher) in CIPHERS {
            if self.cbc || cipher.is_authenticated() {
                writer.leaf(METHOD, &[md], &[("Algorithm", uri)], "");
            }
        }
        writer.start(METHOD, &[md], &[("Algorithm", OAEP)]);
        writer.leaf("ds:DigestMethod", &[("ds", DSIG)], &[("Algorithm", SHA256)], "");
        writer.leaf("xenc11:MGF", &[("xenc11", XENC11)], &[("Algorithm", MGF1_SHA256)], "");
        writer.end().start(METHOD, &[md], &[("Algorithm", OAEP_MGF1P)]);
        writer.leaf("ds:DigestMethod", &[("ds", DSIG)], &[("Algorithm", SHA1)], "").end();
    }
}

/// Why encrypted content is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecrypted {
    /// Another shape than the one allowed. No key was used.
    #[error(
        "one EncryptedData with one EncryptedKey, each with its CipherValue, and nothing more (XML Encryption, 3)"
    )]
    Shape,
    /// An algorithm that is not accepted. No key was used.
    #[error(
        "content is AES-128 or AES-256 in GCM (CBC by a setting), keys RSA-OAEP with SHA-1 or SHA-256 for digest and mask alike (XML Encryption, 5.2 and 5.5)"
    )]
    Algorithm,
    /// No key of ours, changed content, or no XML inside. One reason, on purpose.
    #[error("the content is not a document encrypted for one of our keys")]
    Failed,
}

/// Encrypted content of the one shape, under algorithms that are accepted.
#[derive(Debug)]
pub struct Encrypted(Sealed);

impl Encrypted {
    /// Reads the `EncryptedData` that stands in `holder`, with its `EncryptedKey` inside or beside.
    /// `cbc` tells whether CBC is accepted.
    ///
    /// # Errors
    /// [`Undecrypted::Shape`] or [`Undecrypted::Algorithm`].
    pub fn read(holder: Node<'_, '_>, cbc: bool) -> Result<Self, Undecrypted> {
        let once = |local: &str| {
            let named = |node: &Node<'_, '_>| node.is_element() && node.tag_name().name() == local;
            holder.descendants().filter(named).count() == 1
        };
        if !once("EncryptedData") || !once("EncryptedKey") || holder.attributes().len() > 0 {
            return Err(Undecrypted::Shape);
        }
        let mut parts = Parts::of(holder)?;
        let data = parts.next(XENC, "EncryptedData")?;
        let beside = parts.optional(XENC, "EncryptedKey");
        parts.end()?;

        known_attributes(data, &["Id", "MimeType", "Type"])?;
        if attribute(data, "Type").is_some_and(|kind| kind != ELEMENT) {
            return Err(Undecrypted::Shape);
        }
        let mut parts = Parts::of(data)?;
        let cipher = cipher(parts.next(XENC, "EncryptionMethod")?, cbc)?;
        let inside = match (parts.optional(DSIG, "KeyInfo"), beside) {
            (None, _) => None,
            (Some(info), None) => Some(Parts::only(info, XENC, "EncryptedKey")?),
            (Some(info), Some(key)) => {
                refers(Parts::only(info, DSIG, "RetrievalMethod")?, key)?;
                None
            }
        };
        let content = cipher_value(&mut parts)?;
        parts.end()?;
        let (transport, wrapped) =
            encrypted_key(inside.or(beside).ok_or(Undecrypted::Shape)?, data)?;
        Ok(Self(Sealed { transport, wrapped, cipher, content }))
    }

    /// Whether the cipher itself notices a change of the content.
    #[must_use]
    pub const fn is_authenticated(&self) -> bool {
        self.0.cipher.is_authenticated()
    }

    /// Decrypts with our keys.
    ///
    /// # Errors
    /// [`Undecrypted::Failed`].
    pub fn decrypt(&self, decryption: &Decryption) -> Result<Plaintext, Undecrypted> {
        self.0.open(&decryption.keys).map(Plaintext).map_err(|_| Undecrypted::Failed)
    }
}

/// What was encrypted: octets that nobody has vouched for. Wiped after use.
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// Parses the content as a document of its own, under the rules and limits of a message. Nothing
    /// is inherited from where it was encrypted: a prefix that it does not declare is a refusal.
    ///
    /// # Errors
    /// [`Undecrypted::Failed`], whatever rule is broken: which one would tell about the content.
    pub fn parse(&self) -> Result<Document<'_>, Undecrypted> {
        utf8(&self.0)
            .and_then(|text| Document::parse(text, &Limits::MESSAGE))
            .map_err(|_| Undecrypted::Failed)
    }
}

impl std::fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plaintext(…)")
    }
}

/// The child elements of an element that holds nothing else but white space, in their order.
struct Parts<'a, 't> {
    rest: Vec<Node<'a, 't>>,
}

impl<'a, 't: 'a> Parts<'a, 't> {
    fn of(node: Node<'a, 't>) -> Result<Self, Undecrypted> {
        let blank = |text: &str| text.bytes().all(|octet| octet.is_ascii_whitespace());
        let only = |child: Node<'_, '_>| child.is_element() || child.text().is_some_and(blank);
        if !node.children().all(only) {
            return Err(Undecrypted::Shape);
        }
        let mut rest: Vec<_> = elements(node).collect();
        rest.reverse();
        Ok(Self { rest })
    }

    /// The one child `{namespace}local` of `node`, which has no attributes.
    fn only(node: Node<'a, 't>, namespace: &str, local: &str) -> Result<Node<'a, 't>, Undecrypted> {
        known_attributes(node, &[])?;
        let mut parts = Self::of(node)?;
        let part = parts.next(namespace, local)?;
        parts.end()?;
        Ok(part)
    }

    fn optional(&mut self, namespace: &str, local: &str) -> Option<Node<'a, 't>> {
        self.rest.pop_if(|part| is(*part, namespace, local))
    }

    fn next(&mut self, namespace: &str, local: &str) -> Result<Node<'a, 't>, Undecrypted> {
        self.optional(namespace, local).ok_or(Undecrypted::Shape)
    }

    fn end(self) -> Result<(), Undecrypted> {
        if self.rest.is_empty() { Ok(()) } else { Err(Undecrypted::Shape) }
    }
}

/// No attribute but those named, none with a namespace.
fn known_attributes(node: Node<'_, '_>, known: &[&str]) -> Result<(), Undecrypted> {
    let is_known =
        |a: roxmltree::Attribute<'_, '_>| a.namespace().is_none() && known.contains(&a.name());
    if node.attributes().all(is_known) { Ok(()) } else { Err(Undecrypted::Shape) }
}

/// The `Algorithm`, the only attribute.
fn algorithm<'a>(node: Node<'a, '_>) -> Result<&'a str, Undecrypted> {
    known_attributes(node, &["Algorithm"])?;
    attribute(node, "Algorithm").ok_or(Undecrypted::Shape)
}

/// The `Algorithm` of an element that holds nothing.
fn bare_algorithm<'a, 't: 'a>(node: Node<'a, 't>) -> Result<&'a str, Undecrypted> {
    Parts::of(node)?.end()?;
    algorithm(node)
}

/// The cipher of the content.
fn cipher(method: Node<'_, '_>, cbc: bool) -> Result<ContentCipher, Undecrypted> {
    let uri = bare_algorithm(method)?;
    CIPHERS
        .into_iter()
        .find(|(known, cipher)| *known == uri && (cbc || cipher.is_authenticated()))
        .map(|(_, cipher)| cipher)
        .ok_or(Undecrypted::Algorithm)
}

/// Key transport and wrapped key of an `EncryptedKey` that is for `data`. Its own `KeyInfo` may
/// stand and names no key to us: all of ours are tried anyway.
fn encrypted_key(
    key: Node<'_, '_>,
    data: Node<'_, '_>,
) -> Result<(KeyTransport, Vec<u8>), Undecrypted> {
    known_attributes(key, &["Id", "MimeType", "Recipient"])?;
    let mut parts = Parts::of(key)?;
    let transport = transport(parts.next(XENC, "EncryptionMethod")?)?;
    if parts.optional(DSIG, "KeyInfo").is_some_and(|info| !is_key_info(info)) {
        return Err(Undecrypted::Shape);
    }
    let wrapped = cipher_value(&mut parts)?;
    if let Some(list) = parts.optional(XENC, "ReferenceList") {
        let reference = Parts::only(list, XENC, "DataReference")?;
        known_attributes(reference, &["URI"])?;
        points_at(reference, data)?;
    }
    parts.end()?;
    Ok((transport, wrapped))
}

/// RSA-OAEP whose digest and mask use one hash function. Where they are not named both are SHA-1.
fn transport(method: Node<'_, '_>) -> Result<KeyTransport, Undecrypted> {
    let uri = algorithm(method)?;
    if ![OAEP, OAEP_MGF1P].contains(&uri) {
        return Err(Undecrypted::Algorithm);
    }
    let mut parts = Parts::of(method)?;
    if parts.optional(XENC, "OAEPparams").is_some() {
        return Err(Undecrypted::Algorithm);
    }
    let (mut digest, mut mask) = (None, None);
    // The schema gives the two no order.
    while let Some(part) = parts.rest.pop() {
        let place = match part {
            part if is(part, DSIG, "DigestMethod") => &mut digest,
            part if is(part, XENC11, "MGF") => &mut mask,
            _ => return Err(Undecrypted::Shape),
        };
        if place.replace(bare_algorithm(part)?).is_some() {
            return Err(Undecrypted::Shape);
        }
    }
    match (digest.unwrap_or(SHA1), mask.unwrap_or(MGF1_SHA1)) {
        (SHA1, MGF1_SHA1) => Ok(KeyTransport::OaepSha1),
        (SHA256, MGF1_SHA256) if uri == OAEP => Ok(KeyTransport::OaepSha256),
        _ => Err(Undecrypted::Algorithm),
    }
}

/// A `RetrievalMethod` that says what we know: the key stands beside.
fn refers(method: Node<'_, '_>, key: Node<'_, '_>) -> Result<(), Undecrypted> {
    known_attributes(method, &["Type", "URI"])?;
    if attribute(method, "Type").is_some_and(|kind| kind != ENCRYPTED_KEY) {
        return Err(Undecrypted::Shape);
    }
    points_at(method, key)
}

/// `URI` is `#` and the `Id` of `target`; nothing inside.
fn points_at(reference: Node<'_, '_>, target: Node<'_, '_>) -> Result<(), Undecrypted> {
    Parts::of(reference)?.end()?;
    let named = attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#'));
    if named.is_some() && named == attribute(target, "Id") {
        Ok(())
    } else {
        Err(Undecrypted::Shape)
    }
}

/// The octets of `CipherData/CipherValue`; a `CipherReference` is never followed.
fn cipher_value(parts: &mut Parts<'_, '_>) -> Result<Vec<u8>, Undecrypted> {
    let value = Parts::only(parts.next(XENC, "CipherData")?, XENC, "CipherValue")?;
    known_attributes(value, &[])?;
    let text = read::text(value).map_err(|_| Undecrypted::Shape)?;
    let dense: Vec<u8> = text.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
    STANDARD.decode(dense).map_err(|_| Undecrypted::Shape)
}

#[cfg(test)]
mod tests;
