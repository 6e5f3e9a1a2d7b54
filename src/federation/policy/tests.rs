//! The operators one by one, every combination of two of them, and what must hold of all policies.

mod properties;
mod rows;

use serde_json::{Value, json};

use super::*;

/// The policy of one superior about one parameter `p` of a relying party.
fn policy(operators: &Value) -> Result<MetadataPolicy, PolicyFault> {
    policy_of("p", operators)
}

fn policy_of(name: &str, operators: &Value) -> Result<MetadataPolicy, PolicyFault> {
    let claim = json!({"openid_relying_party": {name: operators}});
    MetadataPolicy::parse(claim.as_object().unwrap(), Dialect::Fed10Final)
}

fn merged(upper: &Value, lower: &Value) -> Result<MetadataPolicy, PolicyFault> {
    policy(upper)?.merge(policy(lower)?)
}

/// What becomes of `p`; an absent parameter is `null` in and out.
fn applied(operators: &Value, given: &Value) -> Result<Value, PolicyFault> {
    outcome(&policy(operators)?, "p", given)
}

fn outcome(policy: &MetadataPolicy, name: &str, given: &Value) -> Result<Value, PolicyFault> {
    let mut metadata = Map::new();
    if !given.is_null() {
        metadata.insert(name.to_owned(), given.clone());
    }
    metadata.insert("other".to_owned(), json!("kept"));
    let mut metadata = policy.apply("openid_relying_party", metadata)?;
    assert_eq!(metadata.remove("other"), Some(json!("kept")));
    let value = metadata.remove(name).unwrap_or_default();
    assert!(metadata.is_empty());
    Ok(value)
}

fn place() -> Place {
    Place::new("openid_relying_party", "p")
}

#[test]
fn each_operator_does_what_the_specification_says() {
    let unmet = |operator| Err(PolicyFault::Unmet(place(), operator));
    let absent = json!(null);
    for (operators, given, expected) in [
        (json!({"value": "x"}), json!("y"), Ok(json!("x"))),
        (json!({"value": ["x"]}), absent.clone(), Ok(json!(["x"]))),
        (json!({"value": true}), json!(false), Ok(json!(true))),
        (json!({"value": null}), json!("y"), Ok(absent.clone())),
        (json!({"value": null}), absent.clone(), Ok(absent.clone())),
        (json!({"add": ["b", "c"]}), json!(["a", "b"]), Ok(json!(["a", "b", "c"]))),
        (json!({"add": ["b"]}), absent.clone(), Ok(json!(["b"]))),
        (json!({"default": 7}), absent.clone(), Ok(json!(7))),
        (json!({"default": 7}), json!(8), Ok(json!(8))),
        (json!({"one_of": ["a", "b"]}), json!("b"), Ok(json!("b"))),
        (json!({"one_of": ["a", "b"]}), json!("c"), unmet(Operator::OneOf)),
        (json!({"one_of": [1, 2]}), json!(2.0), Ok(json!(2.0))),
        (json!({"one_of": ["a"]}), absent.clone(), Ok(absent.clone())),
        (json!({"one_of": [{"k": [1]}]}), json!({"k": [1]}), Ok(json!({"k": [1]}))),
        (json!({"subset_of": ["c", "a"]}), json!(["a", "b", "c"]), Ok(json!(["a", "c"]))),
        (json!({"subset_of": ["a"]}), absent.clone(), Ok(absent.clone())),
        (json!({"superset_of": ["a"]}), json!(["b", "a"]), Ok(json!(["b", "a"]))),
        (json!({"superset_of": ["a"]}), json!(["b"]), unmet(Operator::SupersetOf)),
        (json!({"superset_of": ["a"]}), absent.clone(), Ok(absent.clone())),
        (json!({"essential": true}), json!({"any": 1}), Ok(json!({"any": 1}))),
        (json!({"essential": true}), absent.clone(), unmet(Operator::Essential)),
        (json!({"essential": false}), absent.clone(), Ok(absent.clone())),
        (json!({"regexp": "^https:"}), json!("x"), Ok(json!("x"))),
    ] {
        assert_eq!(applied(&operators, &given), expected, "{operators} {given}");
    }
}

