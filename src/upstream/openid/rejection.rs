//! Why an exchange ends without a person: one cause for each row of the fault catalogue (area 14).
//!
//! Not a text: the catalogue has those. A detail names the place and the clause, never a value of a
//! message.

use crate::upstream::contract::{Kind, Setback};

macro_rules! rejections {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $kind:ident;)*) => {
        /// One cause.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Rejection { $($(#[$doc])* $name),* }

        impl Rejection {
            /// All of them, for the catalogue's own test.
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The slug of its row in the fault catalogue.
            #[must_use]
            pub(super) const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }

            const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind),* }
            }
        }
    };
}

rejections! {
    /// Not the form of an answer: a member is missing or doubled, or a code and an error came together.
    AnswerMalformed = "openid-answer-malformed", Rejected;
    /// The answer names another issuer than the one that was asked, or none where one is due.
    AnswerIssuer = "openid-answer-wrong-issuer", Rejected;
    /// The provider, or the person there, said no.
    Denied = "openid-denied", Refused;
    /// The provider does not take us for a client.
    ClientRefused = "openid-client-refused", Unavailable;
    /// The provider does not take the request.
    RequestRefused = "openid-request-refused", Unavailable;
    /// The provider cannot answer now.
    ProviderUnavailable = "openid-provider-unavailable", Unavailable;
    /// Another error.
    ProviderError = "openid-provider-error", Refused;
    /// The token endpoint gives no answer.
    TokenUnavailable = "openid-token-unavailable", Unavailable;
    /// The token endpoint does not take the code.
    TokenRefused = "openid-token-refused", Rejected;
    /// The answer of the token endpoint has another form.
    TokenMalformed = "openid-token-malformed", Rejected;
    /// Not a signed token of that kind.
    IdTokenMalformed = "id-token-malformed", Rejected;
    /// Signed in another way than the one we registered.
    IdTokenAlgorithm = "id-token-algorithm", Rejected;
    /// Signed with a key that the federation does not vouch for.
    IdTokenKey = "id-token-unknown-key", Rejected;
    /// The signature does not hold.
    IdTokenSignature = "id-token-signature", Rejected;
    /// `iss`.
    IdTokenIssuer = "id-token-wrong-issuer", Rejected;
    /// `aud`, `azp`.
    IdTokenAudience = "id-token-wrong-audience", Rejected;
    /// `nonce`.
    IdTokenNonce = "id-token-nonce", Rejected;
    /// `exp`, `iat`, `nbf`.
    IdTokenTime = "id-token-time", Rejected;
    /// `at_hash`, `c_hash`.
    IdTokenHash = "id-token-hash", Rejected;
    /// `acr` is missing or none of the three levels.
    IdTokenLevel = "id-token-level-unknown", Rejected;
    /// `acr` is below what was asked.
    LevelTooLow = "id-token-level-too-low", Rejected;
    /// `sub`.
    IdTokenSubject = "id-token-subject", Rejected;
    /// The userinfo endpoint gives no answer.
    UserinfoUnavailable = "userinfo-unavailable", Unavailable;
    /// Not an encrypted token.
    UserinfoPlain = "userinfo-not-encrypted", Rejected;
    /// Encrypted for another key, or changed.
    UserinfoUndecryptable = "userinfo-not-decryptable", Rejected;
    /// Not signed with a key of the provider.
    UserinfoSignature = "userinfo-signature", Rejected;
    /// Another person's.
    UserinfoSubject = "userinfo-wrong-subject", Rejected;
    /// From or for somebody else, or out of time.
    UserinfoAudience = "userinfo-wrong-audience", Rejected;
    /// Not encrypted, where we registered that it must be.
    IdTokenPlain = "id-token-not-encrypted", Rejected;
    /// Encrypted for another key, or changed.
    IdTokenUndecryptable = "id-token-not-decryptable", Rejected;
    /// The fiscal number is missing, has another form, or is said in two ways.
    FiscalNumber = "openid-fiscal-number", Rejected;
}

/// A cause, and what was wrong, for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    /// The row.
    pub(super) cause: Rejection,
    /// The place and the clause.
    pub(super) detail: String,
}

impl Rejection {
    /// With what was wrong.
    pub(super) fn because(self, detail: impl Into<String>) -> Rejected {
        Rejected { cause: self, detail: detail.into() }
    }
}

impl From<Rejected> for Setback {
    fn from(rejected: Rejected) -> Self {
        let Rejected { cause, detail } = rejected;
        Self { kind: cause.kind(), slug: cause.slug(), detail }
    }
}
