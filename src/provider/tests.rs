//! `/authorize` with providers to go to: where a hint leads, and what it can never do.

use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse};

use super::*;
use crate::upstream::settings::Binding;
use crate::web::tests::{fixture, web_with};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Answers a good request that carries `more` too.
async fn authorize(binding: Binding, more: &[(&str, &str)]) -> ServiceResponse {
    let pages = web_with(|fx| fixture::spid(fx, binding));
    let provider = Arc::new(Provider::new(pages.broker.clone()));
    let app = App::new()
        .app_data(Data::from(pages))
        .configure(|routes| provider.configure(routes))
        .default_service(web::to(|| async { HttpResponse::NotFound().finish() }));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", "inps"),
            ("redirect_uri", "https://inps.example/cb"),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
        .extend_pairs(more)
        .finish();
    let request = TestRequest::get().uri(&format!("/authorize?{query}")).to_request();
    call_service(&init_service(app).await, request).await
}

fn location(answer: &ServiceResponse) -> &str {
    answer.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
}

fn has_cookie(answer: &ServiceResponse) -> bool {
    answer
        .headers()
        .get_all(header::SET_COOKIE)
        .any(|value| value.as_bytes().starts_with(b"__Host-"))
}

#[actix_web::test]
async fn a_hint_that_names_a_provider_leads_there_at_once_with_the_cookie() {
    let id = fixture::entity_id(3);
    for name in ["idp_hint", "login_hint"] {
        let answer = authorize(Binding::Redirect, &[(name, &id)]).await;
        assert_eq!(answer.status(), StatusCode::FOUND);
        assert!(location(&answer).starts_with("https://idp3.example/sso?SAMLRequest="));
        assert!(has_cookie(&answer));
    }
    let answer = authorize(Binding::Post, &[("idp_hint", &id)]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(has_cookie(&answer));
    let page = read_body(answer).await;
    assert!(String::from_utf8_lossy(&page).contains("https://idp3.example/sso"));
}

#[actix_web::test]
async fn a_hint_that_leaves_a_choice_leads_to_the_choice() {
    let id = fixture::entity_id(3);
    for (name, more) in [
        ("upstream", vec![("idp_hint", "spid")]),
        ("unknown", vec![("idp_hint", "https://evil.example")]),
        ("other", vec![("login_hint", "cie")]),
        ("select", vec![("idp_hint", &id), ("prompt", "select_account")]),
    ] {
        let answer = authorize(Binding::Redirect, &more).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{name}");
        assert!(location(&answer).starts_with("/login?tx="), "{name}");
        assert!(has_cookie(&answer), "{name}");
    }
}
