//! The life of a ring, as a property: whatever happens in whatever order, relying parties can verify.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// How long anything signed lives here: as long as a retired key stays, without the time to follow.
const SIGNED_LIVES: Duration = Duration::from_hours(12);
/// A broker reads its list again within this time.
const FOLLOWED: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
enum Event {
    /// Time passes.
    Wait(Duration),
    /// `varco keys rotate`.
    Rotate(SigningAlgorithm),
    /// `varco keys rotate --now`.
    Force(SigningAlgorithm),
    /// The broker notices the list.
    Follow,
    /// The broker signs.
    Sign(SigningAlgorithm),
    /// A relying party reads `/jwks` because its copy is old, or was never read.
    Fetch,
}

/// What happens, in an order: to one algorithm or to all, mostly around the moments that matter.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let some = prop_oneof![Just(1_usize), Just(3)];
    (some, any::<bool>()).prop_flat_map(|(algorithms, forced)| {
        let algorithm = || prop::sample::select(SigningAlgorithm::ALL[..algorithms].to_vec());
        let seconds = prop_oneof![
            6 => prop::sample::select(vec![1, 59, 60, 241, 300, 301, 360, 43_141, 43_200, 43_260]),
            1 => 0..60_000_u64,
        ];
        let event = prop_oneof![
            4 => seconds.prop_map(|seconds| Event::Wait(Duration::from_secs(seconds))),
            4 => algorithm().prop_map(Event::Rotate),
            u32::from(forced) => algorithm().prop_map(Event::Force),
            2 => Just(Event::Follow),
            3 => algorithm().prop_map(Event::Sign),
            2 => Just(Event::Fetch),
        ];
        prop::collection::vec(event, 1..80)
    })
}

type Kids = BTreeSet<String>;

fn kids(ring: &Ring) -> Kids {
    ring.keys.iter().map(|key| key.kid.clone()).collect()
}

type Outcome = Result<(), TestCaseError>;

fn active(ring: &Ring, algorithm: SigningAlgorithm) -> Result<&Entry, TestCaseError> {
    let is = |key: &&Entry| key.algorithm == algorithm && key.state == KeyState::Active;
    let mut active = ring.keys.iter().filter(is);
    match (active.next(), active.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(TestCaseError::fail("exactly one key signs")),
    }
}

/// The list, the broker's reading of it, and one relying party that asks as seldom as it may.
struct World {
    waits: Waits,
    now: Timestamp,
    made: u32,
    list: Ring,
    changed: Timestamp,
    broker: Ring,
    copy: (Timestamp, Kids),
    /// Until when somebody may verify what a key signed.
    signed: BTreeMap<String, Timestamp>,
    /// Keys that sign before their time because somebody wanted it.
    forced: Kids,
}

impl World {
    fn new(waits: Waits) -> Self {
        let now = Timestamp::from_unix_seconds(NOON);
        let made = std::cell::Cell::new(0);
        let make = |algorithm| {
            made.set(made.get() + 1);
            Ok(entry(&format!("first {}", made.get()), algorithm, now))
        };
        let list = SigningAlgorithm::ALL
            .into_iter()
            .try_fold(Ring { development: false, keys: vec![] }, |ring, algorithm| {
                ring.begin(algorithm, now, &make)
            })
            .unwrap();
        let copy = (now, kids(&list));
        let signed = BTreeMap::new();
        let forced = kids(&list);
        let broker = list.clone();
        Self { waits, now, made: 0, broker, list, changed: now, copy, signed, forced }
    }

    fn rotate(&mut self, algorithm: SigningAlgorithm, next: Duration) -> Outcome {
        let waits = Waits { next, ..self.waits };
        let (ring, _) = self.list.clone().without_expired(self.now, &waits);
        let ring = match ring.clone().promote(algorithm, self.now, &waits) {
            Ok(promoted) => {
                self.made += 1;
                let next = entry(&format!("key {}", self.made), algorithm, self.now);
                promoted.publish(next, self.now).unwrap()
            }
            Err(fault) => {
                prop_assert!(matches!(fault, RingFault::TooEarly(safe) if safe > self.now));
                ring
            }
        };
        if ring != self.list {
            (self.list, self.changed) = (ring, self.now);
        }
        Ok(())
    }

