//! What an upstream proved, still in the provider's own values.
//!
//! Not a person yet: `Identity::from_upstream` parses it.

use std::collections::BTreeMap;
use std::fmt;

use crate::effects::Timestamp;
use crate::terms::Level;

/// Checked by the upstream, not yet parsed.
#[derive(Clone)]
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

/// Names without values: what a provider says of a person never enters a log by way of `{:?}`.
impl fmt::Debug for UpstreamIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamIdentity")
            .field("upstream", &self.upstream)
            .field("provider", &self.provider)
            .field("attributes", &self.attributes.keys())
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}
