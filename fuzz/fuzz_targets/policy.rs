//! Any list of policies, the anchor's first, and any metadata: what comes out follows every policy, holds no
//! null, and is not changed by going through again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use varco::crypto::json;
use varco::federation::Dialect;
use varco::federation::policy::{MetadataPolicy, check_resolved};

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(holds_null),
        Value::Object(members) => members.values().any(holds_null),
        _ => false,
    }
}

/// The parameter without what does not count: the order of lists, and how numbers are written.
fn plain(name: &str, value: &Value) -> Vec<String> {
    let number = |value: &Value| value.as_f64().map(|number| format!("{number:e}"));
    let text = |value: &Value| number(value).unwrap_or_else(|| value.to_string());
    let mut parts: Vec<String> = match value {
        Value::Array(values) => values.iter().map(text).collect(),
        Value::String(words) if name == "scope" => words.split(' ').map(str::to_owned).collect(),
        other => vec![text(other)],
    };
    parts.sort();
    parts.dedup();
    parts
}

fn alike(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let plain = |metadata: &Map<String, Value>| -> Vec<_> {
        metadata.iter().map(|(name, value)| (name.clone(), plain(name, value))).collect()
    };
    plain(one) == plain(other)
}

/// Whether something in it is a number or an object inside something else: compared loosely, it says little.
fn is_deep(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(values) => values.iter().any(|value| value.is_object() || value.is_array()),
        _ => false,
    }
}

fuzz_target!(|octets: &[u8]| {
    let Ok(input) = json::object(octets) else { return };
    let Some(claims) = input.get("policies").and_then(Value::as_array) else { return };
    let Some(metadata) = input.get("metadata").and_then(Value::as_object) else { return };
    for dialect in Dialect::ALL {
        let policies: Vec<_> = claims
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|claim| MetadataPolicy::parse(claim, dialect).ok())
            .collect();
        let merged =
            policies.iter().cloned().try_fold(MetadataPolicy::default(), MetadataPolicy::merge);
        let Ok(merged) = merged else { continue };
        for entity_type in ["openid_provider", "openid_relying_party"] {
            let Ok(once) = merged.apply(entity_type, metadata.clone()) else { continue };
            assert!(!once.values().any(holds_null), "null came out");
            let _ = check_resolved(entity_type, &once);
            let twice = merged.apply(entity_type, once.clone()).expect("it follows the policy");
            assert_eq!(once, twice);
            if once.values().any(is_deep) {
                continue;
            }
            for policy in &policies {
                let again = policy.apply(entity_type, once.clone()).expect("laxer than a superior");
                assert!(alike(&once, &again), "{once:?} {again:?}");
            }
        }
    }
});
