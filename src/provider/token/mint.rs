//! The access token: opaque, or a JWT that resource servers read themselves (RFC 9068).
//!
//! Not its record: `login` files that, for both alike.

use serde_json::{Value, json};

use super::super::behalf;
use super::{Asked, Tokens};
use crate::crypto::jose::TokenType;
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::login::{Access, AccessToken, Grant};
use crate::oidc::client::AccessTokenFormat;
use crate::oidc::{Client, Confirmation, Scopes};
use crate::provider::{Provider, id_token};

/// Which part of its grant a token is good for.
pub(super) struct Part {
    pub(super) scopes: Scopes,
    pub(super) resources: Vec<String>,
    pub(super) confirmation: Option<Confirmation>,
    pub(super) expires_at: Timestamp,
}

/// A new access token, and what its record says.
pub(super) async fn mint(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
    part: Part,
) -> Result<(AccessToken, Access), Fault> {
    let issued_at = provider.broker.fx.now();
    let token = match client.protocol.access_token_format {
        AccessTokenFormat::Opaque => AccessToken::opaque(&grant.id, &provider.broker.fx),
        AccessTokenFormat::Jwt(algorithm) => {
            let claims = claims(provider, client, grant, &part, issued_at)?;
            let payload = serde_json::to_vec(&claims)
                .map_err(|cause| Fault::of_slug("internal").caused_by(cause))?;
            let jwt = provider.sign(algorithm, TokenType::AccessToken, &payload).await?;
            AccessToken::signed(&grant.id, jwt)
        }
    };
    let Part { scopes, resources, confirmation, expires_at } = part;
    let digest = token.digest();
    Ok((token, Access { digest, issued_at, expires_at, scopes, resources, confirmation }))
}

/// RFC 9068, sections 2.2 and 2.2.1; `cnf`: RFC 9449, section 6.1 and RFC 8705, section 3.1.
fn claims(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
    part: &Part,
    issued_at: Timestamp,
) -> Result<Value, Fault> {
    let broker = &provider.broker;
    let identity = &grant.identity;
    let mut claims = json!({
        "iss": broker.settings.issuer,
        "sub": id_token::subject(provider, client, grant)?,
        "aud": audience(&part.resources, &broker.settings.issuer),
        "client_id": client.id.as_str(),
        "iat": issued_at.unix_seconds(),
        "exp": part.expires_at.unix_seconds(),
        "jti": AccessToken::id(&grant.id, &broker.fx),
        "scope": part.scopes.to_string(),
        "acr": identity.acr(),
        "auth_time": identity.authenticated_at.unix_seconds(),
    });
    if let Some(members) = claims.as_object_mut() {
        if let Some(confirmation) = &part.confirmation {
            members.insert("cnf".to_owned(), json!(confirmation));
        }
        members.extend(behalf::claims(provider, client, grant)?);
    }
    Ok(claims)
}

/// `aud`: the resource servers, or the issuer for a token that only our userinfo takes.
pub(in crate::provider) fn audience(resources: &[String], issuer: &str) -> Value {
    match resources {
        [] => issuer.into(),
        [one] => one.as_str().into(),
        several => json!(several),
    }
}

impl Tokens {
    /// An answer that gives an access token alone.
    pub(super) fn of(asked: &Asked<'_>, token: &AccessToken, access: &Access) -> Self {
        Self {
            access_token: token.reveal().to_owned(),
            token_type: match asked.held {
                Some(Confirmation::Key(_)) => "DPoP",
                Some(Confirmation::Certificate(_)) | None => "Bearer",
            },
            expires_in: access.expires_at.since(access.issued_at).as_secs(),
            scope: access.scopes.to_string(),
            issued_token_type: None,
            refresh_token: None,
            id_token: None,
        }
    }
}
