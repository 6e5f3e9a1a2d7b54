//! What must hold of every policy, tried on random ones with few values, so that they meet.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::values::{Set, equal, holds_null};
use super::super::*;
use super::{outcome, policy};

/// Lists of few words.
fn listed() -> impl Strategy<Value = Value> {
    prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4).prop_map(|words| json!(words))
}

/// Something that a parameter can be, or `null` for its absence.
fn parameter() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec!["a", "b", "c", "e"]).prop_map(Value::from);
    prop_oneof![4 => listed(), 2 => word, 1 => Just(Value::Null), 1 => Just(json!({"keys": [1]}))]
}

/// Operators of one parameter, in any combination.
fn operators() -> impl Strategy<Value = Value> {
    let sometimes = |values: BoxedStrategy<Value>| prop::option::weighted(0.3, values);
    (
        sometimes(parameter().boxed()),
        sometimes(listed().boxed()),
        sometimes(parameter().boxed()),
        sometimes(listed().boxed()),
        sometimes(listed().boxed()),
        sometimes(listed().boxed()),
        sometimes(any::<bool>().prop_map(Value::from).boxed()),
    )
        .prop_map(|(value, add, default, one_of, subset_of, superset_of, essential)| {
            let values = [value, add, default, one_of, subset_of, superset_of, essential];
            Operator::ALL
                .iter()
                .zip(values)
                .filter_map(|(operator, value)| Some((operator.name().to_owned(), value?)))
                .collect::<Map<_, _>>()
                .into()
        })
}

fn ordinary() -> ProptestConfig {
    ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() }
}

/// A good policy, the merged one of two, and what the merged one makes of a parameter.
fn both(upper: &Value, lower: &Value) -> Option<(MetadataPolicy, MetadataPolicy, MetadataPolicy)> {
    let (upper, lower) = (policy(upper).ok()?, policy(lower).ok()?);
    let whole = upper.clone().merge(lower.clone()).ok()?;
    Some((upper, lower, whole))
}

proptest! {
    #![proptest_config(ordinary())]

    /// What passes the merged policy passes each of the two, and neither would still change it.
    #[test]
    fn a_merged_policy_is_never_laxer_than_either(
        upper in operators(), lower in operators(), given in parameter(),
    ) {
        if let Some((upper, lower, whole)) = both(&upper, &lower)
            && let Ok(after) = outcome(&whole, "p", &given)
        {
            for one in [upper, lower] {
                let again = outcome(&one, "p", &after);
                prop_assert!(again.as_ref().is_ok_and(|again| equal(again, &after)), "{again:?} {after}");
            }
        }
    }

    #[test]
    fn merging_does_not_depend_on_who_stands_above(upper in operators(), lower in operators()) {
        if let (Ok(one), Ok(other)) = (policy(&upper), policy(&lower)) {
            prop_assert_eq!(one.clone().merge(other.clone()).ok(), other.merge(one).ok());
        }
    }

    #[test]
    fn merging_three_does_not_depend_on_which_two_come_first(
        first in operators(), second in operators(), third in operators(),
    ) {
        if let (Ok(first), Ok(second), Ok(third)) = (policy(&first), policy(&second), policy(&third)) {
            let downwards = first.clone().merge(second.clone()).and_then(|two| two.merge(third.clone()));
            let upwards = second.merge(third).and_then(|two| first.merge(two));
            prop_assert_eq!(downwards.ok(), upwards.ok());
        }
    }

    #[test]
    fn applying_twice_is_applying_once_and_null_never_comes_out(
        operators in operators(), given in parameter(),
    ) {
        if let Ok(policy) = policy(&operators) {
            let metadata = |value: &Value| {
                (!value.is_null()).then(|| ("p".to_owned(), value.clone())).into_iter().collect::<Map<_, _>>()
            };
            if let Ok(once) = policy.apply("openid_relying_party", metadata(&given)) {
                prop_assert!(!once.values().any(holds_null));
                let twice = policy.apply("openid_relying_party", once.clone());
                prop_assert_eq!(twice, Ok(once));
            }
        }
    }

    /// Said without the engine: what the checks mean.
    #[test]
    fn what_comes_out_follows_every_check(operators in operators(), given in parameter()) {
        if let Ok(policy) = policy(&operators)
            && let Ok(after) = outcome(&policy, "p", &given)
        {
            let set = |name: &str| operators.get(name).map(|value| Set::read(value).unwrap());
            if operators["essential"] == true { prop_assert!(!after.is_null()); }
            if let Some(value) = operators.get("value") { prop_assert_eq!(&after, value); }
            if let Some(listed) = after.as_array() {
                let after = Set::of(listed);
                if let Some(add) = set("add") { prop_assert!(after.has_all(add.values())); }
                if let Some(outer) = set("subset_of") { prop_assert!(outer.has_all(listed)); }
                if let Some(inner) = set("superset_of") { prop_assert!(after.has_all(inner.values())); }
            } else {
                prop_assert!(after.is_null() || set("subset_of").is_none());
                prop_assert!(set("add").is_none());
            }
            if let Some(allowed) = set("one_of") { prop_assert!(after.is_null() || allowed.has(&after)); }
        }
    }
}
