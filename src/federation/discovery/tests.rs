use std::sync::Arc;
use std::time::Duration;

use super::super::testing::{Entity, World, federation, sign, with};
use super::super::{Dialect, Flaw, Kind};
use super::*;
use crate::effects::Fetched;

const OP: &str = "openid_provider";

fn entity(name: &str) -> Entity {
    Entity::new(&format!("https://{name}.example"))
}

/// Why `subject` is not found below `ta`, and who was asked.
async fn lost(world: &World, fx: &Effects, subject: &Entity, ta: &Entity) -> (Flaw, Vec<String>) {
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], fx);
    let broken = federation.resolve(&subject.id, OP, fx).await.unwrap_err();
    assert!(federation.is_empty());
    (broken.flaw, world.asked())
}

#[tokio::test]
async fn a_provider_below_the_anchor_is_found_with_three_questions() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.vouch(&ta, &op);
    for dialect in Dialect::ALL {
        let federation = federation(vec![ta.anchor(dialect)], &fx);
        let chain = federation.resolve(&op.id, OP, &fx).await.unwrap();
        assert_eq!((chain.subject(), chain.anchor(), chain.dialect()), (&op.id, &ta.id, dialect));
    }
    let expected = [
        "https://op.example/.well-known/openid-federation",
        "https://ta.example/.well-known/openid-federation",
        "https://ta.example/fetch?sub=https%3A%2F%2Fop.example",
    ];
    assert_eq!(world.asked()[..3], expected);
    assert_eq!(world.asked()[3..], expected);
}

#[tokio::test]
async fn the_shortest_way_wins_and_a_way_that_fails_leaves_the_next_one() {
    let (world, fx, _) = World::new();
    let [op, low, high, ta] = ["op", "low", "high", "ta"].map(entity);
    world.publish(&op, &[&low, &high, &ta]);
    world.publish(&low, &[&high]);
    world.publish(&high, &[&ta]);
    world.publish(&ta, &[]);
    for (superior, subject) in [(&low, &op), (&high, &op), (&high, &low), (&ta, &high), (&ta, &op)]
    {
        world.vouch(superior, subject);
    }
    let short = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    assert_eq!(short.resolve(&op.id, OP, &fx).await.unwrap().statements().len(), 3);
    // The anchor does not vouch for it itself any more: one aggregator is the next shortest way.
    world.say(&ta, &op, "nothing");
    let middle = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    assert_eq!(middle.resolve(&op.id, OP, &fx).await.unwrap().statements().len(), 4);
    world.say(&high, &op, "nothing");
    let long = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    assert_eq!(long.resolve(&op.id, OP, &fx).await.unwrap().statements().len(), 5);
}

#[tokio::test]
async fn of_two_anchors_the_one_that_is_above_is_found_and_chains_are_not_mixed() {
    let (world, fx, _) = World::new();
    let [op, one, two] = ["op", "one", "two"].map(entity);
    world.publish(&op, &[&two]);
    world.publish(&one, &[]);
    world.publish(&two, &[]);
    world.vouch(&two, &op);
    let anchors = vec![one.anchor(Dialect::It2023), two.anchor(Dialect::Fed10Final)];
    let federation = federation(anchors, &fx);
    let chain = federation.resolve(&op.id, OP, &fx).await.unwrap();
    assert_eq!((chain.anchor(), chain.dialect()), (&two.id, Dialect::Fed10Final));
    assert!(federation.known_to(&op.id, &one.id, fx.now()).is_none());
    assert!(federation.known_to(&op.id, &two.id, fx.now()).is_some());
}

#[tokio::test]
async fn loops_and_superiors_of_nobody_lead_nowhere() {
    let (world, fx, _) = World::new();
    let [op, low, high, ta] = ["op", "low", "high", "ta"].map(entity);
    world.publish(&op, &[&op, &low]);
    world.publish(&low, &[&high]);
    world.publish(&high, &[&low, &op]);
    for (superior, subject) in [(&low, &op), (&high, &low), (&op, &op)] {
        world.vouch(superior, subject);
    }
    let (flaw, asked) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(flaw, Flaw::NoAnchor);
    assert_eq!(asked.len(), 5, "nobody is asked twice: {asked:?}");
}

#[tokio::test]
async fn an_answer_about_another_subject_is_no_answer() {
    let (world, fx, _) = World::new();
    let [op, other, ta] = ["op", "other", "ta"].map(entity);
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.say(&ta, &op, &ta.about(&other));
    let (flaw, _) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(flaw, Flaw::Order);
    world.say(&ta, &op, &ta.configuration(&[]));
    assert_eq!(lost(&world, &fx, &op, &ta).await.0, Flaw::Issuer);
}