/// The vectors of our own notes on the specification, and its table of `essential` with `subset_of`
/// (section 6.1.3.1.8).
#[test]
fn operators_work_in_their_order() {
    let unmet = |operator| Err(PolicyFault::Unmet(place(), operator));
    let grants = json!({
        "superset_of": ["authorization_code"],
        "subset_of": ["authorization_code", "refresh_token"],
    });
    let absent = json!(null);
    for (operators, given, expected) in [
        (
            grants.clone(),
            json!(["authorization_code", "implicit"]),
            Ok(json!(["authorization_code"])),
        ),
        (grants.clone(), json!(["implicit"]), unmet(Operator::SupersetOf)),
        (grants, absent.clone(), Ok(absent.clone())),
        (json!({"subset_of": ["a"], "essential": true}), json!(["b"]), Ok(json!([]))),
        (json!({"subset_of": ["a"], "essential": false}), json!(["b"]), Ok(json!([]))),
        (
            json!({"subset_of": ["a"], "essential": true}),
            absent.clone(),
            unmet(Operator::Essential),
        ),
        (json!({"subset_of": ["a"], "essential": false}), absent.clone(), Ok(absent.clone())),
        // Added, then cut; added before a default is looked at; a default is checked like anything.
        (json!({"add": ["a"], "subset_of": ["a", "b"]}), json!(["x", "b"]), Ok(json!(["b", "a"]))),
        (json!({"add": ["a"], "default": ["d"]}), absent.clone(), Ok(json!(["a"]))),
        (json!({"add": ["a"], "superset_of": ["a"]}), json!(["x"]), Ok(json!(["x", "a"]))),
        (json!({"default": "z", "one_of": ["a"]}), absent.clone(), unmet(Operator::OneOf)),
        (json!({"default": ["a", "z"], "subset_of": ["a"]}), absent.clone(), Ok(json!(["a"]))),
        (
            json!({"default": ["z"], "superset_of": ["a"]}),
            absent.clone(),
            unmet(Operator::SupersetOf),
        ),
        (json!({"default": "d", "essential": true}), absent.clone(), Ok(json!("d"))),
        (json!({"value": "v", "default": "d"}), absent.clone(), Ok(json!("v"))),
        (
            json!({"value": ["a", "b"], "subset_of": ["a", "b"]}),
            json!(["z"]),
            Ok(json!(["a", "b"])),
        ),
        (json!({"value": null, "essential": false}), json!("x"), Ok(absent.clone())),
    ] {
        assert_eq!(applied(&operators, &given), expected, "{operators} {given}");
    }
}

/// Two operators, their values that go together, and those that do not.
type Combination = ((Operator, Operator), Option<(Value, Value)>, Vec<(Value, Value)>);

