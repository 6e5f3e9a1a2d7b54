//! Providers that nobody asks: how much a large register costs those who use one provider.
//!
//! Not usable ones: their keys are of nobody, only their metadata is as long as that of real providers.

use std::fmt::Write as _;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::effects::Effects;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::error::{Doing as _, SandboxError};
use crate::folder::Folder;
use crate::saml::keys::SigningIdentity;

/// Adds so many providers to those that the broker of this folder trusts.
pub(super) fn add(folder: &Folder, providers: usize) -> Result<(), SandboxError> {
    if providers == 0 {
        return Ok(());
    }
    let aggregate = aggregate(providers)?;
    fs::write(folder.path().join("metadata/crowd.xml"), aggregate).doing("write the crowd")?;
    let configuration = folder.configuration();
    let text = fs::read_to_string(&configuration).doing("read the configuration")?;
    let (files, more) = ("metadata_files = [", "metadata_files = [\"metadata/crowd.xml\", ");
    fs::write(configuration, text.replacen(files, more, 1)).doing("write the configuration")
}

fn aggregate(providers: usize) -> Result<String, SandboxError> {
    let template = SigningIdentity::generate("Gestore")?.certificate().to_vec();
    let place = modulus(&template)?;
    let fx = Effects::real();
    let mut text = String::from(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    );
    for number in 0..providers {
        let mut certificate = template.clone();
        if let Some(octets) = certificate.get_mut(place.clone()) {
            fx.fill(octets);
            // As long as the template's, and odd.
            if let [first, .., last] = octets {
                (*first, *last) = (*first | 0x80, *last | 1);
            }
        }
        entity(&mut text, number, &STANDARD.encode(&certificate));
    }
    text.push_str("</md:EntitiesDescriptor>");
    Ok(text)
}

/// Where the modulus stands in a certificate.
fn modulus(certificate: &[u8]) -> Result<std::ops::Range<usize>, SandboxError> {
    let (_, parsed) = X509Certificate::from_der(certificate).doing("read a certificate")?;
    let key = parsed.public_key().parsed().doing("read a key")?;
    let x509_parser::public_key::PublicKey::RSA(key) = key else {
        return Err(SandboxError::new("read a key", "it is no RSA key"));
    };
    // DER puts a zero before a number whose highest bit is set.
    let octets = key.modulus.strip_prefix(&[0]).unwrap_or(key.modulus);
    let begin = certificate.windows(octets.len()).position(|window| window == octets);
    let begin = begin.ok_or_else(|| SandboxError::new("read a key", "its modulus is not there"))?;
    Ok(begin..begin + octets.len())
}

fn entity(text: &mut String, number: usize, certificate: &str) {
    let host = format!("https://gestore-{number}.example");
    let _ = write!(
        text,
        "<md:EntityDescriptor entityID=\"{host}\"><md:IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    );
    for service in ["SingleLogoutService", "SingleSignOnService"] {
        for binding in ["HTTP-Redirect", "HTTP-POST"] {
            let _ = write!(
                text,
                "<md:{service} Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" \
                 Location=\"{host}/{service}/{binding}\"/>"
            );
        }
    }
    let _ = write!(
        text,
        "</md:IDPSSODescriptor><md:Organization>\
         <md:OrganizationName xml:lang=\"it\">Gestore {number} S.p.A.</md:OrganizationName>\
         <md:OrganizationDisplayName xml:lang=\"it\">Gestore {number}</md:OrganizationDisplayName>\
         <md:OrganizationURL xml:lang=\"it\">{host}</md:OrganizationURL></md:Organization>\
         </md:EntityDescriptor>"
    );
}
