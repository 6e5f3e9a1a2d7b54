//! The rows FE-MP-1 and FE-MP-2 of the attack catalogue: a superior that widens what stands above it, and
//! metadata that is broken afterwards.

use serde_json::{Value, json};

use super::super::*;
use super::{merged, place, policy};

/// The claims of two statements, the anchor's first.
fn resolved(statements: &[Value], dialect: Dialect) -> Result<Option<MetadataPolicy>, PolicyFault> {
    MetadataPolicy::resolve(statements.iter().map(|claims| claims.as_object().unwrap()), dialect)
}

fn statement(operators: &Value) -> Value {
    json!({"metadata_policy": {"openid_relying_party": {"p": operators}}})
}

#[test]
fn a_superior_further_down_never_widens_what_one_above_allows() {
    // A wider set: what both allow remains.
    let narrow = merged(&json!({"subset_of": ["a"]}), &json!({"subset_of": ["a", "b", "c"]}));
    assert_eq!(narrow, policy(&json!({"subset_of": ["a"]})));
    let narrow = merged(&json!({"superset_of": ["a", "b"]}), &json!({"superset_of": []}));
    assert_eq!(narrow, policy(&json!({"superset_of": ["a", "b"]})));
    // Dropping `essential`, or taking the parameter away where it is due.
    let due = merged(&json!({"essential": true}), &json!({"essential": false}));
    assert_eq!(due, policy(&json!({"essential": true})));
    for (upper, lower) in [
        (json!({"essential": true}), json!({"value": null})),
        (json!({"one_of": ["a"]}), json!({"value": "b"})),
        (json!({"one_of": ["a"]}), json!({"add": ["b"]})),
        (json!({"one_of": ["a"]}), json!({"subset_of": ["a", "b"]})),
        (json!({"subset_of": ["a"]}), json!({"add": ["b"]})),
        (json!({"subset_of": ["a"]}), json!({"value": ["a", "b"]})),
        (json!({"superset_of": ["a"]}), json!({"value": []})),
        (json!({"value": ["a"]}), json!({"add": ["b"]})),
        (json!({"value": "a"}), json!({"value": "b"})),
        (json!({"default": "a"}), json!({"default": "b"})),
        (json!({"default": "a"}), json!({"value": null})),
    ] {
        assert!(merged(&upper, &lower).is_err(), "{upper} over {lower}");
        assert!(resolved(&[statement(&upper), statement(&lower)], Dialect::It2023).is_err());
    }
}

#[test]
fn an_operator_that_a_statement_declares_critical_and_nobody_knows_ends_the_chain() {
    let quiet = statement(&json!({"regexp": "^https:"}));
    for dialect in Dialect::ALL {
        assert!(
            resolved(std::slice::from_ref(&quiet), dialect).is_ok(),
            "ignored as long as it is not critical"
        );
        for crit in [json!(["regexp"]), json!([]), json!("regexp"), json!([1]), json!(null)] {
            let loud = json!({"metadata_policy_crit": crit});
            // Whichever statement declares it, and whether that one has a policy or not.
            for chain in [[loud.clone(), quiet.clone()], [quiet.clone(), loud.clone()]] {
                assert_eq!(resolved(&chain, dialect), Err(PolicyFault::Critical), "{crit}");
            }
        }
        let known = json!({"metadata_policy_crit": ["subset_of"]});
        assert!(resolved(&[known], dialect).is_ok(), "what is understood may be critical");
    }
}

#[test]
fn a_chain_without_a_policy_has_none_and_statements_without_one_are_passed_over() {
    assert_eq!(resolved(&[json!({}), json!({"metadata": {}})], Dialect::It2023), Ok(None));
    let chain = [json!({}), statement(&json!({"value": "x"})), json!({})];
    assert_eq!(resolved(&chain, Dialect::It2023).unwrap(), policy(&json!({"value": "x"})).ok());
    let wrong = json!({"metadata_policy": [1]});
    let fault = resolved(&[wrong], Dialect::It2023).unwrap_err();
    assert_eq!(fault.to_string(), "metadata_policy is no JSON object");
}