/// Two operators of one parameter: values that go together, and values that do not (section 6.1.3.1, the
/// paragraphs "combination with other operators"). `None` where there are no such values.
fn combinations() -> Vec<Combination> {
    use Operator::{Add, Default, Essential, OneOf, SubsetOf, SupersetOf, Value as Fixed};
    let (a, ab, b) = (json!(["a"]), json!(["a", "b"]), json!(["b"]));
    let null = json!(null);
    vec![
        (
            (Fixed, Add),
            Some((ab.clone(), a.clone())),
            vec![(a.clone(), ab.clone()), (json!("a"), a.clone()), (null.clone(), a.clone())],
        ),
        ((Fixed, Default), Some((a.clone(), b.clone())), vec![(null.clone(), a.clone())]),
        (
            (Fixed, OneOf),
            Some((json!("a"), ab.clone())),
            vec![(json!("c"), ab.clone()), (a.clone(), ab.clone()), (null.clone(), ab.clone())],
        ),
        (
            (Fixed, SubsetOf),
            Some((a.clone(), ab.clone())),
            vec![(ab.clone(), a.clone()), (json!("a"), ab.clone()), (null.clone(), ab.clone())],
        ),
        (
            (Fixed, SupersetOf),
            Some((ab.clone(), a.clone())),
            vec![(a.clone(), ab.clone()), (json!("a"), a.clone()), (null.clone(), a.clone())],
        ),
        ((Fixed, Essential), Some((a.clone(), json!(true))), vec![(null.clone(), json!(true))]),
        ((Fixed, Essential), Some((null, json!(false))), vec![]),
        ((Add, Default), Some((a.clone(), b.clone())), vec![]),
        ((Add, OneOf), None, vec![(a.clone(), ab.clone()), (a.clone(), a.clone())]),
        ((Add, SubsetOf), Some((a.clone(), ab.clone())), vec![(ab.clone(), a.clone())]),
        ((Add, SupersetOf), Some((a.clone(), b.clone())), vec![]),
        ((Add, Essential), Some((a.clone(), json!(true))), vec![]),
        ((Default, OneOf), Some((json!("z"), ab.clone())), vec![]),
        ((Default, SubsetOf), Some((b.clone(), a.clone())), vec![]),
        ((Default, SupersetOf), Some((b.clone(), a.clone())), vec![]),
        ((Default, Essential), Some((a.clone(), json!(true))), vec![]),
        ((OneOf, SubsetOf), None, vec![(ab.clone(), ab.clone()), (a.clone(), ab.clone())]),
        ((OneOf, SupersetOf), None, vec![(ab.clone(), ab.clone()), (a.clone(), a.clone())]),
        ((OneOf, Essential), Some((ab.clone(), json!(true))), vec![]),
        ((SubsetOf, SupersetOf), Some((ab.clone(), a.clone())), vec![(a.clone(), ab.clone())]),
        ((SubsetOf, Essential), Some((a.clone(), json!(true))), vec![]),
        ((SupersetOf, Essential), Some((a, json!(true))), vec![]),
    ]
}

/// Each combination in one statement, with one operator by the upper and the other by the lower superior, and
/// the other way round.
#[test]
fn every_combination_of_two_operators_is_taken_or_refused_as_the_specification_says() {
    let mut pairs = std::collections::BTreeSet::new();
    for ((one, other), good, bad) in combinations() {
        pairs.insert((one, other));
        let split = |(left, right): &(Value, Value)| {
            (json!({one.name(): left}), json!({other.name(): right}))
        };
        let together = |(left, right): &(Value, Value)| {
            policy(&json!({one.name(): left, other.name(): right}))
        };
        if let Some(good) = &good {
            let (left, right) = split(good);
            let whole = together(good).unwrap();
            assert_eq!(merged(&left, &right).unwrap(), whole, "{one} {other}");
            assert_eq!(merged(&right, &left).unwrap(), whole, "{other} {one}");
        }
        for bad in &bad {
            let refused = Err(PolicyFault::Combination(place(), one, other));
            let refused = match (one, other) {
                (Operator::Add, Operator::OneOf) => {
                    Err(PolicyFault::Combination(place(), other, one))
                }
                _ => refused,
            };
            let (left, right) = split(bad);
            assert_eq!(together(bad), refused);
            assert_eq!(merged(&left, &right), refused, "{left} over {right}");
            assert_eq!(merged(&right, &left), refused, "{right} over {left}");
        }
    }
    assert_eq!(pairs.len(), 21, "every pair of the seven");
}

