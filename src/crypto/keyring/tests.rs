//! The ring on disk and its moves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::*;

const NOON: i64 = 1_795_000_000;

/// A folder of this test alone, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("varco-ring-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn published(ring: &KeyRing) -> Vec<String> {
    let set: Value = serde_json::from_str(ring.publish()).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].to_string()).collect()
}

#[test]
fn a_ring_that_was_made_opens_again_with_the_same_keys() {
    let folder = Folder::new("same");
    let (fx, _) = Effects::scripted(NOON, 1);
    let made = KeyRing::create(&folder.0, &fx, true).unwrap();
    let opened = KeyRing::open(&folder.0).unwrap();
    assert!(opened.is_development());
    assert_eq!(made.publish(), opened.publish());
    assert_eq!(published(&opened).len(), 6, "the next keys too");
    for algorithm in SigningAlgorithm::ALL {
        assert_eq!(
            made.active(algorithm).unwrap().public().kid(),
            opened.active(algorithm).unwrap().public().kid()
        );
    }
    assert!(KeyRing::create(&folder.0, &fx, true).is_err(), "a ring is never overwritten");
}

#[test]
fn key_files_are_readable_by_their_owner_alone() {
    let folder = Folder::new("mode");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    for entry in fs::read_dir(&folder.0).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_key_is_published_before_it_signs_and_after_it_signed() {
    let folder = Folder::new("moves");
    let (fx, _) = Effects::scripted(NOON, 1);
    let algorithm = SigningAlgorithm::ES256;
    let first = KeyRing::create(&folder.0, &fx, false)
        .unwrap()
        .active(algorithm)
        .unwrap()
        .public()
        .kid()
        .to_owned();

    let listed = Ring::read(&folder.0).unwrap().keys;
    let next = |key: &&Entry| key.algorithm == algorithm && key.state == KeyState::Next;
    let second = listed.iter().find(next).unwrap().kid.clone();
    let ring = KeyRing::open(&folder.0).unwrap();
    assert_eq!(ring.active(algorithm).unwrap().public().kid(), first);
    assert!(ring.publish().contains(&second));

    Ring::read(&folder.0).unwrap().promote(algorithm).unwrap().write(&folder.0).unwrap();
    let ring = KeyRing::open(&folder.0).unwrap();
    assert_eq!(ring.active(algorithm).unwrap().public().kid(), second);
    assert!(ring.publish().contains(&first));

    let third = Entry::make(&folder.0, &fx, algorithm, KeyState::Next).unwrap();
    let announced = third.kid.clone();
    Ring::read(&folder.0).unwrap().announce(third).unwrap().write(&folder.0).unwrap();
    assert!(KeyRing::open(&folder.0).unwrap().publish().contains(&announced));

    Ring::read(&folder.0).unwrap().without_retired().write(&folder.0).unwrap();
    let ring = KeyRing::open(&folder.0).unwrap();
    assert_eq!(ring.active(algorithm).unwrap().public().kid(), second);
    assert!(!ring.publish().contains(&first));
}

fn entry(algorithm: SigningAlgorithm, state: KeyState) -> Entry {
    Entry { kid: format!("{algorithm:?}{state:?}"), algorithm, state, created: String::new() }
}

#[test]
fn promoting_without_a_published_key_is_refused() {
    let keys = vec![entry(SigningAlgorithm::RS256, KeyState::Active)];
    let ring = Ring { development: false, keys };
    assert_eq!(ring.promote(SigningAlgorithm::RS256), Err(RingFault::NoNext));
}

#[test]
fn a_second_next_key_is_refused_and_other_algorithms_do_not_count() {
    let ring =
        Ring { development: false, keys: vec![entry(SigningAlgorithm::RS256, KeyState::Next)] };
    let other = entry(SigningAlgorithm::ES256, KeyState::Next);
    let ring = ring.announce(other.clone()).unwrap();
    assert_eq!(ring.announce(other), Err(RingFault::NextExists));
}

#[test]
fn every_problem_of_a_ring_is_named_at_once() {
    let folder = Folder::new("problems");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let mut ring = Ring::read(&folder.0).unwrap();
    ring.keys[0].state = KeyState::Retired;
    let lost = ring.keys[2].kid.clone();
    fs::remove_file(folder.0.join(format!("{lost}.pem"))).unwrap();
    ring.keys.push(Entry { kid: "../escape".to_owned(), ..ring.keys[2].clone() });
    ring.write(&folder.0).unwrap();
    let problems = KeyRing::open(&folder.0).unwrap_err();
    assert_eq!(problems.len(), 4, "{problems:?}");
}

#[test]
fn a_key_under_the_name_of_another_is_refused() {
    let folder = Folder::new("name");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let kid = Ring::read(&folder.0).unwrap().keys[1].kid.clone();
    let other = LocalKey::generate(SigningAlgorithm::ES256).unwrap();
    replace(&folder.0.join(format!("{kid}.pem")), to_pem(&other).as_bytes()).unwrap();
    assert!(KeyRing::open(&folder.0).is_err());
}

#[test]
fn a_ring_of_two_algorithms_is_whole_and_gets_the_third_without_losing_a_key() {
    let folder = Folder::new("third");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let mut ring = Ring::read(&folder.0).unwrap();
    ring.keys.retain(|key| key.algorithm != SigningAlgorithm::PS256);
    ring.write(&folder.0).unwrap();
    let before = KeyRing::open(&folder.0).unwrap();
    assert_eq!(before.algorithms(), [SigningAlgorithm::RS256, SigningAlgorithm::ES256]);
    assert_eq!(before.missing(), [SigningAlgorithm::PS256]);
    assert!(before.active(SigningAlgorithm::PS256).is_none());

    let (ring, made) = Ring::read(&folder.0).unwrap().complete(&folder.0, &fx).unwrap();
    assert_eq!(made, [SigningAlgorithm::PS256]);
    ring.write(&folder.0).unwrap();
    let after = KeyRing::open(&folder.0).unwrap();
    assert_eq!(after.algorithms(), SigningAlgorithm::ALL);
    assert!(published(&before).iter().all(|kid| published(&after).contains(kid)));
    assert_eq!(after.active(SigningAlgorithm::PS256).unwrap().public().jwk()["alg"], "PS256");
}

#[test]
fn a_ring_without_rs256_is_refused_with_the_remedy() {
    let folder = Folder::new("default");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let mut ring = Ring::read(&folder.0).unwrap();
    ring.keys.retain(|key| key.algorithm != SigningAlgorithm::RS256);
    ring.write(&folder.0).unwrap();
    let problems = KeyRing::open(&folder.0).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("varco keys generate"), "{problems:?}");
}
