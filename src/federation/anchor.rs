//! Who is trusted without proof: an anchor, with its keys as an operator wrote them.
//!
//! Not what the anchor says of itself: its configuration is fetched, and believed only under these keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Dialect, EntityId};
use crate::crypto::jwk::PublicKeys;

/// One anchor, from the configuration.
#[derive(Clone, Debug)]
pub struct TrustAnchor {
    /// Its name.
    pub id: EntityId,
    /// Its federation keys, obtained out of band. Never learned from what the anchor sends.
    pub keys: Arc<PublicKeys>,
    /// How its federation writes.
    pub dialect: Dialect,
    /// For each entity type (`openid_provider` …) the types of trust mark of which an entity needs one. A
    /// type that is not listed needs none.
    pub marks: BTreeMap<String, Vec<String>>,
    /// Whether a new key that the anchor publishes under a known one is believed at once. Otherwise an
    /// operator is told and pins it.
    pub auto_roll: bool,
}
