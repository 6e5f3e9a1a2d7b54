//! A Response as a real provider of each kind builds it, and every way to build it wrong.
//!
//! Not the attributes (`attributes.rs`), and not signature wrapping: `wrapping.rs` rearranges what is
//! built here.

use std::time::Duration;

use varco::crypto::Handle;
use varco::effects::Effects;
use varco::terms::Level;

use super::attributes;
use super::encryption::{Content, Encryption, Flaw, Transport, encrypt_assertion};
use super::keys::SigningIdentity;
use super::kind::Kind;
use super::misbehaviour::Misbehaviour as M;
use super::request::AuthnRequest;
use super::signature::{Digest, sign};
use super::wrapping;
use crate::error::SandboxError;
use crate::markup::{Element, Node};
use crate::people::Person;

/// What an assertion calls the person and the session; single logout repeats both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `NameID`: transient.
    pub name_id: String,
    /// `SessionIndex`.
    pub index: String,
}

impl Session {
    /// Names that nobody can guess.
    #[must_use]
    pub fn fresh(fx: &Effects) -> Self {
        Self { name_id: id(fx), index: id(fx) }
    }
}

/// Everything an answer is made of.
#[derive(Debug)]
pub struct Answer<'a> {
    /// What was asked.
    pub request: &'a AuthnRequest,
    /// What kind of provider answers.
    pub kind: Kind,
    /// Which: its entity ID.
    pub issuer: &'a str,
    /// With which key.
    pub identity: &'a SigningIdentity,
    /// A key that must not sign for this provider, for `other-provider-key`.
    pub foreign: &'a SigningIdentity,
    /// The session that begins.
    pub session: &'a Session,
    /// Who signs in.
    pub person: &'a Person,
    /// What goes wrong.
    pub misbehave: Option<M>,
}

