//! A registry in a file, one holder, and everybody who would like to be that.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::super::passkey::tests::{Authenticator, party};
use super::super::{Passkey, RecoveryCodes, Secrets};
use super::*;
use crate::crypto::sealing::Sealer;
use crate::effects::ScriptedClock;
use crate::registry::{RecordKey, RecordKind, RegistryPlace};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sheet {
    id: String,
    access: Access,
    suspended: bool,
}

impl Kept for Sheet {
    const KIND: RecordKind = RecordKind::Case;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<RecordKey> {
        self.access.keys()
    }
}

impl Holder for Sheet {
    fn access(&self) -> Option<&Access> {
        Some(&self.access)
    }

    fn with_access(&self, access: Access) -> Self {
        Self { access, ..self.clone() }
    }

    fn standing(&self, _: Timestamp) -> Standing {
        if self.suspended { Standing::Suspended } else { Standing::InForce }
    }
}

const PASSWORD: &str = "gelso ombra7 quando";
const NOW: i64 = 1_795_000_005;

struct World {
    book: Book,
    clock: Arc<ScriptedClock>,
    fx: Effects,
    username: Username,
    totp: Totp,
    codes: Vec<Zeroizing<String>>,
    authenticator: Authenticator,
    file: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

impl World {
    async fn new(name: &str) -> Self {
        Self::with(name, |_| ()).await
    }

    async fn with(name: &str, change: impl FnOnce(&mut Sheet)) -> Self {
        let (fx, clock) = Effects::scripted(NOW, 11);
        let file = format!("varco-book-{name}-{}.sqlite", std::process::id());
        let file = std::env::temp_dir().join(file);
        let place = RegistryPlace::File(file.clone());
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let registry = Arc::new(Registry::open(&place, sealer, fx.clone()).await.unwrap());
        let username = Username::fresh(&fx);
        let totp = Totp::fresh(&fx);
        let password = PasswordHash::of(&Password::typed(PASSWORD), Cost::TESTS, &fx).unwrap();
        let mut access = Access::new(username.clone());
        access.set_secrets(Secrets { password, totp: totp.clone() });
        let (kept, codes) = RecoveryCodes::fresh(&fx);
        access.set_recovery(kept);
        let authenticator = Authenticator::new();
        let made = Passkey::made(&party(), "c", &authenticator.make(&party(), "c"), fx.now());
        access.add_passkey(made.unwrap()).unwrap();
        let mut sheet = Sheet { id: "c1".to_owned(), access, suspended: false };
        change(&mut sheet);
        let book = Book::new(registry, party(), ([3; 32].into(), Cost::TESTS), 1, fx.clone());
        let mut made = Change::new();
        made.insert(&sheet).unwrap();
        let entry = Entry {
            actor: Actor::system(),
            action: "test",
            object: String::new(),
            office: String::new(),
            reason: String::new(),
            rules: String::new(),
            outcome: "done",
        };
        assert!(matches!(book.registry.commit(made, &entry).await, Ok(Committed::Done(_))));
        Self { book, clock, fx, username, totp, codes, authenticator, file }
    }

    /// A code of the app that was not used yet: half a minute later each time.
    fn code(&self) -> String {
        self.clock.advance(Duration::from_secs(30));
        self.totp.code(totp::step_at(self.fx.now()))
    }

    async fn try_from(&self, at: &str, password: &str, code: &str) -> Result<Strength, Refused> {
        self.try_as(self.username.as_str(), at, password, code).await
    }

    async fn try_as(
        &self,
        username: &str,
        at: &str,
        password: &str,
        code: &str,
    ) -> Result<Strength, Refused> {
        let (ticket, place) = (Handle::fresh(&self.fx), at_place(at));
        let attempt = Try { ticket: &ticket, place: &place };
        let typed = (username, password, code);
        self.book.by_password::<Sheet>(attempt, typed).await.map(|entered| entered.strength)
    }

