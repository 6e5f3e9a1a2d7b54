//! Who a person is: parsed values, normalisation, the claims table, the pairwise subject. Pure, no I/O.
//!
//! Not how the person was asked: an upstream translates names, this module cleans values, and
//! `claims.rs` translates out. Nothing else maps anything.

pub mod claims;
mod desk;
pub mod document;
mod eidas;
pub mod fiscal_code;
pub mod matching;
mod person;
mod role;
pub mod subject;
mod upstream_identity;
pub mod values;

pub use claims::{Release, assurance, claims_supported};
pub use desk::DeskProof;
pub use eidas::EidasIdentifier;
pub use fiscal_code::FiscalCode;
pub use matching::{Certainty, Matched};
pub use person::{Address, Contact, Identity, IdentityFault, Organisation, Origin, Profile};
pub use role::{Agency, Capacity, Entitlements, Role};
pub use upstream_identity::{Given, UpstreamIdentity, UpstreamSession};
