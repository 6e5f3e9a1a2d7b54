//! What every page promises, asked over the real routes.

mod announced;
mod changes;
mod choice;
mod closed_ways;
pub(crate) mod fixture;
mod told;

use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, http::StatusCode, http::header};
use arc_swap::ArcSwap;

use super::*;
use crate::crypto::Handle;
use crate::crypto::keyring::KeyRing;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::login::{
    Answer, Begun, Completed, Durable, Issuer, Notices, SessionCookie, SessionSettings, Settings,
};
use crate::oidc::client::{
    Assistance, AuthenticationMethod, Branding, ClaimsProfile, ClientMetadata, Mandate,
    ServicePolicy, SubjectType, Texts,
};
use crate::oidc::{AuthorizationRequest, Client, ClientId, Clients, ReturnTo, Scopes, sample};
use crate::state::{MemoryStore, Shelves, Store};
use crate::terms::Level;
use crate::upstream::Upstreams;

/// Everything but the operating system: a broker over memory state, one client, no upstream.
fn web() -> Arc<Web> {
    web_with(|_| Upstreams::default())
}

/// The same with upstreams.
pub(crate) fn web_with(upstreams: impl FnOnce(&Effects) -> Upstreams) -> Arc<Web> {
    let (fx, _) = Effects::scripted(1_795_338_900, 7);
    let shelves = Shelves::new(
        Store::Memory(MemoryStore::new(fx.clone(), 1000)),
        Sealer::new(&[7; 32]).expect("a sealer"),
        fx.clone(),
    );
    let broker = Broker {
        shelves,
        clients: ArcSwap::from_pointee(Clients::new(vec![client()])),
        upstreams: Arc::new(upstreams(&fx)),
        fx,
        calendar: ArcSwap::default(),
        issuer: Issuer::new(KeyRing::empty(), &[9; 32]),
        settings: Settings {
            issuer: "https://varco.example".to_owned(),
            login_lives: Duration::from_secs(1200),
            code_lives: Duration::from_secs(60),
            pushed_lives: Duration::from_secs(60),
            token_lives: Duration::from_secs(300),
            session: SessionSettings::default(),
            refresh_lives: Duration::from_hours(720),
        },
        entitlements: ArcSwap::default(),
        notices: Notices::default(),
        durable: Durable::default(),
        observer: Arc::new(crate::login::Unobserved),
    };
    Arc::new(Web::new(Arc::new(broker)))
}

/// A service whose name tries to be markup.
fn client() -> Client {
    Client {
        id: ClientId::parse("inps").expect("an id"),
        protocol: ClientMetadata {
            redirect_uris: vec!["https://inps.example/cb".to_owned()],
            post_logout_redirect_uris: vec!["https://inps.example/bye".to_owned()],
            ..ClientMetadata::default()
        }
        .check()
        .expect("a client"),
        authentication: AuthenticationMethod::SecretBasic([0; 32]),
        keys: crate::oidc::ClientKeys::None,
        minimum_level: Level::L2,
        upstreams: vec!["spid"],
        scopes: Scopes::parse("openid profile"),
        claims_profile: ClaimsProfile::Eid,
        claims_in_id_token: false,
        subject_type: SubjectType::Pairwise,
        sector: "inps.example".to_owned(),
        tenant: "default".to_owned(),
        attribute_set: "full".to_owned(),
        attribute_sets: Vec::new(),
        consumer: None,
        purpose: None,
        mandate: Mandate::default(),
        policy: ServicePolicy::default(),
        entitlements: None,
        federated: None,
        branding: Branding {
            name: Texts::new(vec![
                (Locale::It, "INPS <b>& figli</b>".to_owned()),
                (Locale::De, "NISF".to_owned()),
            ])
            .expect("an Italian name"),
            accent: "#004d99".to_owned(),
            legal_uri: "https://inps.example/legal".to_owned(),
            privacy_uri: "https://inps.example/privacy".to_owned(),
            accessibility_uri: "https://inps.example/accessibility".to_owned(),
            initiate_login_uri: "https://inps.example/start".to_owned(),
            assistance: Assistance {
                telephone: Some("+39800123456".to_owned()),
                email: Some("aiuto@inps.example".to_owned()),
                uri: None,
            },
            default_locale: Locale::It,
            reasons: std::collections::BTreeMap::new(),
        },
    }
}

async fn begin(web: &Web, hint: Option<String>) -> Begun {
    let client = client();
    let request = AuthorizationRequest {
        state: Some("st".to_owned()),
        level: Level::L2,
        hint,
        ..sample::request(&client, "https://inps.example/cb")
    };
    web.broker.begin(request, None).await.expect("begun")
}

