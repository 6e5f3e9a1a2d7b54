//! The OpenID Foundation's conformance modules, played against the running binary.
//!
//! Not the Foundation's suite: every module of its plans is written here again, under its own name,
//! from what it checks. The broker is a process of its own with a configuration from disk, reached
//! over HTTP; the tests are the relying party, its browser and the identity provider behind the
//! broker. `docs/reference/conformance.md` lists the modules; `table.rs` writes it and holds it to
//! be complete.

#![cfg(test)]

mod browser;
mod endpoints;
mod fapi;
mod federation;
mod keys;
mod plan;
mod plans;
mod registration;
mod relying_party;
mod table;
mod tokens;
mod wait;
mod world;

mod channel_modules;
mod discovery_modules;
mod dynamic_modules;
mod logout_modules;
mod oidc_logins;
mod oidc_requests;
mod oidc_tokens;
mod session_modules;

use fapi::{assertions, codes, dpop, logins, pushed, refresh, requests, signed};

/// A test for each module, played from `start`, and the list of their names.
macro_rules! modules {
    ($start:expr, $names:ident; $($home:ident: $($module:ident),+;)+) => {
        $($(
            #[test]
            fn $module() {
                crate::world::run(async { crate::$home::$module(&$start.await).await });
            }
        )+)+

        pub(crate) const $names: &[&str] = &[$($(stringify!($module)),+),+];
    };
}

/// The 38 modules of Basic OP.
macro_rules! basic_modules {
    ($start:expr) => {
        modules! { $start, ALL;
            oidc_tokens: oidcc_server, oidcc_idtoken_signature, oidcc_idtoken_unsigned,
                oidcc_userinfo_get, oidcc_userinfo_post_header, oidcc_userinfo_post_body,
                oidcc_codereuse, oidcc_codereuse_30seconds, oidcc_server_client_secret_post,
                oidcc_refresh_token;
            oidc_requests: oidcc_response_type_missing,
                oidcc_ensure_request_without_nonce_succeeds_for_code_flow, oidcc_scope_profile,
                oidcc_scope_email, oidcc_scope_address, oidcc_scope_phone, oidcc_scope_all,
                oidcc_alternate_happy_flow, oidcc_display_page, oidcc_display_popup,
                oidcc_ensure_request_with_unknown_parameter_succeeds, oidcc_login_hint,
                oidcc_ui_locales, oidcc_claims_locales,
                oidcc_ensure_request_with_acr_values_succeeds,
                oidcc_ensure_registered_redirect_uri, oidcc_ensure_post_request_succeeds,
                oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
                oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
                oidcc_claims_essential, oidcc_ensure_request_object_with_redirect_uri,
                oidcc_ensure_request_with_valid_pkce_succeeds;
            oidc_logins: oidcc_prompt_login, oidcc_prompt_none_not_logged_in, oidcc_max_age_1,
                oidcc_prompt_none_logged_in, oidcc_max_age_10000, oidcc_id_token_hint;
        }
    };
}

