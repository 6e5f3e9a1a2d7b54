//! Signed statements of entities: an entity about itself, a superior about an immediate subordinate (OpenID
//! Federation 1.0, section 3).
//!
//! Not a chain, and no policy: what a statement says is read here, and that its signer said it. Everything
//! that needs no signature is checked first. An [`EntityConfiguration`] and a [`SubordinateStatement`] exist
//! only verified; a configuration proves nothing but that its entity holds the keys it publishes.

mod draft;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::constraints::Constraints;
use super::{Dialect, EntityId, Flaw, TrustAnchor};
use crate::crypto::jwk::PublicKeys;
use crate::effects::Timestamp;

pub(super) use draft::{Draft, Whose};

/// Octets of the longest statement.
pub(super) const LONGEST: usize = 1024 * 1024;

/// How statements are read: in which shape, when, and whether names of this machine may be http.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// The anchor's dialect.
    pub dialect: Dialect,
    /// The moment it is.
    pub now: Timestamp,
    /// As in [`EntityId::parse`].
    pub development: bool,
}

/// What both kinds have.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) token: String,
    pub(super) issuer: EntityId,
    pub(super) subject: EntityId,
    pub(super) issued: Timestamp,
    pub(super) expires: Timestamp,
    pub(super) keys: Arc<PublicKeys>,
    pub(super) claims: Map<String, Value>,
}

/// What an entity says of itself, signed with one of the keys it publishes there.
#[derive(Clone, Debug)]
pub struct EntityConfiguration {
    pub(super) statement: Statement,
    pub(super) hints: Vec<EntityId>,
}

/// What a superior says of an entity below it, signed with one of the superior's keys.
#[derive(Clone, Debug)]
pub struct SubordinateStatement {
    pub(super) statement: Statement,
}

impl EntityConfiguration {
    /// Reads and verifies the configuration of `asked`.
    ///
    /// # Errors
    /// [`Flaw`].
    pub fn verify(token: &str, asked: &EntityId, reader: &Reader) -> Result<Self, Flaw> {
        let draft = Draft::configuration(token, asked, reader, Whose::Entity)?;
        draft.prove_itself()
    }

    /// The same of one that `asked` sent to be registered.
    ///
    /// # Errors
    /// [`Flaw`].
    pub(super) fn verify_sent(
        token: &str,
        asked: &EntityId,
        reader: &Reader,
    ) -> Result<Self, Flaw> {
        let draft = Draft::configuration(token, asked, reader, Whose::Registering)?;
        draft.prove_itself()
    }

    /// Reads and verifies the configuration of an anchor: under one of `keys`, the pinned ones and what was
    /// accepted under them, and under one of its own.
    ///
    /// # Errors
    /// [`Flaw`]; [`Flaw::Unpinned`] when it is signed with none of them.
    pub fn verify_anchor(
        token: &str,
        anchor: &TrustAnchor,
        keys: &[Arc<PublicKeys>],
        reader: &Reader,
    ) -> Result<Self, Flaw> {
        let draft = Draft::configuration(token, &anchor.id, reader, Whose::Anchor)?;
        draft.prove_anchor(keys)
    }

    /// The token itself.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.statement.token
    }

    /// Who it is.
    #[must_use]
    pub const fn subject(&self) -> &EntityId {
        &self.statement.subject
    }

    /// Its federation keys, as it says.
    #[must_use]
    pub fn keys(&self) -> &PublicKeys {
        &self.statement.keys
    }

    /// Whom it names as its superiors, in its order.
    #[must_use]
    pub fn hints(&self) -> &[EntityId] {
        &self.hints
    }

    /// When it ends.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.statement.expires
    }

    /// All that it says.
    #[must_use]
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.statement.claims
    }

    /// The address `name` among the parameters of its federation entity (section 5.1.1).
    ///
    /// # Errors
    /// [`Flaw::NoEndpoint`].
    pub fn endpoint(&self, name: &'static str) -> Result<&str, Flaw> {
        self.claims()
            .get("metadata")
            .and_then(|metadata| metadata.get("federation_entity")?.get(name)?.as_str())
            .ok_or(Flaw::NoEndpoint(name))
    }
}

impl SubordinateStatement {
    /// Reads and verifies what `superior` says of `subject`, under `keys`: those of the superior that its
    /// own superior vouches for, or its own until that is known.
    ///
    /// # Errors
    /// [`Flaw`].
    pub fn verify(
        token: &str,
        superior: &EntityId,
        subject: &EntityId,
        keys: &PublicKeys,
        reader: &Reader,
    ) -> Result<Self, Flaw> {
        let draft = Draft::subordinate(token, reader)?;
        draft.about(superior, subject)?;
        draft.prove(keys).map(|statement| Self { statement })
    }

    /// The token itself.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.statement.token
    }

    /// Who says it.
    #[must_use]
    pub const fn issuer(&self) -> &EntityId {
        &self.statement.issuer
    }

    /// About whom.
    #[must_use]
    pub const fn subject(&self) -> &EntityId {
        &self.statement.subject
    }

    /// The federation keys of the subject that count.
    #[must_use]
    pub fn keys(&self) -> &PublicKeys {
        &self.statement.keys
    }

    /// When it ends.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.statement.expires
    }

    /// All that it says.
    #[must_use]
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.statement.claims
    }

    /// What it limits.
    ///
    /// # Errors
    /// [`Flaw::Constraints`].
    pub fn constraints(&self, dialect: Dialect) -> Result<Constraints, Flaw> {
        Constraints::read(self.claims().get("constraints"), dialect)
    }
}
