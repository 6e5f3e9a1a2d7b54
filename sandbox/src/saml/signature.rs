//! Enveloped XML signatures (XML Signature 1.1, section 3.1), as the sample providers make them.
//!
//! Not verification: the broker does that, with other code.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::keys::SigningIdentity;
use crate::error::SandboxError;
use crate::markup::Element;

/// How the signed octets are digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// What SPID demands at least.
    Sha256,
    /// What the eIDAS node uses.
    Sha512,
    /// What SPID forbids: the digest is right, and weak.
    Sha1,
}

/// Signs `element` (by its `ID`) and puts the signature after its first child, the Issuer.
///
/// # Errors
/// When the key cannot sign.
pub fn sign(
    element: &mut Element,
    identity: &SigningIdentity,
    with: Digest,
) -> Result<(), SandboxError> {
    let signature = detached(element, identity, with)?;
    let after_issuer = usize::from(element.elements().next().is_some_and(is_issuer));
    element.insert(after_issuer, signature);
    Ok(())
}

/// The signature of `element` as it stands, not yet put anywhere.
///
/// # Errors
/// When the key cannot sign.
pub fn detached(
    element: &Element,
    identity: &SigningIdentity,
    with: Digest,
) -> Result<Element, SandboxError> {
    let (algorithm, uri) = match with {
        Digest::Sha256 => (&digest::SHA256, "http://www.w3.org/2001/04/xmlenc#sha256"),
        Digest::Sha512 => (&digest::SHA512, "http://www.w3.org/2001/04/xmlenc#sha512"),
        Digest::Sha1 => {
            (&digest::SHA1_FOR_LEGACY_USE_ONLY, "http://www.w3.org/2000/09/xmldsig#sha1")
        }
    };
    let value = STANDARD.encode(digest::digest(algorithm, element.canonical().as_bytes()));
    let algorithm = |name, uri: &str| Element::new(name).with("Algorithm", uri);
    let signed_info = Element::new("ds:SignedInfo")
        .child(algorithm("ds:CanonicalizationMethod", EXCLUSIVE))
        .child(algorithm("ds:SignatureMethod", signature_method(with)))
        .child(
            Element::new("ds:Reference")
                .with("URI", format!("#{}", element.get("ID")))
                .child(
                    Element::new("ds:Transforms")
                        .child(algorithm(
                            "ds:Transform",
                            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                        ))
                        .child(algorithm("ds:Transform", EXCLUSIVE)),
                )
                .child(algorithm("ds:DigestMethod", uri))
                .child(Element::new("ds:DigestValue").text(value)),
        );
    let octets = identity.sign(signed_info.canonical().as_bytes(), with)?;
    Ok(Element::new("ds:Signature")
        .child(signed_info)
        .child(Element::new("ds:SignatureValue").text(STANDARD.encode(octets)))
        .child(key_info(identity)))
}

/// The algorithm that goes with a digest; a weak digest has a strong signature over it.
#[must_use]
pub const fn signature_method(with: Digest) -> &'static str {
    match with {
        Digest::Sha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        Digest::Sha256 | Digest::Sha1 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    }
}

/// `ds:KeyInfo` with the certificate.
#[must_use]
pub fn key_info(identity: &SigningIdentity) -> Element {
    Element::new("ds:KeyInfo").child(
        Element::new("ds:X509Data")
            .child(Element::new("ds:X509Certificate").text(identity.certificate_base64())),
    )
}

fn is_issuer(element: &Element) -> bool {
    element.name() == "saml:Issuer"
}

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
