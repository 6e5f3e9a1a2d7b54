//! What the help desk tells: acts and alerts.
//!
//! Not who acts: no label names a person, an office or a case.

use super::{Metrics, add};

impl Metrics {
    /// An act at the help desk.
    pub fn desk_acted(&self, act: &str, outcome: &str) {
        add(&self.desk_acts, &[act, outcome]);
    }

    /// Something at the help desk that a supervisor has to look at.
    pub fn desk_alarmed(&self, alert: &str) {
        add(&self.desk_alerts, &[alert]);
    }
}
