//! Userinfo and ID tokens as a client registers them: signed, encrypted, both; and the challenge for a
//! higher level (RFC 9470).

use std::sync::Arc;

use serde_json::Value;
use varco::effects::Effects;
use varco::oidc::ClientKeys;
use varco::oidc::client::{Client, ClientMetadata, Clients};
use varco::terms::Level;

use crate::provider_world::{ISSUER, NOW, Node, Reply, at_hash, client, metadata, verified};
use crate::receiver::Receiver;

fn node(changes: impl FnOnce(&mut ClientMetadata), keys: ClientKeys) -> Node {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let mut metadata = metadata("inps");
    changes(&mut metadata);
    let inps = Client { protocol: metadata.check().unwrap(), keys, ..client("inps") };
    node.broker.clients.store(Arc::new(Clients::new(vec![inps])));
    node
}

async fn login(node: &Node) -> Value {
    let reply = node.redeem("inps", &node.code("inps", &[]).await, &[]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn userinfo(node: &Node, tokens: &Value) -> Reply {
    node.userinfo(tokens["access_token"].as_str().unwrap()).await
}

#[actix_web::test]
async fn userinfo_is_signed_for_who_registered_that() {
    for algorithm in ["RS256", "PS256", "ES256"] {
        let signed = |metadata: &mut ClientMetadata| {
            metadata.userinfo_signed_response_alg = Some(algorithm.to_owned());
        };
        let node = node(signed, ClientKeys::None);
        let tokens = login(&node).await;
        let reply = userinfo(&node, &tokens).await;
        assert_eq!(reply.header("content-type"), Some("application/jwt"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let header = jsonwebtoken::decode_header(&reply.body).unwrap();
        assert_eq!(format!("{:?}", header.alg), algorithm);
        let claims = verified(&node, &reply.body).await;
        assert_eq!((&claims["iss"], &claims["aud"]), (&ISSUER.into(), &"inps".into()));
        let id_token = verified(&node, tokens["id_token"].as_str().unwrap()).await;
        assert_eq!((&claims["sub"], &claims["given_name"]), (&id_token["sub"], &"Mario".into()));
    }
}

#[actix_web::test]
async fn what_is_encrypted_only_its_receiver_reads() {
    let receiver = Receiver::new();
    let encrypted = |signed: bool| {
        move |metadata: &mut ClientMetadata| {
            let (alg, enc) = (Some("ECDH-ES".to_owned()), Some("A256GCM".to_owned()));
            metadata.id_token_encrypted_response_alg.clone_from(&alg);
            metadata.id_token_encrypted_response_enc.clone_from(&enc);
            metadata.userinfo_encrypted_response_alg = alg;
            metadata.userinfo_encrypted_response_enc = enc;
            metadata.userinfo_signed_response_alg = signed.then(|| "ES256".to_owned());
        }
    };
    for signed in [true, false] {
        let node = node(encrypted(signed), receiver.keys());
        let tokens = login(&node).await;
        let (header, id_token) = receiver.open(tokens["id_token"].as_str().unwrap());
        assert_eq!((&header["cty"], &header["kid"]), (&"JWT".into(), &"enc-1".into()));
        let id_token = verified(&node, std::str::from_utf8(&id_token).unwrap()).await;
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(id_token["at_hash"], at_hash(access));
        let reply = userinfo(&node, &tokens).await;
        assert_eq!(reply.header("content-type"), Some("application/jwt"));
        let (header, plain) = receiver.open(&reply.body);
        let claims = if signed {
            assert_eq!(header["cty"], "JWT");
            verified(&node, std::str::from_utf8(&plain).unwrap()).await
        } else {
            assert!(header.get("cty").is_none());
            serde_json::from_slice::<Value>(&plain).unwrap()
        };
        assert_eq!((&claims["sub"], &claims["given_name"]), (&id_token["sub"], &"Mario".into()));
    }
    let node = node(encrypted(true), ClientKeys::None);
    let reply = node.redeem("inps", &node.code("inps", &[]).await, &[]).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_request"));
    assert!(reply.body.contains("VARCO-0219") && !reply.body.contains("id_token"), "{reply:?}");
}

#[actix_web::test]
async fn a_client_that_demands_more_now_is_told_what_to_ask_for() {
    let node = node(|_| (), ClientKeys::None);
    let tokens = login(&node).await;
    assert_eq!(userinfo(&node, &tokens).await.status, 200);
    let stricter = Client { minimum_level: Level::L3, ..client("inps") };
    node.broker.clients.store(Arc::new(Clients::new(vec![stricter])));
    let reply = userinfo(&node, &tokens).await;
    assert_eq!((reply.status, reply.error().as_str()), (401, "insufficient_user_authentication"));
    let challenge = reply.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer "), "{challenge}");
    assert!(challenge.contains(r#"error="insufficient_user_authentication""#), "{challenge}");
    assert!(challenge.ends_with(r#"acr_values="https://www.spid.gov.it/SpidL3""#), "{challenge}");
    assert!(!reply.body.contains("Mario"));
}