    async fn show_passkey(
        &self,
        ticket: &Handle,
        signed_for: &Handle,
    ) -> Result<Strength, Refused> {
        let (statement, signature) =
            self.authenticator.prove(&party(), &self.book.challenge(signed_for));
        let place = at_place("192.0.2.99");
        let attempt = Try { ticket, place: &place };
        let shown = ("AQIDBA", &statement, &*signature);
        self.book.by_passkey::<Sheet>(attempt, shown).await.map(|entered| entered.strength)
    }
}

fn at_place(text: &str) -> Place {
    Place::of(Some(text.parse().unwrap()))
}

const HOME: &str = "192.0.2.1";
const AWAY: &str = "198.51.100.1";

#[tokio::test]
async fn the_holder_enters_by_password_and_code_by_a_recovery_code_and_by_a_passkey() {
    let world = World::new("enters").await;
    let code = world.code();
    assert_eq!(world.try_from(HOME, PASSWORD, &code).await.unwrap(), Strength::Password);
    let paper = world.codes[0].as_str();
    assert_eq!(world.try_from(HOME, PASSWORD, paper).await.unwrap(), Strength::Password);
    assert!(matches!(world.try_from(HOME, PASSWORD, paper).await, Err(Refused::Wrong)));
    let ticket = Handle::fresh(&world.fx);
    assert_eq!(world.show_passkey(&ticket, &ticket).await.unwrap(), Strength::Passkey);
    // Each of the three is a row of the trail, and nothing else is.
    assert_eq!(world.book.registry.trail_head().await.unwrap().0, 1 + 3);
}

/// HD-AU-3: a code counts once, for whoever comes with it how often, at the same moment or later.
#[tokio::test]
async fn a_code_of_the_app_counts_once_also_for_many_at_once() {
    let world = World::new("once").await;
    // From where the holder signed in before, so that only the code is in the way.
    world.try_from(HOME, PASSWORD, world.codes[0].as_str()).await.unwrap();
    let code = world.code();
    let mut all = tokio::task::JoinSet::new();
    let world = Arc::new(world);
    for _ in 0..8 {
        let (world, code) = (Arc::clone(&world), code.clone());
        all.spawn(async move { world.try_from(HOME, PASSWORD, &code).await.is_ok() });
    }
    let entered = all.join_all().await.into_iter().filter(|entered| *entered).count();
    assert_eq!(entered, 1);
    assert!(matches!(world.try_from(HOME, PASSWORD, &code).await, Err(Refused::Wrong)));
}

/// HD-AU-4: the work is counted, not timed: one hash and one answer, whatever does not fit.
#[tokio::test]
async fn whatever_is_wrong_costs_one_comparison_and_is_told_alike() {
    let world = World::new("alike").await;
    let stranger = Username::fresh(&world.fx);
    let name = world.username.as_str().to_owned();
    let code = world.code();
    for (name, password, code) in [
        (name.as_str(), "wrong, all of it", "000000"),
        (name.as_str(), PASSWORD, "000000"),
        (name.as_str(), "wrong, all of it", code.as_str()),
        (stranger.as_str(), PASSWORD, code.as_str()),
        (name.as_str(), "", ""),
    ] {
        let before = world.book.hashed();
        let refused = world.try_as(name, HOME, password, code).await.unwrap_err();
        assert_eq!(refused.to_string(), Refused::Wrong.to_string());
        assert_eq!(world.book.hashed() - before, 1);
    }
}

/// HD-AU-1, HD-AU-2: tries from elsewhere end, for a stranger's name as for a holder's; the holder enters
/// from where they did before, and anywhere by a passkey.
#[tokio::test]
async fn tries_from_elsewhere_are_ten_in_an_hour_and_keep_nobody_out_who_is_known() {
    let world = World::new("elsewhere").await;
    let code = world.code();
    world.try_from(HOME, PASSWORD, &code).await.unwrap();
    let stranger = Username::fresh(&world.fx);
    for name in [world.username.as_str(), stranger.as_str()] {
        for number in 0..limits::NAME_TRIES {
            let from = format!("203.0.113.{number}");
            let refused = world.try_as(name, &from, "wrong, all of it", "000000").await;
            assert!(matches!(refused, Err(Refused::Wrong)));
        }
        let before = world.book.hashed();
        let refused = world.try_as(name, AWAY, PASSWORD, "000000").await;
        assert!(matches!(refused, Err(Refused::Wait)));
        assert_eq!(world.book.hashed(), before, "nothing is compared any more");
    }
    let code = world.code();
    assert!(world.try_from(HOME, PASSWORD, &code).await.is_ok());
    let ticket = Handle::fresh(&world.fx);
    assert!(world.show_passkey(&ticket, &ticket).await.is_ok());
    world.clock.advance(Duration::from_hours(1));
    let code = world.code();
    assert!(world.try_from(AWAY, PASSWORD, &code).await.is_ok(), "an hour later");
}

#[tokio::test]
async fn whoever_has_the_password_tries_three_codes_a_day() {
    let world = World::new("second").await;
    for _ in 0..limits::SECOND_TRIES {
        assert!(matches!(world.try_from(AWAY, PASSWORD, "000000").await, Err(Refused::Wrong)));
    }
    let code = world.code();
    assert!(matches!(world.try_from(AWAY, PASSWORD, &code).await, Err(Refused::Wrong)));
    world.clock.advance(Duration::from_hours(24));
    let code = world.code();
    assert!(world.try_from(AWAY, PASSWORD, &code).await.is_ok());
}

/// HD-AU-1: many names from one place, and from everywhere.
#[tokio::test]
async fn names_are_not_tried_by_the_thousand() {
    let world = World::new("thousand").await;
    let hashes = |tries: u32, one_place: bool| {
        let world = &world;
        async move {
            let before = world.book.hashed();
            for number in 0..tries {
                let name = Username::fresh(&world.fx);
                let place = if one_place { 0 } else { number };
                let from = format!("2001:db8:{place:x}::1");
                let tried = world.try_as(name.as_str(), &from, "wrong, all of it", "000000").await;
                assert!(tried.is_err());
                if one_place {
                    world.clock.advance(Duration::from_secs(30));
                }
            }
            world.book.hashed() - before
        }
    };
    assert_eq!(hashes(50, true).await, limits::PLACE);
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(hashes(100, false).await, limits::EVERYWHERE);
    // What leaks name people by is no user name: nothing is compared.
    let before = world.book.hashed();
    let refused = world.try_as("mario.rossi@example.test", HOME, PASSWORD, "000000").await;
    assert!(matches!(refused, Err(Refused::Wrong)));
    assert_eq!(world.book.hashed(), before);
}

#[tokio::test]
async fn a_journey_is_tried_five_times() {
    let world = World::new("journey").await;
    let (ticket, place) = (Handle::fresh(&world.fx), at_place(HOME));
    let attempt = Try { ticket: &ticket, place: &place };
    for _ in 0..limits::JOURNEY {
        let tried = world.book.by_password::<Sheet>(attempt, ("482", "", "")).await;
        assert!(matches!(tried, Err(Refused::Wrong)));
    }
    let code = world.code();
    let typed = (world.username.as_str(), PASSWORD, code.as_str());
    let tried = world.book.by_password::<Sheet>(attempt, typed).await;
    assert!(matches!(tried, Err(Refused::Spent)));
    assert!(matches!(world.show_passkey(&ticket, &ticket).await, Err(Refused::Spent)));
}

#[tokio::test]
async fn a_passkey_signs_for_one_journey() {
    let world = World::new("passkey").await;
    let (one, other) = (Handle::fresh(&world.fx), Handle::fresh(&world.fx));
    assert!(matches!(world.show_passkey(&one, &other).await, Err(Refused::Wrong)));
    assert!(world.show_passkey(&other, &other).await.is_ok());
}

#[tokio::test]
async fn only_the_holder_learns_that_a_credential_is_suspended() {
    let world = World::with("suspended", |sheet| sheet.suspended = true).await;
    assert!(matches!(world.try_from(HOME, PASSWORD, "000000").await, Err(Refused::Wrong)));
    let code = world.code();
    let refused = world.try_from(HOME, PASSWORD, &code).await;
    assert!(matches!(refused, Err(Refused::Not(Standing::Suspended))));
    let ticket = Handle::fresh(&world.fx);
    let refused = world.show_passkey(&ticket, &ticket).await;
    assert!(matches!(refused, Err(Refused::Not(Standing::Suspended))));
}

#[tokio::test]
async fn a_hash_becomes_dearer_when_its_password_is_used() {
    let mut world = World::new("dearer").await;
    world.book.cost = Cost { memory: 16, passes: 1 };
    let code = world.code();
    world.try_from(HOME, PASSWORD, &code).await.unwrap();
    let found = world.book.registry.record::<Sheet>("c1").await.unwrap().unwrap();
    let hash = &found.access.secrets().unwrap().password;
    assert!(!hash.is_cheaper_than(Cost { memory: 16, passes: 1 }));
    assert!(hash.fits(&Password::typed(PASSWORD)));
}

/// HD-AU-5: nobody waits behind a crowd for longer than two seconds.
#[tokio::test]
async fn whoever_finds_no_room_to_compare_is_sent_away() {
    let world = World::new("room").await;
    world.book.room.close();
    let code = world.code();
    assert!(matches!(world.try_from(HOME, PASSWORD, &code).await, Err(Refused::Busy)));
    assert_eq!(world.book.hashed(), 0);
}
