//! What only the store in memory promises: capacity, and that what expires is freed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{MemoryStore, open};
use crate::effects::Effects;
use crate::state::{Digest, Shelf, StateFault, Verbs};

const MINUTE: Duration = Duration::from_mins(1);

fn key(number: u32) -> Digest {
    crate::crypto::digest::sha256(&number.to_be_bytes())
}

fn held(store: &MemoryStore) -> (usize, usize) {
    let shards = store.shards.iter().map(open);
    shards.fold((0, 0), |(held, due), shard| (held + shard.held.len(), due + shard.due.len()))
}

#[tokio::test]
async fn a_full_store_refuses_instead_of_evicting() {
    let (fx, clock) = Effects::scripted(1, 1);
    let store = MemoryStore::new(fx, 10);
    for number in 0..10 {
        assert!(store.put(Shelf::Seen, &key(number), b"used", MINUTE).await.unwrap());
    }
    let eleventh = store.put(Shelf::Seen, &key(10), b"used", MINUTE).await;
    assert!(matches!(eleventh, Err(StateFault::Full)));
    assert!(matches!(store.bump(Shelf::Rate, &key(11), MINUTE).await, Err(StateFault::Full)));
    for number in 0..10 {
        assert!(
            store.get(Shelf::Seen, &key(number)).await.unwrap().is_some(),
            "nothing was evicted"
        );
    }
    assert!(store.take(Shelf::Seen, &key(0)).await.unwrap().is_some());
    assert!(store.put(Shelf::Seen, &key(10), b"used", MINUTE).await.unwrap(), "room was made");

    clock.advance(MINUTE);
    for number in 20..30 {
        assert!(store.put(Shelf::Seen, &key(number), b"used", MINUTE).await.unwrap());
    }
    assert_eq!(store.entries.load(Ordering::Relaxed), 10);
}

/// OP-DS-5: a flood of logins that nobody ends does not keep those under way from ending.
#[tokio::test]
async fn logins_that_only_begin_leave_room_for_those_under_way() {
    let (fx, _) = Effects::scripted(1, 1);
    let store = MemoryStore::new(fx, 80);
    for (shelf, most) in [(Shelf::Login, 60), (Shelf::Attempt, 70), (Shelf::Code, 80)] {
        for number in 0..100 {
            let laid = store.put(shelf, &key(number), b"x", MINUTE).await;
            let refused = matches!(laid, Err(StateFault::Full));
            let before = if refused { most } else { store.entries.load(Ordering::Relaxed) - 1 };
            assert_eq!(refused, before >= most, "{shelf:?} {number}: {before}");
        }
        assert_eq!(store.entries.load(Ordering::Relaxed), most, "{shelf:?}");
    }
    assert!(store.take(Shelf::Login, &key(0)).await.unwrap().is_some());
    let again = store.put(Shelf::Login, &key(0), b"x", MINUTE).await;
    assert!(matches!(again, Err(StateFault::Full)), "nor do new ones take the room of others");
}

#[tokio::test]
async fn expired_entries_are_freed_by_later_calls() {
    let (fx, clock) = Effects::scripted(1, 1);
    let store = MemoryStore::new(fx, 100_000);
    for number in 0..5_000 {
        assert!(store.put(Shelf::Login, &key(number), &[7; 400], MINUTE).await.unwrap());
    }
    assert_eq!(held(&store), (5_000, 5_000));
    clock.advance(MINUTE);
    for number in 10_000..10_500 {
        assert!(store.get(Shelf::Login, &key(number)).await.unwrap().is_none());
    }
    assert_eq!(held(&store), (0, 0));
    assert_eq!(store.entries.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn taking_and_swapping_leave_nothing_behind() {
    let (fx, _) = Effects::scripted(1, 1);
    let store = MemoryStore::new(fx, 100);
    for _ in 0..1_000 {
        assert!(store.put(Shelf::Code, &key(1), b"one", MINUTE).await.unwrap());
        assert!(store.swap(Shelf::Code, &key(1), b"one", b"two", MINUTE * 2).await.unwrap());
        assert!(store.take(Shelf::Code, &key(1)).await.unwrap().is_some());
    }
    assert_eq!(held(&store), (0, 0));
    assert_eq!(store.entries.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_expired_entry_that_is_not_freed_yet_makes_room_for_a_new_one() {
    let (fx, clock) = Effects::scripted(1, 1);
    let store = MemoryStore::new(fx, 1_000);
    // More than one call frees, all in one shard and due before ours.
    for number in 0..60_u8 {
        let mut crowded = [0; 32];
        crowded[1] = number;
        assert!(store.put(Shelf::Seen, &crowded, b"x", MINUTE).await.unwrap());
    }
    let mut ours = [0; 32];
    ours[1] = 200;
    assert!(store.put(Shelf::Seen, &ours, b"x", MINUTE * 2).await.unwrap());
    clock.advance(MINUTE * 3);
    assert!(store.put(Shelf::Seen, &ours, b"y", MINUTE).await.unwrap());
    assert_eq!(store.get(Shelf::Seen, &ours).await.unwrap().unwrap(), b"y");
    assert_eq!(store.entries.load(Ordering::Relaxed), held(&store).0);
}
