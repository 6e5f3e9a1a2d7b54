//! What a signed request must be; attacks OP-JR-1 and OP-JR-2, and the modules of FAPI 2.0 Message
//! Signing that are about request objects.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::crypto::jwk::SignatureAlgorithm::{ES256, EdDSA, PS256};
use crate::crypto::jws::corpus::{Forger, Sound};
use crate::oidc::client::Profile;
use crate::oidc::{ClientKeys, sample};
use crate::web::tests::web_with;

const ISSUER: &str = "https://varco.example";
const NOW: i64 = 1_795_338_900;

struct World {
    provider: Provider,
    client: Client,
}

impl World {
    fn of(profile: Profile) -> Self {
        let web = web_with(|_| crate::upstream::Upstreams::default());
        let mut client = sample::client("rp");
        client.protocol.profile = profile;
        client.keys = ClientKeys::registered(Forger::get().keys());
        Self { provider: Provider::new(Arc::clone(&web.broker)), client }
    }

    async fn open(&self, token: &str) -> Result<Parameters<'static>, Fault> {
        super::open(&self.provider, &self.client, token).await
    }

    async fn refuses(&self, what: &str, token: &str) {
        match self.open(token).await {
            Ok(_) => panic!("accepted: {what}"),
            Err(fault) => assert_eq!(fault.row().slug, "request-object-invalid", "{what}"),
        }
    }
}

fn claims(jti: &str) -> Value {
    json!({"iss": "rp", "client_id": "rp", "aud": ISSUER, "iat": NOW, "nbf": NOW, "exp": NOW + 300,
        "jti": jti, "response_type": "code", "scope": "openid", "state": "inside"})
}

fn signed(claims: &Value) -> String {
    Forger::get().sign(ES256, &json!({"typ": "oauth-authz-req+jwt"}), claims)
}

/// The claims with one of them changed; `null` leaves it out.
fn with(name: &str, value: Value) -> String {
    let mut claims = claims(name);
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    signed(&claims)
}

