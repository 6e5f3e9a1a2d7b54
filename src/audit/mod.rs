//! The audit: whether the trail is whole, and what of it stands outside the database.
//!
//! Not the trail itself: `registry` writes a row with every act. Three things protect it. Rows are chained by
//! plain digests, which anybody verifies from an export. The reason of each row is sealed over all of its
//! columns, so that nobody without the sealing secret writes one. And heads of the chain are signed and
//! written to files outside the database ([`Anchors`]), so that a trail that ends too early, or was put back
//! from an older copy, shows. Each row names the records that changed with it and what they were sealed as, so that
//! an older copy of one record shows too.

mod anchor;
mod chain;
mod records;

pub use anchor::{Anchor, AnchorFault, Anchors, Signed};
pub use chain::{Broken, Walk, Whole, verify};
