//! What every state store promises: one suite, run on each of them.
//!
//! A new store passes this suite or is no store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use varco::crypto::sealing::Sealer;
use varco::effects::{Effects, ScriptedClock};
use varco::state::{Key, MemoryStore, Put, RedisStore, Shelf, Shelves, StateFault, Store};

use crate::fixture_redis::{RedisServer, settings};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Note {
    text: String,
}

fn note(text: &str) -> Note {
    Note { text: text.to_owned() }
}

fn key(name: &str) -> Key {
    Key::of_parts(&[name])
}

const MINUTE: Duration = Duration::from_mins(1);
const MOMENT: Duration = Duration::from_millis(20);
const RIVALS: usize = 50;

/// A store under test, and how its time passes.
struct Subject {
    shelves: Arc<Shelves>,
    clock: Option<Arc<ScriptedClock>>,
    _server: Option<RedisServer>,
}

impl Subject {
    fn memory() -> Self {
        let (fx, clock) = Effects::scripted(1_790_000_000, 1);
        let store = Store::Memory(MemoryStore::new(fx.clone(), 10_000));
        let shelves = Arc::new(Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx));
        Self { shelves, clock: Some(clock), _server: None }
    }

    async fn redis() -> Self {
        let server = RedisServer::start(&[]);
        let store = RedisStore::connect(&settings(server.url())).await.unwrap();
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let shelves = Shelves::new(Store::Redis(Box::new(store)), sealer, Effects::real());
        Self { shelves: Arc::new(shelves), clock: None, _server: Some(server) }
    }

    /// Lets `span` pass for the store. Redis has its own clock: it passed when an entry that lives so
    /// long is gone.
    async fn pass(&self, span: Duration) {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        if let Some(clock) = &self.clock {
            clock.advance(span);
            return;
        }
        let marker = key(&format!("marker {}", NEXT.fetch_add(1, Ordering::Relaxed)));
        assert_eq!(self.shelves.put(Shelf::Seen, marker, &(), span).await.unwrap(), Put::Laid);
        for _ in 0..1_000_000 {
            if self.shelves.get::<()>(Shelf::Seen, marker).await.unwrap().is_none() {
                return;
            }
        }
        panic!("the marker never expired");
    }
}

/// Runs one thing many times at once.
async fn at_once<T, F>(act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let rivals: Vec<_> = (0..RIVALS).map(|number| tokio::spawn(act(number))).collect();
    let mut results = Vec::new();
    for rival in rivals {
        results.push(rival.await.unwrap());
    }
    results
}

async fn a_put_creates_and_never_overwrites(subject: Subject) {
    let shelves = &subject.shelves;
    assert_eq!(shelves.put(Shelf::Code, key("a"), &note("one"), MINUTE).await.unwrap(), Put::Laid);
    let second = shelves.put(Shelf::Code, key("a"), &note("two"), MINUTE).await.unwrap();
    assert_eq!(second, Put::AlreadyThere);
    assert_eq!(
        *shelves.get::<Note>(Shelf::Code, key("a")).await.unwrap().unwrap(),
        note("one"),
        "the second put changed nothing"
    );
}

async fn of_fifty_puts_at_once_one_lays(subject: Subject) {
    let results = at_once(|number| {
        let shelves = subject.shelves.clone();
        async move { shelves.put(Shelf::Seen, key("id"), &number, MINUTE).await.unwrap() }
    })
    .await;
    assert_eq!(results.iter().filter(|put| **put == Put::Laid).count(), 1);
    let winner = results.iter().position(|put| *put == Put::Laid).unwrap();
    let kept = subject.shelves.get::<usize>(Shelf::Seen, key("id")).await.unwrap().unwrap();
    assert_eq!(*kept, winner, "what is kept is what the winner laid");
}