#[tokio::test]
async fn every_forged_request_object_is_refused() {
    let sound = Sound {
        header: json!({"typ": "oauth-authz-req+jwt"}),
        claims: claims("one"),
        required: &["iss", "client_id", "aud", "exp", "nbf"],
        types: &["oauth-authz-req+jwt", "JWT"],
    };
    let world = World::of(Profile::Fapi2MessageSigning);
    let mut tried = 0;
    for (class, what, token) in Forger::get().refused(&sound) {
        // A request object may be for several servers (FAPI 2.0 Message Signing, section 5.3.1).
        let shared = class == "J09" && what.starts_with("aud [") && what.contains(ISSUER);
        if !shared {
            world.refuses(&format!("{class}: {what}"), &token).await;
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
    world.open(&signed(&sound.claims)).await.expect("and the genuine one was not used up");
}

#[tokio::test]
async fn what_stands_inside_becomes_the_request() {
    let world = World::of(Profile::Standard);
    let mut object = claims("one");
    object["max_age"] = 60.into();
    object["claims"] = json!({"userinfo": {"email": null}});
    object["resource"] = json!(["https://a.test", "https://b.test"]);
    object["unknown"] = json!([1]);
    for (name, value) in [("typ", "oauth-authz-req+jwt"), ("typ", "JWT"), ("x", "untyped")] {
        object["jti"] = value.into();
        let token = Forger::get().sign(ES256, &json!({name: value}), &object);
        let inside = world.open(&token).await.unwrap_or_else(|fault| panic!("{value}: {fault:?}"));
        assert_eq!(inside.get("state"), Some("inside"));
        assert_eq!(inside.get("max_age"), Some("60"));
        assert_eq!(inside.get("claims"), Some(r#"{"userinfo":{"email":null}}"#));
        assert!(inside.values("resource").eq(["https://a.test", "https://b.test"]));
        assert!(!inside.has("unknown") && !inside.has("exp"));
    }
}

/// `ensure-signed-request-object-with-RS256-fails`.
#[tokio::test]
async fn fapi_takes_its_three_algorithms_and_others_take_all() {
    for algorithm in SignatureAlgorithm::ALL {
        for profile in [Profile::Standard, Profile::Fapi2, Profile::Fapi2MessageSigning] {
            let token = Forger::get().sign(algorithm, &json!({}), &claims("one"));
            let outcome = World::of(profile).open(&token).await;
            let fapi = [PS256, ES256, EdDSA].contains(&algorithm);
            let expected = fapi || profile == Profile::Standard;
            assert_eq!(outcome.is_ok(), expected, "{algorithm:?} {profile:?}");
        }
    }
}

/// `ensure-request-object-without-exp-fails`, `…-without-nbf-fails`, `…-with-exp-over-60-fails`,
/// `…-with-nbf-over-60-fails`, `…-with-bad-aud-fails`, `ensure-expired-request-object-fails`.
#[tokio::test]
async fn an_object_with_a_wrong_claim_is_refused() {
    let world = World::of(Profile::Fapi2MessageSigning);
    for (name, value) in [
        ("exp", Value::Null),
        ("nbf", Value::Null),
        ("aud", Value::Null),
        ("iss", Value::Null),
        ("client_id", Value::Null),
        ("exp", json!(NOW - 60)),
        ("exp", json!(NOW + 3601)),
        ("nbf", json!(NOW - 3601)),
        ("nbf", json!(NOW + 61)),
        ("aud", json!("https://other.example")),
        ("aud", json!(["https://other.example"])),
        ("aud", json!(format!("{ISSUER}/"))),
        ("iss", json!("other")),
        ("client_id", json!("other")),
        ("state", json!(1)),
        ("scope", json!(["openid"])),
        ("max_age", json!(true)),
        ("resource", json!([1])),
        ("claims", json!([])),
        ("redirect_uri", json!({"a": 1})),
    ] {
        world.refuses(&format!("{name}: {value}"), &with(name, value.clone())).await;
    }
}

/// `ensure-request-object-with-multiple-aud-succeeds`,
/// `ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted`.
#[tokio::test]
async fn several_receivers_and_a_clock_that_is_ahead_are_no_mistake() {
    let world = World::of(Profile::Fapi2MessageSigning);
    world.open(&with("aud", json!(["https://other.example", ISSUER]))).await.unwrap();
    world.open(&with("nbf", json!(NOW + 8))).await.unwrap();
    let standard = World::of(Profile::Standard);
    standard.open(&with("nbf", Value::Null)).await.expect("OpenID Connect knows no nbf");
    standard.refuses("no end", &with("exp", Value::Null)).await;
}

#[tokio::test]
async fn an_object_is_used_once_and_by_its_own_client() {
    let world = World::of(Profile::Standard);
    let token = signed(&claims("one"));
    world.open(&token).await.unwrap();
    world.refuses("the same again", &token).await;
    world.open(&signed(&claims("two"))).await.unwrap();
    // `ensure-matching-key-in-authorization-request`.
    let stranger = Forger::new().sign(ES256, &json!({}), &claims("three"));
    world.refuses("another client's key", &stranger).await;
    let anonymous = with("jti", Value::Null);
    world.open(&anonymous).await.unwrap();
    world.open(&anonymous).await.expect("without a name it cannot be told from another");
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_an_object_one_is_the_first() {
    let world = Arc::new(World::of(Profile::Standard));
    for round in 0..20 {
        let token = signed(&claims(&round.to_string()));
        let uses = (0..50).map(|_| {
            let (world, token) = (Arc::clone(&world), token.clone());
            tokio::spawn(async move { world.open(&token).await.is_ok() })
        });
        let mut first = 0;
        for used in uses.collect::<Vec<_>>() {
            first += usize::from(used.await.unwrap());
        }
        assert_eq!(first, 1);
    }
}

#[tokio::test]
async fn a_client_without_keys_signs_nothing() {
    let mut world = World::of(Profile::Standard);
    world.client.keys = ClientKeys::None;
    let fault = world.open(&signed(&claims("one"))).await.err().unwrap();
    assert_eq!(fault.row().oauth, Some("request_not_supported"));
}
