//! Rows of logout (07): messages of providers that are refused, and requests of services.
//!
//! Not the checks: `saml::logout` and `provider::end_session` have those. No row tells whether there
//! was a session. No relying party is told: a logout that is refused leads nowhere.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 07: in the order in which a message meets the checks, then what a service or a person sends.
#[rustfmt::skip]
pub(super) static LOGOUT: &[Row] = &[
    Row::new("VARCO-0701", "logout-malformed",         400, None, Warning, "logout-refused",
        "Not a LogoutRequest or LogoutResponse by HTTP-Redirect or HTTP-POST; nobody was logged out by it."),
    Row::new("VARCO-0702", "logout-unsigned",          403, None, Alert,   "logout-refused",
        "A logout message without a signature: anybody could have written it."),
    Row::new("VARCO-0703", "logout-signature-invalid", 403, None, Alert,   "logout-refused",
        "The signature does not verify with the keys of the provider that the Issuer names; by HTTP-Redirect it covers the query as received."),
    Row::new("VARCO-0704", "logout-wrong-issuer",      403, None, Warning, "logout-refused",
        "The Issuer is no provider that may be used: look at the metadata and at what is disabled."),
    Row::new("VARCO-0705", "logout-wrong-destination", 403, None, Warning, "logout-refused",
        "The message is addressed to another endpoint than the one it came to: look at the provider's copy of our metadata."),
    Row::new("VARCO-0706", "logout-expired",           403, None, Warning, "logout-refused",
        "The message is older than five minutes, past its own end, or from the future: compare the clocks."),
    Row::new("VARCO-0707", "logout-in-response-to",    403, None, Warning, "logout-refused",
        "A LogoutResponse that answers no request under way: an old page, or a forged message."),
    Row::new("VARCO-0708", "logout-name-id",           403, None, Warning, "logout-refused",
        "A LogoutRequest without exactly one readable NameID."),
    Row::new("VARCO-0709", "logout-replayed",          403, None, Warning, "logout-refused",
        "A LogoutRequest came twice: a reload, or a replay. The first one stands."),
    Row::new("VARCO-0710", "logout-gone",              400, None, Info,    "logout-gone",
        "The logout in progress is over, or older than ten minutes. Everything here had ended before it began."),
    Row::new("VARCO-0711", "logout-unconfirmed",       403, None, Info,    "logout-gone",
        "The button of the sign-out page was not pressed on the page that was shown: an old page, or a forged form."),
    Row::new("VARCO-0712", "logout-request-invalid",   400, None, Warning, "logout-request",
        "A portal sent an end-session request with a repeated parameter, or a client_id that is not that of the ID token."),
    Row::new("VARCO-0713", "post-logout-redirect-uri-unregistered", 400, None, Warning, "logout-request",
        "The post_logout_redirect_uri is not registered, character by character, in the relying party's file."),
];
