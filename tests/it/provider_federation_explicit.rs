//! Explicit registration at our provider, over HTTP (OpenID Federation 1.0, section 12.2; attack rows FE-ER-1
//! to FE-ER-3): what is answered, who is refused, and when nobody is asked.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::prover::Prover;
use crate::provider_federation_world::{
    ANCHOR, MARK, RP, World, fresh_key, mark, member, statement,
};
use crate::provider_world::{CALLBACK, ISSUER, NOW, Node, Reply, fifty, form};

const NOBODY: [String; 0] = [];
const CHAIN: &str = "application/trust-chain+json";
const CONFIGURATION: &str = "application/entity-statement+jwt";

fn claims_of(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

/// The chain of `world` that begins with what it sends.
fn sent(world: &World, petition: &Value) -> String {
    let [_, about, top] = world.chain();
    json!([statement(&world.federation, petition), about, top]).to_string()
}

/// The claims of the answer, which holds.
async fn registered(world: &World, reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{reply:?}");
    let media_type = "application/explicit-registration-response+jwt";
    assert_eq!(reply.header("content-type"), Some(media_type));
    let header = jsonwebtoken::decode_header(&reply.body).unwrap();
    assert_eq!(header.typ.as_deref(), Some("explicit-registration-response+jwt"));
    let own = world.node.get("/.well-known/openid-federation").await.body;
    let keys = claims_of(&own)["jwks"]["keys"].clone();
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys[0].clone()).unwrap();
    assert_eq!(header.kid, key.common.key_id, "signed with the federation key");
    let mut rules = jsonwebtoken::Validation::new(header.alg);
    rules.validate_exp = false;
    rules.set_audience(&[RP]);
    let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
    jsonwebtoken::decode::<Value>(&reply.body, &key, &rules).unwrap().claims
}

/// Refused with that code and error; nobody is asked for anything, and nobody is known.
fn refused(world: &World, reply: &Reply, status: u16, error: &str, code: &str) {
    assert_eq!((reply.status, reply.error().as_str()), (status, error), "{reply:?}");
    assert_eq!(reply.json()["error_description"], code, "{reply:?}");
    assert_eq!(world.outbound.asked(), NOBODY);
    assert!(!world.is_known());
}

