//! Our provider as a member of a federation, over HTTP: what it publishes, whom it takes, and when it asks
//! nobody (OpenID Federation 1.0, section 12; attack rows FE-TM-2, FE-DS-1, FE-DS-2).

use std::sync::Arc;

use serde_json::{Value, json};
use varco::crypto::certificate::Pem;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::signer::LocalKey;
use varco::federation::OwnFault;

use crate::prover::Prover;
use crate::provider_federation_world::{ANCHOR, MARK, RP, World, join, join_with, mark, statement};
use crate::provider_world::{CALLBACK, ISSUER, NOW, Node, fifty, form};

const NOBODY: [String; 0] = [];

fn claims_of(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

/// The chain of `world` with these marks in the relying party's configuration.
fn object_with_marks(world: &World, marks: &[Value]) -> String {
    let mut configuration = world.configuration();
    configuration["trust_marks"] = json!(marks);
    let [_, about, top] = world.chain();
    let mut header = world.header();
    header["trust_chain"] = json!([statement(&world.federation, &configuration), about, top]);
    world.core.sign(&header, &world.claims())
}

#[actix_web::test]
async fn an_unknown_client_without_a_valid_mark_causes_no_connection() {
    let world = World::demanding(&[MARK]);
    let bare = world.object(&world.claims());
    let other = Prover::new();
    let past = json!({"iat": NOW - 7200, "exp": NOW - 3600});
    let objects = [
        bare.clone(),
        world.object_with_chain(),
        object_with_marks(&world, &[mark(&other, &json!({}))]),
        object_with_marks(&world, &[mark(&world.federation, &json!({"iss": RP}))]),
        object_with_marks(&world, &[mark(&world.anchor, &json!({"sub": "https://other.test"}))]),
        object_with_marks(&world, &[mark(&world.anchor, &past)]),
    ];
    for object in &objects {
        let reply = world.authorize(object).await;
        World::is_page(&reply, "VARCO-1503");
    }
    let reply = world.push(&bare).await;
    assert_eq!((reply.status, reply.error().as_str()), (403, "invalid_client"));
    let reply = world.redeem(&world.node, "a code").await;
    assert_eq!((reply.status, reply.error().as_str()), (403, "invalid_client"));
    assert_eq!(world.outbound.asked(), NOBODY);
    assert!(!world.is_known());
}

#[actix_web::test]
async fn a_client_that_brings_its_mark_is_taken_without_asking_anybody() {
    let world = World::demanding(&[MARK]);
    let object = object_with_marks(&world, &[mark(&world.anchor, &json!({}))]);
    let reply = world.authorize(&object).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    world.tokens(&reply).await;
    assert_eq!(world.outbound.asked(), NOBODY);
}

#[actix_web::test]
async fn the_provider_publishes_its_entity_configuration() {
    let world = World::new();
    let reply = world.node.get("/.well-known/openid-federation").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/entity-statement+jwt"));
    let header = jsonwebtoken::decode_header(&reply.body).unwrap();
    assert_eq!(header.typ.as_deref(), Some("entity-statement+jwt"));
    let claims = claims_of(&reply.body);
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(ISSUER), &json!(ISSUER)));
    assert_eq!(claims["authority_hints"], json!([ANCHOR]));
    let provider = &claims["metadata"]["openid_provider"];
    assert_eq!(provider["issuer"], ISSUER);
    assert_eq!(provider["client_registration_types_supported"], json!(["automatic"]));
    assert_eq!(provider.get("jwks_uri"), None, "the keys stand there themselves");
    assert_eq!(provider["jwks"], world.node.get("/jwks").await.json());
    let federation: Vec<&Value> =
        claims["jwks"]["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    let protocol = provider["jwks"]["keys"].as_array().unwrap();
    assert!(protocol.iter().all(|key| !federation.contains(&&key["kid"])), "two sets of keys");
    assert_eq!(
        claims["metadata"]["federation_entity"]["federation_resolve_endpoint"],
        format!("{ISSUER}/federation/resolve")
    );
    let discovery = world.node.get("/.well-known/openid-configuration").await.json();
    assert_eq!(discovery["client_registration_types_supported"], json!(["automatic"]));
}