async fn of_fifty_takes_at_once_one_wins(subject: Subject) {
    let laid = subject.shelves.put(Shelf::Code, key("code"), &note("grant"), MINUTE).await;
    assert_eq!(laid.unwrap(), Put::Laid);
    let results = at_once(|_| {
        let shelves = subject.shelves.clone();
        async move { shelves.take::<Note>(Shelf::Code, key("code")).await.unwrap() }
    })
    .await;
    assert_eq!(results.iter().flatten().count(), 1);
    assert!(subject.shelves.get::<Note>(Shelf::Code, key("code")).await.unwrap().is_none());
}

async fn of_fifty_swaps_at_once_one_succeeds(subject: Subject) {
    let laid = subject.shelves.put(Shelf::Login, key("l"), &note("open"), MINUTE).await;
    assert_eq!(laid.unwrap(), Put::Laid);
    let results = at_once(|number| {
        let shelves = subject.shelves.clone();
        async move {
            let Some(seen) = shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap() else {
                panic!("a swap never removes")
            };
            if *seen != note("open") {
                return false;
            }
            let next = note(&format!("moved by {number}"));
            shelves.swap(Shelf::Login, key("l"), &seen, &next, MINUTE).await.unwrap()
        }
    })
    .await;
    assert_eq!(results.iter().filter(|won| **won).count(), 1);
    let winner = results.iter().position(|won| *won).unwrap();
    let kept = subject.shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().unwrap();
    assert_eq!(*kept, note(&format!("moved by {winner}")));
}

async fn a_swap_needs_what_stands_there(subject: Subject) {
    let shelves = &subject.shelves;
    let _ = shelves.put(Shelf::Login, key("l"), &note("one"), MINUTE).await.unwrap();
    let seen = shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().unwrap();
    assert!(shelves.swap(Shelf::Login, key("l"), &seen, &note("two"), MINUTE).await.unwrap());
    let stale = shelves.swap(Shelf::Login, key("l"), &seen, &note("three"), MINUTE).await;
    assert!(!stale.unwrap());
    assert_eq!(*shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().unwrap(), note("two"));
    let seen = shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().unwrap();
    assert!(shelves.take::<Note>(Shelf::Login, key("l")).await.unwrap().is_some());
    let gone = shelves.swap(Shelf::Login, key("l"), &seen, &note("four"), MINUTE).await;
    assert!(!gone.unwrap());
    assert!(
        shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().is_none(),
        "a swap never creates"
    );
}

async fn an_entry_expires_and_its_place_is_free_again(subject: Subject) {
    let shelves = &subject.shelves;
    let _ = shelves.put(Shelf::Code, key("a"), &note("brief"), MOMENT).await.unwrap();
    let _ = shelves.put(Shelf::Code, key("b"), &note("brief"), MOMENT).await.unwrap();
    let _ = shelves.put(Shelf::Code, key("c"), &note("long"), MINUTE).await.unwrap();
    let seen = shelves.get::<Note>(Shelf::Code, key("c")).await.unwrap().unwrap();
    subject.pass(MOMENT).await;
    assert!(shelves.get::<Note>(Shelf::Code, key("a")).await.unwrap().is_none());
    assert!(shelves.take::<Note>(Shelf::Code, key("b")).await.unwrap().is_none());
    let late = shelves.swap(Shelf::Code, key("a"), &seen, &note("late"), MINUTE).await;
    assert!(!late.unwrap());
    assert!(shelves.get::<Note>(Shelf::Code, key("c")).await.unwrap().is_some());
    let again = shelves.put(Shelf::Code, key("a"), &note("again"), MINUTE).await.unwrap();
    assert_eq!(again, Put::Laid);
}

async fn a_swap_starts_the_lifetime_again(subject: Subject) {
    let shelves = &subject.shelves;
    let second = Duration::from_secs(1);
    let _ = shelves.put(Shelf::Login, key("l"), &note("one"), second).await.unwrap();
    let seen = shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().unwrap();
    assert!(shelves.swap(Shelf::Login, key("l"), &seen, &note("two"), MOMENT).await.unwrap());
    subject.pass(MOMENT).await;
    assert!(shelves.get::<Note>(Shelf::Login, key("l")).await.unwrap().is_none());
}

