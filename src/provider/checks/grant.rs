//! What a code may be exchanged for, and by whom.
//!
//! Not the exchange: whoever redeems the code must show the verifier, and the key.

use super::{Asked, Draft};
use crate::crypto::jwk::Thumbprint;
use crate::fault::Fault;
use crate::oidc::{CodeChallenge, Scope, Scopes};

/// Scopes the client is not entitled to are dropped, like unknown ones (RFC 6749, section 3.3).
pub(super) fn scope(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let scopes = Scopes::parse(asked.parameters.get("scope").unwrap_or_default());
    if !scopes.contains(Scope::Openid) {
        return Err(Fault::of_slug("scope-invalid"));
    }
    let entitled = |scope: &Scope| *scope == Scope::Openid || asked.client.scopes.contains(*scope);
    draft.scopes = scopes.iter().filter(entitled).collect();
    Ok(())
}

/// One or several; each must be registered for the client, so that a token is never for a stranger.
pub(super) fn resource(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    for resource in asked.parameters.values("resource") {
        if !asked.client.protocol.resources.iter().any(|known| known == resource) {
            return Err(Fault::of_slug("target-invalid"));
        }
        if !draft.resources.iter().any(|known| known == resource) {
            draft.resources.push(resource.to_owned());
        }
    }
    Ok(())
}

pub(super) fn pkce(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let invalid = || Fault::of_slug("pkce-invalid");
    // An empty challenge is not an omitted one: it would let a legacy client be downgraded.
    if asked.parameters.has("code_challenge") || asked.parameters.has("code_challenge_method") {
        // Without a method the method would be `plain` (RFC 7636, section 4.3).
        if asked.parameters.get("code_challenge_method") != Some("S256") {
            return Err(invalid());
        }
        let challenge = asked.parameters.get("code_challenge").and_then(CodeChallenge::parse);
        draft.challenge = Some(challenge.ok_or_else(invalid)?);
    } else if !asked.client.protocol.requests.legacy_without_pkce {
        return Err(Fault::of_slug("pkce-required"));
    }
    Ok(())
}

pub(super) fn dpop_jkt(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(text) = asked.parameters.get("dpop_jkt") else { return Ok(()) };
    let thumbprint = Thumbprint::parse(text);
    let thumbprint =
        thumbprint.ok_or_else(|| Fault::of_slug("parameter-invalid").with_detail("dpop_jkt"))?;
    draft.dpop_jkt = Some(thumbprint.as_str().to_owned());
    Ok(())
}
