//! SAML Responses: from octets to a checked assertion. (Being written.)
//!
//! Not the checks themselves: those stand in `checks.rs`, one row each.

/// Whether the Response itself must be signed. The Assertion must be, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseSignature {
    /// It may be missing; when it is there it must verify (SPID rules).
    #[default]
    IfPresent,
    /// It must be there and verify.
    Required,
}
