//! The `LogoutRequest` and the `LogoutResponse` that we send, in canonical form.
//!
//! Not their transport: `binding.rs` signs and sends them. SPID rules, on single logout; saml-core,
//! sections 3.7.1 and 3.7.2.

use super::LIVES;
use crate::effects::Timestamp;
use crate::saml::names;
use crate::saml::request::Written;
use crate::xml::Writer;

/// Asks a provider to end one session.
pub struct LogoutRequest<'a> {
    /// `ID`; see [`crate::saml::request::fresh_id`].
    pub id: &'a str,
    /// `IssueInstant`; `NotOnOrAfter` is [`LIVES`] later.
    pub issued_at: Timestamp,
    /// The provider's Location for the binding used.
    pub destination: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    /// The name under which the provider told us of the person.
    pub name_id: &'a str,
    /// Its `NameQualifier`, as received.
    pub name_qualifier: &'a str,
    /// The session.
    pub session_index: &'a str,
}

impl LogoutRequest<'_> {
    /// Writes it.
    #[must_use]
    pub fn write(&self) -> Written {
        let end = self.issued_at.plus(LIVES).rfc3339();
        let more = [("NotOnOrAfter", end.as_str()), ("Reason", names::LOGOUT_BY_USER)];
        let envelope = Envelope {
            element: "samlp:LogoutRequest",
            id: self.id,
            issued_at: self.issued_at,
            destination: self.destination,
            issuer: self.issuer,
        };
        let (mut out, place) = envelope.open(&more);
        let format = [("Format", names::FORMAT_TRANSIENT), ("NameQualifier", self.name_qualifier)];
        out.leaf("saml:NameID", SAML, &format, self.name_id);
        out.leaf("samlp:SessionIndex", SAMLP, &[], self.session_index);
        Written { parameter: names::SAML_REQUEST, text: out.finish(), place }
    }
}

/// No name of a person by way of `{:?}`.
impl std::fmt::Debug for LogoutRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogoutRequest").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Tells a provider that whatever it asked to end has ended.
#[derive(Debug)]
pub struct LogoutResponse<'a> {
    /// `ID`.
    pub id: &'a str,
    /// `IssueInstant`.
    pub issued_at: Timestamp,
    /// The provider's address for responses by the binding used.
    pub destination: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    /// `ID` of the request.
    pub in_response_to: &'a str,
}

impl LogoutResponse<'_> {
    /// Writes it, with `Success`: also when no such session was there (SPID).
    #[must_use]
    pub fn write(&self) -> Written {
        let envelope = Envelope {
            element: "samlp:LogoutResponse",
            id: self.id,
            issued_at: self.issued_at,
            destination: self.destination,
            issuer: self.issuer,
        };
        let (mut out, place) = envelope.open(&[("InResponseTo", self.in_response_to)]);
        out.start("samlp:Status", SAMLP, &[]);
        out.start("samlp:StatusCode", SAMLP, &[("Value", names::STATUS_SUCCESS)]);
        Written { parameter: names::SAML_RESPONSE, text: out.finish(), place }
    }
}

/// What both begin with.
struct Envelope<'a> {
    element: &'a str,
    id: &'a str,
    issued_at: Timestamp,
    destination: &'a str,
    issuer: &'a str,
}

impl Envelope<'_> {
    /// Opens the message and writes its Issuer; the signature goes to the place returned.
    fn open(&self, more: &[(&str, &str)]) -> (Writer, usize) {
        let instant = self.issued_at.rfc3339();
        let mut attributes = vec![
            ("ID", self.id),
            ("Version", "2.0"),
            ("IssueInstant", instant.as_str()),
            ("Destination", self.destination),
        ];
        attributes.extend_from_slice(more);
        let mut out = Writer::new();
        out.start(self.element, SAMLP, &attributes);
        let format = [("Format", names::FORMAT_ENTITY), ("NameQualifier", self.issuer)];
        out.leaf("saml:Issuer", SAML, &format, self.issuer);
        let place = out.place();
        (out, place)
    }
}

const SAML: &[(&str, &str)] = &[("saml", names::ASSERTION)];
const SAMLP: &[(&str, &str)] = &[("samlp", names::PROTOCOL)];
