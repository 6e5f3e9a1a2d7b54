//! SAML 2.0 on `xml`: requests, responses, metadata, bindings.
//!
//! Not a provider's quirks: those are settings of an upstream.

mod answer;
pub mod anomaly;
pub mod binding;
mod checks;
pub mod comparison;
mod encrypted;
pub mod instant;
pub mod logout;
pub mod metadata;
pub mod names;
mod reading;
pub mod rejection;
pub mod request;
pub mod response;
mod signatures;

use std::time::Duration;

pub use answer::Expected;
pub use comparison::Comparison;
pub use rejection::{Rejected, Rejection};
pub use response::{Proof, Trusted, accept};

pub use crate::xml::Decryption;

/// How far a provider's clock may be from ours.
pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

#[cfg(test)]
pub(crate) mod tests;
