//! Log lines: one JSON object each, on standard output.
//!
//! Not the legal record. Every line has `ts` (UTC, milliseconds), `level`, `target` and `msg`; then the
//! fields of the spans around it, outermost first, and its own. What has the shape of a fiscal code is
//! masked even so, and a panic is told by its place alone, for its message may quote a person.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::util::SubscriberInitExt;

use super::mask::masked;
use crate::effects::{Effects, Timestamp};

/// Why no lines are written.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// The filter of the configuration cannot be read.
    #[error(
        "the log filter cannot be read: write a level (info) or target=level pairs, as RUST_LOG"
    )]
    Filter,
    /// Log lines are written already, by somebody else.
    #[error("log lines are already written somewhere else")]
    Installed,
}

/// Whether a filter can be read: `info`, or pairs such as `info,varco::login=debug`.
///
/// # Errors
/// [`TelemetryFault::Filter`].
pub fn check_filter(filter: &str) -> Result<(), TelemetryFault> {
    EnvFilter::try_new(filter).map(|_| ()).map_err(|_| TelemetryFault::Filter)
}

/// Starts writing log lines to standard output, once in the life of the process.
///
/// # Errors
/// [`TelemetryFault`] when the filter is wrong or it was done before.
pub fn install(filter: &str, fx: &Effects) -> Result<(), TelemetryFault> {
    let filter = EnvFilter::try_new(filter).map_err(|_| TelemetryFault::Filter)?;
    let lines = JsonLines { fx: fx.clone(), out: std::io::stdout };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .map_err(|_| TelemetryFault::Installed)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a defect ended one request");
    }));
    Ok(())
}

/// The layer that writes the lines.
struct JsonLines<W> {
    fx: Effects,
    out: W,
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.extend(of_span);
            }
        }
        event.record(&mut fields);
        let metadata = event.metadata();
        let line = fields.line(self.fx.now(), metadata.level().as_str(), metadata.target());
        // Nobody is left to tell when standard output is closed.
        let _ = self.out.make_writer().write_all(line.as_bytes());
    }
}

/// The fields of a span or a line; the last value of a name counts.
#[derive(Default)]
struct Fields {
    message: String,
    named: Vec<(&'static str, Value)>,
}

impl Fields {
    fn set(&mut self, name: &'static str, value: Value) {
        self.named.retain(|(known, _)| *known != name);
        self.named.push((name, value));
    }

    fn extend(&mut self, others: &Self) {
        for (name, value) in &others.named {
            self.set(name, value.clone());
        }
    }

    fn line(&self, now: Timestamp, level: &str, target: &str) -> String {
        let (seconds, millis) = (now.rfc3339(), now.unix_millis().rem_euclid(1000));
        let moment = format!("{}.{millis:03}Z", seconds.trim_end_matches('Z'));
        let level = level.to_ascii_lowercase();
        let message = Value::from(masked(&self.message).as_ref());
        let mut line = format!(
            r#"{{"ts":"{moment}","level":"{level}","target":{},"msg":{message}"#,
            Value::from(target)
        );
        for (name, value) in &self.named {
            // A field does not stand in for what every line has.
            let mark = if RESERVED.contains(name) { "_" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(line, r#","{}{mark}":{value}"#, name.replace(['"', '\\'], "_"));
        }
        line.push_str("}\n");
        line
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.set(field.name(), masked(value).as_ref().into());
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field.name(), value.into());
    }
}

/// What every line has.
const RESERVED: [&str; 4] = ["ts", "level", "target", "msg"];
