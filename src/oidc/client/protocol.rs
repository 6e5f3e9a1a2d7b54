//! How a client speaks OAuth and OpenID Connect: profile, grants, requests, answers, tokens, logout.
//!
//! Not as it is written: [`super::ClientMetadata::check`] is the only maker, so what stands here
//! fits together (RFC 7591, section 2; OpenID Connect Registration 1.0, section 2).

use std::time::Duration;

use super::IdTokenAlgorithm as SigningAlgorithm;
pub use crate::crypto::jwe::{ContentEncryption, Encryption, KeyManagement};
use crate::crypto::jwk::SignatureAlgorithm;
use crate::terms::Level;

/// Which rules a client is held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// OpenID Connect Basic, with RFC 9700.
    #[default]
    Standard,
    /// FAPI 2.0 Security Profile.
    Fapi2,
    /// FAPI 2.0 Message Signing: also signed requests and signed answers.
    Fapi2MessageSigning,
}

impl Profile {
    /// Whether FAPI 2.0 holds, signed messages or not.
    #[must_use]
    pub const fn is_fapi2(self) -> bool {
        !matches!(self, Self::Standard)
    }
}

/// Where an application runs (OpenID Connect Registration 1.0, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApplicationType {
    /// On a server, or in a browser.
    #[default]
    Web,
    /// On a person's device: a loopback redirect URI matches with any port (RFC 8252, section 7.3).
    Native,
}

/// What a client may use at the token endpoint, beside a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// `refresh_token`.
    pub refresh_token: bool,
    /// `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693).
    pub token_exchange: bool,
}

/// What an authorization request of the client must look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Only pushed ones (RFC 9126, section 6).
    pub pushed_only: bool,
    /// Only signed ones (RFC 9101, section 10.5).
    pub signed_only: bool,
    /// Whether PKCE may be omitted.
    pub legacy_without_pkce: bool,
    /// `default_max_age`.
    pub default_max_age: Option<Duration>,
    /// The lowest of `default_acr_values`, for a request that names none.
    pub default_level: Option<Level>,
}

/// What access tokens are bound to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenBinding {
    /// Nothing: a bearer token, or a DPoP key if the client shows one.
    #[default]
    Bearer,
    /// A DPoP key, always (RFC 9449, section 5.2).
    Dpop,
    /// The client's certificate (RFC 8705, section 3).
    Certificate,
}

/// What an access token looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccessTokenFormat {
    /// A handle: only introspection and userinfo read it.
    #[default]
    Opaque,
    /// A signed JWT (RFC 9068).
    Jwt(SigningAlgorithm),
}

/// What an assertion of the client must look like, where it proves itself with one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assertions {
    /// `token_endpoint_auth_signing_alg`; `None`: whatever the profile allows.
    pub algorithm: Option<SignatureAlgorithm>,
    /// Whether the token endpoint's address may stand for the issuer as `aud`.
    pub legacy_audience: bool,
}

/// Where the client hears of logouts by one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutChannel {
    /// The address.
    pub uri: String,
    /// Whether `sid` must be told (and, by front-channel, `iss`).
    pub session_required: bool,
}

/// Which earlier login of the same browser counts for this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionReuse {
    /// The highest level that is reused without asking the provider again; `None`: none.
    pub highest: Option<Level>,
}

impl Default for SessionReuse {
    /// Level 1: from level 2 on the rules of SPID want a fresh authentication.
    fn default() -> Self {
        Self { highest: Some(Level::L1) }
    }
}

/// What a person is told before data leave for the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Information {
    /// No page.
    #[default]
    None,
    /// A page that says what is released.
    Notice,
    /// A page that asks.
    Consent,
}

/// Everything about the protocol that a registration fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// `profile`.
    pub profile: Profile,
    /// `application_type`.
    pub application_type: ApplicationType,
    /// Exact redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Exact addresses to which a browser may go after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// `grant_types`.
    pub grants: Grants,
    /// Rules for its authorization requests.
    pub requests: Requests,
    /// Rules for its assertions.
    pub assertions: Assertions,
    /// `authorization_signed_response_alg`: how answers in JWTs are signed (JARM).
    pub authorization_response_algorithm: SigningAlgorithm,
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: SigningAlgorithm,
    /// `id_token_encrypted_response_alg`, `…_enc`.
    pub id_token_encryption: Option<Encryption>,
    /// `userinfo_signed_response_alg`; `None`: plain JSON.
    pub userinfo_algorithm: Option<SigningAlgorithm>,
    /// `userinfo_encrypted_response_alg`, `…_enc`.
    pub userinfo_encryption: Option<Encryption>,
    /// `introspection_signed_response_alg`; `None`: JSON unless a JWT is asked for.
    pub introspection_algorithm: Option<SigningAlgorithm>,
    /// `introspection_encrypted_response_alg`, `…_enc`: what is signed is encrypted then.
    pub introspection_encryption: Option<Encryption>,
    /// What its access tokens are bound to.
    pub token_binding: TokenBinding,
    /// What its access tokens look like.
    pub access_token_format: AccessTokenFormat,
    /// The resource servers that its tokens may be for (RFC 8707), by their absolute URIs.
    pub resources: Vec<String>,
    /// `backchannel_logout_uri`.
    pub backchannel_logout: Option<LogoutChannel>,
    /// `frontchannel_logout_uri`.
    pub frontchannel_logout: Option<LogoutChannel>,
    /// `session_reuse`.
    pub session_reuse: SessionReuse,
    /// `information`.
    pub information: Information,
}

impl Protocol {
    /// The members whose answers are encrypted, and how.
    pub fn encrypted(&self) -> impl Iterator<Item = (&'static str, Encryption)> {
        let registered = [
            ("id_token_encrypted_response_alg", self.id_token_encryption),
            ("userinfo_encrypted_response_alg", self.userinfo_encryption),
            ("introspection_encrypted_response_alg", self.introspection_encryption),
        ];
        registered.into_iter().filter_map(|(member, how)| Some((member, how?)))
    }

    /// The first member whose answers none of these algorithms signs.
    #[must_use]
    pub fn unsigned(&self, signs: &[SigningAlgorithm]) -> Option<(&'static str, SigningAlgorithm)> {
        let access_tokens = match self.access_token_format {
            AccessTokenFormat::Opaque => None,
            AccessTokenFormat::Jwt(algorithm) => Some(algorithm),
        };
        let registered = [
            ("id_token_signed_response_alg", Some(self.id_token_algorithm)),
            ("authorization_signed_response_alg", Some(self.authorization_response_algorithm)),
            ("userinfo_signed_response_alg", self.userinfo_algorithm),
            ("introspection_signed_response_alg", self.introspection_algorithm),
            ("access_token_format", access_tokens),
        ];
        registered.into_iter().find_map(|(member, algorithm)| {
            Some((member, algorithm.filter(|one| !signs.contains(one))?))
        })
    }
}
