//! Rows of the broker itself: the service (00), the journey of a login (03), persons (06).
//!
//! Not what a protocol refuses: see `openid.rs`, `response.rs` and `anomaly.rs`.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 00: HTTP and the state store. `VARCO-0001` is [`super::INTERNAL`].
#[rustfmt::skip]
pub(super) static SERVICE: &[Row] = &[
    Row::new("VARCO-0002", "state-unavailable",  503, Some("temporarily_unavailable"), Alert,   "unavailable",
        "The state store does not answer: look at its connection, its memory and the cause chain."),
    Row::new("VARCO-0003", "not-found",          404, None,                            Info,    "not-found",
        "An address that does not exist: an old bookmark, or a scanner."),
    Row::new("VARCO-0004", "method-not-allowed", 405, None,                            Info,    "not-found",
        "An address was called with a method it does not have: a wrong client, or a scanner."),
    Row::new("VARCO-0005", "too-many-requests",  429, Some("temporarily_unavailable"), Warning, "too-many-requests",
        "A limit was reached: a loop in a portal, a crowd behind one address, or an attack."),
    Row::new("VARCO-0006", "request-too-large",  413, Some("invalid_request"),         Warning, "malformed-request",
        "A body or a query is longer than anything genuine."),
    Row::new("VARCO-0007", "malformed-request",  400, Some("invalid_request"),         Info,    "malformed-request",
        "A request that no page of Varco makes: a truncated link, or a scanner."),
    Row::new("VARCO-0008", "unsupported-media-type", 415, Some("invalid_request"),     Info,    "malformed-request",
        "A form was sent in another encoding than application/x-www-form-urlencoded."),
    Row::new("VARCO-0009", "signing-unavailable", 503, Some("temporarily_unavailable"), Alert,  "unavailable",
        "The key that signs tokens does not answer, or the ring has none of that algorithm: look at the device, and at `varco keys list`."),
];

/// 03: the journey of one login.
#[rustfmt::skip]
pub(super) static JOURNEY: &[Row] = &[
    Row::new("VARCO-0301", "login-expired",        400, None,                                      Info,    "expired",
        "The login is gone: more than 20 minutes passed, it was already completed, or the back button was used."),
    Row::new("VARCO-0302", "other-browser",        403, None,                                      Warning, "other-browser",
        "A browser continued a login that another one began: a shared link, or login CSRF."),
    Row::new("VARCO-0303", "client-gone",          400, None,                                      Warning, "client-gone",
        "The relying party was removed while somebody was signing in: look at the last reload."),
    Row::new("VARCO-0304", "upstream-not-offered", 403, Some("access_denied"),                     Warning, "method-unavailable",
        "A way to sign in was called that this relying party does not accept: look at its `upstreams`."),
    Row::new("VARCO-0305", "provider-unknown",     404, Some("access_denied"),                     Warning, "method-unavailable",
        "A provider was called that no metadata describes: an old link, or metadata that lost an entity."),
    Row::new("VARCO-0306", "provider-disabled",    403, Some("temporarily_unavailable"),           Warning, "method-unavailable",
        "The provider has no usable key or endpoint, or was switched off: look at the age of its metadata."),
    Row::new("VARCO-0307", "login-unanswered",     400, Some("access_denied"),                     Info,    "unanswered",
        "The person came back before any provider had answered."),
    Row::new("VARCO-0308", "login-declined",       403, Some("access_denied"),                     Info,    "declined",
        "The person chose to go back to the service."),
    Row::new("VARCO-0309", "cookies-blocked",      400, None,                                      Info,    "cookies-blocked",
        "The browser did not bring back the cookie it was given: cookies are blocked, or a proxy strips them."),
    Row::new("VARCO-0310", "level-too-low",        403, Some("unmet_authentication_requirements"), Info,    "level-too-low",
        "The assertion proves a lower level than the relying party asked; nothing was released."),
    Row::new("VARCO-0311", "response-unsolicited", 403, None,                                      Warning, "response-unsolicited",
        "A response that answers no request of ours: a request older than 20 minutes, or a forged message."),
    Row::new("VARCO-0312", "response-replayed",    403, Some("access_denied"),                     Warning, "response-replayed",
        "A response or an assertion came twice: a reload, a double click, or a replay. The first one stands."),
];

/// 06: a genuine proof that is no person Varco can name.
#[rustfmt::skip]
pub(super) static PERSON: &[Row] = &[
    Row::new("VARCO-0601", "fiscal-code-invalid", 403, Some("server_error"), Alert, "identity-invalid",
        "The provider sent a fiscalNumber that is no Italian fiscal code: write to the provider, with the log line."),
    Row::new("VARCO-0602", "identity-incomplete", 403, Some("server_error"), Alert, "identity-invalid",
        "The provider sent nothing that identifies the person: look at the attribute set in our metadata, then write to it."),
    Row::new("VARCO-0603", "eidas-identifier-invalid", 403, Some("server_error"), Alert, "identity-invalid",
        "The eIDAS node sent an identifier that is not another state's for Italy: write to the node, with the log line."),
];
