//! Sources of every kind against scripted answers: what is told, what is kept, and what a failure is.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use super::*;
use crate::crypto::sealing::Sealer;
use crate::effects::{FetchUrl, Fetched, ScriptedClock, ScriptedOutbound};
use crate::state::{MemoryStore, Store};

const CODE: &str = "RSSMRA80A01H501U";
const NOW: i64 = 1_795_000_000;

struct World {
    fx: Effects,
    clock: Arc<ScriptedClock>,
    outbound: Arc<ScriptedOutbound>,
    shelves: Shelves,
    sources: Sources,
}

impl World {
    /// A server as the one source.
    fn new(on_failure: OnFailure, cache_seconds: u64, entries: u64, capacity: usize) -> Self {
        let (fx, clock) = Effects::scripted(NOW, 1);
        let outbound = Arc::new(ScriptedOutbound::default());
        let fx = fx.with_outbound(outbound.clone());
        let store = Store::Memory(MemoryStore::new(fx.clone(), capacity));
        let server = HttpSource {
            url: FetchUrl::parse("https://roles.example/of?tenant=1", &[], false).unwrap(),
            headers: vec![("x-api-key".to_owned(), SecretString::from("0123456789abcdef"))],
            timeout: Duration::from_secs(2),
        };
        let cache = Duration::from_secs(cache_seconds);
        let source = Source::new(Connector::Http(server), on_failure, cache, entries);
        let sources = Sources::new([("durc".to_owned(), source)].into(), &[7; 32]);
        let shelves = Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone());
        Self { fx, clock, outbound, shelves, sources }
    }

    fn says(&self, status: u16, media_type: Option<&str>, body: &str) {
        self.outbound.answer(Ok(Fetched {
            status,
            media_type: media_type.map(str::to_owned),
            etag: None,
            last_modified: None,
            body: body.as_bytes().to_vec(),
        }));
    }

    async fn asked(&self, code: &str) -> Looked {
        let code = FiscalCode::parse(code).unwrap();
        self.sources.look_up("durc", &code, &self.shelves, &self.fx).await
    }

    async fn kept(&self) -> u64 {
        self.shelves.walk(Shelf::Entitlement).await.unwrap()
    }
}

const TWO: &str = r#"{"roles": [
    {"role": "Stazione appaltante", "organization": {"ipa_code": "c_h501", "name": "Comune"},
     "valid_from": "2021-10-01", "shoe_size": 43},
    {"role": "Amministrazione precedente", "delegated_by": "RSSMRA80A01H501U"}
], "categories": ["patronato"]}"#;

#[tokio::test]
async fn a_server_is_asked_in_the_body_and_told_by_nobody_but_its_secret() {
    let world = World::new(OnFailure::Refuse, 60, 10, 100);
    world.says(200, Some("application/json; charset=utf-8"), TWO);
    let looked = world.asked(CODE).await;
    let told = looked.entitlements.unwrap();
    let names: Vec<&str> = told.roles().iter().map(|role| role.name.as_str()).collect();
    assert_eq!(names, ["Stazione appaltante", "Amministrazione procedente"]);
    assert_eq!(told.roles()[1].delegated_by.as_ref().unwrap().as_str(), "persona fisica");
    assert_eq!(told.categories().len(), 1);
    assert_eq!(looked.outcome, Outcome::Found);
    let questions = world.outbound.asked();
    let [question] = questions.as_slice() else { panic!("asked once") };
    let told = format!("{{\"fiscal_code\":\"{CODE}\"}}");
    assert_eq!(*question.body.as_ref().unwrap().octets, told.into_bytes());
    assert_eq!(question.headers[0].1.expose_secret(), "0123456789abcdef");
    let shown = format!("{question:?} {}", question.url);
    assert!(!shown.contains(CODE) && !shown.contains("0123456789abcdef"), "{shown}");
}

