//! Modules about codes at the token endpoint: whose, when, how often, with what proof.
//!
//! Not about client assertions (`assertions`) and not about the form of proofs (`dpop`).

use super::Fapi;
use crate::wait;

pub(crate) async fn ensure_client_id_in_token_endpoint(fapi: &Fapi) {
    let asked = fapi.request();
    let code = fapi.code(fapi.first, &asked).await;
    let mut call = fapi.token(fapi.first, &code);
    call.set("client_id", &fapi.second.id);
    let reply = call.send().await;
    assert!(matches!(reply.status, 400 | 401), "{reply:?}");
    let error = reply.json()["error"].as_str().unwrap().to_owned();
    assert!(matches!(&*error, "invalid_client" | "invalid_request" | "invalid_grant"), "{error}");
}

/// What the front proxy's TLS offers is the proxy's: the test asks for the proof of possession.
pub(crate) async fn ensure_holder_of_key_required(fapi: &Fapi) {
    let asked = fapi.request();
    let code = fapi.code(fapi.first, &asked).await;
    let mut call = fapi.token(fapi.first, &code);
    call.proof = None;
    call.certificate = None;
    let reply = call.send().await;
    assert!(matches!(reply.status, 400 | 401), "{reply:?}");
    let error = reply.json()["error"].as_str().unwrap().to_owned();
    let errors = ["invalid_request", "invalid_dpop_proof", "invalid_grant", "invalid_client"];
    assert!(errors.contains(&&*error), "{error}");
}

pub(crate) async fn ensure_authorization_code_is_bound_to_client(fapi: &Fapi) {
    let asked = fapi.request();
    let code = fapi.code(fapi.first, &asked).await;
    let mut call = fapi.token(fapi.second, &code);
    call.set("redirect_uri", fapi.first.redirect_uri);
    call.send().await.refused("invalid_grant");
    fapi.accept(fapi.first, &asked, &fapi.token(fapi.first, &code).send().await).await;
}

pub(crate) async fn attempt_reuse_authorization_code_after_one_second(fapi: &Fapi) {
    let asked = fapi.request();
    let code = fapi.code(fapi.first, &asked).await;
    let reply = fapi.token(fapi.first, &code).send().await;
    let granted = fapi.accept(fapi.first, &asked, &reply).await;
    assert!(fapi.opens(fapi.first, &granted).await);
    wait::seconds_at(fapi.world, 1).await;
    fapi.token(fapi.first, &code).send().await.refused("invalid_grant");
    assert!(!fapi.opens(fapi.first, &granted).await, "what the code gave is revoked");
}

pub(crate) async fn ensure_token_endpoint_fails_with_expired_auth_code(fapi: &Fapi) {
    let fapi = fapi.in_haste().await;
    let code = fapi.code(fapi.first, &fapi.request()).await;
    wait::seconds_at(fapi.world, 5).await;
    fapi.token(fapi.first, &code).send().await.refused("invalid_grant");
}

pub(crate) async fn ensure_pkce_code_verifier_required(fapi: &Fapi) {
    let code = fapi.code(fapi.first, &fapi.request()).await;
    let mut call = fapi.token(fapi.first, &code);
    call.drop("code_verifier");
    call.send().await.refused("invalid_grant");
}

pub(crate) async fn incorrect_pkce_code_verifier_rejected(fapi: &Fapi) {
    let code = fapi.code(fapi.first, &fapi.request()).await;
    let mut call = fapi.token(fapi.first, &code);
    call.set("code_verifier", &super::VERIFIER.replace('d', "e"));
    call.send().await.refused("invalid_grant");
}
