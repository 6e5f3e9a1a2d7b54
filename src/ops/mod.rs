//! What operators see: numbers, health, log lines, and the doctor.
//!
//! Not a web server: everything here returns text or a verdict, and the second listener in `app`
//! serves it. Nothing below `ops` knows of it: `login` tells an observer what happened, and
//! [`Metrics`] is one.

pub mod doctor;
pub mod health;
mod mask;
pub mod metric_table;
mod metrics;
mod observer;
pub mod telemetry;

pub use metrics::{Bounds, LoginResult, MetadataReading, Metrics, MetricsFault, Reading};
