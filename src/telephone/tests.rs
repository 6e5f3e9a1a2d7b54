//! Who may have one, who is told what, and how often somebody may be wrong.

use std::path::PathBuf;

use super::*;
use crate::crypto::sealing::Sealer;
use crate::effects::ScriptedClock;
use crate::identity::{FiscalCode, UpstreamIdentity};
use crate::policy::{Act, Rows};
use crate::registry::{RegistryPlace, TrailListing};

const NOW: i64 = 1_795_338_900;
const MARIO: &str = "RSSMRA80A01H501U";
const ADA: &str = "LVLDAA85T50G702B";

struct World {
    pins: Arc<Pins>,
    registry: Arc<Registry>,
    clock: Arc<ScriptedClock>,
    file: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

async fn world(name: &str) -> World {
    let (fx, clock) = Effects::scripted(NOW, 3);
    let file = std::env::temp_dir().join(format!("varco-pins-{name}-{}", std::process::id()));
    let place = RegistryPlace::File(file.clone());
    let sealer = Sealer::new(&[5; 32]).unwrap();
    let registry = Arc::new(Registry::open(&place, sealer, fx.clone()).await.unwrap());
    let pins = Arc::new(Pins::new(registry.clone(), fx));
    World { pins, registry, clock, file }
}

fn calendar() -> Calendar {
    let act = Act {
        id: ACT.into(),
        place: "here".into(),
        title: None,
        instruments: ["spid", "cie", "cns"].map(Into::into).into(),
        minimum_level: Level::L2,
        categories: None,
        from: None,
        until: None,
        legal_ref: "R13".into(),
    };
    Calendar::of(Rows { acts: vec![act], ..Rows::default() })
}

fn by(instrument: &str, code: &str, level: Level) -> Identity {
    let attributes = [
        ("fiscalNumber", format!("TINIT-{code}")),
        ("name", "Mario".to_owned()),
        ("familyName", "Rossi".to_owned()),
    ];
    let now = Timestamp::from_unix_seconds(NOW);
    let proof = UpstreamIdentity {
        upstream: "spid".to_owned(),
        provider: "https://idp.example".to_owned(),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into(),
        level,
        authenticated_at: now,
        assertion_id: "_1".to_owned(),
        expires_at: now,
        session: None,
        desk: None,
    };
    let mut identity = Identity::from_upstream(&proof).unwrap();
    identity.origin.auth_method = instrument.to_owned();
    identity
}

fn mario() -> Identity {
    by("spid", MARIO, Level::L2)
}

impl World {
    async fn makes(&self, lasting: Lasting) -> String {
        let made = self.pins.make(&mario(), lasting, Services::All, &calendar()).await;
        made.unwrap().0.to_string()
    }

