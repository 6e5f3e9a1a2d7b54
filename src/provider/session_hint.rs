//! `id_token_hint` of a logout: an ID token of ours, as the name of a login (OpenID Connect
//! RP-Initiated Logout 1.0, section 2).
//!
//! Not a credential and not fresh: it may have expired long ago. Its signature, issuer and audience
//! must be ours; a key that signs no more still verifies while the ring publishes it.

use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::Provider;
use crate::crypto::Handle;
use crate::oidc::{Client, ClientId};

/// Whose login it was.
#[derive(Debug)]
pub(super) struct Hinted {
    pub(super) client: Arc<Client>,
    pub(super) sid: Handle,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sid: String,
}

/// What `token` names; `None` for everything that we did not sign for a client we still know.
pub(super) fn read(provider: &Provider, token: &str) -> Option<Hinted> {
    if token.len() > LONGEST {
        return None;
    }
    let kid = decode_header(token).ok()?.kid?;
    let ring = provider.ring.load();
    let keys: JwkSet = serde_json::from_str(ring.publish()).ok()?;
    let jwk = keys.find(&kid)?;
    // The key says how it signs, never the token.
    let algorithm = match jwk.common.key_algorithm?.to_string().as_str() {
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        _ => return None,
    };
    let mut signature_alone = Validation::new(algorithm);
    signature_alone.required_spec_claims.clear();
    signature_alone.validate_exp = false;
    signature_alone.validate_aud = false;
    let key = DecodingKey::from_jwk(jwk).ok()?;
    let claims = decode::<Claims>(token, &key, &signature_alone).ok()?.claims;
    if claims.iss != provider.broker.settings.issuer {
        return None;
    }
    let client = provider.broker.clients.load().get(&ClientId::parse(&claims.aud)?)?.clone();
    Some(Hinted { client, sid: Handle::parse(&claims.sid)? })
}

/// Octets of the longest token that is read: one with every claim in it.
const LONGEST: usize = 16 * 1024;
