use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::fault::catalogue;

/// Key → names of the values in it. Every message stands on one line.
fn messages(locale: Locale) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let lines = source(locale).into_iter().flat_map(str::lines);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut all = BTreeMap::new();
    for line in lines {
        let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("no message: {line}"));
        assert!(!value.trim().is_empty(), "{key} is empty in {}", locale.tag());
        let names = value.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let names = names.map(|name| name.trim().trim_start_matches('$')).collect();
        assert!(all.insert(key, names).is_none(), "{key} stands twice in {}", locale.tag());
    }
    all
}

#[test]
fn every_file_is_fluent_without_mistakes() {
    for locale in Locale::ALL {
        for part in source(locale) {
            let faults = FluentResource::try_new(part.to_owned()).err().map(|(_, faults)| faults);
            assert!(faults.is_none(), "{}: {faults:?}", locale.tag());
        }
    }
}

#[test]
fn every_language_has_the_same_keys_with_the_same_values() {
    let italian = messages(Locale::It);
    for locale in Locale::ALL {
        assert_eq!(messages(locale), italian, "{}", locale.tag());
    }
}

#[test]
fn every_row_speaks_every_language() {
    for row in catalogue::rows() {
        for part in ["title", "text", "action"] {
            let key = format!("fault-{}-{part}", row.person);
            for locale in Locale::ALL {
                let text = Texts::embedded().get(locale, &key, &[("level", "2")]);
                assert_ne!(text, key, "{} has no {key}", locale.tag());
                assert!(!text.contains(['{', '}']), "{} lacks a value in {key}", locale.tag());
            }
        }
    }
}

#[test]
fn every_fault_text_belongs_to_a_row() {
    let persons: BTreeSet<String> = catalogue::rows()
        .flat_map(|row| {
            ["title", "text", "action"].map(|part| format!("fault-{}-{part}", row.person))
        })
        .collect();
    for key in messages(Locale::It).keys().filter(|key| key.starts_with("fault-")) {
        assert!(persons.contains(*key), "no row uses {key}");
    }
}

