//! Rows of policy (10): who may enter which service, with what, on which day.
//!
//! Not the judgement: `policy` gives a reason, and each reason has its row.

use super::Row;
use super::Severity::Info;

/// 10: policy.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1001", "policy-switched-off", 403, Some("access_denied"),                      Info, "policy-switched-off",
        "The instrument is switched off for this service since a day that the calendar or the relying party's file names: `varco policy explain` says which."),
    Row::new("VARCO-1002", "policy-not-yet",      403, Some("access_denied"),                      Info, "policy-not-yet",
        "The instrument is not accepted yet on this day: `varco policy explain` says from when."),
    Row::new("VARCO-1003", "policy-level",        403, Some("unmet_authentication_requirements"),  Info, "policy-level",
        "The level that was proven is too low for persons of that category, or by that instrument: look at `minimum_level` and `[[policy.level]]`."),
    Row::new("VARCO-1004", "policy-category",     403, Some("access_denied"),                      Info, "policy-category",
        "The service does not take persons of any category that this one belongs to: look at `categories`, and at what the entitlement source says."),
    Row::new("VARCO-1005", "policy-not-dedicated", 403, Some("access_denied"),                     Info, "policy-category",
        "The credential is good for services dedicated to its holders alone, and this one is not: look at `dedicated_to`."),
    Row::new("VARCO-1006", "policy-min-age",      403, Some("access_denied"),                      Info, "policy-min-age",
        "The person is younger than `minimum_age`, or nothing that was received says how old they are."),
    Row::new("VARCO-1007", "policy-not-accepted", 403, Some("access_denied"),                      Info, "method-unavailable",
        "The service does not accept the instrument at all on this day: look at its periods, `instruments`, `from` and `until`."),
];