    fn happen(&mut self, event: &Event) -> Outcome {
        match event {
            Event::Wait(span) => self.now = self.now.plus(*span),
            Event::Rotate(algorithm) => self.rotate(*algorithm, self.waits.next)?,
            Event::Force(algorithm) => {
                self.forced.extend(self.list.next(*algorithm).map(|next| next.kid.clone()));
                self.rotate(*algorithm, Duration::ZERO)?;
            }
            Event::Follow => self.broker = self.list.clone(),
            Event::Fetch => self.copy = (self.now, kids(&self.broker)),
            Event::Sign(algorithm) => self.sign(*algorithm)?,
        }
        // Nobody keeps an old reading for longer than they may.
        if self.now.since(self.changed) >= FOLLOWED {
            self.broker = self.list.clone();
        }
        if self.now.since(self.copy.0) >= JWKS_MAX_AGE {
            self.copy = (self.now, kids(&self.broker));
        }
        Ok(())
    }

    fn sign(&mut self, algorithm: SigningAlgorithm) -> Outcome {
        let kid = active(&self.broker, algorithm)?.kid.clone();
        prop_assert!(
            self.copy.1.contains(&kid) || self.forced.contains(&kid),
            "a key signs that a relying party with a copy of the allowed age does not know"
        );
        self.signed.insert(kid, self.now.plus(SIGNED_LIVES));
        Ok(())
    }

    fn check(&self) -> Outcome {
        for algorithm in SigningAlgorithm::ALL {
            active(&self.list, algorithm)?;
            active(&self.broker, algorithm)?;
        }
        prop_assert_eq!(self.list.problems(), Vec::<String>::new());
        let published = kids(&self.broker);
        for (kid, _) in self.signed.iter().filter(|(_, expires)| self.now < **expires) {
            prop_assert!(published.contains(kid), "what was signed and has not expired verifies");
        }
        Ok(())
    }
}

/// Lives a life under these waits.
fn live(waits: Waits, events: &[Event]) -> Outcome {
    let mut world = World::new(waits);
    for event in events {
        world.happen(event)?;
        world.check()?;
    }
    Ok(())
}

fn entry(kid: &str, algorithm: SigningAlgorithm, created: Timestamp) -> Entry {
    Entry {
        kid: kid.to_owned(),
        algorithm,
        state: KeyState::Next,
        created,
        since: None,
        pkcs11: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_one_key_signs_and_what_is_signed_is_verified(events in events()) {
        live(Waits::SAFE, &events)?;
    }
}

#[test]
fn no_wait_could_be_shorter_by_what_a_broker_takes_to_follow() {
    let wait = |seconds| Event::Wait(Duration::from_secs(seconds));
    let (rotate, sign) =
        (Event::Rotate(SigningAlgorithm::RS256), Event::Sign(SigningAlgorithm::RS256));
    let shorter = |wait: Duration| wait.checked_sub(FOLLOWED).unwrap();
    // A copy is read just before the broker follows, and kept to the last second.
    let kept = [wait(360), rotate.clone(), wait(59), Event::Fetch, Event::Follow, wait(241)];
    let kept = [&kept[..], &[rotate.clone(), Event::Follow, sign.clone()]].concat();
    let waits = Waits { next: shorter(Waits::SAFE.next), ..Waits::SAFE };
    assert_eq!((live(Waits::SAFE, &kept).is_ok(), live(waits, &kept).is_ok()), (true, false));
    // A key signs until the broker follows.
    let last = [wait(360), rotate.clone(), wait(59), sign, wait(43_150), rotate, Event::Follow];
    let waits = Waits { retired: shorter(Waits::SAFE.retired), ..Waits::SAFE };
    assert_eq!((live(Waits::SAFE, &last).is_ok(), live(waits, &last).is_ok()), (true, false));
}
