//! A refresh token becomes tokens (RFC 6749, section 6; OpenID Connect Core 1.0, section 12).
//!
//! Not the rules of the family: `login::refresh` has those.

use super::mint::{Part, mint};
use super::{Asked, Tokens, invalid};
use crate::fault::Fault;
use crate::login::{Grant, RefreshToken};
use crate::oidc::{Scope, Scopes};
use crate::provider::id_token;

pub(super) async fn refresh(asked: &Asked<'_>) -> Result<Tokens, Fault> {
    let (provider, client) = (asked.provider, asked.client());
    let broker = &provider.broker;
    let shown = asked.parameters.get("refresh_token").ok_or_else(|| invalid("refresh_token"))?;
    let token = RefreshToken::parse(shown).ok_or_else(|| Fault::of_slug("refresh-invalid"))?;
    loop {
        let found = broker.refreshable(&token, client, asked.held.as_ref()).await?;
        let grant = found.grant().clone();
        let part = Part {
            scopes: scopes(asked.parameters.get("scope"), &grant)?,
            resources: asked.resources(&grant)?,
            confirmation: asked.held.clone(),
            expires_at: broker.fx.now().plus(broker.settings.token_lives),
        };
        let (access_token, access) = mint(provider, client, &grant, part).await?;
        let tokens = Tokens::of(asked, &access_token, &access);
        let openid = access.scopes.contains(Scope::Openid);
        // Somebody else was first: what they left is looked at anew.
        let next = broker.refresh(found, &token, access, asked.rotates()).await?;
        let Some(next) = next else { continue };
        // A nonce belongs to the authorization request, which this is not (OpenID Connect Core 1.0,
        // section 12.2).
        let grant = Grant { nonce: None, ..grant };
        let id_token = if openid {
            Some(id_token::of(provider, client, &grant, access_token.reveal()).await?)
        } else {
            None
        };
        return Ok(Tokens { refresh_token: Some(next.reveal()), id_token, ..tokens });
    }
}

/// What is asked for, if all of it was granted (RFC 6749, section 6).
fn scopes(asked: Option<&str>, grant: &Grant) -> Result<Scopes, Fault> {
    let Some(asked) = asked else { return Ok(grant.scopes.clone()) };
    let granted = |name: &str| grant.scopes.iter().any(|scope| scope.name() == name);
    if asked.split(' ').all(granted) {
        Ok(Scopes::parse(asked))
    } else {
        Err(Fault::of_slug("scope-exceeded"))
    }
}
