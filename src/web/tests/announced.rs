//! Announcements and retired addresses, as a browser sees them. Today is 22 November 2026.

use super::*;
use crate::policy::{Announcement, Announcements, Audience, DeepLink, EntryPoint, Severity, When};
use crate::terms::Day;

fn on(year: i32, month: u8, day: u8) -> Day {
    Day::new(year, month, day).expect("a day")
}

fn texts(it: &str, de: Option<&str>) -> Texts {
    let de = de.map(|text| (Locale::De, text.to_owned()));
    let all = std::iter::once((Locale::It, it.to_owned())).chain(de).collect();
    Texts::new(all).expect("an Italian text")
}

fn announcement(id: &str) -> Announcement {
    Announcement {
        id: id.to_owned(),
        from: on(2026, 11, 1),
        until: None,
        updated: on(2026, 11, 20),
        audience: Audience::Services(vec![client().id]),
        severity: Severity::Warning,
        title: texts("Titolo <b>& co</b>", Some("Titel")),
        summary: texts("Riassunto", None),
        text: texts("Primo\nparagrafo.\n\nSecondo; con, segni\\.", None),
        when: When::On(on(2027, 1, 1)),
        about: Vec::new(),
        legal_ref: Some("Circolare n. 1".to_owned()),
        link: Some("https://inps.example/more?a=1&b=2".to_owned()),
    }
}

fn entry_point(host: Option<&str>, path: Option<&str>) -> EntryPoint {
    EntryPoint {
        id: "old".to_owned(),
        host: host.map(str::to_owned),
        path: path.map(str::to_owned),
        from: on(2026, 11, 1),
        service: Some(client().id),
        title: texts("Sito chiuso", Some("Seite geschlossen")),
        text: texts("Perché <i>", None),
        legal_ref: "Circolare n. 2".to_owned(),
        moved_to: "https://new.example/".to_owned(),
        links: vec![DeepLink {
            path: "/durc".to_owned(),
            moved_to: "https://new.example/durc".to_owned(),
        }],
    }
}

fn told(list: Vec<Announcement>, entry_points: Vec<EntryPoint>) -> Arc<Web> {
    let web = web_with(|fx| super::fixture::spid(fx, crate::upstream::settings::Binding::Redirect));
    let written = crate::effects::Timestamp::from_unix_seconds(1_700_000_000);
    web.announcements.store(Arc::new(Announcements { list, entry_points, written }));
    web
}

/// Through everything, the retired hosts first.
async fn send_to(web: &Arc<Web>, request: TestRequest) -> ServiceResponse {
    let app = init_service(App::new().wrap(web.headers()).configure(|routes| {
        web.configure_retired_hosts(routes);
        web.configure(routes);
    }))
    .await;
    call_service(&app, request.to_request()).await
}

