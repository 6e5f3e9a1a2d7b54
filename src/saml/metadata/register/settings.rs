//! What configuration says about a register.
//!
//! Not a file format: `config` builds this.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::Source;

/// What configuration says about a register.
#[derive(Clone, Debug)]
pub struct RegisterSettings {
    /// Where metadata comes from; where two sources name one provider, the first one counts.
    pub sources: Vec<Source>,
    /// Where last good copies are kept; `None`: in memory only.
    pub folder: Option<PathBuf>,
    /// How often a source is read again.
    pub refresh: Duration,
    /// After which time without success operators are alerted; never less than 72 hours.
    pub stale_after: Duration,
    /// The hosts that addresses of providers may name; empty: any.
    pub location_hosts: Vec<String>,
    /// Whether metadata without `validUntil` is refused.
    pub valid_until_required: bool,
    /// Entity IDs that are not to be used, even for an answer under way.
    pub disabled: BTreeSet<String>,
}

/// No source; read every four hours, alerted after 72.
impl Default for RegisterSettings {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            folder: None,
            refresh: Duration::from_hours(4),
            stale_after: Duration::from_hours(72),
            location_hosts: Vec::new(),
            valid_until_required: false,
            disabled: BTreeSet::new(),
        }
    }
}
