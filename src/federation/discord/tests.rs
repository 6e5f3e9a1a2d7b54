//! When a superior disagrees, and when it only has not been asked.

use super::*;

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

#[test]
fn a_superior_that_pins_none_of_our_keys_is_a_discord_and_one_that_pins_the_next_is_none() {
    let ours = names(&["now", "next"]);
    let told = |theirs: Option<&[String]>| {
        discord("tenant default", &[Pinned { what: "signing", ours: &ours, theirs }], Some(1))
    };
    assert!(told(None).is_empty(), "nobody was asked");
    assert!(told(Some(&names(&["next"]))).is_empty());
    assert!(told(Some(&names(&["old", "now"]))).is_empty());
    for theirs in [names(&["old"]), Vec::new()] {
        let [one] = told(Some(&theirs)).try_into().unwrap();
        assert!(one.starts_with("tenant default: the superior pins none of our signing keys"));
        assert!(one.contains("register the key now"), "{one}");
    }
}

#[test]
fn a_superior_that_gives_no_mark_is_a_discord() {
    assert!(discord("tenant a", &[], None).is_empty());
    assert!(discord("tenant a", &[], Some(1)).is_empty());
    assert!(discord("tenant a", &[], Some(0))[0].contains("no superior gives us a trust mark"));
}
