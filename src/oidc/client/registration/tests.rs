use serde_json::json;

use super::*;
use crate::oidc::Scope;
use crate::oidc::sample;

fn template() -> Template {
    let client = sample::client("operator");
    Template {
        profiles: vec!["standard".to_owned()],
        metadata: ClientMetadata::default(),
        minimum_level: Level::L2,
        upstreams: client.upstreams,
        scopes: [Scope::Openid, Scope::Profile].into_iter().collect(),
        claims_profile: client.claims_profile,
        claims_in_id_token: false,
        policy: ServicePolicy::default(),
        public: true,
        tenant: client.tenant,
        attribute_set: client.attribute_set,
        attribute_sets: client.attribute_sets,
        consumer: None,
        purpose: None,
        branding: client.branding,
        certificates: Certificates::KeysAndNames,
        development: false,
    }
}

fn parse(value: &Value) -> Registration {
    Registration::parse(value.as_object().unwrap().clone(), &template()).unwrap()
}

fn client(value: &Value) -> Result<Client, Vec<Wrong>> {
    parse(value).client(ClientId::parse("reg-1").unwrap(), b"secret", &template())
}

fn members(value: &Value) -> Vec<&'static str> {
    client(value).err().into_iter().flatten().map(|wrong| wrong.member).collect()
}

#[test]
fn a_document_says_the_same_when_it_is_read_again() {
    let said = json!({
        "redirect_uris": ["https://rp.test/cb"], "client_name": "Uno", "client_name#de": "Eins",
        "contacts": ["aiuto@rp.test"], "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": "rp.test", "software_id": "s", "scope": "openid",
        "dpop_bound_access_tokens": true,
    });
    let document = parse(&said).document().unwrap();
    for (member, value) in said.as_object().unwrap() {
        assert_eq!(document[member], *value, "{member}");
    }
    let again = Registration::parse(document.clone(), &template()).unwrap();
    assert_eq!(again.document().unwrap(), document);
}

#[test]
fn every_mistake_is_told_at_once() {
    let wrong = json!({
        "redirect_uris": ["http://rp.test/cb"], "grant_types": ["password"], "subject_type": "public",
        "policy_uri": "nowhere", "token_endpoint_auth_method": "private_key_jwt",
    });
    assert_eq!(
        members(&wrong),
        ["redirect_uris", "grant_types", "subject_type", "policy_uri", "jwks"]
    );
}

#[test]
fn a_pairwise_sector_is_one_host_or_a_document_or_the_application_itself() {
    let web = |uris: &[&str]| json!({"redirect_uris": uris});
    let one = client(&web(&["https://rp.test/a", "https://rp.test/b?c=d"])).unwrap();
    assert_eq!(one.sector, "rp.test");
    assert_eq!(members(&web(&["https://rp.test/a", "https://b.test/"])), ["sector_identifier_uri"]);
    let native = json!({"redirect_uris": ["http://127.0.0.1/cb"], "application_type": "native"});
    assert_eq!(client(&native).unwrap().sector, "reg-1");
}

#[test]
fn a_name_stands_beside_its_host_and_shows_what_is_written() {
    let named = |name: &str| json!({"redirect_uris": ["https://rp.test/cb"], "client_name": name});
    let branding = client(&named("INPS")).unwrap().branding;
    assert_eq!(branding.name.get(Locale::Fr), "INPS (rp.test)");
    let nameless = client(&json!({"redirect_uris": ["https://rp.test/cb"]})).unwrap().branding;
    assert!(nameless.name.get(Locale::It).ends_with(" (rp.test)"));
    for name in ["", " ", "a\nb", "a\u{202e}b", "a\u{200b}b", &"x".repeat(101)] {
        assert_eq!(members(&named(name)), ["client_name"], "{name:?}");
    }
}

#[test]
fn the_operators_members_replace_what_a_client_says() {
    let said = json!({
        "redirect_uris": ["https://rp.test/cb"], "legacy_without_pkce": true,
        "session_reuse_level": 3, "information": "none", "scope": "openid fiscal_number",
        "development": true, "legacy_assertion_audience": true,
    });
    let mut template = template();
    template.metadata.information = Some("consent".to_owned());
    let registration = Registration::parse(said.as_object().unwrap().clone(), &template).unwrap();
    let client = registration.client(ClientId::parse("reg-1").unwrap(), b"", &template).unwrap();
    assert!(!client.protocol.requests.legacy_without_pkce);
    assert_eq!(client.protocol.session_reuse, super::super::SessionReuse::default());
    assert_eq!(client.protocol.information, super::super::Information::Consent);
    assert!(!client.protocol.assertions.legacy_audience);
    assert_eq!(client.scopes, [Scope::Openid].into_iter().collect());
    assert_eq!(client.minimum_level, Level::L2);
}

#[test]
fn a_list_of_redirect_uris_must_hold_them_all() {
    let registration = parse(&json!({"redirect_uris": ["https://a.test/", "https://b.test/"]}));
    assert!(
        registration.is_listed_in(br#"["https://b.test/", "https://a.test/", "https://c.test/"]"#)
    );
    for list in [&br#"["https://a.test/"]"#[..], b"[]", b"{}", b"", br#"["https://a.test/", 1]"#] {
        assert!(!registration.is_listed_in(list));
    }
}

/// RFC 8705, section 2.2: a self-signed certificate needs a registered key, and no authority.
#[test]
fn a_certificate_counts_by_its_key_without_any_authority_and_by_its_name_with_one() {
    let of = |more: Value| {
        let mut said = json!({"redirect_uris": ["https://rp.test/cb"]});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    let method = "token_endpoint_auth_method";
    let by_key = of(json!({
        method: "self_signed_tls_client_auth", "jwks_uri": "https://rp.test/jwks",
    }));
    let by_name = of(json!({method: "tls_client_auth", "tls_client_auth_san_dns": "rp.test"}));
    let bound = of(json!({"tls_client_certificate_bound_access_tokens": true}));
    let bound_member = "tls_client_certificate_bound_access_tokens";
    for (certificates, key, name, binding) in [
        (Certificates::None, vec![method], vec![method], vec![bound_member]),
        (Certificates::Keys, vec![], vec![method], vec![]),
        (Certificates::KeysAndNames, vec![], vec![], vec![]),
    ] {
        let template = Template { certificates, ..template() };
        let members = |said: &Value| {
            let wrong = Registration::parse(said.as_object().unwrap().clone(), &template)
                .unwrap()
                .client(ClientId::parse("reg-1").unwrap(), b"secret", &template)
                .err();
            wrong.into_iter().flatten().map(|wrong| wrong.member).collect::<Vec<_>>()
        };
        let found = [members(&by_key), members(&by_name), members(&bound)];
        assert_eq!(found, [key, name, binding], "{certificates:?}");
    }
}
