//! Every metric: name, kind, labels and meaning, in one table.
//!
//! Not the numbers: those are in [`super::Metrics`]. `docs/reference/metrics.md` is generated from here.
//! No label ever holds a person, an address, a transaction or anything else without bound: `rp`, `idp`,
//! `method`, `instrument`, `source` and `federation` are bounded by configuration, the others by this program.

mod acts;
mod desk;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

pub use acts::{AUDIT_ANCHOR_AGE, DELEGATION, PHONE_PIN};
pub use desk::{DESK_ACTS, DESK_ALERTS};

use crate::policy::Reason;

/// One metric.
#[derive(Debug)]
pub struct MetricRow {
    /// Name, with its unit.
    pub name: &'static str,
    /// What kind of number.
    pub kind: Kind,
    /// Label names, in order.
    pub labels: &'static [&'static str],
    /// What it counts or measures, for the operator; [`MetricRow::meaning`] fills in what the program knows.
    pub help: &'static str,
}

impl MetricRow {
    /// What it counts or measures; where policy gives reasons, all those that somebody who signs in can be told.
    #[must_use]
    pub fn meaning(&self) -> String {
        let reasons = Reason::ALL.into_iter().filter(|reason| reason.is_of_signing_in());
        let reasons: Vec<&str> = reasons.map(Reason::word).collect();
        self.help.replace("{reasons}", &reasons.join(", "))
    }
}

/// What kind of number it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Only ever grows, until a restart.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A distribution; upper bounds of its buckets, in seconds.
    Histogram(&'static [f64]),
}

