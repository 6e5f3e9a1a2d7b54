//! Modules about signed request objects (FAPI 2.0 Message Signing, section 5.3.1; RFC 9101).
//!
//! Not about what stands in them: `requests` asks that of every combination.

use serde_json::json;

use super::{Fapi, Jws};
use crate::browser::Shown;
use crate::world::ISSUER;

const ERRORS: [&str; 5] = [
    "invalid_request",
    "invalid_request_object",
    "invalid_request_uri",
    "access_denied",
    "invalid_client",
];

async fn refused(fapi: &Fapi, change: impl Fn(&mut Jws)) {
    let mut call = fapi.par(fapi.first, &fapi.request());
    change(call.object.as_mut().unwrap());
    fapi.is_refused(&call, fapi.first, &ERRORS).await;
}

async fn accepted(fapi: &Fapi, change: impl Fn(&mut Jws)) {
    let asked = fapi.request();
    let mut call = fapi.par(fapi.first, &asked);
    change(call.object.as_mut().unwrap());
    let request_uri = fapi.pushed(&call).await;
    let arrival = fapi.answer(fapi.first, &request_uri).await;
    fapi.first.code_of(&asked, &arrival);
}

fn shift(object: &mut Jws, claim: &str, seconds: i64) {
    object.claims[claim] = (object.claims[claim].as_i64().unwrap() + seconds).into();
}

pub(crate) async fn ensure_request_object_with_multiple_aud_succeeds(fapi: &Fapi) {
    accepted(fapi, |object| object.claims["aud"] = json!(["https://other.test", ISSUER])).await;
}

pub(crate) async fn ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(
    fapi: &Fapi,
) {
    accepted(fapi, |object| shift(object, "nbf", 8)).await;
}

pub(crate) async fn ensure_request_object_without_exp_fails(fapi: &Fapi) {
    refused(fapi, |object| object.without_claim("exp")).await;
}

pub(crate) async fn ensure_request_object_without_nbf_fails(fapi: &Fapi) {
    refused(fapi, |object| object.without_claim("nbf")).await;
}

pub(crate) async fn ensure_expired_request_object_fails(fapi: &Fapi) {
    refused(fapi, |object| {
        shift(object, "nbf", -600);
        shift(object, "exp", -600);
    })
    .await;
}

pub(crate) async fn ensure_request_object_with_bad_aud_fails(fapi: &Fapi) {
    refused(fapi, |object| object.claims["aud"] = "https://other.test".into()).await;
}

pub(crate) async fn ensure_request_object_with_exp_over_60_fails(fapi: &Fapi) {
    refused(fapi, |object| shift(object, "exp", 70 * 60)).await;
}

pub(crate) async fn ensure_request_object_with_nbf_over_60_fails(fapi: &Fapi) {
    refused(fapi, |object| shift(object, "nbf", -70 * 60)).await;
}

/// The key is registered for PS256, and could sign either way.
pub(crate) async fn ensure_signed_request_object_with_rs256_fails(fapi: &Fapi) {
    assert_eq!(fapi.first.key.algorithm(), "PS256");
    refused(fapi, |object| object.header["alg"] = "RS256".into()).await;
}

pub(crate) async fn ensure_request_object_signature_algorithm_is_not_none(fapi: &Fapi) {
    refused(fapi, |object| object.header["alg"] = "none".into()).await;
}

/// The header names the client's key, and another one of the same kind has signed.
pub(crate) async fn ensure_request_object_with_invalid_signature_fails(fapi: &Fapi) {
    refused(fapi, |object| object.key = fapi.first.rsa).await;
}

pub(crate) async fn ensure_matching_key_in_authorization_request(fapi: &Fapi) {
    refused(fapi, |object| {
        object.key = fapi.second.key;
        object.header["kid"] = fapi.second.key.name().into();
        object.header["alg"] = fapi.second.key.algorithm().into();
    })
    .await;
}

pub(crate) async fn ensure_unsigned_request_at_par_endpoint_fails(fapi: &Fapi) {
    let asked = fapi.request();
    let mut call = fapi.par(fapi.first, &asked);
    call.object = None;
    for (name, value) in &asked.0 {
        call.set(name, value);
    }
    fapi.is_refused(&call, fapi.first, &ERRORS).await;
}

pub(crate) async fn par_authorization_request_containing_request_uri(fapi: &Fapi) {
    let pushed = fapi.push(&fapi.request()).await;
    refused(fapi, |object| object.claims["request_uri"] = pushed.clone().into()).await;
    let shown: Shown = fapi.browser().open(&fapi.first.address(&pushed).address()).await;
    assert!(shown.asks_to_sign_in(fapi.world), "the request that was named is untouched");
}
