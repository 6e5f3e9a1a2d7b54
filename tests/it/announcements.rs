//! Announcements from the file to the page, the feed and the printed form; retired addresses; mistakes.

use std::collections::BTreeSet;
use std::fs;

use varco::config::{Config, Depth};
use varco_sandbox::browser::Browser;
use varco_sandbox::browser::html::links;
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

use crate::configuration::Folder;

/// The (row and key) pairs of every mistake of a file of announcements.
fn mistakes(name: &str, text: &str) -> Vec<String> {
    let folder = Folder::new(name);
    let main = folder.write("varco.toml", "announcements = \"announcements.toml\"\n");
    folder.write("announcements.toml", text);
    let problems = Config::read(&main).unwrap_err();
    let ours = problems.iter().filter(|problem| problem.file.ends_with("announcements.toml"));
    let told = ours.map(|problem| {
        assert!(!problem.remedy.is_empty() && !problem.wrong.is_empty(), "{problem}");
        problem.key.clone()
    });
    told.collect()
}

#[test]
fn every_mistake_of_the_file_is_told_at_once_with_its_row_and_key() {
    let found = mistakes(
        "announcement-mistakes",
        r#"
colour = "red"
[[announcement]]
id = "Not an id"
from = "2021-10-01"
until = 2021-10-01T10:00:00Z
services = ["inps"]
tenant = "inps"
severity = "fatal"
effective = 2021-10-01
to_be_announced = true
link = "ftp://example.it"
legal_ref = "a\u0000b"
title = { en = "only English" }
summary = { it = "x", ru = "x" }
text = "no table"
[[announcement]]
id = "twice"
from = 2021-10-02
until = 2021-10-01
services = []
title = { it = "x" }
summary = { it = "\u0007" }
text = { it = " " }
colour = "red"
[[announcement]]
id = "twice"
[[entry_point]]
id = "neither"
[[entry_point]]
id = "wrong"
host = "https://old.example/"
path = "no slash"
from = 2021-10-01
service = "a b"
legal_ref = "x"
title = { it = "x" }
text = { it = "x" }
moved_to = "javascript:alert(1)"
[[entry_point.link]]
moved_to = "http://plain.example/"
[[entry_point.link]]
path = "/x?y"
[[entry_point]]
id = "everything"
path = "/"
"#,
    );
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    for expected in [
        "colour",
        "announcement[0].id",
        "announcement[0].from",
        "announcement[0].until",
        "announcement[0].tenant",
        "announcement[0].severity",
        "announcement[0].to_be_announced",
        "announcement[0].link",
        "announcement[0].legal_ref",
        "announcement[0].title.it",
        "announcement[0].summary.ru",
        "announcement[0].text",
        "announcement[1].until",
        "announcement[1].services",
        "announcement[1].summary",
        "announcement[1].text",
        "announcement[1].colour",
        "announcement[2].id",
        "announcement[2].from",
        "announcement[2].title.it",
        "entry_point[0].host",
        "entry_point[0].from",
        "entry_point[0].legal_ref",
        "entry_point[0].moved_to",
        "entry_point[0].title.it",
        "entry_point[1].host",
        "entry_point[1].path",
        "entry_point[1].service",
        "entry_point[1].moved_to",
        "entry_point[1].link[0].path",
        "entry_point[1].link[0].moved_to",
        "entry_point[1].link[1].path",
        "entry_point[1].link[1].moved_to",
        "entry_point[2].path",
    ] {
        assert!(found.contains(expected), "{expected} in {found:?}");
    }
    assert!(mistakes("announcement-toml", "[[announcement]\n")[0].starts_with("line "));
}

#[test]
fn who_is_concerned_and_what_it_is_about_must_be_known() {
    let text = r#"
[[announcement]]
id = "a"
from = 2021-09-01
services = ["inps", "nobody"]
about = ["pin-off", "nothing"]
title.it = "t"
summary.it = "s"
text.it = "x"
[[entry_point]]
id = "a"
path = "/old"
from = 2021-09-01
service = "nobody"
legal_ref = "r"
moved_to = "https://new.example/"
title.it = "t"
text.it = "x"
"#;
    // No relying party is known there, and no calendar.
    let found = mistakes("announcement-strangers", text);
    let services = ["announcement[0].services", "announcement[0].services"];
    assert_eq!(found, [services.as_slice(), &["entry_point[0].service"]].concat());

    let row = "[[change]]\nid = \"pin-off\"\ninstruments = [\"spid\"]\nhard_end = 2031-09-30\nsource = \"law\"\nlegal_ref = \"r\"\nreason.it = \"r\"\n";
    let folder = Folder::new("announcement-about");
    folder.write("calendar.toml", row);
    folder.write("announcements.toml", text);
    let main = "announcements = \"announcements.toml\"\ncalendar = \"calendar.toml\"\n";
    let problems = Config::read(&folder.write("varco.toml", main)).unwrap_err();
    let about: Vec<_> = problems.iter().filter(|one| one.key.ends_with("about")).collect();
    assert!(about.len() == 1 && about[0].wrong.contains("\"nothing\""), "{problems}");
}

