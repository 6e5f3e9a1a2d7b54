//! Every method, and what must not pass for one (attacks OP-CA-1 to OP-CA-5).

use std::time::Duration;

use secrecy::SecretSlice;
use serde_json::{Value, json};

use super::*;
use crate::crypto::digest::{base64url, hmac_sha256};
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::corpus::{Forger, Sound};
use crate::crypto::sealing::Sealer;
use crate::effects::ScriptedClock;
use crate::oidc::ClientKeys;
use crate::oidc::client::Profile;
use crate::oidc::sample::{self, SECRET};
use crate::state::{MemoryStore, Store};

const NOW: i64 = 1_795_000_000;
const ISSUER: &str = "https://broker.test";
/// The secret of `macs`.
const MAC_SECRET: &[u8] = b"a shared secret of at least 32 octets";

struct World {
    clients: Clients,
    shelves: Shelves,
    fx: Effects,
    clock: Arc<ScriptedClock>,
}

impl World {
    /// `basic` and `posts` have one secret; `signs`, `fapi` and `legacy` one key set; `open` has nothing.
    fn new() -> Self {
        let (fx, clock) = Effects::scripted(NOW, 7);
        let with = |id: &str, authentication: AuthenticationMethod| {
            let mut client = sample::client(id);
            client.authentication = authentication;
            client.keys = ClientKeys::registered(Forger::get().keys());
            client
        };
        let secret = SecretSlice::from(MAC_SECRET.to_vec());
        let mut fapi = with("fapi", AuthenticationMethod::PrivateKeyJwt);
        fapi.protocol.profile = Profile::Fapi2;
        let mut legacy = with("legacy", AuthenticationMethod::PrivateKeyJwt);
        legacy.protocol.assertions.legacy_audience = true;
        legacy.protocol.assertions.algorithm = Some(SignatureAlgorithm::RS256);
        let clients = Clients::new(vec![
            sample::client("basic"),
            with("posts", AuthenticationMethod::SecretPost(sha256(SECRET.as_bytes()))),
            with("macs", AuthenticationMethod::SecretJwt(Arc::new(secret))),
            with("signs", AuthenticationMethod::PrivateKeyJwt),
            with("open", AuthenticationMethod::None),
            fapi,
            legacy,
        ]);
        let store = Store::Memory(MemoryStore::new(fx.clone(), 10_000));
        let shelves = Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone());
        Self { clients, shelves, fx, clock }
    }

    async fn try_with(&self, presented: Presented<'_>) -> Result<String, AuthenticationFault> {
        Authenticator {
            clients: &self.clients,
            issuer: ISSUER,
            shelves: &self.shelves,
            authorities: None,
            fx: &self.fx,
        }
        .authenticate(&presented)
        .await
        .map(|client| client.client().id.as_str().to_owned())
    }

    async fn try_assertion(&self, token: &str) -> Result<String, AuthenticationFault> {
        self.try_with(Presented {
            assertion_type: Some(ASSERTION_TYPE),
            assertion: Some(token),
            ..Presented::default()
        })
        .await
    }
}

