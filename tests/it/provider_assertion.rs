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

use crate::provider_world::{
    FORM, ISSUER, NOW, Node, Reply, basic, client, fifty, form, one_of_fifty,
};

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

/// OP-CA-4.
async fn fifty_at_once(what: &str, nodes: Vec<Node>, fx: &Effects) {
    let key = key();
    let nodes: Vec<Arc<Node>> = nodes.into_iter().map(Arc::new).collect();
    for node in &nodes {
        let keys = PublicKeys::parse(set(&key).as_bytes()).unwrap();
        register(node, ClientKeys::registered(keys));
    }
    one_of_fifty(what, 5, async |round| {
        let token = assertion(&key, fx, &format!("round {round}"));
        let showing = |node: Arc<Node>| {
            let token = token.clone();
            async move { show(&node, &token).await.error() }
        };
        let said = fifty(&nodes, showing).await;
        let believed = said.iter().filter(|error| *error == "invalid_grant").count();
        let refused = said.iter().filter(|error| *error == "invalid_client").count();
        assert_eq!(believed + refused, 50, "{said:?}");
        believed
    })
    .await;
    // All of them failed in one client's name, at all nodes: too many, and another assertion is right.
    let again = show(&nodes[0], &assertion(&key, fx, "round 0")).await;
    assert_eq!((again.status, again.header("retry-after")), (429, Some("60")));
    let other = show(nodes.last().unwrap(), &assertion(&key, fx, "another")).await;
    assert_eq!(other.error(), "invalid_grant");
}

#[actix_web::test]
async fn of_fifty_parallel_uses_of_an_assertion_at_one_node_one_succeeds() {
    let (fx, _) = Effects::scripted(NOW, 1);
    fifty_at_once("assertion, memory", vec![Node::in_memory(&fx)], &fx).await;
}

#[actix_web::test]
async fn of_fifty_parallel_uses_of_an_assertion_at_two_nodes_one_succeeds() {
    let fx = Effects::real();
    let (_redis, nodes) = Node::two_on_redis(&fx).await;
    fifty_at_once("assertion, two nodes", nodes, &fx).await;
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
