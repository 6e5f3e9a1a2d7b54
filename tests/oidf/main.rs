//! The OpenID Foundation's conformance modules, played against the running binary.
//!
//! Not the Foundation's suite: every module of its plans is written here again, under its own name,
//! from what it checks. The broker is a process of its own with a configuration from disk, reached
//! over HTTP; the tests are the relying party, its browser and the identity provider behind the
//! broker. `docs/reference/conformance.md` lists the modules; `table.rs` writes it and holds it to
//! be complete.

#![cfg(test)]

mod browser;
mod keys;
mod plan;
mod plans;
mod relying_party;
mod table;
mod tokens;
mod wait;
mod world;

mod discovery_modules;
mod logout_modules;
mod oidc_logins;
mod oidc_requests;
mod oidc_tokens;

/// One plan: a test for each of its modules, and the list of their names.
macro_rules! plan {
    ($plan:ident: $start:expr; $($home:ident: $($module:ident),+;)+) => {
        mod $plan {
            $($(
                #[test]
                fn $module() {
                    crate::world::run(async { crate::$home::$module(&$start.await).await });
                }
            )+)+

            pub(crate) const TESTS: &[&str] = &[$($(stringify!($module)),+),+];
        }
    };
}

/// Every plan, by the name of its Rust module.
const TESTS: &[(&str, &[&str])] =
    &[("config", config::TESTS), ("basic", basic::TESTS), ("logout", logout::TESTS)];

plan! { config: crate::plan::Plan::basic();
    discovery_modules: oidcc_discovery_endpoint_verification;
}

plan! { basic: crate::plan::Plan::basic();
    oidc_tokens: oidcc_server, oidcc_idtoken_signature, oidcc_idtoken_unsigned, oidcc_userinfo_get,
        oidcc_userinfo_post_header, oidcc_userinfo_post_body, oidcc_codereuse,
        oidcc_codereuse_30seconds, oidcc_server_client_secret_post;
    oidc_requests: oidcc_response_type_missing,
        oidcc_ensure_request_without_nonce_succeeds_for_code_flow, oidcc_scope_profile,
        oidcc_scope_email, oidcc_scope_address, oidcc_scope_phone, oidcc_scope_all,
        oidcc_alternate_happy_flow, oidcc_display_page, oidcc_display_popup,
        oidcc_ensure_request_with_unknown_parameter_succeeds, oidcc_login_hint, oidcc_ui_locales,
        oidcc_claims_locales, oidcc_ensure_request_with_acr_values_succeeds,
        oidcc_ensure_registered_redirect_uri, oidcc_ensure_post_request_succeeds,
        oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
        oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
        oidcc_claims_essential, oidcc_ensure_request_object_with_redirect_uri,
        oidcc_ensure_request_with_valid_pkce_succeeds;
    oidc_logins: oidcc_prompt_login, oidcc_prompt_none_not_logged_in, oidcc_max_age_1;
}

plan! { logout: crate::plan::Plan::basic();
    logout_modules: oidcc_rp_initiated_logout_discovery_endpoint_verification,
        oidcc_rp_initiated_logout, oidcc_rp_initiated_logout_bad_post_logout_redirect_uri,
        oidcc_rp_initiated_logout_modified_id_token_hint,
        oidcc_rp_initiated_logout_no_id_token_hint, oidcc_rp_initiated_logout_no_params,
        oidcc_rp_initiated_logout_no_post_logout_redirect_uri, oidcc_rp_initiated_logout_no_state,
        oidcc_rp_initiated_logout_only_state,
        oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri,
        oidcc_rp_initiated_logout_bad_id_token_hint;
}
