//! Rows of OpenID Connect: authorization requests (01), token and userinfo requests (02).
//!
//! Not the checks: `provider/checks.rs` has those. A row with no OAuth error is only shown as a page,
//! because there is no address it would be safe to redirect to (RFC 6749, section 4.1.2.1).

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 01: what is wrong with an authorization request.
#[rustfmt::skip]
pub(super) static AUTHORIZATION: &[Row] = &[
    Row::new("VARCO-0101", "client-unknown",             400, None,                                      Warning, "service-unknown",
        "No relying party has this client_id: a misspelling at the portal, or a file that was not loaded."),
    Row::new("VARCO-0102", "redirect-uri-unregistered",  400, None,                                      Warning, "service-unknown",
        "The redirect_uri is not registered, character by character, in the relying party's file."),
    Row::new("VARCO-0103", "request-parameter-repeated", 400, Some("invalid_request"),                   Warning, "service-request",
        "A parameter came twice (RFC 6749, section 3.1)."),
    Row::new("VARCO-0104", "response-type-unsupported",  400, Some("unsupported_response_type"),         Warning, "service-request",
        "Only response_type=code is served."),
    Row::new("VARCO-0105", "response-mode-unsupported",  400, Some("invalid_request"),                   Warning, "service-request",
        "Discovery lists the response modes that are served."),
    Row::new("VARCO-0106", "request-not-supported",      400, Some("request_not_supported"),             Warning, "service-request",
        "The portal sent a request object, which this client profile does not take."),
    Row::new("VARCO-0107", "request-uri-not-supported",  400, Some("request_uri_not_supported"),         Warning, "service-request",
        "The portal sent a request_uri, which this client profile does not take."),
    Row::new("VARCO-0108", "scope-invalid",              400, Some("invalid_scope"),                     Warning, "service-request",
        "The scope lacks openid, or holds nothing the relying party is entitled to."),
    Row::new("VARCO-0109", "pkce-required",              400, Some("invalid_request"),                   Warning, "service-request",
        "The request has no code_challenge and the relying party is not marked as legacy (RFC 9700, section 2.1.1)."),
    Row::new("VARCO-0110", "pkce-invalid",               400, Some("invalid_request"),                   Warning, "service-request",
        "The code_challenge is malformed, or its method is not S256 (RFC 7636, section 4.2)."),
    Row::new("VARCO-0111", "prompt-invalid",             400, Some("invalid_request"),                   Warning, "service-request",
        "An unknown prompt, or none together with another one (OpenID Connect Core 1.0, section 3.1.2.1)."),
    Row::new("VARCO-0112", "login-required",             403, Some("login_required"),                    Info,    "login-required",
        "prompt=none, and nobody is signed in: the portal must ask again without it."),
    Row::new("VARCO-0113", "acr-unmet",                  403, Some("unmet_authentication_requirements"), Info,    "level-too-low",
        "An essential acr names no level that Varco can prove, or the person proved a lower one."),
    Row::new("VARCO-0114", "claims-parameter-invalid",   400, Some("invalid_request"),                   Warning, "service-request",
        "The claims parameter is not the JSON of OpenID Connect Core 1.0, section 5.5."),
    Row::new("VARCO-0115", "parameter-invalid",          400, Some("invalid_request"),                   Warning, "service-request",
        "A parameter is missing, too long, or has a form its specification does not allow; the detail names it."),
    Row::new("VARCO-0116", "registration-not-supported", 400, Some("registration_not_supported"),        Warning, "service-request",
        "The portal sent a registration parameter, which is not served."),
];

/// 02: what is wrong with a request to the token or userinfo endpoint.
#[rustfmt::skip]
pub(super) static TOKEN: &[Row] = &[
    Row::new("VARCO-0201", "client-authentication-failed", 401, Some("invalid_client"),         Warning, "service-request",
        "The portal did not prove who it is: a rotated secret or key, a method other than the registered one, or a wrong clock."),
    Row::new("VARCO-0202", "grant-type-unsupported",       400, Some("unsupported_grant_type"), Warning, "service-request",
        "Only authorization_code is served."),
    Row::new("VARCO-0203", "code-invalid",                 400, Some("invalid_grant"),          Warning, "service-request",
        "The code is unknown, older than 60 s, another client's, or came with another redirect_uri or code_verifier."),
    Row::new("VARCO-0204", "code-reused",                  400, Some("invalid_grant"),          Alert,   "service-request",
        "A code was shown twice: what it gave is revoked. A retrying portal, or a stolen code."),
    Row::new("VARCO-0205", "token-request-invalid",        400, Some("invalid_request"),        Warning, "service-request",
        "A parameter is missing, repeated or malformed; the detail names it (RFC 6749, section 5.2)."),
    Row::new("VARCO-0206", "token-invalid",                401, Some("invalid_token"),          Info,    "service-request",
        "The access token is malformed, expired or revoked (RFC 6750, section 3.1)."),
    Row::new("VARCO-0207", "token-insufficient-scope",     403, Some("insufficient_scope"),     Info,    "service-request",
        "The access token does not hold the scope openid (RFC 6750, section 3.1)."),
    Row::new("VARCO-0208", "dpop-proof-invalid",           400, Some("invalid_dpop_proof"),     Warning, "service-request",
        "The DPoP proof is malformed, used, for another request or made with another key; the detail says which rule of RFC 9449, section 4.3."),
    Row::new("VARCO-0209", "dpop-nonce-required",          400, Some("use_dpop_nonce"),         Info,    "service-request",
        "The DPoP proof has no current nonce: the answer gives one, and the portal asks again with it (RFC 9449, section 8)."),
    Row::new("VARCO-0230", "client-throttled",             429, Some("invalid_client"),         Warning, "service-request",
        "More than 20 proofs in this client's name failed within a minute: a client set up wrongly, or somebody who guesses. A right proof is accepted all the same."),
    Row::new("VARCO-0231", "grant-throttled",              429, Some("invalid_grant"),          Warning, "service-request",
        "The client showed more than 20 codes or tokens within a minute that are none. A right one is accepted all the same."),
    Row::new("VARCO-0250", "client-certificate-malformed", 400, Some("invalid_request"),        Alert,   "service-request",
        "The proxy named more than one certificate of the client, or none that can be read: it must set Client-Cert itself, once, and remove what comes from outside (RFC 9440, section 4). Or the client showed one that is not X.509."),
];
