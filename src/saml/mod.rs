//! SAML 2.0 on `xml`: requests, responses, metadata, bindings.
//!
//! Not a provider's quirks: those are settings of an upstream.

use std::time::Duration;

/// How far a provider's clock may be from ours.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);
