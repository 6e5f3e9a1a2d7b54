//! Every row. (Interface; the table is being written.)
//!
//! Not texts: what a person reads stands in `locales/`, keyed by the slug.

/// How loudly operators hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Part of normal life: people cancel.
    Info,
    /// Worth a look when it repeats.
    Warning,
    /// Somebody attacks, or something of ours is wrong.
    Alert,
}

/// One thing that can go wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Permanent, never reused: `VARCO-0401`. Shown to people, logged, counted.
    pub code: &'static str,
    /// Name in locales, metrics and code: `response-wrong-audience`.
    pub slug: &'static str,
    /// HTTP status of the page.
    pub status: u16,
    /// OAuth error for the relying party, when it is told at all (RFC 6749, section 4.1.2.1).
    pub oauth: Option<&'static str>,
    /// The SPID anomaly number, when the provider gave one; goes into `error_description`.
    pub spid_anomaly: Option<u8>,
    /// Which person text: key of the locale message group (several rows share one).
    pub person: &'static str,
    /// What an operator should look at.
    pub operator: &'static str,
    /// How loudly.
    pub severity: Severity,
}

/// The row of last resort.
pub static INTERNAL: Row = Row {
    code: "VARCO-0001",
    slug: "internal",
    status: 500,
    oauth: Some("server_error"),
    spid_anomaly: None,
    person: "internal",
    operator: "a defect: report it with the log line",
    severity: Severity::Alert,
};

/// The row with that slug.
#[must_use]
pub fn by_slug(slug: &str) -> Option<&'static Row> {
    (slug == INTERNAL.slug).then_some(&INTERNAL)
}
