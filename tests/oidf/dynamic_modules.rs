//! Modules of Dynamic OP and of 3rd-Party-Initiated Login: what a client may register, and what that
//! changes.
//!
//! Not the protocol of registration itself beyond that: `registration` speaks it.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};
use varco_sandbox::browser::html::links;

use crate::browser::Shown;
use crate::discovery_modules::{document, lists, members_are_known_and_well_formed};
use crate::endpoints;
use crate::keys::Key;
use crate::plan::Plan;
use crate::registration::refused;
use crate::relying_party::{CALLBACK, Reply};
use crate::tokens::{key_set as key_set_of, userinfo, verified};
use crate::wait;
use crate::world::World;

pub(crate) async fn oidcc_discovery_endpoint_verification(plan: &Plan) {
    crate::discovery_modules::oidcc_discovery_endpoint_verification(plan).await;
    let document = document(plan.world).await;
    members_are_known_and_well_formed(&document);
    assert!(document["registration_endpoint"].as_str().unwrap().starts_with("https://"));
    assert!(lists(&document, "subject_types_supported", "pairwise"));
}

pub(crate) async fn oidcc_idtoken_rs256(plan: &Plan) {
    let client = plan.registered(&json!({"id_token_signed_response_alg": "RS256"})).await;
    let tokens = client.plan.succeeds(&client.plan.request()).await;
    assert_eq!(tokens.header.alg, Algorithm::RS256);
}

/// Neither listed nor registered.
pub(crate) async fn oidcc_idtoken_unsigned(plan: &Plan) {
    crate::oidc_tokens::oidcc_idtoken_unsigned(plan).await;
    let members = json!({"id_token_signed_response_alg": "none"});
    refused(plan.world, &members, "invalid_client_metadata").await;
}

pub(crate) async fn oidcc_userinfo_rs256(plan: &Plan) {
    let client = plan.registered(&json!({"userinfo_signed_response_alg": "RS256"})).await;
    let tokens = client.plan.succeeds(&client.plan.request()).await;
    let reply = userinfo(plan.world, &tokens.access).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/jwt"));
    let (header, claims) = verified(plan.world, &reply.body).await;
    assert_eq!(header.alg, Algorithm::RS256);
    assert_eq!(claims["sub"], tokens.subject());
    assert_eq!(claims["iss"], crate::world::ISSUER);
    assert_eq!(claims["aud"], client.plan.client.id);
}

pub(crate) async fn oidcc_ensure_redirect_uri_in_authorization_request(plan: &Plan) {
    let members = json!({"redirect_uris": [CALLBACK, "https://suite.test/another"]});
    let client = plan.registered(&members).await;
    error_page(&client.plan, |asked| asked.without("redirect_uri")).await;
}

pub(crate) async fn oidcc_redirect_uri_query_ok(plan: &Plan) {
    let with_query = format!("{CALLBACK}?foo=bar");
    let client = plan.registered(&json!({"redirect_uris": [with_query]})).await.plan;
    let asked = client.request();
    let mut browser = client.browser();
    let shown = client.ask(&mut browser, &asked).await;
    let arrival = browser.sign_in(shown).await.arrival();
    assert_eq!(arrival.get("foo"), Some("bar"));
    client.accept(&asked, &client.code_of(&asked, &arrival)).await;
}

pub(crate) async fn oidcc_redirect_uri_query_mismatch(plan: &Plan) {
    let with_query = format!("{CALLBACK}?foo=bar");
    let client = plan.registered(&json!({"redirect_uris": [with_query]})).await;
    let other = format!("{CALLBACK}?bar=foo");
    error_page(&client.plan, |asked| asked.with("redirect_uri", &other)).await;
}

pub(crate) async fn oidcc_redirect_uri_query_added(plan: &Plan) {
    let other = format!("{CALLBACK}?foo=bar");
    error_page(plan, |asked| asked.with("redirect_uri", &other)).await;
}

pub(crate) async fn oidcc_redirect_uri_regfrag(plan: &Plan) {
    let members = json!({"redirect_uris": [format!("{CALLBACK}#fragment")]});
    refused(plan.world, &members, "invalid_redirect_uri").await;
}

pub(crate) async fn oidcc_registration_policy_uri(plan: &Plan) {
    page_links(plan, "policy_uri").await;
}

pub(crate) async fn oidcc_registration_tos_uri(plan: &Plan) {
    page_links(plan, "tos_uri").await;
}

/// The suite skips this module where `none` is not listed: here it never is, and the address is not
/// read at all.
pub(crate) async fn oidcc_request_uri_unsigned(plan: &Plan) {
    let document = document(plan.world).await;
    assert!(!lists(&document, "request_object_signing_alg_values_supported", "none"));
    crate::oidc_requests::oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
        plan,
    )
    .await;
}

pub(crate) async fn oidcc_registration_jwks_uri(plan: &Plan) {
    let key = leaked("jwks-uri");
    let place = endpoints::serve(&unique(plan.world), &key_set(&[key]));
    let members = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": place});
    let client = plan.registered_with(&members, Some(key)).await.plan;
    client.succeeds(&client.request()).await;
}

