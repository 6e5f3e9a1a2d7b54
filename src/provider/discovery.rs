//! Discovery (OpenID Connect Discovery 1.0, section 3; RFC 8414; RFC 9207;
//! RP-Initiated Logout 1.0, section 2.1).
//!
//! Not a description of plans: every member here is served, and no member stands here that a
//! checker of metadata does not expect.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data};
use serde_json::{Map, Value, json};

use super::{MutualTls, Provider, answer};
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::jwe::{ContentEncryption, KeyManagement};
use crate::crypto::jwk::SignatureAlgorithm;
use crate::crypto::keyring::KeyRing;
use crate::identity::claims_supported;
use crate::login::Broker;
use crate::oidc::{ResponseMode, Scope};
use crate::terms::{Level, Locale};
use crate::upstream::AnyUpstream;

pub(super) async fn get(provider: Data<Provider>) -> HttpResponse {
    answer::public(Bytes::clone(&provider.discovery.load()), "public, max-age=3600")
}

/// What not every broker has.
pub(super) struct Offers<'a> {
    /// How it takes clients' certificates.
    pub(super) mutual_tls: Option<&'a MutualTls>,
    /// Whether clients may register themselves.
    pub(super) registers: bool,
    /// What OpenID Federation adds.
    pub(super) federation: Option<&'a Map<String, Value>>,
}

/// The document of a broker that signs with `ring`.
pub(super) fn document(broker: &Broker, ring: &KeyRing, offers: &Offers<'_>) -> Map<String, Value> {
    let issuer = &broker.settings.issuer;
    let mutual_tls = offers.mutual_tls;
    let parts = [requests(issuer), clients(mutual_tls), answers(ring)];
    let mut members: Map<String, Value> = parts.into_iter().filter_map(object).flatten().collect();
    if offers.registers {
        members.insert("registration_endpoint".to_owned(), format!("{issuer}/register").into());
    }
    members.extend(offers.federation.cloned().into_iter().flatten());
    let classes = broker.upstreams.iter().flat_map(AnyUpstream::classes);
    if let Some(Value::Array(values)) = members.get_mut("acr_values_supported") {
        values.extend(classes.map(|(uri, _)| Value::from(uri)));
    }
    if broker.settings.session.check_iframe {
        let at = format!("{issuer}/session");
        members.insert("check_session_iframe".to_owned(), at.into());
    }
    if let Some(url) = mutual_tls.and_then(|mutual_tls| mutual_tls.url.as_deref()) {
        let aliases = aliases(&members, issuer, url);
        members.insert("mtls_endpoint_aliases".to_owned(), aliases);
    }
    members
}

fn object(part: Value) -> Option<Map<String, Value>> {
    if let Value::Object(members) = part { Some(members) } else { None }
}

/// Where to ask, and what may be asked.
fn requests(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}/{path}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "pushed_authorization_request_endpoint": at("par"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "introspection_endpoint": at("introspect"),
        "revocation_endpoint": at("revoke"),
        "end_session_endpoint": at("end_session"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "jwks_uri": at("jwks"),
        "scopes_supported": Scope::ALL.map(Scope::name),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::NAMES.map(|(name, _)| name),
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        "acr_values_supported": Level::ALL.map(Level::uri),
        "display_values_supported": ["page"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_object_signing_alg_values_supported":
            SignatureAlgorithm::ALL.map(SignatureAlgorithm::name),
        "request_uri_parameter_supported": false,
        "ui_locales_supported": Locale::ALL.map(Locale::tag),
        "code_challenge_methods_supported": ["S256"],
    })
}

/// How clients prove who they are, and which keys they hold.
fn clients(mutual_tls: Option<&MutualTls>) -> Value {
    let mut methods =
        vec!["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"];
    if let Some(mutual_tls) = mutual_tls {
        methods.extend(mutual_tls.authorities.as_ref().map(|_| "tls_client_auth"));
        methods.push("self_signed_tls_client_auth");
    }
    let mut assertions = SignatureAlgorithm::ALL.map(SignatureAlgorithm::name).to_vec();
    assertions.push("HS256");
    json!({
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": assertions,
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": assertions,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": assertions,
        "dpop_signing_alg_values_supported": SignatureAlgorithm::FAPI2.map(SignatureAlgorithm::name),
        "tls_client_certificate_bound_access_tokens": mutual_tls.is_some(),
    })
}

/// What is answered, and how it is signed or encrypted.
fn answers(ring: &KeyRing) -> Value {
    let signs: Vec<&str> = ring.algorithms().into_iter().map(SigningAlgorithm::name).collect();
    let wraps = KeyManagement::OFFERED.map(KeyManagement::name);
    let encrypts = ContentEncryption::OFFERED.map(ContentEncryption::name);
    json!({
        "subject_types_supported": ["pairwise"],
        "claim_types_supported": ["normal"],
        "claims_supported": claims_supported(),
        "id_token_signing_alg_values_supported": signs,
        "id_token_encryption_alg_values_supported": wraps,
        "id_token_encryption_enc_values_supported": encrypts,
        "userinfo_signing_alg_values_supported": signs,
        "userinfo_encryption_alg_values_supported": wraps,
        "userinfo_encryption_enc_values_supported": encrypts,
        "authorization_signing_alg_values_supported": signs,
        "introspection_signing_alg_values_supported": signs,
        "introspection_encryption_alg_values_supported": wraps,
        "introspection_encryption_enc_values_supported": encrypts,
        "authorization_response_iss_parameter_supported": true,
    })
}

/// The same endpoints where a certificate is asked for (RFC 8705, section 5).
fn aliases(members: &Map<String, Value>, issuer: &str, url: &str) -> Value {
    let alias = |name: &str| {
        let path = members.get(name)?.as_str()?.strip_prefix(issuer)?;
        Some((name.to_owned(), Value::from(format!("{url}{path}"))))
    };
    CALLED_BY_CLIENTS.into_iter().filter_map(alias).collect::<Map<_, _>>().into()
}

/// The endpoints of `Provider::configure_for_clients`, where there are such.
const CALLED_BY_CLIENTS: [&str; 6] = [
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
];
