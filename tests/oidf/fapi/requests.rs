//! Modules about single parameters of an authorization request: in the wrong place, too long, missing,
//! or asking for what FAPI 2.0 does not have.
//!
//! Not about the pushing itself: `pushed`.

use super::Fapi;
use crate::browser::Shown;
use crate::relying_party::Asked;

const REQUEST_ERRORS: [&str; 3] =
    ["invalid_request", "invalid_request_object", "invalid_request_uri"];

/// Opens a pushed request with a parameter more in the address: an error, or the pushed value counts.
async fn with_another(fapi: &Fapi, asked: &Asked, outside: (&str, &str)) {
    let request_uri = fapi.push(asked).await;
    let address = fapi.first.address(&request_uri).with(outside.0, outside.1);
    let mut browser = fapi.browser();
    let shown = browser.open(&address.address()).await;
    if !shown.asks_to_sign_in(fapi.world) {
        let errors =
            ["invalid_request", "invalid_request_object", "invalid_request_uri", "access_denied"];
        return fapi.is_error(fapi.first, shown, &errors).await;
    }
    let arrival = browser.sign_in(shown).await.arrival();
    let arrival = fapi.opened(fapi.first, arrival).await;
    let code = fapi.first.code_of(asked, &arrival);
    fapi.accept(fapi.first, asked, &fapi.token(fapi.first, &code).send().await).await;
}

pub(crate) async fn ensure_different_nonce_inside_and_outside_request_object(fapi: &Fapi) {
    with_another(fapi, &fapi.request(), ("nonce", "another")).await;
}

pub(crate) async fn ensure_different_state_inside_and_outside_request_object(fapi: &Fapi) {
    with_another(fapi, &fapi.request(), ("state", "another")).await;
}

pub(crate) async fn state_only_outside_request_object_not_used(fapi: &Fapi) {
    with_another(fapi, &fapi.request().without("state"), ("state", "outside")).await;
}

/// Returned whole, or refused: never cut.
async fn long(fapi: &Fapi, name: &str) {
    let asked = fapi.request().with(name, &"0123456789abcdef".repeat(24));
    let reply = fapi.par(fapi.first, &asked).send().await;
    if reply.status == 201 {
        fapi.login(fapi.first, &asked).await;
    } else {
        reply.refused("invalid_request");
    }
}

pub(crate) async fn ensure_authorization_request_with_long_nonce(fapi: &Fapi) {
    long(fapi, "nonce").await;
}

pub(crate) async fn ensure_authorization_request_with_long_state(fapi: &Fapi) {
    long(fapi, "state").await;
}

pub(crate) async fn ensure_request_object_without_redirect_uri_fails(fapi: &Fapi) {
    let asked = fapi.request().without("redirect_uri");
    fapi.is_refused(&fapi.par(fapi.first, &asked), fapi.first, &REQUEST_ERRORS).await;
}

pub(crate) async fn ensure_redirect_uri_in_authorization_request(fapi: &Fapi) {
    ensure_request_object_without_redirect_uri_fails(fapi).await;
}

/// RFC 9126, section 2.4 would allow it: here it is refused.
pub(crate) async fn plain_fapi_tolerate_unregistered_redirect_uri(fapi: &Fapi) {
    let asked = fapi.request().with("redirect_uri", "https://suite.test/callback/unregistered");
    fapi.is_refused(&fapi.par(fapi.first, &asked), fapi.first, &REQUEST_ERRORS).await;
}

pub(crate) async fn ensure_unsigned_authorization_request_without_using_par_fails(fapi: &Fapi) {
    let shown = fapi.browser().open(&fapi.request().address()).await;
    fapi.is_error(fapi.first, shown, &["invalid_request"]).await;
}

async fn refuses_response_type(fapi: &Fapi, response_type: &str) {
    let asked = fapi.request().with("response_type", response_type);
    let errors = [
        "unsupported_response_type",
        "invalid_request",
        "invalid_request_object",
        "unauthorized_client",
    ];
    fapi.is_refused(&fapi.par(fapi.first, &asked), fapi.first, &errors).await;
}

pub(crate) async fn ensure_response_type_code_idtoken_fails(fapi: &Fapi) {
    refuses_response_type(fapi, "code id_token").await;
}

pub(crate) async fn ensure_response_type_token_fails(fapi: &Fapi) {
    refuses_response_type(fapi, "token").await;
}

pub(crate) async fn par_ensure_pkce_required(fapi: &Fapi) {
    let asked = fapi.request().without("code_challenge").without("code_challenge_method");
    fapi.is_refused(&fapi.par(fapi.first, &asked), fapi.first, &REQUEST_ERRORS).await;
}

pub(crate) async fn par_plain_pkce_rejected(fapi: &Fapi) {
    let asked = fapi
        .request()
        .with("code_challenge", super::VERIFIER)
        .with("code_challenge_method", "plain");
    fapi.is_refused(&fapi.par(fapi.first, &asked), fapi.first, &REQUEST_ERRORS).await;
}

pub(crate) async fn par_without_duplicate_parameters(fapi: &Fapi) {
    let asked = fapi.request();
    let request_uri = fapi.push(&asked).await;
    let address = fapi.first.address(&request_uri);
    assert_eq!(address.0.len(), 2);
    let mut browser = fapi.browser();
    let shown: Shown = browser.open(&address.address()).await;
    let arrival = browser.sign_in(shown).await.arrival();
    let arrival = fapi.opened(fapi.first, arrival).await;
    let code = fapi.first.code_of(&asked, &arrival);
    fapi.accept(fapi.first, &asked, &fapi.token(fapi.first, &code).send().await).await;
}
