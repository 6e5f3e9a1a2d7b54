//! `sub`: who the person is to one relying party (OpenID Connect Core 1.0, section 8.1).
//!
//! Not an unkeyed hash (there are sixty million fiscal codes, a dictionary of them is small), and never
//! a `NameID` or another system's `sub`: the same person by any instrument is the same subject.

use super::{Identity, IdentityFault};
use crate::crypto::digest::{base64url, hmac_sha256};
use crate::oidc::Client;
use crate::oidc::client::SubjectType;

/// The pairwise subject in a sector: base64url of an HMAC-SHA-256, 43 characters.
///
/// The fiscal code comes first, so a person who changes provider or instrument stays who they were.
/// A person from another state is known by the identifier of eIDAS, whichever node said it, and stays
/// that subject when they are matched with a fiscal code; anybody else by the code of their provider:
/// each in a name space of its own.
///
/// # Errors
/// [`IdentityFault::Incomplete`] when the person has neither.
pub fn pairwise(
    key: &[u8; 32],
    sector: &str,
    identity: &Identity,
) -> Result<String, IdentityFault> {
    let origin = &identity.origin;
    let legal = identity.organisation.eidas_identifier.as_ref();
    let parts: &[&str] = if let Some(code) = &identity.fiscal_code {
        &["fiscal-code", code.as_str()]
    } else if let Some(identifier) = &identity.eidas_identifier {
        &["eidas", identifier.as_str()]
    } else if let Some(identifier) = legal {
        &["eidas-legal-person", identifier.as_str()]
    } else if let Some(code) = &identity.spid_code {
        &["provider-code", &origin.auth_method, &origin.provider, code.as_str()]
    } else {
        return Err(IdentityFault::Incomplete);
    };
    let mut message = Vec::with_capacity(128);
    for part in std::iter::once(&sector).chain(parts) {
        // Lengths go in, so no two lists of parts give the same octets.
        message.extend_from_slice(&(part.len() as u64).to_be_bytes());
        message.extend_from_slice(part.as_bytes());
    }
    Ok(base64url(&hmac_sha256(key, &message)))
}

/// The subject for a client: pairwise, or the fiscal code where the client is registered so.
///
/// # Errors
/// [`IdentityFault::Incomplete`] when the person has no such code.
pub fn subject(
    key: &[u8; 32],
    client: &Client,
    identity: &Identity,
) -> Result<String, IdentityFault> {
    match client.subject_type {
        SubjectType::Pairwise => pairwise(key, &client.sector, identity),
        // No host is empty: this sector is nobody's pairwise one.
        SubjectType::Public => pairwise(key, "", identity),
        SubjectType::FiscalCode => identity
            .fiscal_code
            .as_ref()
            .map(|code| code.as_str().to_owned())
            .ok_or(IdentityFault::Incomplete),
    }
}

#[cfg(test)]
mod tests;
