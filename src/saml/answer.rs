//! What an answer says, as read: texts, not yet believed.
//!
//! Not checked: `checks.rs` holds the rules. The assertion's part is made from signed octets only;
//! `response.rs` is its only maker.

use crate::effects::Timestamp;
use crate::saml::Comparison;
use crate::terms::Level;

/// The Response around the assertion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) id: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) issue_instant: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) in_response_to: Option<String>,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) status: Option<Status>,
}

/// `saml:Issuer`, trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Issuer {
    pub(crate) text: String,
    pub(crate) format: Option<String>,
}

/// `samlp:Status`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// `Value` of the outermost `StatusCode`.
    pub(crate) code: Option<String>,
    /// `StatusMessage` and `StatusDetail`, in this order.
    pub(crate) message: String,
}

/// `saml:Assertion`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub(crate) id: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) issue_instant: Option<String>,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) subject: Option<Subject>,
    pub(crate) conditions: Option<Conditions>,
    pub(crate) authn: Vec<Authn>,
    pub(crate) attributes: Vec<Attribute>,
}

/// `saml:Subject`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) name_id: Option<NameId>,
    pub(crate) confirmations: Vec<Confirmation>,
}

/// `saml:NameID`, trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameId {
    pub(crate) text: String,
    pub(crate) format: Option<String>,
    pub(crate) qualifier: Option<String>,
}

/// `saml:SubjectConfirmation`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) method: Option<String>,
    pub(crate) data: Option<ConfirmationData>,
}

/// `saml:SubjectConfirmationData`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfirmationData {
    pub(crate) recipient: Option<String>,
    pub(crate) in_response_to: Option<String>,
    pub(crate) not_before: Option<String>,
    pub(crate) not_on_or_after: Option<String>,
}

/// `saml:Conditions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) not_before: Option<String>,
    pub(crate) not_on_or_after: Option<String>,
    /// One entry per `AudienceRestriction`: all of them bind.
    pub(crate) audiences: Vec<Vec<String>>,
    /// A condition that is none of SAML's: the assertion's validity cannot be known.
    pub(crate) unknown: bool,
}

/// `saml:AuthnStatement`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Authn {
    pub(crate) instant: Option<String>,
    /// `SessionIndex`.
    pub(crate) session_index: Option<String>,
    /// `SessionNotOnOrAfter`.
    pub(crate) session_ends: Option<String>,
    /// Texts of `AuthnContext/AuthnContextClassRef`, trimmed.
    pub(crate) classes: Vec<String>,
}

/// `saml:Attribute`; the values trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: Option<String>,
    pub(crate) values: Vec<String>,
}

/// What the answer must fit: the request it answers, and who we are.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// `ID` of the request.
    pub request_id: &'a str,
    /// `IssueInstant` of the request.
    pub request_instant: Timestamp,
    /// Entity ID of the provider that was asked.
    pub provider: &'a str,
    /// Address of the consumer that the request named.
    pub consumer: &'a str,
    /// Address at which the answer arrived: it must be that of the consumer.
    pub arrived_at: &'a str,
    /// Our entity ID.
    pub entity_id: &'a str,
    /// The level asked.
    pub level: Level,
    /// How levels compare.
    pub comparison: Comparison,
    /// Whether the request demanded a fresh authentication.
    pub force: bool,
    /// Attributes without which the answer is refused.
    pub required: &'a [String],
    /// Whether `Format` may be missing on the assertion's Issuer (CIE sends none, SPID must).
    pub issuer_format_optional: bool,
    /// Now.
    pub now: Timestamp,
}