/// Which build this is.
pub static BUILD_INFO: MetricRow = MetricRow {
    name: "varco_build_info",
    kind: Kind::Gauge,
    labels: &["version", "revision"],
    help: "Always 1; which build is running",
};
/// How long answers take.
pub static HTTP_REQUEST_DURATION: MetricRow = MetricRow {
    name: "varco_http_request_duration_seconds",
    kind: Kind::Histogram(&[
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
    ]),
    labels: &["route", "method", "status_class"],
    help: "Time from a request to its answer; route is the template, never the path",
};
/// Logins begun.
pub static LOGIN_STARTED: MetricRow = MetricRow {
    name: "varco_login_started_total",
    kind: Kind::Counter,
    labels: &["rp", "method"],
    help: "Logins for which a person chose how to sign in",
};
/// Logins ended.
pub static LOGIN_COMPLETED: MetricRow = MetricRow {
    name: "varco_login_completed_total",
    kind: Kind::Counter,
    labels: &["rp", "method", "level", "result"],
    help: "Logins ended; result is success, failed (a provider refused or its answer was refused), \
           denied_policy (a person whom policy did not let in went back) or cancelled (the person turned \
           back before); level is what was proven, or none",
};
/// Who was not let in.
pub static POLICY_DENIED: MetricRow = MetricRow {
    name: "varco_policy_denied_total",
    kind: Kind::Counter,
    labels: &["rp", "instrument", "reason"],
    help: "People whom policy did not let in; reason is one of {reasons}",
};
/// Who still comes to retired addresses.
pub static ENTRY_POINT_VISITS: MetricRow = MetricRow {
    name: "varco_entry_point_visits_total",
    kind: Kind::Counter,
    labels: &["entry_point"],
    help: "Requests for retired addresses; entry_point is the id in the file of announcements, 0 from the \
           start. One that nobody asks for in months can be dropped",
};
/// Warnings about policy.
pub static POLICY_LINTS: MetricRow = MetricRow {
    name: "varco_policy_lint_warnings",
    kind: Kind::Gauge,
    labels: &["rule"],
    help: "Policies in force that break that rule: let off with a recorded reason, or older than the calendar; \
           alert above 0",
};
/// What comes next.
pub static CALENDAR_NEXT_CHANGE: MetricRow = MetricRow {
    name: "varco_calendar_next_change_timestamp_seconds",
    kind: Kind::Gauge,
    labels: &["instrument", "kind"],
    help: "When the calendar next changes what that instrument is good for, as seconds since 1970; kind is \
           start, stop_issue, stop_renew or hard_end; alert 7 days before when nothing announces it",
};
/// A calendar that is not taken over.
pub static CALENDAR_REFUSED: MetricRow = MetricRow {
    name: "varco_calendar_refused",
    kind: Kind::Gauge,
    labels: &[],
    help: "1 when the calendar is no good as it stands: the one before it stays in force, and the log says \
           why; alert above 0",
};
/// How long logins take.
pub static LOGIN_DURATION: MetricRow = MetricRow {
    name: "varco_login_duration_seconds",
    kind: Kind::Histogram(&[1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0]),
    labels: &["method", "result"],
    help: "Time from the first page to the end of a login, the person's own time included",
};
/// Everything that went wrong.
pub static FAULTS: MetricRow = MetricRow {
    name: "varco_faults_total",
    kind: Kind::Counter,
    labels: &["code"],
    help: "Faults by permanent code; docs/reference/faults.md says what each means",
};
/// What providers said went wrong at their side.
pub static UPSTREAM_ANOMALIES: MetricRow = MetricRow {
    name: "varco_upstream_anomalies_total",
    kind: Kind::Counter,
    labels: &["idp", "code"],
    help: "Answers of identity providers that carry a SPID anomaly number; alert on 4 to 18: the provider \
           finds our request or our metadata wrong",
};
/// Answers of providers that we did not believe.
pub static UPSTREAM_REJECTED: MetricRow = MetricRow {
    name: "varco_upstream_response_rejected_total",
    kind: Kind::Counter,
    labels: &["idp", "reason"],
    help: "Answers of identity providers that failed a check; reason is the slug of the fault",
};
/// How old the trusted metadata is.
pub static METADATA_AGE: MetricRow = MetricRow {
    name: "varco_upstream_metadata_age_seconds",
    kind: Kind::Gauge,
    labels: &["federation"],
    help: "Time since the oldest metadata of the federation was last read; alert above 24 h",
};
/// Attempts to read metadata again.
pub static METADATA_REFRESHES: MetricRow = MetricRow {
    name: "varco_metadata_refreshes_total",
    kind: Kind::Counter,
    labels: &["federation", "source", "outcome"],
    help: "Attempts to read a source of metadata; source is its place in the configuration, files first; \
           outcome is renewed, unchanged or failed (the last good copy stays): alert on failed",
};
/// How old each source is.
pub static METADATA_SOURCE_AGE: MetricRow = MetricRow {
    name: "varco_metadata_source_age_seconds",
    kind: Kind::Gauge,
    labels: &["federation", "source"],
    help: "Time since that source of metadata was last read; absent until it was",
};
/// Files that are not taken over.
pub static RELYING_PARTY_FILES_REFUSED: MetricRow = MetricRow {
    name: "varco_relying_party_files_refused",
    kind: Kind::Gauge,
    labels: &[],
    help: "Files of relying parties that are no good as they stand; their clients go on as they were, \
           and the log says why; alert above 0",
};
/// Announcements that are not taken over.
pub static ANNOUNCEMENTS_REFUSED: MetricRow = MetricRow {
    name: "varco_announcements_refused",
    kind: Kind::Gauge,
    labels: &[],
    help: "1 while the file of announcements is no good as it stands; the last good one is shown, and \
           the log says why; alert above 0",
};
/// Files of roles that are not taken over.
pub static ENTITLEMENT_FILES_REFUSED: MetricRow = MetricRow {
    name: "varco_entitlement_files_refused",
    kind: Kind::Gauge,
    labels: &[],
    help: "Files of roles that are no good as they stand; what they said before counts, and the log says \
           why; alert above 0",
};
/// Questions to sources of roles.
pub static ENTITLEMENT_REQUESTS: MetricRow = MetricRow {
    name: "varco_entitlement_requests_total",
    kind: Kind::Counter,
    labels: &["source", "outcome"],
    help: "Questions to sources of roles; outcome is found, nothing (no role of that person), cached or \
           failed: alert on failed",
};
/// How long sources of roles take.
pub static ENTITLEMENT_DURATION: MetricRow = MetricRow {
    name: "varco_entitlement_request_duration_seconds",
    kind: Kind::Histogram(&[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]),
    labels: &["source"],
    help: "Time from a question to a source of roles to its answer, or to the end of our patience",
};
/// What is wrong with metadata.
pub static METADATA_ALERTS: MetricRow = MetricRow {
    name: "varco_metadata_alerts",
    kind: Kind::Gauge,
    labels: &["federation"],
    help: "Things wrong with the metadata now: sources that fail, providers and keys left out; each \
           stands in the log once; alert above 0",
};
/// Superiors that say of us what we are not.
pub static FEDERATION_DISCORDS: MetricRow = MetricRow {
    name: "varco_federation_discords",
    kind: Kind::Gauge,
    labels: &["federation"],
    help: "Keys of ours that no superior pins, and entities of ours without a trust mark, so that \
           providers refuse us; alert above 0",
};
/// Whom people can choose.
pub static PROVIDERS: MetricRow = MetricRow {
    name: "varco_upstream_providers",
    kind: Kind::Gauge,
    labels: &["federation"],
    help: "Identity providers that can be used now; alert when it falls",
};
/// When certificates end.
pub static CERTIFICATE_EXPIRY: MetricRow = MetricRow {
    name: "varco_certificate_expiry_timestamp_seconds",
    kind: Kind::Gauge,
    labels: &["use"],
    help: "When our certificate for that use ends, as seconds since 1970; alert 30 and 7 days before",
};
/// Tokens given.
pub static TOKENS_ISSUED: MetricRow = MetricRow {
    name: "varco_tokens_issued_total",
    kind: Kind::Counter,
    labels: &["rp", "grant"],
    help: "Successful answers of the token endpoint",
};
/// People from other states and fiscal codes.
pub static MATCHING: MetricRow = MetricRow {
    name: "varco_matching_total",
    kind: Kind::Counter,
    labels: &["rp", "outcome"],
    help: "Answers to the question for a fiscal code: recalled (known already), self_declared, verified, \
           declined, malformed, disagrees, ambiguous, unavailable (alert: the verifier or the registry does \
           not answer), taken (somebody has to look)",
};
/// Logouts.
pub static LOGOUTS: MetricRow = MetricRow {
    name: "varco_logout_total",
    kind: Kind::Counter,
    labels: &["channel"],
    help: "Logouts done here; channel is who wanted it: service, person or provider",
};
/// Clients told of logouts.
pub static LOGOUT_NOTICES: MetricRow = MetricRow {
    name: "varco_logout_notices_total",
    kind: Kind::Counter,
    labels: &["rp", "outcome"],
    help: "Logout tokens by back channel; outcome is heard, retried (it will be tried again) or given_up: \
           alert on given_up, that portal keeps its own session",
};
/// Token requests refused.
pub static TOKEN_ERRORS: MetricRow = MetricRow {
    name: "varco_token_errors_total",
    kind: Kind::Counter,
    labels: &["error"],
    help: "Refusals of the token and userinfo endpoints, by OAuth error",
};
/// Work of the state store.
pub static STATE_OPERATIONS: MetricRow = MetricRow {
    name: "varco_state_operations_total",
    kind: Kind::Counter,
    labels: &["shelf", "verb", "result"],
    help: "Uses of the state store; result is answered or failed",
};
/// How long keys have been signing.
pub static SIGNING_KEY_AGE: MetricRow = MetricRow {
    name: "varco_signing_key_age_seconds",
    kind: Kind::Gauge,
    labels: &["algorithm"],
    help: "Time since the active key of that algorithm began to sign tokens; alert when your rotation is late",
};
/// Addresses that had their share.
pub static CARD_CONNECTIONS_REFUSED: MetricRow = MetricRow {
    name: "varco_card_connections_refused_total",
    kind: Kind::Counter,
    labels: &[],
    help: "Connections where cards are shown that were ended at once, because their address has \
           `connections_per_address` of them already",
};
/// The list of signing keys was replaced.
pub static RING_READS: MetricRow = MetricRow {
    name: "varco_key_ring_reads_total",
    kind: Kind::Counter,
    labels: &["outcome"],
    help: "Changed lists of signing keys; outcome is renewed, or refused (the keys in use stay; the log \
           says why): alert on refused",
};
/// Whether we would take traffic.
pub static READY: MetricRow = MetricRow {
    name: "varco_ready",
    kind: Kind::Gauge,
    labels: &[],
    help: "1 when the last reading found everything a login needs, as /readyz says",
};