    async fn says(&self, code: &str, pin: &str, service: &str) -> Result<bool, &'static str> {
        let fiscal_code = &FiscalCode::parse(code).unwrap();
        let asked = Asked { client: "inps-cc", staff: "op-7", fiscal_code, pin, service };
        match self.pins.verify(asked).await {
            Ok(Answer::Yes(name, masked)) => {
                assert_eq!((name.as_str(), masked.as_str()), ("Mario Rossi", "RSS…01U"));
                Ok(true)
            }
            Ok(Answer::No) => Ok(false),
            Err(Denied::TooOften(what)) => Err(what),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn r13_only_who_signed_in_by_spid_cie_or_cns_at_level_2_has_a_telephone_pin() {
    let world = world("r13").await;
    for (instrument, level) in
        [("helpdesk", Level::L2), ("eidas", Level::L3), ("spid", Level::L1), ("cie", Level::L1)]
    {
        let who = by(instrument, MARIO, level);
        let refused = world.pins.make(&who, Lasting::Day, Services::All, &calendar()).await;
        assert!(matches!(refused, Err(PinRefusal::NotAllowed)), "{instrument}");
    }
    let (who, closed) = (mario(), Calendar::default());
    let refused = world.pins.make(&who, Lasting::Day, Services::All, &closed).await;
    assert!(matches!(refused, Err(PinRefusal::NotAllowed)), "no row allows it");
    assert_eq!(world.registry.trail_head().await.unwrap().0, 0);
    for instrument in ["spid", "cie", "cns"] {
        let who = by(instrument, MARIO, Level::L2);
        world.pins.make(&who, Lasting::Day, Services::All, &calendar()).await.unwrap();
    }
}

#[tokio::test]
async fn the_right_pin_is_recognised_until_its_end_and_everything_else_is_answered_alike() {
    let world = world("right").await;
    let pin = world.makes(Lasting::Week).await;
    assert!(pin.len() == 8 && pin.bytes().all(|digit| digit.is_ascii_digit()));
    assert_eq!(world.says(MARIO, &pin, "inps").await, Ok(true));
    assert_eq!(world.says(MARIO, &pin, "inps").await, Ok(true), "again");
    assert_eq!(world.says(ADA, &pin, "inps").await, Ok(false), "another's");
    assert_eq!(world.says(MARIO, "", "inps").await, Ok(false));
    let shown = world.pins.of(&mario()).await.unwrap().unwrap();
    assert_eq!(shown.uses.len(), 2, "each use is shown to its holder");
    assert!(world.pins.of(&by("spid", ADA, Level::L2)).await.unwrap().is_none());
    world.clock.advance(Duration::from_hours(24 * 7));
    assert_eq!(world.says(MARIO, &pin, "inps").await, Ok(false), "over");
    let listing = TrailListing { limit: 9, ..TrailListing::default() };
    let rows = world.registry.trail(&listing).await.unwrap();
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| !row.object.contains(&pin) && !row.actor.contains("op-7")));
}

#[tokio::test]
async fn a_new_pin_ends_the_old_and_a_cancelled_one_is_over() {
    let world = world("new").await;
    let old = world.makes(Lasting::Day).await;
    let new = world.makes(Lasting::Month).await;
    assert_eq!(world.says(MARIO, &old, "inps").await, Ok(false));
    assert_eq!(world.says(MARIO, &new, "inps").await, Ok(true));
    world.pins.cancel(&mario()).await.unwrap();
    assert_eq!(world.says(MARIO, &new, "inps").await, Ok(false));
    world.pins.cancel(&mario()).await.unwrap();
    let making = (0..8).map(|_| {
        let pins = world.pins.clone();
        tokio::spawn(async move {
            pins.make(&mario(), Lasting::Day, Services::All, &calendar()).await.is_ok()
        })
    });
    let mut made = 0;
    for one in making.collect::<Vec<_>>() {
        made += usize::from(one.await.unwrap());
    }
    assert!(made >= 1);
    let live = world.registry.records_by_key::<TelephonePin>(LIVE, MARIO).await.unwrap();
    assert_eq!(live.len(), 1, "however many are made at once");
}

#[tokio::test]
async fn a_pin_is_good_at_its_services_alone() {
    let world = world("services").await;
    let only = Services::Only(vec!["inps".to_owned()]);
    let made = world.pins.make(&mario(), Lasting::Day, only, &calendar()).await;
    let pin = made.unwrap().0;
    assert_eq!(world.says(MARIO, &pin, "lavoro").await, Ok(false));
    assert_eq!(world.says(MARIO, &pin, "inps").await, Ok(true));
}

#[tokio::test]
async fn five_wrong_tries_end_a_pin_also_when_they_come_at_once() {
    let world = world("tries").await;
    let pin = world.makes(Lasting::Day).await;
    let code = FiscalCode::parse(MARIO).unwrap();
    let guessing = (0..10).map(|at| {
        let (pins, code) = (world.pins.clone(), code.clone());
        tokio::spawn(async move {
            let (staff, pin) = (format!("op-{at}"), "00000000");
            let asked = Asked {
                client: "inps-cc",
                staff: &staff,
                fiscal_code: &code,
                pin,
                service: "inps",
            };
            pins.verify(asked).await
        })
    });
    for one in guessing.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap().unwrap(), Answer::No);
    }
    assert_eq!(world.says(MARIO, &pin, "inps").await, Ok(false), "the right one too");
    assert!(world.pins.of(&mario()).await.unwrap().is_none());
    let again = world.makes(Lasting::Day).await;
    assert_eq!(world.says(MARIO, &again, "inps").await, Ok(true), "a new one has its own tries");
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_nothing() {
    let world = world("often").await;
    world.makes(Lasting::Day).await;
    for _ in 0..12 {
        assert_eq!(world.says(ADA, "00000000", "inps").await, Ok(false));
    }
    assert_eq!(world.says(ADA, "00000000", "inps").await, Err("staff"));
    world.clock.advance(Duration::from_mins(1));
    for _ in 0..8 {
        assert_eq!(world.says(ADA, "00000000", "inps").await, Ok(false));
    }
    assert_eq!(world.says(ADA, "00000000", "inps").await, Err("person"));
}
