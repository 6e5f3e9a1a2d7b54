//! The plans and every module of them, in the Foundation's order (suite at commit 12f2a4dac,
//! 20 August 2026).
//!
//! Not the tests: `runs.rs` says which module runs where. A module is here because its plan lists it.

use crate::federation;

/// A plan as it is run here.
pub(crate) struct Plan {
    /// The Rust module of its tests.
    pub(crate) name: &'static str,
    /// The Foundation's name.
    pub(crate) title: &'static str,
    /// What of it is run.
    pub(crate) variant: &'static str,
    /// How many modules of it apply.
    pub(crate) count: usize,
    /// Their names.
    pub(crate) modules: Vec<&'static str>,
}

/// For which combinations of FAPI 2.0 a module is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Every,
    /// Tokens bound to a `DPoP` key.
    Dpop,
    /// Authentication by `private_key_jwt`.
    Key,
}

/// All of them.
pub(crate) fn all() -> Vec<Plan> {
    let static_clients = "server_metadata=discovery, client_registration=static_client";
    let dynamic_clients = "server_metadata=discovery, client_registration=dynamic_client";
    let plan = |name, title, variant, count, modules: &[&'static str]| Plan {
        name,
        title,
        variant,
        count,
        modules: modules.to_vec(),
    };
    let mut plans = vec![
        plan("config", "oidcc-config-certification-test-plan", "", 1, &CONFIG),
        plan("basic", "oidcc-basic-certification-test-plan", static_clients, 38, &BASIC),
        plan(
            "formpost",
            "oidcc-formpost-basic-certification-test-plan",
            static_clients,
            38,
            &BASIC,
        ),
        plan(
            "logout",
            "oidcc-rp-initiated-logout-certification-test-plan",
            static_clients,
            11,
            &LOGOUT,
        ),
        plan(
            "backchannel",
            "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
            static_clients,
            2,
            &BACK_CHANNEL,
        ),
        plan(
            "frontchannel",
            "oidcc-frontchannel-rp-initiated-logout-certification-test-plan",
            static_clients,
            2,
            &FRONT_CHANNEL,
        ),
        plan(
            "session",
            "oidcc-session-management-certification-test-plan",
            static_clients,
            2,
            &SESSION,
        ),
        plan("dynamic", "oidcc-dynamic-certification-test-plan", dynamic_clients, 23, &DYNAMIC),
        plan(
            "third_party",
            "oidcc-3rdparty-init-login-certification-test-plan",
            dynamic_clients,
            2,
            &THIRD_PARTY,
        ),
    ];
    for (name, key, dpop, count) in [
        ("fapi2_sp::private_key_jwt_dpop", true, true, 56),
        ("fapi2_sp::private_key_jwt_mtls", true, false, 47),
        ("fapi2_sp::mtls_dpop", false, true, 46),
        ("fapi2_sp::mtls_mtls", false, false, 37),
    ] {
        let variant = "fapi_profile=plain_fapi, openid=openid_connect, unsigned requests";
        let modules = fapi(key, dpop).collect::<Vec<_>>();
        plans.push(plan(name, "fapi2-security-profile-final-test-plan", variant, count, &modules));
    }
    for (name, key, dpop, count) in [
        ("fapi2_ms::private_key_jwt_dpop", true, true, 70),
        ("fapi2_ms::private_key_jwt_mtls", true, false, 61),
        ("fapi2_ms::mtls_dpop", false, true, 60),
        ("fapi2_ms::mtls_mtls", false, false, 51),
    ] {
        let variant = "fapi_profile=plain_fapi, openid=openid_connect, signed requests, JARM";
        let modules = fapi(key, dpop).chain(MESSAGE_SIGNING).collect::<Vec<_>>();
        plans.push(plan(name, "fapi2-message-signing-final-test-plan", variant, count, &modules));
    }
    plans.extend(federation::plans());
    plans
}