#[test]
fn three_superiors_are_merged_from_the_anchor_downwards() {
    let chain = [
        statement(&json!({"subset_of": ["a", "b", "c"], "essential": true})),
        statement(&json!({"subset_of": ["b", "c", "d"]})),
        statement(&json!({"superset_of": ["c"], "add": ["c"]})),
    ];
    let whole = resolved(&chain, Dialect::Fed10Final).unwrap();
    let expected =
        json!({"subset_of": ["b", "c"], "superset_of": ["c"], "add": ["c"], "essential": true});
    assert_eq!(whole, policy(&expected).ok());
    // The last one quarrels with the first.
    let chain = [chain[0].clone(), chain[1].clone(), statement(&json!({"superset_of": ["a"]}))];
    assert_eq!(
        resolved(&chain, Dialect::Fed10Final),
        Err(PolicyFault::Combination(place(), Operator::SubsetOf, Operator::SupersetOf))
    );
}

#[test]
fn a_policy_on_jwks_pins_the_keys_that_the_superior_registered() {
    let pinned = json!({"keys": [{"kid": "registered"}]});
    let chain = [
        json!({"metadata_policy": {"openid_relying_party": {"jwks": {"essential": true}}}}),
        json!({"metadata_policy": {"openid_relying_party": {"jwks": {"value": pinned}}}}),
    ];
    let whole = resolved(&chain, Dialect::It2023).unwrap().unwrap();
    for own in [json!({"jwks": {"keys": [{"kid": "of the attacker"}]}}), json!({})] {
        let after = whole.apply("openid_relying_party", own.as_object().unwrap().clone()).unwrap();
        assert_eq!(after["jwks"], pinned);
    }
}

fn relying_party() -> Value {
    json!({
        "redirect_uris": ["https://rp.example/cb"], "client_registration_types": ["automatic"],
        "jwks": {"keys": []},
    })
}

fn provider() -> Value {
    json!({
        "issuer": "https://op.example", "authorization_endpoint": "https://op.example/a",
        "token_endpoint": "https://op.example/t", "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
        "client_registration_types_supported": ["automatic", "unknown"], "jwks": {"keys": []},
    })
}

#[test]
fn resolved_metadata_without_what_the_role_needs_is_not_used() {
    for (entity_type, whole) in
        [("openid_relying_party", relying_party()), ("openid_provider", provider())]
    {
        let check = |metadata: &Value| check_resolved(entity_type, metadata.as_object().unwrap());
        assert_eq!(check(&whole), Ok(()));
        for name in whole.as_object().unwrap().keys() {
            let broken = Err(PolicyFault::Broken(Place::new(entity_type, name)));
            let mut without = whole.clone();
            without.as_object_mut().unwrap().remove(name);
            assert_eq!(check(&without), broken, "{entity_type} without {name}");
            if name == "jwks" {
                without["signed_jwks_uri"] = json!("https://x.example/jwks");
                assert_eq!(check(&without), Ok(()));
                continue;
            }
            for wrong in [json!([]), json!(""), json!([1]), json!([""]), json!({}), json!(true)] {
                let mut wrongly = whole.clone();
                wrongly[name] = wrong.clone();
                assert_eq!(check(&wrongly), broken, "{name}: {wrong}");
            }
        }
    }
    assert_eq!(check_resolved("federation_entity", &Map::new()), Ok(()));
}

#[test]
fn a_policy_that_empties_what_the_role_needs_gives_metadata_that_is_not_used() {
    let policy = json!({"openid_relying_party": {
        "redirect_uris": {"subset_of": ["https://other.example/cb"], "essential": true},
    }});
    let policy = MetadataPolicy::parse(policy.as_object().unwrap(), Dialect::Fed10Final).unwrap();
    let metadata = relying_party().as_object().unwrap().clone();
    let after = policy.apply("openid_relying_party", metadata).unwrap();
    assert_eq!(after["redirect_uris"], json!([]), "no error of the policy");
    let place = Place::new("openid_relying_party", "redirect_uris");
    assert_eq!(check_resolved("openid_relying_party", &after), Err(PolicyFault::Broken(place)));
}
