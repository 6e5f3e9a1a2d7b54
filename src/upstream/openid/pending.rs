//! What lies in the store between a departure and its arrival.
//!
//! Not the login: `login` files this with it, sealed. The code verifier is here and nowhere else.

use serde::{Deserialize, Serialize};

use super::provider::Provider;
use crate::terms::Level;

/// What is remembered between departure and arrival.
#[derive(Serialize, Deserialize)]
pub struct Pending {
    /// The body in whose name the request was made.
    pub(super) tenant: String,
    /// The name of the attribute set.
    pub(super) set: String,
    /// The lowest level that satisfies.
    pub(super) level: Level,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// The provider as its chain vouched for it then.
    pub(super) provider: Provider,
}

/// Without the secrets in it.
impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("provider", &self.provider.issuer).finish_non_exhaustive()
    }
}
