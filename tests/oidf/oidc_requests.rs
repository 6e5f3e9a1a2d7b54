//! Modules about one authorization request: its parameters, their order, what must be ignored and
//! what must be refused.
//!
//! Not about sessions (`oidc_logins`) and not about what tokens are good for (`oidc_tokens`).

use serde_json::json;

use crate::browser::Shown;
use crate::plan::Plan;
use crate::relying_party::{Asked, CALLBACK};
use crate::tokens::Tokens;

pub(crate) async fn oidcc_response_type_missing(plan: &Plan) {
    let asked = plan.request().without("response_type");
    match plan.ask(&mut plan.browser(), &asked).await {
        Shown::Arrival(arrival) => {
            let error = plan.error_of(&asked, &arrival);
            assert!(matches!(&*error, "unsupported_response_type" | "invalid_request"), "{error}");
        }
        shown => {
            shown.error_page();
        }
    }
}

pub(crate) async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(plan: &Plan) {
    plan.succeeds(&plan.request().without("nonce")).await;
}

pub(crate) async fn oidcc_scope_profile(plan: &Plan) {
    let told = scope(plan, "openid profile").await;
    holds_profile(&told);
    assert_eq!(told.get("email"), None);
}

pub(crate) async fn oidcc_scope_email(plan: &Plan) {
    let told = scope(plan, "openid email").await;
    assert_eq!(told["email"], "ada@esempio.example");
    assert_eq!(told.get("name"), None);
}

pub(crate) async fn oidcc_scope_address(plan: &Plan) {
    let told = scope(plan, "openid address").await;
    holds_address(&told);
    assert_eq!(told.get("name"), None);
}

pub(crate) async fn oidcc_scope_phone(plan: &Plan) {
    let told = scope(plan, "openid phone").await;
    assert_eq!(told["phone_number"], "+393330000000");
    assert_eq!(told.get("name"), None);
}

pub(crate) async fn oidcc_scope_all(plan: &Plan) {
    let told = scope(plan, "openid address email phone profile").await;
    holds_everything(&told);
}

pub(crate) async fn oidcc_alternate_happy_flow(plan: &Plan) {
    let mut asked = plan.request().with("scope", "phone address email profile openid");
    asked.0.reverse();
    let told = plan.succeeds(&asked).await.userinfo(plan.world).await;
    holds_everything(&told);
}

pub(crate) async fn oidcc_display_page(plan: &Plan) {
    asks_and_succeeds(plan, &plan.request().with("display", "page")).await;
}

pub(crate) async fn oidcc_display_popup(plan: &Plan) {
    asks_and_succeeds(plan, &plan.request().with("display", "popup")).await;
}

pub(crate) async fn oidcc_ensure_request_with_unknown_parameter_succeeds(plan: &Plan) {
    plan.succeeds(&plan.request().with("extra", "foobar")).await;
}

pub(crate) async fn oidcc_login_hint(plan: &Plan) {
    asks_and_succeeds(plan, &plan.request().with("login_hint", "buffy@varco.test")).await;
}

pub(crate) async fn oidcc_ui_locales(plan: &Plan) {
    asks_and_succeeds(plan, &plan.request().with("ui_locales", "se")).await;
}

pub(crate) async fn oidcc_claims_locales(plan: &Plan) {
    asks_and_succeeds(plan, &plan.request().with("claims_locales", "se")).await;
}

pub(crate) async fn oidcc_ensure_request_with_acr_values_succeeds(plan: &Plan) {
    let document = crate::discovery_modules::document(plan.world).await;
    let advertised = document["acr_values_supported"].as_array().unwrap();
    let values: Vec<&str> = advertised.iter().map(|value| value.as_str().unwrap()).collect();
    let tokens = plan.succeeds(&plan.request().with("acr_values", &values.join(" "))).await;
    assert!(advertised.contains(&tokens.claims["acr"]), "{}", tokens.claims);
}

pub(crate) async fn oidcc_ensure_registered_redirect_uri(plan: &Plan) {
    let asked = plan.request().with("redirect_uri", "https://suite.test/callback/unregistered");
    let error = plan.ask(&mut plan.browser(), &asked).await.error_page();
    assert_eq!(error, "redirect-uri-unregistered");
}

pub(crate) async fn oidcc_ensure_post_request_succeeds(plan: &Plan) {
    let asked = plan.request();
    let mut browser = plan.browser();
    let shown = browser.post(&format!("{}/authorize", crate::world::ISSUER), &asked.0).await;
    assert!(shown.asks_to_sign_in(plan.world), "{shown:?}");
    let code = plan.code_of(&asked, &browser.sign_in(shown).await.arrival());
    plan.accept(&asked, &code).await;
}