#[test]
fn every_text_that_a_page_names_exists() {
    let pages = [
        include_str!("../../../templates/announcement-banner.html"),
        include_str!("../../../templates/announcement-feeds.html"),
        include_str!("../../../templates/announcement.html"),
        include_str!("../../../templates/announcements.html"),
        include_str!("../../../templates/assistance.html"),
        include_str!("../../../templates/help.html"),
        include_str!("../../../templates/moved.html"),
        include_str!("../../../templates/unavailable.html"),
        include_str!("../../../templates/autopost.html"),
        include_str!("../../../templates/discovery.html"),
        include_str!("../../../templates/fault.html"),
        include_str!("../../../templates/landing.html"),
        include_str!("../../../templates/logout.html"),
        include_str!("../../../templates/logout-done.html"),
        include_str!("../../../templates/logout-leave.html"),
        include_str!("../../../templates/matching.html"),
        include_str!("../../../templates/role.html"),
        include_str!("../../../templates/shell.html"),
    ];
    let known = messages(Locale::It);
    let mut seen = 0;
    for page in pages {
        for call in ["text(\"", "text_with(\""] {
            for key in page.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(known.contains_key(key), "no language has {key}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "the pages name their texts in another way now");
    let code = [
        include_str!("../../web/announcements/mod.rs"),
        include_str!("../../web/announcements/feed.rs"),
        include_str!("../../web/announcements/spoken.rs"),
        include_str!("../../web/changes.rs"),
        include_str!("../../web/closed.rs"),
        include_str!("../../web/discovery.rs"),
        include_str!("../../web/help.rs"),
        include_str!("../../web/landing.rs"),
        include_str!("../../web/logout.rs"),
        include_str!("../../web/role.rs"),
    ];
    for literal in code.into_iter().flat_map(|code| code.split('"').skip(1).step_by(2)) {
        let named = literal.starts_with("discovery-")
            || literal.starts_with("announcement-")
            || literal.starts_with("announcements-")
            || literal.starts_with("unavailable-")
            || literal.starts_with("help-")
            || literal.starts_with("changes-")
            || literal.starts_with("landing-")
            || literal.starts_with("logout-leave-")
            || literal.starts_with("logout-done-")
            || literal.starts_with("role-choice-")
            || literal == "logout-title";
        assert!(!named || literal.contains('{') || known.contains_key(literal), "{literal}");
    }
    assert!(known.contains_key("discovery-spid"), "the label of the one upstream");
}

#[test]
fn a_value_stands_in_the_text_without_invisible_marks() {
    let text = Texts::embedded().get(Locale::It, "discovery-level", &[("level", "2")]);
    assert_eq!(text, "Per questo servizio serve un livello di sicurezza 2 o superiore.");
}

#[test]
fn a_key_that_nobody_wrote_is_shown_as_it_is() {
    assert_eq!(Texts::embedded().get(Locale::De, "no-such-key", &[]), "no-such-key");
}

/// `docs/reference/faults.md` is the table. Write it anew with `UPDATE_GOLDEN=1`.
#[test]
fn the_reference_of_faults_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/faults.md");
    let written = reference();
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, not of the product")]
    let update = std::env::var("UPDATE_GOLDEN").is_ok();
    if update {
        std::fs::write(path, &written).expect("the reference can be written");
    }
    let stored = std::fs::read_to_string(path).expect("the reference exists");
    assert!(stored == written, "run this test with UPDATE_GOLDEN=1 and read the difference");
}

const HEAD: &str = "\
# Faults

<!-- Generated from src/fault/catalogue/ and locales/ by a test: do not edit. -->

Every page of a failed login shows a code of this table and a reference. The log line of the fault
carries both; the metric `varco_faults_total` counts by code. Codes are permanent and never reused.

- **HTTP**: status of the page, or of the answer of the token and userinfo endpoints.
- **OAuth error**: what the relying party is told, by redirect when the person goes back to the
  service. `error_description` starts with the code; a SPID anomaly adds `spid_anomaly=NN`. A dash: the
  relying party is never told, because there is no address it would be safe to redirect to, or no login.
- **Severity**: `info` is part of normal life, `warning` is worth a look when it repeats, `alert` means
  that somebody attacks or that something of ours is wrong.
- **What the person reads** is the Italian text; `locales/` has the same in five languages, and after it
  what to do next.
";

const AREAS: &[(&str, &str)] = &[
    ("VARCO-00", "The broker"),
    ("VARCO-01", "Authorization requests"),
    ("VARCO-02", "Token and userinfo requests"),
    ("VARCO-03", "The journey of a login"),
    ("VARCO-04", "Refused responses"),
    ("VARCO-05", "SPID anomalies"),
    ("VARCO-06", "Persons"),
    ("VARCO-07", "Logout"),
    ("VARCO-08", "Registration of clients"),
    ("VARCO-10", "Policy"),
    ("VARCO-11", "Cards"),
    ("VARCO-12", "Matching and entitlements"),
    ("VARCO-14", "Providers of a federation"),
    ("VARCO-15", "Relying parties of a federation"),
    ("VARCO-16", "Credentials of the help desk"),
    ("VARCO-17", "The help desk"),
    ("VARCO-18", "Delegations and telephone PINs"),
];

fn reference() -> String {
    use std::fmt::Write as _;
    let mut out = HEAD.to_owned();
    let mut told = 0;
    for (prefix, area) in AREAS {
        write!(
            out,
            "\n## {area} ({prefix}nn)\n\n\
             | code | slug | HTTP | OAuth error | severity | what the person reads | what an operator looks at |\n\
             |---|---|---|---|---|---|---|\n"
        )
        .expect("a string takes everything");
        for row in catalogue::rows().filter(|row| row.code.starts_with(prefix)) {
            let oauth = row.oauth.map_or_else(|| "–".to_owned(), |error| format!("`{error}`"));
            let person = Texts::embedded().get(
                Locale::It,
                &format!("fault-{}-text", row.person),
                &[("level", "*n*")],
            );
            writeln!(
                out,
                "| `{}` | `{}` | {} | {oauth} | {} | {person} | {} |",
                row.code,
                row.slug,
                row.status,
                row.severity.name(),
                row.operator
            )
            .expect("a string takes everything");
            told += 1;
        }
    }
    assert_eq!(told, catalogue::rows().count(), "a row belongs to no area");
    out
}
