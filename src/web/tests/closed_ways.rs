//! What the choice page and the page about a closed way say. Today is 22 November 2026.

use super::fixture::{PROVIDERS, entity_id, spid};
use super::*;
use crate::oidc::client::{Delegable, Period, ServicePolicy};
use crate::policy::{
    Announcement, Announcements, Audience, Calendar, Change, Rows, Severity, Source, When,
};
use crate::saml::metadata::register::RegisterSettings;
use crate::terms::Day;
use crate::upstream::settings::Binding;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn texts(it: &str, de: &str) -> Texts {
    Texts::new(vec![(Locale::It, it.to_owned()), (Locale::De, de.to_owned())]).expect("Italian")
}

/// A row about SPID.
fn change(start: Option<&str>, hard_end: Option<&str>) -> Change {
    Change {
        id: "spid-dates".into(),
        place: "calendar.toml, change spid-dates".into(),
        instruments: vec!["spid".into()],
        relying_parties: None,
        categories: None,
        start: start.map(day),
        stop_issue: None,
        stop_renew: None,
        natural_expiry: None,
        hard_end: hard_end.map(day),
        to_be_fixed: Vec::new(),
        source: Source::Law,
        reason: Some(texts("Motivo <i>", "Grund")),
        legal_ref: Some("Legge n. 1".into()),
        decided_by: Vec::new(),
        decided_on: None,
        superseded_by: None,
    }
}

fn under(change: Change) -> Arc<Web> {
    let web = web_with(|fx| spid(fx, Binding::Redirect));
    let calendar = Calendar::of(Rows { changes: vec![change], ..Rows::default() });
    web.broker.calendar.store(Arc::new(calendar));
    web
}

fn period(instruments: &[&str]) -> Period {
    Period {
        row: 0,
        from: None,
        until: None,
        instruments: instruments.iter().map(|name| (*name).into()).collect(),
        categories: None,
        minimum_level: Level::L1,
        levels: Vec::new(),
        minimum_age: None,
        dedicated_to: Vec::new(),
        delegable: Delegable::All,
        legal_ref: Some("Circolare n. 2".into()),
        eidas_off: None,
    }
}

/// The service with those periods.
fn with_periods(web: &Web, periods: Vec<Period>) {
    let policy = ServicePolicy::new(periods).expect("periods apart");
    let client = Client { policy, ..client() };
    web.broker.clients.store(Arc::new(Clients::new(vec![client])));
}

async fn choice(web: &Arc<Web>, hint: Option<&str>) -> (Begun, StatusCode, String) {
    let begun = begin(web, hint.map(str::to_owned)).await;
    let uri = format!("/login?tx={}", begun.tx.reveal());
    let (status, html) = page(web, by(get(&uri), &begun.browser)).await;
    (begun, status, html)
}

async fn about(web: &Arc<Web>, begun: &Begun, more: &str) -> (StatusCode, String) {
    let uri = format!("/login/unavailable?tx={}&method=spid{more}", begun.tx.reveal());
    page(web, by(get(&uri), &begun.browser)).await
}

#[actix_web::test]
async fn a_closed_way_is_no_link_to_a_provider_and_says_where_to_read_why() {
    let web = under(change(None, Some("2026-11-21")));
    let (begun, status, html) = choice(&web, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!html.contains("/login/go"), "{html}");
    assert!(html.contains("<strong>Non disponibile</strong>"), "a word, not only grey");
    let href = format!("/login/unavailable?tx={}&#38;method=spid", begun.tx.reveal());
    assert!(html.contains(&format!("href=\"{href}\"")) && html.contains("SPID: perché"));
    assert!(html.contains("Oggi nessun modo") && html.contains("/help?service=inps"));
    assert_no_inline(&html);

    let (status, html) = about(&web, &begun, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("data-unavailable=\"switch_off\""), "{html}");
    assert!(html.contains("Dal giorno 22\u{a0}novembre 2026"), "the first day refused: {html}");
    assert!(html.contains("Legge n. 1") && html.contains("Motivo &#60;i&#62;"));
    assert!(html.contains("tel:+39800123456") && html.contains("/login/cancel?tx="));
    assert_no_inline(&html);
    let (_, html) = about(&web, &begun, "&lang=de").await;
    assert!(html.contains("Seit dem 22.\u{a0}November 2026") && html.contains("<p>Grund</p>"));
    let (_, html) = about(&web, &begun, "&lang=sl").await;
    assert!(html.contains("Od 22.\u{a0}novembra 2026"), "{html}");
    assert!(html.contains("<p lang=\"it\">Motivo &#60;i&#62;</p>"), "{html}");
}

