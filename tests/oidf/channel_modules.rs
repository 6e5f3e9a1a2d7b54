//! Modules of Back-Channel and Front-Channel Logout: the relying party hears that the person left.
//!
//! Not who may log out: `logout_modules`.

use serde_json::{Value, json};
use url::Url;
use varco_sandbox::browser::html::tags;

use crate::discovery_modules::document;
use crate::endpoints;
use crate::logout_modules::{leave, nobody_is_logged_in, signed_in};
use crate::plan::Plan;
use crate::relying_party::{AFTER_LOGOUT, BACK_CHANNEL, FRONT_CHANNEL};
use crate::tokens::verified;
use crate::world::ISSUER;

pub(crate) async fn oidcc_backchannel_logout_discovery_endpoint_verification(plan: &Plan) {
    let document = document(plan.world).await;
    assert_eq!(document["backchannel_logout_supported"], true);
    assert_eq!(document["backchannel_logout_session_supported"], true);
    assert!(document["end_session_endpoint"].is_string());
}

pub(crate) async fn oidcc_backchannel_rp_initiated_logout(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let sid = tokens.claims["sid"].as_str().unwrap();
    let asked = [("id_token_hint", &*tokens.id_token), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    let arrival = leave(plan, &mut browser, &asked).await.arrival();
    assert_eq!(arrival.place, AFTER_LOGOUT);
    let is_about_it = |body: &str| claims(body)["sid"] == sid;
    let body = endpoints::posted(BACK_CHANNEL, is_about_it).await;
    let (header, told) = verified(plan.world, &token(&body)).await;
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    assert_eq!(format!("{:?}", header.alg), format!("{:?}", tokens.header.alg));
    assert_eq!(told["iss"], ISSUER);
    assert_eq!(told["aud"], plan.client.id);
    assert_eq!(told["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
    assert_eq!(told.get("nonce"), None);
    assert!(told.get("sub").is_none_or(|sub| *sub == tokens.claims["sub"]));
    let now = plan.world.fx.now().unix_seconds();
    assert!((told["iat"].as_i64().unwrap() - now).abs() <= 60);
    assert!(told["exp"].as_i64().unwrap() > now);
    assert!(!told["jti"].as_str().unwrap().is_empty());
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

/// `logout_token` of a form.
fn token(body: &str) -> String {
    let found =
        url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "logout_token");
    found.unwrap().1.into_owned()
}

/// Its claims, not yet verified: to find the one of this login.
fn claims(body: &str) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let token = token(body);
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

pub(crate) async fn oidcc_frontchannel_logout_discovery_endpoint_verification(plan: &Plan) {
    let document = document(plan.world).await;
    assert_eq!(document["frontchannel_logout_supported"], true);
    assert_eq!(document["frontchannel_logout_session_supported"], true);
    assert!(document["end_session_endpoint"].is_string());
}

pub(crate) async fn oidcc_frontchannel_rp_initiated_logout(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let asked = [("id_token_hint", &*tokens.id_token), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    let page = leave(plan, &mut browser, &asked).await.page();
    let sid = tokens.claims["sid"].as_str().unwrap();
    let frames = tags(&page.body);
    let frames = frames.iter().filter(|tag| tag.name == "iframe").filter_map(|tag| tag.get("src"));
    let told = frames.map(|src| Url::parse(src).unwrap()).find(|src| {
        let has = |name: &str, value: &str| {
            src.query_pairs().any(|pair| pair == (name.into(), value.into()))
        };
        src.path() == FRONT_CHANNEL && has("iss", ISSUER) && has("sid", sid)
    });
    assert!(told.is_some(), "{page:?}");
    let all = tags(&page.body);
    let onward = all.iter().find(|tag| tag.get("id") == Some("onward")).unwrap();
    let onward = page.url.join(onward.get("href").unwrap()).unwrap();
    let arrival = browser.open(onward.as_str()).await.arrival();
    assert_eq!(arrival.place, AFTER_LOGOUT);
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}
