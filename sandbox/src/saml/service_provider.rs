//! A service provider, as a sample provider knows it: from the metadata that the service publishes.
//!
//! Not the registry: the document is fetched from the service itself and believed.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};

use super::binding::Binding;
use crate::canonical::canonical;
use crate::error::{Doing as _, SandboxError};

/// A service provider, as its metadata describes it.
#[derive(Clone, Debug)]
pub struct ServiceProvider {
    /// Its entity ID.
    pub entity_id: String,
    /// Its public keys, PKCS#1 DER.
    pub keys: Vec<Vec<u8>>,
    /// The certificate that assertions for it are encrypted to, DER: the first it publishes.
    pub encryption: Option<Vec<u8>>,
    /// Index and address of every `AssertionConsumerService`.
    pub consumers: Vec<(String, String)>,
    /// Index and attribute names of every `AttributeConsumingService`.
    pub attribute_sets: Vec<(String, Vec<String>)>,
    /// Where it takes part in single logout.
    pub logout: Vec<LogoutEndpoint>,
    /// Age limits, each for one `AssertionConsumerService` (AgID Determination 51/2022).
    pub age_limits: Vec<AgeLimit>,
}

/// One `SingleLogoutService`.
#[derive(Clone, Debug)]
pub struct LogoutEndpoint {
    /// Its binding.
    pub binding: Binding,
    /// Where requests go.
    pub requests: String,
    /// Where responses go.
    pub responses: String,
}

/// `spid:AgeLimit`.
#[derive(Clone, Debug)]
pub struct AgeLimit {
    /// The index of the consumer it holds for.
    pub consumer: String,
    /// The lowest age, in years.
    pub youngest: i32,
    /// The highest age, in years.
    pub oldest: i32,
}

