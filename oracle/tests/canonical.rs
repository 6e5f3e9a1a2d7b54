//! Canonical forms, byte for byte as libxml2 makes them (7.3 of the specification of the verifier).

#![cfg(test)]

use std::path::Path;

use varco::xml::{Document, Limits, Node, canonicalize};
use varco_oracle::documents::{Dice, document, prefix_list};
use varco_oracle::libxml2::Libxml2;

#[test]
fn every_canonical_subtree_is_that_of_libxml2() {
    let mut libxml2 = Libxml2::start(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let mut compared = 0;
    let mut buffer = Vec::new();
    for seed in 0..4_000 {
        let text = document(seed);
        let document = Document::parse(&text, &Limits::METADATA)
            .unwrap_or_else(|by| panic!("seed {seed}: {by:?}\n{text}"));
        let mut dice = Dice::new(seed ^ 0xFFFF);
        let elements: Vec<_> = document.root().descendants().filter(Node::is_element).collect();
        for (number, element) in elements.iter().enumerate() {
            let prefixes = prefix_list(&mut dice);
            // Sometimes a child element is left out, as a signature is.
            let child = element.first_element_child().filter(|_| dice.roll(3) == 0);
            let excluded =
                child.and_then(|child| elements.iter().position(|other| other.id() == child.id()));
            canonicalize(&document, *element, child, &prefixes, &mut buffer).unwrap();
            let theirs = libxml2.canonical(&text, number, excluded, &prefixes).unwrap();
            assert_eq!(
                theirs.as_deref().map(String::from_utf8_lossy),
                Some(String::from_utf8_lossy(&buffer)),
                "seed {seed}, element {number}, prefixes {prefixes:?}\n{text}"
            );
            compared += 1;
        }
    }
    println!("{compared} subtrees compared");
    assert!(compared >= 5_000, "only {compared} subtrees");
}
