//! What a code, then a token, stands for.
//!
//! Not a token: handles name it, shelves keep it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::crypto::Handle;
use crate::crypto::digest::{equal, sha256};
use crate::effects::{Effects, Timestamp};
use crate::identity::Identity;
use crate::oidc::{ClaimsRequest, ClientId, CodeChallenge, Confirmation, ReturnTo, Scopes};

/// One person's consent-by-login for one relying party.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Its name: access tokens start with it, a replayed code revokes by it, and it is the `sid` by
    /// which a logout names it.
    pub id: Handle,
    /// For whom.
    pub client_id: ClientId,
    /// Where the code was sent.
    pub return_to: ReturnTo,
    /// PKCE.
    pub challenge: Option<CodeChallenge>,
    /// What may be released.
    pub scopes: Scopes,
    /// What was asked by name.
    pub claims: ClaimsRequest,
    /// For the ID token.
    pub nonce: Option<String>,
    /// Who it is, at which level, proven by whom.
    pub identity: Identity,
    /// Thumbprint of the DPoP key that may redeem the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// The resource servers that tokens may be for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What the access token is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// When the code was issued.
    pub issued_at: Timestamp,
}

/// The record behind an access token, filed under its grant.
#[derive(Debug, Serialize, Deserialize)]
pub enum AccessRecord {
    /// Good until `expires_at`, for whoever shows the secret.
    Live {
        /// SHA-256 of the secret half of the token.
        secret: [u8; 32],
        /// What it stands for.
        grant: Box<Grant>,
        /// Until when.
        expires_at: Timestamp,
    },
    /// The code was shown twice: whatever it gave is dead.
    Revoked,
    /// Somebody logged out: whatever the code gave, or would have given, is dead.
    Ended,
}

/// An opaque access token: the grant's name and a secret, 80 hexadecimal digits.
pub struct AccessToken {
    /// Finds the record.
    pub grant: Handle,
    secret: Handle,
}

impl AccessToken {
    /// A new one for a grant.
    #[must_use]
    pub fn fresh(grant: &Handle, fx: &Effects) -> Self {
        Self { grant: grant.clone(), secret: Handle::fresh(fx) }
    }

    /// What a relying party showed; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (grant, secret) = text.split_at_checked(40)?;
        Some(Self { grant: Handle::parse(grant)?, secret: Handle::parse(secret)? })
    }

    /// The text for the token answer.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}{}", self.grant.reveal(), self.secret.reveal())
    }

    /// The digest that the record keeps.
    #[must_use]
    pub fn secret_digest(&self) -> [u8; 32] {
        sha256(self.secret.reveal().as_bytes())
    }

    /// The grant, if the record is live, not expired, and made for this token.
    #[must_use]
    pub fn unlock(&self, record: AccessRecord, now: Timestamp) -> Option<Grant> {
        match record {
            AccessRecord::Live { secret, grant, expires_at }
                if equal(&secret, &self.secret_digest()) && now < expires_at =>
            {
                Some(*grant)
            }
            _ => None,
        }
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// What a redeemed code gives.
#[derive(Debug)]
pub struct Redeemed {
    /// What it stands for.
    pub grant: Grant,
    /// The access token.
    pub access_token: AccessToken,
    /// How long it lives.
    pub expires_in: Duration,
}