#[test]
fn the_same_operator_of_two_superiors_becomes_one_that_is_not_laxer() {
    let refused = |operator| Err(PolicyFault::Merge(place(), operator));
    for (upper, lower, expected) in [
        (json!({"value": ["code"]}), json!({"value": ["code"]}), Ok(json!({"value": ["code"]}))),
        // Lists are sets, and the upper one's order stays.
        (
            json!({"value": ["a", "b"]}),
            json!({"value": ["b", "a"]}),
            Ok(json!({"value": ["a", "b"]})),
        ),
        (json!({"value": 1}), json!({"value": 1.0}), Ok(json!({"value": 1}))),
        (json!({"value": null}), json!({"value": null}), Ok(json!({"value": null}))),
        (json!({"value": "a"}), json!({"value": "b"}), refused(Operator::Value)),
        (json!({"value": "a"}), json!({"value": null}), refused(Operator::Value)),
        (json!({"value": ["a"]}), json!({"value": "a"}), refused(Operator::Value)),
        (json!({"add": ["a"]}), json!({"add": ["b", "a"]}), Ok(json!({"add": ["a", "b"]}))),
        (json!({"default": 1}), json!({"default": 1}), Ok(json!({"default": 1}))),
        (json!({"default": 1}), json!({"default": 2}), refused(Operator::Default)),
        (
            json!({"one_of": ["RS256", "ES256"]}),
            json!({"one_of": ["ES256", "PS256"]}),
            Ok(json!({"one_of": ["ES256"]})),
        ),
        (
            json!({"one_of": ["RS256", "ES256"]}),
            json!({"one_of": ["PS256"]}),
            refused(Operator::OneOf),
        ),
        (
            json!({"subset_of": ["a", "b"]}),
            json!({"subset_of": ["b", "c"]}),
            Ok(json!({"subset_of": ["b"]})),
        ),
        (json!({"subset_of": ["a"]}), json!({"subset_of": ["b"]}), Ok(json!({"subset_of": []}))),
        (
            json!({"superset_of": ["a"]}),
            json!({"superset_of": ["b"]}),
            Ok(json!({"superset_of": ["a", "b"]})),
        ),
        (json!({"essential": true}), json!({"essential": false}), Ok(json!({"essential": true}))),
        (json!({"essential": false}), json!({"essential": true}), Ok(json!({"essential": true}))),
        (json!({"essential": false}), json!({"essential": false}), Ok(json!({"essential": false}))),
    ] {
        let expected = expected.map(|whole| policy(&whole).unwrap());
        assert_eq!(merged(&upper, &lower), expected, "{upper} over {lower}");
    }
    // Three operators of which no single statement has two that quarrel.
    let cut = merged(&json!({"subset_of": ["a", "b"]}), &json!({"superset_of": ["b"]})).unwrap();
    assert!(cut.merge(policy(&json!({"subset_of": ["a"]})).unwrap()).is_err());
}

#[test]
fn a_value_may_be_an_object_and_is_equal_however_it_is_written() {
    let jwks = json!({"keys": [{"kty": "RSA", "kid": "core", "n": "AA", "e": "AQAB"}]});
    let again: Value = serde_json::from_str(
        r#"{ "keys": [ {"e":"AQAB", "n":"AA", "kid":"core", "kty":"RSA"} ] }"#,
    )
    .unwrap();
    let other = json!({"keys": [{"kty": "RSA", "kid": "other", "n": "AA", "e": "AQAB"}]});
    let whole = merged(&json!({"value": jwks}), &json!({"value": again})).unwrap();
    assert_eq!(outcome(&whole, "p", &other), Ok(jwks.clone()), "what the superior pins counts");
    assert_eq!(outcome(&whole, "p", &json!(null)), Ok(jwks.clone()));
    assert_eq!(
        merged(&json!({"value": jwks}), &json!({"value": other})),
        Err(PolicyFault::Merge(place(), Operator::Value))
    );
    // A list inside an object has an order: these are two sets of keys.
    let two = json!({"keys": [{"kid": "a"}, {"kid": "b"}]});
    let turned = json!({"keys": [{"kid": "b"}, {"kid": "a"}]});
    assert!(merged(&json!({"value": two}), &json!({"value": turned})).is_err());
}

