//! The ring on disk and its moves.

mod life;

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::*;
use crate::crypto::certificate::Pem;
use crate::crypto::signer::LocalKey;

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
    let (fx, clock) = Effects::scripted(NOON, 1);
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

    clock.advance(Waits::SAFE.next);
    let rotated = rotate(&folder.0, &fx, &[algorithm], Pace::Safe, &Waits::SAFE).unwrap();
    assert_eq!(rotated.promoted[0].kid, second);
    let third = rotated.published[0].kid.clone();
    let ring = KeyRing::open(&folder.0).unwrap();
    assert_eq!(ring.active(algorithm).unwrap().public().kid(), second);
    assert!(ring.publish().contains(&first), "what it signed still verifies");
    assert!(ring.publish().contains(&third), "the one after it is known in time");

    clock.advance(Waits::SAFE.retired);
    let rotated = rotate(&folder.0, &fx, &[], Pace::Safe, &Waits::SAFE).unwrap();
    assert_eq!(rotated.removed[0].kid, first);
    let ring = KeyRing::open(&folder.0).unwrap();
    assert_eq!(ring.active(algorithm).unwrap().public().kid(), second);
    assert!(!ring.publish().contains(&first));
    assert!(!folder.0.join(format!("{first}.pem")).exists(), "a key that is gone is nowhere");
}

#[test]
fn a_rotation_that_comes_too_early_changes_nothing_and_says_when() {
    let folder = Folder::new("early");
    let (fx, clock) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let before = Ring::read(&folder.0).unwrap();
    clock.advance(Waits::SAFE.next.checked_sub(Duration::from_secs(1)).unwrap());
    let all = SigningAlgorithm::ALL;
    let rotated = rotate(&folder.0, &fx, &all, Pace::Safe, &Waits::SAFE).unwrap();
    let safe = Timestamp::from_unix_seconds(NOON).plus(Waits::SAFE.next);
    assert_eq!(rotated.waiting, all.map(|algorithm| (algorithm, safe)));
    assert_eq!((rotated.promoted, rotated.published), (vec![], vec![]));
    assert_eq!(Ring::read(&folder.0).unwrap(), before);
    clock.advance(Duration::from_secs(1));
    let rotated = rotate(&folder.0, &fx, &all, Pace::Safe, &Waits::SAFE).unwrap();
    assert_eq!((rotated.promoted.len(), rotated.waiting), (3, vec![]));
}

#[test]
fn a_key_that_others_know_is_gone_at_once_and_other_algorithms_stay() {
    let folder = Folder::new("compromised");
    let (fx, _) = Effects::scripted(NOON, 1);
    let algorithm = SigningAlgorithm::ES256;
    KeyRing::create(&folder.0, &fx, false).unwrap();
    rotate(&folder.0, &fx, &[algorithm], Pace::Now, &Waits::SAFE).unwrap();
    let before = Ring::read(&folder.0).unwrap();
    let rotated = rotate(&folder.0, &fx, &[algorithm], Pace::Compromised, &Waits::SAFE).unwrap();
    assert_eq!(rotated.removed.len(), 3, "next, active and retired");
    let after = Ring::read(&folder.0).unwrap();
    for entry in before.keys {
        let stays = after.keys.contains(&entry);
        assert_eq!(stays, entry.algorithm != algorithm);
        assert_eq!(folder.0.join(format!("{}.pem", entry.kid)).exists(), stays);
    }
    assert!(KeyRing::open(&folder.0).unwrap().active(algorithm).is_some());
}

#[test]
fn rotations_at_the_same_time_come_one_after_the_other() {
    let folder = Folder::new("parallel");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let algorithm = [SigningAlgorithm::ES256];
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| rotate(&folder.0, &fx, &algorithm, Pace::Now, &Waits::SAFE).unwrap());
        }
    });
    let ring = Ring::read(&folder.0).unwrap();
    assert_eq!(ring.problems(), Vec::<String>::new());
    let retired = ring.keys.iter().filter(|key| key.state == KeyState::Retired).count();
    assert_eq!(retired, 8, "no rotation was lost");
    assert!(KeyRing::open(&folder.0).is_ok());
}

#[test]
fn a_list_from_before_moments_were_kept_counts_from_the_making_of_its_keys() {
    let folder = Folder::new("old");
    let (fx, _) = Effects::scripted(NOON, 1);
    KeyRing::create(&folder.0, &fx, false).unwrap();
    let path = Ring::list_in(&folder.0);
    let text = fs::read_to_string(&path).unwrap();
    let old: String = text
        .lines()
        .filter(|line| !line.starts_with("since"))
        .fold(String::new(), |text, line| text + line + "\n");
    fs::write(&path, old).unwrap();
    let ring = Ring::read(&folder.0).unwrap();
    assert!(ring.keys.iter().all(|key| key.since() == Timestamp::from_unix_seconds(NOON)));
    assert!(KeyRing::open(&folder.0).is_ok());
    fs::write(&path, text.replacen("created = \"", "created = \"x", 1)).unwrap();
    assert!(Ring::read(&folder.0).is_err(), "a moment that is none");
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
    let other = Pem::PrivateKey.write(&other);
    fs::write(folder.0.join(format!("{kid}.pem")), other.as_bytes()).unwrap();
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

    assert_eq!(complete(&folder.0, &fx).unwrap(), [SigningAlgorithm::PS256]);
    assert_eq!(complete(&folder.0, &fx).unwrap(), []);
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
