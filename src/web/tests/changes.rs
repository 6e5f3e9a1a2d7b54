//! The calendar of changes, as programs read it.

use super::*;
use crate::policy::{Calendar, Category, Change, Kind, Rows, Source};
use crate::terms::Day;

fn day(text: &str) -> Option<Day> {
    Day::parse(text)
}

fn row(id: &str) -> Change {
    Change {
        id: id.into(),
        place: "calendar.toml, change".into(),
        instruments: vec!["pin-inps".into()],
        relying_parties: Some(vec!["inps".into()]),
        categories: Some(vec![Category::CITIZEN]),
        start: None,
        stop_issue: day("2020-10-01"),
        stop_renew: None,
        natural_expiry: Some(true),
        hard_end: day("2021-09-30"),
        to_be_fixed: Vec::new(),
        source: Source::Law,
        reason: Texts::new(vec![(Locale::It, "Perché, sì; no".to_owned())]),
        legal_ref: Some("D.L. 76/2020".into()),
        decided_by: vec!["INPS".into(), "AgID".into()],
        decided_on: day("2020-07-17"),
        superseded_by: None,
    }
}

fn web() -> Arc<Web> {
    let web = super::web();
    let open = Change {
        stop_issue: None,
        hard_end: None,
        to_be_fixed: vec![Kind::HardEnd],
        ..row("pin-companies")
    };
    let old = Change { superseded_by: Some("pin-off".into()), ..row("pin-planned") };
    let other = Change { relying_parties: Some(vec!["lavoro".into()]), ..row("cliclavoro") };
    let changes = vec![row("pin-off"), open, old, other];
    web.broker.calendar.store(Arc::new(Calendar::of(Rows { changes, ..Rows::default() })));
    web
}

#[actix_web::test]
async fn every_change_is_told_with_its_dates_who_decided_and_what_is_not_fixed_yet() {
    let web = web();
    let (status, text) = page(&web, get("/calendar.json")).await;
    assert_eq!(status, StatusCode::OK);
    let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(all["changes"].as_array().expect("a list").len(), 4);
    let first = &all["changes"][0];
    assert_eq!(first["id"], "pin-off");
    assert_eq!(
        (&first["stop_issue"], &first["hard_end"]),
        (&"2020-10-01".into(), &"2021-09-30".into())
    );
    assert_eq!(first["legal_ref"], "D.L. 76/2020");
    assert_eq!(first["decided_by"][1], "AgID");
    assert_eq!(first["services"][0], "inps");
    assert_eq!(first["categories"][0], "citizen");
    assert_eq!(first["reason"], "Perché, sì; no");
    assert_eq!(all["changes"][1]["to_be_fixed"][0], "hard_end");
    assert_eq!(all["changes"][2]["superseded_by"], "pin-off", "history is kept");
    assert!(all["instruments"].as_array().expect("a list").iter().any(|one| one["id"] == "spid"));
    let (_, text) = page(&web, get("/calendar.json?service=inps")).await;
    let inps: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(inps["changes"].as_array().expect("a list").len(), 3);
    let (status, _) = page(&web, get("/calendar.json?service=nobody")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn each_date_is_an_event_on_the_first_day_that_is_other_than_before() {
    let web = web();
    let (status, text) = page(&web, get("/calendar.ics?service=inps&lang=en")).await;
    assert_eq!(status, StatusCode::OK);
    let text = text.replace("\r\n ", "");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2, "nothing superseded, nothing open: {text}");
    for line in [
        "UID:pin-off-stop-issue@varco.example",
        "DTSTART;VALUE=DATE:20201001",
        "UID:pin-off-hard-end@varco.example",
        "DTSTART;VALUE=DATE:20211001",
        "DTSTAMP:20200716T220000Z",
        "SUMMARY;LANGUAGE=en:pin-inps: can no longer be used",
        "DESCRIPTION;LANGUAGE=en:Perché\\, sì\\; no\\nServices concerned: inps",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let answer = send(&web, get("/calendar.ics")).await;
    let tag = answer.headers().get(header::ETAG).expect("a tag").clone();
    let again = get("/calendar.ics").insert_header((header::IF_NONE_MATCH, tag));
    assert_eq!(send(&web, again).await.status(), StatusCode::NOT_MODIFIED);
}
