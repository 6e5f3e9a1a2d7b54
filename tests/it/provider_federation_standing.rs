//! Our provider and its superiors: which of its keys signs, what it tells of those that sign no more, and
//! whose marks are judged without asking anybody (OpenID Federation 1.0, sections 3.1, 7.3 and 8.7).

use serde_json::{Value, json};
use varco::crypto::signer::LocalKey;
use varco::crypto::signer::Signer as _;
use varco::effects::Effects;
use varco::federation::PastKeys;

use crate::prover::Prover;
use crate::provider_federation_world::{
    ANCHOR, FETCH, MARK, RP, World, fresh_key, mark, member_with, statement,
};
use crate::provider_world::{ISSUER, NOW, Node};

const ISSUER_OF_MARKS: &str = "https://marks.test";

fn claims_of(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

/// What the anchor says of our provider: these are its keys.
fn vouches(world: &World, keys: &[Value]) {
    let about = json!({
        "iss": ANCHOR, "sub": ISSUER, "iat": NOW, "exp": NOW + 3600, "jwks": {"keys": keys},
    });
    world.outbound.put(FETCH, statement(&world.anchor, &about));
}

/// A node that is a member with these keys.
fn node(world: &World, keys: Vec<LocalKey>, past: Option<PastKeys>) -> Node {
    let node = Node::in_memory(&world.fx);
    member_with(&node, keys, &world.anchor, (&[], false), past, &world.fx).unwrap();
    node
}

/// Which key signs the entity configuration, and all that it publishes.
async fn keys(node: &Node) -> (String, Vec<String>) {
    let token = node.get("/.well-known/openid-federation").await.body;
    let published = claims_of(&token)["jwks"]["keys"].clone();
    let published = published.as_array().unwrap().iter();
    let published = published.map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
    (jsonwebtoken::decode_header(&token).unwrap().kid.unwrap(), published)
}

#[actix_web::test]
async fn a_new_federation_key_signs_once_every_superior_vouches_for_it() {
    let world = World::new();
    let (old, new) = (fresh_key(), fresh_key());
    let [old_jwk, new_jwk] = [&old, &new].map(|key| key.public().jwk().clone());
    let [old_kid, new_kid] = [&old, &new].map(|key| key.public().kid().to_owned());
    let node = node(&world, vec![old, new], None);
    let membership = node.provider.membership().unwrap();
    assert_eq!(keys(&node).await, (old_kid.clone(), vec![old_kid.clone(), new_kid.clone()]));

    vouches(&world, std::slice::from_ref(&old_jwk));
    membership.check().await;
    assert_eq!(keys(&node).await.0, old_kid, "announced, and it signs nothing");
    assert_eq!(membership.discord(), [""; 0]);

    vouches(&world, &[old_jwk, new_jwk.clone()]);
    membership.check().await;
    let (signs, published) = keys(&node).await;
    assert_eq!(signs, new_kid);
    assert!(published.contains(&old_kid), "whoever has the old one verifies with it");

    // Who does not answer changes nothing.
    world.outbound.put(FETCH, "no statement".to_owned());
    membership.check().await;
    assert_eq!(keys(&node).await.0, new_kid);
    assert_eq!(membership.discord().len(), 1);

    vouches(&world, &[new_jwk]);
    membership.check().await;
    assert_eq!(keys(&node).await.0, new_kid);
    assert_eq!(membership.discord(), [""; 0]);
}

#[actix_web::test]
async fn keys_that_no_superior_vouches_for_are_told() {
    let world = World::new();
    let ours = fresh_key();
    let kid = ours.public().kid().to_owned();
    let node = node(&world, vec![ours], None);
    let membership = node.provider.membership().unwrap();
    vouches(&world, &[Prover::new().jwk()]);
    membership.check().await;
    let [told] = membership.discord().try_into().unwrap();
    assert!(told.contains(&kid) && told.contains("section 3.1"), "{told}");
    assert_eq!(keys(&node).await.0, kid, "it goes on with the key that it has");
}

#[actix_web::test]
async fn keys_of_the_past_are_told_where_an_operator_keeps_them() {
    let world = World::new();
    let mut past = Prover::new().jwk();
    past["exp"] = (NOW - 1000).into();
    let set = json!({"keys": [past]});
    let told = PastKeys::parse(set.to_string().as_bytes()).unwrap();
    let node = node(&world, vec![fresh_key()], Some(told));
    let reply = node.get("/federation/historical-keys").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/jwk-set+jwt"));
    let header = jsonwebtoken::decode_header(&reply.body).unwrap();
    assert_eq!(header.typ.as_deref(), Some("jwk-set+jwt"));
    assert_eq!(header.kid, Some(keys(&node).await.0));
    let claims = claims_of(&reply.body);
    assert_eq!((&claims["iss"], &claims["keys"]), (&json!(ISSUER), &set["keys"]));
    let own = claims_of(&node.get("/.well-known/openid-federation").await.body);
    assert_eq!(
        own["metadata"]["federation_entity"]["federation_historical_keys_endpoint"],
        format!("{ISSUER}/federation/historical-keys")
    );

    // Without such a file nothing is there, and nothing says that it were.
    assert_eq!(world.node.get("/federation/historical-keys").await.status, 404);
    let own = claims_of(&world.node.get("/.well-known/openid-federation").await.body);
    let entity = &own["metadata"]["federation_entity"];
    assert_eq!(entity.get("federation_historical_keys_endpoint"), None);
}

/// The relying party's request with a mark by another issuer than the anchor, which lets it.
fn marked(world: &World, issuer: &Prover, top: &str) -> String {
    let mut configuration = world.configuration();
    configuration["trust_marks"] = json!([mark(issuer, &json!({"iss": ISSUER_OF_MARKS}))]);
    let [_, about, _] = world.chain();
    let mut header = world.header();
    header["trust_chain"] = json!([statement(&world.federation, &configuration), about, top]);
    world.core.sign(&header, &world.claims())
}

async fn learn(world: &World, fx: &Effects) -> usize {
    world.node.provider.membership().unwrap().federation().know_issuers(fx).await.len()
}

#[actix_web::test]
async fn marks_of_another_issuer_count_once_it_was_looked_up_on_nobodys_account() {
    let world = World::demanding(&[MARK]);
    let issuer = Prover::new();
    let mut top = claims_of(&world.chain()[2]);
    top["trust_mark_issuers"] = json!({MARK: [ANCHOR, ISSUER_OF_MARKS]});
    let top = statement(&world.anchor, &top);
    let object = marked(&world, &issuer, &top);
    let reply = world.authorize(&object).await;
    World::is_page(&reply, "VARCO-1503");
    assert_eq!(world.outbound.asked(), [""; 0], "the issuer was not asked for a stranger");

    world.outbound.put(&format!("{ANCHOR}/.well-known/openid-federation"), top.clone());
    // It does not answer yet.
    assert_eq!(learn(&world, &world.fx).await, 1);
    let own = json!({
        "iss": ISSUER_OF_MARKS, "sub": ISSUER_OF_MARKS, "iat": NOW, "exp": NOW + 3600,
        "jwks": {"keys": [issuer.jwk()]}, "authority_hints": [ANCHOR],
        "metadata": {"federation_entity": {"organization_name": "Chi dà i marchi"}},
    });
    let address = format!("{ISSUER_OF_MARKS}/.well-known/openid-federation");
    world.outbound.put(&address, statement(&issuer, &own));
    let about = json!({
        "iss": ANCHOR, "sub": ISSUER_OF_MARKS, "iat": NOW, "exp": NOW + 3600,
        "jwks": {"keys": [issuer.jwk()]},
    });
    world.outbound.put(FETCH, statement(&world.anchor, &about));
    assert_eq!(learn(&world, &world.fx).await, 0);
    let asked = world.outbound.asked();

    let forged = marked(&world, &Prover::new(), &top);
    World::is_page(&world.authorize(&forged).await, "VARCO-1503");
    let reply = world.authorize(&marked(&world, &issuer, &top)).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    assert!(world.is_known(), "{RP}");
    assert_eq!(world.outbound.asked(), asked, "nobody was asked for either");
}
