//! The ID token (OpenID Connect Core 1.0, sections 2 and 3.1.3.6; `sid`: Front-Channel Logout
//! 1.0, section 3).
//!
//! Not the claims table: `identity` says which claims there are and who may see them.

use std::time::Duration;

use serde_json::Value;

use super::{Provider, behalf, encryption};
use crate::crypto::digest::{base64url, sha256};
use crate::crypto::jose::TokenType;
use crate::fault::Fault;
use crate::identity::{Release, assurance};
use crate::login::Grant;
use crate::oidc::{Client, Scopes};

/// How long a relying party may take to check it.
const LIVES: Duration = Duration::from_mins(5);

/// The signed token, encrypted where the client registered that, that goes with `access_token`.
pub(super) async fn of(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
    access_token: &str,
) -> Result<String, Fault> {
    let identity = &grant.identity;
    let nothing = Scopes::default();
    // Claims asked for by name are released here even when the rest waits at userinfo.
    let granted = if client.claims_in_id_token { &grant.scopes } else { &nothing };
    let release = Release {
        granted,
        entitled: &client.scopes,
        asked: &grant.claims.id_token,
        profile: client.claims_profile,
        roles: grant.capacity.roles(),
    };
    let mut claims = release.claims(identity);
    claims.extend(assurance(identity, client.claims_profile));
    claims.extend(behalf::claims(provider, client, grant)?);
    let now = provider.broker.fx.now();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", provider.broker.settings.issuer.as_str().into());
    set("sub", self::subject(provider, client, grant)?.into());
    set("aud", client.id.as_str().into());
    set("iat", now.unix_seconds().into());
    set("exp", now.plus(LIVES).unix_seconds().into());
    set("sid", grant.id.reveal().into());
    set("at_hash", at_hash(access_token).into());
    if let Some(nonce) = &grant.nonce {
        set("nonce", nonce.as_str().into());
    }
    let payload = serde_json::to_vec(&claims).map_err(|cause| internal().caused_by(cause))?;
    let jwt = provider.sign(client.protocol.id_token_algorithm, TokenType::Jwt, &payload).await?;
    match client.protocol.id_token_encryption {
        None => Ok(jwt),
        Some(how) => {
            encryption::to_client(provider, client, how, Some("JWT"), jwt.as_bytes()).await
        }
    }
}

/// `sub`: the same in the ID token and at userinfo.
pub(super) fn subject(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
) -> Result<String, Fault> {
    provider.broker.issuer.subject(client, &grant.identity)
}

/// The left half of the token's SHA-256 (section 3.1.3.6); RS256, PS256 and ES256 all hash with it.
fn at_hash(access_token: &str) -> String {
    let digest = sha256(access_token.as_bytes());
    let (left, _) = digest.split_at(16);
    base64url(left)
}

fn internal() -> Fault {
    Fault::of_slug("internal")
}
