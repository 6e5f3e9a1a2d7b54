//! Why a logout message is not accepted.
//!
//! Not what anybody reads: the slug leads to a row of the fault catalogue. Whether a session was
//! there is never among the reasons.

use crate::saml;
use crate::saml::binding::BindingFault;
use crate::xml::Refusal;

/// One cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Not a message of the binding, not XML, or not of the schema.
    Malformed,
    /// No signature.
    Unsigned,
    /// A signature that does not verify with the keys of the Issuer.
    Signature,
    /// An Issuer that is unknown or switched off.
    Issuer,
    /// Addressed to somebody else.
    Destination,
    /// Too old, from the future, or past its own end.
    Expired,
    /// A response to no request of ours.
    InResponseTo,
    /// Not exactly one readable name.
    NameId,
}

impl Rejection {
    /// All causes.
    pub const ALL: [Self; 8] = [
        Self::Malformed,
        Self::Unsigned,
        Self::Signature,
        Self::Issuer,
        Self::Destination,
        Self::Expired,
        Self::InResponseTo,
        Self::NameId,
    ];

    /// The slug of its row in the fault catalogue.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Malformed => "logout-malformed",
            Self::Unsigned => "logout-unsigned",
            Self::Signature => "logout-signature-invalid",
            Self::Issuer => "logout-wrong-issuer",
            Self::Destination => "logout-wrong-destination",
            Self::Expired => "logout-expired",
            Self::InResponseTo => "logout-in-response-to",
            Self::NameId => "logout-name-id",
        }
    }
}

/// A cause and the clause that was broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", .cause.slug())]
pub struct Rejected {
    /// The cause.
    pub cause: Rejection,
    /// Which clause, in the words of the specification; never a value of the message.
    pub detail: String,
}

impl Rejected {
    pub(super) fn new(cause: Rejection, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into() }
    }
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        let cause = match refusal {
            Refusal::SignatureMissing => Rejection::Unsigned,
            Refusal::SignaturePosition
            | Refusal::SignatureShape
            | Refusal::SignatureReference
            | Refusal::SignatureTransform
            | Refusal::SignatureAlgorithm
            | Refusal::SignatureSha1
            | Refusal::SignatureDigest
            | Refusal::SignatureValue
            | Refusal::SignatureKey => Rejection::Signature,
            _ => Rejection::Malformed,
        };
        Self::new(cause, refusal.detail())
    }
}

impl From<BindingFault> for Rejected {
    fn from(fault: BindingFault) -> Self {
        match fault {
            BindingFault::Unsigned => Self::new(Rejection::Unsigned, fault.to_string()),
            BindingFault::Malformed => Self::new(Rejection::Malformed, fault.to_string()),
            BindingFault::Signature(refusal) => Self::new(Rejection::Signature, refusal.detail()),
        }
    }
}

/// What the reader that logout shares with Responses says.
impl From<saml::Rejected> for Rejected {
    fn from(rejected: saml::Rejected) -> Self {
        Self::new(Rejection::Malformed, rejected.detail)
    }
}
