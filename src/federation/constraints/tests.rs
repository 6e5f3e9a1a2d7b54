use serde_json::json;

use super::*;

fn read(claim: &Value) -> Result<Constraints, Flaw> {
    Constraints::read(Some(claim), Dialect::Fed10Final)
}

fn id(text: &str) -> EntityId {
    EntityId::parse(text, true).unwrap()
}

fn allows(claim: &Value, intermediates: usize, below: &[&str]) -> Result<(), Flaw> {
    let below: Vec<EntityId> = below.iter().map(|text| id(text)).collect();
    read(claim).unwrap().allow(&id("https://ta.example"), intermediates, below.iter())
}

#[test]
fn a_path_is_never_longer_than_each_superior_allows() {
    for (most, intermediates, holds) in
        [(0, 0, true), (0, 1, false), (1, 1, true), (1, 2, false), (1, 10, false), (2, 2, true)]
    {
        let judged = allows(&json!({"max_path_length": most}), intermediates, &[]);
        assert_eq!(judged.is_ok(), holds, "{most} {intermediates}");
    }
    assert_eq!(allows(&json!({}), 10, &[]), Ok(()));
    for wrong in [json!(-1), json!("1"), json!(1.5), json!(null)] {
        assert_eq!(read(&json!({"max_path_length": wrong})), Err(Flaw::Constraints), "{wrong}");
    }
}

#[test]
fn a_name_rule_is_about_the_host_alone_and_a_dot_means_below() {
    let permitted = |rule: &str, name: &str| {
        allows(&json!({"naming_constraints": {"permitted": [rule]}}), 0, &[name]).is_ok()
    };
    for (rule, name, holds) in [
        ("example.it", "https://example.it", true),
        ("example.it", "https://example.it:8443/rp", true),
        ("example.it", "https://sub.example.it", false),
        ("example.it", "https://notexample.it", false),
        ("example.it", "https://example.it.evil.example", false),
        ("EXAMPLE.it", "https://example.it/", true),
        (".example.it", "https://example.it", false),
        (".example.it", "https://a.example.it/x", true),
        (".example.it", "https://a.b.example.it/x", true),
        (".example.it", "https://aexample.it", false),
        ("xn--citt-3na.it", "https://xn--citt-3na.it", true),
        ("example.it", "https://192.0.2.1", false),
        ("example.it", "https://[2001:db8::1]", false),
    ] {
        assert_eq!(permitted(rule, name), holds, "{rule} {name}");
    }
}

#[test]
fn an_excluded_name_is_excluded_though_it_is_also_permitted() {
    let rules = json!({"naming_constraints": {
        "permitted": [".example.it", "example.it"], "excluded": ["bad.example.it"]}});
    assert_eq!(allows(&rules, 0, &["https://a.example.it"]), Ok(()));
    for name in
        ["https://bad.example.it", "https://bad.example.it:8443/rp", "https://other.example"]
    {
        assert!(matches!(allows(&rules, 0, &[name]), Err(Flaw::Name(..))), "{name}");
        // The name of an intermediate counts as that of the subject does.
        let both = ["https://a.example.it", name];
        assert!(matches!(allows(&rules, 1, &both), Err(Flaw::Name(..))), "{name}");
    }
    let none = json!({"naming_constraints": {"permitted": []}});
    assert!(allows(&none, 0, &["https://a.example.it"]).is_err());
    let number = json!({"naming_constraints": {"excluded": ["bad.example.it"]}});
    assert!(allows(&number, 0, &["https://192.0.2.1"]).is_err());
}

#[test]
fn a_rule_that_is_no_host_spoils_the_statement() {
    for rule in [
        "",
        ".",
        "..",
        "*.example.it",
        "https://example.it",
        "example.it:443",
        "user@example.it",
        "example.it/",
        "example.it.",
        "..example.it",
        "a..b",
        "città.it",
        "192.0.2.1",
        "[::1]",
        " example.it",
    ] {
        for list in ["permitted", "excluded"] {
            assert_eq!(
                read(&json!({"naming_constraints": {list: [rule]}})),
                Err(Flaw::Constraints),
                "{rule}"
            );
        }
    }
    for wrong in
        [json!([]), json!("x"), json!({"permitted": "example.it"}), json!({"excluded": [1]})]
    {
        assert_eq!(read(&json!({"naming_constraints": wrong})), Err(Flaw::Constraints));
    }
    assert!(read(&json!({"something_new": 1})).is_ok());
}

#[test]
fn entity_types_that_are_not_allowed_are_taken_away() {
    let metadata =
        json!({"federation_entity": {}, "openid_provider": {}, "openid_relying_party": {}});
    let left = |claim: &Value, dialect| {
        let mut metadata = metadata.as_object().unwrap().clone();
        Constraints::read(Some(claim), dialect).unwrap().restrict(&mut metadata);
        metadata.keys().cloned().collect::<Vec<_>>()
    };
    let all = ["federation_entity", "openid_provider", "openid_relying_party"];
    let (old, new) = (Dialect::It2023, Dialect::Fed10Final);
    assert_eq!(left(&json!({}), new), all);
    assert_eq!(left(&json!({"allowed_entity_types": []}), new), ["federation_entity"]);
    assert_eq!(left(&json!({"allowed_entity_types": ["openid_provider"]}), new), all[..2]);
    assert_eq!(left(&json!({"allowed_leaf_entity_types": []}), new), all);
    assert_eq!(left(&json!({"allowed_leaf_entity_types": []}), old), ["federation_entity"]);
    let both =
        json!({"allowed_entity_types": ["openid_provider"], "allowed_leaf_entity_types": []});
    assert_eq!(left(&both, old), ["federation_entity"]);
    assert_eq!(read(&json!({"allowed_entity_types": "openid_provider"})), Err(Flaw::Constraints));
}

#[test]
fn constraints_as_text_are_read_in_the_old_dialect_alone() {
    let text = json!("{\"max_path_length\":0}");
    let read = |claim: &Value, dialect| Constraints::read(Some(claim), dialect);
    assert_eq!(read(&text, Dialect::It2023).unwrap().longest, Some(0));
    assert_eq!(read(&text, Dialect::Fed10Final), Err(Flaw::Constraints));
    assert_eq!(read(&json!("{}"), Dialect::It2023), Ok(Constraints::default()));
    for wrong in [json!("[]"), json!(""), json!("{\"a\":1,\"a\":2}"), json!(1), json!(null)] {
        for dialect in Dialect::ALL {
            assert_eq!(read(&wrong, dialect), Err(Flaw::Constraints), "{wrong}");
        }
    }
}