#[tokio::test]
async fn a_way_on_which_a_superior_speaks_of_somebody_else_is_left_at_once() {
    let (world, fx, _) = World::new();
    let [op, other, sa, high, ta] = ["op", "other", "sa", "high", "ta"].map(entity);
    world.publish(&op, &[&sa]);
    world.publish(&sa, &[&high]);
    world.publish(&high, &[&ta]);
    world.say(&sa, &op, &sa.about(&other));
    let (flaw, asked) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(flaw, Flaw::Subject);
    assert_eq!(asked.len(), 3, "nobody further up is asked");
}

#[tokio::test]
async fn a_superior_that_does_not_know_the_entity_is_no_outage() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let unknown = Fetched {
        status: 404,
        media_type: None,
        etag: None,
        last_modified: None,
        body: b"{\"error\":\"not_found\"}".to_vec(),
    };
    world.answer("https://ta.example/fetch", &[("sub", op.id.as_str())], Ok(unknown));
    let broken = federation.resolve(&op.id, OP, &fx).await.unwrap_err();
    assert_eq!((&broken.flaw, broken.kind()), (&Flaw::Status(404), Kind::Untrusted));
    let nobody = federation.resolve(&entity("nobody").id, OP, &fx).await.unwrap_err();
    assert_eq!(nobody.kind(), Kind::Outage);
}

#[tokio::test]
async fn a_thousand_superiors_are_not_followed() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    let hints: Vec<String> = (0..1000).map(|at| format!("https://h{at}.example")).collect();
    let claims = with(op.claims(&[]), &serde_json::json!({"authority_hints": hints}));
    world.serve(&op.id.configuration_url(), &[], &sign(&op.key, &claims));
    let (_, asked) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(asked.len(), 1 + FOLLOWED);
}

#[tokio::test]
async fn a_tree_of_ten_by_ten_costs_ten_documents() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    let first: Vec<Entity> = (0..10).map(|at| entity(&format!("a{at}"))).collect();
    let second: Vec<Entity> = (0..10).map(|at| entity(&format!("b{at}"))).collect();
    let (one, two): (Vec<_>, Vec<_>) = (first.iter().collect(), second.iter().collect());
    world.publish(&op, &one);
    for low in &first {
        world.publish(low, &two);
        world.vouch(low, &op);
    }
    for high in &second {
        world.publish(high, &[]);
        for low in &first {
            world.vouch(high, low);
        }
    }
    let (flaw, asked) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(asked.len(), DOCUMENTS);
    assert_eq!(flaw, Flaw::Limit("too many documents"));
}

#[tokio::test]
async fn no_more_than_three_levels_are_climbed() {
    let (world, fx, _) = World::new();
    let [op, a, b, c, ta] = ["op", "a", "b", "c", "ta"].map(entity);
    let line = [&op, &a, &b, &c, &ta];
    for pair in line.windows(2) {
        world.publish(pair[0], &[pair[1]]);
        world.vouch(pair[1], pair[0]);
    }
    world.publish(&ta, &[]);
    assert_eq!(lost(&world, &fx, &op, &ta).await.0, Flaw::NoAnchor);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    assert!(federation.resolve(&a.id, OP, &fx).await.is_ok(), "one level nearer");
}

#[tokio::test]
async fn a_search_ends_after_ten_seconds_however_slow_everybody_is() {
    let (world, fx, clock) = World::new();
    let [op, a, b, ta] = ["op", "a", "b", "ta"].map(entity);
    world.publish(&op, &[&a, &b, &ta]);
    world.be_slow(&clock, Duration::from_secs(30));
    let before = fx.monotonic();
    let (flaw, asked) = lost(&world, &fx, &op, &ta).await;
    assert!(matches!(flaw, Flaw::Unreachable(_)), "{flaw}");
    assert_eq!(asked.len(), 1);
    assert_eq!(fx.monotonic().saturating_sub(before), TIME);
    // Four seconds each: the third is cut short, the fourth is not asked.
    world.be_slow(&clock, Duration::from_secs(4));
    let before = (fx.monotonic(), asked.len());
    let (flaw, asked) = lost(&world, &fx, &op, &ta).await;
    assert_eq!((fx.monotonic().saturating_sub(before.0), asked.len() - before.1), (TIME, 3));
    assert!(matches!(flaw, Flaw::Unreachable(_) | Flaw::Limit(_)), "{flaw}");
}