async fn a_counter_counts_within_its_window(subject: Subject) {
    let shelves = &subject.shelves;
    for expected in 1..=3 {
        assert_eq!(shelves.bump(Shelf::Rate, key("minute"), MINUTE).await.unwrap(), expected);
    }
    assert_eq!(shelves.bump(Shelf::Rate, key("other"), MINUTE).await.unwrap(), 1);
    // Later counts do not make the window longer: only the first starts it.
    assert_eq!(shelves.bump(Shelf::Rate, key("brief"), MOMENT).await.unwrap(), 1);
    let _ = shelves.bump(Shelf::Rate, key("brief"), MINUTE).await.unwrap();
    subject.pass(MOMENT).await;
    assert_eq!(shelves.bump(Shelf::Rate, key("brief"), MINUTE).await.unwrap(), 1);
    assert_eq!(shelves.bump(Shelf::Rate, key("minute"), MINUTE).await.unwrap(), 4);
}

async fn fifty_counts_at_once_are_fifty_numbers(subject: Subject) {
    let mut counts = at_once(|_| {
        let shelves = subject.shelves.clone();
        async move { shelves.bump(Shelf::Rate, key("r"), MINUTE).await.unwrap() }
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=RIVALS as u64).collect::<Vec<_>>());
}

async fn shelves_do_not_see_each_other(subject: Subject) {
    let shelves = &subject.shelves;
    for shelf in Shelf::ALL {
        let laid = shelves.put(shelf, key("same"), &note(shelf.name()), MINUTE).await.unwrap();
        assert_eq!(laid, Put::Laid);
    }
    assert_eq!(shelves.take::<Note>(Shelf::Code, key("same")).await.unwrap(), Some(note("code")));
    for shelf in Shelf::ALL {
        let left = u64::from(shelf != Shelf::Code);
        assert_eq!(shelves.walk(shelf).await.unwrap(), left, "{}", shelf.name());
    }
    for number in 0..2_500 {
        let _ = shelves.put(Shelf::Token, key(&number.to_string()), &(), MINUTE).await.unwrap();
    }
    assert_eq!(shelves.walk(Shelf::Token).await.unwrap(), 2_501);
}

async fn what_was_taken_is_gone(subject: Subject) {
    let shelves = &subject.shelves;
    assert!(shelves.take::<Note>(Shelf::Attempt, key("never laid")).await.unwrap().is_none());
    let _ = shelves.put(Shelf::Attempt, key("t"), &note("journey"), MINUTE).await.unwrap();
    assert!(shelves.take::<Note>(Shelf::Attempt, key("t")).await.unwrap().is_some());
    assert!(shelves.take::<Note>(Shelf::Attempt, key("t")).await.unwrap().is_none());
    assert!(shelves.ready().await.is_ok());
}

async fn a_value_of_another_meaning_is_damage_and_not_absence(subject: Subject) {
    let shelves = &subject.shelves;
    let _ = shelves.put(Shelf::Login, key("l"), &17, MINUTE).await.unwrap();
    let read = shelves.get::<Note>(Shelf::Login, key("l")).await;
    assert!(matches!(read, Err(StateFault::Damaged)));
}

macro_rules! on_both_stores {
    ($($promise:ident)*) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(super::Subject::memory()).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(super::Subject::redis().await).await;
            })*
        }
    };
}

on_both_stores! {
    a_put_creates_and_never_overwrites
    of_fifty_puts_at_once_one_lays
    of_fifty_takes_at_once_one_wins
    of_fifty_swaps_at_once_one_succeeds
    a_swap_needs_what_stands_there
    an_entry_expires_and_its_place_is_free_again
    a_swap_starts_the_lifetime_again
    a_counter_counts_within_its_window
    fifty_counts_at_once_are_fifty_numbers
    shelves_do_not_see_each_other
    what_was_taken_is_gone
    a_value_of_another_meaning_is_damage_and_not_absence
}