#[actix_web::test]
async fn a_key_that_signs_tokens_is_no_federation_key() {
    let (fx, _) = varco::effects::Effects::scripted(NOW, 7);
    let node = Node::in_memory(&fx);
    let mut tried = 0;
    for entry in std::fs::read_dir(node.keys.0.join("oidc")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let Ok(der) = Pem::PrivateKey.read(&text) else { continue };
        let kinds = [SigningAlgorithm::RS256, SigningAlgorithm::ES256];
        let key = kinds.into_iter().find_map(|kind| LocalKey::from_pkcs8(kind, &der).ok());
        let outcome = join_with(&node, key.unwrap(), &Prover::new(), &[], &fx);
        assert!(matches!(outcome, Err(OwnFault::SharedKey(..))), "{outcome:?}");
        tried += 1;
    }
    assert!(tried >= 3, "active and next keys: {tried}");
    assert_eq!(node.get("/.well-known/openid-federation").await.status, 404);
}

#[actix_web::test]
async fn a_provider_of_no_federation_has_nothing_to_say_about_it() {
    let (fx, _) = varco::effects::Effects::scripted(NOW, 7);
    let node = Node::in_memory(&fx);
    for path in ["/.well-known/openid-federation", "/federation/resolve?sub=https://a.test"] {
        assert_eq!(node.get(path).await.status, 404, "{path}");
    }
    let discovery = node.get("/.well-known/openid-configuration").await.json();
    assert_eq!(discovery.get("client_registration_types_supported"), None);
    let reply = node.authorize(RP, &[]).await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("VARCO-0101"));
}

#[actix_web::test]
async fn the_resolve_endpoint_tells_what_is_known_and_asks_nobody() {
    let world = World::new();
    let query = form(&[("sub", RP), ("trust_anchor", ANCHOR)]);
    let address = format!("/federation/resolve?{query}");
    let reply = world.node.get(&address).await;
    assert_eq!((reply.status, reply.error().as_str()), (404, "not_found"));
    let other = form(&[("sub", RP), ("trust_anchor", "https://other.test")]);
    let reply = world.node.get(&format!("/federation/resolve?{other}")).await;
    assert_eq!((reply.status, reply.error().as_str()), (404, "invalid_trust_anchor"));
    let reply = world.node.get("/federation/resolve").await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_request"));
    assert_eq!(world.outbound.asked(), NOBODY);

    assert_eq!(world.authorize(&world.object(&world.claims())).await.status, 303);
    let asked = world.outbound.asked();
    let reply = world.node.get(&address).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/resolve-response+jwt"));
    let claims = claims_of(&reply.body);
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(ISSUER), &json!(RP)));
    assert_eq!(claims["trust_chain"].as_array().unwrap().len(), 3);
    assert_eq!(world.outbound.asked(), asked);
}

#[actix_web::test]
async fn one_peer_brings_a_bounded_number_of_strangers() {
    let world = World::new();
    for at in 0..61 {
        let id = format!("https://stranger-{at}.test");
        let mut claims = world.claims();
        claims["iss"] = id.as_str().into();
        claims["client_id"] = id.as_str().into();
        let object = world.object(&claims);
        let before = world.outbound.asked().len();
        let query = form(&[("client_id", &id), ("request", &object)]);
        let reply = world.node.get(&format!("/authorize?{query}")).await;
        if at < 60 {
            World::is_page(&reply, "VARCO-1506");
        } else {
            World::is_page(&reply, "VARCO-1502");
            assert_eq!(world.outbound.asked().len(), before, "nobody was asked any more");
        }
    }
    // Who is no stranger does not notice.
    assert_eq!(world.node.authorize("inps", &[]).await.status, 303);
}

#[actix_web::test]
async fn a_stranger_that_was_not_found_is_not_searched_again_at_once() {
    let world = World::new();
    let mut configuration = world.configuration();
    configuration["exp"] = (NOW - 600).into();
    configuration["iat"] = (NOW - 1200).into();
    world.say(&configuration);
    let reply = world.authorize(&world.object(&world.claims())).await;
    World::is_page(&reply, "VARCO-1505");
    let asked = world.outbound.asked();
    let reply = world.authorize(&world.object(&world.claims())).await;
    World::is_page(&reply, "VARCO-1505");
    assert_eq!(world.outbound.asked(), asked);
}

#[actix_web::test]
async fn many_requests_of_one_stranger_make_one_search() {
    let world = Arc::new(World::new());
    let node = Node::in_memory(&world.fx);
    join(&node, &world.anchor, &[], &world.fx);
    let shared = world.clone();
    let statuses = fifty(&[Arc::new(node)], move |node| {
        let world = shared.clone();
        async move {
            let object = world.object(&world.claims());
            let query = form(&[("client_id", RP), ("request", &object)]);
            node.get(&format!("/authorize?{query}")).await.status
        }
    })
    .await;
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    assert_eq!(world.outbound.asked().len(), 3, "{:?}", world.outbound.asked());
}

