use super::*;
use crate::oidc::sample;
use crate::policy::DeepLink;
use crate::terms::Locale;

fn on(year: i32, month: u8, day: u8) -> Day {
    Day::new(year, month, day).unwrap()
}

fn text(it: &str) -> Texts {
    Texts::new(vec![(Locale::It, it.to_owned())]).unwrap()
}

fn one(id: &str) -> Announcement {
    Announcement {
        id: id.to_owned(),
        from: on(2021, 9, 1),
        until: Some(on(2021, 10, 31)),
        updated: on(2021, 9, 1),
        audience: Audience::Everybody,
        severity: Severity::Information,
        title: text("t"),
        summary: text("s"),
        text: text("x"),
        when: When::ToBeAnnounced,
        about: Vec::new(),
        legal_ref: None,
        link: None,
    }
}

fn of(list: Vec<Announcement>) -> Announcements {
    Announcements { list, ..Announcements::default() }
}

fn ids(list: &[&Announcement]) -> Vec<String> {
    list.iter().map(|one| one.id.clone()).collect()
}

#[test]
fn it_is_shown_from_its_first_day_to_its_last_and_found_ever_after() {
    let all = of(vec![one("a")]);
    for (day, shown, found) in [
        (on(2021, 8, 31), false, false),
        (on(2021, 9, 1), true, true),
        (on(2021, 10, 31), true, true),
        (on(2021, 11, 1), false, true),
    ] {
        assert_eq!(all.shown(day, None).len(), usize::from(shown), "{day}");
        assert_eq!(all.find("a", day).is_some(), found, "{day}");
        assert!(all.find("b", day).is_none());
    }
    let open = of(vec![Announcement { until: None, ..one("a") }]);
    assert_eq!(open.shown(on(2031, 1, 1), None).len(), 1, "no last day");
}

#[test]
fn a_service_sees_what_concerns_it_warnings_first_and_the_newest_first() {
    let day = on(2021, 9, 15);
    let named = Audience::Services(vec![ClientId::parse("inps").unwrap()]);
    let all = of(vec![
        one("old"),
        Announcement { from: on(2021, 9, 10), ..one("new") },
        Announcement { audience: named, severity: Severity::Warning, ..one("inps") },
        Announcement { audience: Audience::Tenant("mlps".to_owned()), ..one("tenant") },
    ]);
    assert_eq!(ids(&all.shown(day, Some(&sample::client("inps")))), ["inps", "new", "old"]);
    assert_eq!(ids(&all.shown(day, Some(&sample::client("inail")))), ["new", "old"]);
    let tenant = Client { tenant: "mlps".to_owned(), ..sample::client("cliclavoro") };
    assert_eq!(ids(&all.shown(day, Some(&tenant))), ["new", "old", "tenant"]);
    assert_eq!(all.shown(day, None).len(), 4);
}

#[test]
fn what_is_about_a_change_is_found_by_the_change_for_whom_it_concerns() {
    let day = on(2021, 9, 15);
    let inps = Audience::Services(vec![ClientId::parse("inps").unwrap()]);
    let all =
        of(vec![Announcement { about: vec!["pin-off".to_owned()], audience: inps, ..one("a") }]);
    assert!(all.about("pin-off", day, &sample::client("inps")).is_some());
    assert!(all.about("pin-off", day, &sample::client("inail")).is_none());
    assert!(all.about("other", day, &sample::client("inps")).is_none());
    assert!(all.about("pin-off", on(2022, 1, 1), &sample::client("inps")).is_none());
}

#[test]
fn the_last_change_is_the_last_coming_change_or_going_so_far() {
    let all = of(vec![Announcement { updated: on(2021, 9, 20), ..one("a") }]);
    for (day, changed) in [
        (on(2021, 8, 31), None),
        (on(2021, 9, 19), Some(on(2021, 9, 1))),
        (on(2021, 10, 31), Some(on(2021, 9, 20))),
        (on(2022, 1, 1), Some(on(2021, 11, 1))),
    ] {
        assert_eq!(all.changed(day), changed, "{day}");
    }
}

#[test]
fn an_entry_point_is_found_by_host_or_path_from_its_day_and_leads_where_the_file_says() {
    let site = EntryPoint {
        id: "site".to_owned(),
        host: Some("old.example".to_owned()),
        path: None,
        from: on(2021, 10, 1),
        service: None,
        title: text("t"),
        text: text("x"),
        legal_ref: "r".to_owned(),
        moved_to: "https://new.example/".to_owned(),
        links: vec![DeepLink {
            path: "/durc".to_owned(),
            moved_to: "https://new.example/durc".to_owned(),
        }],
    };
    let path = EntryPoint {
        id: "path".to_owned(),
        host: None,
        path: Some("/old".to_owned()),
        ..site.clone()
    };
    let all = Announcements { entry_points: vec![path, site], ..Announcements::default() };
    let day = on(2021, 10, 1);
    let at = |host, path, day| all.entry_point(host, path, day).map(|one| one.id.as_str());
    assert_eq!(at(Some("old.example"), "/", day), Some("site"));
    assert_eq!(at(Some("OLD.example"), "/old/x", day), Some("site"), "the host comes first");
    assert_eq!(at(Some("login.example"), "/old/x", day), Some("path"));
    assert_eq!(at(None, "/old", day), Some("path"));
    for (host, path) in [
        (Some("login.example"), "/"),
        (Some("x.old.example"), "/"),
        (Some("old.example.evil.example"), "/"),
        (None, "/"),
        (Some("login.example"), "/older"),
    ] {
        assert_eq!(at(host, path, day), None, "{host:?} {path}");
    }
    assert_eq!(at(Some("old.example"), "/", on(2021, 9, 30)), None, "not yet");
    let site = all.entry_point(Some("old.example"), "/", day).unwrap();
    assert_eq!(site.target("/durc/richiesta"), "https://new.example/durc");
    assert_eq!(site.target("/durc/https://evil.example/"), "https://new.example/durc");
    assert_eq!(site.target("/other"), "https://new.example/");
}
