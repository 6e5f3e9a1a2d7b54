//! The trust chain: from an entity's own configuration, statement by statement, up to an anchor whose keys
//! are pinned (OpenID Federation 1.0, sections 4 and 10).
//!
//! Not how its documents are found ([`super::discovery`]): this file is pure, so that what came from disk is
//! judged like what came from the network. A [`TrustChain`] is made here and nowhere else.

mod links;
mod marks;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Dialect, EntityId};
use crate::crypto::jwk::PublicKeys;
use crate::effects::Timestamp;

pub(super) use links::{AnchorKeys, DEPTH, Linked, broken_configuration};

/// A chain that held when it was made, frozen: what a login began with does not change under it. Whoever
/// uses one compares [`Self::expires`] with the clock.
#[derive(Debug)]
pub struct TrustChain {
    subject: EntityId,
    anchor: EntityId,
    superior: EntityId,
    issued: Timestamp,
    dialect: Dialect,
    statements: Vec<String>,
    expires: Timestamp,
    keys: Arc<PublicKeys>,
    metadata: Map<String, Value>,
    marks: Vec<Value>,
    vouchers: Vec<Arc<TrustChain>>,
}

impl TrustChain {
    /// Whom it is about.
    #[must_use]
    pub const fn subject(&self) -> &EntityId {
        &self.subject
    }

    /// Where it ends.
    #[must_use]
    pub const fn anchor(&self) -> &EntityId {
        &self.anchor
    }

    /// Who stands immediately above the subject in it.
    #[must_use]
    pub const fn superior(&self) -> &EntityId {
        &self.superior
    }

    /// When the subject's own configuration was made.
    #[must_use]
    pub const fn issued(&self) -> Timestamp {
        self.issued
    }

    /// How its federation writes.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// When it must not be used any more: the earliest end of all its statements, and of the marks without
    /// which it would not hold.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// What the subject is as `entity_type`, after its superiors' metadata, constraints and policies.
    #[must_use]
    pub fn metadata(&self, entity_type: &str) -> Option<&Map<String, Value>> {
        self.metadata.get(entity_type)?.as_object()
    }

    /// The same for all its entity types.
    #[must_use]
    pub const fn all_metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// The federation keys of the subject, as its superior vouches for them. Not the keys of its protocol:
    /// those are in the metadata.
    #[must_use]
    pub const fn keys(&self) -> &Arc<PublicKeys> {
        &self.keys
    }

    /// The statements as they were signed: the subject's own first, the anchor's own last.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.statements
    }

    /// The valid trust marks, as they stand in the subject's configuration.
    #[must_use]
    pub fn trust_marks(&self) -> &[Value] {
        &self.marks
    }

    /// Chains of those who issued its marks, if the anchor did not.
    #[must_use]
    pub fn vouchers(&self) -> &[Arc<Self>] {
        &self.vouchers
    }
}
