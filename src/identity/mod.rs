//! Who a person is: parsed values, normalisation, the claims table, the pairwise subject. Pure, no I/O.
//!
//! Not how the person was asked: an upstream translates names, this module cleans values, and
//! `claims.rs` translates out. Nothing else maps anything.

mod person;
mod upstream_identity;

pub use person::{Identity, IdentityFault, Origin};
pub use upstream_identity::UpstreamIdentity;
