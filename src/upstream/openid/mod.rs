//! One sign-in by OpenID Connect at a provider that a federation vouches for (OpenID Connect Core 1.0;
//! OpenID Federation 1.0; CIE id and SPID OIDC rules).
//!
//! Not the federation: `crate::federation` has chains, policies and marks. Not one identity system either:
//! its [`Rules`] say what is particular to it. Each step is a function on octets; nothing here has been
//! verified by being there.

pub mod answer;
pub mod attributes;
pub mod id_token;
pub mod provider;
mod rejection;
pub mod request;
mod rules;
pub mod token;
pub mod userinfo;

pub use rejection::{Rejected, Rejection};
pub use rules::{CieRules, Rules, SpidOidcRules};