#[actix_web::test]
async fn a_relying_party_registers_by_its_configuration() {
    let world = World::registering(&[]);
    let claims = registered(&world, &world.register(&world.node, &world.petition()).await).await;
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(ISSUER), &json!(RP)));
    assert_eq!((&claims["aud"], &claims["iat"]), (&json!(RP), &json!(NOW)));
    assert_eq!(claims["exp"], NOW + 1800, "the end of its chain");
    assert_eq!(claims["trust_anchor"], ANCHOR);
    assert_eq!(claims["authority_hints"], json!([ANCHOR]));
    let metadata = claims["metadata"].as_object().unwrap();
    assert_eq!(metadata.keys().collect::<Vec<_>>(), ["openid_relying_party"]);
    let client = &metadata["openid_relying_party"];
    assert_eq!(client["client_id"], RP);
    assert_eq!(client["redirect_uris"], json!([CALLBACK]));
    assert_eq!(client["client_registration_types"], json!(["explicit"]));
    assert_eq!(client["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(client.get("client_secret"), None, "nobody is given a secret");

    // It is a client like any other now: its request needs no signature.
    let asked = world.outbound.asked();
    let reply = world.node.authorize(RP, &[("nonce", "a nonce")]).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    let claims = world.tokens(&reply).await;
    assert_eq!(claims["aud"], RP);
    assert_eq!(world.outbound.asked(), asked);
}

#[actix_web::test]
async fn a_relying_party_registers_by_its_chain_without_anybody_being_asked() {
    let world = World::registering(&[]);
    let reply = world.post(&world.node, CHAIN, &sent(&world, &world.petition())).await;
    registered(&world, &reply).await;
    assert_eq!(world.outbound.asked(), NOBODY);
    assert!(world.is_known());
}

#[actix_web::test]
async fn explicit_registration_is_off_unless_it_is_switched_on() {
    let world = World::new();
    let reply = world.register(&world.node, &world.petition()).await;
    assert_eq!(reply.status, 404);
    assert_eq!(world.outbound.asked(), NOBODY);
    let discovery = world.node.get("/.well-known/openid-configuration").await.json();
    assert_eq!(discovery.get("federation_registration_endpoint"), None);

    let world = World::registering(&[]);
    let discovery = world.node.get("/.well-known/openid-configuration").await.json();
    let at = format!("{ISSUER}/federation/register");
    assert_eq!(discovery["federation_registration_endpoint"], at);
    let types = json!(["automatic", "explicit"]);
    assert_eq!(discovery["client_registration_types_supported"], types);
    let own = claims_of(&world.node.get("/.well-known/openid-federation").await.body);
    let provider = &own["metadata"]["openid_provider"];
    assert_eq!(provider["federation_registration_endpoint"], at);
    assert_eq!(provider["client_registration_types_supported"], types);
    assert_eq!(world.node.get("/federation/register").await.status, 405);
}

#[actix_web::test]
async fn a_configuration_that_is_not_for_us_alone_registers_nobody() {
    for (name, value) in [
        ("aud", Value::Null),
        ("aud", json!("https://other.test")),
        ("aud", json!([ISSUER, "https://other.test"])),
        ("aud", json!([])),
        ("aud", json!(format!("{ISSUER}/"))),
        ("iss", json!("https://other.test")),
        ("sub", json!("https://other.test")),
        ("exp", json!(NOW - 3600)),
        ("exp", Value::Null),
        ("iat", json!(NOW + 3600)),
        ("iat", Value::Null),
        ("jwks", Value::Null),
        ("authority_hints", Value::Null),
        ("trust_anchor", json!(ANCHOR)),
        ("crit", json!(["aud"])),
    ] {
        let world = World::registering(&[]);
        let mut petition = world.petition();
        petition[name] = value;
        petition.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let reply = world.register(&world.node, &petition).await;
        refused(&world, &reply, 400, "invalid_request", "VARCO-1508");
        let reply = world.post(&world.node, CHAIN, &sent(&world, &petition)).await;
        refused(&world, &reply, 400, "invalid_request", "VARCO-1508");
    }
}

#[actix_web::test]
async fn a_body_of_another_kind_registers_nobody() {
    let world = World::registering(&[]);
    let petition = world.petition();
    let good = statement(&world.federation, &petition);
    let [own, about, top] = world.chain();
    let typed = |typ: &str| {
        let header = json!({"typ": typ, "alg": "ES256", "kid": world.federation.thumbprint()});
        world.federation.sign(&header, &petition)
    };
    let nameless = json!({"typ": "entity-statement+jwt", "alg": "ES256"});
    let bodies = [
        (CONFIGURATION, typed("JWT")),
        (CONFIGURATION, typed("explicit-registration-response+jwt")),
        (CONFIGURATION, world.federation.sign(&nameless, &petition)),
        (CONFIGURATION, String::new()),
        (CONFIGURATION, "no token".to_owned()),
        // What it publishes for everybody is no petition.
        (CONFIGURATION, own.clone()),
        (CHAIN, json!([own, about, top]).to_string()),
        (CHAIN, good.clone()),
        (CHAIN, json!([good]).to_string()),
        (CHAIN, json!([good, about, 7]).to_string()),
        (CHAIN, json!([good, about, about, about, about, top]).to_string()),
        (CHAIN, json!({"chain": [good, about, top]}).to_string()),
        ("application/json", good.clone()),
        ("application/jwt", good),
    ];
    for (media_type, body) in bodies {
        let reply = world.post(&world.node, media_type, &body).await;
        refused(&world, &reply, 400, "invalid_request", "VARCO-1508");
    }
    let reply = world.post(&world.node, CONFIGURATION, &"a".repeat(300 * 1024)).await;
    assert_eq!(reply.status, 413);
    assert!(!world.is_known());
}

#[actix_web::test]
async fn a_broken_chain_registers_nobody() {
    let world = World::registering(&[]);
    let petition = world.petition();
    let [_, about, top] = world.chain();
    let good = statement(&world.federation, &petition);
    let forged = statement(&Prover::new(), &claims_of(&about));
    let stolen = statement(&Prover::new(), &petition);
    let mut addressed = claims_of(&about);
    addressed["aud"] = ISSUER.into();
    let addressed = statement(&world.anchor, &addressed);
    for chain in [
        json!([good, forged, top]),
        json!([good, top, about]),
        json!([good, about, about]),
        json!([stolen, about, top]),
        json!([good, addressed, top]),
    ] {
        let reply = world.post(&world.node, CHAIN, &chain.to_string()).await;
        refused(&world, &reply, 400, "invalid_trust_chain", "VARCO-1505");
    }
    // Somebody else's key in the name of the relying party: nobody is asked about it.
    let reply = world.post(&world.node, CONFIGURATION, &stolen).await;
    refused(&world, &reply, 400, "invalid_trust_chain", "VARCO-1505");
    // With keys of its own, and the superior knows others.
    let thief = Prover::new();
    let mut claims = petition.clone();
    claims["jwks"] = json!({"keys": [thief.jwk()]});
    let reply = world.post(&world.node, CONFIGURATION, &statement(&thief, &claims)).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_trust_chain"));
    assert!(!world.is_known());
}

#[actix_web::test]
async fn a_stranger_that_registers_without_a_valid_mark_causes_no_connection() {
    let world = World::registering(&[MARK]);
    let other = Prover::new();
    let past = json!({"iat": NOW - 7200, "exp": NOW - 3600});
    let longer = json!({"trust_mark_type": format!("{MARK}/x")});
    for marks in [
        vec![],
        vec![mark(&other, &json!({}))],
        vec![mark(&world.federation, &json!({"iss": RP}))],
        vec![mark(&world.anchor, &json!({"sub": "https://other.test"}))],
        vec![mark(&world.anchor, &past)],
        vec![mark(&world.anchor, &longer)],
        vec![mark(&world.anchor, &json!({"iss": "https://other.test"}))],
    ] {
        let mut petition = world.petition();
        petition["trust_marks"] = json!(marks);
        let reply = world.register(&world.node, &petition).await;
        refused(&world, &reply, 403, "invalid_client", "VARCO-1503");
        let reply = world.post(&world.node, CHAIN, &sent(&world, &petition)).await;
        refused(&world, &reply, 403, "invalid_client", "VARCO-1503");
    }
}

#[actix_web::test]
async fn a_relying_party_that_shows_its_mark_is_searched_for_and_registered() {
    let world = World::registering(&[MARK]);
    let mut petition = world.petition();
    petition["trust_marks"] = json!([mark(&world.anchor, &json!({}))]);
    let reply = world.register(&world.node, &petition).await;
    registered(&world, &reply).await;
    let asked = world.outbound.asked();
    assert_eq!(asked.len(), 2, "the anchor twice, and not the relying party: {asked:?}");
    assert!(asked.iter().all(|address| address.starts_with(ANCHOR)), "{asked:?}");
}

#[actix_web::test]
async fn metadata_that_cannot_be_served_are_not_registered() {
    for changes in [
        json!({"client_registration_types": ["automatic"]}),
        json!({"client_registration_types": null}),
        json!({"token_endpoint_auth_method": "client_secret_basic"}),
        json!({"redirect_uris": []}),
        json!({"redirect_uris": ["http://rp.test/cb"]}),
        json!({"jwks": null}),
        json!({"client_id": "https://other.test"}),
        json!({"sector_identifier_uri": "https://rp.test/sector"}),
    ] {
        let world = World::registering(&[]);
        let mut petition = world.petition();
        let members = petition["metadata"]["openid_relying_party"].as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        let reply = world.post(&world.node, CHAIN, &sent(&world, &petition)).await;
        refused(&world, &reply, 400, "invalid_metadata", "VARCO-1507");
    }
    let world = World::registering(&[]);
    let mut petition = world.petition();
    petition["metadata"] = json!({"federation_entity": {}});
    let reply = world.post(&world.node, CHAIN, &sent(&world, &petition)).await;
    refused(&world, &reply, 400, "invalid_metadata", "VARCO-1507");
}

#[actix_web::test]
async fn a_policy_of_the_superior_shapes_what_is_registered() {
    let world = World::registering(&[]);
    let [_, about, top] = world.chain();
    let mut about = claims_of(&about);
    about["metadata_policy"] =
        json!({"openid_relying_party": {"client_name": {"value": "Nome dell'ancora"}}});
    let own = statement(&world.federation, &world.petition());
    let chain = json!([own, statement(&world.anchor, &about), top]).to_string();
    let claims = registered(&world, &world.post(&world.node, CHAIN, &chain).await).await;
    assert_eq!(claims["metadata"]["openid_relying_party"]["client_name"], "Nome dell'ancora");

    let world = World::registering(&[]);
    let mut about = claims_of(&world.chain()[1]);
    about["metadata_policy"] =
        json!({"openid_relying_party": {"redirect_uris": {"subset_of": ["https://a.test/"]}}});
    let own = statement(&world.federation, &world.petition());
    let [_, _, top] = world.chain();
    let chain = json!([own, statement(&world.anchor, &about), top]).to_string();
    let reply = world.post(&world.node, CHAIN, &chain).await;
    refused(&world, &reply, 400, "invalid_metadata", "VARCO-1507");
}

#[actix_web::test]
async fn an_older_configuration_does_not_replace_the_registration() {
    let world = World::registering(&[]);
    let old = world.petition();
    assert_eq!(world.register(&world.node, &old).await.status, 200);
    let mut new = world.petition();
    new["iat"] = (NOW + 10).into();
    new["metadata"]["openid_relying_party"]["redirect_uris"] = json!(["https://rp.test/new"]);
    world.clock.advance(Duration::from_secs(20));
    assert_eq!(world.register(&world.node, &new).await.status, 200);
    let asked = world.outbound.asked();
    let reply = world.register(&world.node, &old).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_request"), "{reply:?}");
    // Another one of the same second is not newer either.
    new["metadata"]["openid_relying_party"]["redirect_uris"] = json!([CALLBACK]);
    assert_eq!(world.register(&world.node, &new).await.status, 400);
    assert_eq!(world.outbound.asked(), asked, "nobody was asked about what is old");
    let reply = world.node.authorize(RP, &[("redirect_uri", CALLBACK)]).await;
    World::is_page(&reply, "VARCO-0102");
    let reply = world.node.authorize(RP, &[("redirect_uri", "https://rp.test/new")]).await;
    assert_eq!(reply.status, 303, "{reply:?}");
}

#[actix_web::test]
async fn the_same_configuration_registers_once_however_often_it_is_sent() {
    let world = World::registering(&[]);
    let node = Node::in_memory(&world.fx);
    member(&node, fresh_key(), &world.anchor, (&[], true), &world.fx).unwrap();
    let body = Arc::new(sent(&world, &world.petition()));
    let world = Arc::new(world);
    let shared = world.clone();
    let nodes = [Arc::new(node)];
    let statuses = fifty(&nodes, move |node| {
        let (world, body) = (shared.clone(), body.clone());
        async move { world.post(&node, CHAIN, &body).await.status }
    })
    .await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(nodes[0].broker.clients.load().federated().count(), 1);
    assert_eq!(world.outbound.asked(), NOBODY);
}

#[actix_web::test]
async fn an_explicit_registration_ends_with_its_chain() {
    let world = World::registering(&[]);
    let mut petition = world.petition();
    petition["exp"] = (NOW + 120).into();
    let claims = registered(&world, &world.register(&world.node, &petition).await).await;
    assert_eq!(claims["exp"], NOW + 120);
    assert_eq!(world.node.authorize(RP, &[]).await.status, 303);
    world.clock.advance(Duration::from_secs(200));
    let asked = world.outbound.asked();
    let reply = world.node.authorize(RP, &[]).await;
    World::is_page(&reply, "VARCO-1501");
    assert!(!world.is_known());
    assert_eq!(world.outbound.asked(), asked);
}

#[actix_web::test]
async fn an_explicit_registration_holds_at_every_node_and_is_replaced_at_every_node() {
    let world = World::registering(&[]);
    let (_redis, nodes) = Node::two_on_redis(&world.fx).await;
    for node in &nodes {
        member(node, fresh_key(), &world.anchor, (&[], true), &world.fx).unwrap();
    }
    assert_eq!(world.register(&nodes[0], &world.petition()).await.status, 200);
    let asked = world.outbound.asked();
    assert_eq!(nodes[1].authorize(RP, &[]).await.status, 303);
    assert_eq!(world.outbound.asked(), asked, "the other node asked nobody");
    let mut new = world.petition();
    new["iat"] = (NOW + 10).into();
    new["metadata"]["openid_relying_party"]["redirect_uris"] = json!(["https://rp.test/new"]);
    world.clock.advance(Duration::from_secs(20));
    assert_eq!(world.register(&nodes[1], &new).await.status, 200);
    World::is_page(&nodes[0].authorize(RP, &[]).await, "VARCO-0102");
    let reply = nodes[0].authorize(RP, &[("redirect_uri", "https://rp.test/new")]).await;
    assert_eq!(reply.status, 303, "{reply:?}");
}

#[actix_web::test]
async fn one_peer_registers_a_bounded_number_of_times() {
    let world = World::registering(&[]);
    let body = sent(&world, &world.petition());
    for _ in 0..60 {
        assert_eq!(world.post(&world.node, CHAIN, &body).await.status, 200);
    }
    let reply = world.post(&world.node, CHAIN, &body).await;
    assert_eq!((reply.status, reply.error().as_str()), (429, "temporarily_unavailable"));
    assert_eq!(reply.json()["error_description"], "VARCO-1502");
}

#[actix_web::test]
async fn what_was_sent_to_us_is_not_told_to_others() {
    let world = World::registering(&[]);
    assert_eq!(world.register(&world.node, &world.petition()).await.status, 200);
    let query = form(&[("sub", RP), ("trust_anchor", ANCHOR)]);
    let reply = world.node.get(&format!("/federation/resolve?{query}")).await;
    assert_eq!((reply.status, reply.error().as_str()), (404, "not_found"));
}

#[actix_web::test]
async fn the_address_of_the_configuration_answers_head_without_a_body() {
    let world = World::new();
    let reply = world.node.send("HEAD /.well-known/openid-federation HTTP/1.1", "").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some(CONFIGURATION));
    assert_eq!(reply.body, "");
}
