//! Keys at a `jwks_uri`: when it is asked, and what happens when it does not answer (attacks OP-SS-1 to
//! OP-SS-3).

use serde_json::json;

use super::*;
use crate::crypto::jws::Expected;
use crate::crypto::jws::corpus::Forger;
use crate::effects::{Fetched, ScriptedClock, ScriptedOutbound};

struct World {
    fx: Effects,
    clock: Arc<ScriptedClock>,
    outbound: Arc<ScriptedOutbound>,
    keys: ClientKeys,
}

fn world() -> World {
    let (fx, clock) = Effects::scripted(1_795_000_000, 1);
    let outbound = Arc::new(ScriptedOutbound::default());
    let uri = FetchUrl::parse("https://rp.test/jwks", &[], false).unwrap();
    let keys = ClientKeys::published(uri);
    World { fx: fx.with_outbound(outbound.clone()), clock, outbound, keys }
}

impl World {
    async fn verify(&self, signer: &Forger, kid: &str) -> Result<(), KeysFault> {
        let header = json!({"alg": "ES256", "kid": kid}).to_string();
        let token = signer.sign_text(SignatureAlgorithm::ES256, &header, "{}");
        let expected = Expected { longest: 8192, types: &[], untyped: true };
        let token = Compact::read(&token, &expected).unwrap();
        self.keys.verify(&token, &SignatureAlgorithm::ALL, &self.fx).await.map(|_| ())
    }

    fn asked(&self) -> usize {
        self.outbound.asked().len()
    }
}

fn named(signer: &Forger, kid: &str) -> String {
    let mut jwk = signer.jwk(SignatureAlgorithm::ES256);
    jwk["kid"] = kid.into();
    json!({"keys": [jwk]}).to_string()
}

#[tokio::test]
async fn published_keys_are_fetched_once_and_then_known() {
    let world = world();
    world.outbound.serve(&named(Forger::get(), "a"));
    for _ in 0..3 {
        world.verify(Forger::get(), "a").await.unwrap();
    }
    assert_eq!(world.asked(), 1);
    let request = &world.outbound.asked()[0];
    assert_eq!(request.limits.octets, 256 * 1024);
    assert_eq!(request.limits.time, Duration::from_secs(5));
    world.clock.advance(FRESH);
    world.outbound.serve(&named(Forger::get(), "b"));
    let withdrawn = world.verify(Forger::get(), "a").await;
    assert!(matches!(withdrawn, Err(KeysFault::Token(JwsFault::UnknownKey))), "withdrawn");
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_once_a_minute_and_no_more() {
    let world = world();
    world.outbound.serve(&named(Forger::get(), "a"));
    world.verify(Forger::get(), "a").await.unwrap();
    for number in 0..1000 {
        let stranger = world.verify(Forger::get(), &format!("unknown-{number}")).await;
        assert!(matches!(stranger, Err(KeysFault::Token(JwsFault::UnknownKey))));
    }
    assert_eq!(world.asked(), 1, "within the minute of the first question");
    world.clock.advance(PAUSE);
    let rolled = Forger::new();
    world.outbound.serve(&named(&rolled, "b"));
    world.verify(&rolled, "b").await.unwrap();
    assert_eq!(world.asked(), 2, "a new key counts at once");
    assert!(world.verify(Forger::get(), "a").await.is_err(), "and the old one no more");
    assert!(world.verify(&rolled, "c").await.is_err());
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_wrong_signature_under_a_known_name_asks_nobody() {
    let world = world();
    world.outbound.serve(&named(Forger::get(), "a"));
    world.verify(Forger::get(), "a").await.unwrap();
    world.clock.advance(PAUSE);
    let forged = world.verify(&Forger::new(), "a").await;
    assert!(matches!(forged, Err(KeysFault::Token(JwsFault::Signature))));
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn the_last_good_keys_outlive_a_server_that_is_away() {
    let world = world();
    world.outbound.serve(&named(Forger::get(), "a"));
    world.verify(Forger::get(), "a").await.unwrap();
    for answer in [Err(OutboundFault::TooSlow(Duration::from_secs(5))), Ok(status(500)), Ok(page())]
    {
        world.clock.advance(FRESH);
        world.outbound.answer(answer);
        world.verify(Forger::get(), "a").await.unwrap();
    }
    assert_eq!(world.asked(), 4);
    world.clock.advance(LAST_GOOD);
    world.outbound.answer(Ok(status(500)));
    let late = world.verify(Forger::get(), "a").await;
    assert!(matches!(late, Err(KeysFault::Status(500))), "not for ever");
    let again = world.verify(Forger::get(), "a").await;
    assert!(matches!(again, Err(KeysFault::Waiting)), "nor within the minute after");
    assert_eq!(world.asked(), 5);
}

#[tokio::test]
async fn a_server_that_gave_nothing_is_not_asked_again_within_a_minute() {
    let world = world();
    world.outbound.answer(Err(OutboundFault::Private));
    let first = world.verify(Forger::get(), "a").await;
    assert!(matches!(first, Err(KeysFault::Unreachable(OutboundFault::Private))));
    for _ in 0..100 {
        assert!(matches!(world.verify(Forger::get(), "a").await, Err(KeysFault::Waiting)));
    }
    assert_eq!(world.asked(), 1);
    world.clock.advance(PAUSE);
    world.outbound.serve(&named(Forger::get(), "a"));
    world.verify(Forger::get(), "a").await.unwrap();
}

#[tokio::test]
async fn of_many_parallel_requests_one_asks() {
    let world = Arc::new(world());
    world.outbound.serve(&named(Forger::get(), "a"));
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.verify(Forger::get(), "a").await.is_ok() })
        })
        .collect();
    for one in tries {
        assert!(one.await.unwrap());
    }
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_reload_keeps_what_was_fetched_for_the_same_address() {
    let world = world();
    world.outbound.serve(&named(Forger::get(), "a"));
    world.verify(Forger::get(), "a").await.unwrap();
    let at = |text: &str| ClientKeys::published(FetchUrl::parse(text, &[], false).unwrap());
    let same = at("https://rp.test/jwks").resuming(&world.keys);
    assert!(same.current(&world.fx).await.is_ok());
    assert_eq!(world.asked(), 1);
    let other = at("https://rp.test/other").resuming(&world.keys);
    assert!(other.current(&world.fx).await.is_err(), "the script is at its end");
    assert_eq!(world.asked(), 2);
}

fn status(status: u16) -> Fetched {
    Fetched { status, media_type: None, etag: None, last_modified: None, body: Vec::new() }
}

fn page() -> Fetched {
    Fetched { body: b"<html>".to_vec(), ..status(200) }
}