impl Answer<'_> {
    /// The XML of the Response.
    ///
    /// # Errors
    /// When a key cannot sign.
    pub fn build(&self, fx: &Effects) -> Result<String, SandboxError> {
        if let Some(number) = self.misbehave.and_then(M::anomaly) {
            let mut response = self.envelope(fx, &refused(number));
            sign(&mut response, self.identity, self.kind.digest())?;
            return Ok(response.document());
        }
        let identity = match self.misbehave {
            Some(M::OtherProviderKey) => self.foreign,
            _ => self.identity,
        };
        let digest = match self.misbehave {
            Some(M::Sha1) => Digest::Sha1,
            _ => self.kind.digest(),
        };
        let mut assertion = self.assertion(fx);
        let mut response = self.envelope(fx, &success());
        if let Some(M::Wrapping(variant)) = self.misbehave {
            let pieces = wrapping::Pieces { response, assertion, identity, digest, fx };
            return Ok(pieces.wrap(variant)?.document());
        }
        let bare = [M::Unsigned, M::UnsignedAssertion, M::EncryptedUnsignedInner];
        if !self.misbehave.is_some_and(|case| bare.contains(&case)) {
            sign(&mut assertion, identity, digest)?;
        }
        if self.misbehave == Some(M::BadAssertionSignature) {
            forge(&mut assertion);
        }
        response.insert(usize::MAX, self.encrypted(assertion)?);
        match self.misbehave {
            Some(M::TwoAssertions) => {
                let mut second = self.assertion(fx);
                sign(&mut second, identity, digest)?;
                response.insert(usize::MAX, second);
            }
            Some(M::DuplicateId) => {
                let id = response.get("ID").to_owned();
                if let Some(status) = response.find_mut("samlp:Status") {
                    status.set("ID", id);
                }
            }
            _ => {}
        }
        if !matches!(self.misbehave, Some(M::Unsigned | M::UnsignedResponse)) {
            sign(&mut response, identity, digest)?;
        }
        if self.misbehave == Some(M::BadResponseSignature) {
            // Another moment of issue, whatever second it is by now: the digest no longer fits.
            let earlier = fx.now().minus(Duration::from_secs(30)).rfc3339();
            response.set("IssueInstant", earlier);
        }
        let document = response.document();
        Ok(match self.misbehave {
            Some(M::Doctype) => document.replacen(
                "?>",
                "?><!DOCTYPE samlp:Response [<!ENTITY who \"sandbox\">]>",
                1,
            ),
            _ => document,
        })
    }

    /// The Assertion, or in its place an `EncryptedAssertion`.
    fn encrypted(&self, assertion: Element) -> Result<Element, SandboxError> {
        let mut with = Encryption::default();
        match self.misbehave {
            Some(M::Encrypted | M::EncryptedUnsignedInner | M::EncryptedWrongKey) => {}
            Some(M::EncryptedCbc) => with.content = Content::Aes256Cbc,
            Some(M::EncryptedRsa15) => with.transport = Transport::Rsa15,
            Some(M::EncryptedTampered) => with.flaw = Flaw::ChangedContent,
            _ => return Ok(assertion),
        }
        let none = || SandboxError::new("encrypt", "the service publishes no key for encryption");
        let certificate = match self.misbehave {
            Some(M::EncryptedWrongKey) => self.identity.certificate(),
            _ => self.request.encryption.as_deref().ok_or_else(none)?,
        };
        encrypt_assertion(&assertion.canonical(), certificate, with)
    }

    fn envelope(&self, fx: &Effects, status: &Element) -> Element {
        let mut response = Element::new("samlp:Response")
            .with("ID", id(fx))
            .with("Version", "2.0")
            .with("IssueInstant", fx.now().rfc3339())
            .with("Destination", self.unless(M::WrongDestination, &self.request.acs))
            .with("InResponseTo", self.in_response_to())
            .child(self.issuer())
            .child(status.clone());
        if self.misbehave == Some(M::Unsolicited) {
            response.unset("InResponseTo");
        }
        response
    }

    fn assertion(&self, fx: &Effects) -> Element {
        let now = fx.now();
        let hour = Duration::from_hours(1);
        let lives = Duration::from_mins(5);
        let (from, until) = match self.misbehave {
            Some(M::Expired) => (now.minus(hour + lives), now.minus(hour)),
            Some(M::NotYetValid) => (now.plus(hour), now.plus(hour + lives)),
            _ => (now, now.plus(lives)),
        };
        let mut confirmation = Element::new("saml:SubjectConfirmationData")
            .with("Recipient", self.unless(M::WrongRecipient, &self.request.acs))
            .with("InResponseTo", self.in_response_to())
            .with("NotOnOrAfter", until.rfc3339());
        if self.misbehave == Some(M::Unsolicited) {
            confirmation.unset("InResponseTo");
        }
        Element::new("saml:Assertion")
            .with("ID", id(fx))
            .with("Version", "2.0")
            .with("IssueInstant", now.rfc3339())
            .child(self.issuer())
            .child(
                Element::new("saml:Subject").child(self.name_id()).child(
                    Element::new("saml:SubjectConfirmation")
                        .with("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
                        .child(confirmation),
                ),
            )
            .child(
                Element::new("saml:Conditions")
                    .with("NotBefore", from.rfc3339())
                    .with("NotOnOrAfter", until.rfc3339())
                    .child(Element::new("saml:AudienceRestriction").child(
                        Element::new("saml:Audience").text(match self.misbehave {
                            Some(M::WrongAudience) => "https://other-service.example/metadata",
                            _ => &self.request.issuer,
                        }),
                    )),
            )
            .child(
                Element::new("saml:AuthnStatement")
                    .with("AuthnInstant", now.rfc3339())
                    .with("SessionIndex", &self.session.index)
                    .child(
                        Element::new("saml:AuthnContext")
                            .child(Element::new("saml:AuthnContextClassRef").text(self.level())),
                    ),
            )
            .child(attributes::statement(
                self.kind,
                &self.request.attributes,
                self.person,
                self.misbehave,
            ))
    }

    fn name_id(&self) -> Element {
        let mut name_id = Element::new("saml:NameID")
            .with("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
            .with("NameQualifier", self.issuer);
        if self.kind == Kind::Cie {
            name_id.set("SPNameQualifier", &self.request.issuer);
        }
        let value = &self.session.name_id;
        match (self.misbehave, value.split_at_checked(20)) {
            (Some(M::CommentInNameId), Some((head, tail))) => {
                name_id.text(head).node(Node::Comment("cut here".to_owned())).text(tail)
            }
            _ => name_id.text(value),
        }
    }

    /// The class that is claimed.
    fn level(&self) -> &'static str {
        let asked = self.request.level;
        let wanted = match self.misbehave {
            Some(M::EidasNotNotifiedLoa) => {
                return "http://eidas.europa.eu/NotNotified/LoA/substantial";
            }
            Some(M::EidasLowLevel) => 1,
            Some(M::LowerLevel) => asked.number().saturating_sub(1),
            Some(M::HigherLevel) => asked.number() + 1,
            _ => asked.number(),
        };
        Level::try_from(wanted).unwrap_or(asked).uri()
    }

    /// CIE's has no `Format`, and blanks around the entity ID.
    fn issuer(&self) -> Element {
        let mut issuer = Element::new("saml:Issuer");
        let text = match self.misbehave {
            Some(M::WrongIssuer) => "https://other-provider.example",
            _ => self.issuer,
        };
        if self.misbehave == Some(M::CieIssuerFormatWrong) {
            issuer.set("Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified");
        } else if self.kind.issuer_format() {
            issuer.set("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity");
        }
        if self.kind == Kind::Cie {
            issuer.text(format!("\n  {text}\n"))
        } else {
            issuer.text(text)
        }
    }

    fn in_response_to(&self) -> &str {
        match self.misbehave {
            Some(M::WrongInResponseTo) => "_0123456789abcdef0123456789abcdef",
            _ => &self.request.id,
        }
    }

    fn unless<'t>(&self, case: M, right: &'t str) -> &'t str {
        if self.misbehave == Some(case) { "https://other-service.example/acs" } else { right }
    }
}

