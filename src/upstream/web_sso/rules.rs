//! What differs between the SAML upstreams, as data.
//!
//! Not code paths: an upstream is a table of these and, where its names are others, one translation.

use std::collections::BTreeMap;

use crate::saml::Comparison;

/// The rules of one identity system.
pub trait Rules: std::fmt::Debug + Send + Sync + 'static {
    /// The name in URLs and configuration.
    const NAME: &'static str;
    /// The instrument, as the claim `auth_method` names it.
    const AUTH_METHOD: &'static str;
    /// The attributes that may be asked.
    const ATTRIBUTES: &'static [&'static str];
    /// Attributes that come though no set asks for them; any other that was not asked is dropped.
    const UNASKED: &'static [&'static str] = &[];
    /// The comparisons that providers understand.
    const COMPARISONS: &'static [Comparison];
    /// Whether `Format` may be missing on the assertion's Issuer.
    const ISSUER_FORMAT_OPTIONAL: bool;
    /// Whether a fresh authentication is demanded at every level.
    const FORCE_ALWAYS: bool;
    /// Whether a request may name a kind of identity (`spid:Purpose`).
    const PURPOSES: bool;
    /// Whether a provider keeps a session at level 1, which single logout ends.
    const SESSIONS: bool = false;

    /// From the names on the wire to those that `identity` reads.
    fn translate(attributes: BTreeMap<String, String>) -> BTreeMap<String, String> {
        attributes
    }
}
