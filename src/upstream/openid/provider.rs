//! The provider as one login knows it: what the trust chain vouches for at the moment of departure, frozen
//! (OpenID Connect Discovery 1.0, section 3; OpenID Federation 1.0, section 5.1.3).
//!
//! Not the trust chain: `federation` validated that, and applied the policies of the superiors. Never read
//! from the provider's own configuration, and the keys are those of the protocol, never its federation
//! keys.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::settings::Answers;
use crate::crypto::jwk::PublicKeys;
use crate::effects::{FetchUrl, Timestamp};

/// What is known of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Provider {
    /// Its issuer: its entity id, byte for byte.
    pub(super) issuer: String,
    /// Where the browser goes.
    pub(super) authorization_endpoint: String,
    /// Where a code is redeemed.
    pub(super) token_endpoint: String,
    /// Where the person is told.
    pub(super) userinfo_endpoint: String,
    /// Where a token is given back, if it takes any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) revocation_endpoint: Option<String>,
    /// Whether its answers name it (RFC 9207, section 3).
    pub(super) names_itself: bool,
    /// Its keys, as it published them: a JWK set.
    pub(super) jwks: Map<String, Value>,
    /// Digest of the trust chain.
    pub(super) chain: String,
    /// Until when the chain holds.
    pub(super) expires: Timestamp,
}

/// What makes a provider unusable. It is said to operators only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// A member is missing or has another form.
    #[error("the member {0:?} of openid_provider is missing or malformed")]
    Member(&'static str),
    /// `issuer` is another entity.
    #[error("issuer is not the entity id (OpenID Federation 1.0, section 5.1.3)")]
    Issuer,
    /// A list lacks what this exchange needs.
    #[error("{0:?} does not list {1:?}, which this exchange needs")]
    Lacks(&'static str, &'static str),
    /// An endpoint is not https, is on a host of its own, or in a private network.
    #[error(
        "{0:?} may not be called: it must be https, on the host of the issuer or one in provider_hosts"
    )]
    Endpoint(&'static str),
    /// The keys cannot be used.
    #[error("jwks must hold the provider's keys themselves")]
    Keys,
    /// The keys are somewhere else.
    #[error(
        "{0:?} stands for jwks: in this federation the keys are in the metadata themselves, where the \
         superior pins them, and no address is asked for others (CIE id rules, openid_provider)"
    )]
    KeysElsewhere(&'static str),
}

/// Where endpoints may be.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Hosts beside the issuer's.
    pub hosts: Vec<String>,
    /// Hosts that may have a private address.
    pub private: Vec<String>,
    /// Whether providers may be on this machine, by http.
    pub development: bool,
}

impl Provider {
    /// Reads the metadata of type `openid_provider` that a chain for `entity` resolves to.
    ///
    /// # Errors
    /// [`Unfit`]: nobody is sent there.
    pub(super) fn read(
        entity: &str,
        metadata: &Map<String, Value>,
        (chain, expires): (&str, Timestamp),
        answers: Answers,
        reach: &Reach,
    ) -> Result<Self, Unfit> {
        let text = |name: &'static str| {
            metadata.get(name).and_then(Value::as_str).ok_or(Unfit::Member(name))
        };
        if text("issuer")? != entity {
            return Err(Unfit::Issuer);
        }
        // A list that must be there, and one that may be missing.
        needs(metadata, "client_registration_types_supported", "automatic", true)?;
        needs(metadata, "code_challenge_methods_supported", "S256", true)?;
        needs(metadata, "response_types_supported", "code", false)?;
        needs(metadata, "token_endpoint_auth_methods_supported", "private_key_jwt", false)?;
        needs(metadata, "id_token_signing_alg_values_supported", answers.id_token.name(), false)?;
        let signs = answers.userinfo.name();
        needs(metadata, "userinfo_signing_alg_values_supported", signs, false)?;
        if let Some(how) = answers.id_token_encryption {
            let (alg, enc) = (how.key.name(), how.content.name());
            needs(metadata, "id_token_encryption_alg_values_supported", alg, false)?;
            needs(metadata, "id_token_encryption_enc_values_supported", enc, false)?;
        }
        needs(metadata, "request_object_signing_alg_values_supported", "RS256", false)?;
        let endpoint = |name: &'static str| {
            let address = text(name)?;
            reach.admits(entity, address).then(|| address.to_owned()).ok_or(Unfit::Endpoint(name))
        };
        let revocation_endpoint = match metadata.get("revocation_endpoint") {
            None => None,
            Some(_) => Some(endpoint("revocation_endpoint")?),
        };
        if !metadata.contains_key("jwks")
            && let Some(name) = ["jwks_uri", "signed_jwks_uri"]
                .into_iter()
                .find(|name| metadata.contains_key(*name))
        {
            return Err(Unfit::KeysElsewhere(name));
        }
        let jwks = metadata.get("jwks").and_then(Value::as_object).ok_or(Unfit::Keys)?;
        let keys = PublicKeys::from_members(jwks).map_err(|_| Unfit::Keys)?;
        if keys.signature().is_empty() {
            return Err(Unfit::Keys);
        }
        let named = "authorization_response_iss_parameter_supported";
        Ok(Self {
            issuer: entity.to_owned(),
            authorization_endpoint: endpoint("authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            userinfo_endpoint: endpoint("userinfo_endpoint")?,
            revocation_endpoint,
            names_itself: metadata.get(named).and_then(Value::as_bool).unwrap_or(false),
            jwks: jwks.clone(),
            chain: chain.to_owned(),
            expires,
        })
    }

    /// Its keys. They were read before: nothing can be wrong with them.
    #[must_use]
    pub(super) fn keys(&self) -> PublicKeys {
        PublicKeys::from_members(&self.jwks).unwrap_or_default()
    }
}

impl Reach {
    /// Whether a provider may have an endpoint at `address` (RFC 9700, section 4.4: no mixing of
    /// providers by way of endpoints).
    fn admits(&self, entity: &str, address: &str) -> bool {
        let host = |text: &str| {
            let url = url::Url::parse(text).ok()?;
            Some((url.host_str()?.to_owned(), url.port_or_known_default()))
        };
        let (Some(own), Some(there)) = (host(entity), host(address)) else { return false };
        let near =
            own == there || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(&there.0));
        near && FetchUrl::parse(address, &self.private, self.development).is_ok()
    }
}

fn needs(
    metadata: &Map<String, Value>,
    name: &'static str,
    value: &'static str,
    always: bool,
) -> Result<(), Unfit> {
    let listed = match metadata.get(name) {
        None => !always,
        Some(Value::Array(list)) => list.iter().any(|one| one.as_str() == Some(value)),
        Some(_) => return Err(Unfit::Member(name)),
    };
    if listed { Ok(()) } else { Err(Unfit::Lacks(name, value)) }
}

#[cfg(test)]
mod tests;
