//! Which providers nobody is sent to (attack rows RP-MIX-2 and R-37).

use serde_json::json;

use super::*;
use crate::crypto::jwe::{ContentEncryption, Encryption, KeyManagement};
use crate::crypto::jwk::SignatureAlgorithm;
use crate::crypto::jws::corpus::Forger;

const OP: &str = "https://op.test/oidc";

fn metadata() -> Value {
    json!({
        "issuer": OP,
        "authorization_endpoint": "https://op.test/oidc/authorize",
        "token_endpoint": "https://op.test/oidc/token",
        "userinfo_endpoint": "https://op.test/oidc/userinfo",
        "revocation_endpoint": "https://op.test/oidc/revoke",
        "client_registration_types_supported": ["automatic", "unknown"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "jwks": Forger::get().jwks(),
    })
}

fn read(metadata: &Value) -> Result<Provider, Unfit> {
    let expires = Timestamp::from_unix_seconds(1_795_000_000);
    Provider::read(
        OP,
        metadata.as_object().unwrap(),
        ("digest", expires),
        Answers::default(),
        &Reach::default(),
    )
}

#[test]
fn a_provider_is_what_its_chain_resolves_to() {
    let provider = read(&metadata()).unwrap();
    assert_eq!(provider.issuer, OP);
    assert!(provider.names_itself && provider.revocation_endpoint.is_some());
    assert_eq!(provider.keys().signature().len(), 9);
    let mut least = metadata();
    let least = least.as_object_mut().unwrap();
    least.remove("revocation_endpoint");
    least.remove("authorization_response_iss_parameter_supported");
    let provider = read(&json!(least)).unwrap();
    assert!(!provider.names_itself && provider.revocation_endpoint.is_none());
}

#[test]
fn a_provider_that_does_not_fit_is_asked_nothing() {
    for (name, value, unfit) in [
        ("issuer", json!("https://op.test/oidc/"), Unfit::Issuer),
        ("issuer", json!("https://evil.test"), Unfit::Issuer),
        ("issuer", json!(["https://op.test/oidc"]), Unfit::Member("issuer")),
        ("token_endpoint", json!("https://evil.test/token"), Unfit::Endpoint("token_endpoint")),
        ("token_endpoint", json!("http://op.test/token"), Unfit::Endpoint("token_endpoint")),
        ("token_endpoint", json!("https://op.test:6379/token"), Unfit::Endpoint("token_endpoint")),
        ("token_endpoint", json!("https://op.test.evil.test/"), Unfit::Endpoint("token_endpoint")),
        ("token_endpoint", json!("https://op.test@evil.test/"), Unfit::Endpoint("token_endpoint")),
        ("userinfo_endpoint", json!("https://127.0.0.1/"), Unfit::Endpoint("userinfo_endpoint")),
        (
            "authorization_endpoint",
            json!("javascript:alert(1)"),
            Unfit::Endpoint("authorization_endpoint"),
        ),
        (
            "revocation_endpoint",
            json!("https://evil.test/"),
            Unfit::Endpoint("revocation_endpoint"),
        ),
        (
            "code_challenge_methods_supported",
            json!(["plain"]),
            Unfit::Lacks("code_challenge_methods_supported", "S256"),
        ),
        (
            "code_challenge_methods_supported",
            json!("S256"),
            Unfit::Member("code_challenge_methods_supported"),
        ),
        (
            "client_registration_types_supported",
            json!([]),
            Unfit::Lacks("client_registration_types_supported", "automatic"),
        ),
        (
            "client_registration_types_supported",
            json!(["explicit"]),
            Unfit::Lacks("client_registration_types_supported", "automatic"),
        ),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic"]),
            Unfit::Lacks("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ),
        ("jwks", json!({"keys": []}), Unfit::Keys),
        ("jwks", json!("https://op.test/jwks"), Unfit::Keys),
    ] {
        let mut metadata = metadata();
        metadata[name] = value.clone();
        assert_eq!(read(&metadata).unwrap_err(), unfit, "{name} {value}");
    }
    for (name, unfit) in [
        ("issuer", Unfit::Member("issuer")),
        ("token_endpoint", Unfit::Member("token_endpoint")),
        ("jwks", Unfit::Keys),
        (
            "client_registration_types_supported",
            Unfit::Lacks("client_registration_types_supported", "automatic"),
        ),
        (
            "code_challenge_methods_supported",
            Unfit::Lacks("code_challenge_methods_supported", "S256"),
        ),
    ] {
        let mut metadata = metadata();
        metadata.as_object_mut().unwrap().remove(name);
        assert_eq!(read(&metadata).unwrap_err(), unfit, "{name}");
    }
    let mut elsewhere = metadata();
    let mut key = Forger::get().jwk(SignatureAlgorithm::ES256);
    key["use"] = "enc".into();
    key.as_object_mut().unwrap().remove("alg");
    elsewhere["jwks"] = json!({"keys": [key]});
    assert_eq!(read(&elsewhere), Err(Unfit::Keys), "with keys to encrypt for nothing verifies");
}

#[test]
fn keys_that_are_elsewhere_are_not_fetched_and_the_operator_is_told_why() {
    for name in ["jwks_uri", "signed_jwks_uri"] {
        let mut elsewhere = metadata();
        elsewhere[name] = "https://op.test/jwks".into();
        assert!(read(&elsewhere).is_ok(), "beside its keys {name} is only an address");
        elsewhere.as_object_mut().unwrap().remove("jwks");
        let unfit = read(&elsewhere).unwrap_err();
        assert_eq!(unfit, Unfit::KeysElsewhere(name));
        assert!(unfit.to_string().contains("where the superior pins them"));
    }
}

#[test]
fn a_provider_that_cannot_sign_or_encrypt_as_we_registered_is_asked_nothing() {
    let expires = Timestamp::from_unix_seconds(0);
    let answers = Answers {
        id_token: SignatureAlgorithm::RS512,
        userinfo: SignatureAlgorithm::ES256,
        id_token_encryption: Some(Encryption {
            key: KeyManagement::RsaOaep,
            content: ContentEncryption::A256CbcHs512,
        }),
    };
    let read = |metadata: &Value| {
        let metadata = metadata.as_object().unwrap();
        Provider::read(OP, metadata, ("digest", expires), answers, &Reach::default())
    };
    assert!(read(&metadata()).is_ok(), "it does not say what it cannot do");
    for (name, ours) in [
        ("id_token_signing_alg_values_supported", "RS512"),
        ("userinfo_signing_alg_values_supported", "ES256"),
        ("id_token_encryption_alg_values_supported", "RSA-OAEP"),
        ("id_token_encryption_enc_values_supported", "A256CBC-HS512"),
    ] {
        let mut metadata = metadata();
        metadata[name] = json!(["RS256", "RSA1_5", "A128GCM"]);
        assert_eq!(read(&metadata).unwrap_err(), Unfit::Lacks(name, ours));
        metadata[name] = json!(["RS256", ours]);
        assert!(read(&metadata).is_ok(), "{name}");
    }
}

#[test]
fn configuration_may_name_further_hosts() {
    let mut metadata = metadata();
    metadata["token_endpoint"] = "https://tokens.test/".into();
    let reach = Reach { hosts: vec!["Tokens.test".to_owned()], ..Reach::default() };
    let expires = Timestamp::from_unix_seconds(0);
    assert!(
        Provider::read(
            OP,
            metadata.as_object().unwrap(),
            ("digest", expires),
            Answers::default(),
            &reach
        )
        .is_ok()
    );
}