/// FAPI 2.0 in one combination: authentication by key or certificate, tokens bound to either,
/// requests signed or not. The letters choose the lists that apply.
macro_rules! fapi_modules {
    ($key:literal, $dpop:literal, $signed:literal) => {
        modules! { crate::fapi::Fapi::new($key, $dpop, $signed), EVERY;
            logins: discovery_end_point_verification, happy_flow,
                user_rejects_authentication,
                ensure_authorization_request_without_state_success,
                ensure_authorization_request_without_nonce_success,
                ensure_authorization_request_with_64_char_nonce_success,
                ensure_other_scope_order_succeeds, test_claims_parameter_identity_claims,
                access_token_type_header_case_sensitivity;
            requests: ensure_different_nonce_inside_and_outside_request_object,
                ensure_different_state_inside_and_outside_request_object,
                ensure_authorization_request_with_long_nonce,
                ensure_authorization_request_with_long_state,
                state_only_outside_request_object_not_used,
                ensure_request_object_without_redirect_uri_fails,
                plain_fapi_tolerate_unregistered_redirect_uri,
                ensure_unsigned_authorization_request_without_using_par_fails,
                ensure_redirect_uri_in_authorization_request,
                ensure_response_type_code_idtoken_fails, ensure_response_type_token_fails,
                par_ensure_pkce_required, par_plain_pkce_rejected,
                par_without_duplicate_parameters;
            codes: ensure_client_id_in_token_endpoint, ensure_holder_of_key_required,
                ensure_authorization_code_is_bound_to_client,
                attempt_reuse_authorization_code_after_one_second,
                ensure_token_endpoint_fails_with_expired_auth_code,
                ensure_pkce_code_verifier_required, incorrect_pkce_code_verifier_rejected;
            refresh: refresh_token;
            pushed: par_ensure_reused_request_uri_prior_to_auth_completion_succeeds,
                par_attempt_reuse_request_uri, par_attempt_to_use_expired_request_uri,
                par_attempt_to_use_request_uri_for_different_client,
                par_authorization_request_containing_request_uri_form_param,
                par_attempt_invalid_http_method;
        }
    };
    ($key:literal, $dpop:literal, $signed:literal; dpop $($more:ident)*) => {
        modules! { crate::fapi::Fapi::new($key, $dpop, $signed), DPOP;
            dpop: check_dpop_proof_nbf_exp,
                ensure_dpopproof_with_iat_10seconds_before_succeeds,
                ensure_dpopproof_with_iat_10seconds_after_succeeds,
                ensure_mismatched_dpop_jkt_fails,
                ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt,
                ensure_token_endpoint_fails_with_mismatched_dpop_jkt,
                ensure_dpopproof_at_par_endpoint_binding_success,
                ensure_dpop_auth_code_binding_success, dpop_negative_tests;
        }
        fapi_modules! { $key, $dpop, $signed; $($more)* }
    };
    ($key:literal, $dpop:literal, $signed:literal; key $($more:ident)*) => {
        modules! { crate::fapi::Fapi::new($key, $dpop, $signed), KEY;
            assertions: ensure_signed_client_assertion_with_rs256_fails,
                ensure_client_assertion_in_token_endpoint,
                ensure_client_assertion_with_exp_is_5_minutes_in_past_fails,
                ensure_client_assertion_with_wrong_aud_fails,
                ensure_client_assertion_with_no_sub_fails,
                par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted,
                par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails,
                par_test_array_as_audience_fails, par_test_par_endpoint_url_as_audience_fails,
                par_test_token_endpoint_url_as_audience_fails;
        }
        fapi_modules! { $key, $dpop, $signed; $($more)* }
    };
    ($key:literal, $dpop:literal, $signed:literal; signed $($more:ident)*) => {
        modules! { crate::fapi::Fapi::new($key, $dpop, $signed), SIGNED;
            signed: ensure_request_object_with_multiple_aud_succeeds,
                ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted,
                ensure_request_object_without_exp_fails, ensure_request_object_without_nbf_fails,
                ensure_expired_request_object_fails, ensure_request_object_with_bad_aud_fails,
                ensure_request_object_with_exp_over_60_fails,
                ensure_request_object_with_nbf_over_60_fails,
                ensure_signed_request_object_with_rs256_fails,
                ensure_request_object_signature_algorithm_is_not_none,
                ensure_request_object_with_invalid_signature_fails,
                ensure_matching_key_in_authorization_request,
                ensure_unsigned_request_at_par_endpoint_fails,
                par_authorization_request_containing_request_uri;
        }
        fapi_modules! { $key, $dpop, $signed; $($more)* }
    };
    ($key:literal, $dpop:literal, $signed:literal;) => {
        fapi_modules! { $key, $dpop, $signed }
    };
}

mod config {
    modules! { crate::plan::Plan::basic(), ALL;
        discovery_modules: oidcc_discovery_endpoint_verification;
    }
}

mod basic {
    basic_modules! { crate::plan::Plan::basic() }
}

mod formpost {
    basic_modules! { crate::plan::Plan::form_post() }
}

mod logout {
    modules! { crate::plan::Plan::basic(), ALL;
        logout_modules: oidcc_rp_initiated_logout_discovery_endpoint_verification,
            oidcc_rp_initiated_logout, oidcc_rp_initiated_logout_bad_post_logout_redirect_uri,
            oidcc_rp_initiated_logout_modified_id_token_hint,
            oidcc_rp_initiated_logout_no_id_token_hint, oidcc_rp_initiated_logout_no_params,
            oidcc_rp_initiated_logout_no_post_logout_redirect_uri,
            oidcc_rp_initiated_logout_no_state, oidcc_rp_initiated_logout_only_state,
            oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri,
            oidcc_rp_initiated_logout_bad_id_token_hint;
    }
}

mod backchannel {
    modules! { crate::plan::Plan::back_channel(), ALL;
        channel_modules: oidcc_backchannel_logout_discovery_endpoint_verification,
            oidcc_backchannel_rp_initiated_logout;
    }
}

mod frontchannel {
    modules! { crate::plan::Plan::front_channel(), ALL;
        channel_modules: oidcc_frontchannel_logout_discovery_endpoint_verification,
            oidcc_frontchannel_rp_initiated_logout;
    }
}

