//! Whom policy lets in: on which day, at which level, and what is left when it does not.

use base64::Engine as _;

use super::*;
use crate::fault::catalogue::by_slug;
use crate::oidc::client::{LevelRule, Period, ServicePolicy};
use crate::policy::{Calendar, Category, Change, Day, Rows, Source};
use crate::terms::Locale;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// SPID is accepted up to `last`.
fn until(last: &str) -> Arc<Calendar> {
    let change = Change {
        id: "end".into(),
        place: "calendar.toml, change end".into(),
        instruments: vec!["spid".into()],
        relying_parties: None,
        categories: None,
        start: None,
        stop_issue: None,
        stop_renew: None,
        natural_expiry: None,
        hard_end: Some(day(last)),
        to_be_fixed: Vec::new(),
        source: Source::Law,
        reason: None,
        legal_ref: Some("a law".into()),
        decided_by: Vec::new(),
        decided_on: None,
        superseded_by: None,
    };
    Calendar::of(Rows { changes: vec![change], ..Rows::default() }).into()
}

fn period() -> Period {
    Period {
        row: 0,
        from: None,
        until: None,
        instruments: vec!["spid".into()],
        categories: None,
        minimum_level: Level::L1,
        levels: Vec::new(),
        minimum_age: None,
        dedicated_to: Vec::new(),
        delegable: crate::oidc::client::Delegable::All,
        legal_ref: None,
        eidas_off: None,
    }
}

fn ruled(period: Period) -> Client {
    client("inps", |client| client.policy = ServicePolicy::new(vec![period]).unwrap())
}

#[tokio::test]
async fn nobody_leaves_for_an_instrument_after_its_last_day() {
    let world = world(vec![client("inps", |_| ())]);
    world.broker.calendar.store(until("2026-11-22"));
    let begun = world.broker.begin(world.request("inps", |_| ()), None).await.unwrap();
    let provider = fixture::entity_id(0);
    let leave = || world.broker.redirect(&begun.tx, &begun.browser, "spid", &provider, Locale::It);
    assert!(leave().await.is_ok(), "the last day is in");
    let attempts = world.count(Shelf::Attempt).await;
    world.clock.advance(Duration::from_mins(13 * 60 + 44));
    let begun = world.broker.begin(world.request("inps", |_| ()), None).await.unwrap();
    let leave = || world.broker.redirect(&begun.tx, &begun.browser, "spid", &provider, Locale::It);
    assert!(leave().await.is_ok(), "23:59 in Rome");
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(slug(leave().await), "policy-switched-off", "0:00 in Rome");
    assert_eq!(
        world.count(Shelf::Attempt).await,
        attempts,
        "the first one has expired, the second is there"
    );
}

#[tokio::test]
async fn who_comes_back_after_the_last_day_gets_no_code() {
    let world = world(vec![client("inps", |_| ())]);
    world.broker.calendar.store(until("2026-11-21"));
    let request = world.request("inps", |_| ());
    let proof = proof(&world.broker, MARIO, Level::L2);
    let (_, outcome) = world.proven(request, &mut Cookies::default(), &proof).await;
    assert_eq!(slug(outcome), "policy-switched-off");
    assert_eq!((world.count(Shelf::Code).await, world.count(Shelf::Browser).await), (0, 0));
}

/// The refusal stands on the login: the person may try another way, or go back with the reason.
#[tokio::test]
async fn a_refusal_of_policy_is_kept_on_the_login_until_somebody_comes_by_another_way() {
    let level = LevelRule {
        at_least: Level::L2,
        categories: vec![Category::CITIZEN],
        instruments: Vec::new(),
    };
    let world = world(vec![ruled(Period { levels: vec![level], ..period() })]);
    let mut browser = Cookies::default();
    let low = proof(&world.broker, MARIO, Level::L1);
    let (begun, outcome) = world.proven(world.request("inps", |_| ()), &mut browser, &low).await;
    assert_eq!(slug(outcome), "policy-level");
    let again = world.broker.complete(&begun.tx, &begun.browser, &browser, None).await;
    assert_eq!(slug(again), "policy-level", "and is not judged anew");
    assert_eq!(world.count(Shelf::Code).await, 0);
    let answer = world.broker.decline(&begun.tx, &begun.browser).await.unwrap();
    let told = answer.place().as_str().to_owned();
    assert!(told.contains("error=unmet_authentication_requirements"), "{told}");
    assert!(told.contains(by_slug("policy-level").unwrap().code), "{told}");
    let high = proof(&world.broker, MARIO, Level::L2);
    let (_, outcome) = world.proven(world.request("inps", |_| ()), &mut browser, &high).await;
    assert!(matches!(outcome, Ok(Completion::Ended(_))));
}

#[tokio::test]
async fn a_provider_is_asked_for_the_level_that_policy_wants() {
    let world = world(vec![ruled(Period { minimum_level: Level::L3, ..period() })]);
    let begun = world.broker.begin(world.request("inps", |_| ()), None).await.unwrap();
    let provider = fixture::entity_id(0);
    let left = world.broker.redirect(&begun.tx, &begun.browser, "spid", &provider, Locale::It);
    let crate::upstream::Departure::Redirect(address) = left.await.unwrap() else { panic!() };
    let address = url::Url::parse(&address).unwrap();
    let packed = address.query_pairs().find(|(name, _)| name == "SAMLRequest").unwrap().1;
    let octets = base64::engine::general_purpose::STANDARD.decode(packed.as_bytes()).unwrap();
    let request = crate::saml::binding::inflate(&octets).unwrap();
    assert!(request.contains("https://www.spid.gov.it/SpidL3"), "{request}");
}

#[tokio::test]
async fn a_session_is_not_reused_where_policy_would_not_let_it_in() {
    let other = client("inail", |client| {
        let age = Period { minimum_age: Some(99), ..period() };
        client.policy = ServicePolicy::new(vec![age]).unwrap();
    });
    let world = world(vec![client("inps", |_| ()), other]);
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    assert!(world.reused("inps", &browser).await.is_some());
    assert!(world.reused("inail", &browser).await.is_none(), "a provider is asked");
    let silent = world.request("inail", |request| request.prompt = Prompt::None);
    assert_eq!(slug(world.reuse(&silent, &browser).await), "login-required");
}

/// A token that rests on a login which policy lets in no more is not refreshed; nothing is ended.
#[tokio::test]
async fn a_login_counts_no_more_once_policy_does_not_let_it_in() {
    let world = world(vec![client("inps", |_| ())]);
    let completed = world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L2).await;
    let grant = world.grant_of(&completed, "inps").await;
    let objection = || world.broker.objection(&world.client("inps"), &grant.identity, &[]);
    assert_eq!(objection(), None);
    world.broker.calendar.store(until("2026-11-21"));
    assert_eq!(objection(), Some("policy does not let that login in any more"));
    world.broker.calendar.store(until("2026-11-22"));
    assert_eq!(objection(), None, "a mistake that is put right ends nobody's login");
}
