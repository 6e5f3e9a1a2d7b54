//! Delegations and telephone PINs.
//!
//! Not what a form says of what was typed: the page itself says that.

use super::Row;
use super::Severity::{Alert, Warning};

/// 18.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1801", "delegation-over",         403, Some("access_denied"),           Warning, "delegation-over",
        "Somebody chose to act by a delegation that does not hold here: it was taken back or ended meanwhile, or somebody tries names."),
    Row::new("VARCO-1802", "delegation-unavailable",  503, Some("temporarily_unavailable"), Alert,   "delegation-unavailable",
        "Delegations cannot be read, or the trail cannot be written: nobody acts for anybody. People go on signing in for themselves."),
    Row::new("VARCO-1803", "telephone-pin-refused",   401, None,                            Warning, "service-request",
        "Whoever asks about telephone PINs did not prove to be a client that may: its file must say `contact_centre = true`, and it must authenticate."),
    Row::new("VARCO-1804", "telephone-pin-malformed", 400, None,                            Warning, "service-request",
        "A question about a telephone PIN is not one: look at the description of the interface."),
    Row::new("VARCO-1805", "telephone-pin-limit",     429, None,                            Alert,   "service-request",
        "A client, a member of its staff or somebody about one person asks too often about telephone PINs: somebody guesses, or a script runs wild."),
    Row::new("VARCO-1806", "telephone-pin-unavailable", 503, None,                          Alert,   "service-request",
        "Telephone PINs are off, or the registry does not answer."),
];