struct Site {
    federation: Federation,
    issuer: String,
    http: reqwest::Client,
}

impl Site {
    async fn start() -> Self {
        let federation = Federation::start(&FederationOptions::default()).await.unwrap();
        let issuer = federation.ports().issuer();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self { federation, issuer, http: http.build().unwrap() }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.issuer)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn a_file_is_taken_over_and_a_bad_one_changes_nothing_and_is_counted() {
    let site = Site::start().await;
    let assembly = site.federation.broker().assembly();
    let file = site.federation.folder().path().join("announcements.toml");
    assert!(site.get("/announcements").await.1.contains("/announcements/pin-inps\""));

    fs::write(&file, "[[announcement]]\nid = \"broken\"\n").unwrap();
    let look = assembly.look_at_announcements(Depth::Changed);
    assert!(!look.taken && look.refused.len() > 3, "{look:?}");
    assert!(site.get("/announcements/pin-inps").await.1.contains("PIN INPS"), "the last good one");
    assert_eq!(site.get("/announcements/broken").await.0, 404);
    assert!(assembly.measurements().await.contains("varco_announcements_refused 1"));
    let again = assembly.look_at_announcements(Depth::All);
    assert!(again.refused.is_empty(), "told once: {again:?}");

    fs::remove_file(&file).unwrap();
    let look = assembly.look_at_announcements(Depth::Changed);
    assert!(!look.taken && !look.refused.is_empty(), "a file that is gone is a mistake too");
    assert_eq!(site.get("/announcements/pin-inps").await.0, 200);

    let row = "[[announcement]]\nid = \"new\"\nfrom = 2020-01-01\ntitle.it = \"Nuovo\"\nsummary.it = \"s\"\ntext.it = \"t\"\n";
    fs::write(&file, row).unwrap();
    assert!(assembly.look_at_announcements(Depth::Changed).taken);
    assert_eq!(site.get("/announcements/new").await.0, 200);
    assert_eq!(site.get("/announcements/pin-inps").await.0, 404);
    assert!(assembly.measurements().await.contains("varco_announcements_refused 0"));
    site.federation.stop().await;
}

/// What RFC 4287 demands of a feed (section 4.1.1) and of an entry (4.1.2): entries with title and id.
fn atom(text: &str) -> Vec<(String, String)> {
    let document = roxmltree::Document::parse(text).unwrap();
    let root = document.root_element();
    let named = |node: &roxmltree::Node<'_, '_>, name: &str| {
        node.tag_name().namespace() == Some("http://www.w3.org/2005/Atom")
            && node.tag_name().name() == name
    };
    assert!(named(&root, "feed"));
    let children = |node: roxmltree::Node<'_, '_>, name: &str| {
        let found = node.children().filter(|child| named(child, name));
        found.map(|child| child.text().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let one = |node, name| {
        let found = children(node, name);
        assert_eq!(found.len(), 1, "exactly one {name}");
        assert!(!found[0].is_empty(), "{name} says something");
        found[0].clone()
    };
    let moment = |text: &str| {
        assert!(varco::effects::Timestamp::from_rfc3339(text).is_some(), "{text}");
    };
    let links = |node: roxmltree::Node<'_, '_>, rel: &str| {
        let found = node.children().filter(|child| named(child, "link"));
        found.filter(|child| child.attribute("rel") == Some(rel)).count()
    };
    url::Url::parse(&one(root, "id")).unwrap();
    one(root, "title");
    moment(&one(root, "updated"));
    assert_eq!((links(root, "self"), links(root, "alternate")), (1, 1));
    let author = root.children().find(|child| named(child, "author")).unwrap();
    one(author, "name");
    let entries = root.children().filter(|child| named(child, "entry")).map(|entry| {
        moment(&one(entry, "updated"));
        moment(&one(entry, "published"));
        assert_eq!(links(entry, "alternate"), 1);
        assert_eq!(children(entry, "content").len(), 1);
        url::Url::parse(&one(entry, "id")).unwrap();
        (one(entry, "title"), one(entry, "id"))
    });
    let entries: Vec<_> = entries.collect();
    let ids: BTreeSet<_> = entries.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), entries.len(), "every id once");
    entries
}

/// A small reader of RFC 5545: unfolded lines, as (name, parameters, value), balanced components.
fn calendar(text: &str) -> Vec<(String, String, String)> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
    }
    let unfolded = text.replace("\r\n ", "");
    let lines = unfolded.lines().map(|line| {
        let (head, value) = line.split_once(':').unwrap();
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        (name.to_owned(), parameters.to_owned(), value.to_owned())
    });
    let lines: Vec<_> = lines.collect();
    let mut open = Vec::new();
    for (name, _, value) in &lines {
        match name.as_str() {
            "BEGIN" => open.push(value.clone()),
            "END" => assert_eq!(open.pop().as_ref(), Some(value)),
            _ => assert!(!open.is_empty()),
        }
    }
    assert!(open.is_empty());
    assert_eq!(lines[0].2, "VCALENDAR");
    for once in ["VERSION", "PRODID"] {
        assert_eq!(lines.iter().filter(|(name, ..)| name == once).count(), 1);
    }
    lines
}