pub(crate) async fn oidcc_registration_sector_uri(plan: &Plan) {
    let place = endpoints::serve(&unique(plan.world), &json!([CALLBACK]).to_string());
    let members = json!({"sector_identifier_uri": place, "subject_type": "pairwise"});
    let client = plan.registered(&members).await.plan;
    client.succeeds(&client.request()).await;
}

pub(crate) async fn oidcc_registration_sector_bad(plan: &Plan) {
    let document = json!(["https://other.test/callback"]).to_string();
    let place = endpoints::serve(&unique(plan.world), &document);
    let members = json!({"sector_identifier_uri": place, "subject_type": "pairwise"});
    refused(plan.world, &members, "invalid_client_metadata").await;
}

/// The audience is the issuer, as in every assertion of these modules.
pub(crate) async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds(plan: &Plan) {
    let key = leaked("iss-aud");
    let set: Value = serde_json::from_str(&key_set(&[key])).unwrap();
    let members = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": set});
    let client = plan.registered_with(&members, Some(key)).await.plan;
    client.succeeds(&client.request()).await;
}

/// The client's key is replaced at its address between the tokens and their renewal.
pub(crate) async fn oidcc_refresh_token_rp_key_rotation(plan: &Plan) {
    let (old, new) = (leaked("old"), leaked("new"));
    let path = unique(plan.world);
    let place = endpoints::serve(&path, &key_set(&[old]));
    let members = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": place});
    let mut client = plan.registered_with(&members, Some(old)).await.plan;
    let asked = client.request().with("scope", "openid offline_access").with("prompt", "consent");
    let tokens = client.succeeds(&asked).await;
    let refresh = tokens.answer["refresh_token"].as_str().unwrap();
    endpoints::serve(&path, &key_set(&[new]));
    // As the suite does: a broker asks the same address once a minute.
    wait::seconds_at(plan.world, 60).await;
    client.client.authentication = crate::relying_party::Authentication::Key(new);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let answer = client.client.token(plan.world, &fields).await.good();
    assert_ne!(answer["access_token"], tokens.access);
}

pub(crate) async fn oidcc_3rd_party_init_login(plan: &Plan) {
    let place = "https://suite.test/begin";
    let client = plan.registered(&json!({"initiate_login_uri": place})).await;
    assert_eq!(client.answer["initiate_login_uri"], place);
    let text = |name: &str| client.answer[name].as_str().unwrap();
    let request = plan.world.ask(Method::GET, text("registration_client_uri"));
    let read = Reply::of(request.bearer_auth(text("registration_access_token"))).await.good();
    assert_eq!(read["initiate_login_uri"], place);
    assert_eq!(read["client_id"], client.answer["client_id"]);
}

pub(crate) async fn oidcc_3rd_party_init_login_nohttps(plan: &Plan) {
    let members = json!({"initiate_login_uri": "http://suite.test/begin"});
    refused(plan.world, &members, "invalid_client_metadata").await;
}

/// The request leads to an error page of the broker and to nobody else.
async fn error_page(
    plan: &Plan,
    change: impl FnOnce(crate::relying_party::Asked) -> crate::relying_party::Asked,
) {
    let shown: Shown = plan.ask(&mut plan.browser(), &change(plan.request())).await;
    assert_eq!(shown.error_page(), "redirect-uri-unregistered");
}

/// The page that asks the person links what the client registered.
async fn page_links(plan: &Plan, member: &str) {
    let place = format!("https://suite.test/{member}");
    let client = plan.registered(&json!({member: place})).await.plan;
    let page = client.ask(&mut client.browser(), &client.request()).await.page();
    assert!(links(&page.body).contains(&place), "{page:?}");
}

/// A path that no other module uses.
fn unique(world: &World) -> String {
    format!("/{}", world.fresh())
}

fn leaked(name: &str) -> &'static Key {
    Box::leak(Box::new(Key::p256(name)))
}

fn key_set(keys: &[&Key]) -> String {
    let keys: Vec<&Value> = keys.iter().map(|key| &key.public).collect();
    json!({ "keys": keys }).to_string()
}

/// A new key appears and the old one stays, and tokens are signed with one of the two.
pub(crate) async fn oidcc_server_rotate_keys(_: &Plan) {
    let world = World::own().await;
    let plan = Plan::at(world);
    let before = plan.succeeds(&plan.request()).await;
    let names = |set: &Value| -> Vec<String> {
        let keys = set["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let old = names(&key_set_of(world).await);
    world.rotate_keys();
    let new = loop {
        let new = names(&key_set_of(world).await);
        if new.iter().any(|name| !old.contains(name)) {
            break new;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(old.iter().all(|name| new.contains(name)), "{old:?} {new:?}");
    // What was signed before still verifies.
    verified(world, &before.id_token).await;
    plan.succeeds(&plan.request()).await;
}