#[test]
fn scope_is_a_list_of_words_to_every_operator_and_text_again_afterwards() {
    let applied = |operators: &Value, given: &Value| {
        policy_of("scope", operators).and_then(|policy| outcome(&policy, "scope", given))
    };
    for (operators, given, expected) in [
        (
            json!({"subset_of": ["openid", "email"]}),
            json!("openid  profile email"),
            json!("openid email"),
        ),
        (json!({"add": ["offline_access"]}), json!("openid"), json!("openid offline_access")),
        (json!({"default": "openid email"}), json!(null), json!("openid email")),
        (json!({"default": ["openid"]}), json!(null), json!("openid")),
        (json!({"value": "openid"}), json!("openid admin"), json!("openid")),
        (json!({"value": null}), json!("openid"), json!(null)),
        (json!({"superset_of": ["openid"]}), json!("email openid"), json!("email openid")),
        (json!({"subset_of": ["openid"]}), json!("admin"), json!("")),
        (json!({"essential": true}), json!("openid"), json!("openid")),
    ] {
        assert_eq!(applied(&operators, &given), Ok(expected), "{operators} {given}");
    }
    let place = Place::new("openid_relying_party", "scope");
    assert_eq!(
        applied(&json!({"superset_of": ["openid"]}), &json!("openidx")),
        Err(PolicyFault::Unmet(place, Operator::SupersetOf)),
        "a word is a word"
    );
    assert!(applied(&json!({"essential": true}), &json!(["openid"])).is_err());
    let upper = policy_of("scope", &json!({"value": "a b"})).unwrap();
    assert!(upper.clone().merge(policy_of("scope", &json!({"value": "b a"})).unwrap()).is_ok());
    assert!(upper.merge(policy_of("scope", &json!({"subset_of": ["a"]})).unwrap()).is_err());
}

/// Found by fuzzing: an object came out as `scope`.
#[test]
fn what_is_no_words_is_no_scope() {
    let place = Place::new("openid_relying_party", "scope");
    for (operators, operator) in [
        (json!({"value": {"keys": [{"kid": "a"}]}}), Operator::Value),
        (json!({"value": 1}), Operator::Value),
        (json!({"value": ["openid email"]}), Operator::Value),
        (json!({"default": [["openid"]]}), Operator::Default),
        (json!({"default": [""]}), Operator::Default),
        (json!({"add": [1]}), Operator::Add),
        (json!({"subset_of": ["openid", {"a": 1}]}), Operator::SubsetOf),
        (json!({"superset_of": ["openid email"]}), Operator::SupersetOf),
    ] {
        let refused = Err(PolicyFault::Operand(place.clone(), operator));
        assert_eq!(policy_of("scope", &operators), refused, "{operators}");
        assert!(policy(&operators).is_ok(), "other parameters may be so");
    }
}

#[test]
fn an_operator_with_a_value_of_a_wrong_type_is_refused() {
    let long: Vec<usize> = (0..=1024).collect();
    for (operators, operator) in [
        (json!({"add": "a"}), Operator::Add),
        (json!({"add": null}), Operator::Add),
        (json!({"one_of": "a"}), Operator::OneOf),
        (json!({"one_of": {"a": 1}}), Operator::OneOf),
        (json!({"subset_of": [true]}), Operator::SubsetOf),
        (json!({"subset_of": [["a"]]}), Operator::SubsetOf),
        (json!({"superset_of": [null]}), Operator::SupersetOf),
        (json!({"add": [{"a": null}]}), Operator::Add),
        (json!({"default": null}), Operator::Default),
        (json!({"value": [null]}), Operator::Value),
        (json!({"value": {"keys": null}}), Operator::Value),
        (json!({"essential": "true"}), Operator::Essential),
        (json!({"essential": 1}), Operator::Essential),
        (json!({"essential": null}), Operator::Essential),
        (json!({"subset_of": long}), Operator::SubsetOf),
        (json!({"value": long}), Operator::Value),
    ] {
        assert_eq!(policy(&operators), Err(PolicyFault::Operand(place(), operator)), "{operators}");
    }
}