#[tokio::test]
async fn an_answer_counts_for_its_time_and_is_asked_again_after_that() {
    let world = World::new(OnFailure::Refuse, 60, 10, 100);
    for (after, outcome, questions) in
        [(0, Outcome::Found, 1), (59, Outcome::Cached, 1), (2, Outcome::Nothing, 2)]
    {
        world.clock.advance(Duration::from_secs(after));
        if questions > world.outbound.asked().len() {
            let body = if questions == 1 { TWO } else { r#"{"roles": []}"# };
            world.says(200, Some("application/json"), body);
        }
        let looked = world.asked(CODE).await;
        assert_eq!((looked.outcome, world.outbound.asked().len()), (outcome, questions));
        assert!(looked.entitlements.is_ok());
    }
    // Another person's answer is nobody else's.
    world.says(200, Some("application/json"), TWO);
    assert_eq!(world.asked("LVLDAA85T50G702B").await.outcome, Outcome::Found);
}

#[tokio::test]
async fn what_is_kept_has_a_bound_and_never_fills_the_store() {
    let world = World::new(OnFailure::Refuse, 60, 1, 100);
    for code in [CODE, "LVLDAA85T50G702B"] {
        world.says(200, Some("application/json"), TWO);
        assert_eq!(world.asked(code).await.outcome, Outcome::Found);
    }
    assert_eq!(world.kept().await, 1, "the second one found no room");
    let full = World::new(OnFailure::Refuse, 60, 10, 1);
    for code in [CODE, "LVLDAA85T50G702B"] {
        full.says(200, Some("application/json"), TWO);
        assert!(full.asked(code).await.entitlements.is_ok(), "a full store is no failure here");
    }
    let never = World::new(OnFailure::Refuse, 0, 10, 100);
    never.says(200, Some("application/json"), TWO);
    assert!(never.asked(CODE).await.entitlements.is_ok());
    assert_eq!(never.kept().await, 0);
    assert!(
        !never
            .shelves
            .uses()
            .iter()
            .any(|uses| uses.answered > 0 && uses.verb != crate::state::Verb::Walk)
    );
}

#[tokio::test]
async fn whatever_is_no_answer_is_a_failure_that_names_nobody() {
    let world = World::new(OnFailure::Refuse, 60, 10, 100);
    let json = Some("application/json");
    let each: Vec<String> = (0..101).map(|at| format!("{{\"role\":\"r{at}\"}}")).collect();
    let many = format!("{{\"roles\": [{}]}}", each.join(","));
    let answers: [(u16, Option<&str>, &str); 13] = [
        (500, json, TWO),
        (404, json, TWO),
        (204, json, ""),
        (200, json, &many),
        (200, None, TWO),
        (200, Some("text/html"), TWO),
        (200, json, ""),
        (200, json, "RSSMRA80A01H501U"),
        (200, json, "[[]]"),
        (200, json, "{}"),
        (200, json, r#"{"roles": "Stazione appaltante"}"#),
        (200, json, r#"{"roles": [{"role": "RSSMRA80A01H501U\n"}, {"role": ""}]}"#),
        (200, json, r#"{"roles": [{"role": "a", "valid_from": "RSSMRA80A01H501U"}]}"#),
    ];
    for (status, media_type, body) in answers {
        world.says(status, media_type, body);
        failed(&world, body).await;
    }
    for fault in [
        OutboundFault::TooSlow(Duration::from_secs(2)),
        OutboundFault::TooLarge(262_144),
        OutboundFault::Redirected(format!("https://elsewhere.example/{CODE}")),
        OutboundFault::Unreachable("connection refused".to_owned()),
        OutboundFault::Compressed,
        OutboundFault::Private,
    ] {
        world.outbound.answer(Err(fault));
        failed(&world, "fault").await;
    }
    assert_eq!(world.kept().await, 0, "no failure is kept");
}

async fn failed(world: &World, about: &str) {
    let before = world.outbound.asked().len();
    let looked = world.asked(CODE).await;
    assert_eq!(looked.outcome, Outcome::Failed, "{about}");
    assert_eq!(world.outbound.asked().len(), before + 1, "asked once: {about}");
    let told = format!("{0} {0:?}", looked.entitlements.unwrap_err());
    assert!(!told.contains(CODE) && !told.contains("elsewhere"), "{told}");
}

#[tokio::test]
async fn a_source_may_mean_no_roles_when_it_does_not_answer() {
    let world = World::new(OnFailure::WithoutRoles, 60, 10, 100);
    let looked = world.asked(CODE).await;
    assert_eq!(looked.outcome, Outcome::Failed);
    assert!(looked.entitlements.unwrap().is_empty());
    world.says(200, Some("application/json"), TWO);
    assert_eq!(world.asked(CODE).await.outcome, Outcome::Found, "and is asked again at once");
    let code = FiscalCode::parse(CODE).unwrap();
    let unknown = world.sources.look_up("other", &code, &world.shelves, &world.fx).await;
    assert!(matches!(unknown.entitlements, Err(LookupFault::Source(SourceFault::Unknown))));
}
