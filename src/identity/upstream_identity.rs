//! What an upstream proved, still in the provider's own values.
//!
//! Not a person yet: `Identity::from_upstream` parses it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::DeskProof;
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
    /// The session that the provider keeps, where it keeps one that can be ended.
    pub session: Option<UpstreamSession>,
    /// The proof of a credential of the help desk, where it was one.
    pub desk: Option<Box<DeskProof>>,
}

/// A session that a provider keeps with us for a person: enough to end it, and to recognise the
/// provider's own wish to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamSession {
    /// The upstream, by name.
    pub upstream: String,
    /// The body in whose name the person was asked.
    pub tenant: String,
    /// The entity ID of the provider.
    pub provider: String,
    /// The provider's name for the person.
    pub name_id: String,
    /// In which name space, as the provider wrote it.
    pub name_qualifier: String,
    /// The provider's name for the session.
    pub session_index: String,
    /// What the provider gave us and takes back at the end, where it keeps no session of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
}

/// A token that a provider gave us for a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The token.
    pub token: String,
    /// Where it is given back.
    pub endpoint: String,
    /// Until when it is good.
    pub until: Timestamp,
}

/// No name of a person by way of `{:?}`.
impl fmt::Debug for UpstreamSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamSession")
            .field("upstream", &self.upstream)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
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