/// The claims of a good assertion of `client` with some replaced; `null` removes one.
fn claims(client: &str, changes: &Value) -> Value {
    let mut claims = json!({
        "iss": client, "sub": client, "aud": ISSUER, "exp": NOW + 60, "iat": NOW, "jti": "one",
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn signed_by(client: &str, algorithm: SignatureAlgorithm, changes: &Value) -> String {
    Forger::get().sign(algorithm, &json!({"typ": "JWT"}), &claims(client, changes))
}

fn assertion(changes: &Value) -> String {
    signed_by("signs", SignatureAlgorithm::ES256, changes)
}

/// Refused, and the operator is told why.
fn told(outcome: &Result<String, AuthenticationFault>) -> bool {
    use AuthenticationFault::{Keys, Refused, Token};
    matches!(outcome, Err(Refused(_) | Token(_) | Keys(_)))
}

fn refused(outcome: &Result<String, AuthenticationFault>) -> bool {
    told(outcome) || matches!(outcome, Err(AuthenticationFault::TooMany))
}

fn basic_header(id: &str, secret: &str) -> String {
    let form =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", form(id), form(secret))))
}

#[tokio::test]
async fn a_secret_is_accepted_by_the_registered_method_alone() {
    let world = World::new();
    let header = basic_header("basic", SECRET);
    let basic = Presented { authorization: Some(&header), ..Presented::default() };
    assert_eq!(world.try_with(basic).await.unwrap(), "basic");

    let post =
        Presented { client_id: Some("posts"), client_secret: Some(SECRET), ..Presented::default() };
    assert_eq!(world.try_with(post).await.unwrap(), "posts");

    assert!(refused(&world.try_with(Presented { client_id: Some("basic"), ..post }).await));
    for other in ["posts", "signs", "nobody"] {
        let header = basic_header(other, SECRET);
        let basic = Presented { authorization: Some(&header), ..Presented::default() };
        assert!(refused(&world.try_with(basic).await), "{other}");
    }
}

#[tokio::test]
async fn a_wrong_empty_or_missing_proof_is_refused() {
    let world = World::new();
    let headers = [
        basic_header("basic", "wrong"),
        basic_header("basic", ""),
        basic_header("", ""),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic %%%".to_owned(),
        format!("Basic {}", STANDARD.encode("basic")),
        format!("Basic {}", STANDARD.encode("basic:%zz")),
        "Bearer abc".to_owned(),
    ];
    for header in &headers {
        let basic = Presented { authorization: Some(header), ..Presented::default() };
        assert!(refused(&world.try_with(basic).await), "{header}");
    }
    let nothing = Presented { client_id: Some("basic"), ..Presented::default() };
    assert!(refused(&world.try_with(nothing).await));
}

#[tokio::test]
async fn two_methods_in_one_request_are_refused_even_when_both_are_right() {
    let world = World::new();
    let header = basic_header("basic", SECRET);
    let both = Presented {
        authorization: Some(&header),
        client_secret: Some(SECRET),
        ..Presented::default()
    };
    assert!(matches!(world.try_with(both).await, Err(AuthenticationFault::Several)));
    let token = assertion(&json!({}));
    let both = Presented {
        authorization: Some(&header),
        assertion_type: Some(ASSERTION_TYPE),
        assertion: Some(&token),
        ..Presented::default()
    };
    assert!(matches!(world.try_with(both).await, Err(AuthenticationFault::Several)));
    assert!(world.try_assertion(&token).await.is_ok(), "the refusal used nothing up");
}

#[tokio::test]
async fn a_client_id_that_names_another_client_is_refused() {
    let world = World::new();
    let header = basic_header("basic", SECRET);
    let other = Presented {
        authorization: Some(&header),
        client_id: Some("posts"),
        ..Presented::default()
    };
    assert!(refused(&world.try_with(other).await));
}

#[tokio::test]
async fn an_assertion_is_accepted_once() {
    let world = World::new();
    let token = assertion(&json!({}));
    assert_eq!(world.try_assertion(&token).await.unwrap(), "signs");
    assert!(refused(&world.try_assertion(&token).await));
    world.clock.advance(Duration::from_secs(69));
    assert!(refused(&world.try_assertion(&token).await), "remembered as long as it is acceptable");
    let array = assertion(&json!({"aud": [ISSUER], "jti": "two", "exp": NOW + 200}));
    assert_eq!(world.try_assertion(&array).await.unwrap(), "signs");
}

#[tokio::test]
async fn an_assertion_with_a_wrong_claim_is_refused() {
    let world = World::new();
    let cases = [
        json!({"iss": "basic"}),
        json!({"sub": "basic"}),
        json!({"iss": "basic", "sub": "basic"}),
        json!({"iss": "nobody", "sub": "nobody"}),
        json!({"aud": "https://broker.test/"}),
        json!({"aud": "https://broker.test/token"}),
        json!({"aud": "HTTPS://broker.test"}),
        json!({"aud": [ISSUER, "https://evil.test"]}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"exp": NOW - 10}),
        json!({"exp": NOW + 311}),
        json!({"exp": i64::MAX}),
        json!({"exp": i64::MIN}),
        json!({"exp": (NOW + 60).to_string()}),
        json!({"exp": null}),
        json!({"exp": 1.5}),
        json!({"nbf": NOW + 61}),
        json!({"iat": NOW + 61}),
        json!({"iat": "now"}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": "j".repeat(257)}),
        json!({"sub": null}),
        json!({"iss": null}),
    ];
    for case in &cases {
        assert!(refused(&world.try_assertion(&assertion(case)).await), "{case}");
    }
    assert!(world.try_assertion(&assertion(&json!({}))).await.is_ok(), "the jti is unused");
}

#[tokio::test]
async fn every_forged_assertion_is_refused() {
    let world = World::new();
    for client in ["signs", "fapi"] {
        let sound = Sound {
            header: json!({"typ": "client-authentication+jwt"}),
            claims: claims(client, &json!({})),
            required: &["iss", "sub", "aud", "exp", "jti"],
            types: &["JWT", "client-authentication+jwt"],
        };
        for (class, what, token) in Forger::get().refused(&sound) {
            assert!(refused(&world.try_assertion(&token).await), "{client}, {class}: {what}");
        }
        let genuine = Forger::get().sign(SignatureAlgorithm::ES256, &sound.header, &sound.claims);
        assert_eq!(world.try_assertion(&genuine).await.unwrap(), client, "the jti is unused");
    }
}

#[tokio::test]
async fn a_profile_and_a_registration_say_how_assertions_are_signed() {
    for (client, algorithm, accepted) in [
        ("signs", SignatureAlgorithm::RS256, true),
        ("signs", SignatureAlgorithm::PS256, true),
        ("signs", SignatureAlgorithm::EdDSA, true),
        ("fapi", SignatureAlgorithm::RS256, false),
        ("fapi", SignatureAlgorithm::PS256, true),
        ("fapi", SignatureAlgorithm::ES256, true),
        ("fapi", SignatureAlgorithm::EdDSA, true),
        ("legacy", SignatureAlgorithm::RS256, true),
        ("legacy", SignatureAlgorithm::PS256, false),
    ] {
        let token = signed_by(client, algorithm, &json!({}));
        let outcome = World::new().try_assertion(&token).await;
        assert_eq!(outcome.is_ok(), accepted, "{client} {algorithm:?}");
    }
}

#[tokio::test]
async fn the_audience_is_the_issuer_as_strictly_as_the_profile_says() {
    let endpoint = format!("{ISSUER}/token");
    for (client, audience, accepted) in [
        ("signs", json!([ISSUER]), true),
        ("fapi", json!([ISSUER]), false),
        ("fapi", json!(ISSUER), true),
        ("fapi", json!(endpoint), false),
        ("fapi", json!(format!("{ISSUER}/par")), false),
        ("signs", json!(endpoint), false),
        ("legacy", json!(endpoint), true),
        ("legacy", json!([endpoint]), true),
        ("legacy", json!([endpoint, ISSUER]), false),
        ("legacy", json!(format!("{ISSUER}/par")), false),
    ] {
        let token = signed_by(client, SignatureAlgorithm::RS256, &json!({"aud": audience}));
        let other = signed_by(client, SignatureAlgorithm::ES256, &json!({"aud": audience}));
        let token = if client == "legacy" { token } else { other };
        let outcome = World::new().try_assertion(&token).await;
        assert_eq!(outcome.is_ok(), accepted, "{client} {audience}");
    }
}

#[tokio::test]
async fn a_clock_may_be_a_little_fast() {
    for (changes, accepted) in [
        (json!({"nbf": NOW + 8, "iat": NOW + 8}), true),
        (json!({"nbf": NOW + 61, "iat": NOW + 61, "exp": NOW + 120}), false),
        (json!({"exp": NOW + 300}), true),
        (json!({"exp": NOW + 600}), false),
        (json!({"exp": NOW - 300}), false),
        (json!({"iat": null}), true),
    ] {
        let token = signed_by("fapi", SignatureAlgorithm::PS256, &changes);
        let outcome = World::new().try_assertion(&token).await;
        assert_eq!(outcome.is_ok(), accepted, "{changes}");
    }
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_an_assertion_one_succeeds() {
    let world = Arc::new(World::new());
    let token = assertion(&json!({}));
    let tries = (0..50).map(|_| {
        let (world, token) = (Arc::clone(&world), token.clone());
        tokio::spawn(async move { world.try_assertion(&token).await.is_ok() })
    });
    let mut accepted = 0;
    for one in tries.collect::<Vec<_>>() {
        accepted += usize::from(one.await.unwrap());
    }
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn a_secret_that_authenticates_an_assertion_serves_for_nothing_else() {
    let world = World::new();
    let mac = |name: &str, secret: &[u8]| {
        let header = base64url(json!({"alg": name}).to_string().as_bytes());
        let input =
            format!("{header}.{}", base64url(claims("macs", &json!({})).to_string().as_bytes()));
        format!("{input}.{}", base64url(&hmac_sha256(secret, input.as_bytes())))
    };
    assert!(refused(
        &world.try_assertion(&mac("HS256", b"another secret of thirty-two octets")).await
    ));
    assert!(refused(&world.try_assertion(&mac("HS512", MAC_SECRET)).await));
    let signed = signed_by("macs", SignatureAlgorithm::ES256, &json!({}));
    assert!(refused(&world.try_assertion(&signed).await), "not its method");
    let header = basic_header("macs", std::str::from_utf8(MAC_SECRET).unwrap());
    let basic = Presented { authorization: Some(&header), ..Presented::default() };
    assert!(refused(&world.try_with(basic).await), "not its method either");
    let good = mac("HS256", MAC_SECRET);
    assert_eq!(world.try_assertion(&good).await.unwrap(), "macs");
    assert!(refused(&world.try_assertion(&good).await), "used");
    // And who registered a key is not served for a MAC, whatever it is keyed with.
    let forged = good.replace("macs", "signs");
    assert!(refused(&world.try_assertion(&forged).await));
}

#[tokio::test]
async fn a_key_of_another_client_proves_nothing() {
    let mut world = World::new();
    let stranger = Forger::new();
    let token = stranger.sign(SignatureAlgorithm::ES256, &json!({}), &claims("signs", &json!({})));
    assert!(refused(&world.try_assertion(&token).await));
    let mut other = sample::client("signs");
    other.authentication = AuthenticationMethod::PrivateKeyJwt;
    assert!(other.keys.is_none());
    world.clients = Clients::new(vec![other]);
    let token = assertion(&json!({}));
    assert!(refused(&world.try_assertion(&token).await), "a client without keys");
    let set = stranger.jwks().to_string();
    let mut other = sample::client("signs");
    other.authentication = AuthenticationMethod::PrivateKeyJwt;
    other.keys = ClientKeys::registered(PublicKeys::parse(set.as_bytes()).unwrap());
    world.clients = Clients::new(vec![other]);
    assert!(refused(&world.try_assertion(&token).await));
}

#[tokio::test]
async fn an_assertion_of_another_kind_is_refused() {
    let world = World::new();
    let token = assertion(&json!({}));
    let other = Presented {
        assertion_type: Some("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        assertion: Some(&token),
        ..Presented::default()
    };
    assert!(refused(&world.try_with(other).await));
    let untyped = Presented { assertion: Some(&token), ..Presented::default() };
    assert!(refused(&world.try_with(untyped).await));
}

#[tokio::test]
async fn many_failures_are_throttled_and_lock_nobody_out() {
    let world = World::new();
    let wrong = basic_header("basic", "wrong");
    let wrong = Presented { authorization: Some(&wrong), ..Presented::default() };
    for _ in 0..20 {
        assert!(told(&world.try_with(wrong).await));
    }
    for _ in 0..3 {
        assert!(matches!(world.try_with(wrong).await, Err(AuthenticationFault::TooMany)));
    }
    let right = basic_header("basic", SECRET);
    let right = Presented { authorization: Some(&right), ..Presented::default() };
    assert_eq!(world.try_with(right).await.unwrap(), "basic", "the honest client goes on");
    let other = Presented { client_id: Some("posts"), ..Presented::default() };
    assert!(told(&world.try_with(other).await), "another client's failures are its own");
    world.clock.advance(Duration::from_secs(61));
    assert!(told(&world.try_with(wrong).await), "a new minute");
}

#[tokio::test]
async fn guesses_in_unknown_names_are_answered_like_those_in_known_ones() {
    for name in ["basic", "nobody", "\u{e8}", ""] {
        let world = World::new();
        let header = basic_header(name, "wrong");
        let wrong = Presented { authorization: Some(&header), ..Presented::default() };
        for _ in 0..20 {
            assert!(told(&world.try_with(wrong).await), "{name}");
        }
        let more = world.try_with(wrong).await;
        assert!(matches!(more, Err(AuthenticationFault::TooMany)), "{name}");
    }
    // However many names are tried, there are no more counters than buckets.
    let world = World::new();
    for number in 0..10_000 {
        let header = basic_header(&format!("client-{number}"), "wrong");
        let wrong = Presented { authorization: Some(&header), ..Presented::default() };
        assert!(told(&world.try_with(wrong).await), "{number}");
    }
    assert!(world.shelves.walk(Shelf::Rate).await.unwrap() <= 4096);
}
