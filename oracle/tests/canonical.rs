//! Canonical forms, byte for byte as libxml2 makes them (7.3 of the specification of the verifier).

#![cfg(test)]

use std::path::Path;

use varco_oracle::comparison::{Outcome, compare};
use varco_oracle::documents::{Dice, changed, document};
use varco_oracle::libxml2::Libxml2;

#[test]
fn every_canonical_subtree_is_that_of_libxml2() {
    let mut libxml2 = Libxml2::start(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let mut compared = 0;
    for seed in 0..4_000 {
        match compare(&document(seed), &mut Dice::new(seed ^ 0xFFFF), &mut libxml2).unwrap() {
            Outcome::Same(subtrees) => compared += subtrees,
            other => panic!("seed {seed}: {other:?}"),
        }
    }
    println!("{compared} subtrees compared");
    assert!(compared >= 5_000, "only {compared} subtrees");
}

#[test]
fn what_varco_still_reads_of_a_changed_document_libxml2_reads_alike() {
    let mut libxml2 = Libxml2::start(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let (mut compared, mut refused) = (0, 0);
    for seed in 0..4_000 {
        let mut dice = Dice::new(seed ^ 0xFF_FFFF);
        let text = changed(&document(seed), &mut dice);
        match compare(&text, &mut dice, &mut libxml2).unwrap() {
            Outcome::Same(subtrees) => compared += subtrees,
            Outcome::Refused(_) => refused += 1,
            Outcome::Different(how) => panic!("seed {seed}: {how}"),
        }
    }
    println!("{compared} subtrees compared, {refused} documents refused");
    assert!(compared >= 1_000 && refused >= 1_000, "{compared} subtrees, {refused} refused");
}
