//! Families of numbers: made from a row of the table, and added to by labels.
//!
//! Not what is counted: `metrics` names each family once.

use std::collections::BTreeSet;
use std::time::Duration;

use prometheus::{GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};

use super::super::metric_table::{Kind, MetricRow};
use crate::effects::Timestamp;

pub(super) fn counter(
    registry: &Registry,
    row: &MetricRow,
) -> Result<IntCounterVec, prometheus::Error> {
    let family = IntCounterVec::new(Opts::new(row.name, row.meaning()), row.labels)?;
    registry.register(Box::new(family.clone()))?;
    Ok(family)
}

pub(super) fn gauge(registry: &Registry, row: &MetricRow) -> Result<GaugeVec, prometheus::Error> {
    let family = GaugeVec::new(Opts::new(row.name, row.meaning()), row.labels)?;
    registry.register(Box::new(family.clone()))?;
    Ok(family)
}

pub(super) fn histogram(
    registry: &Registry,
    row: &MetricRow,
) -> Result<HistogramVec, prometheus::Error> {
    let mut options = HistogramOpts::new(row.name, row.meaning());
    if let Kind::Histogram(bounds) = row.kind {
        options = options.buckets(bounds.to_vec());
    }
    let family = HistogramVec::new(options, row.labels)?;
    registry.register(Box::new(family.clone()))?;
    Ok(family)
}

// A number of labels that does not fit the table loses a count, never a login; the tests use every one.

pub(super) fn add(family: &IntCounterVec, labels: &[&str]) {
    add_many(family, labels, 1);
}

pub(super) fn add_many(family: &IntCounterVec, labels: &[&str], count: u64) {
    if let Ok(counter) = family.get_metric_with_label_values(labels) {
        counter.inc_by(count);
    }
}

pub(super) fn set(family: &GaugeVec, labels: &[&str], value: f64) {
    if let Ok(gauge) = family.get_metric_with_label_values(labels) {
        gauge.set(value);
    }
}

pub(super) fn observe(family: &HistogramVec, labels: &[&str], took: Duration) {
    if let Ok(histogram) = family.get_metric_with_label_values(labels) {
        histogram.observe(took.as_secs_f64());
    }
}

pub(super) fn within<'a>(known: &BTreeSet<String>, name: &'a str) -> &'a str {
    if known.contains(name) { name } else { OTHER }
}

/// Counts of files and of metadata are small: none is rounded.
pub(super) fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Exact for every date before the year 10000.
pub(super) fn seconds(moment: Timestamp) -> f64 {
    Duration::from_secs(u64::try_from(moment.unix_seconds()).unwrap_or(0)).as_secs_f64()
}

/// What is not known by name.
pub(super) const OTHER: &str = "other";
