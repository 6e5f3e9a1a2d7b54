//! Relying parties that a federation vouches for (15), and why they are not taken.
//!
//! Not the judgement: `federation` makes that. Nobody is sent back to an address that nobody vouches for: in
//! a browser these are pages; the OAuth error is for a client that pushes its request or asks for a token.

use super::Row;
use super::Severity::{Alert, Warning};

/// 15: in the order in which a client meets them.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1501", "federated-client-unproven",    400, Some("invalid_client"),          Warning, "service-request",
        "A client that only a federation could know sent no request object and no client assertion: nothing was asked about it."),
    Row::new("VARCO-1502", "federated-client-throttled",   429, Some("temporarily_unavailable"), Alert,   "service-request",
        "Too many unknown clients of federations: from one peer within a minute, searched for at a time, or known at a time; the detail says which. Clients that are known sign people in as before."),
    Row::new("VARCO-1503", "federated-client-mark",        403, Some("invalid_client"),          Warning, "service-unknown",
        "The client does not show a valid trust mark of the types that [[federation.clients]] or the anchor's table demands. Without one in its trust_chain nobody was asked about it."),
    Row::new("VARCO-1504", "federated-client-anchor",      400, Some("invalid_trust_anchor"),    Warning, "service-unknown",
        "No way leads from the client to an anchor that federation.trust_anchors names."),
    Row::new("VARCO-1505", "federated-client-chain",       400, Some("invalid_trust_chain"),     Warning, "service-unknown",
        "A statement of the client's chain is malformed, forged, stale or not allowed by a superior; the line names the link, the clause and what is wrong."),
    Row::new("VARCO-1506", "federated-client-unreachable", 503, Some("temporarily_unavailable"), Warning, "service-unknown",
        "The client or a superior of it does not answer, or not with its statement; it is asked again after half a minute to a minute."),
    Row::new("VARCO-1507", "federated-client-metadata",    400, Some("invalid_metadata"),        Warning, "service-request",
        "What the chain leaves of the client's metadata cannot be served; the detail names the members."),
    Row::new("VARCO-1508", "federated-registration-invalid", 400, Some("invalid_request"),       Warning, "service-request",
        "What was posted to the federation's registration endpoint is no entity configuration, nor a chain that begins with one, that its sender made for us alone and that is in its time; or a newer one is registered, or an operator registered a client of that name."),
];
