//! The `AuthnRequest` that SPID accepts, written in canonical form.
//!
//! Not its transport: `binding.rs` signs and sends it. SPID rules, on requests;
//! saml-core, section 3.4.1. No `IsPassive`, no `Subject`, no `AllowCreate`, one class reference,
//! the consumer by index only: each of these alone is refused by providers.

use super::Comparison;
use super::names;
use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::terms::{Level, Purpose};
use crate::xml::Writer;

/// One request to one provider.
#[derive(Clone, Debug)]
pub struct AuthnRequest<'a> {
    /// `ID`; see [`fresh_id`].
    pub id: &'a str,
    /// `IssueInstant`, written with whole seconds: providers answer with whole seconds, and an
    /// answer must not seem older than its request.
    pub issued_at: Timestamp,
    /// The address it goes to: the provider's Location for the binding used.
    pub destination: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    /// Index of our consumer.
    pub consumer: u16,
    /// Index of our attribute set.
    pub attribute_set: u16,
    /// The level asked.
    pub level: Level,
    /// How the provider compares it.
    pub comparison: Comparison,
    /// Whether the person must authenticate afresh.
    pub force: bool,
    /// The kind of identity asked (SPID, Avviso 18 v2).
    pub purpose: Option<Purpose>,
}

/// A message in canonical form, and where its enveloped signature goes.
#[derive(Clone, Debug)]
pub struct Written {
    /// The parameter that carries it: `SAMLRequest` or `SAMLResponse` (bindings 3.4.4, 3.5.4).
    pub parameter: &'static str,
    /// The message without a signature.
    pub text: String,
    /// Octets before the signature: it follows the Issuer.
    pub place: usize,
}

/// A new `ID`: an NCName with 160 unpredictable bits.
#[must_use]
pub fn fresh_id(fx: &Effects) -> String {
    format!("_{}", Handle::fresh(fx).reveal())
}

impl AuthnRequest<'_> {
    /// Writes it.
    #[must_use]
    pub fn write(&self) -> Written {
        let saml = [("saml", names::ASSERTION)];
        let samlp = [("samlp", names::PROTOCOL)];
        let instant = self.issued_at.rfc3339();
        let (consumer, set) = (self.consumer.to_string(), self.attribute_set.to_string());
        let mut attributes = vec![
            ("ID", self.id),
            ("Version", "2.0"),
            ("IssueInstant", instant.as_str()),
            ("Destination", self.destination),
            ("AssertionConsumerServiceIndex", consumer.as_str()),
            ("AttributeConsumingServiceIndex", set.as_str()),
        ];
        if self.force {
            attributes.push(("ForceAuthn", "true"));
        }
        let issuer = [("Format", names::FORMAT_ENTITY), ("NameQualifier", self.issuer)];
        let mut out = Writer::new();
        out.start("samlp:AuthnRequest", &samlp, &attributes);
        out.leaf("saml:Issuer", &saml, &issuer, self.issuer);
        let place = out.place();
        if let Some(purpose) = self.purpose {
            out.start("samlp:Extensions", &samlp, &[]);
            out.leaf("spid:Purpose", &[("spid", names::SPID)], &[], purpose.code());
            out.end();
        }
        out.start("samlp:NameIDPolicy", &samlp, &[("Format", names::FORMAT_TRANSIENT)]).end();
        let comparison = [("Comparison", self.comparison.name())];
        out.start("samlp:RequestedAuthnContext", &samlp, &comparison);
        out.leaf("saml:AuthnContextClassRef", &saml, &[], self.level.uri());
        Written { parameter: names::SAML_REQUEST, text: out.finish(), place }
    }
}
