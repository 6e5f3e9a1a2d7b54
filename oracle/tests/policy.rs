//! Metadata policies of OpenID Federation as another implementation reads them.

#![cfg(test)]

use std::collections::BTreeMap;

use varco_oracle::documents::Dice;
use varco_oracle::policy::{Case, Comparison, Reason};

#[test]
fn two_hundred_thousand_random_policies_are_judged_alike_or_differ_for_a_known_reason() {
    let mut dice = Dice::new(1);
    let (mut accepted, mut refused, mut passed) = (0, 0, 0);
    let mut explained = BTreeMap::new();
    for _ in 0..200_000 {
        match Case::random(&mut dice).compare() {
            Comparison::Accepted => accepted += 1,
            Comparison::Refused => refused += 1,
            Comparison::NotAsked => passed += 1,
            Comparison::Explained(reasons) => *explained.entry(reasons).or_insert(0) += 1,
            Comparison::Unexplained(what) => panic!("{what}"),
        }
    }
    println!("{accepted} accepted, {refused} refused by both, {passed} not asked, {explained:?}");
    assert!(accepted > 10_000 && refused > 10_000);
    for reason in Reason::ALL {
        assert!(explained.contains_key(&vec![reason]), "never met alone: {reason:?}");
    }
}
