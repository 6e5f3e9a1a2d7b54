//! `id_token_hint` of a logout: an ID token of ours, as the name of a login (OpenID Connect
//! RP-Initiated Logout 1.0, section 2).
//!
//! Not a credential and not fresh: it may have expired long ago. Its signature, issuer and audience
//! must be ours; a key that signs no more still verifies while the ring publishes it.

use std::sync::Arc;

use super::Provider;
use crate::crypto::Handle;
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Audience, Compact, Expected};
use crate::oidc::{Client, ClientId};

/// Whose login it was.
#[derive(Debug)]
pub(super) struct Hinted {
    pub(super) client: Arc<Client>,
    pub(super) sid: Handle,
}

/// What `token` names; `None` for everything that we did not sign for a client we still know.
pub(super) fn read(provider: &Provider, token: &str) -> Option<Hinted> {
    let token = Compact::read(token, &ID_TOKEN).ok()?;
    // All that the ring publishes, retired keys too.
    let keys = PublicKeys::parse(provider.ring.load().publish().as_bytes()).ok()?;
    let verified = token.verify(&keys, &SignatureAlgorithm::ALL).ok()?;
    let claims = verified.claims();
    if claims.issuer() != Some(&provider.broker.settings.issuer) {
        return None;
    }
    let Audience::One(client) = claims.audience()? else { return None };
    let client = provider.broker.clients.load().get(&ClientId::parse(client)?)?.clone();
    Some(Hinted { client, sid: Handle::parse(claims.text("sid")?)? })
}

/// What an ID token of ours looks like, with every claim in it.
const ID_TOKEN: Expected = Expected { longest: 16 * 1024, types: &["JWT"], untyped: false };
