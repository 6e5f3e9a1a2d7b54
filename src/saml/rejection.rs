//! Why an answer is not accepted.
//!
//! Not what anybody reads: the slug leads to a row of the fault catalogue. No variant carries a
//! value of the message.

use super::anomaly::Anomaly;

macro_rules! rejections {
    ($($variant:ident = $slug:literal),* $(,)?) => {
        /// One cause for which an answer is not accepted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Rejection {
            $(#[doc = concat!("`", $slug, "`")] $variant,)*
            /// The XML toolkit refused the document or a signature, under this slug.
            Xml(&'static str),
            /// The provider says no, or the person did.
            Refused(Anomaly),
        }

        impl Rejection {
            /// All causes that are neither the XML toolkit's nor an anomaly.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The slug of its row in the fault catalogue.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $slug,)*
                    Self::Xml(slug) => slug,
                    Self::Refused(anomaly) => anomaly.slug(),
                }
            }
        }
    };
}

rejections! {
    Malformed = "response-malformed",
    TooLarge = "response-too-large",
    Structure = "response-structure",
    AssertionMissing = "assertion-missing",
    Encrypted = "assertion-encrypted",
    EncryptionAlgorithm = "response-encryption-algorithm",
    Decryption = "response-not-decryptable",
    Unsigned = "response-unsigned",
    AssertionUnsigned = "assertion-unsigned",
    ResponseSignatureMissing = "signature-missing",
    ResponseSignature = "response-signature-invalid",
    AssertionSignature = "assertion-signature-invalid",
    OtherProvider = "signature-other-provider",
    Sha1 = "signature-sha1",
    Id = "response-id",
    Version = "response-version",
    IssueInstant = "response-issue-instant",
    BeforeRequest = "response-before-request",
    FromTheFuture = "response-issued-in-future",
    Status = "response-status",
    Issuer = "response-wrong-issuer",
    IssuerFormat = "response-issuer-format",
    Destination = "response-wrong-destination",
    InResponseTo = "response-in-response-to",
    AssertionId = "assertion-id",
    AssertionVersion = "assertion-version",
    AssertionIssueInstant = "assertion-issue-instant",
    Subject = "response-subject",
    NameId = "response-name-id",
    Confirmation = "response-confirmation",
    Recipient = "response-wrong-recipient",
    Conditions = "response-conditions",
    Audience = "response-wrong-audience",
    Expired = "response-expired",
    NotYetValid = "response-not-yet-valid",
    AuthnStatement = "response-authn-statement",
    AuthnStale = "response-authn-stale",
    LevelUnknown = "response-level-unknown",
    LevelTooLow = "response-level-too-low",
    Attributes = "response-attributes",
    AttributesDoubled = "response-attributes-doubled",
    AttributesMissing = "response-attributes-missing",
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
    pub(crate) fn new(cause: Rejection, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::Rejection;

    #[test]
    fn every_cause_has_its_own_slug() {
        let slugs: std::collections::BTreeSet<_> =
            Rejection::ALL.iter().map(|cause| cause.slug()).collect();
        assert_eq!(slugs.len(), Rejection::ALL.len());
    }
}
