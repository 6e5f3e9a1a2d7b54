//! The plans and every module of them, in the Foundation's order (suite at commit 12f2a4dac,
//! 20 August 2026).
//!
//! Not the tests: `main.rs` says which module runs where. A module is here because its plan lists it.

/// A plan as it is run here.
pub(crate) struct PlanList {
    /// The Rust module of its tests.
    pub(crate) name: &'static str,
    /// The Foundation's name.
    pub(crate) title: &'static str,
    /// What of it is run.
    pub(crate) variant: &'static str,
    /// How many modules of it apply.
    pub(crate) count: usize,
    /// Their names.
    pub(crate) modules: Vec<String>,
}

/// All of them.
pub(crate) fn all() -> Vec<PlanList> {
    let plan = |name, title, variant, count, modules: &[&str]| PlanList {
        name,
        title,
        variant,
        count,
        modules: modules.iter().map(|module| (*module).to_owned()).collect(),
    };
    vec![
        plan(
            "config",
            "oidcc-config-certification-test-plan",
            "",
            1,
            &["oidcc-discovery-endpoint-verification"],
        ),
        plan(
            "basic",
            "oidcc-basic-certification-test-plan",
            "server_metadata=discovery, client_registration=static_client",
            38,
            &BASIC,
        ),
        plan(
            "logout",
            "oidcc-rp-initiated-logout-certification-test-plan",
            "response_type=code, client_registration=static_client",
            11,
            &LOGOUT,
        ),
    ]
}

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
