//! Clients that register themselves, and why they are refused.
//!
//! Not persons: nobody but a relying party's developer meets these.

use super::Row;
use super::Severity::{Alert, Warning};

/// 08: what is wrong with a registration (RFC 7591, section 3.2.2; RFC 7592).
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-0801", "registration-token-invalid",      401, Some("invalid_token"),                 Warning, "service-request",
        "The initial access token is unknown, used up or over, or the registration access token is not the client's: `varco clients token create` makes another initial one."),
    Row::new("VARCO-0802", "registration-redirect-uri",       400, Some("invalid_redirect_uri"),          Warning, "service-request",
        "A client wants a redirect URI that codes must not be sent to; its developer was told which and why."),
    Row::new("VARCO-0803", "registration-metadata",           400, Some("invalid_client_metadata"),       Warning, "service-request",
        "What a client says of itself does not fit together or is not offered; the detail names the members, its developer was told more."),
    Row::new("VARCO-0804", "registration-statement-refused",  400, Some("unapproved_software_statement"), Warning, "service-request",
        "A client came with a software statement: nobody's are trusted here (RFC 7591, section 2.3)."),
    Row::new("VARCO-0805", "registry-unavailable",            503, Some("temporarily_unavailable"),       Alert,   "service-request",
        "The registry cannot be read or written: look at its file, the folder's rights and the space left. Clients that are known sign people in as before."),
];
