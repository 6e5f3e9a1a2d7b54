//! The two bindings (SAML Bindings, sections 3.4 and 3.5): messages that came, messages that go.
//!
//! Not what a message says: `request.rs` and `logout.rs` read that.

use std::io::{Read as _, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use roxmltree::Document;
use url::form_urlencoded::{Serializer, parse};

use super::keys::SigningIdentity;
use super::service_provider::ServiceProvider;
use super::signature::{Digest, sign, signature_method};
use crate::error::{Doing as _, SandboxError};
use crate::markup::Element;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// In the query, the signature beside it.
    Redirect,
    /// In a form, the signature inside.
    Post,
}

impl Binding {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Redirect, Self::Post];

    /// Its URI.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Redirect => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            Self::Post => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        }
    }

    /// Its name on command lines and in links.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Post => "post",
        }
    }
}

/// Limits what a compressed message may grow to.
const MOST_OCTETS: u64 = 128 * 1024;

/// A message that came, not yet verified.
#[derive(Clone, Debug)]
pub struct Message {
    /// The XML.
    pub xml: String,
    /// How it came.
    pub binding: Binding,
    /// Handed back unchanged.
    pub relay_state: Option<String>,
    /// HTTP-Redirect only: what is signed, and the signature.
    detached: Option<(String, Vec<u8>)>,
}

impl Message {
    /// The message in parameter `name` of a query, as it was sent: the signature is over those octets.
    ///
    /// # Errors
    /// When a parameter is missing or cannot be decoded.
    pub fn from_query(query: &str, name: &str) -> Result<Self, SandboxError> {
        let raw = |name: &str| {
            query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        };
        let field = |name: &str| {
            parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let needed = |name: &str| {
            field(name).ok_or_else(|| {
                SandboxError::new("read the message", format!("no {name} (anomaly 4)"))
            })
        };
        let signed = [name, "RelayState", "SigAlg"]
            .into_iter()
            .filter_map(raw)
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join("&");
        let deflated = STANDARD.decode(needed(name)?).doing("decode the message")?;
        if needed("SigAlg")? != signature_method(Digest::Sha256) {
            return Err(SandboxError::new("verify the message", "not rsa-sha256 (anomaly 5)"));
        }
        let signature = STANDARD.decode(needed("Signature")?).doing("decode the signature")?;
        let mut xml = String::new();
        DeflateDecoder::new(deflated.as_slice())
            .take(MOST_OCTETS)
            .read_to_string(&mut xml)
            .doing("inflate the message")?;
        let relay_state = field("RelayState");
        let detached = Some((signed, signature));
        Ok(Self { xml, binding: Binding::Redirect, relay_state, detached })
    }

    /// The message in a form.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn from_form(value: &str, relay_state: Option<String>) -> Result<Self, SandboxError> {
        let octets = STANDARD.decode(value).doing("decode the message")?;
        let xml = String::from_utf8(octets).doing("read the message")?;
        Ok(Self { xml, binding: Binding::Post, relay_state, detached: None })
    }

    /// Who says to have sent it.
    ///
    /// # Errors
    /// When it is not XML, or names nobody.
    pub fn issuer(&self) -> Result<String, SandboxError> {
        let document = Document::parse(&self.xml).doing("parse the message")?;
        let issuer = document.root_element().children().find(|node| node.has_tag_name(ISSUER));
        let text = issuer.and_then(|node| node.text()).unwrap_or_default().trim().to_owned();
        if text.is_empty() {
            return Err(SandboxError::new("read the message", "it has no Issuer (anomaly 10)"));
        }
        Ok(text)
    }

    /// Checks that `service` signed it.
    ///
    /// # Errors
    /// When it did not.
    pub fn verify(&self, service: &ServiceProvider) -> Result<(), SandboxError> {
        match &self.detached {
            Some((signed, signature)) => service.verify(signed.as_bytes(), signature),
            None => service.verify_enveloped(&self.xml),
        }
    }
}

const ISSUER: (&str, &str) = ("urn:oasis:names:tc:SAML:2.0:assertion", "Issuer");

/// A message on its way.
#[derive(Clone, Debug)]
pub enum Departure {
    /// 303 to this address.
    Redirect(String),
    /// A form with one message.
    Post {
        /// Where it goes.
        action: String,
        /// `SAMLRequest` or `SAMLResponse`.
        name: &'static str,
        /// The message, base64.
        value: String,
        /// Handed back unchanged.
        relay_state: Option<String>,
    },
}

/// Signs `message` as the binding wants it and sends it to `address` in parameter `name`.
///
/// # Errors
/// When the key cannot sign.
pub fn depart(
    mut message: Element,
    name: &'static str,
    address: &str,
    binding: Binding,
    relay_state: Option<String>,
    identity: &SigningIdentity,
) -> Result<Departure, SandboxError> {
    if binding == Binding::Post {
        sign(&mut message, identity, Digest::Sha256)?;
        let value = STANDARD.encode(message.document());
        return Ok(Departure::Post { action: address.to_owned(), name, value, relay_state });
    }
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(message.document().as_bytes()).doing("deflate a message")?;
    let value = STANDARD.encode(deflated.finish().doing("deflate a message")?);
    let mut fields = vec![(name, value)];
    fields.extend(relay_state.map(|state| ("RelayState", state)));
    fields.push(("SigAlg", signature_method(Digest::Sha256).to_owned()));
    let query = Serializer::new(String::new()).extend_pairs(fields).finish();
    let signature = STANDARD.encode(identity.sign(query.as_bytes(), Digest::Sha256)?);
    let signature = Serializer::new(String::new()).append_pair("Signature", &signature).finish();
    let separator = if address.contains('?') { '&' } else { '?' };
    Ok(Departure::Redirect(format!("{address}{separator}{query}&{signature}")))
}
