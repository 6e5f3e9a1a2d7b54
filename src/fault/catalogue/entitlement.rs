//! Sources of roles, and the choice between roles.
//!
//! Not why a source did not answer: the log line of the fault has the cause.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 12, second half: roles.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1210", "entitlements-unavailable", 503, Some("temporarily_unavailable"), Alert,   "entitlements-unavailable",
        "The source of roles of that relying party told nothing; the detail names it, and the causes say why. Nobody gets on until it answers, unless its on_failure is without_roles."),
    Row::new("VARCO-1211", "role-required",            403, Some("access_denied"),           Info,    "role-required",
        "The source of roles knows no role of this person today, and the relying party's [entitlements] has without_role = false."),
    Row::new("VARCO-1212", "role-unknown",             400, None,                            Warning, "role-unknown",
        "The browser chose a role that is not among those the person was offered: an old page, or an attempt."),
];