impl ServiceProvider {
    /// Reads the document.
    ///
    /// # Errors
    /// When it is not the metadata of a service provider.
    pub fn read(xml: &str) -> Result<Self, SandboxError> {
        let document = Document::parse(xml).doing("parse the broker's metadata")?;
        let root = document.root_element();
        let named = |name: &'static str| {
            root.descendants().filter(move |node| node.tag_name().name() == name)
        };
        let attribute =
            |node: Node<'_, '_>, name: &str| node.attribute(name).unwrap_or_default().to_owned();
        let certificates = |encryption: bool| {
            named("KeyDescriptor")
                .filter(move |node| (node.attribute("use") == Some("encryption")) == encryption)
                .filter_map(|node| {
                    let found =
                        node.descendants().find(|n| n.tag_name().name() == "X509Certificate");
                    found.and_then(|node| node.text()).map(certificate)
                })
        };
        let keys = certificates(false)
            .map(|der| public_key(&der?))
            .collect::<Result<Vec<_>, SandboxError>>()?;
        let service = Self {
            entity_id: attribute(root, "entityID"),
            keys,
            encryption: certificates(true).next().transpose()?,
            consumers: named("AssertionConsumerService")
                .map(|node| (attribute(node, "index"), attribute(node, "Location")))
                .collect(),
            attribute_sets: named("AttributeConsumingService")
                .map(|node| {
                    let wanted = node
                        .children()
                        .filter(|child| child.tag_name().name() == "RequestedAttribute")
                        .map(|child| attribute(child, "Name"));
                    (attribute(node, "index"), wanted.collect())
                })
                .collect(),
            logout: named("SingleLogoutService").filter_map(logout_endpoint).collect(),
            age_limits: named("AgeLimit").map(age_limit).collect::<Result<_, _>>()?,
        };
        if service.entity_id.is_empty() || service.keys.is_empty() || service.consumers.is_empty() {
            return Err(SandboxError::new("use the broker's metadata", "it is not complete"));
        }
        Ok(service)
    }

    /// Checks the enveloped signature of a message of this service.
    ///
    /// # Errors
    /// When there is none, or it is not the service's over the whole message.
    pub fn verify_enveloped(&self, xml: &str) -> Result<(), SandboxError> {
        let wrong = |why: &str| SandboxError::new("verify the message", why);
        let document = Document::parse(xml).doing("parse the message")?;
        let root = document.root_element();
        let signature = root
            .children()
            .find(|node| node.tag_name().name() == "Signature")
            .ok_or_else(|| wrong("it is not signed (anomaly 7)"))?;
        let inside = |name: &str| {
            let found = signature.descendants().find(|node| node.tag_name().name() == name);
            found.ok_or_else(|| wrong("the signature is not complete"))
        };
        let reference = inside("Reference")?.attribute("URI").unwrap_or_default();
        if reference.strip_prefix('#') != root.attribute("ID") {
            return Err(wrong("the signature is of another element"));
        }
        let octets = canonical(root, Some(signature));
        let value = STANDARD.encode(digest(&SHA256, octets.as_bytes()));
        if inside("DigestValue")?.text().map(str::trim) != Some(value.as_str()) {
            return Err(wrong("the digest differs"));
        }
        let text: String =
            inside("SignatureValue")?.text().unwrap_or_default().split_whitespace().collect();
        let octets = STANDARD.decode(text).doing("decode the signature")?;
        self.verify(canonical(inside("SignedInfo")?, None).as_bytes(), &octets)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, with any of the service's keys.
    ///
    /// # Errors
    /// When none of them made the signature.
    pub fn verify(&self, octets: &[u8], signature: &[u8]) -> Result<(), SandboxError> {
        let proven = self.keys.iter().any(|key| {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
            key.verify(octets, signature).is_ok()
        });
        if proven {
            Ok(())
        } else {
            Err(SandboxError::new("verify the message", "the signature is not the service's"))
        }
    }

    /// The consumer of that index, or of that address.
    #[must_use]
    pub fn consumer(&self, wanted: &str) -> Option<&(String, String)> {
        self.consumers.iter().find(|(index, address)| index == wanted || address == wanted)
    }

    /// Where single logout goes by that binding, or by the one that there is.
    ///
    /// # Errors
    /// When the service takes no part in single logout by a binding of the browser.
    pub fn logout_by(&self, binding: Binding) -> Result<&LogoutEndpoint, SandboxError> {
        let exact = self.logout.iter().find(|endpoint| endpoint.binding == binding);
        exact.or_else(|| self.logout.first()).ok_or_else(|| {
            SandboxError::new("log out", "the service publishes no SingleLogoutService")
        })
    }
}

fn logout_endpoint(node: Node<'_, '_>) -> Option<LogoutEndpoint> {
    let uri = node.attribute("Binding")?;
    let binding = Binding::ALL.into_iter().find(|binding| binding.uri() == uri)?;
    let requests = node.attribute("Location")?.to_owned();
    let responses =
        node.attribute("ResponseLocation").map_or_else(|| requests.clone(), str::to_owned);
    Some(LogoutEndpoint { binding, requests, responses })
}

fn age_limit(node: Node<'_, '_>) -> Result<AgeLimit, SandboxError> {
    let text = |name: &str| {
        let found = node.children().find(|child| child.tag_name().name() == name);
        found.and_then(|node| node.text()).unwrap_or_default().trim()
    };
    Ok(AgeLimit {
        consumer: text("AssertionConsumerServiceIndex").to_owned(),
        youngest: text("MinAge").parse().doing("read MinAge")?,
        oldest: text("MaxAge").parse().doing("read MaxAge")?,
    })
}

/// A certificate, DER.
fn certificate(base64: &str) -> Result<Vec<u8>, SandboxError> {
    let text: String = base64.split_whitespace().collect();
    STANDARD.decode(text).doing("decode the broker's certificate")
}

/// The RSA key in a certificate, PKCS#1 DER.
fn public_key(der: &[u8]) -> Result<Vec<u8>, SandboxError> {
    let (_, certificate) =
        x509_parser::parse_x509_certificate(der).doing("read the broker's certificate")?;
    Ok(certificate.public_key().subject_public_key.data.to_vec())
}
