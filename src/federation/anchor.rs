//! Who is trusted without proof: an anchor, with its keys as an operator wrote them.
//!
//! Not what the anchor says of itself: its configuration is fetched, and believed only under these keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Dialect, EntityId};
use crate::crypto::jwk::PublicKeys;

/// Of which marks the issuer is asked whether they still hold (OpenID Federation 1.0, section 8.4). A mark
/// without an end counts for nothing unless its issuer says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AskStatus {
    /// Of none: then a mark without an end counts for nothing.
    Never,
    /// Of those without an end.
    WithoutEnd,
    /// Of all.
    #[default]
    Always,
}

impl AskStatus {
    /// Every one with its name in the configuration, the default first.
    pub const ALL: [(&'static str, Self); 3] =
        [("always", Self::Always), ("without_exp", Self::WithoutEnd), ("never", Self::Never)];

    /// Whether the issuer of a mark is asked, which has an end or has none.
    #[must_use]
    pub const fn asks(self, ends: bool) -> bool {
        match self {
            Self::Never => false,
            Self::WithoutEnd => !ends,
            Self::Always => true,
        }
    }
}

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
    /// Of which marks the issuer is asked whether they still hold.
    pub mark_status: AskStatus,
    /// Whether a new key that the anchor publishes under a known one is believed at once. Otherwise an
    /// operator is told and pins it.
    pub auto_roll: bool,
}
