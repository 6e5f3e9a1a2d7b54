//! `session_state`: only where configuration wants it, and only the same as long as the logins stand
//! (OP-CO-7).

use super::*;
use crate::crypto::digest::{base64url, sha256};

fn state_of(completed: &Completed) -> Option<String> {
    let address = url::Url::parse(completed.answer.place().as_str()).unwrap();
    let found = address.query_pairs().find(|(name, _)| name == "session_state");
    found.map(|(_, value)| value.into_owned())
}

/// What the script of the iframe computes.
fn fits(state: &str, watched: &Handle) -> bool {
    let (digest, salt) = state.split_once('.').unwrap();
    let text = format!("inps https://rp.test {} {salt}", watched.reveal());
    base64url(&sha256(text.as_bytes())) == digest
}

#[tokio::test]
async fn a_session_state_is_told_only_where_it_is_switched_on() {
    let world = world(vec![client("inps", |_| ())]);
    let completed = world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    assert!(state_of(&completed).is_none() && completed.state.is_none());
}

#[tokio::test]
async fn a_session_state_fits_until_somebody_else_signs_in() {
    let on = SessionSettings { check_iframe: true, ..SessionSettings::default() };
    let world = with_settings(vec![client("inps", |_| ())], on);
    let mut browser = Cookies::default();
    let first = world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let state = state_of(&first).unwrap();
    assert!(fits(&state, browser.state.as_ref().unwrap()));
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    assert!(fits(&state, browser.state.as_ref().unwrap()), "the same person again");
    world.sign_in("inps", &mut browser, ADA, Level::L1).await;
    assert!(!fits(&state, browser.state.as_ref().unwrap()));
}
