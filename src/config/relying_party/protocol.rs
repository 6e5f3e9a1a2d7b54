//! The members of a relying party's file that have a registered name (RFC 7591, section 2).
//!
//! Not their meaning: [`ClientMetadata::check`] knows that, for files and for registrations alike.

use super::super::Problems;
use super::super::section::Section;
use crate::oidc::client::{ClientMetadata, Protocol};

/// What is written.
pub(super) fn metadata(
    root: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> ClientMetadata {
    let mut text = |key: &'static str| root.optional_text(key, problems).map(str::to_owned);
    let mut metadata = ClientMetadata {
        development,
        profile: text("profile"),
        application_type: text("application_type"),
        token_endpoint_auth_method: text("token_endpoint_auth_method"),
        token_endpoint_auth_signing_alg: text("token_endpoint_auth_signing_alg"),
        authorization_signed_response_alg: text("authorization_signed_response_alg"),
        id_token_signed_response_alg: text("id_token_signed_response_alg"),
        id_token_encrypted_response_alg: text("id_token_encrypted_response_alg"),
        id_token_encrypted_response_enc: text("id_token_encrypted_response_enc"),
        userinfo_signed_response_alg: text("userinfo_signed_response_alg"),
        userinfo_encrypted_response_alg: text("userinfo_encrypted_response_alg"),
        userinfo_encrypted_response_enc: text("userinfo_encrypted_response_enc"),
        introspection_signed_response_alg: text("introspection_signed_response_alg"),
        introspection_encrypted_response_alg: text("introspection_encrypted_response_alg"),
        introspection_encrypted_response_enc: text("introspection_encrypted_response_enc"),
        access_token_format: text("access_token_format"),
        backchannel_logout_uri: text("backchannel_logout_uri"),
        frontchannel_logout_uri: text("frontchannel_logout_uri"),
        information: text("information"),
        ..ClientMetadata::default()
    };
    let mut texts = |key: &'static str| -> Vec<String> {
        root.texts(key, problems).into_iter().map(str::to_owned).collect()
    };
    metadata.redirect_uris = texts("redirect_uris");
    metadata.post_logout_redirect_uris = texts("post_logout_redirect_uris");
    metadata.response_types = texts("response_types");
    metadata.grant_types = texts("grant_types");
    metadata.default_acr_values = texts("default_acr_values");
    metadata.resources = texts("resources");
    let mut flag = |key: &'static str| root.flag(key, false, problems);
    metadata.legacy_without_pkce = flag("legacy_without_pkce");
    metadata.legacy_assertion_audience = flag("legacy_assertion_audience");
    metadata.require_pushed_authorization_requests = flag("require_pushed_authorization_requests");
    metadata.require_signed_request_object = flag("require_signed_request_object");
    metadata.dpop_bound_access_tokens = flag("dpop_bound_access_tokens");
    metadata.tls_client_certificate_bound_access_tokens =
        flag("tls_client_certificate_bound_access_tokens");
    metadata.backchannel_logout_session_required = flag("backchannel_logout_session_required");
    metadata.frontchannel_logout_session_required = flag("frontchannel_logout_session_required");
    metadata.default_max_age = root
        .has("default_max_age")
        .then(|| root.number("default_max_age", 0, 0..=u64::from(u32::MAX), problems));
    metadata.session_reuse_level = root
        .has("session_reuse_level")
        .then(|| root.number("session_reuse_level", 0, 0..=3, problems))
        .and_then(|level| u8::try_from(level).ok());
    metadata
}

/// What it amounts to; every mistake is told with its key.
pub(super) fn checked(
    metadata: &ClientMetadata,
    root: &Section<'_>,
    problems: &mut Problems,
) -> Option<Protocol> {
    metadata
        .check()
        .map_err(|wrongs| {
            for wrong in wrongs {
                root.wrong(problems, wrong.member, wrong.wrong, wrong.remedy);
            }
        })
        .ok()
}
