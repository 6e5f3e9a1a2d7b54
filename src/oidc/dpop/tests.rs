//! What proves possession, and what proves nothing (RFC 9449, section 11; attack classes J01 to J19).

use std::sync::Arc;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::crypto::jwk::PublicKey;
use crate::crypto::jws::corpus::{Forger, Sound};
use crate::crypto::sealing::Sealer;
use crate::effects::ScriptedClock;
use crate::state::{MemoryStore, Store};

const NOW: i64 = 1_795_000_000;
const URI: &str = "https://broker.test/userinfo";
const TOKEN: &str = "an-access-token";

struct World {
    shelves: Shelves,
    fx: Effects,
    clock: Arc<ScriptedClock>,
    nonces: Option<Nonces>,
}

impl World {
    fn new() -> Self {
        let (fx, clock) = Effects::scripted(NOW, 7);
        let store = Store::Memory(MemoryStore::new(fx.clone(), 1000));
        let shelves = Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone());
        Self { shelves, fx, clock, nonces: None }
    }

    async fn try_headers(&self, headers: &[&str]) -> Result<Option<Proof>, ProofFault> {
        let call = Call { method: "POST", uris: &[URI], access_token: Some(TOKEN) };
        let check =
            ProofCheck { shelves: &self.shelves, fx: &self.fx, nonces: self.nonces.as_ref() };
        check.verify(headers, call).await
    }

    async fn try_proof(&self, token: &str) -> Result<Thumbprint, ProofFault> {
        Ok(self.try_headers(&[token]).await?.unwrap().key().clone())
    }
}

