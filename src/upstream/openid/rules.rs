//! What differs between the upstreams that speak OpenID Connect in a federation, as data (CIE id and SPID
//! OIDC technical rules, 31 October 2023).
//!
//! Not code paths: an upstream is a table of these, exactly as the SAML ones are.

use super::attributes::Row;

/// The rules of one identity system.
pub trait Rules: std::fmt::Debug + Send + Sync + 'static {
    /// The name in URLs and configuration.
    const NAME: &'static str;
    /// The instrument, as the claim `auth_method` names it.
    const AUTH_METHOD: &'static str;
    /// Whether every successful answer names its issuer (RFC 9207), whatever the provider's metadata say.
    const ISSUER_NAMED: bool;
    /// Whether attributes may stand in the ID token too.
    const ID_TOKEN_ATTRIBUTES: bool;
    /// Whether a row of the table of attributes is told by this system.
    fn tells(row: &Row) -> bool;
}

/// CIE id.
#[derive(Debug)]
pub enum CieRules {}

impl Rules for CieRules {
    const NAME: &'static str = "cie";
    const AUTH_METHOD: &'static str = "cie";
    const ISSUER_NAMED: bool = true;
    const ID_TOKEN_ATTRIBUTES: bool = true;

    fn tells(row: &Row) -> bool {
        row.cie
    }
}

/// SPID over OpenID Connect: the same exchange, another trust anchor. No such federation is known to be
/// live, so nothing switches it on but configuration.
#[derive(Debug)]
pub enum SpidOidcRules {}

impl Rules for SpidOidcRules {
    const NAME: &'static str = "spid-oidc";
    const AUTH_METHOD: &'static str = "spid";
    const ISSUER_NAMED: bool = false;
    const ID_TOKEN_ATTRIBUTES: bool = false;

    fn tells(row: &Row) -> bool {
        row.spid
    }
}
