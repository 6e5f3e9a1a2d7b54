//! What a client asks of the sample provider: the signed request and the assertion, judged as strictly as
//! the rules of CIE allow.
//!
//! Not the broker's checks of its own relying parties.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::chain::Client;
use super::keys::text;
use super::metadata::ACR;
use super::token::Read;
use crate::error::SandboxError;

/// A request that was well asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who asks.
    pub client: Arc<Client>,
    /// Where the browser goes back to.
    pub redirect_uri: String,
    /// The client's own.
    pub state: String,
    /// The client's own, for the ID token.
    pub nonce: String,
    /// S256 of a secret of the client.
    pub challenge: String,
    /// The weakest level that is good enough: its URI.
    pub acr: String,
    /// `openid` and others.
    pub scopes: Vec<String>,
    /// Claims asked of userinfo.
    pub userinfo: Vec<String>,
    /// Claims asked of the ID token.
    pub id_token: Vec<String>,
}

/// Identifiers of tokens that came once.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashSet<String>>);

impl Seen {
    fn first(&self, id: &str) -> bool {
        !id.is_empty() && self.0.lock().is_ok_and(|mut seen| seen.insert(id.to_owned()))
    }
}

/// Judges the outer parameters and the request object in them.
///
/// # Errors
/// The first thing that is wrong.
pub fn judge(
    outer: &BTreeMap<String, String>,
    client: Arc<Client>,
    provider: &str,
    now: i64,
    seen: &Seen,
) -> Result<Asked, SandboxError> {
    let wrong = |why: &str| Err(SandboxError::new("accept the request", why));
    let outer = |name: &str| outer.get(name).map(String::as_str).unwrap_or_default();
    for name in ["redirect_uri", "state", "nonce", "claims", "code_verifier", "request_uri"] {
        if !outer(name).is_empty() {
            return wrong(&format!("{name} stands outside of the request object"));
        }
    }
    let read = Read::new(outer("request"))?.verified(client.jwks())?;
    if text(&read.header, "typ").is_some_and(|typ| !["JWT", "oauth-authz-req+jwt"].contains(&typ)) {
        return wrong("typ is another");
    }
    if [read.text("iss"), read.text("client_id"), outer("client_id")] != [client.id.as_str(); 3] {
        return wrong("iss, client_id or the outer client_id is another's");
    }
    if read.text("aud") != provider {
        return wrong("aud is not the provider, as one string");
    }
    if read.claims.get("sub").is_some() || read.claims.get("code_verifier").is_some() {
        return wrong("sub or code_verifier stands in the request object");
    }
    fresh(&read, now)?;
    if !seen.first(read.text("jti")) {
        return wrong("jti is missing or came before");
    }
    for name in ["response_type", "scope", "code_challenge", "code_challenge_method"] {
        if read.text(name).is_empty() || read.text(name) != outer(name) {
            return wrong(&format!("{name} differs from the outer one"));
        }
    }
    if (read.text("response_type"), read.text("code_challenge_method")) != ("code", "S256") {
        return wrong("response_type is not code, or the method not S256");
    }
    let scopes: Vec<_> = read.text("scope").split(' ').map(str::to_owned).collect();
    if !scopes.iter().any(|scope| scope == "openid") {
        return wrong("scope has no openid");
    }
    if !client.returns_to(read.text("redirect_uri")) {
        return wrong("redirect_uri is not one of the client's");
    }
    for name in ["state", "nonce"] {
        let value = read.text(name);
        if value.len() < 32 || !value.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
            return wrong(&format!("{name} has not 32 letters and digits"));
        }
    }
    if !["consent", "consent login"].contains(&read.text("prompt")) {
        return wrong("prompt is neither consent nor consent login");
    }
    let asked: Vec<_> = read.text("acr_values").split(' ').collect();
    let level = |uri: &str| ACR.iter().position(|known| *known == uri);
    let Some(levels) = asked.iter().map(|uri| level(uri)).collect::<Option<Vec<_>>>() else {
        return wrong("acr_values names no level, or an unknown one");
    };
    let lowest = levels.iter().min().and_then(|place| ACR.get(*place));
    Ok(Asked {
        redirect_uri: read.text("redirect_uri").to_owned(),
        state: read.text("state").to_owned(),
        nonce: read.text("nonce").to_owned(),
        challenge: read.text("code_challenge").to_owned(),
        acr: (*lowest.unwrap_or(&"")).to_owned(),
        scopes,
        userinfo: names(&read.claims, "/claims/userinfo"),
        id_token: names(&read.claims, "/claims/id_token"),
        client,
    })
}

fn names(claims: &Value, pointer: &str) -> Vec<String> {
    let asked = claims.pointer(pointer).and_then(Value::as_object);
    asked.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// `iat` and `exp`, both required, no more than five minutes apart.
fn fresh(read: &Read<'_>, now: i64) -> Result<(), SandboxError> {
    let wrong = |why| Err(SandboxError::new("accept a signed request", why));
    let (Some(iat), Some(exp)) = (read.number("iat"), read.number("exp")) else {
        return wrong("iat or exp is missing");
    };
    if iat > now + 60 || exp < now - 60 || exp - iat > 300 {
        return wrong("iat is ahead, or exp past or too far");
    }
    Ok(())
}

/// Judges the client's assertion at the endpoint of that address (RFC 7523; the rules want that address as
/// audience).
///
/// # Errors
/// The first thing that is wrong.
pub fn authenticate(
    form: &BTreeMap<String, String>,
    client: &Client,
    endpoint: &str,
    now: i64,
    seen: &Seen,
) -> Result<(), SandboxError> {
    let wrong = |why: &str| Err(SandboxError::new("authenticate the client", why));
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if field("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
        return wrong("client_assertion_type is another");
    }
    let read = Read::new(field("client_assertion"))?.verified(client.jwks())?;
    let id = client.id.as_str();
    if [read.text("iss"), read.text("sub"), field("client_id")] != [id; 3] {
        return wrong("iss, sub or client_id is another's");
    }
    if read.text("aud") != endpoint {
        return wrong("aud is not this endpoint");
    }
    fresh(&read, now)?;
    if !seen.first(read.text("jti")) {
        return wrong("jti is missing or came before");
    }
    Ok(())
}
