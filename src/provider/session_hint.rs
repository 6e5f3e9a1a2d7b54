//! `id_token_hint`: an ID token of ours, as the name of a login or of a person (OpenID Connect
//! RP-Initiated Logout 1.0, section 2; OpenID Connect Core 1.0, section 3.1.2.1).
//!
//! Not a credential and not fresh: it may have expired long ago. Its signature, issuer and audience
//! must be ours; a key that signs no more still verifies while the ring publishes it.

use std::sync::Arc;

use super::Provider;
use crate::crypto::Handle;
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Compact, Expected};
use crate::oidc::{Client, ClientId};

/// Whose login it was.
#[derive(Debug)]
pub(super) struct Hinted {
    pub(super) client: Arc<Client>,
    pub(super) sid: Handle,
    /// The person, as that client knows them.
    pub(super) subject: String,
}

/// What `token` names; `None` for everything that we did not sign for a client we still know.
pub(super) fn read(provider: &Provider, token: &str) -> Option<Hinted> {
    let broker = &provider.broker;
    let keys = PublicKeys::parse(broker.issuer.ring().publish().as_bytes()).ok()?;
    let verified = Compact::read(token, &ID_TOKEN).ok()?.verify(&keys, &SignatureAlgorithm::ALL);
    let verified = verified.ok()?;
    let claims = verified.claims();
    if claims.issuer() != Some(&broker.settings.issuer) {
        return None;
    }
    let audience = ClientId::parse(claims.audience()?.only()?)?;
    let client = broker.clients.load().get(&audience)?.clone();
    let sid = Handle::parse(claims.text("sid")?)?;
    Some(Hinted { client, sid, subject: claims.subject()?.to_owned() })
}

/// One with every claim in it.
const ID_TOKEN: Expected = Expected { longest: 16 * 1024, types: &["JWT"], untyped: false };
