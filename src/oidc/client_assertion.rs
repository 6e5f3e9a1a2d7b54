//! A client assertion, `private_key_jwt` or `client_secret_jwt` (RFC 7523, section 3; OpenID Connect Core
//! 1.0, section 9; FAPI 2.0 Security Profile, section 5.3.2.1).
//!
//! Not the replay check, which needs a store: `client_authentication` makes that with what
//! [`Assertion::verify`] gives.

use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::Client;
use super::client::AuthenticationMethod;
use super::client_authentication::AuthenticationFault;
use crate::crypto::jwk::SignatureAlgorithm;
use crate::crypto::jws::{Audience, Claims, Compact, Expected, Verified};
use crate::effects::Effects;

/// An assertion that was read and not yet verified.
pub(super) struct Assertion<'a>(Compact<'a>);

/// What makes an assertion single.
pub(super) struct Used {
    /// Its `jti`.
    pub(super) id: String,
    /// How long that must be remembered.
    pub(super) lives: Duration,
}

impl<'a> Assertion<'a> {
    /// # Errors
    /// [`AuthenticationFault::Token`].
    pub(super) fn read(token: &'a str) -> Result<Self, AuthenticationFault> {
        Ok(Self(Compact::read(token, &ASSERTION)?))
    }

    /// Who it says it is; nothing is proven yet.
    pub(super) fn claimed_client(&self) -> Option<&str> {
        self.0.claimed_issuer()
    }

    /// Verifies it as the client's registration says.
    ///
    /// # Errors
    /// [`AuthenticationFault`].
    pub(super) async fn verify(
        &self,
        client: &Client,
        issuer: &str,
        fx: &Effects,
    ) -> Result<Used, AuthenticationFault> {
        let verified = self.verified(client, fx).await?;
        let claims = verified.claims();
        let refused = |what| Err(AuthenticationFault::Refused(what));
        let name = Some(client.id.as_str());
        if claims.issuer() != name || claims.subject() != name {
            return refused("iss and sub must both be the client_id");
        }
        if !is_for(claims, client, issuer) {
            return refused("aud must be the issuer and nothing else");
        }
        let now = fx.now();
        claims.in_time(now, SKEW)?;
        let Some(end) = claims.expires() else { return refused("exp is missing") };
        if end > now.plus(LONGEST_LIFE) {
            return refused("exp must be at most 5 minutes ahead");
        }
        let Some(id) = claims.id().filter(|id| id.len() <= LONGEST_ID) else {
            return refused("jti must have 1 to 256 octets");
        };
        Ok(Used { id: id.to_owned(), lives: end.since(now) + SKEW })
    }

    async fn verified(
        &self,
        client: &Client,
        fx: &Effects,
    ) -> Result<Verified, AuthenticationFault> {
        match &client.authentication {
            AuthenticationMethod::SecretJwt(secret) => {
                Ok(self.0.verify_with_secret(secret.expose_secret())?)
            }
            AuthenticationMethod::PrivateKeyJwt => {
                let of_profile = if client.protocol.profile.is_fapi2() {
                    SignatureAlgorithm::FAPI2.as_slice()
                } else {
                    SignatureAlgorithm::ALL.as_slice()
                };
                let registered = client.protocol.assertions.algorithm;
                let allowed = registered.as_ref().map_or(of_profile, std::slice::from_ref);
                Ok(client.keys.verify(&self.0, allowed, fx).await?)
            }
            _ => Err(AuthenticationFault::Refused("another method than the registered one")),
        }
    }
}

/// The issuer and nothing beside it: an assertion made for somebody else as well could be used here by
/// that somebody (CVE-2025-27370). FAPI 2.0 wants it as text, others may write a list of one. The token
/// endpoint is an audience only for a client that is marked as a legacy one.
fn is_for(claims: &Claims, client: &Client, issuer: &str) -> bool {
    let Some(audience) = claims.audience() else { return false };
    if client.protocol.profile.is_fapi2() {
        return audience == Audience::One(issuer);
    }
    let at_token_endpoint = |name: &str| name.strip_prefix(issuer) == Some("/token");
    audience.only().is_some_and(|name| {
        name == issuer || client.protocol.assertions.legacy_audience && at_token_endpoint(name)
    })
}

/// What an assertion looks like. Its own type is the one of draft-ietf-oauth-rfc7523bis; most clients write
/// `JWT` or nothing.
const ASSERTION: Expected =
    Expected { longest: 32 * 1024, types: &["JWT", "client-authentication+jwt"], untyped: true };
/// How far a client's clock may be ahead: FAPI 2.0 wants 10 s accepted and more than 60 s refused.
const SKEW: Duration = Duration::from_secs(60);
/// How far ahead `exp` may be: five minutes, and a clock that is a little fast.
const LONGEST_LIFE: Duration = Duration::from_secs(5 * 60 + 10);
/// Octets of the longest `jti`.
const LONGEST_ID: usize = 256;
