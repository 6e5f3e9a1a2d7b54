//! What the entities of the sample federation say of themselves, and what their superiors demand.
//!
//! Not statements: `registry` signs them.

use serde_json::{Value, json};

use super::Dialect;
use super::keys::Keys;

/// Metadata of a superior: `federation_entity` with its endpoints.
#[must_use]
pub fn superior(id: &str, dialect: Dialect) -> Value {
    let mut entity = json!({
        "federation_fetch_endpoint": format!("{id}/fetch"),
        "federation_list_endpoint": format!("{id}/list"),
        "federation_resolve_endpoint": format!("{id}/resolve"),
        "federation_trust_mark_status_endpoint": format!("{id}/trust_mark_status"),
    });
    // The anchor of production gives nothing but endpoints.
    if dialect == Dialect::Final
        && let Some(entity) = entity.as_object_mut()
    {
        entity.insert("organization_name".to_owned(), json!("Registro di prova"));
        let history = format!("{id}/.well-known/openid-federation-historical-jwks");
        entity.insert("federation_historical_keys_endpoint".to_owned(), json!(history));
    }
    json!({"federation_entity": entity})
}

/// Metadata of the provider.
#[must_use]
pub fn provider(id: &str, keys: &Keys) -> Value {
    let signatures = ["RS256"];
    json!({
        "federation_entity": {
            "organization_name": "CIE OpenID di prova",
            "homepage_uri": "https://cie.example",
            "policy_uri": "https://cie.example/privacy",
            "logo_uri": "https://cie.example/logo.svg",
            "contacts": ["cie@pec.example"],
            "federation_resolve_endpoint": format!("{id}/resolve"),
        },
        "openid_provider": {
            "issuer": id,
            "organization_name": "CIE OpenID di prova",
            "authorization_endpoint": format!("{id}/authorize"),
            "token_endpoint": format!("{id}/token"),
            "userinfo_endpoint": format!("{id}/userinfo"),
            "revocation_endpoint": format!("{id}/revocation"),
            "introspection_endpoint": format!("{id}/introspection"),
            "jwks": keys.tokens.jwks(),
            "client_registration_types_supported": ["automatic"],
            "request_authentication_methods_supported": {"authorization_endpoint": ["request_object"]},
            "request_authentication_signing_alg_values_supported": signatures,
            "acr_values_supported": ACR,
            "claims_supported": CLAIMS,
            "claims_parameter_supported": true,
            "request_parameter_supported": true,
            "request_uri_parameter_supported": false,
            "authorization_response_iss_parameter_supported": true,
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "form_post"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": signatures,
            "id_token_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "id_token_encryption_enc_values_supported": ["A128CBC-HS256", "A256CBC-HS512"],
            "userinfo_signing_alg_values_supported": signatures,
            "userinfo_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "userinfo_encryption_enc_values_supported": ["A128CBC-HS256", "A256CBC-HS512"],
            "request_object_signing_alg_values_supported": ["RS256", "ES256", "PS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256", "PS256"],
            "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
            "logo_uri": "https://cie.example/logo.svg",
            "op_policy_uri": "https://cie.example/privacy",
        },
    })
}

/// What the superior demands of the provider.
#[must_use]
pub fn provider_policy(keys: &Keys) -> Value {
    json!({"openid_provider": {
        "jwks": {"value": keys.tokens.jwks()},
        "response_types_supported": {"value": ["code"]},
        "client_registration_types_supported": {"superset_of": ["automatic"], "essential": true},
        "grant_types_supported": {"superset_of": ["authorization_code"]},
        "id_token_signing_alg_values_supported": {
            "subset_of": ["RS256", "RS512", "ES256", "ES512", "PS256", "PS512"], "essential": true},
        "userinfo_signing_alg_values_supported": {
            "subset_of": ["RS256", "RS512", "ES256", "ES512", "PS256", "PS512"], "essential": true},
        "claims_parameter_supported": {"value": true},
        "request_parameter_supported": {"value": true},
        "authorization_response_iss_parameter_supported": {"value": true},
        "authorization_endpoint": {"essential": true},
        "token_endpoint": {"essential": true},
        "userinfo_endpoint": {"essential": true},
    }})
}

/// What the anchor demands of a relying party; its immediate superior fixes the keys too.
#[must_use]
pub fn client_policy(pinned: Option<Value>) -> Value {
    let signatures = ["RS256", "RS512", "ES256", "ES512", "PS256", "PS512"];
    let mut policy = json!({
        "client_id": {"essential": true},
        "redirect_uris": {"essential": true},
        "response_types": {"value": ["code"]},
        "grant_types": {
            "superset_of": ["authorization_code"],
            "subset_of": ["authorization_code", "refresh_token"]},
        "client_registration_types": {"subset_of": ["automatic"], "essential": true},
        "token_endpoint_auth_method": {"one_of": ["private_key_jwt"], "essential": true},
        "id_token_signed_response_alg": {"one_of": signatures, "essential": true},
        "userinfo_signed_response_alg": {"one_of": signatures, "essential": true},
        "userinfo_encrypted_response_alg": {
            "one_of": ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"],
            "essential": true},
        "userinfo_encrypted_response_enc": {
            "one_of": ["A128CBC-HS256", "A256CBC-HS512"], "essential": true},
    });
    if let (Some(keys), Some(policy)) = (pinned, policy.as_object_mut()) {
        policy.insert("jwks".to_owned(), json!({"value": keys}));
    }
    json!({"openid_relying_party": policy})
}

/// The three levels, in ascending order.
pub const ACR: [&str; 3] = [
    "https://www.spid.gov.it/SpidL1",
    "https://www.spid.gov.it/SpidL2",
    "https://www.spid.gov.it/SpidL3",
];

/// The attributes that CIE gives.
pub const CLAIMS: [&str; 12] = [
    "given_name",
    "family_name",
    "birthdate",
    "https://attributes.eid.gov.it/fiscal_number",
    "place_of_birth",
    "gender",
    "document_details",
    "phone_number",
    "email",
    "email_verified",
    "https://attributes.eid.gov.it/e_delivery_service",
    "address",
];
