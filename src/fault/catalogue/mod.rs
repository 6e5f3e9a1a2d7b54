//! Every row: one thing that can go wrong, and what its three readers are told.
//!
//! Not texts: what a person reads stands in `locales/`, keyed by [`Row::person`]. Codes are permanent
//! and never reused; the hundreds name the area: 00 the broker itself, 01 authorization requests,
//! 02 token and userinfo requests, 03 the journey of a login, 04 refused responses, 05 SPID anomalies,
//! 06 persons, 07 logout, 08 registration of clients,
//! 10 policy, 11 cards, 12 matching and entitlements, 14 providers of a federation,
//! 15 relying parties of a federation, 16 credentials of the help desk, 17 the help desk and our own pages. 09 is kept for configuration.
//! `docs/reference/faults.md` is this table.

mod anomaly;
mod broker;
mod entitlement;
mod card;
mod credential;
mod delegation;
mod federated_client;
mod federation;
mod logout;
mod matching;
mod openid;
mod own;
mod policy;
mod registration;
mod response;

use std::collections::HashMap;
use std::sync::LazyLock;

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

impl Severity {
    /// `info`, `warning` or `alert`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Alert => "alert",
        }
    }
}

/// One thing that can go wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Permanent, never reused: `VARCO-0401`. Shown to people, logged, counted.
    pub code: &'static str,
    /// Name in metrics and in code: `response-wrong-audience`.
    pub slug: &'static str,
    /// HTTP status of the page or of the token answer.
    pub status: u16,
    /// OAuth error for the relying party, when it is told at all (RFC 6749, sections 4.1.2.1 and 5.2;
    /// RFC 6750, section 3.1; OpenID Connect Core 1.0, section 3.1.2.6).
    pub oauth: Option<&'static str>,
    /// The SPID anomaly number, when the provider gave one; goes into `error_description`.
    pub spid_anomaly: Option<u8>,
    /// Which person text: `fault-<person>-title`, `-text` and `-action` in `locales/` (several rows
    /// share one).
    pub person: &'static str,
    /// What an operator should look at.
    pub operator: &'static str,
    /// How loudly.
    pub severity: Severity,
}

impl Row {
    const fn new(
        code: &'static str,
        slug: &'static str,
        status: u16,
        oauth: Option<&'static str>,
        severity: Severity,
        person: &'static str,
        operator: &'static str,
    ) -> Self {
        Self { code, slug, status, oauth, spid_anomaly: None, person, operator, severity }
    }

    const fn anomaly(self, number: u8) -> Self {
        Self { spid_anomaly: Some(number), ..self }
    }

    /// Whether policy did not let somebody in: the same way leads to the same answer again.
    #[must_use]
    pub fn is_of_policy(&self) -> bool {
        self.code.starts_with("VARCO-10")
    }
}

/// The row of last resort.
pub static INTERNAL: Row = Row::new(
    "VARCO-0001",
    "internal",
    500,
    Some("server_error"),
    Severity::Alert,
    "internal",
    "A defect of Varco: report it with the log line.",
);

/// Every row, in the order of the codes.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    std::iter::once(&INTERNAL)
        .chain(broker::SERVICE)
        .chain(openid::AUTHORIZATION)
        .chain(openid::TOKEN)
        .chain(broker::JOURNEY)
        .chain(response::RESPONSE)
        .chain(anomaly::SPID)
        .chain(broker::PERSON)
        .chain(logout::LOGOUT)
        .chain(registration::ROWS)
        .chain(policy::ROWS)
        .chain(card::ROWS)
        .chain(matching::ROWS)
        .chain(entitlement::ROWS)
        .chain(federation::ROWS)
        .chain(federated_client::ROWS)
        .chain(credential::ROWS)
        .chain(own::ROWS)
        .chain(delegation::ROWS)
}

static BY_SLUG: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| rows().map(|row| (row.slug, row)).collect());

/// The row with that slug.
#[must_use]
pub fn by_slug(slug: &str) -> Option<&'static Row> {
    BY_SLUG.get(slug).copied()
}

#[cfg(test)]
mod tests;