/// Every metric, in the order of the reference page.
pub static TABLE: &[&MetricRow] = &[
    &BUILD_INFO,
    &READY,
    &HTTP_REQUEST_DURATION,
    &RELYING_PARTY_FILES_REFUSED,
    &ANNOUNCEMENTS_REFUSED,
    &LOGIN_STARTED,
    &LOGIN_COMPLETED,
    &LOGIN_DURATION,
    &POLICY_DENIED,
    &ENTRY_POINT_VISITS,
    &DESK_ACTS,
    &DESK_ALERTS,
    &POLICY_LINTS,
    &CALENDAR_NEXT_CHANGE,
    &CALENDAR_REFUSED,
    &FAULTS,
    &UPSTREAM_ANOMALIES,
    &UPSTREAM_REJECTED,
    &METADATA_AGE,
    &METADATA_REFRESHES,
    &METADATA_SOURCE_AGE,
    &METADATA_ALERTS,
    &FEDERATION_DISCORDS,
    &PROVIDERS,
    &CERTIFICATE_EXPIRY,
    &SIGNING_KEY_AGE,
    &RING_READS,
    &AUDIT_ANCHOR_AGE,
    &CARD_CONNECTIONS_REFUSED,
    &ENTITLEMENT_REQUESTS,
    &ENTITLEMENT_DURATION,
    &ENTITLEMENT_FILES_REFUSED,
    &TOKENS_ISSUED,
    &MATCHING,
    &DELEGATION,
    &PHONE_PIN,
    &LOGOUTS,
    &LOGOUT_NOTICES,
    &TOKEN_ERRORS,
    &STATE_OPERATIONS,
];

/// The reference page.
#[must_use]
pub fn reference_page() -> String {
    let mut page = String::from(PREAMBLE);
    for row in TABLE {
        let kind = match row.kind {
            Kind::Counter => "counter".to_owned(),
            Kind::Gauge => "gauge".to_owned(),
            Kind::Histogram(bounds) => match (bounds.first(), bounds.last()) {
                (Some(low), Some(high)) => format!("histogram, {low} to {high} s"),
                _ => "histogram".to_owned(),
            },
        };
        let labels = if row.labels.is_empty() {
            "–".to_owned()
        } else {
            row.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ")
        };
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{}` | {kind} | {labels} | {} |", row.name, row.meaning());
    }
    page
}

const PREAMBLE: &str = "\
# Metrics

<!-- Generated from src/ops/metric_table.rs; a test compares them. Do not edit. -->

The second listener serves these at `/metrics`, in the text format of Prometheus. No label holds a
person, an address or a transaction. `rp`, `idp`, `method` and `instrument` take the names in your configuration;
anything else is counted under `other`.

| metric | kind | labels | meaning |
|---|---|---|---|
";
