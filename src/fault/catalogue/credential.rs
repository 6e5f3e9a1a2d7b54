//! Credentials of the help desk that did not let somebody in.
//!
//! Not what was typed wrong: the page asks again, and says it to the person alone.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 16: signing in with a credential of the help desk.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1601", "credential-tries",      403, Some("access_denied"),           Warning, "credential-tries",
        "User name, password and code did not fit five times in one journey. Somebody has forgotten them, or guesses."),
    Row::new("VARCO-1602", "credential-busy",       503, Some("temporarily_unavailable"), Alert,   "credential-busy",
        "More people sign in by password at once than two for each core in two seconds, or user names are tried by the thousand: whoever signed in from their place before is not affected by the latter."),
    Row::new("VARCO-1603", "credential-suspended",  403, Some("access_denied"),           Info,    "credential-suspended",
        "The holder proved to be that, and the credential is suspended: its case says by whom and why."),
    Row::new("VARCO-1604", "credential-over",       403, Some("access_denied"),           Info,    "credential-over",
        "The holder proved to be that, and the credential is revoked, expired or not active yet."),
    Row::new("VARCO-1605", "credential-unreadable", 503, Some("temporarily_unavailable"), Alert,   "credential-unreadable",
        "The registry does not answer, or a record does not open: it was edited in the database, or sealed under another secret. The detail says which."),
    Row::new("VARCO-1606", "credential-elsewhere",  403, Some("access_denied"),           Info,    "credential-elsewhere",
        "The case names the services that a credential opens, and this one is not among them."),
];
