use super::*;

fn parse(text: &str) -> Result<EntityId, EntityIdFault> {
    EntityId::parse(text, false)
}

#[test]
fn a_name_is_opaque_and_a_slash_makes_another_one() {
    let plain = parse("https://b.example/rp").unwrap();
    let slashed = parse("https://b.example/rp/").unwrap();
    assert_ne!(plain, slashed);
    assert_ne!(parse("https://b.example"), parse("https://b.example/"));
    assert_eq!(plain.as_str(), "https://b.example/rp");
}

#[test]
fn the_well_known_path_is_appended_after_one_slash_at_most() {
    for (name, address) in [
        ("https://b.example", "https://b.example/.well-known/openid-federation"),
        ("https://b.example/", "https://b.example/.well-known/openid-federation"),
        ("https://b.example/rp", "https://b.example/rp/.well-known/openid-federation"),
        ("https://b.example/rp/", "https://b.example/rp/.well-known/openid-federation"),
        ("https://b.example:8443/a/b/", "https://b.example:8443/a/b/.well-known/openid-federation"),
    ] {
        assert_eq!(parse(name).unwrap().configuration_url(), address);
    }
}

#[test]
fn what_is_not_the_one_way_to_write_an_address_names_nobody() {
    for (text, fault) in [
        ("", EntityIdFault::Address),
        ("b.example", EntityIdFault::Address),
        ("https://", EntityIdFault::Address),
        ("http://b.example", EntityIdFault::Scheme),
        ("http://localhost", EntityIdFault::Scheme),
        ("ftp://b.example", EntityIdFault::Scheme),
        ("https://user@b.example", EntityIdFault::Extra),
        ("https://b.example@evil.example/", EntityIdFault::Extra),
        ("https://b.example/?", EntityIdFault::Extra),
        ("https://b.example/#", EntityIdFault::Extra),
        ("https://b.example/?a=b", EntityIdFault::Extra),
        ("HTTPS://b.example", EntityIdFault::Form),
        ("https://B.example", EntityIdFault::Form),
        ("https://b.example:443/", EntityIdFault::Form),
        ("https://b.example./", EntityIdFault::Form),
        ("https://b.example/a/../b", EntityIdFault::Form),
        ("https://b.example/%2e%2e/b", EntityIdFault::Form),
        ("https://b.example\\evil", EntityIdFault::Form),
        ("https://b.example/a b", EntityIdFault::Form),
        (" https://b.example", EntityIdFault::Form),
        ("https://b.exa\nmple", EntityIdFault::Form),
        ("https://città.example", EntityIdFault::Form),
        ("https://b.example/città", EntityIdFault::Form),
        ("https:b.example", EntityIdFault::Form),
        ("https://0x7f.1/", EntityIdFault::Form),
    ] {
        assert_eq!(parse(text), Err(fault), "{text:?}");
    }
    assert!(parse("https://xn--citt-3na.example").is_ok());
    assert_eq!(
        parse(&format!("https://b.example/{}", "a".repeat(2048))),
        Err(EntityIdFault::Address)
    );
}

#[test]
fn this_machine_is_named_by_http_only_while_developing() {
    for text in ["http://127.0.0.1:8002", "http://localhost:8002/oidc/op/", "http://[::1]:1"] {
        assert!(EntityId::parse(text, true).is_ok(), "{text}");
        assert_eq!(EntityId::parse(text, false), Err(EntityIdFault::Scheme), "{text}");
    }
    assert_eq!(EntityId::parse("http://b.example", true), Err(EntityIdFault::Scheme));
}

#[test]
fn only_a_name_is_a_host_name() {
    assert_eq!(
        parse("https://b.example:8443/x").unwrap().host_name().as_deref(),
        Some("b.example")
    );
    assert_eq!(parse("https://192.0.2.1/x").unwrap().host_name(), None);
    assert_eq!(parse("https://[2001:db8::1]/").unwrap().host_name(), None);
}
