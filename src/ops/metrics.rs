//! The numbers, kept for Prometheus.
//!
//! Not a place to decide what is counted: `metric_table` names every metric, `observer` says which
//! event adds to which. A label from outside that configuration does not know becomes `other`.

mod desk;
mod entry_points;
mod family;
mod reading;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use prometheus::{GaugeVec, HistogramVec, IntCounterVec, Registry, TextEncoder};

pub use self::reading::{Bounds, LoginResult, MetadataReading, Reading};

use self::family::{
    OTHER, add, add_many, counter, gauge, histogram, observe, seconds, set, whole, within,
};
use super::metric_table as table;
use crate::terms::Level;

/// Two metrics of one name, or a label that is none: a mistake in the table.
#[derive(Debug, thiserror::Error)]
#[error("a metric cannot be registered")]
pub struct MetricsFault(#[from] prometheus::Error);

/// The numbers.
pub struct Metrics {
    registry: Registry,
    bounds: ArcSwap<Bounds>,
    /// One reader at a time, so that what is read and what is written belong together.
    rendering: Mutex<()>,
    http: HistogramVec,
    login_started: IntCounterVec,
    login_completed: IntCounterVec,
    login_duration: HistogramVec,
    policy_denied: IntCounterVec,
    entry_points: IntCounterVec,
    desk_acts: IntCounterVec,
    desk_alerts: IntCounterVec,
    policy_lints: GaugeVec,
    next_change: GaugeVec,
    calendar_refused: GaugeVec,
    faults: IntCounterVec,
    anomalies: IntCounterVec,
    rejected: IntCounterVec,
    relying_party_files_refused: GaugeVec,
    announcements_refused: GaugeVec,
    entitlement_requests: IntCounterVec,
    entitlement_duration: HistogramVec,
    entitlement_files_refused: GaugeVec,
    metadata_age: GaugeVec,
    metadata_refreshes: IntCounterVec,
    metadata_source_age: GaugeVec,
    metadata_alerts: GaugeVec,
    discords: GaugeVec,
    providers: GaugeVec,
    certificate_expiry: GaugeVec,
    tokens_issued: IntCounterVec,
    matching: IntCounterVec,
    delegation: IntCounterVec,
    telephone_pin: IntCounterVec,
    logouts: IntCounterVec,
    logout_notices: IntCounterVec,
    token_errors: IntCounterVec,
    state_operations: IntCounterVec,
    ring_reads: IntCounterVec,
    card_connections_refused: IntCounterVec,
    signing_key_age: GaugeVec,
    anchor_age: GaugeVec,
    ready: GaugeVec,
}

impl Metrics {
    /// All at zero, for this version and revision of the program.
    ///
    /// # Errors
    /// [`MetricsFault`] when the table is wrong.
    pub fn new(version: &str, revision: &str) -> Result<Self, MetricsFault> {
        let registry = Registry::new();
        let build = gauge(&registry, &table::BUILD_INFO)?;
        build.get_metric_with_label_values(&[version, revision])?.set(1.0);
        Ok(Self {
            bounds: ArcSwap::default(),
            rendering: Mutex::new(()),
            http: histogram(&registry, &table::HTTP_REQUEST_DURATION)?,
            login_started: counter(&registry, &table::LOGIN_STARTED)?,
            login_completed: counter(&registry, &table::LOGIN_COMPLETED)?,
            login_duration: histogram(&registry, &table::LOGIN_DURATION)?,
            policy_denied: counter(&registry, &table::POLICY_DENIED)?,
            entry_points: counter(&registry, &table::ENTRY_POINT_VISITS)?,
            desk_acts: counter(&registry, &table::DESK_ACTS)?,
            desk_alerts: counter(&registry, &table::DESK_ALERTS)?,
            policy_lints: gauge(&registry, &table::POLICY_LINTS)?,
            next_change: gauge(&registry, &table::CALENDAR_NEXT_CHANGE)?,
            calendar_refused: gauge(&registry, &table::CALENDAR_REFUSED)?,
            faults: counter(&registry, &table::FAULTS)?,
            anomalies: counter(&registry, &table::UPSTREAM_ANOMALIES)?,
            rejected: counter(&registry, &table::UPSTREAM_REJECTED)?,
            relying_party_files_refused: gauge(&registry, &table::RELYING_PARTY_FILES_REFUSED)?,
            announcements_refused: gauge(&registry, &table::ANNOUNCEMENTS_REFUSED)?,
            entitlement_requests: counter(&registry, &table::ENTITLEMENT_REQUESTS)?,
            entitlement_duration: histogram(&registry, &table::ENTITLEMENT_DURATION)?,
            entitlement_files_refused: gauge(&registry, &table::ENTITLEMENT_FILES_REFUSED)?,
            metadata_age: gauge(&registry, &table::METADATA_AGE)?,
            metadata_refreshes: counter(&registry, &table::METADATA_REFRESHES)?,
            metadata_source_age: gauge(&registry, &table::METADATA_SOURCE_AGE)?,
            metadata_alerts: gauge(&registry, &table::METADATA_ALERTS)?,
            discords: gauge(&registry, &table::FEDERATION_DISCORDS)?,
            providers: gauge(&registry, &table::PROVIDERS)?,
            certificate_expiry: gauge(&registry, &table::CERTIFICATE_EXPIRY)?,
            tokens_issued: counter(&registry, &table::TOKENS_ISSUED)?,
            matching: counter(&registry, &table::MATCHING)?,
            delegation: counter(&registry, &table::DELEGATION)?,
            telephone_pin: counter(&registry, &table::PHONE_PIN)?,
            logouts: counter(&registry, &table::LOGOUTS)?,
            logout_notices: counter(&registry, &table::LOGOUT_NOTICES)?,
            token_errors: counter(&registry, &table::TOKEN_ERRORS)?,
            state_operations: counter(&registry, &table::STATE_OPERATIONS)?,
            ring_reads: counter(&registry, &table::RING_READS)?,
            card_connections_refused: counter(&registry, &table::CARD_CONNECTIONS_REFUSED)?,
            signing_key_age: gauge(&registry, &table::SIGNING_KEY_AGE)?,
            anchor_age: gauge(&registry, &table::AUDIT_ANCHOR_AGE)?,
            ready: gauge(&registry, &table::READY)?,
            registry,
        })
    }

    /// Replaces what configuration knows: at the start and at every reload.
    pub fn know(&self, bounds: Bounds) {
        self.bounds.store(bounds.into());
    }

    /// A request was answered. `route` is the template; `None` when no route matched.
    pub fn http_request(&self, route: Option<&str>, method: &str, status: u16, took: Duration) {
        let class = match status {
            100..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        let method = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"]
            .into_iter()
            .find(|known| *known == method)
            .unwrap_or(OTHER);
        observe(&self.http, &[route.unwrap_or(OTHER), method, class], took);
    }

    /// A person chose how to sign in.
    pub fn login_started(&self, relying_party: &str, upstream: &str) {
        let bounds = self.bounds.load();
        let labels =
            [within(&bounds.relying_parties, relying_party), within(&bounds.upstreams, upstream)];
        add(&self.login_started, &labels);
    }

    /// A login ended. `level` is what was proven; `took` counts from the first page.
    pub fn login_completed(
        &self,
        relying_party: &str,
        upstream: &str,
        level: Option<Level>,
        result: LoginResult,
        took: Duration,
    ) {
        let bounds = self.bounds.load();
        let relying_party = within(&bounds.relying_parties, relying_party);
        let upstream = within(&bounds.upstreams, upstream);
        let level = match level {
            None => "none",
            Some(Level::L1) => "1",
            Some(Level::L2) => "2",
            Some(Level::L3) => "3",
        };
        add(&self.login_completed, &[relying_party, upstream, level, result.name()]);
        observe(&self.login_duration, &[upstream, result.name()], took);
    }

    /// Policy did not let somebody in, for that reason.
    pub fn policy_denied(&self, relying_party: &str, instrument: &str, reason: &'static str) {
        let bounds = self.bounds.load();
        let relying_party = within(&bounds.relying_parties, relying_party);
        let instrument = within(&bounds.instruments, instrument);
        add(&self.policy_denied, &[relying_party, instrument, reason]);
    }

    /// So many policies in force break that lint.
    pub fn policy_lint(&self, rule: &'static str, count: usize) {
        set(&self.policy_lints, &[rule], whole(count));
    }

    /// Whether the calendar is refused as it stands.
    pub fn calendar_refused(&self, refused: bool) {
        set(&self.calendar_refused, &[], whole(usize::from(refused)));
    }

    /// A fault was reported.
    pub fn fault(&self, code: &'static str) {
        add(&self.faults, &[code]);
    }

    /// A provider answered with a SPID anomaly.
    pub fn upstream_anomaly(&self, provider: &str, number: u8) {
        let bounds = self.bounds.load();
        add(&self.anomalies, &[within(&bounds.providers, provider), &number.to_string()]);
    }

    /// The answer of a provider failed a check; `reason` is the slug of the fault.
    pub fn upstream_rejected(&self, provider: &str, reason: &'static str) {
        let bounds = self.bounds.load();
        add(&self.rejected, &[within(&bounds.providers, provider), reason]);
    }

    /// The token endpoint gave tokens.
    pub fn token_issued(&self, relying_party: &str, grant: &'static str) {
        let bounds = self.bounds.load();
        add(&self.tokens_issued, &[within(&bounds.relying_parties, relying_party), grant]);
    }

    /// Somebody from another state was asked for a fiscal code, or was known.
    pub fn matched(&self, relying_party: &str, outcome: &'static str) {
        let bounds = self.bounds.load();
        add(&self.matching, &[within(&bounds.relying_parties, relying_party), outcome]);
    }

    /// Something was done with a delegation.
    pub fn delegated(&self, source: &str, action: &'static str, result: &'static str) {
        add(&self.delegation, &[source, action, result]);
    }

    /// Something was done with a telephone PIN.
    pub fn telephoned(&self, action: &'static str, result: &'static str) {
        add(&self.telephone_pin, &[action, result]);
    }

    /// Somebody was logged out here; `channel` says who wanted it.
    pub fn logged_out(&self, channel: &'static str) {
        add(&self.logouts, &[channel]);
    }

    /// A client was told of a logout by back channel, or was not.
    pub fn client_told(&self, relying_party: &str, outcome: &'static str) {
        let bounds = self.bounds.load();
        add(&self.logout_notices, &[within(&bounds.relying_parties, relying_party), outcome]);
    }

    /// The token endpoint refused, with this OAuth error.
    pub fn token_error(&self, error: &'static str) {
        add(&self.token_errors, &[error]);
    }

    /// So many files of relying parties are refused now.
    pub fn relying_party_files_refused(&self, count: usize) {
        set(&self.relying_party_files_refused, &[], whole(count));
    }

    /// The file of announcements is refused as it stands, or is not.
    pub fn announcements_refused(&self, refused: bool) {
        set(&self.announcements_refused, &[], if refused { 1.0 } else { 0.0 });
    }

    /// A source of roles was asked.
    pub fn entitlement_asked(&self, source: &str, outcome: &'static str, took: Duration) {
        add(&self.entitlement_requests, &[source, outcome]);
        observe(&self.entitlement_duration, &[source], took);
    }

    /// How many files of roles are refused as they stand.
    pub fn entitlement_files_refused(&self, count: usize) {
        set(&self.entitlement_files_refused, &[], whole(count));
    }

    /// A source of metadata was read again, or could not be; `source` is its place.
    pub fn metadata_refreshed(&self, federation: &'static str, source: usize, outcome: &str) {
        add(&self.metadata_refreshes, &[federation, &source.to_string(), outcome]);
    }

    /// The list of signing keys was replaced, and read or refused.
    pub fn ring_read(&self, outcome: &'static str) {
        add(&self.ring_reads, &[outcome]);
    }

    /// An address had its share of the connections where cards are shown.
    pub fn card_connection_refused(&self) {
        add(&self.card_connections_refused, &[]);
    }

    /// Everything in the text format of Prometheus (version 0.0.4).
    #[must_use]
    pub fn render(&self, reading: &Reading) -> String {
        let _one_at_a_time = self.rendering.lock().unwrap_or_else(PoisonError::into_inner);
        self.state_operations.reset();
        for uses in &reading.uses {
            let (shelf, verb) = (uses.shelf.name(), uses.verb.name());
            add_many(&self.state_operations, &[shelf, verb, "answered"], uses.answered);
            add_many(&self.state_operations, &[shelf, verb, "failed"], uses.failed);
        }
        self.metadata_source_age.reset();
        for metadata in &reading.metadata {
            let federation = metadata.federation;
            set(&self.metadata_age, &[federation], metadata.age.as_secs_f64());
            set(&self.metadata_alerts, &[federation], whole(metadata.alerts));
            set(&self.discords, &[federation], whole(metadata.discords));
            set(&self.providers, &[federation], whole(metadata.providers));
            for (at, age) in metadata.sources.iter().enumerate() {
                if let Some(age) = age {
                    let labels = [federation, &at.to_string()];
                    set(&self.metadata_source_age, &labels, age.as_secs_f64());
                }
            }
        }
        for (purpose, end) in &reading.certificates {
            set(&self.certificate_expiry, &[purpose], seconds(*end));
        }
        for (algorithm, age) in &reading.signing_keys {
            set(&self.signing_key_age, &[algorithm], age.as_secs_f64());
        }
        if let Some(age) = reading.anchor_age {
            set(&self.anchor_age, &[], age.as_secs_f64());
        }
        self.next_change.reset();
        for (instrument, kind, moment) in &reading.next_changes {
            set(&self.next_change, &[instrument, kind], seconds(*moment));
        }
        set(&self.ready, &[], if reading.ready { 1.0 } else { 0.0 });
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}
