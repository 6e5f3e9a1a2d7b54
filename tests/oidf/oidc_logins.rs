//! Modules about whether the person is asked: `prompt`, `max_age`, `id_token_hint`.
//!
//! Not about the request's other parameters: `oidc_requests`.

use crate::plan::Plan;
use crate::relying_party::Asked;
use crate::wait;

pub(crate) async fn oidcc_prompt_login(plan: &Plan) {
    signs_in_again(plan, "prompt", "login").await;
}

pub(crate) async fn oidcc_prompt_none_not_logged_in(plan: &Plan) {
    let asked = plan.request().with("prompt", "none");
    let arrival = plan.ask(&mut plan.browser(), &asked).await.arrival();
    let error = plan.error_of(&asked, &arrival);
    let known = [
        "login_required",
        "interaction_required",
        "account_selection_required",
        "consent_required",
    ];
    assert!(known.contains(&error.as_str()), "{error}");
}

pub(crate) async fn oidcc_max_age_1(plan: &Plan) {
    signs_in_again(plan, "max_age", "1").await;
}

pub(crate) async fn oidcc_prompt_none_logged_in(plan: &Plan) {
    again_without_a_person(plan, &plan.request(), |asked, _| asked.with("prompt", "none")).await;
}

pub(crate) async fn oidcc_max_age_10000(plan: &Plan) {
    let first = plan.request().with("max_age", "15000");
    again_without_a_person(plan, &first, |asked, _| asked.with("max_age", "10000")).await;
}

pub(crate) async fn oidcc_id_token_hint(plan: &Plan) {
    again_without_a_person(plan, &plan.request(), |asked, id_token| {
        asked.with("prompt", "none").with("id_token_hint", id_token)
    })
    .await;
}

/// A second request in the same browser comes back at once, with the same person and moment.
async fn again_without_a_person(plan: &Plan, first: &Asked, second: fn(Asked, &str) -> Asked) {
    let mut browser = plan.browser();
    let before = plan.tokens(&mut browser, first).await;
    let asked = second(plan.request(), &before.id_token);
    let arrival = plan.ask(&mut browser, &asked).await.arrival();
    let after = plan.accept(&asked, &plan.code_of(&asked, &arrival)).await;
    assert_eq!(after.subject(), before.subject());
    assert_eq!(after.auth_time(), before.auth_time());
}

/// A second request with that parameter, a second later, has the person sign in once more.
async fn signs_in_again(plan: &Plan, name: &str, value: &str) {
    let mut browser = plan.browser();
    let first = plan.tokens(&mut browser, &plan.request()).await;
    wait::seconds_at(plan.world, 1).await;
    let again = plan.request().with(name, value);
    let shown = plan.ask(&mut browser, &again).await;
    assert!(shown.asks_to_sign_in(plan.world), "{shown:?}");
    let code = plan.code_of(&again, &browser.sign_in(shown).await.arrival());
    let second = plan.accept(&again, &code).await;
    assert_eq!(second.subject(), first.subject());
    assert!(second.auth_time() > first.auth_time());
}
