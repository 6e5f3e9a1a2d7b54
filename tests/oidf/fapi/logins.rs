//! Modules about a whole login: what succeeds, and what a person refuses.
//!
//! Not about single parameters that must be refused: `requests` and `pushed`.

use serde_json::{Map, Value, json};
use varco_sandbox::browser::html::links;

use super::Fapi;
use crate::discovery_modules::{document, lists, members_are_known_and_well_formed};
use crate::tokens::key_set;
use crate::world::ISSUER;

pub(crate) async fn discovery_end_point_verification(fapi: &Fapi) {
    let document = document(fapi.world).await;
    assert_eq!(document["issuer"], ISSUER);
    members_are_known_and_well_formed(&document);
    assert!(lists(&document, "response_types_supported", "code"));
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert!(document["pushed_authorization_request_endpoint"].is_string());
    let methods = "token_endpoint_auth_methods_supported";
    if fapi.combination.key {
        assert!(lists(&document, methods, "private_key_jwt"));
        let algorithms = "token_endpoint_auth_signing_alg_values_supported";
        assert!(["PS256", "ES256", "EdDSA"].iter().any(|name| lists(&document, algorithms, name)));
    } else {
        let both = ["tls_client_auth", "self_signed_tls_client_auth"];
        assert!(both.iter().any(|name| lists(&document, methods, name)));
    }
    if fapi.combination.dpop {
        let algorithms = "dpop_signing_alg_values_supported";
        assert!(["PS256", "ES256", "EdDSA"].iter().any(|name| lists(&document, algorithms, name)));
        assert!(!lists(&document, algorithms, "RS256"));
    } else {
        assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);
    }
    assert!(lists(&document, "code_challenge_methods_supported", "S256"));
    let algorithms = "id_token_signing_alg_values_supported";
    assert!(["PS256", "ES256", "EdDSA"].iter().any(|name| lists(&document, algorithms, name)));
    assert!(lists(&document, "scopes_supported", "openid"));
    assert!(!key_set(fapi.world).await["keys"].as_array().unwrap().is_empty());
    if fapi.combination.signed {
        assert_eq!(document["request_parameter_supported"], true);
        let algorithms = "request_object_signing_alg_values_supported";
        assert!(["PS256", "ES256", "EdDSA"].iter().any(|name| lists(&document, algorithms, name)));
        assert!(lists(&document, "response_modes_supported", "jwt"));
        let algorithms = "authorization_signing_alg_values_supported";
        assert!(["PS256", "ES256", "EdDSA"].iter().any(|name| lists(&document, algorithms, name)));
    }
}

/// The second client's callback has a query.
pub(crate) async fn happy_flow(fapi: &Fapi) {
    for client in [fapi.first, fapi.second] {
        let granted = fapi.login(client, &fapi.request_of(client)).await;
        assert!(fapi.opens(client, &granted).await);
        let other = if client.id == fapi.first.id { fapi.second } else { fapi.first };
        assert!(!fapi.opens(other, &granted).await, "the token is bound to who it was given");
    }
}

/// The person presses "Annulla" at the provider, and on the page that says so goes back to the service.
pub(crate) async fn user_rejects_authentication(fapi: &Fapi) {
    let asked = fapi.request();
    let request_uri = fapi.push(&asked).await;
    let mut browser = fapi.browser();
    let shown = browser.open(&fapi.first.address(&request_uri).address()).await;
    let shown = browser.cancel(shown).await;
    let arrival = match shown {
        crate::browser::Shown::Arrival(arrival) => arrival,
        shown => {
            let page = shown.page();
            let back = links(&page.body).into_iter().find(|link| link.contains("/login/cancel"));
            let back = page.url.join(&back.unwrap()).unwrap();
            browser.open(back.as_str()).await.arrival()
        }
    };
    let arrival = fapi.opened(fapi.first, arrival).await;
    assert_eq!(arrival.get("error"), Some("access_denied"));
    assert_eq!(arrival.get("code"), None);
    assert_eq!(arrival.get("state"), asked.get("state"));
    assert_eq!(arrival.get("iss"), Some(ISSUER));
}

pub(crate) async fn ensure_authorization_request_without_state_success(fapi: &Fapi) {
    fapi.login(fapi.first, &fapi.request().without("state")).await;
}

pub(crate) async fn ensure_authorization_request_without_nonce_success(fapi: &Fapi) {
    fapi.login(fapi.first, &fapi.request().without("nonce")).await;
}

pub(crate) async fn ensure_authorization_request_with_64_char_nonce_success(fapi: &Fapi) {
    let nonce = "0123456789abcdef".repeat(4);
    fapi.login(fapi.first, &fapi.request().with("nonce", &nonce)).await;
}

pub(crate) async fn ensure_other_scope_order_succeeds(fapi: &Fapi) {
    let granted = fapi.login(fapi.first, &fapi.request().with("scope", "profile openid")).await;
    assert!(fapi.opens(fapi.first, &granted).await);
}

/// Every claim that discovery lists is asked for in one of four forms, and some that nobody knows.
pub(crate) async fn test_claims_parameter_identity_claims(fapi: &Fapi) {
    let document = document(fapi.world).await;
    let names = document["claims_supported"].as_array().unwrap().iter().filter_map(Value::as_str);
    // What the token says of itself cannot be wished for.
    let names = names.filter(|name| !matches!(*name, "sub" | "acr"));
    let forms = [Value::Null, json!({}), json!({"essential": true}), json!({"essential": false})];
    let mut wishes: Map<String, Value> = names
        .zip(forms.iter().cycle())
        .map(|(name, form)| (name.to_owned(), form.clone()))
        .collect();
    wishes.insert("unknown_claim".to_owned(), json!({"essential": true}));
    let claims = json!({"userinfo": wishes, "id_token": wishes}).to_string();
    let granted = fapi.login(fapi.first, &fapi.request().with("claims", &claims)).await;
    let told = fapi.resource(fapi.first, &granted.access).send().await.good();
    for name in ["name", "given_name", "family_name", "birthdate", "gender"] {
        assert!(told.get(name).is_some() && granted.claims.get(name).is_some(), "{name}");
    }
    assert_eq!(told.get("unknown_claim"), None);
}

pub(crate) async fn access_token_type_header_case_sensitivity(fapi: &Fapi) {
    let granted = fapi.login(fapi.first, &fapi.request()).await;
    let schemes = if fapi.combination.dpop {
        ["dpop", "DPOP", "DpOp"]
    } else {
        ["bearer", "BEARER", "bEaReR"]
    };
    for scheme in schemes {
        let mut call = fapi.resource(fapi.first, &granted.access);
        call.headers = vec![("Authorization", format!("{scheme} {}", granted.access))];
        assert_eq!(call.send().await.status, 200, "{scheme}");
    }
}
