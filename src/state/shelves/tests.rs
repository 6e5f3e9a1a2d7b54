//! Sealing at the door, on the store in memory; `tests/it` repeats it against a dump of Redis.

use std::time::Duration;

use super::{Held, Key, Put, Shelves};
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::state::{MemoryStore, Shelf, StateFault, Store, Uses, Verb, Verbs};

const MINUTE: Duration = Duration::from_mins(1);

fn shelves() -> Shelves {
    let (fx, _) = Effects::scripted(1, 1);
    let store = Store::Memory(MemoryStore::new(fx.clone(), 100));
    Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx)
}

fn inside(shelves: &Shelves) -> &MemoryStore {
    match &shelves.store {
        Store::Memory(store) => store,
        Store::Redis(_) => panic!("not the store of these tests"),
    }
}

#[test]
fn lists_of_parts_that_read_alike_are_different_keys() {
    assert_ne!(Key::of_parts(&["ab", "c"]), Key::of_parts(&["a", "bc"]));
    assert_ne!(Key::of_parts(&["a", ""]), Key::of_parts(&["a"]));
    assert_eq!(Key::of_parts(&["a", "b"]), Key::of_parts(&["a", "b"]));
}

#[tokio::test]
async fn the_store_holds_no_plain_value() {
    let shelves = shelves();
    let key = Key::of_parts(&["k"]);
    assert_eq!(shelves.put(Shelf::Code, key, &"plain as day", MINUTE).await.unwrap(), Put::Laid);
    let sealed = inside(&shelves).get(Shelf::Code, &key.0).await.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("plain"));
    assert_eq!(shelves.take::<String>(Shelf::Code, key).await.unwrap().unwrap(), "plain as day");
}

#[tokio::test]
async fn a_value_copied_to_another_key_or_shelf_does_not_open() {
    let shelves = shelves();
    let (from, to) = (Key::of_parts(&["from"]), Key::of_parts(&["to"]));
    let _ = shelves.put(Shelf::Code, from, &"mine", MINUTE).await.unwrap();
    let sealed = inside(&shelves).get(Shelf::Code, &from.0).await.unwrap().unwrap();
    assert!(inside(&shelves).put(Shelf::Code, &to.0, &sealed, MINUTE).await.unwrap());
    assert!(inside(&shelves).put(Shelf::Token, &from.0, &sealed, MINUTE).await.unwrap());
    assert!(matches!(shelves.get::<String>(Shelf::Code, to).await, Err(StateFault::Damaged)));
    assert!(matches!(shelves.take::<String>(Shelf::Token, from).await, Err(StateFault::Damaged)));
    assert!(shelves.get::<String>(Shelf::Code, from).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_taken_is_what_stands_there_and_not_what_was_seen() {
    let shelves = shelves();
    let key = Key::of_parts(&["k"]);
    let _ = shelves.put(Shelf::Login, key, &"first", MINUTE).await.unwrap();
    let read = async || shelves.get::<String>(Shelf::Login, key).await.unwrap().unwrap();
    let (stale, fresh) = (read().await, read().await);
    assert!(shelves.swap(Shelf::Login, key, &fresh, &"second", MINUTE).await.unwrap());
    let seen = read().await;
    assert_eq!(shelves.take_seen(Shelf::Login, key, stale).await.unwrap().unwrap(), "second");
    assert_eq!(shelves.take_seen(Shelf::Login, key, seen).await.unwrap(), None, "taken once");
    let _ = shelves.put(Shelf::Login, key, &"third", MINUTE).await.unwrap();
    let seen = read().await;
    assert_eq!(shelves.take_seen(Shelf::Login, key, seen).await.unwrap().unwrap(), "third");
    assert!(shelves.get::<String>(Shelf::Login, key).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_seen_before_another_server_took_over_is_not_taken_after_it() {
    let shelves = shelves();
    let key = Key::of_parts(&["k"]);
    let _ = shelves.put(Shelf::Login, key, &"mine", MINUTE).await.unwrap();
    let mut sealed = inside(&shelves).take(Shelf::Login, &key.0).await.unwrap().unwrap();
    // As it would look if it had been laid in another epoch.
    sealed[0] ^= 1;
    assert!(inside(&shelves).put(Shelf::Login, &key.0, &sealed, MINUTE).await.unwrap());
    let seen = Held { value: "mine".to_owned(), sealed };
    assert_eq!(shelves.take_seen(Shelf::Login, key, seen).await.unwrap(), None);
}

#[tokio::test]
async fn every_use_is_counted_and_so_is_every_failure() {
    let shelves = shelves();
    let key = Key::of_parts(&["k"]);
    let _ = shelves.put(Shelf::Code, key, &1, MINUTE).await.unwrap();
    let _ = shelves.put(Shelf::Code, key, &1, MINUTE).await.unwrap();
    assert!(shelves.take::<String>(Shelf::Code, key).await.is_err());
    let put = Uses { shelf: Shelf::Code, verb: Verb::Put, answered: 2, failed: 0 };
    let take = Uses { shelf: Shelf::Code, verb: Verb::Take, answered: 0, failed: 1 };
    assert_eq!(shelves.uses(), [put, take]);
}
