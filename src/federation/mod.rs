//! OpenID Federation: who belongs to a federation, proven by a chain of signed statements up to an anchor
//! whose keys are pinned in the configuration (OpenID Federation 1.0; the technical rules of CIE id, 2023).
//!
//! Not OpenID Connect: what a provider or a relying party does with resolved metadata is not known here.
//! One validator for two dialects ([`Dialect`]); the anchor's configuration says which one, never what
//! arrives. A [`Broken`] says which link and what is wrong with it.

mod anchor;
mod answer;
mod broken;
mod cache;
mod chain;
mod constraints;
mod delegation;
mod dialect;
mod discord;
mod discovery;
mod entity_id;
mod kept;
mod mark_status;
mod own;
mod past_keys;
pub mod policy;
mod registering;
mod resolver;
mod standing;
mod statement;
mod superiors;
#[cfg(test)]
mod testing;
mod trust_mark;

pub use anchor::{AskStatus, TrustAnchor};
pub use answer::{ResolveQuery, Resolved, Unresolved};
pub use broken::{Broken, Document, Flaw, Kind};
pub use chain::TrustChain;
pub use constraints::Constraints;
pub use dialect::Dialect;
pub use discord::{Pinned, discord};
pub use discovery::Reach;
pub use entity_id::{EntityId, EntityIdFault};
pub use mark_status::{MarkStatus, StatusFault};
pub use own::{OwnEntity, OwnFault, OwnParts};
pub use past_keys::PastKeys;
pub use registering::{Petition, PetitionForm};
pub use resolver::{Federation, Refreshed, Settings};
pub use statement::{EntityConfiguration, Reader, SubordinateStatement};
pub use superiors::{Superiors, key_names, newest};
pub use trust_mark::{MarkDraft, MarkFault, MarkRules, TrustMark};
