//! Who may delegate to whom, how many, how long; and what nobody may.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::crypto::sealing::Sealer;
use crate::effects::{Effects, ScriptedClock, Timestamp};
use crate::identity::{FiscalCode, Identity, UpstreamIdentity};
use crate::oidc::client::Delegable;
use crate::policy::{Act, Calendar, Rows};
use crate::registry::{Actor, FirstLogin, Registry, RegistryPlace, TrailListing};
use crate::terms::Level;

const NOW: i64 = 1_795_338_900;
const MARIO: &str = "RSSMRA80A01H501U";
const ADA: &str = "LVLDAA85T50G702B";
const GRETA: &str = "MLLGRT85C50Z112C";

struct World {
    book: Arc<Book>,
    registry: Arc<Registry>,
    clock: Arc<ScriptedClock>,
    fx: Effects,
    file: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

async fn world(name: &str, limits: (u32, u32)) -> World {
    let (fx, clock) = Effects::scripted(NOW, 3);
    let file = std::env::temp_dir().join(format!("varco-book-{name}-{}", std::process::id()));
    let place = RegistryPlace::File(file.clone());
    let sealer = Sealer::new(&[5; 32]).unwrap();
    let registry = Arc::new(Registry::open(&place, sealer, fx.clone()).await.unwrap());
    let (delegates, principals) = limits;
    let limits = Limits { delegates, principals, longest: DAY * 365 };
    let book = Arc::new(Book::new(registry.clone(), Connector::Local, limits, false, fx.clone()));
    World { book, registry, clock, fx, file }
}

/// The act as the shipped calendar rules it.
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
        legal_ref: "R12".into(),
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

fn ada() -> Identity {
    by("cie", ADA, Level::L3)
}

fn wish(delegate: &str) -> Wish<'_> {
    Wish { delegate, assisted: false, services: Services::All, ends_at: None }
}

const DAY: Duration = Duration::from_hours(24);

impl World {
    async fn asks(&self, who: &Identity, wish: Wish<'_>) -> Result<String, &'static str> {
        self.book.ask(who, wish, &calendar()).await.map_err(|refusal| refusal.key())
    }

    async fn accepts(&self, who: &Identity, id: &str) -> Result<(), &'static str> {
        self.book.answer(who, id, true, &calendar()).await.map_err(|refusal| refusal.key())
    }

    async fn principals(&self, who: &Identity, client: &str, delegable: Delegable) -> usize {
        self.book.principals(who, client, delegable).await.unwrap().len()
    }

    async fn rows(&self) -> Vec<String> {
        let listing = TrailListing { limit: 100, ..TrailListing::default() };
        let rows = self.registry.trail(&listing).await.unwrap();
        rows.into_iter().rev().map(|row| row.action).collect()
    }
}

#[tokio::test]
async fn a_delegation_holds_once_it_is_accepted_until_one_of_the_two_takes_it_back() {
    let world = world("life", (1, 3)).await;
    let id = world.asks(&mario(), wish("lvl daa 85t50 g702b")).await.unwrap();
    assert_eq!(world.principals(&ada(), "inps", Delegable::All).await, 0, "not accepted");
    assert_eq!(world.accepts(&mario(), &id).await, Err("unknown"), "the other one accepts");
    assert_eq!(world.accepts(&by("spid", GRETA, Level::L2), &id).await, Err("unknown"));
    world.accepts(&ada(), &id).await.unwrap();
    assert_eq!(world.principals(&ada(), "inps", Delegable::All).await, 1);
    assert_eq!(world.principals(&ada(), "inps", Delegable::LegalRepresentatives).await, 0);
    assert_eq!(world.principals(&ada(), "inps", Delegable::None).await, 0);
    assert_eq!(world.principals(&mario(), "inps", Delegable::All).await, 0);
    assert!(world.book.holds(&id).await.unwrap());
    assert!(world.book.revoke(&by("spid", GRETA, Level::L2), &id).await.is_err());
    world.book.revoke(&mario(), &id).await.unwrap();
    assert!(!world.book.holds(&id).await.unwrap());
    assert_eq!(world.principals(&ada(), "inps", Delegable::All).await, 0);
    assert!(world.book.revoke(&mario(), &id).await.is_err(), "once");
    let acts = ["delegation.ask", "delegation.accept", "delegation.revoke"];
    assert_eq!(world.rows().await, acts, "what was refused changed nothing");
}

#[tokio::test]
async fn r12_only_spid_cie_and_cns_at_level_2_give_take_or_use_a_delegation() {
    let world = world("instruments", (3, 3)).await;
    for (instrument, level) in [
        ("helpdesk", Level::L2),
        ("helpdesk", Level::L3),
        ("eidas", Level::L3),
        ("spid", Level::L1),
    ] {
        let who = by(instrument, MARIO, level);
        assert_eq!(world.asks(&who, wish(ADA)).await, Err("not_allowed"), "{instrument}");
    }
    assert!(world.rows().await.is_empty());
    let id = world.asks(&by("cns", MARIO, Level::L2), wish(ADA)).await.unwrap();
    for (instrument, level) in [("helpdesk", Level::L2), ("spid", Level::L1)] {
        let who = by(instrument, ADA, level);
        assert_eq!(world.accepts(&who, &id).await, Err("not_allowed"));
    }
    world.accepts(&ada(), &id).await.unwrap();
    let desk = by("helpdesk", ADA, Level::L2);
    assert_eq!(world.principals(&desk, "inps", Delegable::All).await, 0);
    assert_eq!(world.principals(&by("spid", ADA, Level::L1), "inps", Delegable::All).await, 0);
    let closed = Calendar::default();
    let refused = world.book.ask(&mario(), wish(GRETA), &closed).await;
    assert!(matches!(refused, Err(Refusal::NotAllowed)), "no row allows it");
}

