//! A token of one client becomes a token of another, so that one service of an agency can call the next in
//! the name of the same person (RFC 8693).
//!
//! Not impersonation: the new token is its client's own, and says who acts. It shows no higher level, no
//! wider scope and no later end than what it was exchanged for, and dies with that.

use super::mint::{Part, mint};
use super::{Asked, Tokens, invalid};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::identity::Capacity;
use crate::login::{AccessToken, Act, Delegation, Grant, Parent, Unlocked};
use crate::oidc::client::Exchange;
use crate::oidc::{ClaimsRequest, Client, Scope, Scopes};

pub(super) async fn exchange(asked: &Asked<'_>) -> Result<Tokens, Fault> {
    let (provider, client) = (asked.provider, asked.client());
    let (broker, parameters) = (&provider.broker, asked.parameters);
    let subject = parameters.get("subject_token").ok_or_else(|| invalid("subject_token"))?;
    if parameters.get("subject_token_type") != Some(ACCESS_TOKEN) {
        return Err(invalid("subject_token_type"));
    }
    if parameters.get("requested_token_type").is_some_and(|name| name != ACCESS_TOKEN) {
        return Err(invalid("requested_token_type"));
    }
    // Whoever acts is the client that asks: it is authenticated, and needs no token to say so.
    if parameters.has("actor_token") || parameters.has("actor_token_type") {
        return Err(invalid("actor_token"));
    }
    let token = AccessToken::parse(subject).ok_or_else(|| refused("no access token of ours"))?;
    let subject = broker.unlock(&token).await?.ok_or_else(|| refused("the token is dead"))?;
    let rule = rule(client, &subject)?;
    let objection = broker.objection_now(client, subject.grant.signed_in(), &[]).await;
    if let Some(objection) = objection {
        return Err(refused(objection));
    }
    let resources = targets(asked, rule, &broker.settings.issuer)?;
    let scopes = scopes(asked, &subject)?;
    let delegation = delegation(client, &subject)?;
    if !broker.note_use(&subject).await? {
        return Err(refused("the token is dead"));
    }
    let now = broker.fx.now();
    let grant = Grant {
        id: Handle::fresh(&broker.fx),
        client_id: client.id.clone(),
        challenge: None,
        scopes: scopes.clone(),
        claims: ClaimsRequest::default(),
        nonce: None,
        dpop_jkt: None,
        resources: resources.clone(),
        // Roles are told to the service whose source they come from.
        capacity: Capacity::default(),
        delegation: Some(Box::new(delegation)),
        identity: subject.grant.identity.told_to(client),
        issued_at: now,
        ..subject.grant
    };
    let expires_at = now.plus(broker.settings.token_lives).min(subject.access.expires_at);
    let confirmation = asked.held.clone();
    let part = Part { scopes, resources, confirmation, expires_at };
    let (access_token, access) = mint(provider, client, &grant, part).await?;
    let tokens = Tokens {
        issued_token_type: Some(ACCESS_TOKEN),
        ..Tokens::of(asked, &access_token, &access)
    };
    broker.issue_tokens(&grant, access, None).await?;
    Ok(tokens)
}

/// What the operator allows for tokens of that client. A token for resource servers is exchanged by one of
/// them: whoever else has it was not meant to.
fn rule<'c>(client: &'c Client, subject: &Unlocked) -> Result<&'c Exchange, Fault> {
    let (grant, access) = (&subject.grant, &subject.access);
    let rule = client.mandate.exchange(&grant.client_id);
    let rule = rule.ok_or_else(|| refused("not the tokens of that client"))?;
    if !access.resources.is_empty() && !client.mandate.serves_one_of(&access.resources) {
        return Err(refused("the token is for other resource servers"));
    }
    Ok(rule)
}

/// For which resource servers, each of them allowed; userinfo has to be named as well, by the issuer.
fn targets(asked: &Asked<'_>, rule: &Exchange, issuer: &str) -> Result<Vec<String>, Fault> {
    let mut targets = asked.parameters.all("resource");
    targets.extend(asked.parameters.all("audience"));
    targets.sort_unstable();
    targets.dedup();
    if targets.is_empty() {
        targets.push(issuer);
    }
    if targets.iter().any(|uri| !rule.resources.iter().any(|known| known == uri)) {
        return Err(Fault::of_slug("token-target-invalid"));
    }
    Ok(targets.into_iter().map(str::to_owned).collect())
}

/// What both clients may have, or the part of it that is asked for.
fn scopes(asked: &Asked<'_>, subject: &Unlocked) -> Result<Scopes, Fault> {
    let both = subject.access.scopes.and(&asked.client().scopes).without(Scope::OfflineAccess);
    let Some(named) = asked.parameters.get("scope") else { return Ok(both) };
    let held = |name: &str| both.iter().any(|scope| scope.name() == name);
    if named.split(' ').all(held) {
        Ok(Scopes::parse(named))
    } else {
        Err(Fault::of_slug("scope-exceeded"))
    }
}

/// `act` says who acts, and nests who acted before (RFC 8693, section 4.1).
fn delegation(client: &Client, subject: &Unlocked) -> Result<Delegation, Fault> {
    let before = subject.grant.delegation.as_deref();
    let act = before.map(|before| Box::new(before.act.clone()));
    let act = Act { sub: client.id.as_str().to_owned(), act };
    if act.depth() > DEEPEST {
        return Err(refused("too many have exchanged it already"));
    }
    let first = Parent { grant: subject.grant.id.clone(), access: subject.access.digest };
    let mut parents = vec![first];
    parents.extend(before.iter().flat_map(|before| before.parents.iter().cloned()));
    Ok(Delegation { parents, act })
}

/// RFC 8693, section 2.2.2: a subject token that is invalid, or that policy refuses.
fn refused(what: &str) -> Fault {
    Fault::of_slug("exchange-refused").with_detail(what)
}

/// RFC 8693, section 3.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// How many may act one for the other.
const DEEPEST: usize = 4;