#[tokio::test]
async fn the_feeds_are_what_their_specifications_say_in_every_language() {
    let site = Site::start().await;
    for language in ["it", "en", "de", "fr", "sl"] {
        for (service, count, dated) in
            [("", 2, 1), ("service=inps&", 2, 1), ("service=lavoro&", 0, 0)]
        {
            let address = |form| format!("/announcements.{form}?{service}lang={language}");
            let (_, text) = site.get(&address("atom")).await;
            assert!(text.contains(&format!("xml:lang=\"{language}\"")));
            assert_eq!(atom(&text).len(), count);

            let (_, text) = site.get(&address("json")).await;
            let feed: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
            assert_eq!(feed["language"], language);
            assert_eq!(feed["feed_url"], format!("{}{}", site.issuer, address("json")));
            let items = feed["items"].as_array().unwrap();
            assert_eq!(items.len(), count);
            for item in items {
                assert!(item["id"].is_string() && item["content_text"].is_string());
                let open = item["_varco"]["to_be_announced"].as_bool().unwrap();
                assert_eq!(open, item["_varco"]["effective"].is_null());
            }

            let (_, text) = site.get(&address("ics")).await;
            let lines = calendar(&text);
            let of = |wanted: &str| lines.iter().filter(|(name, ..)| name == wanted).count();
            let events =
                lines.iter().filter(|(name, _, value)| name == "BEGIN" && value == "VEVENT");
            assert_eq!(events.count(), dated);
            assert_eq!((of("UID"), of("DTSTAMP"), of("SUMMARY")), (dated, dated, dated));
            if dated == 1 {
                let line = |wanted: &str, more: &str| {
                    let (_, _, value) = lines
                        .iter()
                        .find(|(name, parameters, _)| name == wanted && parameters == more)
                        .unwrap();
                    value.clone()
                };
                assert_eq!(line("UID", ""), "pin-inps@localhost");
                assert_eq!(line("DTSTART", "VALUE=DATE"), "20211001");
                assert_eq!(line("DTSTAMP", ""), "20210831T220000Z");
                let (_, again) = site.get(&address("ics")).await;
                assert_eq!(text, again, "nothing depends on the moment");
            }
        }
    }
    assert_eq!(site.get("/announcements.atom?service=nobody").await.0, 404);
    site.federation.stop().await;
}

#[tokio::test]
async fn the_retired_registry_site_says_where_its_functions_went() {
    let site = Site::start().await;
    let old = "/sportellounicoprevidenziale.it";
    let visits = async |count: u8| {
        let told = site.federation.assembly().measurements().await;
        let told: Vec<&str> = told
            .lines()
            .filter(|line| line.starts_with("varco_entry_point_visits_total{"))
            .collect();
        let id = "sportello-unico-previdenziale";
        let line = format!("varco_entry_point_visits_total{{entry_point=\"{id}\"}} {count}");
        assert_eq!(told, [line.as_str()]);
    };
    visits(0).await;
    for (path, leads) in [
        (old.to_owned(), "https://www.inail.it/"),
        (format!("{old}/profili?next=https://evil.example"), "https://www.inail.it/"),
        (format!("{old}/durc/richiesta"), "https://www.inps.it/"),
    ] {
        let (status, html) = site.get(&path).await;
        assert_eq!(status, 410, "{path}");
        assert!(html.contains(&format!("class=\"button\" href=\"{leads}\"")), "{html}");
        assert!(html.contains("Circolare INPS n. 146 del 7 ottobre 2021"));
        assert!(html.contains("1°\u{a0}ottobre 2021") && html.contains("INAIL Durc On Line"));
        assert!(!html.contains("evil.example"));
    }
    // Operators see whether anybody still comes; what nobody retired is no series.
    assert_eq!(site.get("/elsewhere").await.0, 404);
    visits(3).await;
    site.federation.stop().await;
}

