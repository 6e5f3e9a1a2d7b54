//! The vocabulary of what we sign: algorithm, type of token, and the public half of a key with its
//! name (RFC 7515, section 3.1; RFC 7517; RFC 7638).
//!
//! Not signing (`signer.rs`), and not a decoder of what others signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::digest::{base64url, sha256};

/// How a token is signed. Nothing else is ever signed with; a key has one algorithm.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the default.
    #[default]
    RS256,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and 32 octets of salt.
    PS256,
    /// ECDSA with P-256 and SHA-256.
    ES256,
}

impl SigningAlgorithm {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::RS256, Self::PS256, Self::ES256];

    /// The name on the wire (RFC 7518, section 3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
        }
    }

    /// The algorithm of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// What a token is: its `typ` header (RFC 8725, section 3.11). A token of one type never passes for
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    /// `JWT`: ID tokens, signed userinfo, authorization responses.
    Jwt,
    /// `at+jwt`: access tokens (RFC 9068, section 2.1).
    AccessToken,
    /// `logout+jwt`: logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4).
    LogoutToken,
    /// `token-introspection+jwt`: signed introspection (RFC 9701, section 5).
    Introspection,
    /// `entity-statement+jwt`: statements in a federation (OpenID Federation 1.0, section 3.1).
    EntityStatement,
    /// `resolve-response+jwt`: what is known of another entity (OpenID Federation 1.0, section 8.3.2).
    ResolveResponse,
    /// `explicit-registration-response+jwt`: what a relying party of a federation is registered as (OpenID
    /// Federation 1.0, section 12.2.3).
    RegistrationResponse,
    /// `jwk-set+jwt`: federation keys of the past (OpenID Federation 1.0, section 8.7.2).
    KeySet,
    /// `varco-anchor+jwt`: the head of the trail (`docs/reference/audit.md`).
    Anchor,
}

impl TokenType {
    /// The value of `typ`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::AccessToken => "at+jwt",
            Self::LogoutToken => "logout+jwt",
            Self::Introspection => "token-introspection+jwt",
            Self::EntityStatement => "entity-statement+jwt",
            Self::ResolveResponse => "resolve-response+jwt",
            Self::RegistrationResponse => "explicit-registration-response+jwt",
            Self::KeySet => "jwk-set+jwt",
            Self::Anchor => "varco-anchor+jwt",
        }
    }
}

/// What everybody may know of a key of ours: name, JWK, and the JWS headers made with both.
#[derive(Debug)]
pub struct PublicKey {
    algorithm: SigningAlgorithm,
    kid: String,
    jwk: Value,
    /// `base64url(header) + "."`, one for each type.
    jwt: String,
    access_token: String,
    logout_token: String,
    introspection: String,
    entity_statement: String,
    resolve_response: String,
    registration_response: String,
    key_set: String,
    anchor: String,
}

impl PublicKey {
    /// An RSA key: modulus and exponent, big-endian, without leading zeros.
    #[must_use]
    pub fn rsa(algorithm: SigningAlgorithm, modulus: &[u8], exponent: &[u8]) -> Self {
        let (n, e) = (base64url(modulus), base64url(exponent));
        // RFC 7638, section 3.2: the required members alone, in lexicographic order, no blanks.
        let thumbprinted = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
        Self::new(algorithm, &thumbprinted, json!({"kty": "RSA", "n": n, "e": e}))
    }

    /// A key on P-256: the coordinates of its point, 32 octets each.
    #[must_use]
    pub fn p256(x: &[u8], y: &[u8]) -> Self {
        let (x, y) = (base64url(x), base64url(y));
        let thumbprinted = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
        Self::new(SigningAlgorithm::ES256, &thumbprinted, jwk)
    }

    fn new(algorithm: SigningAlgorithm, thumbprinted: &str, mut jwk: Value) -> Self {
        let kid = base64url(&sha256(thumbprinted.as_bytes()));
        if let Some(members) = jwk.as_object_mut() {
            for (name, value) in [("use", "sig"), ("alg", algorithm.name()), ("kid", &kid)] {
                members.insert(name.to_owned(), value.into());
            }
        }
        let header = |typ: TokenType| {
            let header = json!({"alg": algorithm.name(), "kid": kid, "typ": typ.name()});
            base64url(header.to_string().as_bytes()) + "."
        };
        Self {
            algorithm,
            jwt: header(TokenType::Jwt),
            access_token: header(TokenType::AccessToken),
            logout_token: header(TokenType::LogoutToken),
            introspection: header(TokenType::Introspection),
            entity_statement: header(TokenType::EntityStatement),
            resolve_response: header(TokenType::ResolveResponse),
            registration_response: header(TokenType::RegistrationResponse),
            key_set: header(TokenType::KeySet),
            anchor: header(TokenType::Anchor),
            kid,
            jwk,
        }
    }

    /// The one algorithm it is for.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The name of the key: its RFC 7638 thumbprint with SHA-256, base64url.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// As a JWK, with `use`, `alg` and `kid`.
    #[must_use]
    pub const fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// The JWS signing input over the octets of `payload`, with room for a signature.
    pub(super) fn signing_input(&self, typ: TokenType, payload: &[u8]) -> String {
        let header = match typ {
            TokenType::Jwt => &self.jwt,
            TokenType::AccessToken => &self.access_token,
            TokenType::LogoutToken => &self.logout_token,
            TokenType::Introspection => &self.introspection,
            TokenType::EntityStatement => &self.entity_statement,
            TokenType::ResolveResponse => &self.resolve_response,
            TokenType::RegistrationResponse => &self.registration_response,
            TokenType::KeySet => &self.key_set,
            TokenType::Anchor => &self.anchor,
        };
        // 342 is an RSA-2048 signature, the longest usual one.
        let mut input = String::with_capacity(header.len() + payload.len().div_ceil(3) * 4 + 343);
        input.push_str(header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut input);
        input
    }
}

/// The compact JWS of an input and its signature.
pub(super) fn compact(mut input: String, signature: &[u8]) -> String {
    input.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut input);
    input
}