#[test]
fn a_parameter_of_a_type_that_an_operator_does_not_apply_to_is_refused() {
    let long: Vec<usize> = (0..=1024).collect();
    for (operators, given, operator) in [
        (json!({"add": ["a"]}), json!("a"), Operator::Add),
        (json!({"subset_of": ["a"]}), json!("a"), Operator::SubsetOf),
        (json!({"superset_of": ["a"]}), json!({"a": 1}), Operator::SupersetOf),
        (json!({"subset_of": [1]}), json!(long), Operator::SubsetOf),
    ] {
        let refused = Err(PolicyFault::Parameter(place(), operator));
        assert_eq!(applied(&operators, &given), refused, "{operators}");
    }
    let list = applied(&json!({"one_of": ["a"]}), &json!(["a"]));
    assert_eq!(list, Err(PolicyFault::Unmet(place(), Operator::OneOf)));
}

#[test]
fn null_never_comes_out() {
    let whole = policy(&json!({"essential": false})).unwrap();
    for (name, value) in [("p", json!(null)), ("q", json!(null)), ("q", json!({"x": [null]}))] {
        let metadata = Map::from_iter([(name.to_owned(), value)]);
        let place = Place::new("openid_relying_party", name);
        assert_eq!(whole.apply("openid_relying_party", metadata), Err(PolicyFault::Null(place)));
    }
}

#[test]
fn a_policy_is_for_the_entity_type_and_the_parameter_that_it_names() {
    let whole = policy(&json!({"value": "x"})).unwrap();
    let metadata = Map::from_iter([("p".to_owned(), json!("y")), ("p#it".to_owned(), json!("z"))]);
    assert_eq!(whole.apply("openid_provider", metadata.clone()).unwrap(), metadata);
    let after = whole.apply("openid_relying_party", metadata).unwrap();
    assert_eq!((&after["p"], &after["p#it"]), (&json!("x"), &json!("z")));
}

#[test]
fn what_the_immediate_superior_writes_is_laid_over_entity_types_that_are_there() {
    let mut metadata = json!({"openid_provider": {"a": 1, "b": 2}});
    let superior = json!({"openid_provider": {"b": 3, "c": 4}, "openid_relying_party": {"d": 5}});
    overlay(metadata.as_object_mut().unwrap(), superior.as_object().unwrap());
    assert_eq!(metadata, json!({"openid_provider": {"a": 1, "b": 3, "c": 4}}));
}

#[test]
fn what_is_no_policy_is_refused_except_the_strays_of_the_older_dialect() {
    let parse = |claim: Value, dialect| MetadataPolicy::parse(claim.as_object().unwrap(), dialect);
    for dialect in Dialect::ALL {
        for claim in [json!({"openid_provider": []}), json!({"openid_provider": null})] {
            let refused = PolicyFault::Shape(Place::new("openid_provider", ""));
            assert_eq!(parse(claim, dialect), Err(refused));
        }
    }
    let stray = json!({"openid_provider": {"constraints": "{}", "issuer": {"essential": true}}});
    let place = Place::new("openid_provider", "constraints");
    assert_eq!(parse(stray.clone(), Dialect::Fed10Final), Err(PolicyFault::Shape(place.clone())));
    let taken = parse(stray, Dialect::It2023).unwrap();
    assert_eq!(taken.ignored(), [place]);
    assert!(taken.apply("openid_provider", Map::new()).is_err(), "the rest counts");
}

#[test]
fn a_fault_names_the_place_shortly_and_never_a_value() {
    let claim = json!({format!("openid\u{1b}{}", "x".repeat(100)): {"p\n": {"value": "secret", "one_of": ["x"]}}});
    let fault = MetadataPolicy::parse(claim.as_object().unwrap(), Dialect::It2023).unwrap_err();
    let text = fault.to_string();
    assert!(
        text.len() < 160 && text.ends_with("p\\n: value and one_of do not go together"),
        "{text}"
    );
    assert!(!text.contains("secret") && !text.chars().any(char::is_control));
}
