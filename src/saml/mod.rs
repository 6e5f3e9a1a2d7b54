//! SAML 2.0 on `xml`: requests, responses, metadata, bindings.
//!
//! Not a provider's quirks: those are settings of an upstream.

pub mod anomaly;
pub mod comparison;
pub mod instant;
pub mod metadata;
pub mod names;
pub mod response;

use std::time::Duration;

pub use comparison::Comparison;

/// How far a provider's clock may be from ours.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);