#[tokio::test]
async fn what_is_asked_for_must_make_sense() {
    let world = world("sense", (9, 9)).await;
    let now = Timestamp::from_unix_seconds(NOW);
    for (wish, key) in [
        (wish(MARIO), "oneself"),
        (wish("RSSMRA80A01H501A"), "malformed"),
        (wish("12345678901"), "malformed"),
        (Wish { ends_at: Some(now), ..wish(ADA) }, "end"),
        (Wish { ends_at: Some(now.plus(DAY * 366)), ..wish(ADA) }, "end"),
        (Wish { ends_at: Some(now.plus(DAY * 2)), assisted: true, ..wish(ADA) }, "end"),
        (Wish { services: Services::Only(Vec::new()), ..wish(ADA) }, "services"),
    ] {
        assert_eq!(world.asks(&mario(), wish).await, Err(key));
    }
    assert!(world.rows().await.is_empty());
    let limits = Limits { delegates: 1, principals: 1, longest: DAY };
    let elsewhere = |connector, first_login| {
        Book::new(world.registry.clone(), connector, limits, first_login, world.fx.clone())
    };
    let refused = elsewhere(Connector::NationalPlatform, false);
    let refused = refused.ask(&mario(), wish(ADA), &calendar()).await.unwrap_err();
    assert!(refused.to_string().contains("art. 64-ter"), "{refused}");
    let strict = elsewhere(Connector::Local, true);
    let refused = strict.ask(&mario(), wish(ADA), &calendar()).await.unwrap_err();
    assert_eq!(refused.key(), "never_signed_in");
    let login = FirstLogin {
        name: world.registry.first_login_name(ADA),
        at: now,
        instrument: "cie".to_owned(),
    };
    world.registry.record_first_logins(&[login]).await.unwrap();
    strict.ask(&mario(), wish(ADA), &calendar()).await.unwrap();
}

#[tokio::test]
async fn limits_hold_for_many_at_once_and_what_ended_gives_its_place_back() {
    let world = world("limits", (1, 2)).await;
    let codes = ["RSSMRA80A01H501U", "VRDLGI75C15F205H", "BNCNNA90A41L219M"];
    let codes: Vec<&str> =
        codes.into_iter().filter(|code| FiscalCode::parse(code).is_ok()).collect();
    let asking = codes.iter().map(|code| {
        let (book, who) = (world.book.clone(), by("spid", code, Level::L2));
        tokio::spawn(async move {
            let asked = book.ask(&who, wish(ADA), &calendar()).await;
            asked.map_err(|refusal| refusal.key())
        })
    });
    let mut done = 0;
    for one in asking.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => done += 1,
            Err(key) => assert_eq!(key, "too_many_principals"),
        }
    }
    assert_eq!(done, codes.len().min(2));
    assert!(world.asks(&by("spid", codes[0], Level::L2), wish(ADA)).await.is_err());

    world.clock.advance(DAY * 366);
    assert_eq!(world.principals(&ada(), "inps", Delegable::All).await, 0);
    let id = world.asks(&mario(), wish(ADA)).await.unwrap();
    assert_eq!(world.asks(&mario(), wish(ADA)).await, Err("already_there"));
    assert_eq!(world.asks(&mario(), wish(GRETA)).await, Err("too_many_delegates"));
    world.book.answer(&ada(), &id, false, &calendar()).await.unwrap();
    world.asks(&mario(), wish(GRETA)).await.unwrap();
}

#[tokio::test]
async fn a_legal_representative_is_entered_and_ended_by_the_office_alone_and_has_no_limit() {
    let world = world("legal", (1, 1)).await;
    let staff = Actor { person: "x".to_owned(), role: "verifier" };
    let guardian = |code: &str| Guardian {
        principal: Party::named(FiscalCode::parse(code).unwrap()),
        representative: ADA,
        basis: "decree 12/2026",
        ends_at: None,
    };
    let id = world.book.represent(&staff, "rome", guardian(MARIO)).await.unwrap();
    world.book.represent(&staff, "rome", guardian(GRETA)).await.unwrap();
    let delegable = Delegable::LegalRepresentatives;
    assert_eq!(world.principals(&ada(), "inps", delegable).await, 2);
    let refused = world.book.revoke(&ada(), &id).await.unwrap_err();
    assert_eq!(refused.key(), "by_the_office");
    world.book.withdraw(&staff, &id, "came of age").await.unwrap();
    assert_eq!(world.principals(&ada(), "inps", delegable).await, 1);
}

#[tokio::test]
async fn a_delegation_for_some_services_is_good_at_those_and_assistance_ends_after_a_day() {
    let world = world("some", (1, 1)).await;
    let only = Services::Only(vec!["inps".to_owned()]);
    let id = world.asks(&mario(), Wish { services: only, ..wish(ADA) }).await.unwrap();
    world.accepts(&ada(), &id).await.unwrap();
    assert_eq!(world.principals(&ada(), "inps", Delegable::All).await, 1);
    assert_eq!(world.principals(&ada(), "lavoro", Delegable::All).await, 0);
    let helped = world.asks(&mario(), Wish { assisted: true, ..wish(GRETA) }).await.unwrap();
    let greta = by("spid", GRETA, Level::L2);
    world.accepts(&greta, &helped).await.unwrap();
    assert_eq!(world.principals(&greta, "lavoro", Delegable::All).await, 1, "beside the delegate");
    world.clock.advance(DAY);
    assert_eq!(world.principals(&greta, "lavoro", Delegable::All).await, 0);
    assert!(!world.book.holds(&helped).await.unwrap());
    assert_eq!(world.principals(&ada(), "inps", Delegable::All).await, 1);
}