fn claims() -> Value {
    json!({"jti": "one", "htm": "POST", "htu": URI, "iat": NOW,
        "ath": base64url(&sha256(TOKEN.as_bytes()))})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn signed(algorithm: SignatureAlgorithm, claims: &Value) -> String {
    Forger::get().sign(algorithm, &json!({"typ": "dpop+jwt", "jwk": {}}), claims)
}

fn proof(claims: &Value) -> String {
    signed(SignatureAlgorithm::ES256, claims)
}

#[tokio::test]
async fn a_proof_proves_the_key_it_was_made_with() {
    let world = World::new();
    for algorithm in SignatureAlgorithm::FAPI2 {
        let jwk = Forger::get().jwk(algorithm);
        let key = PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap();
        let token = signed(algorithm, &claims());
        assert_eq!(world.try_proof(&token).await.unwrap(), *key.thumbprint(), "{algorithm:?}");
    }
    let weak = signed(SignatureAlgorithm::RS256, &claims());
    assert!(world.try_proof(&weak).await.is_err(), "RS256");
    assert_eq!(world.try_headers(&[]).await.unwrap(), None);
}

#[tokio::test]
async fn a_proof_is_accepted_once_as_long_as_it_is_acceptable() {
    let world = World::new();
    let token = proof(&with("iat", json!(NOW + 50)));
    assert!(world.try_proof(&token).await.is_ok());
    for wait in [0, 30, 60, 19] {
        world.clock.advance(Duration::from_secs(wait));
        let again = world.try_proof(&token).await;
        assert!(matches!(again, Err(ProofFault::Refused("the proof was used"))), "{wait}");
    }
    world.clock.advance(Duration::from_secs(30));
    assert!(world.try_proof(&token).await.is_err(), "forgotten, and too old by then");
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_a_proof_one_succeeds() {
    let world = Arc::new(World::new());
    let token = proof(&claims());
    let tries = (0..50).map(|_| {
        let (world, token) = (Arc::clone(&world), token.clone());
        tokio::spawn(async move { world.try_proof(&token).await.is_ok() })
    });
    let mut accepted = 0;
    for one in tries.collect::<Vec<_>>() {
        accepted += usize::from(one.await.unwrap());
    }
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn every_forged_proof_is_refused() {
    let world = World::new();
    let sound = Sound {
        header: json!({"typ": "dpop+jwt", "jwk": {}}),
        claims: claims(),
        required: &["jti", "htm", "htu", "iat", "ath"],
        types: &["dpop+jwt"],
    };
    for (class, what, token) in Forger::get().refused(&sound) {
        assert!(world.try_headers(&[&token]).await.is_err(), "{class}: {what}");
    }
    let genuine = proof(&claims());
    assert!(world.try_headers(&[&genuine, &genuine]).await.is_err(), "two headers");
    assert!(world.try_headers(&[&format!("{genuine}, {genuine}")]).await.is_err());
    assert!(world.try_proof(&genuine).await.is_ok(), "the jti is unused");
}

#[tokio::test]
async fn a_proof_without_a_type_or_with_a_private_key_is_refused() {
    let world = World::new();
    let (forger, claims) = (Forger::get(), claims().to_string());
    let jwk = forger.jwk(SignatureAlgorithm::ES256);
    let mut private = jwk.clone();
    private["d"] = "AAAA".into();
    for header in [
        json!({"alg": "ES256", "jwk": jwk}),
        json!({"alg": "ES256", "typ": "dpop+jwt"}),
        json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": "x"}),
        json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": private}),
        json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": Forger::new().jwk(SignatureAlgorithm::ES256)}),
    ] {
        let token = forger.sign_text(SignatureAlgorithm::ES256, &header.to_string(), &claims);
        assert!(world.try_proof(&token).await.is_err(), "{header}");
    }
}

#[tokio::test]
async fn the_time_of_a_proof_is_within_a_minute_of_ours() {
    for (offset, accepted) in [
        (-3600, false),
        (-61, false),
        (-59, true),
        (-10, true),
        (10, true),
        (60, true),
        (61, false),
        (3600, false),
    ] {
        let world = World::new();
        let token = proof(&with("iat", json!(NOW + offset)));
        assert_eq!(world.try_proof(&token).await.is_ok(), accepted, "{offset}");
    }
    let world = World::new();
    for (name, at) in [("exp", NOW - 60), ("nbf", NOW + 120)] {
        assert!(world.try_proof(&proof(&with(name, json!(at)))).await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn a_proof_is_for_one_method_and_one_endpoint() {
    let same = [
        "https://broker.test/userinfo",
        "HTTPS://BROKER.TEST/userinfo",
        "https://broker.test:443/userinfo",
        "https://broker.test/userinfo?a=1",
        "https://broker.test/userinfo#part",
        "https://broker.test/x/../userinfo",
    ];
    for htu in same {
        assert!(World::new().try_proof(&proof(&with("htu", htu.into()))).await.is_ok(), "{htu}");
    }
    let other = [
        "http://broker.test/userinfo",
        "https://broker.test/userinfo/",
        "https://broker.test/USERINFO",
        "https://broker.test:8443/userinfo",
        "https://evil.test/userinfo",
        "https://me@broker.test/userinfo",
        "https://broker.test.evil.test/userinfo",
        "/userinfo",
        "",
        "broker.test/userinfo",
    ];
    let world = World::new();
    for htu in other {
        assert!(world.try_proof(&proof(&with("htu", htu.into()))).await.is_err(), "{htu}");
    }
    for htm in ["GET", "post", ""] {
        assert!(world.try_proof(&proof(&with("htm", htm.into()))).await.is_err(), "{htm}");
    }
    let ath = base64url(&sha256(b"another-token"));
    assert!(world.try_proof(&proof(&with("ath", ath.into()))).await.is_err());
    assert!(world.try_proof(&proof(&with("extra", json!({"a": 1})))).await.is_ok());
}

#[tokio::test]
async fn where_nonces_are_demanded_a_current_one_is_needed() {
    let mut world = World::new();
    let nonces = Nonces::new(Zeroizing::new([1; 32]));
    let given = nonces.current(world.fx.now());
    let foreign = Nonces::new(Zeroizing::new([2; 32])).current(world.fx.now());
    world.nonces = Some(nonces);
    for nonce in [Value::Null, json!(""), json!("abc"), foreign.into(), json!(1)] {
        let tried = world.try_proof(&proof(&with("nonce", nonce.clone()))).await;
        assert!(matches!(tried, Err(ProofFault::NonceNeeded)), "{nonce}");
    }
    assert!(world.try_proof(&proof(&with("nonce", given.clone().into()))).await.is_ok());
    world.clock.advance(Duration::from_secs(301));
    let mut late = with("nonce", given.into());
    late["iat"] = json!(NOW + 301);
    assert!(matches!(world.try_proof(&proof(&late)).await, Err(ProofFault::NonceNeeded)));
}