#[tokio::test]
async fn what_is_too_long_or_elsewhere_or_private_is_not_read() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    let url = op.id.configuration_url();
    world.serve(&url, &[], &"A".repeat(10 * 1024 * 1024));
    let (flaw, _) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(flaw, Flaw::Unreachable(OutboundFault::TooLarge(1024 * 1024).to_string()));
    let elsewhere = OutboundFault::Redirected("https://evil.example/".to_owned());
    world.answer(&url, &[], Err(elsewhere.clone()));
    assert_eq!(lost(&world, &fx, &op, &ta).await.0, Flaw::Unreachable(elsewhere.to_string()));
    let missing =
        Fetched { status: 404, media_type: None, etag: None, last_modified: None, body: vec![] };
    world.answer(&url, &[], Ok(missing));
    assert_eq!(lost(&world, &fx, &op, &ta).await.0, Flaw::Status(404));

    // An entity, or the address a superior names, in a private network: nobody is asked.
    let before = world.asked().len();
    let inside = Entity::new("https://10.0.0.1/op");
    let (flaw, asked) = lost(&world, &fx, &inside, &ta).await;
    assert_eq!(
        (flaw, asked.len()),
        (Flaw::Unreachable(OutboundFault::Private.to_string()), before)
    );
    let mut claims = ta.claims(&[]);
    claims["metadata"]["federation_entity"]["federation_fetch_endpoint"] =
        serde_json::json!("https://169.254.169.254/latest/meta-data");
    world.publish(&op, &[&ta]);
    world.serve(&ta.id.configuration_url(), &[], &sign(&ta.key, &claims));
    let (flaw, asked) = lost(&world, &fx, &op, &ta).await;
    assert_eq!(flaw, Flaw::Unreachable(OutboundFault::Private.to_string()));
    assert!(!asked.iter().any(|url| url.contains("169.254")));
}

#[tokio::test]
async fn of_fifty_who_ask_together_one_searches() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.vouch(&ta, &op);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let (federation, fx, op) = (federation.clone(), fx.clone(), op.id.clone());
            tokio::spawn(async move { federation.resolve(&op, OP, &fx).await })
        })
        .collect();
    let mut chains = Vec::new();
    for one in asking {
        chains.push(one.await.unwrap().unwrap());
    }
    assert_eq!(world.asked().len(), 3);
    assert!(chains.iter().all(|chain| Arc::ptr_eq(chain, &chains[0])));
}

#[tokio::test]
async fn fifty_search_at_a_time_and_the_next_one_is_told_so() {
    let (world, fx, _) = World::new();
    let ta = entity("ta");
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    // Fifty wait for an answer until the fifty-first is through.
    let gate = Arc::new(tokio::sync::Barrier::new(51));
    world.hold(Arc::clone(&gate));
    let asking: Vec<_> = (0..50)
        .map(|at| {
            let (federation, fx) = (federation.clone(), fx.clone());
            let id = EntityId::parse(&format!("https://u{at}.example"), false).unwrap();
            tokio::spawn(async move { federation.resolve(&id, OP, &fx).await.unwrap_err() })
        })
        .collect();
    while world.asked().len() < 50 {
        tokio::task::yield_now().await;
    }
    let one_more = EntityId::parse("https://one-more.example", false).unwrap();
    let broken = federation.resolve(&one_more, OP, &fx).await.unwrap_err();
    assert_eq!(
        (&broken.flaw, broken.kind()),
        (&Flaw::Limit("too many searches at once"), Kind::Limit)
    );
    assert_eq!(world.asked().len(), 50, "nobody is asked for it");
    gate.wait().await;
    for one in asking {
        assert!(matches!(one.await.unwrap().flaw, Flaw::Unreachable(_)));
    }
}

#[tokio::test]
async fn what_was_not_found_is_not_searched_again_for_half_a_minute() {
    let (world, fx, clock) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let first = federation.resolve(&op.id, OP, &fx).await.unwrap_err();
    for _ in 0..100 {
        assert_eq!(federation.resolve(&op.id, OP, &fx).await.unwrap_err(), first);
    }
    assert_eq!(world.asked().len(), 1);
    clock.advance(Duration::from_secs(29));
    assert!(federation.resolve(&op.id, OP, &fx).await.is_err());
    assert_eq!(world.asked().len(), 1);
    clock.advance(Duration::from_secs(32));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.vouch(&ta, &op);
    assert!(federation.resolve(&op.id, OP, &fx).await.is_ok());
}

#[tokio::test]
async fn ten_thousand_unknown_names_a_minute_do_not_touch_what_is_known() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.vouch(&ta, &op);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let chain = federation.resolve(&op.id, OP, &fx).await.unwrap();
    let asked = world.asked().len();
    for at in 0..10_001 {
        let unknown = EntityId::parse(&format!("https://u{at}.example"), false).unwrap();
        assert!(federation.resolve(&unknown, OP, &fx).await.is_err());
    }
    assert_eq!(world.asked().len() - asked, 10_001, "one question each, and no more");
    let known = federation.known(&op.id, fx.now()).unwrap();
    assert!(Arc::ptr_eq(&known, &chain));
    assert_eq!(federation.len(), 1);
}
