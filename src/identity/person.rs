//! The person. (Interface; the parsing is being written.)

use serde::{Deserialize, Serialize};

use crate::effects::Timestamp;
use crate::terms::Level;

/// Where a proof came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `spid`, `cie`, …: the `auth_method` claim.
    pub auth_method: String,
    /// The provider's entity ID: the `idp` claim.
    pub provider: String,
}

/// The person, in parsed values only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What the assertion proved.
    pub level: Level,
    /// Who proved it.
    pub origin: Origin,
    /// When the person authenticated.
    pub authenticated_at: Timestamp,
}

/// Why a proof is no person. (Interface; the rows are being written.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IdentityFault(&'static str);

impl IdentityFault {
    /// The slug of its row in the fault catalogue.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.0
    }
}

impl Identity {
    /// Parses what an upstream proved.
    ///
    /// # Errors
    /// When a value that must be right is not.
    pub fn from_upstream(proof: &super::UpstreamIdentity) -> Result<Self, IdentityFault> {
        Ok(Self {
            level: proof.level,
            origin: Origin {
                auth_method: proof.upstream.clone(),
                provider: proof.provider.clone(),
            },
            authenticated_at: proof.authenticated_at,
        })
    }
}
