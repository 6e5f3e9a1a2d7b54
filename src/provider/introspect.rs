//! `/introspect`: what a token stands for, told to whom it is for (RFC 7662), as JSON, signed, or signed and
//! encrypted (RFC 9701).
//!
//! Not an oracle: a token that is unknown, dead or meant for others is `{"active":false}` and nothing
//! else. A client sees its own tokens, a resource server those for it.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::token::audience;
use super::{Provider, answer, authentication, behalf, encryption, id_token, token};
use crate::crypto::jose::TokenType;
use crate::fault::Fault;
use crate::login::{AccessToken, Grant, RefreshToken};
use crate::oidc::client::AuthenticationMethod;
use crate::oidc::{Client, Confirmation};

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match introspect(&provider, &request, &body).await {
        Ok(answer) => answer,
        Err(fault) => answer::fault(&provider.broker, fault, authentication::challenge),
    }
}

async fn introspect(
    provider: &Provider,
    request: &HttpRequest,
    body: &[u8],
) -> Result<HttpResponse, Fault> {
    let parameters = token::form(request, body, &["token", "token_type_hint"])?;
    let client = authentication::client(provider, request, &parameters).await?;
    let client = client.client();
    if matches!(client.authentication, AuthenticationMethod::None) {
        // RFC 7662, section 2.1: whoever asks must be authorized to.
        return Err(Fault::of_slug("client-authentication-failed")
            .with_detail("a public client may not look at tokens"));
    }
    let missing = || Fault::of_slug("token-request-invalid").with_detail("token");
    let shown = parameters.get("token").ok_or_else(missing)?;
    let told = told(provider, client, shown).await?;
    let told = told.map_or_else(|| json!({"active": false}), Value::Object);
    let protocol = &client.protocol;
    let (algorithm, encryption) =
        (protocol.introspection_algorithm, protocol.introspection_encryption);
    if algorithm.is_none() && encryption.is_none() && !accepts_jwt(request) {
        return Ok(answer::private(told.to_string()));
    }
    let broker = &provider.broker;
    let payload = json!({
        "iss": broker.settings.issuer,
        "aud": client.id.as_str(),
        "iat": broker.fx.now().unix_seconds(),
        "token_introspection": told,
    })
    .to_string();
    let algorithm = algorithm.unwrap_or(protocol.id_token_algorithm);
    let jwt = provider.sign(algorithm, TokenType::Introspection, payload.as_bytes()).await?;
    // What is encrypted is signed first (RFC 9701, section 5).
    let answered = match encryption {
        None => jwt,
        Some(how) => {
            encryption::to_client(provider, client, how, Some("JWT"), jwt.as_bytes()).await?
        }
    };
    Ok(answer::private_as(MEDIA_TYPE, answered))
}

/// The members of an active token, if `client` may know.
async fn told(
    provider: &Provider,
    client: &Client,
    shown: &str,
) -> Result<Option<Map<String, Value>>, Fault> {
    let broker = &provider.broker;
    if let Some(token) = RefreshToken::parse(shown) {
        let found = broker.look_at(&token).await?;
        let own = found.filter(|(grant, _)| grant.client_id == client.id);
        let Some((grant, family)) = own else { return Ok(None) };
        let mut members = members(provider, &grant)?;
        if let Some(members) = &mut members {
            let scopes = grant.scopes.to_string();
            let exp = family.expires_at.unix_seconds();
            members.insert("scope".to_owned(), scopes.into());
            members.insert("iat".to_owned(), grant.issued_at.unix_seconds().into());
            members.insert("exp".to_owned(), exp.into());
        }
        return Ok(members);
    }
    let Some(token) = AccessToken::parse(shown) else { return Ok(None) };
    let Some(unlocked) = broker.unlock(&token).await? else { return Ok(None) };
    let access = &unlocked.access;
    let own = unlocked.grant.client_id == client.id;
    if !own && !client.mandate.serves_one_of(&access.resources) {
        return Ok(None);
    }
    // A resource server asks because somebody uses the token.
    if !own && !broker.note_use(&unlocked).await? {
        return Ok(None);
    }
    let mut members = members(provider, &unlocked.grant)?;
    if let Some(members) = &mut members {
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        set("scope", access.scopes.to_string().into());
        set("iat", access.issued_at.unix_seconds().into());
        set("exp", access.expires_at.unix_seconds().into());
        set("aud", audience(&access.resources, &broker.settings.issuer));
        let key = matches!(access.confirmation, Some(Confirmation::Key(_)));
        set("token_type", if key { "DPoP" } else { "Bearer" }.into());
        if let Some(confirmation) = &access.confirmation {
            set("cnf", json!(confirmation));
        }
    }
    Ok(members)
}

/// What is told of every token; `acr` and `auth_time` so that a resource server can demand more (RFC 9470,
/// section 6.2). `None` when its client is gone.
fn members(provider: &Provider, grant: &Grant) -> Result<Option<Map<String, Value>>, Fault> {
    let broker = &provider.broker;
    let clients = broker.clients.load();
    let client = clients.get(&grant.client_id).filter(|client| client.is_current(broker.fx.now()));
    let Some(client) = client else { return Ok(None) };
    let identity = &grant.identity;
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    set("active", true.into());
    set("iss", broker.settings.issuer.as_str().into());
    set("sub", id_token::subject(provider, client, grant)?.into());
    set("client_id", grant.client_id.as_str().into());
    set("acr", identity.acr().into());
    set("auth_time", identity.authenticated_at.unix_seconds().into());
    members.extend(behalf::claims(provider, client, grant)?);
    Ok(Some(members))
}

/// RFC 9701, section 4.
fn accepts_jwt(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT);
    accepted.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
        |value| {
            let media_type = value.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case(MEDIA_TYPE)
        },
    )
}

/// RFC 9701, section 5.
const MEDIA_TYPE: &str = "application/token-introspection+jwt";
