//! Clients that prove themselves by an assertion, over HTTP: once, at whichever node, with keys that they
//! registered or publish (attacks OP-CA-4, OP-CA-6, OP-CO-6).

use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::json;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::jwk::PublicKeys;
use varco::crypto::signer::LocalKey;
use varco::effects::{Effects, FetchUrl};
use varco::oidc::client::AuthenticationMethod;
use varco::oidc::{ClientKeys, Clients};
use varco::state::{RedisStore, Store};

use crate::fixture_redis::{RedisServer, settings};
use crate::provider_world::{FORM, ISSUER, Node, Reply, basic, client, form};

fn key() -> LocalKey {
    let algorithm = SigningAlgorithm::ES256;
    LocalKey::from_pkcs8(algorithm, &LocalKey::generate(algorithm).unwrap()).unwrap()
}

fn set(key: &LocalKey) -> String {
    json!({"keys": [key.jwk()]}).to_string()
}

/// From now on `inps` proves itself with these keys.
fn register(node: &Node, keys: ClientKeys) {
    let mut inps = client("inps");
    inps.authentication = AuthenticationMethod::PrivateKeyJwt;
    inps.keys = keys;
    node.broker.clients.store(Arc::new(Clients::new(vec![inps])));
}

fn assertion(key: &LocalKey, fx: &Effects, id: &str) -> String {
    let end = fx.now().unix_seconds() + 60;
    let claims = json!({"iss": "inps", "sub": "inps", "aud": ISSUER, "exp": end, "jti": id});
    key.sign(claims.to_string().as_bytes()).unwrap()
}

/// A code that is none: `invalid_grant` says that the client was believed.
async fn show(node: &Node, assertion: &str) -> Reply {
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("code", &"0".repeat(40)),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ]);
    node.send(&format!("POST /token HTTP/1.1\r\n{FORM}"), &body).await
}

#[actix_web::test]
async fn of_fifty_parallel_uses_of_an_assertion_at_two_nodes_one_succeeds() {
    let (redis, fx, key) = (RedisServer::start(&[]), Effects::real(), key());
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let store = RedisStore::connect(&settings(redis.url())).await.unwrap();
        let node = Node::on(Store::Redis(Box::new(store)), &fx);
        let keys = PublicKeys::parse(set(&key).as_bytes()).unwrap();
        register(&node, ClientKeys::registered(keys));
        nodes.push(Arc::new(node));
    }
    let token = assertion(&key, &fx, "one");
    let tries: Vec<_> = (0..50)
        .map(|number| {
            let (node, token) = (Arc::clone(&nodes[number % 2]), token.clone());
            actix_web::rt::spawn(async move { show(&node, &token).await.error() })
        })
        .collect();
    let mut believed = 0;
    for one in tries {
        match one.await.unwrap().as_str() {
            "invalid_grant" => believed += 1,
            other => assert_eq!(other, "invalid_client"),
        }
    }
    assert_eq!(believed, 1);
    // All of them failed in one client's name, at two nodes: too many, and another assertion is right.
    let again = show(&nodes[0], &token).await;
    assert_eq!((again.status, again.header("retry-after")), (429, Some("60")));
    assert_eq!(show(&nodes[1], &assertion(&key, &fx, "two")).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn a_client_that_publishes_its_keys_is_believed_while_its_server_is_away() {
    let (fx, first) = (Effects::real(), key());
    let document = set(&first);
    let server = HttpServer::new(move || {
        let document = document.clone();
        let served = move || {
            let document = document.clone();
            async move { HttpResponse::Ok().body(document) }
        };
        App::new().route("/jwks", web::get().to(served))
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let node = Node::in_memory(&fx);
    let uri = FetchUrl::parse(&format!("http://{address}/jwks"), &[], true).unwrap();
    register(&node, ClientKeys::published(uri));
    assert_eq!(show(&node, &assertion(&first, &fx, "a")).await.error(), "invalid_grant");
    let stranger = show(&node, &assertion(&key(), &fx, "b")).await;
    assert_eq!((stranger.status, stranger.error().as_str()), (401, "invalid_client"));
    handle.stop(false).await;
    let known = show(&node, &assertion(&first, &fx, "c")).await;
    assert_eq!(known.error(), "invalid_grant", "the server is away, the keys are known");
    let secret = node.token(&basic("inps", "a secret of thirty-two octets, or more"), "").await;
    assert_eq!((secret.status, secret.error().as_str()), (401, "invalid_client"), "no downgrade");
}
