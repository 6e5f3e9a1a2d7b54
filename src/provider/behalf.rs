//! Who acts, told wherever somebody is told: `act` (RFC 8693, section 4.1) and by what right.
//!
//! Not a way to leave it out: it goes with every token, answer and ID token of a grant that a delegate got,
//! whatever the scopes. Only the delegate's fiscal code needs one.

use serde_json::{Map, Value, json};

use super::Provider;
use crate::delegation::Services;
use crate::fault::Fault;
use crate::login::{Act, Grant};
use crate::oidc::{ClaimsProfile, Client, Scope};

/// The claims about who acts; none when whoever signed in acts for themselves and nothing was exchanged.
pub(super) fn claims(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
) -> Result<Map<String, Value>, Fault> {
    let mut claims = Map::new();
    let exchanged = grant.delegation.as_ref().map(|delegation| delegation.act.clone());
    let Some(behalf) = &grant.behalf else {
        claims.extend(exchanged.map(|act| ("act".to_owned(), json!(act))));
        return Ok(claims);
    };
    let person = Act { sub: provider.broker.issuer.subject(client, &behalf.actor)?, act: None };
    let act = match exchanged {
        None => person,
        Some(mut act) => {
            act.after(person);
            act
        }
    };
    claims.insert("act".to_owned(), json!(act));
    let scope = match &behalf.services {
        Services::All => json!("all"),
        Services::Only(some) => json!(some),
    };
    let mut delegation =
        json!({"type": behalf.kind.name(), "scope": scope, "source": behalf.source});
    if let (Some(members), Some(end)) = (delegation.as_object_mut(), behalf.ends_at) {
        members.insert("exp".to_owned(), end.unix_seconds().into());
    }
    claims.insert("delegation".to_owned(), delegation);
    let scoped = [&grant.scopes, &client.scopes]
        .into_iter()
        .all(|scopes| scopes.contains(Scope::FiscalNumber));
    if client.claims_profile == ClaimsProfile::Flat
        && scoped
        && let Some(code) = behalf.actor.told_fiscal_code()
    {
        claims.insert("acting_fiscal_number".to_owned(), code.tax_number().into());
    }
    Ok(claims)
}
