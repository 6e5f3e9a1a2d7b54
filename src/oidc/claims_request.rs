//! The `claims` parameter (OpenID Connect Core 1.0, section 5.5).
//!
//! Not a way around entitlements: a claim is released only if a scope of the client covers it.

use serde::{Deserialize, Serialize};

/// Which claims were asked for by name, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Names asked for in the ID token.
    pub id_token: Vec<String>,
    /// Names asked for at userinfo.
    pub userinfo: Vec<String>,
    /// The `acr` values named by an essential `acr` in the ID token; empty when none.
    pub essential_acr: Vec<String>,
}