mod session {
    modules! { crate::plan::Plan::basic(), ALL;
        session_modules: oidcc_session_management_discovery_endpoint_verification,
            oidcc_session_management_rp_initiated_logout;
    }
}

mod dynamic {
    modules! { crate::plan::Plan::dynamic(), ALL;
        dynamic_modules: oidcc_discovery_endpoint_verification, oidcc_idtoken_rs256,
            oidcc_idtoken_unsigned, oidcc_userinfo_rs256,
            oidcc_ensure_redirect_uri_in_authorization_request, oidcc_redirect_uri_query_ok,
            oidcc_redirect_uri_query_mismatch, oidcc_redirect_uri_query_added,
            oidcc_redirect_uri_regfrag, oidcc_request_uri_unsigned,
            oidcc_registration_policy_uri, oidcc_registration_tos_uri,
            oidcc_registration_jwks_uri, oidcc_registration_sector_uri,
            oidcc_registration_sector_bad, oidcc_server_rotate_keys,
            oidcc_refresh_token_rp_key_rotation,
            oidcc_ensure_client_assertion_with_iss_aud_succeeds;
        oidc_tokens: oidcc_server, oidcc_refresh_token;
        oidc_requests: oidcc_ensure_request_object_with_redirect_uri;
    }
}

mod third_party {
    modules! { crate::plan::Plan::dynamic(), ALL;
        dynamic_modules: oidcc_3rd_party_init_login, oidcc_3rd_party_init_login_nohttps;
    }
}

mod fapi2_sp {
    pub(crate) mod private_key_jwt_dpop {
        fapi_modules! { true, true, false; dpop key }
    }
    pub(crate) mod private_key_jwt_mtls {
        fapi_modules! { true, false, false; key }
    }
    pub(crate) mod mtls_dpop {
        fapi_modules! { false, true, false; dpop }
    }
    pub(crate) mod mtls_mtls {
        fapi_modules! { false, false, false }
    }
}

mod fapi2_ms {
    pub(crate) mod private_key_jwt_dpop {
        fapi_modules! { true, true, true; dpop key signed }
    }
    pub(crate) mod private_key_jwt_mtls {
        fapi_modules! { true, false, true; key signed }
    }
    pub(crate) mod mtls_dpop {
        fapi_modules! { false, true, true; dpop signed }
    }
    pub(crate) mod mtls_mtls {
        fapi_modules! { false, false, true; signed }
    }
}

/// Every plan by the name of its Rust module, with its lists of tests.
#[rustfmt::skip]
const TESTS: &[(&str, &[&[&str]])] = &[
    ("config", &[config::ALL]),
    ("basic", &[basic::ALL]),
    ("formpost", &[formpost::ALL]),
    ("logout", &[logout::ALL]),
    ("backchannel", &[backchannel::ALL]),
    ("frontchannel", &[frontchannel::ALL]),
    ("session", &[session::ALL]),
    ("dynamic", &[dynamic::ALL]),
    ("third_party", &[third_party::ALL]),
    ("fapi2_sp::private_key_jwt_dpop", &[fapi2_sp::private_key_jwt_dpop::EVERY, fapi2_sp::private_key_jwt_dpop::DPOP, fapi2_sp::private_key_jwt_dpop::KEY]),
    ("fapi2_sp::private_key_jwt_mtls", &[fapi2_sp::private_key_jwt_mtls::EVERY, fapi2_sp::private_key_jwt_mtls::KEY]),
    ("fapi2_sp::mtls_dpop", &[fapi2_sp::mtls_dpop::EVERY, fapi2_sp::mtls_dpop::DPOP]),
    ("fapi2_sp::mtls_mtls", &[fapi2_sp::mtls_mtls::EVERY]),
    ("fapi2_ms::private_key_jwt_dpop", &[fapi2_ms::private_key_jwt_dpop::EVERY, fapi2_ms::private_key_jwt_dpop::DPOP, fapi2_ms::private_key_jwt_dpop::KEY, fapi2_ms::private_key_jwt_dpop::SIGNED]),
    ("fapi2_ms::private_key_jwt_mtls", &[fapi2_ms::private_key_jwt_mtls::EVERY, fapi2_ms::private_key_jwt_mtls::KEY, fapi2_ms::private_key_jwt_mtls::SIGNED]),
    ("fapi2_ms::mtls_dpop", &[fapi2_ms::mtls_dpop::EVERY, fapi2_ms::mtls_dpop::DPOP, fapi2_ms::mtls_dpop::SIGNED]),
    ("fapi2_ms::mtls_mtls", &[fapi2_ms::mtls_mtls::EVERY, fapi2_ms::mtls_mtls::SIGNED]),
];