/// Processed or refused by its own name, never ignored: the document is at an address that nobody
/// serves, so processing it is no choice here.
pub(crate) async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    plan: &Plan,
) {
    let asked = plan.request().with("request_uri", "https://suite.test/request.jwt");
    let arrival = plan.ask(&mut plan.browser(), &asked).await.arrival();
    let error = plan.error_of(&asked, &arrival);
    assert!(matches!(&*error, "request_uri_not_supported" | "invalid_request_uri"), "{error}");
}

/// The same for a request object by value.
pub(crate) async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    plan: &Plan,
) {
    let asked = plan.request();
    let object = unsigned(&asked.clone().with("state", "another state"));
    let asked = asked.with("request", &object);
    let arrival = plan.ask(&mut plan.browser(), &asked).await.arrival();
    let error = plan.error_of(&asked, &arrival);
    assert!(matches!(&*error, "request_not_supported" | "invalid_request_object"), "{error}");
}

/// The registered address stands inside the object, another one outside: a broker that reads no such
/// object must not go to either.
pub(crate) async fn oidcc_ensure_request_object_with_redirect_uri(plan: &Plan) {
    let inside = plan.request().with("redirect_uri", CALLBACK);
    let outside = plan
        .request()
        .with("redirect_uri", "https://suite.test/elsewhere")
        .with("request", &unsigned(&inside));
    plan.ask(&mut plan.browser(), &outside).await.error_page();
}

pub(crate) async fn oidcc_claims_essential(plan: &Plan) {
    let wish = json!({"userinfo": {"name": {"essential": true}}}).to_string();
    let tokens = plan.succeeds(&plan.request().with("claims", &wish)).await;
    let told = tokens.userinfo(plan.world).await;
    assert_eq!(told["name"], "Ada Esempio");
}

pub(crate) async fn oidcc_ensure_request_with_valid_pkce_succeeds(plan: &Plan) {
    let asked = plan
        .request()
        .with("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        .with("code_challenge_method", "S256");
    let code = plan.code(&mut plan.browser(), &asked).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ];
    let reply = plan.client.token(plan.world, &fields).await;
    Tokens::accept(plan.world, &asked, &reply).await;
}

/// The normal page to sign in is shown, and then everything goes on as ever.
async fn asks_and_succeeds(plan: &Plan, asked: &Asked) {
    let mut browser = plan.browser();
    let shown = plan.ask(&mut browser, asked).await;
    assert!(shown.asks_to_sign_in(plan.world), "{shown:?}");
    let code = plan.code_of(asked, &browser.sign_in(shown).await.arrival());
    plan.accept(asked, &code).await;
}

/// What userinfo says when so many scopes are asked.
async fn scope(plan: &Plan, scopes: &str) -> serde_json::Value {
    let tokens = plan.succeeds(&plan.request().with("scope", scopes)).await;
    let granted = tokens.answer["scope"].as_str().unwrap_or(scopes);
    let sorted = |text: &str| {
        let mut names: Vec<_> = text.split(' ').map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(sorted(granted), sorted(scopes));
    tokens.userinfo(plan.world).await
}

fn holds_profile(told: &serde_json::Value) {
    assert_eq!(told["name"], "Ada Esempio");
    assert_eq!(told["given_name"], "Ada");
    assert_eq!(told["family_name"], "Esempio");
    assert_eq!(told["birthdate"], "1980-05-14");
    assert_eq!(told["gender"], "female");
}

fn holds_address(told: &serde_json::Value) {
    let address = told["address"].as_object().unwrap();
    assert!(!address.is_empty() && address.values().all(serde_json::Value::is_string), "{told}");
}

fn holds_everything(told: &serde_json::Value) {
    holds_profile(told);
    holds_address(told);
    assert_eq!(told["email"], "ada@esempio.example");
    assert_eq!(told["phone_number"], "+393330000000");
}

/// A request object without a signature (RFC 9101, section 2).
fn unsigned(asked: &Asked) -> String {
    use varco::crypto::digest::base64url;
    let claims: serde_json::Map<_, _> =
        asked.0.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let claims = serde_json::Value::from(claims).to_string();
    format!("{}.{}.", base64url(br#"{"alg":"none"}"#), base64url(claims.as_bytes()))
}
