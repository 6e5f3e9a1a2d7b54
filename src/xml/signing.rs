//! Signing what [`super::Writer`] wrote: RSA with SHA-256 and exclusive canonicalisation.
//!
//! Not a choice of algorithms, and no tree: the text is canonical as it is written, so its digest
//! is that of its octets. XML Signature 1.1; SAML core, section 5.4; SAML bindings, section 3.4.4.1.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::{DSIG, ENVELOPED, EXC_C14N};
use crate::crypto;
use crate::crypto::rsa::{KeyFault, RsaSigningKey};

/// The algorithm identifier of what is signed here.
pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A key, and the certificate that wraps its public half in `KeyInfo`.
#[derive(Debug)]
pub struct Signer {
    key: Arc<RsaSigningKey>,
    certificate: String,
}

impl Signer {
    /// A signer from a key and the DER of its certificate.
    #[must_use]
    pub fn new(key: impl Into<Arc<RsaSigningKey>>, certificate: &[u8]) -> Self {
        Self { key: key.into(), certificate: STANDARD.encode(certificate) }
    }

    /// The certificate in base64, as metadata carries it.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &RsaSigningKey {
        &self.key
    }
}

/// Inserts a signature into `canonical`, a whole element in canonical form whose `ID` is `id`, at
/// the octet `place` ([`super::Writer::place`]): after the Issuer, or first in metadata.
///
/// # Errors
/// [`KeyFault::Refused`] when the library cannot sign, or `place` is not a place in the text.
pub fn sign_enveloped(
    signer: &Signer,
    canonical: &str,
    id: &str,
    place: usize,
) -> Result<String, KeyFault> {
    let (head, tail) = canonical.split_at_checked(place).ok_or(KeyFault::Refused)?;
    let digest = STANDARD.encode(crypto::digest::sha256(canonical.as_bytes()));
    // SignedInfo is signed with the declaration it inherits in the document from Signature.
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXC_C14N}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXC_C14N}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
        id = super::escape_attribute(id),
    );
    let apex = format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\">{inside}");
    let value = STANDARD.encode(signer.key.sign_sha256(apex.as_bytes())?);
    Ok(format!(
        "{head}<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo>{inside}\
         <ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         </ds:Signature>{tail}",
        certificate = signer.certificate,
    ))
}

/// The signature over the query octets of the HTTP-Redirect binding, not encoded.
///
/// # Errors
/// [`KeyFault::Refused`] when the library cannot sign.
pub fn sign_octets(key: &RsaSigningKey, octets: &[u8]) -> Result<Vec<u8>, KeyFault> {
    key.sign_sha256(octets)
}
