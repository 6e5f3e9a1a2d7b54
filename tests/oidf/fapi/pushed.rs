//! Modules about pushed requests: used twice, too late, by somebody else, inside one another
//! (RFC 9126).
//!
//! Not about what is pushed: `requests`.

use reqwest::Method;

use super::Fapi;
use crate::wait;

pub(crate) async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(fapi: &Fapi) {
    let asked = fapi.request();
    let request_uri = fapi.push(&asked).await;
    let address = fapi.first.address(&request_uri).address();
    let mut browser = fapi.browser();
    assert!(browser.open(&address).await.asks_to_sign_in(fapi.world));
    let shown = browser.open(&address).await;
    let arrival = browser.sign_in(shown).await.arrival();
    let arrival = fapi.opened(fapi.first, arrival).await;
    let code = fapi.first.code_of(&asked, &arrival);
    fapi.accept(fapi.first, &asked, &fapi.token(fapi.first, &code).send().await).await;
}

pub(crate) async fn par_attempt_reuse_request_uri(fapi: &Fapi) {
    let request_uri = fapi.push(&fapi.request()).await;
    fapi.answer(fapi.first, &request_uri).await;
    let shown = fapi.browser().open(&fapi.first.address(&request_uri).address()).await;
    fapi.is_error(fapi.first, shown, &["invalid_request_uri"]).await;
}

pub(crate) async fn par_attempt_to_use_expired_request_uri(fapi: &Fapi) {
    let fapi = fapi.in_haste().await;
    let reply = fapi.par(fapi.first, &fapi.request()).send().await;
    let answer = reply.json();
    let lives = answer["expires_in"].as_i64().unwrap();
    assert!(lives <= 5, "{answer}");
    let request_uri = answer["request_uri"].as_str().unwrap();
    wait::seconds_at(fapi.world, lives).await;
    let shown = fapi.browser().open(&fapi.first.address(request_uri).address()).await;
    fapi.is_error(fapi.first, shown, &["invalid_request_uri", "invalid_request"]).await;
}

pub(crate) async fn par_attempt_to_use_request_uri_for_different_client(fapi: &Fapi) {
    let request_uri = fapi.push(&fapi.request()).await;
    let shown = fapi.browser().open(&fapi.second.address(&request_uri).address()).await;
    let errors = ["invalid_request", "invalid_request_object", "invalid_request_uri"];
    fapi.is_error(fapi.second, shown, &errors).await;
}

pub(crate) async fn par_authorization_request_containing_request_uri_form_param(fapi: &Fapi) {
    let request_uri = fapi.push(&fapi.request()).await;
    let mut call = fapi.par(fapi.first, &fapi.request());
    call.set("request_uri", &request_uri);
    call.send().await.refused("invalid_request");
}

pub(crate) async fn par_attempt_invalid_http_method(fapi: &Fapi) {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let mut call = fapi.par(fapi.first, &fapi.request());
        let fields = crate::browser::encode(&call.fields);
        call.url = format!("{}?{fields}", call.url);
        call.method = method;
        assert_eq!(call.send().await.status, 405);
    }
}
