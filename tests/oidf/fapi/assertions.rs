//! Modules about client assertions: algorithm, audience, times, subject (FAPI 2.0 Security Profile,
//! section 5.3.2.1; RFC 7523, section 3).
//!
//! Not about certificates: those modules are not run with them.

use super::{Call, Fapi};

/// Refused as the suite wants it at the PAR endpoint.
async fn refused_at_par(fapi: &Fapi, change: impl Fn(&mut super::Jws)) {
    let mut call = fapi.par(fapi.first, &fapi.request());
    change(call.assertion.as_mut().unwrap());
    refused(&call, &["invalid_request", "invalid_client"]).await;
}

/// Refused at the token endpoint; the code is good afterwards for a good assertion.
async fn refused_at_token(fapi: &Fapi, errors: &[&str], change: impl Fn(&mut Call<'_>)) {
    let asked = fapi.request();
    let code = fapi.code(fapi.first, &asked).await;
    let mut call = fapi.token(fapi.first, &code);
    change(&mut call);
    refused(&call, errors).await;
    fapi.accept(fapi.first, &asked, &fapi.token(fapi.first, &code).send().await).await;
}

async fn refused(call: &Call<'_>, errors: &[&str]) {
    let reply = call.send().await;
    assert!(matches!(reply.status, 400 | 401), "{reply:?}");
    let answer = reply.json();
    assert!(errors.contains(&answer["error"].as_str().unwrap()), "{answer}");
}

/// The key is registered for PS256, and could sign either way.
pub(crate) async fn ensure_signed_client_assertion_with_rs256_fails(fapi: &Fapi) {
    assert_eq!(fapi.first.key.algorithm(), "PS256");
    refused_at_token(fapi, &["invalid_client"], |call| {
        call.assertion.as_mut().unwrap().header["alg"] = "RS256".into();
    })
    .await;
}

pub(crate) async fn ensure_client_assertion_in_token_endpoint(fapi: &Fapi) {
    let errors = ["invalid_client", "invalid_request"];
    refused_at_token(fapi, &errors, |call| call.assertion = None).await;
}

pub(crate) async fn ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(fapi: &Fapi) {
    let now = fapi.world.fx.now().unix_seconds();
    refused_at_token(fapi, &["invalid_client"], |call| {
        call.assertion.as_mut().unwrap().claims["exp"] = (now - 300).into();
    })
    .await;
}

pub(crate) async fn ensure_client_assertion_with_wrong_aud_fails(fapi: &Fapi) {
    refused_at_token(fapi, &["invalid_client"], |call| {
        call.assertion.as_mut().unwrap().claims["aud"] = "https://other.test".into();
    })
    .await;
}

pub(crate) async fn ensure_client_assertion_with_no_sub_fails(fapi: &Fapi) {
    refused_at_token(fapi, &["invalid_client"], |call| {
        call.assertion.as_mut().unwrap().without_claim("sub");
    })
    .await;
}

pub(crate) async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(
    fapi: &Fapi,
) {
    let now = fapi.world.fx.now().unix_seconds();
    let mut call = fapi.par(fapi.first, &fapi.request());
    call.assertion.as_mut().unwrap().claims["nbf"] = (now + 8).into();
    fapi.pushed(&call).await;
}

pub(crate) async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(
    fapi: &Fapi,
) {
    let now = fapi.world.fx.now().unix_seconds();
    refused_at_par(fapi, |assertion| {
        assertion.claims["iat"] = (now + 90).into();
        assertion.claims["nbf"] = (now + 90).into();
        assertion.claims["exp"] = (now + 150).into();
    })
    .await;
}

pub(crate) async fn par_test_array_as_audience_fails(fapi: &Fapi) {
    let issuer = crate::world::ISSUER;
    let pushing = fapi.endpoint("pushed_authorization_request_endpoint");
    for audience in [vec![issuer], vec![issuer, pushing]] {
        refused_at_par(fapi, |assertion| assertion.claims["aud"] = audience.clone().into()).await;
    }
}

pub(crate) async fn par_test_par_endpoint_url_as_audience_fails(fapi: &Fapi) {
    let pushing = fapi.endpoint("pushed_authorization_request_endpoint");
    refused_at_par(fapi, |assertion| assertion.claims["aud"] = pushing.into()).await;
}

pub(crate) async fn par_test_token_endpoint_url_as_audience_fails(fapi: &Fapi) {
    let token = fapi.endpoint("token_endpoint");
    refused_at_par(fapi, |assertion| assertion.claims["aud"] = token.into()).await;
}