#[actix_web::test]
async fn on_its_last_day_a_way_is_open_and_its_page_leads_back() {
    let web = under(change(None, Some("2026-11-22")));
    let (begun, _, html) = choice(&web, None).await;
    assert_eq!(html.matches("/login/go?").count(), PROVIDERS);
    assert!(!html.contains("/login/unavailable"));
    let uri = format!("/login/unavailable?tx={}&method=spid", begun.tx.reveal());
    let answer = send(&web, by(get(&uri), &begun.browser)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers().get(header::LOCATION).expect("a place").to_str().expect("text");
    assert_eq!(place, format!("/login?tx={}", begun.tx.reveal()));
}

#[actix_web::test]
async fn a_way_that_opens_later_says_from_when() {
    let web = under(change(Some("2026-12-01"), None));
    let (begun, ..) = choice(&web, None).await;
    let (_, html) = about(&web, &begun, "").await;
    assert!(html.contains("data-unavailable=\"not_yet\""), "{html}");
    assert!(html.contains("dal giorno 1°\u{a0}dicembre 2026"), "{html}");
    let (_, html) = about(&web, &begun, "&lang=fr").await;
    assert!(html.contains("à partir du 1er\u{a0}décembre 2026"), "{html}");
}

#[actix_web::test]
async fn a_closed_way_called_by_its_address_is_refused_and_nobody_leaves() {
    let web = under(change(None, Some("2026-11-21")));
    let begun = begin(&web, None).await;
    let address = journey::address(begun.tx.reveal(), "spid", &entity_id(1), Locale::It);
    let answer = send(&web, by(get(&address), &begun.browser)).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.headers().get(header::LOCATION).is_none());
    let body = to_bytes(answer.into_body()).await.expect("a body");
    let html = String::from_utf8(body.to_vec()).expect("text");
    assert!(html.contains("data-error=\"policy-switched-off\"") && html.contains("/login?tx="));
    assert!(!html.contains("SAMLRequest"));
}

#[actix_web::test]
async fn a_hint_to_a_closed_way_shows_the_choice_with_the_reason() {
    let web = under(change(None, Some("2026-11-21")));
    for (hint, told) in [(Some("spid".to_owned()), true), (Some(entity_id(1)), true), (None, false)]
    {
        let (_, status, html) = choice(&web, hint.as_deref()).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(html.contains("role=\"status\">SPID – Dal giorno 22"), told, "{hint:?} {html}");
    }
}

/// The way back that works: whoever policy refused is led to the choice, and neither to the same provider
/// nor to the way that the service named.
#[actix_web::test]
async fn a_refusal_of_policy_leads_to_the_choice_and_not_to_the_same_way_again() {
    let web = web_with(|fx| spid(fx, Binding::Redirect));
    let rows = ["policy-switched-off", "policy-not-yet", "policy-level", "policy-category"];
    let rows =
        rows.into_iter().chain(["policy-not-dedicated", "policy-min-age", "policy-not-accepted"]);
    for (slug, again) in rows.map(|slug| (slug, false)).chain([("response-expired", true)]) {
        let begun = begin(&web, Some("spid".to_owned())).await;
        let tx = begun.tx.reveal();
        let (shelves, key) = (&web.broker.shelves, crate::state::Key::of(&begun.tx));
        let shelf = crate::state::Shelf::Login;
        let held = shelves.get::<crate::login::Login>(shelf, key).await.expect("an answer");
        let held = held.expect("a login");
        let refusal = crate::login::Refusal {
            slug: slug.to_owned(),
            upstream: "spid".to_owned(),
            provider: entity_id(1),
        };
        let refused = crate::login::Login::clone(&held).refused(refusal);
        let lives = Duration::from_mins(5);
        assert!(shelves.swap(shelf, key, &held, &refused, lives).await.expect("an answer"));
        let (_, html) =
            page(&web, by(get(&format!("/login/continue?tx={tx}")), &begun.browser)).await;
        assert!(html.contains(&format!("data-error=\"{slug}\"")), "{html}");
        assert_eq!(html.contains("/login/go?"), again, "{slug}: {html}");
        let choice = format!("/login?tx={tx}");
        assert!(html.contains(&format!("<a class=\"button\" href=\"{choice}\"")), "{html}");
        let (_, html) = page(&web, by(get(&choice), &begun.browser)).await;
        assert_eq!(html.matches("/login/go?").count(), PROVIDERS);
        assert!(html.contains("<p class=\"notice\" role=\"status\">"), "and says why");
        let unfolded = html.contains("id=\"method-spid\" open");
        assert_eq!(unfolded, again, "{slug}: the hint is followed no more");
    }
}

