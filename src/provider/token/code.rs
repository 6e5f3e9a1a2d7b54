//! A code becomes tokens, for the client it was made for (RFC 6749, section 4.1.3).
//!
//! Not the single use of a code: `login::redeem` sees to that.

use super::mint::{Part, mint};
use super::{Asked, Tokens, invalid};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::login::RefreshToken;
use crate::oidc::Scope;
use crate::provider::id_token;

pub(super) async fn redeem(asked: &Asked<'_>) -> Result<Tokens, Fault> {
    let broker = &asked.provider.broker;
    let parameters = asked.parameters;
    let code = parameters.get("code").ok_or_else(|| invalid("code"))?;
    let code = Handle::parse(code).ok_or_else(|| Fault::of_slug("code-invalid"))?;
    let redirect_uri = parameters.get("redirect_uri").unwrap_or_default();
    let verifier = parameters.get("code_verifier");
    // A code is not used up for a key that cannot sign.
    broker.issuer.ready(asked.client().protocol.id_token_algorithm).await?;
    let held = asked.held.as_ref();
    let grant = broker.redeem(&code, &asked.client, redirect_uri, verifier, held).await?;
    let part = Part {
        scopes: grant.scopes.clone(),
        resources: asked.resources(&grant)?,
        confirmation: asked.held.clone(),
        expires_at: broker.fx.now().plus(broker.settings.token_lives),
    };
    let (access_token, access) = mint(asked.provider, asked.client(), &grant, part).await?;
    // The registration of the grant type is the condition under which offline access may be had
    // without prompt=consent (OpenID Connect Core 1.0, section 11).
    let offline = grant.scopes.contains(Scope::OfflineAccess);
    let refresh_token = offline.then(|| RefreshToken::first(&grant.id, &broker.fx));
    let bound_to = asked.held.as_ref().filter(|_| asked.is_public()).cloned();
    let refresh = refresh_token.as_ref().map(|first| (first, bound_to));
    let id_token =
        id_token::of(asked.provider, asked.client(), &grant, access_token.reveal()).await?;
    let tokens = Tokens {
        refresh_token: refresh_token.as_ref().map(RefreshToken::reveal),
        id_token: Some(id_token),
        ..Tokens::of(asked, &access_token, &access)
    };
    broker.issue_tokens(&grant, access, refresh).await?;
    Ok(tokens)
}
