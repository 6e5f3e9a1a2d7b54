//! What an upstream proved, still in the provider's own values.
//!
//! Not a person yet: `Identity::from_upstream` parses it.

use std::collections::BTreeMap;

use crate::effects::Timestamp;
use crate::terms::Level;

/// Checked by the upstream, not yet parsed.
#[derive(Clone, Debug)]
pub struct UpstreamIdentity {
    /// The instrument, as `auth_method` names it: `spid`, `cie`, `cns`, `eidas`, `helpdesk`.
    pub upstream: String,
    /// The entity ID of the provider that signed.
    pub provider: String,
    /// SPID attribute names → raw values; empty values are absent.
    pub attributes: BTreeMap<String, String>,
    /// The level that the assertion proves.
    pub level: Level,
    /// When the person authenticated.
    pub authenticated_at: Timestamp,
    /// The assertion's own name, for the replay check.
    pub assertion_id: String,
    /// Until when the assertion could be shown again.
    pub expires_at: Timestamp,
}
