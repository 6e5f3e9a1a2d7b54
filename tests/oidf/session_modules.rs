//! Modules of Session Management 1.0: the relying party asks a frame of the broker whether the browser's
//! logins have changed.
//!
//! Not a browser that runs the frame's script: what the script computes is computed here (section 3.2).

use reqwest::Method;
use varco::crypto::digest::{base64url, sha256};
use varco_sandbox::browser::html::tags;

use crate::browser::Browser;
use crate::discovery_modules::document;
use crate::logout_modules::{leave, nobody_is_logged_in};
use crate::plan::Plan;
use crate::relying_party::{AFTER_LOGOUT, Reply};

pub(crate) async fn oidcc_session_management_discovery_endpoint_verification(plan: &Plan) {
    let document = document(plan.world).await;
    assert!(document["check_session_iframe"].as_str().unwrap().starts_with("https://"));
    assert!(document["end_session_endpoint"].is_string());
}

pub(crate) async fn oidcc_session_management_rp_initiated_logout(plan: &Plan) {
    let document = document(plan.world).await;
    let frame = document["check_session_iframe"].as_str().unwrap();
    let frame = Reply::of(plan.world.ask(Method::GET, frame)).await;
    assert_eq!(frame.status, 200, "{frame:?}");
    assert!(tags(&frame.body).iter().any(|tag| tag.name == "script" && tag.get("src").is_some()));
    let policy = frame.header("content-security-policy").unwrap();
    assert!(!policy.contains("frame-ancestors 'none'"), "{policy}");

    let mut browser = plan.browser();
    let asked = plan.request();
    let shown = plan.ask(&mut browser, &asked).await;
    let arrival = browser.sign_in(shown).await.arrival();
    let state = arrival.get("session_state").unwrap().to_owned();
    let tokens = plan.accept(&asked, &plan.code_of(&asked, &arrival)).await;
    assert!(is_unchanged(plan, &browser, &state));

    let asked = [("id_token_hint", &*tokens.id_token), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    let arrival = leave(plan, &mut browser, &asked).await.arrival();
    assert_eq!(arrival.place, AFTER_LOGOUT);
    assert!(!is_unchanged(plan, &browser, &state));
    nobody_is_logged_in(plan, &mut browser, &tokens).await;
}

/// What the frame would answer to a message from the relying party's page.
fn is_unchanged(plan: &Plan, browser: &Browser, state: &str) -> bool {
    let (digest, salt) = state.split_once('.').unwrap();
    let cookie = browser.cookie("__Host-varco_state").unwrap_or_default();
    let text = format!("{} https://suite.test {cookie} {salt}", plan.client.id);
    base64url(&sha256(text.as_bytes())) == digest
}
