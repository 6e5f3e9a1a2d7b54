//! The choice page, the departure and the arrival, with a SPID upstream.

use super::fixture::{PROVIDERS, entity_id, spid};
use super::*;
use crate::upstream::settings::Binding;

fn with_spid(binding: Binding) -> Arc<Web> {
    web_with(|fx| spid(fx, binding))
}

/// The links to providers, in the order of the page.
fn links(html: &str) -> Vec<&str> {
    html.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with("/login/go?"))
        .collect()
}

#[actix_web::test]
async fn the_choice_page_names_every_provider_once_in_a_new_order_each_time() {
    let web = with_spid(Binding::Redirect);
    let begun = begin(&web, None).await;
    let uri = format!("/login?tx={}", begun.tx.reveal());
    let (status, first) = page(&web, by(get(&uri), &begun.browser)).await;
    let (_, second) = page(&web, by(get(&uri), &begun.browser)).await;
    assert_eq!(status, StatusCode::OK);
    let (first_order, second_order) = (links(&first), links(&second));
    assert_eq!(first_order.len(), PROVIDERS);
    assert_ne!(first_order, second_order);
    let sorted = |mut links: Vec<&str>| {
        links.sort_unstable();
        links.iter().map(|link| (*link).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(sorted(first_order), sorted(second_order));
}

#[actix_web::test]
async fn the_choice_page_has_no_form_no_script_no_foreign_link_and_no_markup_of_others() {
    let web = with_spid(Binding::Redirect);
    let begun = begin(&web, None).await;
    let uri = format!("/login?tx={}", begun.tx.reveal());
    let (_, html) = page(&web, by(get(&uri), &begun.browser)).await;
    assert!(!html.contains("<form") && !html.contains("<script") && !html.contains("<b>"));
    assert!(!html.contains("<i>") && html.contains("Zero &#60;i&#62;"));
    assert!(html.contains("INPS &#60;b&#62;&#38; figli&#60;/b&#62;"));
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(html.contains("<summary>") && html.contains("/login/cancel?tx="));
    assert_no_inline(&html);
    let allowed = ["https://www.spid.gov.it", "https://inps.example/"];
    for address in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let ours = address.starts_with('/') || address.starts_with('#');
        assert!(ours || allowed.iter().any(|known| address.starts_with(known)), "{address}");
    }
    let mut loaded = html.split("src=\"").skip(1);
    assert!(loaded.all(|rest| rest.starts_with("/static/")), "nothing is loaded from elsewhere");
}

#[actix_web::test]
async fn following_a_link_of_the_page_leaves_for_that_provider_alone() {
    let web = with_spid(Binding::Redirect);
    let begun = begin(&web, None).await;
    let uri = format!("/login?tx={}", begun.tx.reveal());
    let (_, html) = page(&web, by(get(&uri), &begun.browser)).await;
    let wanted = "idp3.example";
    let link = links(&html).into_iter().find(|link| link.contains(wanted)).expect("a link");
    let answer = send(&web, by(get(&link.replace("&#38;", "&")), &begun.browser)).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let place = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    assert!(place.is_some_and(|place| place.starts_with("https://idp3.example/sso?SAMLRequest=")));
}

#[actix_web::test]
async fn with_the_post_binding_the_departure_is_a_form_to_that_provider() {
    let web = with_spid(Binding::Post);
    let begun = begin(&web, None).await;
    let address = journey::address(begun.tx.reveal(), "spid", &entity_id(2), Locale::It);
    let answer = send(&web, by(get(&address), &begun.browser)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY).expect("a policy");
    assert!(policy.to_str().expect("text").contains("form-action https://idp2.example;"));
}

#[actix_web::test]
async fn an_unknown_provider_or_upstream_ends_on_a_page_and_the_login_goes_on() {
    let web = with_spid(Binding::Redirect);
    let begun = begin(&web, None).await;
    for (upstream, provider) in [("spid", "https://evil.example"), ("cie", "x"), ("", "")] {
        let address = journey::address(begun.tx.reveal(), upstream, provider, Locale::It);
        let (status, html) = page(&web, by(get(&address), &begun.browser)).await;
        assert!(status.is_client_error(), "{status}");
        assert!(html.contains("/login?tx=") && !html.contains("evil.example\""), "{html}");
    }
    assert!(web.broker.login_of(&begun.tx, &begun.browser).await.is_ok());
}

#[actix_web::test]
async fn a_hint_that_names_an_instrument_unfolds_its_list() {
    let web = with_spid(Binding::Redirect);
    for (hint, unfolded) in [(None, false), (Some("spid"), true), (Some("cie"), false)] {
        let begun = begin(&web, hint.map(str::to_owned)).await;
        let uri = format!("/login?tx={}", begun.tx.reveal());
        let (_, html) = page(&web, by(get(&uri), &begun.browser)).await;
        assert_eq!(
            html.contains("<details class=\"method method-spid\" id=\"method-spid\" open>"),
            unfolded
        );
        assert_eq!(links(&html).len(), PROVIDERS);
    }
}

#[actix_web::test]
async fn the_consumer_takes_forms_by_post_only_and_not_too_large() {
    let web = with_spid(Binding::Redirect);
    let form = || TestRequest::post().uri("/saml/acs");
    let typed =
        || form().insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"));
    let cases = [
        (get("/saml/acs?SAMLResponse=x"), 405, "method-not-allowed"),
        (form().set_payload("SAMLResponse=x"), 400, "malformed-request"),
        (typed().set_payload(vec![b'a'; journey::BODY_LIMIT + 1]), 413, "request-too-large"),
        (typed().set_payload("SAMLResponse=x&RelayState=y"), 403, "response-unsolicited"),
        (typed().set_payload(""), 403, "response-unsolicited"),
    ];
    for (request, status, slug) in cases {
        let (found, html) = page(&web, request).await;
        assert_eq!(found.as_u16(), status, "{slug}");
        assert!(html.contains(&format!("data-error=\"{slug}\"")), "{slug}");
    }
}

#[actix_web::test]
async fn a_rejected_answer_goes_to_continue_where_only_its_own_browser_reads_the_reason() {
    let web = with_spid(Binding::Redirect);
    let begun = begin(&web, None).await;
    let address = journey::address(begun.tx.reveal(), "spid", &entity_id(1), Locale::It);
    let answer = send(&web, by(get(&address), &begun.browser)).await;
    let place = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let query = url::Url::parse(place.expect("a place")).expect("a URL");
    let ticket = query.query_pairs().find(|(name, _)| name == "RelayState").expect("a ticket").1;
    let post = TestRequest::post()
        .uri("/saml/acs")
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload(format!("SAMLResponse=bm9wZQ%3D%3D&RelayState={ticket}"));
    let answer = send(&web, post).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let next = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let next = next.expect("a place").to_owned();
    assert_eq!(next, format!("/login/continue?tx={}", begun.tx.reveal()));
    let (status, html) = page(&web, by(get(&next), &begun.browser)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(html.contains("data-error=\""));
    assert!(html.contains("/login/go?tx="), "the same provider again");
    assert!(html.contains("href=\"/login?tx=") && html.contains("/login/cancel"));
    for technical in ["XML", "Assertion", "SAMLResponse", "parse"] {
        assert!(!html.contains(technical), "{technical}");
    }
    let other = Handle::fresh(&web.broker.fx);
    let (_, html) = page(&web, by(get(&next), &other)).await;
    assert!(html.contains("data-error=\"other-browser\""));
}

#[actix_web::test]
async fn our_metadata_is_published() {
    let web = with_spid(Binding::Redirect);
    let answer = send(&web, get("/saml/metadata")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let media_type = answer.headers().get(header::CONTENT_TYPE).expect("a type");
    assert_eq!(media_type, "application/samlmetadata+xml");
}