/// Turns the person of an Assertion into somebody else.
pub(super) fn forge(assertion: &mut Element) {
    let Some(statement) = assertion.find_mut("saml:AttributeStatement") else { return };
    let mut forged = Element::new("saml:AttributeStatement");
    for attribute in statement.elements() {
        let mut attribute = attribute.clone();
        let name = attribute.get("Name").to_owned();
        if let Some(value) = attribute.find_mut("saml:AttributeValue")
            && let Some(other) = victim(&name, &value.content())
        {
            value.replace(vec![Node::Text(other)]);
        }
        forged = forged.child(attribute);
    }
    *statement = forged;
}

/// Another person's identifier: a fiscal code, or at the eIDAS node a `PersonIdentifier`.
fn victim(attribute: &str, value: &str) -> Option<String> {
    let others = match attribute {
        "fiscalNumber" => Person::all(),
        "spidCode" if value.contains('/') => Person::all_abroad(),
        _ => return None,
    };
    let mut codes = others.iter().filter_map(|person| person.attribute(attribute));
    codes.find(|code| *code != value).map(str::to_owned)
}

/// An ID that no one can guess (SAML Core, section 1.3.4).
pub(super) fn id(fx: &Effects) -> String {
    format!("_{}", Handle::fresh(fx).reveal())
}

fn success() -> Element {
    Element::new("samlp:Status").child(status_code("Success"))
}

/// The status of a SPID anomaly.
fn refused(number: u8) -> Element {
    let (outer, inner) = match number {
        8 | 11 => ("Requester", None),
        9 => ("VersionMismatch", None),
        12 => ("Requester", Some("NoAuthnContext")),
        13 => ("Requester", Some("RequestDenied")),
        14 | 16..=18 => ("Requester", Some("RequestUnsupported")),
        15 => ("Requester", Some("NoPassive")),
        _ => ("Responder", Some("AuthnFailed")),
    };
    let mut code = status_code(outer);
    if let Some(inner) = inner {
        code = code.child(status_code(inner));
    }
    Element::new("samlp:Status")
        .child(code)
        .child(Element::new("samlp:StatusMessage").text(format!("ErrorCode nr{number:02}")))
}

fn status_code(name: &str) -> Element {
    Element::new("samlp:StatusCode")
        .with("Value", format!("urn:oasis:names:tc:SAML:2.0:status:{name}"))
}
