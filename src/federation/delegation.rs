//! Delegation: the owner of a type of trust mark lets somebody else issue it (OpenID Federation 1.0, sections
//! 7.2.1 and 7.2.2).
//!
//! The owner need not be an entity of the federation: its keys are in the anchor's configuration. Nobody in
//! Italy delegates yet.

use serde_json::Value;

use super::Reader;
use super::trust_mark::{MarkFault, named_and_in_time};
use crate::crypto::jwk::PublicKeys;
use crate::crypto::jws::{Compact, Expected};
use crate::federation::EntityId;

const EXPECTED: Expected =
    Expected { longest: 32 * 1024, types: &["trust-mark-delegation+jwt"], untyped: false };

/// Who owns a type of mark, by the `trust_mark_owners` of an anchor.
pub(super) struct Owner {
    name: String,
    keys: PublicKeys,
}

impl Owner {
    /// From its member of `trust_mark_owners`.
    pub(super) fn read(owner: &Value) -> Result<Self, MarkFault> {
        let malformed = MarkFault::Claim("trust_mark_owners");
        let name = owner.get("sub").and_then(Value::as_str).ok_or(malformed)?.to_owned();
        let keys = owner.get("jwks").and_then(Value::as_object).ok_or(malformed)?;
        let keys = PublicKeys::from_members(keys).map_err(MarkFault::OwnerKeys)?;
        Ok(Self { name, keys })
    }
}

/// That `owner` lets `issuer` issue marks of `kind`.
pub(super) fn verify(
    token: &str,
    owner: &Owner,
    issuer: &EntityId,
    kind: &str,
    reader: &Reader,
) -> Result<(), MarkFault> {
    let compact = Compact::read(token, &EXPECTED).map_err(MarkFault::DelegationToken)?;
    named_and_in_time(&compact, reader).map_err(MarkFault::DelegationToken)?;
    let verified = compact
        .verify_stated(&owner.keys, reader.dialect.signatures())
        .map_err(MarkFault::DelegationToken)?;
    let claims = verified.claims();
    let right = claims.issuer() == Some(owner.name.as_str())
        && claims.subject() == Some(issuer.as_str())
        && claims.text("trust_mark_type") == Some(kind);
    if right { Ok(()) } else { Err(MarkFault::Delegation) }
}
