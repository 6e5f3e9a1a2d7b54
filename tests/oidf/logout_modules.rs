//! Modules of RP-Initiated Logout 1.0: who is logged out, and who is sent back.
//!
//! Not the provider's part: these logins are of level 2, of which SPID providers keep no session.

use jsonwebtoken::Algorithm;
use serde_json::json;
use varco_sandbox::browser::html::tags;

use crate::browser::{Browser, Page, Shown, encode};
use crate::discovery_modules::document;
use crate::keys::Key;
use crate::plan::Plan;
use crate::relying_party::AFTER_LOGOUT;
use crate::tokens::Tokens;
use crate::world::ISSUER;

pub(crate) async fn oidcc_rp_initiated_logout_discovery_endpoint_verification(plan: &Plan) {
    let document = document(plan.world).await;
    assert!(document["end_session_endpoint"].as_str().unwrap().starts_with("https://"));
}

pub(crate) async fn oidcc_rp_initiated_logout(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let state = plan.world.fresh();
    let hint = ("id_token_hint", &*tokens.id_token);
    let asked = [hint, ("post_logout_redirect_uri", AFTER_LOGOUT), ("state", &state)];
    let arrival = leave(plan, &mut browser, &asked).await.arrival();
    assert_eq!(arrival.place, AFTER_LOGOUT);
    assert_eq!(arrival.get("state"), Some(&*state));
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

pub(crate) async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let elsewhere = format!("{AFTER_LOGOUT}/unregistered");
    let asked = [("id_token_hint", &*tokens.id_token), ("post_logout_redirect_uri", &*elsewhere)];
    stays(leave(plan, &mut browser, &asked).await);
}

pub(crate) async fn oidcc_rp_initiated_logout_modified_id_token_hint(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let payload = tokens.id_token.split('.').nth(1).unwrap();
    let header = varco::crypto::digest::base64url(br#"{"alg":"none"}"#);
    let hint = format!("{header}.{payload}.");
    let asked = [("id_token_hint", &*hint), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    stays(leave(plan, &mut browser, &asked).await);
}

pub(crate) async fn oidcc_rp_initiated_logout_no_id_token_hint(plan: &Plan) {
    let (mut browser, _) = signed_in(plan).await;
    let state = plan.world.fresh();
    let asked = [("post_logout_redirect_uri", AFTER_LOGOUT), ("state", &state)];
    stays(leave(plan, &mut browser, &asked).await);
}

pub(crate) async fn oidcc_rp_initiated_logout_no_params(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let question = stays(leave(plan, &mut browser, &[]).await);
    confirms(&mut browser, &question).await;
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

pub(crate) async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let asked = [("id_token_hint", &*tokens.id_token)];
    is_logged_out(&leave(plan, &mut browser, &asked).await.page());
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

pub(crate) async fn oidcc_rp_initiated_logout_no_state(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let asked = [("id_token_hint", &*tokens.id_token), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    let arrival = leave(plan, &mut browser, &asked).await.arrival();
    assert_eq!(arrival.place, AFTER_LOGOUT);
    assert_eq!(arrival.get("state"), None);
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

pub(crate) async fn oidcc_rp_initiated_logout_only_state(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let question = stays(leave(plan, &mut browser, &[("state", &plan.world.fresh())]).await);
    confirms(&mut browser, &question).await;
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

pub(crate) async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let elsewhere = format!("{AFTER_LOGOUT}?foo=bar");
    let asked = [("id_token_hint", &*tokens.id_token), ("post_logout_redirect_uri", &*elsewhere)];
    stays(leave(plan, &mut browser, &asked).await);
}

pub(crate) async fn oidcc_rp_initiated_logout_bad_id_token_hint(plan: &Plan) {
    let (mut browser, tokens) = signed_in(plan).await;
    let key = Key::rsa("another", Algorithm::RS256);
    let header = json!({"alg": "RS256", "kid": tokens.header.kid, "typ": "JWT"});
    let hint = key.sign(&header, &tokens.claims);
    let asked = [("id_token_hint", &*hint), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    stays(leave(plan, &mut browser, &asked).await);
}

/// A browser in which somebody signed in: a second login would need nobody.
pub(crate) async fn signed_in(plan: &Plan) -> (Browser, Tokens) {
    let mut browser = plan.browser();
    let tokens = plan.tokens(&mut browser, &plan.request()).await;
    let asked = plan.request().with("prompt", "none");
    let arrival = plan.ask(&mut browser, &asked).await.arrival();
    plan.accept(&asked, &plan.code_of(&asked, &arrival)).await;
    assert!(tokens.is_alive(plan.world).await);
    (browser, tokens)
}

/// Sends the browser to the end session endpoint.
pub(crate) async fn leave(plan: &Plan, browser: &mut Browser, asked: &[(&str, &str)]) -> Shown {
    let document = document(plan.world).await;
    let place = document["end_session_endpoint"].as_str().unwrap();
    let fields: Vec<_> =
        asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    browser.open(&format!("{place}?{}", encode(&fields))).await
}

/// A page of the broker: a question or an error, no redirection to the relying party.
fn stays(shown: Shown) -> Page {
    let page = shown.page();
    assert!(page.url.as_str().starts_with(ISSUER) && page.status < 500, "{page:?}");
    assert!(page.error().is_some() || page.body.contains("name=\"confirm\""), "{page:?}");
    page
}

/// The person presses the button of the question.
async fn confirms(browser: &mut Browser, question: &Page) {
    is_logged_out(&browser.press(question).await.page());
}

fn is_logged_out(page: &Page) {
    assert_eq!(page.status, 200);
    let told = tags(&page.body).iter().any(|tag| tag.get("data-logged-out").is_some());
    assert!(told, "{page:?}");
}

/// `prompt=none` is an error, and what the login gave is dead.
pub(crate) async fn nobody_is_logged_in(plan: &Plan, browser: &mut Browser, tokens: &Tokens) {
    let asked = plan.request().with("prompt", "none");
    let arrival = plan.ask(browser, &asked).await.arrival();
    assert_eq!(plan.error_of(&asked, &arrival), "login_required");
    assert!(!tokens.is_alive(plan.world).await);
}
