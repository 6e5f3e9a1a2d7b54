//! What a registration may say.
//!
//! Not files: `config` tests how each mistake is reported with its place.

use super::*;

fn metadata() -> ClientMetadata {
    ClientMetadata { redirect_uris: vec!["https://rp.test/cb".to_owned()], ..Default::default() }
}

fn members(metadata: &ClientMetadata) -> Vec<&'static str> {
    metadata.check().err().into_iter().flatten().map(|wrong| wrong.member).collect()
}

#[test]
fn a_redirect_uri_is_enough_for_a_client_of_the_standard_profile() {
    let protocol = metadata().check().unwrap();
    assert_eq!(protocol.profile, Profile::Standard);
    assert_eq!(protocol.id_token_algorithm, SigningAlgorithm::RS256);
    assert_eq!(protocol.token_binding, TokenBinding::Bearer);
    assert_eq!(protocol.grants, Grants::default());
    assert!(!protocol.requests.pushed_only && !protocol.requests.legacy_without_pkce);
    assert_eq!(protocol.session_reuse.highest, Some(Level::L1), "no higher level is reused");
}

#[test]
fn the_profile_of_fapi_brings_what_it_demands() {
    let fapi = ClientMetadata {
        profile: Some("fapi2".to_owned()),
        token_endpoint_auth_method: Some("private_key_jwt".to_owned()),
        ..metadata()
    };
    let protocol = fapi.check().unwrap();
    assert!(protocol.requests.pushed_only && !protocol.requests.signed_only);
    assert_eq!(protocol.token_binding, TokenBinding::Dpop);
    assert_ne!(protocol.id_token_algorithm, SigningAlgorithm::RS256);
    let signing =
        ClientMetadata { profile: Some("fapi2_message_signing".to_owned()), ..fapi.clone() };
    assert!(signing.check().unwrap().requests.signed_only);
    let weak = ClientMetadata {
        token_endpoint_auth_method: None,
        legacy_without_pkce: true,
        id_token_signed_response_alg: Some("RS256".to_owned()),
        ..fapi
    };
    let expected =
        ["token_endpoint_auth_method", "legacy_without_pkce", "id_token_signed_response_alg"];
    assert_eq!(members(&weak), expected);
}

#[test]
fn every_mistake_is_told_at_once_with_its_member() {
    let text = |text: &str| Some(text.to_owned());
    let wrong = ClientMetadata {
        profile: text("strict"),
        application_type: text("desktop"),
        redirect_uris: vec!["http://rp.test/cb".to_owned(), "https://rp.test/cb#part".to_owned()],
        response_types: vec!["token".to_owned()],
        token_endpoint_auth_method: text("password"),
        grant_types: vec!["password".to_owned()],
        default_acr_values: vec!["gold".to_owned()],
        id_token_signed_response_alg: text("none"),
        userinfo_encrypted_response_enc: text("A256GCM"),
        introspection_encrypted_response_alg: text("RSA1_5"),
        dpop_bound_access_tokens: true,
        tls_client_certificate_bound_access_tokens: true,
        resources: vec!["api".to_owned()],
        backchannel_logout_uri: text("http://rp.test/out"),
        session_reuse_level: Some(4),
        information: text("always"),
        ..Default::default()
    };
    let expected = [
        "profile",
        "application_type",
        "redirect_uris",
        "redirect_uris",
        "response_types",
        "token_endpoint_auth_method",
        "grant_types",
        "default_acr_values",
        "id_token_signed_response_alg",
        "userinfo_encrypted_response_enc",
        "introspection_encrypted_response_alg",
        "dpop_bound_access_tokens",
        "resources",
        "backchannel_logout_uri",
        "session_reuse_level",
        "information",
    ];
    assert_eq!(members(&wrong), expected);
}

#[test]
fn an_application_on_a_device_listens_on_an_address_and_not_on_a_name() {
    let native = |uri: &str| ClientMetadata {
        application_type: Some("native".to_owned()),
        redirect_uris: vec![uri.to_owned()],
        ..Default::default()
    };
    assert!(native("http://127.0.0.1/cb").check().is_ok());
    assert!(native("http://[::1]/cb").check().is_ok());
    assert_eq!(members(&native("http://localhost/cb")), ["redirect_uris"]);
}

/// OP-RU-2.
#[test]
fn a_redirect_uri_has_one_owner_and_is_read_by_nobody_else() {
    let with = |uri: &str, development| ClientMetadata {
        development,
        redirect_uris: vec![uri.to_owned()],
        ..metadata()
    };
    for uri in [
        "http://rp.test/cb",
        "https://*.rp.test/cb",
        "https://rp.test/*",
        "https://rp.test/cb#part",
        "https://user@rp.test/cb",
        "https://user:word@rp.test/cb",
        "https://192.0.2.1/cb",
        "https://[2001:db8::1]/cb",
        "https://3221225985/cb",
        "https://portal/cb",
        "ftp://rp.test/cb",
        "javascript:alert(1)",
        "rp.test/cb",
        "/cb",
        "",
    ] {
        assert_eq!(members(&with(uri, false)), ["redirect_uris"], "{uri}");
    }
    for uri in ["https://rp.test/cb?fixed=1", "http://localhost:8081/cb", "http://127.0.0.1/cb"] {
        assert!(with(uri, true).check().is_ok(), "{uri}");
    }
}

#[test]
fn codes_are_sent_to_named_hosts_by_https() {
    let wrongs = |uri: &str, development| {
        let redirect_uris = vec![uri.to_owned()];
        members(&ClientMetadata { development, redirect_uris, ..Default::default() }).len()
    };
    for uri in ["https://rp.test/cb?a=*", "https://rp.test:8443/", "https://xn--caff-8oa.test/"] {
        assert_eq!(wrongs(uri, false), 0, "{uri}");
    }
    for uri in ["http://localhost/cb", "http://127.0.0.1/", "https://[::1]/", "https://localhost/"]
    {
        assert_eq!((wrongs(uri, false), wrongs(uri, true)), (1, 0), "{uri}");
    }
    for uri in [
        "https://*.rp.test/",
        "https://rp.test/*",
        "https://rp.test/#",
        "http://rp.test/",
        "https://192.0.2.7/",
        "https://0xc0.0.2.7/",
        "https://[2001:db8::1]/",
        "https://a@rp.test/",
        "https://rp/",
        "https://rp.test./",
        "https:rp",
        "rp.test",
        "data:text/html,x",
    ] {
        assert_eq!((wrongs(uri, false), wrongs(uri, true)), (1, 1), "{uri}");
    }
}