/// Sends one request through the whole application.
async fn send(web: &Arc<Web>, request: TestRequest) -> ServiceResponse {
    let app =
        init_service(App::new().wrap(web.headers()).configure(|routes| web.configure(routes)))
            .await;
    call_service(&app, request.to_request()).await
}

async fn page(web: &Arc<Web>, request: TestRequest) -> (StatusCode, String) {
    let answer = send(web, request).await;
    let status = answer.status();
    let body = to_bytes(answer.into_body()).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

fn get(uri: &str) -> TestRequest {
    TestRequest::get().uri(uri)
}

/// With the cookie of the browser that began the login.
fn by(request: TestRequest, browser: &Handle) -> TestRequest {
    request
        .cookie(actix_web::cookie::Cookie::new(visit::BROWSER_COOKIE, browser.reveal().to_owned()))
}

fn assert_no_inline(html: &str) {
    for forbidden in
        ["<style", " style=", "<script>", " onload=", " onclick=", "javascript:", "data:"]
    {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
}

#[actix_web::test]
async fn every_answer_carries_the_headers_of_the_house() {
    let web = web();
    for uri in [
        "/",
        "/nowhere",
        "/login",
        "/login/go",
        "/login/continue",
        "/login/unavailable",
        "/announcements",
        "/announcements.atom",
        "/announcements.json",
        "/announcements.ics",
        "/announcements/nothing",
        "/calendar.json",
        "/calendar.ics",
        "/help",
        "/static/style.css",
        "/favicon.ico",
    ] {
        let answer = send(&web, get(uri)).await;
        let value = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        assert!(value("content-security-policy").starts_with("default-src 'none'"), "{uri}");
        assert!(!value("content-security-policy").contains("script-src"), "{uri}");
        assert!(!value("content-security-policy").contains("unsafe"), "{uri}");
        assert_eq!(value("referrer-policy"), "no-referrer", "{uri}");
        assert_eq!(value("x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(value("cross-origin-opener-policy"), "same-origin", "{uri}");
        assert!(value("strict-transport-security").starts_with("max-age="), "{uri}");
        assert!(value("permissions-policy").contains("camera=()"), "{uri}");
        if value("content-type").starts_with("text/html") {
            assert_eq!(value("cache-control"), "no-store", "{uri}");
            assert_eq!(value("content-language"), "it", "{uri}");
        }
    }
}

#[actix_web::test]
async fn an_unknown_address_and_an_unknown_method_get_a_page() {
    let web = web();
    let (status, html) = page(&web, get("/nowhere")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("data-error=\"not-found\""));
    assert_no_inline(&html);
    let (status, html) = page(&web, TestRequest::post().uri("/login")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(html.contains("data-error=\"method-not-allowed\""));
    assert!(!html.contains("lang=de"), "a form's answer cannot be asked for by a link");
}

#[actix_web::test]
async fn a_browser_without_its_cookie_is_told_so() {
    let web = web();
    let begun = begin(&web, None).await;
    let (status, html) = page(&web, get(&format!("/login?tx={}", begun.tx.reveal()))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(html.contains("data-error=\"cookies-blocked\""));
    assert!(!html.contains("/login/cancel"), "nobody else may end this login");
}

#[actix_web::test]
async fn another_browser_cannot_go_on_with_a_login() {
    let web = web();
    let begun = begin(&web, None).await;
    let other = Handle::fresh(&web.broker.fx);
    for step in ["", "/go", "/continue", "/cancel"] {
        let uri = format!("/login{step}?tx={}", begun.tx.reveal());
        let (status, html) = page(&web, by(get(&uri), &other)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{step}");
        assert!(html.contains("data-error=\"other-browser\""), "{step}");
    }
    assert!(
        web.broker.login_of(&begun.tx, &begun.browser).await.is_ok(),
        "the login is still there"
    );
}

#[actix_web::test]
async fn an_expired_login_offers_to_start_again_at_the_service() {
    let web = web();
    let uri = format!("/login?tx={}", Handle::fresh(&web.broker.fx).reveal());
    let request = by(get(&uri), &Handle::fresh(&web.broker.fx))
        .cookie(actix_web::cookie::Cookie::new(visit::CLIENT_COOKIE, "inps"));
    let (status, html) = page(&web, request).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(html.contains("data-error=\"login-expired\""));
    assert!(html.contains("href=\"https://inps.example/start\""));
}

#[actix_web::test]
async fn a_fault_page_keeps_the_ways_on_and_the_assistance_and_shows_no_markup_of_a_client() {
    let web = web();
    let begun = begin(&web, None).await;
    let uri = format!("/login/continue?tx={}", begun.tx.reveal());
    let (status, html) = page(&web, by(get(&uri), &begun.browser)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(html.contains("data-error=\"login-unanswered\""));
    assert!(html.contains("/login/cancel?tx="));
    assert!(html.contains("href=\"/login?tx="));
    assert!(html.contains("mailto:aiuto@inps.example"));
    assert!(html.contains("tel:+39800123456"));
    assert!(!html.contains("<b>"));
    assert!(html.contains("INPS &#60;b&#62;&#38; figli&#60;/b&#62;"));
    let reference = crate::fault::Reference::of(&begun.tx);
    assert!(html.contains(reference.as_str()));
    assert!(html.contains("22/11/2026 10:15"));
    assert_no_inline(&html);
}

#[actix_web::test]
async fn cancelling_returns_to_the_service_with_an_error_and_ends_the_login() {
    let web = web();
    let begun = begin(&web, None).await;
    let uri = format!("/login/cancel?tx={}", begun.tx.reveal());
    let answer = send(&web, by(get(&uri), &begun.browser)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    assert!(place.is_some_and(|place| {
        place.starts_with("https://inps.example/cb?error=access_denied")
            && place.contains("&state=st")
    }));
    assert!(web.broker.login_of(&begun.tx, &begun.browser).await.is_err());
}

#[actix_web::test]
async fn a_chosen_language_is_spoken_and_remembered_for_this_login() {
    let web = web();
    let begun = begin(&web, None).await;
    let uri = format!("/login/continue?tx={}&lang=de", begun.tx.reveal());
    let answer = send(&web, by(get(&uri), &begun.browser)).await;
    let cookies: Vec<String> =
        answer.response().cookies().map(|cookie| cookie.to_string()).collect();
    let cookie = cookies.join("\n");
    assert!(
        cookie.starts_with(&format!("__Host-varco_locale=de.{}", begun.tx.reveal())),
        "{cookie}"
    );
    assert!(
        ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"].iter().all(|part| cookie.contains(part))
    );
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Domain"));
    let body = to_bytes(answer.into_body()).await.expect("a body");
    let html = String::from_utf8(body.to_vec()).expect("text");
    assert!(html.contains("<html lang=\"de\">"));
    assert!(html.contains("NISF"));
    assert!(html.contains("22.11.2026 10:15"));
}

#[actix_web::test]
async fn a_login_begins_with_host_cookies() {
    let web = web();
    let answer = reply::begun(&begin(&web, None).await, &client().id);
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookies: Vec<String> = answer.cookies().map(|cookie| cookie.to_string()).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        assert!(
            ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]
                .iter()
                .all(|part| cookie.contains(part))
        );
    }
}

/// OP-SE-3: a login adds no cookie, and what a browser sends stays short.
#[actix_web::test]
async fn fifty_logins_in_one_browser_leave_the_same_few_cookies() {
    let web = web();
    let mut jar = std::collections::BTreeMap::new();
    for _ in 0..50 {
        let kept = jar.iter().map(|(name, value)| format!("{name}={value}"));
        let header = kept.collect::<Vec<String>>().join("; ");
        let request = TestRequest::get().insert_header((header::COOKIE, header)).to_http_request();
        let visit = Visit::of(&web, &request);
        let fx = &web.broker.fx;
        let completed = Completed {
            answer: Answer::Redirect(
                ReturnTo::of(&client(), "https://inps.example/cb").expect("registered"),
            ),
            sid: Some(Handle::fresh(fx)),
            session: SessionCookie::New(Handle::fresh(fx)),
            state: Some(Handle::fresh(fx)),
        };
        let begun = begin(&web, None).await;
        for answer in
            [reply::begun(&begun, &client().id), reply::completed(&visit, completed).await]
        {
            for cookie in answer.cookies() {
                jar.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
    let octets: usize = jar.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
    assert!(jar.len() == 5 && octets < 1024, "{jar:?}");
}

#[actix_web::test]
async fn a_departure_by_form_posts_to_that_origin_only_and_needs_no_script() {
    let web = web();
    let request = get("/login/go").to_http_request();
    let visit = Visit::of(&web, &request);
    let departure = crate::upstream::Departure::Post {
        action: "https://idp.example:8443/sso?x=\"y".to_owned(),
        fields: vec![
            ("SAMLRequest".to_owned(), "PHNhbWw+".to_owned()),
            ("RelayState".to_owned(), "\"><script>".to_owned()),
        ],
    };
    let answer = reply::departure(&visit, departure).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY).expect("a policy").clone();
    let policy = policy.to_str().expect("text");
    assert!(policy.contains("form-action https://idp.example:8443;"));
    assert!(policy.contains("script-src 'self';"));
    assert!(!policy.contains("unsafe"));
    let html = to_bytes(answer.into_body()).await.expect("a body");
    let html = String::from_utf8(html.to_vec()).expect("text");
    assert!(html.contains("method=\"post\""));
    assert!(html.contains("name=\"SAMLRequest\" value=\"PHNhbWw+\""));
    assert!(html.contains("<button type=\"submit\">"));
    assert!(html.contains("src=\"/static/autopost.js?v="));
    assert!(!html.contains("\"><script>"));
    assert_no_inline(&html);
}

#[actix_web::test]
async fn a_departure_by_redirect_is_302_from_a_link() {
    let web = web();
    let request = get("/login/go").to_http_request();
    let place = "https://idp.example/sso?SAMLRequest=x".to_owned();
    let departure = crate::upstream::Departure::Redirect(place.clone());
    let answer = reply::departure(&Visit::of(&web, &request), departure).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert_eq!(answer.headers().get(header::LOCATION).expect("a place"), &place);
}

#[actix_web::test]
async fn a_form_to_nowhere_is_a_fault() {
    let web = web();
    let request = get("/login/go").to_http_request();
    let departure = crate::upstream::Departure::Post {
        action: "javascript:alert(1)".to_owned(),
        fields: Vec::new(),
    };
    let answer = reply::departure(&Visit::of(&web, &request), departure).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[actix_web::test]
async fn static_files_may_be_kept_and_nothing_lies_outside_the_list() {
    let web = web();
    let address = assets::address("style.css");
    let answer = send(&web, get(&address)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kept = answer.headers().get(header::CACHE_CONTROL).expect("a rule").clone();
    assert_eq!(kept, "public, max-age=31536000, immutable");
    let tag = answer.headers().get(header::ETAG).expect("a tag").clone();
    let again = send(&web, get(&address).insert_header((header::IF_NONE_MATCH, tag))).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(to_bytes(again.into_body()).await.expect("a body").is_empty());
    for name in ["../Cargo.toml", "fonts", "nothing.css"] {
        let (status, _) = page(&web, get(&format!("/static/{name}"))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{name}");
    }
    assert!(include_str!("../../static/style.css").len() < 8 * 1024);
    assert!(!include_str!("../../static/style.css").contains("http"));
}

#[actix_web::test]
async fn a_service_colours_its_bar_and_nothing_else() {
    let web = web();
    let (status, css) = page(&web, get("/brand/inps.css")).await;
    assert_eq!((status, css.as_str()), (StatusCode::OK, ":root{--rp-accent:#004d99}\n"));
    let (status, _) = page(&web, get("/brand/nobody.css")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn every_page_speaks_every_language_and_never_shows_a_key() {
    let web = web();
    for locale in Locale::ALL {
        let begun = begin(&web, None).await;
        for path in ["/?", "/nowhere?", "/login/continue?", "/login/go?upstream=spid&provider=x&"] {
            let uri = format!("{path}tx={}&lang={}", begun.tx.reveal(), locale.tag());
            let (_, html) = page(&web, by(get(&uri), &begun.browser)).await;
            assert!(html.contains(&format!("<html lang=\"{}\">", locale.tag())), "{uri}");
            for key in ["fault-", "error-", "landing-", "discovery-", "skip-link", "legal-", "{"] {
                let shown = html.replace("data-error", "").replace("<main id=", "");
                assert!(!shown.contains(key), "{key} at {uri}");
            }
            assert_eq!(html.matches("<h1").count(), 1, "{uri}");
            assert_eq!(html.matches("aria-current").count(), 1, "{uri}");
        }
    }
}

#[actix_web::test]
async fn the_form_back_to_the_service_posts_there_and_nowhere_else_in_every_language() {
    let web = web();
    let client = client();
    for locale in Locale::ALL {
        let request = get(&format!("/authorize?x=y&lang={}", locale.tag())).to_http_request();
        let visit = Visit::of(&web, &request).with_client(Some(Arc::new(client.clone())));
        let posted = crate::login::Answer::Post {
            to: ReturnTo::of(&client, "https://inps.example/cb").expect("registered"),
            fields: vec![("state".to_owned(), "\"><script>".to_owned())],
        };
        let answer = reply::answer(&visit, posted).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY).expect("a policy");
        let policy = policy.to_str().expect("text");
        assert!(policy.contains("form-action https://inps.example;"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let html = to_bytes(answer.into_body()).await.expect("a body");
        let html = String::from_utf8(html.to_vec()).expect("text");
        let title = web.text(locale, "form-post-title", &[]);
        assert!(html.contains(&format!("<h1>{title}</h1>")), "{html}");
        assert!(html.contains(&format!("<html lang=\"{}\"", locale.tag())), "{html}");
        assert!(html.contains("action=\"https://inps.example/cb\""));
        assert!(html.contains("<button type=\"submit\">"));
        assert!(!html.contains("\"><script>"));
        assert!(!html.contains("?x=y"), "no link asks again for what is given once");
        assert_no_inline(&html);
    }
}
