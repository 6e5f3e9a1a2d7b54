//! Modules about what the broker says of itself: discovery and its keys (OpenID Connect Discovery 1.0,
//! section 3; RFC 8414, section 2).
//!
//! Not whether it is true: every other module lives by this document.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::plan::Plan;
use crate::relying_party::Reply;
use crate::tokens::key_set;
use crate::world::{ISSUER, World};

/// The discovery document.
pub(crate) async fn document(world: &World) -> Value {
    let address = format!("{ISSUER}/.well-known/openid-configuration");
    Reply::of(world.ask(Method::GET, &address)).await.good()
}

pub(crate) async fn oidcc_discovery_endpoint_verification(plan: &Plan) {
    let document = document(plan.world).await;
    assert_eq!(document["issuer"], ISSUER);
    members_are_known_and_well_formed(&document);
    assert!(lists(&document, "response_types_supported", "code"));
    let subjects = texts(&document["subject_types_supported"]);
    assert!(!subjects.is_empty());
    assert!(subjects.iter().all(|kind| matches!(*kind, "pairwise" | "public")), "{subjects:?}");
    assert!(lists(&document, "id_token_signing_alg_values_supported", "RS256"));
    for flag in [
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "claims_parameter_supported",
    ] {
        assert!(document[flag].is_boolean(), "{flag}");
    }
    assert!(lists(&document, "claims_supported", "sub"));
    assert!(lists(&document, "grant_types_supported", "authorization_code"));
    assert!(lists(&document, "scopes_supported", "openid"));
    let scope_sign = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    for scope in texts(&document["scopes_supported"]) {
        assert!(!scope.is_empty() && scope.bytes().all(scope_sign), "{scope}");
    }
    for tag in texts(&document["ui_locales_supported"]) {
        let part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_alphanumeric())
        };
        assert!(tag.split('-').all(part), "{tag}");
    }
    assert_eq!(texts(&document["code_challenge_methods_supported"]), ["S256"]);
    keys_are_public_and_named(&key_set(plan.world).await);
}

/// No member that nobody registered; endpoints are https addresses, lists are lists of texts.
pub(crate) fn members_are_known_and_well_formed(document: &Value) {
    for (name, value) in document.as_object().unwrap() {
        assert!(KNOWN.contains(&&**name), "{name} is registered nowhere");
        if name.ends_with("_endpoint") || name.ends_with("_uri") {
            let url = Url::parse(value.as_str().unwrap()).unwrap();
            assert!(url.scheme() == "https" && url.fragment().is_none(), "{name}: {url}");
        } else if name.ends_with("_supported") && value.is_array() {
            let mut all = texts(value);
            assert!(
                !all.is_empty(),
                "{name} is empty: it should be absent (RFC 8414, section 3.2)"
            );
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{name} has doubles");
        }
    }
}

/// RFC 7517, section 4: public members alone, each key with its use and a name of its own.
fn keys_are_public_and_named(set: &Value) {
    let keys = set["keys"].as_array().unwrap();
    assert!(!keys.is_empty());
    let mut names = Vec::new();
    for key in keys {
        for secret in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert_eq!(key.get(secret), None, "{secret}");
        }
        assert!(matches!(key["use"].as_str(), Some("sig" | "enc")), "{key}");
        assert!(matches!(key["kty"].as_str(), Some("RSA" | "EC" | "OKP")), "{key}");
        names.push(key["kid"].as_str().unwrap());
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), keys.len(), "two keys have one kid");
}

/// Whether a list of the document holds `value`.
pub(crate) fn lists(document: &Value, name: &str, value: &str) -> bool {
    document.get(name).is_some_and(|list| texts(list).contains(&value))
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

/// Members of a provider's metadata: the registry of RFC 8414 (section 7.1) with Discovery, logout,
/// PAR, `DPoP`, mTLS, JAR, JARM, RFC 9207, RFC 9701 and Prompt Create.
#[rustfmt::skip]
const KNOWN: [&str; 90] = [
    "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint",
    "scopes_supported", "response_types_supported", "response_modes_supported",
    "grant_types_supported", "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported", "service_documentation",
    "ui_locales_supported", "op_policy_uri", "op_tos_uri", "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported", "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported", "signed_metadata", "device_authorization_endpoint",
    "tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases",
    "nfv_token_signing_alg_values_supported", "nfv_token_encryption_alg_values_supported",
    "nfv_token_encryption_enc_values_supported", "userinfo_endpoint", "acr_values_supported",
    "subject_types_supported", "id_token_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported", "id_token_encryption_enc_values_supported",
    "userinfo_signing_alg_values_supported", "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported", "request_object_signing_alg_values_supported",
    "request_object_encryption_alg_values_supported",
    "request_object_encryption_enc_values_supported", "display_values_supported",
    "claim_types_supported", "claims_supported", "claims_locales_supported",
    "claims_parameter_supported", "request_parameter_supported",
    "request_uri_parameter_supported", "require_request_uri_registration",
    "require_signed_request_object", "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "introspection_signing_alg_values_supported",
    "introspection_encryption_alg_values_supported",
    "introspection_encryption_enc_values_supported",
    "authorization_response_iss_parameter_supported", "check_session_iframe",
    "frontchannel_logout_supported", "frontchannel_logout_session_supported",
    "backchannel_logout_supported", "backchannel_logout_session_supported",
    "end_session_endpoint", "backchannel_token_delivery_modes_supported",
    "backchannel_authentication_endpoint",
    "backchannel_authentication_request_signing_alg_values_supported",
    "backchannel_user_code_parameter_supported", "dpop_signing_alg_values_supported",
    "client_registration_types_supported", "organization_name", "display_name", "description",
    "keywords", "contacts", "logo_uri", "organization_uri", "federation_registration_endpoint",
    "signed_jwks_uri", "jwks", "authorization_signing_alg_values_supported",
    "authorization_encryption_alg_values_supported",
    "authorization_encryption_enc_values_supported", "prompt_values_supported",
    "authorization_details_types_supported", "verified_claims_supported",
    "trust_frameworks_supported", "evidence_supported", "documents_supported",
    "electronic_records_supported", "claims_in_verified_claims_supported",
    "protected_resources",
];