/// What `varco-sandbox` shows when it is started: one way closed, one that ends soon and is announced, and
/// nothing else in anybody's way.
#[tokio::test]
async fn the_calendar_of_the_sandbox_closes_one_way_at_one_portal_and_announces_the_next() {
    let options = FederationOptions { calendar: true, ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let login = |portal: &str, upstream: &str| LoginOptions {
        portal: portal.to_owned(),
        upstream: upstream.to_owned(),
        ..LoginOptions::default()
    };
    for portal in ["inps", "lavoro", "durc"] {
        for upstream in ["spid", "cie-saml", "cns", "eidas"] {
            let open = federation.login(&login(portal, upstream)).await.is_ok();
            assert_eq!(open, (portal, upstream) != ("lavoro", "cns"), "{portal} {upstream}");
        }
    }
    let mut browser = Browser::new(federation.http());
    let start = federation.ports().portal("lavoro").unwrap() + "/login";
    let choice = browser.open(&start).await.unwrap();
    assert!(choice.body.contains("/announcements/lavoro-spid"), "{}", choice.body);
    let closed = links(&choice.body).into_iter().find(|href| href.contains("method=cns"));
    let page = browser.follow(&choice, &closed.unwrap()).await.unwrap();
    assert!(page.body.contains("data-unavailable=\"switch_off\""), "{}", page.body);
    assert!(page.body.contains("/announcements/lavoro-spid"), "the announcement is about it");
    let measured = federation.assembly().measurements().await;
    federation.stop().await;
    let next = "varco_calendar_next_change_timestamp_seconds{instrument=\"cie\",kind=\"hard_end\"}";
    assert!(measured.contains(next), "{measured}");
}

/// R14: people are told through the site, printed material and offices; here by the pages of the services
/// concerned, by feeds that other sites take over, and by a page that an office prints.
#[tokio::test]
async fn r14_people_are_told_on_the_site_in_feeds_and_on_paper() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let issuer = federation.ports().issuer();
    let get = async |address: String| {
        let page = Browser::new(federation.http()).open(&address).await.unwrap();
        assert_eq!(page.status, 200, "{address}");
        page.body
    };
    let title = "Il PIN INPS non è più valido: si accede con SPID, CIE o CNS";
    // On the way to a service that it concerns, and to no other.
    let choice = get(federation.ports().portal("inps").unwrap() + "/login").await;
    assert!(choice.contains(title) && choice.contains("1°\u{a0}ottobre 2021"), "{choice}");
    let other = get(federation.ports().portal("lavoro").unwrap() + "/login").await;
    assert!(!other.contains("/announcements/pin-inps"), "{other}");
    // In feeds.
    for form in ["atom", "json", "ics"] {
        let feed = get(format!("{issuer}/announcements.{form}?service=inps&lang=it")).await;
        assert!(feed.replace("\r\n ", "").contains("Il PIN INPS non è più valido"), "{feed}");
    }
    // On paper: the address, the moment, the reference, whom to ask, and no form or script to need.
    let sheet = get(format!("{issuer}/announcements/pin-inps?service=inps")).await;
    for told in [
        title,
        "1°\u{a0}ottobre 2021",
        "D.L. 16 luglio 2020, n. 76",
        "assistenza@inps.example",
        "Situazione al ",
        &format!("{issuer}/announcements/pin-inps?service=inps"),
    ] {
        assert!(sheet.contains(told), "{told}");
    }
    assert!(!sheet.contains("<form") && !sheet.contains("<script"));
    // A date that is not fixed yet is said to be open, in words, and is no date.
    let open = get(format!("{issuer}/announcements/pin-imprese?service=inps")).await;
    assert!(open.contains("data da definire"), "{open}");
    federation.stop().await;
}
