//! What a code, then a token, stands for.
//!
//! Not a token and not its record: handles name it, shelves keep it.

use serde::{Deserialize, Serialize};

use super::Behalf;
use crate::crypto::Handle;
use crate::effects::Timestamp;
use crate::identity::{Capacity, Identity};
use crate::oidc::{ClaimsRequest, ClientId, CodeChallenge, ReturnTo, Scopes};

/// One person's consent-by-login for one relying party.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Its name: tokens start with it, a replayed code revokes by it, and it is the `sid` by which a
    /// logout names it.
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
    /// In which roles the person acts.
    #[serde(default, skip_serializing_if = "Capacity::is_plain")]
    pub capacity: Capacity,
    /// Whose grant it rests on, when a token was exchanged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Box<Delegation>>,
    /// By what right it is of somebody who did not sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behalf: Option<Box<Behalf>>,
    /// When the code was issued.
    pub issued_at: Timestamp,
}

impl Grant {
    /// Who signed in: policy judges them, whoever the grant is of.
    #[must_use]
    pub fn signed_in(&self) -> &Identity {
        self.behalf.as_ref().map_or(&self.identity, |behalf| &behalf.actor)
    }
}

/// How a grant came from another one (RFC 8693).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delegation {
    /// What was exchanged, and what that came from in turn: this one ends with each of them.
    pub parents: Vec<Parent>,
    /// Who acts, and for whom that one acted.
    pub act: Act,
}

/// An access token that was exchanged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parent {
    /// Its grant.
    pub grant: Handle,
    /// SHA-256 of its text.
    pub access: [u8; 32],
}

/// The claim `act` (RFC 8693, section 4.1): whoever exchanged last stands outermost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The client that acts, by its `client_id`; or, innermost, the person, by their `sub`.
    pub sub: String,
    /// Who acted before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Self>>,
}

impl Act {
    /// Puts another one behind everybody else: it acted first.
    pub fn after(&mut self, first: Self) {
        match &mut self.act {
            Some(before) => before.after(first),
            before @ None => *before = Some(Box::new(first)),
        }
    }

    /// How many act.
    #[must_use]
    pub fn depth(&self) -> usize {
        1 + self.act.as_ref().map_or(0, |before| before.depth())
    }
}
