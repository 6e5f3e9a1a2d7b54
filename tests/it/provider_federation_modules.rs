//! The modules of the OpenID Foundation's plan for providers that joined a federation
//! (`openid-federation-entity-joined-to-test-federation-op-test-plan`), each under its own name without
//! `openid-federation-automatic-client-registration-`, played in this process.
//!
//! Not the Foundation's suite. `docs/reference/federation.md` has the table.

use serde_json::{Value, json};

use crate::prover::Prover;
use crate::provider_federation_world::{RP, World};
use crate::provider_world::{ISSUER, NOW, Reply};

/// The broker answered with a login that belongs to the relying party, and the ID token is for it alone.
async fn signs_in(world: &World, reply: &Reply) {
    assert_eq!(reply.status, 303, "{reply:?}");
    let claims = world.tokens(reply).await;
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!(RP), &json!(ISSUER)));
    assert_eq!(claims["nonce"], "a nonce");
}

/// The object is refused by a page, and nobody is asked for anything on its account.
async fn refused(world: &World, object: &str) {
    let reply = world.authorize(object).await;
    World::is_page(&reply, "VARCO-0124");
}

/// The same object with one claim changed or, by null, left out: refused before anybody was asked.
async fn refused_with(changes: &Value) {
    let world = World::new();
    let mut claims = world.claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    refused(&world, &world.object(&claims)).await;
    assert_eq!(world.outbound.asked(), [] as [String; 0]);
    assert!(!world.is_known());
}

#[actix_web::test]
async fn with_jar_and_get() {
    let world = World::new();
    let reply = world.authorize(&world.object(&world.claims())).await;
    signs_in(&world, &reply).await;
}

#[actix_web::test]
async fn with_jar_and_post() {
    let world = World::new();
    let reply = world.authorize_by_post(&world.object(&world.claims())).await;
    signs_in(&world, &reply).await;
}

#[actix_web::test]
async fn with_par() {
    let world = World::new();
    let pushed = world.push(&world.object(&world.claims())).await;
    assert_eq!(pushed.status, 201, "{pushed:?}");
    let pushed = pushed.json();
    assert!(pushed["expires_in"].as_u64().unwrap() > 0);
    let uri = pushed["request_uri"].as_str().unwrap();
    let query = crate::provider_world::form(&[("client_id", RP), ("request_uri", uri)]);
    let reply = world.node.get(&format!("/authorize?{query}")).await;
    signs_in(&world, &reply).await;
}

#[actix_web::test]
async fn with_jar_and_get_and_trust_chain() {
    let world = World::new();
    let reply = world.authorize(&world.object_with_chain()).await;
    signs_in(&world, &reply).await;
    assert_eq!(world.outbound.asked(), [] as [String; 0], "everything was brought");
}

#[actix_web::test]
async fn with_jar_and_post_and_trust_chain() {
    let world = World::new();
    let mut claims = world.claims();
    claims["trust_chain"] = json!(world.chain());
    let reply = world.authorize_by_post(&world.object(&claims)).await;
    signs_in(&world, &reply).await;
    assert_eq!(world.outbound.asked(), [] as [String; 0], "everything was brought");
}

#[actix_web::test]
async fn with_par_and_trust_chain() {
    let world = World::new();
    let pushed = world.push(&world.object_with_chain()).await;
    assert_eq!(pushed.status, 201, "{pushed:?}");
    let pushed = pushed.json();
    let uri = pushed["request_uri"].as_str().unwrap();
    let query = crate::provider_world::form(&[("client_id", RP), ("request_uri", uri)]);
    let reply = world.node.get(&format!("/authorize?{query}")).await;
    signs_in(&world, &reply).await;
    assert_eq!(world.outbound.asked(), [] as [String; 0], "everything was brought");
}

#[actix_web::test]
async fn invalid_client_id_in_request_object() {
    refused_with(&json!({"iss": "https://nobody.test", "client_id": "https://nobody.test"})).await;
}

#[actix_web::test]
async fn invalid_client_id_in_query_parameters() {
    let world = World::new();
    let object = world.object(&world.claims());
    let query = crate::provider_world::form(&[
        ("client_id", "https://nobody.test"),
        ("response_type", "code"),
        ("request", &object),
    ]);
    let reply = world.node.get(&format!("/authorize?{query}")).await;
    World::is_page(&reply, "VARCO-0124");
    assert_eq!(world.outbound.asked(), [] as [String; 0]);
}

#[actix_web::test]
async fn invalid_signature_on_request_object() {
    let world = World::new();
    let object = world.object(&world.claims());
    let (input, signature) = object.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    refused(&world, &format!("{input}.{first}{}", signature.split_at(1).1)).await;
}

#[actix_web::test]
async fn invalid_signature_with_other_keys_on_request_object() {
    let world = World::new();
    let other = Prover::new();
    refused(&world, &other.sign(&world.header(), &world.claims())).await;
    let named = json!({"typ": "oauth-authz-req+jwt", "alg": "ES256", "kid": other.thumbprint()});
    refused(&world, &other.sign(&named, &world.claims())).await;
    // The federation key is no key of the protocol.
    let named =
        json!({"typ": "oauth-authz-req+jwt", "alg": "ES256", "kid": world.federation.thumbprint()});
    refused(&world, &world.federation.sign(&named, &world.claims())).await;
}

#[actix_web::test]
async fn invalid_request_object_exp() {
    refused_with(&json!({"exp": NOW - 300})).await;
}

#[actix_web::test]
async fn invalid_request_object_iss() {
    refused_with(&json!({"iss": "https://other.test"})).await;
}

#[actix_web::test]
async fn invalid_request_object_aud() {
    refused_with(&json!({"aud": "https://other.test"})).await;
    refused_with(&json!({"aud": [ISSUER, "https://other.test"]})).await;
}

#[actix_web::test]
async fn invalid_request_object_sub() {
    refused_with(&json!({"sub": RP})).await;
}

#[actix_web::test]
async fn invalid_missing_request_object_jti() {
    refused_with(&json!({"jti": null})).await;
}

#[actix_web::test]
async fn invalid_missing_request_object_exp() {
    refused_with(&json!({"exp": null})).await;
}

#[actix_web::test]
async fn invalid_missing_request_object_iss() {
    refused_with(&json!({"iss": null})).await;
}

#[actix_web::test]
async fn invalid_missing_request_object_aud() {
    refused_with(&json!({"aud": null})).await;
}

#[actix_web::test]
async fn invalid_duplicate_request_object_jti() {
    let world = World::new();
    let claims = world.claims();
    assert_eq!(world.authorize(&world.object(&claims)).await.status, 303);
    refused(&world, &world.object(&claims)).await;
}

#[actix_web::test]
async fn expect_entity_configuration_request() {
    let world = World::new();
    world.authorize(&world.object(&world.claims())).await;
    let own = format!("{RP}/.well-known/openid-federation");
    assert!(world.outbound.asked().contains(&own), "{:?}", world.outbound.asked());
}

#[actix_web::test]
async fn invalid_iss_in_entity_configuration() {
    let world = World::new();
    let mut configuration = world.configuration();
    configuration["iss"] = "https://other.test".into();
    world.say(&configuration);
    let reply = world.authorize(&world.object(&world.claims())).await;
    World::is_page(&reply, "VARCO-1505");
    assert!(!world.is_known());
}
