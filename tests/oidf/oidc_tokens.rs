//! Modules about what comes for a code: tokens, userinfo, and nothing the second time.
//!
//! Not about the authorization request: `oidc_requests`.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::plan::Plan;
use crate::relying_party::{RelyingParty, Reply};
use crate::tokens::{userinfo, verified};
use crate::wait;
use crate::world::ISSUER;

pub(crate) async fn oidcc_server(plan: &Plan) {
    let tokens = plan.succeeds(&plan.request()).await;
    tokens.userinfo(plan.world).await;
}

pub(crate) async fn oidcc_server_client_secret_post(plan: &Plan) {
    oidcc_server(&plan.of(RelyingParty::posting())).await;
}

pub(crate) async fn oidcc_idtoken_signature(plan: &Plan) {
    let tokens = plan.succeeds(&plan.request()).await;
    assert_eq!(tokens.header.alg, Algorithm::RS256);
}

/// The suite skips this module where `none` is not listed: here it never is.
pub(crate) async fn oidcc_idtoken_unsigned(plan: &Plan) {
    let document = crate::discovery_modules::document(plan.world).await;
    let listed = document["id_token_signing_alg_values_supported"].as_array().unwrap();
    assert!(!listed.iter().any(|name| name == "none"), "{listed:?}");
}

pub(crate) async fn oidcc_userinfo_get(plan: &Plan) {
    let tokens = plan.succeeds(&plan.request()).await;
    tokens.userinfo(plan.world).await;
}

pub(crate) async fn oidcc_userinfo_post_header(plan: &Plan) {
    let tokens = plan.succeeds(&plan.request()).await;
    let request = plan.world.ask(Method::POST, &format!("{ISSUER}/userinfo"));
    let told = Reply::of(request.bearer_auth(&tokens.access)).await.good();
    assert_eq!(told["sub"], tokens.subject());
}

pub(crate) async fn oidcc_userinfo_post_body(plan: &Plan) {
    let tokens = plan.succeeds(&plan.request()).await;
    let request = plan
        .world
        .ask(Method::POST, &format!("{ISSUER}/userinfo"))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("access_token={}", tokens.access));
    assert_eq!(Reply::of(request).await.good()["sub"], tokens.subject());
}

pub(crate) async fn oidcc_codereuse(plan: &Plan) {
    let asked = plan.request();
    let code = plan.code(&mut plan.browser(), &asked).await;
    plan.accept(&asked, &code).await;
    plan.redeem(&code).await.refused("invalid_grant");
}

/// Here the code has expired before it comes back, and still what it gave dies.
pub(crate) async fn oidcc_codereuse_30seconds(plan: &Plan) {
    let plan = plan.in_haste().await;
    let asked = plan.request();
    let code = plan.code(&mut plan.browser(), &asked).await;
    let tokens = plan.accept(&asked, &code).await;
    wait::seconds_at(plan.world, 5).await;
    assert!(tokens.is_alive(plan.world).await);
    plan.redeem(&code).await.refused("invalid_grant");
    assert!(!tokens.is_alive(plan.world).await, "what a code gave dies when it is shown again");
}

pub(crate) async fn oidcc_refresh_token(plan: &Plan) {
    let mut held = Vec::new();
    for plan in [plan.of(plan.client.clone()), plan.of(RelyingParty::second())] {
        let asked = plan.request().with("scope", "openid offline_access").with("prompt", "consent");
        let tokens = plan.succeeds(&asked).await;
        let refresh = tokens.answer["refresh_token"].as_str().unwrap().to_owned();
        held.push((tokens, refresh));
    }
    let [(tokens, of_first), (_, of_second)] = &held[..] else { unreachable!() };
    refresh(plan, of_second).await.refused("invalid_grant");
    let answer = refresh(plan, of_first).await.good();
    assert_ne!(answer["access_token"], tokens.access);
    let told = userinfo(plan.world, answer["access_token"].as_str().unwrap()).await.good();
    assert_eq!(told["sub"], tokens.subject());
    if let Some(id_token) = answer["id_token"].as_str() {
        let (_, claims) = verified(plan.world, id_token).await;
        for name in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(claims[name], tokens.claims[name], "{name}");
        }
        assert!(claims["iat"].as_i64() >= tokens.claims["iat"].as_i64());
    }
}

async fn refresh(plan: &Plan, token: &str) -> Reply {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    plan.client.token(plan.world, &fields).await
}