#[actix_web::test]
async fn a_registration_ends_with_its_chain() {
    let world = World::new();
    let mut configuration = world.configuration();
    configuration["exp"] = (NOW + 120).into();
    world.say(&configuration);
    let reply = world.authorize(&world.object(&world.claims())).await;
    let (code, _) = world.node.code_of(&reply).await;
    let tokens = world.redeem(&world.node, &code).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.node.userinfo(token).await.status, 200);
    world.clock.advance(std::time::Duration::from_secs(200));
    assert_eq!(world.node.userinfo(token).await.status, 401, "the client is nobody's any more");
    let mut claims = world.claims();
    claims["exp"] = (NOW + 500).into();
    let reply = world.authorize(&world.object(&claims)).await;
    World::is_page(&reply, "VARCO-1505");
    assert!(!world.is_known());
}

#[actix_web::test]
async fn another_node_knows_the_client_by_its_chain() {
    let world = World::new();
    let (_redis, nodes) = Node::two_on_redis(&world.fx).await;
    for node in &nodes {
        join(node, &world.anchor, &[], &world.fx);
    }
    let query = form(&[("client_id", RP), ("request", &world.object(&world.claims()))]);
    let reply = nodes[0].get(&format!("/authorize?{query}")).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    let (code, _) = nodes[0].code_of(&reply).await;
    let asked = world.outbound.asked();
    let reply = world.redeem(&nodes[1], &code).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(world.outbound.asked(), asked, "the other node asked nobody");
}

#[actix_web::test]
async fn a_known_client_of_a_federation_still_has_to_sign_what_it_asks() {
    let world = World::new();
    assert_eq!(world.authorize(&world.object(&world.claims())).await.status, 303);
    let reply = world.node.authorize(RP, &[]).await;
    World::is_page(&reply, "VARCO-1501");
    // An address that the client registered is no reason to send anybody there.
    let forged = Prover::new().sign(&world.header(), &world.claims());
    let reply = world.node.authorize(RP, &[("request", &forged)]).await;
    World::is_page(&reply, "VARCO-0124");
}

#[actix_web::test]
async fn after_the_address_is_proven_errors_go_there() {
    let world = World::new();
    let mut claims = world.claims();
    claims["response_type"] = "token".into();
    let reply = world.authorize(&world.object(&claims)).await;
    let place = reply.header("location").unwrap();
    assert!(place.starts_with(CALLBACK) && place.contains("unsupported_response_type"), "{place}");
    let mut claims = world.claims();
    claims["redirect_uri"] = "https://evil.test/cb".into();
    let reply = world.authorize(&world.object(&claims)).await;
    World::is_page(&reply, "VARCO-0102");
}

#[actix_web::test]
async fn metadata_that_cannot_be_served_make_no_client() {
    for changes in [
        json!({"client_registration_types": ["explicit"]}),
        json!({"client_registration_types": null}),
        json!({"token_endpoint_auth_method": "client_secret_basic"}),
        json!({"redirect_uris": []}),
        json!({"redirect_uris": ["http://rp.test/cb"]}),
        json!({"jwks": null}),
        json!({"client_id": "https://other.test"}),
        json!({"sector_identifier_uri": "https://rp.test/sector"}),
        json!({"id_token_signed_response_alg": "none"}),
    ] {
        let world = World::new();
        let mut configuration = world.configuration();
        let members = configuration["metadata"]["openid_relying_party"].as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        world.say(&configuration);
        let reply = world.authorize(&world.object(&world.claims())).await;
        World::is_page(&reply, "VARCO-1507");
        let reply = world.push(&world.object(&world.claims())).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_metadata"), "{changes}");
        assert!(!world.is_known(), "{changes}");
    }
}

#[actix_web::test]
async fn a_chain_that_is_brought_is_judged_as_if_it_were_fetched() {
    let world = World::new();
    let [own, about, top] = world.chain();
    let forged = statement(&Prover::new(), &claims_of(&about));
    for (chain, code) in [
        (json!([own, forged, top]), "VARCO-1505"),
        (json!([top, about, own]), "VARCO-1505"),
        (json!([about, top]), "VARCO-1505"),
        (json!(vec![&own; 9]), "VARCO-0124"),
        (json!("a chain"), "VARCO-0124"),
    ] {
        let mut header = world.header();
        header["trust_chain"] = chain;
        let reply = world.authorize(&world.core.sign(&header, &world.claims())).await;
        World::is_page(&reply, code);
    }
    assert_eq!(world.outbound.asked(), NOBODY);
    assert!(!world.is_known());
}
