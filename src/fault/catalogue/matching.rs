//! Fiscal codes of people from other states, and the record of first logins.
//!
//! Not what a person may simply type again: the page itself says that.

use super::Row;
use super::Severity::{Alert, Warning};

/// 12, up to 1209: matching and first logins.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1201", "match-limit",            403, Some("access_denied"),           Warning, "match-limit",
        "Somebody from another state gave five fiscal codes that are not theirs: a slip, or somebody who guesses. Nothing was recorded."),
    Row::new("VARCO-1202", "match-taken",            403, Some("access_denied"),           Alert,   "match-desk",
        "A fiscal code, or an identifier of eIDAS, is matched otherwise already: a new identifier of the same person, or an impostor then or now. Find out who is right, then `varco registry matches withdraw`."),
    Row::new("VARCO-1203", "match-unavailable",      503, Some("temporarily_unavailable"), Alert,   "match-unavailable",
        "Nobody is matched: the registry does not answer, a record does not open, or [matching] is gone. Whoever must be matched cannot sign in."),
    Row::new("VARCO-1204", "first-login-refused",    403, Some("unauthorized_client"),     Warning, "service-request",
        "A client asked whether a fiscal code has signed in before, and its file does not say `first_login = true`."),
    Row::new("VARCO-1205", "first-login-unavailable", 503, Some("temporarily_unavailable"), Alert,  "service-request",
        "The record of first logins cannot be read, or is off: look at the registry and at [first_login]."),
];
