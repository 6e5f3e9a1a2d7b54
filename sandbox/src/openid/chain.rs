//! How the sample provider comes to trust a client: configuration, superiors, marks, policy.
//!
//! Not the broker's code: this is what a real provider does with the broker's own statements.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use super::Dialect;
use super::keys::text;
use super::policy;
use super::registry::{CLIENT_MARK, Registry, STATEMENT, Superior};
use super::token::Read;
use crate::error::{Doing as _, SandboxError};

/// A client that the federation vouches for.
#[derive(Debug)]
pub struct Client {
    /// Its identifier.
    pub id: String,
    /// Its metadata after policy.
    pub metadata: Map<String, Value>,
    /// The chain: its configuration, its superiors' statements, the anchor's configuration.
    pub chain: Vec<String>,
    /// When the first of them ends.
    pub expires: i64,
}

impl Client {
    /// Its keys for requests and for answers.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        self.metadata.get("jwks").unwrap_or(&Value::Null)
    }

    /// Whether that is one of its redirect URIs, to the letter.
    #[must_use]
    pub fn returns_to(&self, address: &str) -> bool {
        let known = self.metadata.get("redirect_uris").and_then(Value::as_array);
        known.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(address)))
    }
}

/// The clients of a provider, until their chains end.
#[derive(Debug, Default)]
pub struct Clients {
    known: Mutex<HashMap<String, Arc<Client>>>,
}

impl Clients {
    /// The client, if its chain has not ended.
    #[must_use]
    pub fn known(&self, id: &str, now: i64) -> Option<Arc<Client>> {
        let known = self.known.lock().ok()?;
        known.get(id).filter(|client| client.expires > now).cloned()
    }

    /// The client of that identifier.
    ///
    /// # Errors
    /// What is wrong with its chain.
    pub async fn resolve(
        &self,
        id: &str,
        registry: &Registry,
        http: &reqwest::Client,
    ) -> Result<Arc<Client>, SandboxError> {
        if let Some(known) = self.known(id, registry.now()) {
            return Ok(known);
        }
        let address = format!("{}/.well-known/openid-federation", id.trim_end_matches('/'));
        let answer = http.get(&address).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let answer = answer.doing("fetch the client's configuration")?;
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        if kind != Some("application/entity-statement+jwt") {
            let why = format!("its content type is {kind:?}");
            return Err(SandboxError::new("read the client's configuration", why));
        }
        let own = answer.text().await.doing("fetch the client's configuration")?;
        let client = Arc::new(judge(id, &own, registry)?);
        if let Ok(mut known) = self.known.lock() {
            known.insert(id.to_owned(), Arc::clone(&client));
        }
        Ok(client)
    }
}

fn judge(id: &str, own: &str, registry: &Registry) -> Result<Client, SandboxError> {
    let wrong = |why: &str| SandboxError::new("trust the client", why);
    let read = Read::new(own)?;
    let jwks = read.claims.get("jwks").cloned().unwrap_or_default();
    let read = statement(read, id, id, &jwks, registry.now())?;
    let superior = registry.clients_below();
    let hints = read.claims.get("authority_hints").and_then(Value::as_array);
    let superior_id = registry.id(superior);
    if !hints.is_some_and(|hints| hints.iter().any(|hint| *hint == superior_id.as_str())) {
        return Err(wrong("authority_hints do not name its superior"));
    }
    let absent = || wrong("its superior does not know it");
    let above = registry.fetch(superior, id)?.ok_or_else(absent)?;
    let mut chain = vec![own.to_owned(), above];
    if superior == Superior::Intermediate {
        let anchor = registry.fetch(Superior::Anchor, &superior_id)?;
        chain.push(anchor.ok_or_else(absent)?);
    }
    chain.push(registry.superior_configuration(Superior::Anchor)?);
    // From the anchor down: each statement is signed by a key that the one above vouches for.
    let mut keys = registry.keys().anchor.jwks();
    let mut policies = Vec::new();
    let (mut iss, mut expires) = (registry.id(Superior::Anchor), i64::MAX);
    for (place, token) in chain.iter().enumerate().skip(1).rev().skip(1) {
        let sub = if place == 1 { id.to_owned() } else { superior_id.clone() };
        let read = statement(Read::new(token)?, &iss, &sub, &keys, registry.now())?;
        expires = expires.min(read.number("exp").unwrap_or_default());
        keys = read.claims.get("jwks").cloned().unwrap_or_default();
        let policy = read.claims.pointer("/metadata_policy/openid_relying_party").cloned();
        policies.push(policy.unwrap_or_default());
        iss = sub;
    }
    statement(Read::new(own)?, id, id, &keys, registry.now())?;
    expires = expires.min(read.number("exp").unwrap_or_default());
    // In the final dialect statements bring no marks: here nobody hands them out in another way.
    if registry.dialect() == Dialect::It2023 {
        marked(&read, id, registry)?;
    }
    let metadata = read.claims.pointer("/metadata/openid_relying_party");
    let mut metadata = metadata.and_then(Value::as_object).cloned();
    let metadata_of = metadata.as_mut().ok_or_else(|| wrong("it is no openid_relying_party"))?;
    policy::apply(&policies.iter().collect::<Vec<_>>(), metadata_of)?;
    if metadata_of.get("client_id").and_then(Value::as_str) != Some(id) {
        return Err(wrong("client_id is not its identifier"));
    }
    let metadata = metadata.unwrap_or_default();
    Ok(Client { id: id.to_owned(), metadata, chain, expires })
}

/// A statement of `iss` about `sub`, signed with one of those keys.
fn statement<'t>(
    read: Read<'t>,
    iss: &str,
    sub: &str,
    jwks: &Value,
    now: i64,
) -> Result<Read<'t>, SandboxError> {
    let wrong = |why: &str| Err(SandboxError::new(format!("read what {iss} says of {sub}"), why));
    if text(&read.header, "typ") != Some(STATEMENT) {
        return wrong("typ is not entity-statement+jwt");
    }
    if (read.text("iss"), read.text("sub")) != (iss, sub) {
        return wrong("iss or sub is another");
    }
    if read.number("iat").is_none_or(|iat| iat > now + 60) {
        return wrong("iat is missing or ahead");
    }
    if read.number("exp").is_none_or(|exp| exp < now - 60) {
        return wrong("exp is missing or past");
    }
    read.verified(jwks)
}

/// The mark of relying parties is required, valid and the client's own.
fn marked(own: &Read<'_>, id: &str, registry: &Registry) -> Result<(), SandboxError> {
    let wrong = |why: &str| SandboxError::new("find the client's trust mark", why);
    let wanted = format!("{}{CLIENT_MARK}", registry.id(Superior::Anchor));
    let marks = own.claims.get("trust_marks").and_then(Value::as_array);
    let kind = |mark: &Value| {
        let names = ["trust_mark_type", "id"];
        names.iter().find_map(|name| text(mark, name)).map(str::to_owned)
    };
    let mut marks = marks.into_iter().flatten();
    let entry = marks.find(|mark| kind(mark).as_deref() == Some(&wanted));
    let token = entry.and_then(|entry| text(entry, "trust_mark"));
    let mark = Read::new(token.ok_or_else(|| wrong("its configuration has none"))?)?;
    let mark = mark.verified(&registry.keys().anchor.jwks())?;
    if kind(&mark.claims).as_deref() != Some(&wanted) || mark.text("sub") != id {
        return Err(wrong("it is another's, or of another type"));
    }
    if mark.number("exp").is_some_and(|exp| exp < registry.now()) {
        return Err(wrong("it has expired"));
    }
    Ok(())
}