async fn page_at(web: &Arc<Web>, request: TestRequest) -> (StatusCode, String) {
    let answer = send_to(web, request).await;
    let status = answer.status();
    let body = to_bytes(answer.into_body()).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

#[actix_web::test]
async fn a_banner_stands_on_the_choice_page_and_on_error_pages_and_leads_back() {
    let web = told(vec![announcement("pin")], Vec::new());
    let begun = begin(&web, None).await;
    let tx = begun.tx.reveal();
    for address in [format!("/login?tx={tx}"), format!("/login/continue?tx={tx}")] {
        let (_, html) = page(&web, by(get(&address), &begun.browser)).await;
        let link = format!("href=\"/announcements/pin?service=inps&#38;tx={tx}\"");
        assert!(html.contains("role=\"region\"") && html.contains(&link), "{html}");
        assert!(html.contains("<strong>Attenzione:</strong>"), "a word, not only a colour");
        assert!(html.contains("Titolo &#60;b&#62;&#38; co&#60;/b&#62;"));
        assert!(html.contains("1°\u{a0}gennaio 2027"));
        assert_no_inline(&html);
    }
    let (status, html) = page(&web, get(&format!("/announcements/pin?service=inps&tx={tx}"))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains(&format!("href=\"/login?tx={tx}\"")));
}

#[actix_web::test]
async fn nothing_is_announced_before_its_day_after_its_last_and_to_other_services() {
    let tomorrow = Announcement {
        from: on(2026, 11, 23),
        updated: on(2026, 11, 23),
        ..announcement("tomorrow")
    };
    let yesterday = Announcement { until: Some(on(2026, 11, 21)), ..announcement("yesterday") };
    let other = Audience::Services(vec![ClientId::parse("inail").expect("an id")]);
    let other = Announcement { audience: other, ..announcement("other") };
    let web = told(vec![tomorrow, yesterday, other], Vec::new());
    let begun = begin(&web, None).await;
    let (_, html) =
        page(&web, by(get(&format!("/login?tx={}", begun.tx.reveal())), &begun.browser)).await;
    assert!(!html.contains("/announcements/"), "{html}");
    let (_, html) = page(&web, get("/announcements?service=inps")).await;
    assert!(!html.contains("/announcements/") && html.contains("non ci sono avvisi"), "{html}");
    assert_eq!(page(&web, get("/announcements/tomorrow")).await.0, StatusCode::NOT_FOUND);
    let (status, html) = page(&web, get("/announcements/yesterday")).await;
    assert_eq!(status, StatusCode::OK, "the address on paper still answers");
    assert!(html.contains("non è più attuale"));
    for wrong in ["other?service=inps", "yesterday?service=nobody", "nothing", "yesterday/x"] {
        let (status, _) = page(&web, get(&format!("/announcements/{wrong}"))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
    }
    for feed in ["atom", "json", "ics"] {
        let (status, body) = page(&web, get(&format!("/announcements.{feed}?service=inps"))).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!body.contains("Titolo"), "{feed}: {body}");
    }
}

#[actix_web::test]
async fn the_page_says_everything_in_words_and_marks_what_is_in_italian() {
    let open = Announcement { when: When::ToBeAnnounced, ..announcement("open") };
    let web = told(vec![announcement("pin"), open], Vec::new());
    let (status, html) = page(&web, get("/announcements/pin?service=inps&lang=de")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<h1>Titel</h1>"), "{html}");
    assert!(html.contains("<p class=\"lead\" lang=\"it\">Riassunto</p>"));
    assert!(html.contains("<div lang=\"it\">\n<p>Primo paragrafo.</p>\n<p>Secondo; con, segni"));
    assert!(html.contains("1.\u{a0}Januar 2027") && html.contains("20.\u{a0}November 2026"));
    assert!(html.contains("<dd lang=\"it\">Circolare n. 1</dd>"));
    assert!(html.contains("https://varco.example/announcements/pin?service=inps"), "for paper");
    assert!(html.contains("22.11.2026 10:15"), "and the day of the print");
    assert!(html.contains("tel:+39800123456"), "and whom to ring");
    for feed in ["atom+xml", "feed+json", "calendar"] {
        assert!(html.contains(&format!(
            "<link rel=\"alternate\" type=\"{}",
            match feed {
                "calendar" => "text/calendar".to_owned(),
                other => format!("application/{other}"),
            }
        )));
    }
    assert_no_inline(&html);
    let (_, html) = page(&web, get("/announcements/open")).await;
    assert!(html.contains("data da definire"), "{html}");
}

#[actix_web::test]
async fn a_feed_is_the_same_for_everybody_and_is_sent_once() {
    let web = told(vec![announcement("pin")], Vec::new());
    for (feed, media_type) in [
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json"),
        ("ics", "text/calendar; charset=utf-8"),
    ] {
        let address = format!("/announcements.{feed}?service=inps&lang=de");
        let answer = send(&web, get(&address)).await;
        let value =
            |name: &str| answer.headers().get(name).expect(name).to_str().expect("text").to_owned();
        assert_eq!(value("content-type"), media_type);
        assert_eq!(value("cache-control"), "public, max-age=300");
        assert_eq!(value("content-language"), "de");
        assert_eq!(value("last-modified"), "Thu, 19 Nov 2026 23:00:00 GMT");
        assert!(answer.headers().get("set-cookie").is_none(), "{feed}");
        let tag = value("etag");
        for (name, sent, status) in [
            ("if-none-match", tag.as_str(), 304),
            ("if-none-match", "\"a\", W/\"b\", *", 304),
            ("if-none-match", &format!("\"x\", W/{tag}"), 304),
            ("if-none-match", "\"x\"", 200),
            ("if-modified-since", "Thu, 19 Nov 2026 23:00:00 GMT", 304),
            ("if-modified-since", "Thu, 19 Nov 2026 22:59:59 GMT", 200),
            ("if-modified-since", "yesterday", 200),
        ] {
            let answer = send(&web, get(&address).insert_header((name, sent))).await;
            assert_eq!(answer.status().as_u16(), status, "{feed} {name} {sent}");
            assert_eq!(answer.headers().get("etag").expect("a tag").to_str().expect("text"), tag);
        }
        let stale = get(&address)
            .insert_header(("if-none-match", "\"x\""))
            .insert_header(("if-modified-since", "Thu, 19 Nov 2026 23:00:00 GMT"));
        assert_eq!(send(&web, stale).await.status(), StatusCode::OK, "the tag decides");
        let head =
            send(&web, TestRequest::with_uri(&address).method(actix_web::http::Method::HEAD));
        assert_eq!(head.await.status(), StatusCode::OK);
        let (status, _) = page(&web, TestRequest::post().uri(&address)).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    }
    let (status, _) = page(&web, get("/announcements.rss")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_retired_host_answers_with_a_page_at_every_address_and_never_with_a_redirect() {
    let web = told(Vec::new(), vec![entry_point(Some("old.example"), None)]);
    for (host, uri) in [
        ("old.example", "/"),
        ("old.example", "/login"),
        ("OLD.EXAMPLE:443", "/announcements"),
        ("old.example:8080", "/x?next=https://evil.example/&cf=RSSMRA80A01H501U"),
    ] {
        for request in [get(uri), TestRequest::post().uri(uri).set_payload("user=a&password=b")] {
            let answer = send_to(&web, request.insert_header((header::HOST, host))).await;
            assert_eq!(answer.status(), StatusCode::GONE, "{host}{uri}");
            assert!(answer.headers().get(header::LOCATION).is_none());
            assert!(answer.headers().get(header::REFRESH).is_none());
            let body = to_bytes(answer.into_body()).await.expect("a body");
            let html = String::from_utf8(body.to_vec()).expect("text");
            assert!(html.contains("data-moved") && html.contains("Sito chiuso"), "{html}");
            assert!(html.contains("class=\"button\" href=\"https://new.example/\""));
            assert!(html.contains("Perché &#60;i&#62;") && html.contains("Circolare n. 2"));
            assert!(html.contains("1°\u{a0}novembre 2026"));
            for asked in ["evil.example", "RSSMRA80A01H501U", "password"] {
                assert!(!html.contains(asked), "{asked}");
            }
            assert_no_inline(&html);
        }
    }
    let deep = get("/durc/richiesta?x=1").insert_header((header::HOST, "old.example"));
    let (_, html) = page_at(&web, deep).await;
    assert!(html.contains("href=\"https://new.example/durc\""), "{html}");
    let german = get("/?lang=de").insert_header((header::HOST, "old.example"));
    let (_, html) = page_at(&web, german).await;
    assert!(html.contains("<h1>Seite geschlossen</h1>") && html.contains("<div lang=\"it\">"));
    let style = get("/static/style.css").insert_header((header::HOST, "old.example"));
    assert_eq!(page_at(&web, style).await.0, StatusCode::OK, "the page has its style");
}

#[actix_web::test]
async fn an_unknown_host_behaves_as_ever() {
    let web = told(Vec::new(), vec![entry_point(Some("old.example"), None)]);
    for host in ["varco.example", "a.old.example", "old.example.evil.example", "old.example.", ""] {
        let (status, _) = page_at(&web, get("/").insert_header((header::HOST, host))).await;
        assert_eq!(status, StatusCode::OK, "{host}");
        let (status, html) = page_at(&web, get("/x").insert_header((header::HOST, host))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{host}");
        assert!(!html.contains("data-moved"));
    }
    let forwarded = get("/x").insert_header(("x-forwarded-host", "old.example"));
    assert_eq!(page_at(&web, forwarded).await.0, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_retired_path_never_hides_an_address_of_the_broker() {
    let paths = ["/old", "/login", "/announcements"].map(|path| entry_point(None, Some(path)));
    let web = told(Vec::new(), paths.into());
    for uri in ["/old", "/old/", "/old/deep?x=1", "/login/old"] {
        let (status, html) = page_at(&web, get(uri)).await;
        assert_eq!(status, StatusCode::GONE, "{uri}");
        assert!(html.contains("data-moved"));
    }
    assert_eq!(page_at(&web, get("/older")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(page_at(&web, get("/announcements")).await.0, StatusCode::OK);
    let (status, html) = page_at(&web, get("/login")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(!html.contains("data-moved"), "the choice page is where it was");
}
