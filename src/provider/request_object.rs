//! A request that its client signed (RFC 9101; FAPI 2.0 Message Signing, section 5.3): by value, at
//! `/authorize` or `/par`.
//!
//! Not the checks of what it asks: `checks.rs` makes them on what stands inside, and on nothing else.
//! Nothing outside the object counts but the client's name.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

use super::Provider;
use super::checks::KNOWN;
use super::federation::newcomer;
use super::parameters::Parameters;
use crate::crypto::jwk::SignatureAlgorithm;
use crate::crypto::jws::{Claims, Compact, Expected};
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::oidc::{Client, ClientId};
use crate::state::{Key, Put, Shelf};

/// The parameters in the object, once its signature, its receiver, its time and its single use are sure.
///
/// # Errors
/// `request-not-supported` for a client without keys; `request-object-invalid`, with what is wrong.
pub(super) async fn open(
    provider: &Provider,
    client: &Client,
    token: &str,
) -> Result<Parameters<'static>, Fault> {
    let broker = &provider.broker;
    if client.keys.is_none() {
        return Err(Fault::of_slug("request-not-supported"));
    }
    let object =
        Compact::read(token, &REQUEST_OBJECT).map_err(|cause| invalid().caused_by(cause))?;
    let fapi2 = client.protocol.profile.is_fapi2();
    let allowed = if fapi2 { &SignatureAlgorithm::FAPI2[..] } else { &SignatureAlgorithm::ALL[..] };
    let verified = client.keys.verify(&object, allowed, &broker.fx).await;
    let verified = verified.map_err(|cause| invalid().caused_by(cause))?;
    let (claims, now) = (verified.claims(), broker.fx.now());
    let refused = |what| Err(invalid().with_detail(what));
    let name = Some(client.id.as_str());
    if claims.issuer() != name || claims.text("client_id") != name {
        return refused("iss and client_id must both be the client");
    }
    if !claims.audience().is_some_and(|audience| audience.holds(&broker.settings.issuer)) {
        return refused("aud does not hold the issuer");
    }
    if client.must_prove_requests() {
        newcomer::request(claims, client.id.as_str(), &broker.settings.issuer)
            .map_err(|what| invalid().with_detail(what))?;
    }
    let end = in_time(claims, now, fapi2)?;
    let parameters = parameters(claims)?;
    if let Some(id) = claims.id() {
        let place = used(&client.id, id);
        let lives = end.since(now) + SKEW;
        if broker.shelves.put(Shelf::Seen, place, &(), lives).await? == Put::AlreadyThere {
            return refused("the object was used");
        }
    }
    Ok(parameters)
}

/// Where it stands that an object was used.
pub(super) fn used(client: &ClientId, id: &str) -> Key {
    Key::of_parts(&["request_object", client.as_str(), id])
}

/// Until when it holds. FAPI 2.0 Message Signing, section 5.3.1, demands both ends, and at most an hour
/// between; the end is demanded of everybody.
fn in_time(claims: &Claims, now: Timestamp, fapi2: bool) -> Result<Timestamp, Fault> {
    let refused = |what| Err(invalid().with_detail(what));
    claims.in_time(now, SKEW).map_err(|cause| invalid().caused_by(cause))?;
    let Some(end) = claims.expires() else { return refused("exp is missing") };
    let begin = match claims.not_before() {
        Some(begin) if now.since(begin) > LONGEST_LIFE => {
            return refused("nbf is over an hour ago");
        }
        Some(begin) => begin,
        None if fapi2 => return refused("nbf is missing"),
        None => now,
    };
    if end > begin.plus(LONGEST_LIFE) {
        return refused("exp is more than an hour after nbf");
    }
    Ok(end)
}

/// The claims that are parameters, as they would stand in a query (RFC 9101, section 4): the claims
/// parameter as the JSON it is, numbers in digits, resources one by one.
fn parameters(claims: &Claims) -> Result<Parameters<'static>, Fault> {
    let mut pairs = Vec::new();
    for name in KNOWN.into_iter().chain(["resource"]) {
        let Some(value) = claims.members().get(name) else { continue };
        let mut add = |value: String| pairs.push((Cow::Borrowed(name), Cow::Owned(value)));
        match (name, value) {
            (_, Value::String(text)) => add(text.clone()),
            ("claims", Value::Object(_)) => add(value.to_string()),
            ("max_age", Value::Number(number)) => add(number.to_string()),
            ("resource", Value::Array(all)) if all.iter().all(Value::is_string) => {
                all.iter().filter_map(Value::as_str).for_each(|one| add(one.to_owned()));
            }
            _ => return Err(invalid().with_detail(format!("{name} is of another type"))),
        }
    }
    Ok(Parameters::of(pairs))
}

fn invalid() -> Fault {
    Fault::of_slug("request-object-invalid")
}

/// RFC 9101, section 10.8; many libraries still write `JWT`, or nothing.
pub(super) const REQUEST_OBJECT: Expected =
    Expected { longest: 32 * 1024, types: &["oauth-authz-req+jwt", "JWT"], untyped: true };
/// How far ahead the client's clock may be.
pub(super) const SKEW: Duration = Duration::from_secs(30);
/// How long an object holds.
const LONGEST_LIFE: Duration = Duration::from_hours(1);

#[cfg(test)]
mod tests;