/// The modules of the Security Profile that apply to one combination.
fn fapi(key: bool, dpop: bool) -> impl Iterator<Item = &'static str> {
    let applies = move |mark| match mark {
        For::Every => true,
        For::Dpop => dpop,
        For::Key => key,
    };
    SECURITY_PROFILE.into_iter().filter(move |(_, mark)| applies(*mark)).map(|(name, _)| name)
}

const CONFIG: [&str; 1] = ["oidcc-discovery-endpoint-verification"];

const BASIC: [&str; 38] = [
    "oidcc-server",
    "oidcc-response-type-missing",
    "oidcc-idtoken-signature",
    "oidcc-idtoken-unsigned",
    "oidcc-userinfo-get",
    "oidcc-userinfo-post-header",
    "oidcc-userinfo-post-body",
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-alternate-happy-flow",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-codereuse",
    "oidcc-codereuse-30seconds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-ensure-post-request-succeeds",
    "oidcc-server-client-secret-post",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-claims-essential",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-request-with-valid-pkce-succeeds",
];

const LOGOUT: [&str; 11] = [
    "oidcc-rp-initiated-logout-discovery-endpoint-verification",
    "oidcc-rp-initiated-logout",
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-modified-id-token-hint",
    "oidcc-rp-initiated-logout-no-id-token-hint",
    "oidcc-rp-initiated-logout-no-params",
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-no-state",
    "oidcc-rp-initiated-logout-only-state",
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-bad-id-token-hint",
];

const BACK_CHANNEL: [&str; 2] = [
    "oidcc-backchannel-logout-discovery-endpoint-verification",
    "oidcc-backchannel-rp-initiated-logout",
];

const FRONT_CHANNEL: [&str; 2] = [
    "oidcc-frontchannel-logout-discovery-endpoint-verification",
    "oidcc-frontchannel-rp-initiated-logout",
];

const SESSION: [&str; 2] = [
    "oidcc-session-management-discovery-endpoint-verification",
    "oidcc-session-management-rp-initiated-logout",
];

const DYNAMIC: [&str; 23] = [
    "oidcc-idtoken-rs256",
    "oidcc-idtoken-unsigned",
    "oidcc-userinfo-rs256",
    "oidcc-ensure-redirect-uri-in-authorization-request",
    "oidcc-redirect-uri-query-OK",
    "oidcc-redirect-uri-query-mismatch",
    "oidcc-redirect-uri-query-added",
    "oidcc-redirect-uri-regfrag",
    "oidcc-discovery-endpoint-verification",
    "oidcc-server",
    "oidcc-registration-logo-uri",
    "oidcc-registration-policy-uri",
    "oidcc-registration-tos-uri",
    "oidcc-registration-jwks-uri",
    "oidcc-registration-sector-uri",
    "oidcc-registration-sector-bad",
    "oidcc-server-rotate-keys",
    "oidcc-refresh-token-rp-key-rotation",
    "oidcc-request-uri-unsigned",
    "oidcc-request-uri-signed-rs256",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-client-assertion-with-iss-aud-succeeds",
];

const THIRD_PARTY: [&str; 2] = ["oidcc-3rd_party-init-login", "oidcc-3rd_party-init-login-nohttps"];

