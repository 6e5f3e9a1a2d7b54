//! Metrics of acts: what leaves a row of the trail, and the trail itself.
//!
//! Not of logins.

use super::{Kind, MetricRow};

/// What is done with delegations.
pub static DELEGATION: MetricRow = MetricRow {
    name: "varco_delegation_total",
    kind: Kind::Counter,
    labels: &["source", "action", "result"],
    help: "What is done with delegations: action is ask, accept, refuse, revoke, or use (somebody signs in \
           for another person); result is done, or why not",
};
/// The anchors of the trail.
pub static AUDIT_ANCHOR_AGE: MetricRow = MetricRow {
    name: "varco_audit_anchor_age_seconds",
    kind: Kind::Gauge,
    labels: &[],
    help: "How long ago every file of `[audit]` had the signed head of the trail: alert on more than five \
           intervals",
};
/// What is done with telephone PINs.
pub static PHONE_PIN: MetricRow = MetricRow {
    name: "varco_phone_pin_total",
    kind: Kind::Counter,
    labels: &["action", "result"],
    help: "What is done with telephone PINs: action is make, cancel, or verify (a contact centre asks); result \
           is done, recognised, refused, or why not",
};
