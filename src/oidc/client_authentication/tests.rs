//! Every method, and what must not pass for one (attacks OP-CA-1 to OP-CA-5).

use std::time::Duration;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Value, json};

use super::*;
use crate::crypto::jose::{Signer, SigningAlgorithm};
use crate::crypto::sealing::Sealer;
use crate::effects::ScriptedClock;
use crate::oidc::client::ClientKey;
use crate::oidc::sample::{self, SECRET};
use crate::state::{MemoryStore, Store};

const NOW: i64 = 1_795_000_000;
const ISSUER: &str = "https://broker.test";

struct World {
    clients: Clients,
    shelves: Shelves,
    fx: Effects,
    clock: Arc<ScriptedClock>,
    key: Signer,
}

impl World {
    fn new() -> Self {
        let (fx, clock) = Effects::scripted(NOW, 7);
        let key = SigningAlgorithm::ES256;
        let key = Signer::from_pkcs8(key, &Signer::generate(key).unwrap()).unwrap();
        let jwk: Jwk = serde_json::from_value(key.jwk().clone()).unwrap();
        let mut posts = sample::client("posts");
        posts.authentication = AuthenticationMethod::SecretPost(sha256(SECRET.as_bytes()));
        let mut signs = sample::client("signs");
        signs.authentication = AuthenticationMethod::PrivateKeyJwt;
        signs.keys = Arc::new([ClientKey {
            kid: Some(key.kid().to_owned()),
            algorithm: Algorithm::ES256,
            key: DecodingKey::from_jwk(&jwk).unwrap(),
        }]);
        let store = Store::Memory(MemoryStore::new(fx.clone(), 1000));
        let shelves = Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone());
        let clients = Clients::new(vec![sample::client("basic"), posts, signs]);
        Self { clients, shelves, fx, clock, key }
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

    /// A good assertion with some claims replaced; `null` removes one.
    fn assertion(&self, changes: &Value) -> String {
        let mut claims = json!({
            "iss": "signs", "sub": "signs", "aud": ISSUER, "exp": NOW + 60, "iat": NOW, "jti": "one",
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        self.key.sign(claims.to_string().as_bytes()).unwrap()
    }
}

fn refused(outcome: &Result<String, AuthenticationFault>) -> bool {
    matches!(outcome, Err(AuthenticationFault::Refused(_)))
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
    let token = world.assertion(&json!({}));
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
    let token = world.assertion(&json!({}));
    assert_eq!(world.try_assertion(&token).await.unwrap(), "signs");
    assert!(refused(&world.try_assertion(&token).await));
    world.clock.advance(Duration::from_secs(110));
    assert!(refused(&world.try_assertion(&token).await), "remembered as long as it is acceptable");
    let array = world.assertion(&json!({"aud": [ISSUER], "jti": "two", "exp": NOW + 200}));
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
        json!({"exp": NOW - 60}),
        json!({"exp": NOW + 661}),
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
        assert!(refused(&world.try_assertion(&world.assertion(case)).await), "{case}");
    }
    assert!(world.try_assertion(&world.assertion(&json!({}))).await.is_ok(), "the jti is unused");
}

/// The same claims under another header, signed by nobody or by the wrong kind of key.
#[tokio::test]
async fn an_assertion_with_another_header_or_signature_is_refused() {
    let world = World::new();
    let good = world.assertion(&json!({}));
    let mut parts = good.split('.');
    let (_, payload, signature) =
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let kid = world.key.kid();
    let headers = [
        json!({"alg": "none"}).to_string(),
        json!({"alg": "None"}).to_string(),
        json!({"alg": "HS256", "kid": kid}).to_string(),
        json!({"alg": "ES256", "kid": "../../etc/passwd"}).to_string(),
        json!({"alg": "ES256", "kid": kid, "crit": ["b64"], "b64": false}).to_string(),
        json!({"alg": "ES256", "jku": "https://evil.test/jwks"}).to_string(),
        json!({"alg": "ES256", "jwk": world.key.jwk()}).to_string(),
        json!({"alg": "ES256", "typ": "entity-statement+jwt"}).to_string(),
        format!(r#"{{"alg":"ES256","alg":"ES256","kid":"{kid}"}}"#),
    ];
    for header in &headers {
        let header = URL_SAFE_NO_PAD.encode(header);
        for signature in [signature, ""] {
            let token = format!("{header}.{payload}.{signature}");
            assert!(refused(&world.try_assertion(&token).await), "{header}");
        }
    }
    let stranger = Signer::generate(SigningAlgorithm::ES256).unwrap();
    let stranger = Signer::from_pkcs8(SigningAlgorithm::ES256, &stranger).unwrap();
    let forged = stranger.sign(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert!(refused(&world.try_assertion(&forged).await));
    for shape in ["", "..", "a.b", "a.b.c.d", &format!("{good}."), &".".repeat(100_000)] {
        assert!(refused(&world.try_assertion(shape).await));
    }
    let twice = format!(
        r#"{{"iss":"signs","sub":"basic","sub":"signs","aud":"{ISSUER}","exp":{},"jti":"d"}}"#,
        NOW + 60
    );
    let twice = world.key.sign(twice.as_bytes()).unwrap();
    assert!(refused(&world.try_assertion(&twice).await), "a claim came twice");
    assert!(world.try_assertion(&good).await.is_ok());
}

#[tokio::test]
async fn an_assertion_of_another_kind_is_refused() {
    let world = World::new();
    let token = world.assertion(&json!({}));
    let other = Presented {
        assertion_type: Some("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        assertion: Some(&token),
        ..Presented::default()
    };
    assert!(refused(&world.try_with(other).await));
    let untyped = Presented { assertion: Some(&token), ..Presented::default() };
    assert!(refused(&world.try_with(untyped).await));
}