#[actix_web::test]
async fn the_announcement_about_the_change_is_linked_and_leads_back() {
    let web = under(change(None, Some("2026-11-21")));
    let announcement = Announcement {
        id: "spid-off".to_owned(),
        from: day("2026-11-01"),
        until: None,
        updated: day("2026-11-01"),
        audience: Audience::Everybody,
        severity: Severity::Warning,
        title: texts("Avviso su SPID", "Mitteilung"),
        summary: texts("s", "s"),
        text: texts("t", "t"),
        when: When::On(day("2026-11-22")),
        about: vec!["spid-dates".to_owned()],
        legal_ref: None,
        link: None,
    };
    let list = vec![announcement];
    web.announcements.store(Arc::new(Announcements { list, ..Announcements::default() }));
    let (begun, ..) = choice(&web, None).await;
    let (_, html) = about(&web, &begun, "").await;
    let href = format!("/announcements/spid-off?service=inps&#38;tx={}", begun.tx.reveal());
    assert!(html.contains(&format!("<a href=\"{href}\">Avviso su SPID</a>")), "{html}");
}

#[actix_web::test]
async fn what_a_service_never_accepts_is_not_shown_and_has_no_page() {
    let web = under(change(None, Some("2026-11-21")));
    with_periods(&web, vec![period(&["cie"])]);
    let (begun, status, html) = choice(&web, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(html.contains("data-error=\"upstream-not-offered\"") && !html.contains("unavailable"));
    for method in ["cie-saml", "cns", "", "https://evil.example"] {
        let uri = format!("/login/unavailable?tx={}&method={method}", begun.tx.reveal());
        let (status, html) = page(&web, by(get(&uri), &begun.browser)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method}");
        assert!(
            html.contains("data-error=\"upstream-not-offered\"") && !html.contains("https://evil")
        );
    }
}

#[actix_web::test]
async fn what_a_service_accepts_in_another_period_is_closed_with_its_reason() {
    let web = under(change(None, None));
    let earlier = Period { until: Some(day("2026-10-31")), ..period(&["spid"]) };
    let now = Period { row: 1, from: Some(day("2026-11-01")), ..period(&["cie"]) };
    with_periods(&web, vec![earlier, now]);
    let (begun, _, html) = choice(&web, None).await;
    assert!(html.contains("/login/unavailable") && !html.contains("/login/go"));
    let (_, html) = about(&web, &begun, "").await;
    assert!(html.contains("data-unavailable=\"not_accepted\""), "{html}");
    assert!(html.contains("1°\u{a0}novembre 2026") && html.contains("Circolare n. 2"), "{html}");
}

#[actix_web::test]
async fn without_a_provider_that_can_be_used_people_read_that_it_is_not_their_fault() {
    let web = under(change(None, None));
    let upstream = web.broker.upstreams.get("spid").expect("an upstream");
    let disabled = (0..PROVIDERS).map(entity_id).collect();
    let settings = RegisterSettings { disabled, ..RegisterSettings::default() };
    upstream.replace_register(settings, &web.broker.fx);
    assert_eq!(upstream.usable(web.broker.fx.now()), 0, "every provider is switched off");
    let (begun, status, html) = choice(&web, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("/login/unavailable"), "{html}");
    let (_, html) = about(&web, &begun, "").await;
    assert!(html.contains("data-unavailable=\"outage\"") && html.contains("Non dipende da te"));
    assert!(!html.contains("Riferimento normativo"));
}

#[actix_web::test]
async fn only_the_browser_of_the_login_reads_the_page() {
    let web = under(change(None, Some("2026-11-21")));
    let begun = begin(&web, None).await;
    let uri = format!("/login/unavailable?tx={}&method=spid", begun.tx.reveal());
    let (status, html) = page(&web, by(get(&uri), &Handle::fresh(&web.broker.fx))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(html.contains("data-error=\"other-browser\""));
    let (status, _) = page(&web, TestRequest::post().uri(&uri)).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn the_help_page_names_every_way_and_who_may_ask_the_help_desk() {
    let web = under(change(None, None));
    let (begun, ..) = choice(&web, None).await;
    let tx = begun.tx.reveal();
    let (status, html) = page(&web, get(&format!("/help?service=inps&tx={tx}"))).await;
    assert_eq!(status, StatusCode::OK);
    for told in [
        "SPID",
        "CIE",
        "CNS",
        "eIDAS",
        "non adotta eIDAS e non può avere SPID o CIE",
        "tel:+39800123456",
        &format!("/login?tx={tx}"),
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert_no_inline(&html);
    assert_eq!(page(&web, get("/help")).await.0, StatusCode::OK);
    assert_eq!(page(&web, get("/help?service=nobody")).await.0, StatusCode::NOT_FOUND);
}
