//! A signed client assertion, `private_key_jwt` (RFC 7523, section 3; RFC 8725).
//!
//! Not the replay check, which needs a store: `client_authentication` makes that with what
//! [`Assertion::verify`] gives. Nothing the token says chooses the key's algorithm.

use std::time::Duration;

use jsonwebtoken::{Algorithm, Header, Validation, dangerous, decode, decode_header};
use serde::Deserialize;

use super::client::ClientKey;
use crate::effects::Timestamp;

/// An assertion that was parsed and not yet verified.
pub(super) struct Assertion<'a> {
    token: &'a str,
    header: Header,
    claims: Claims,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Only([String; 1]),
}

impl<'a> Assertion<'a> {
    /// Parses; every claim that RFC 7523 demands, and `jti`, must be there, once, in its own type.
    ///
    /// # Errors
    /// What is wrong, without values.
    pub(super) fn read(token: &'a str) -> Result<Self, &'static str> {
        if token.len() > LONGEST || token.bytes().filter(|b| *b == b'.').count() != 2 {
            return Err("the assertion is too long or not a compact JWS");
        }
        let header = decode_header(token).map_err(|_| "the assertion has no readable header")?;
        let claims = dangerous::insecure_decode_claims::<Claims>(token)
            .map_err(|_| "the assertion lacks a claim, or has one of another type")?;
        let known = |typ: &str| {
            typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("client-authentication+jwt")
        };
        if header.typ.as_deref().is_some_and(|typ| !known(typ)) {
            return Err("the assertion is a token of another type");
        }
        if header.crit.is_some() {
            return Err("the assertion has critical header members");
        }
        if header.jwk.is_some()
            || header.jku.is_some()
            || header.x5u.is_some()
            || header.x5c.is_some()
        {
            return Err("the assertion brings its own key");
        }
        Ok(Self { token, header, claims })
    }

    /// Who it says it is; nothing is proven yet.
    pub(super) fn claimed_client(&self) -> &str {
        &self.claims.sub
    }

    /// Its `jti`, and how long that must be remembered.
    ///
    /// # Errors
    /// What is wrong, without values.
    pub(super) fn verify(
        self,
        keys: &[ClientKey],
        client: &str,
        issuer: &str,
        now: Timestamp,
    ) -> Result<(String, Duration), &'static str> {
        if !ALGORITHMS.contains(&self.header.alg) || !keys.iter().any(|key| self.is_signed_by(key))
        {
            return Err("unknown client or wrong signature");
        }
        let claims = self.claims;
        if claims.iss != client || claims.sub != client {
            return Err("iss and sub must both be the client_id");
        }
        // The issuer and nothing beside it: an assertion made for somebody else as well could be
        // used here by that somebody (CVE-2025-27370). The token endpoint's address is not it.
        let (Audience::One(audience) | Audience::Only([audience])) = &claims.aud;
        if audience != issuer {
            return Err("aud must be the issuer and nothing else");
        }
        let (now, skew, longest) = (now.unix_seconds(), SKEW.as_secs(), LIVES.as_secs());
        let later = |seconds: u64| now.saturating_add_unsigned(seconds);
        if claims.exp <= now.saturating_sub_unsigned(skew) {
            return Err("the assertion has expired");
        }
        if claims.exp > later(longest + skew) {
            return Err("exp must be at most 10 minutes ahead");
        }
        if claims.nbf.is_some_and(|nbf| nbf > later(skew))
            || claims.iat.is_some_and(|iat| iat > later(skew))
        {
            return Err("the assertion is from the future: compare the clocks");
        }
        if claims.jti.is_empty() || claims.jti.len() > 256 {
            return Err("jti must have 1 to 256 octets");
        }
        let lives = Duration::from_secs(claims.exp.saturating_sub(now).unsigned_abs()) + SKEW;
        Ok((claims.jti, lives))
    }

    fn is_signed_by(&self, key: &ClientKey) -> bool {
        let named = match (&self.header.kid, &key.kid) {
            (Some(shown), Some(known)) => shown == known,
            _ => true,
        };
        if !named || key.algorithm != self.header.alg {
            return false;
        }
        // Times and audience are checked against our own clock and issuer.
        let mut signature_alone = Validation::new(key.algorithm);
        signature_alone.required_spec_claims.clear();
        signature_alone.validate_exp = false;
        signature_alone.validate_aud = false;
        decode::<serde::de::IgnoredAny>(self.token, &key.key, &signature_alone).is_ok()
    }
}

/// What a registration may name.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];
/// Octets of the longest assertion that is read.
const LONGEST: usize = 8 * 1024;
/// How far two honest clocks may differ.
const SKEW: Duration = Duration::from_mins(1);
/// How far ahead `exp` may be.
const LIVES: Duration = Duration::from_mins(10);