/// `fapi2-security-profile-final-` is left out of every name.
const SECURITY_PROFILE: [(&str, For); 56] = [
    ("discovery-end-point-verification", For::Every),
    ("happy-flow", For::Every),
    ("user-rejects-authentication", For::Every),
    ("ensure-authorization-request-without-state-success", For::Every),
    ("ensure-authorization-request-without-nonce-success", For::Every),
    ("ensure-authorization-request-with-64-char-nonce-success", For::Every),
    ("ensure-other-scope-order-succeeds", For::Every),
    ("test-claims-parameter-identity-claims", For::Every),
    ("access-token-type-header-case-sensitivity", For::Every),
    ("check-dpop-proof-nbf-exp", For::Dpop),
    ("ensure-dpopproof-with-iat-10seconds-before-succeeds", For::Dpop),
    ("ensure-dpopproof-with-iat-10seconds-after-succeeds", For::Dpop),
    ("ensure-mismatched-dpop-jkt-fails", For::Dpop),
    ("ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt", For::Dpop),
    ("ensure-token-endpoint-fails-with-mismatched-dpop-jkt", For::Dpop),
    ("ensure-dpopproof-at-par-endpoint-binding-success", For::Dpop),
    ("ensure-dpop-auth-code-binding-success", For::Dpop),
    ("ensure-different-nonce-inside-and-outside-request-object", For::Every),
    ("ensure-different-state-inside-and-outside-request-object", For::Every),
    ("ensure-authorization-request-with-long-nonce", For::Every),
    ("ensure-authorization-request-with-long-state", For::Every),
    ("state-only-outside-request-object-not-used", For::Every),
    ("ensure-request-object-without-redirect-uri-fails", For::Every),
    ("plain-fapi-tolerate-unregistered-redirect-uri", For::Every),
    ("ensure-unsigned-authorization-request-without-using-par-fails", For::Every),
    ("ensure-redirect-uri-in-authorization-request", For::Every),
    ("ensure-response-type-code-idtoken-fails", For::Every),
    ("ensure-response-type-token-fails", For::Every),
    ("ensure-client-id-in-token-endpoint", For::Every),
    ("ensure-holder-of-key-required", For::Every),
    ("ensure-authorization-code-is-bound-to-client", For::Every),
    ("attempt-reuse-authorization-code-after-one-second", For::Every),
    ("ensure-token-endpoint-fails-with-expired-auth-code", For::Every),
    ("ensure-signed-client-assertion-with-RS256-fails", For::Key),
    ("ensure-client-assertion-in-token-endpoint", For::Key),
    ("ensure-client-assertion-with-exp-is-5-minutes-in-past-fails", For::Key),
    ("ensure-client-assertion-with-wrong-aud-fails", For::Key),
    ("ensure-client-assertion-with-no-sub-fails", For::Key),
    ("dpop-negative-tests", For::Dpop),
    ("refresh-token", For::Every),
    ("par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", For::Every),
    ("par-attempt-reuse-request_uri", For::Every),
    ("par-attempt-to-use-expired-request_uri", For::Every),
    ("par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted", For::Key),
    ("par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails", For::Key),
    ("par-attempt-to-use-request_uri-for-different-client", For::Every),
    ("par-authorization-request-containing-request_uri-form-param", For::Every),
    ("par-attempt-invalid-http-method", For::Every),
    ("par-ensure-pkce-required", For::Every),
    ("ensure-pkce-code-verifier-required", For::Every),
    ("incorrect-pkce-code-verifier-rejected", For::Every),
    ("par-plain-pkce-rejected", For::Every),
    ("par-without-duplicate-parameters", For::Every),
    ("par-test-array-as-audience-fails", For::Key),
    ("par-test-par-endpoint-url-as-audience-fails", For::Key),
    ("par-test-token-endpoint-url-as-audience-fails", For::Key),
];

/// What signed requests add.
const MESSAGE_SIGNING: [&str; 14] = [
    "ensure-request-object-with-multiple-aud-succeeds",
    "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted",
    "ensure-request-object-without-exp-fails",
    "ensure-request-object-without-nbf-fails",
    "ensure-expired-request-object-fails",
    "ensure-request-object-with-bad-aud-fails",
    "ensure-request-object-with-exp-over-60-fails",
    "ensure-request-object-with-nbf-over-60-fails",
    "ensure-signed-request-object-with-RS256-fails",
    "ensure-request-object-signature-algorithm-is-not-none",
    "ensure-request-object-with-invalid-signature-fails",
    "ensure-matching-key-in-authorization-request",
    "ensure-unsigned-request-at-par-endpoint-fails",
    "par-authorization-request-containing-request_uri",
];
