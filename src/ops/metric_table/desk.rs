//! The rows of the help desk.
//!
//! Not its trail: that names who acted, and these do not.

use super::{Kind, MetricRow};

/// What is done at the help desk.
pub static DESK_ACTS: MetricRow = MetricRow {
    name: "varco_desk_acts_total",
    kind: Kind::Counter,
    labels: &["act", "outcome"],
    help: "Acts and views at the help desk; outcome is done or the word of a refusal",
};
/// What a supervisor has to look at.
pub static DESK_ALERTS: MetricRow = MetricRow {
    name: "varco_desk_alerts_total",
    kind: Kind::Counter,
    labels: &["alert"],
    help: "Things at the help desk that a supervisor has to look at: same_pair, haste, night, velocity, \
           shared_contact, overridden, view_without_task, views, break_glass; alert on any increase of \
           break_glass",
};
