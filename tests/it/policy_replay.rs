//! The calendar of 2020 and 2021, put again: its table is the reference's, and both edges of each day hold.

use std::path::Path;

use varco::config::{read_countries, read_replay};
use varco::effects::Timestamp;
use varco::policy::{Applicant, Category, Day, Replay, Service};
use varco::terms::Level;

pub(crate) fn replay() -> Replay {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/calendar-2020-2021.toml");
    read_replay(&file).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The table of the reference, row by row.
const TABLE: [(&str, [&str; 8]); 12] = [
    ("INPS: issue an ordinary PIN to a citizen", ["yes", "no", "no", "no", "no", "no", "no", "no"]),
    (
        "INPS: issue a PIN to an exception category, dedicated services only",
        ["yes", "yes", "yes", "yes", "yes", "no (a)", "no (a)", "no (a)"],
    ),
    (
        "INPS: renew an existing PIN at natural expiry (citizen)",
        ["yes", "yes", "yes", "yes", "yes", "no", "no", "no"],
    ),
    (
        "INPS: sign in with a citizen's PIN, not naturally expired",
        ["yes", "yes", "yes", "yes", "yes", "yes", "yes", "no"],
    ),
    (
        "INPS: same, resident abroad without Italian document",
        ["yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes (b)"],
    ),
    (
        "INPS: same, company or its intermediary",
        ["yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes (b)"],
    ),
    ("INPS: patronato/CAF in their dedicated services", ["SPID only"; 8]),
    (
        "MLPS: sign in with cliclavoro or PIN INPS",
        ["yes", "yes", "yes", "no", "no", "no", "no", "no"],
    ),
    ("MLPS: sign in with SPID", ["yes"; 8]),
    (
        "MLPS: help-desk credential, non-eIDAS state (c)",
        ["–", "–", "–", "yes", "yes", "yes", "yes", "yes"],
    ),
    (
        "Durc On Line: sign in with user and password",
        ["yes", "yes", "yes", "yes", "yes", "yes", "yes", "no"],
    ),
    (
        "Contracting-authority functions on the old registry site",
        ["yes", "yes", "yes", "yes", "yes", "yes", "yes", "no (moved to INAIL)"],
    ),
];

const DAYS: [&str; 8] = [
    "2020-09-30",
    "2020-10-01",
    "2020-11-14",
    "2020-11-15",
    "2021-02-27",
    "2021-02-28",
    "2021-09-30",
    "2021-10-01",
];

#[test]
fn the_replayed_table_is_the_one_of_the_reference_row_by_row() {
    let table = replay().table();
    let days: Vec<String> = table.days.iter().map(ToString::to_string).collect();
    assert_eq!(days, DAYS);
    assert_eq!(table.lines.len(), TABLE.len());
    for (line, (question, answers)) in table.lines.iter().zip(TABLE) {
        assert_eq!(line.text, question);
        let told: Vec<String> = line.cells.iter().map(varco::policy::Cell::text).collect();
        assert_eq!(told, answers, "{question}");
    }
    let marks: Vec<(&str, &str)> =
        table.notes.iter().map(|(mark, text)| (&**mark, &**text)).collect();
    assert_eq!(
        marks,
        [
            (
                "a",
                "Law over circular. The residual PIN for residents abroad without an Italian document is a separate dated exception row."
            ),
            ("b", "Temporary, end date unset."),
            (
                "c",
                "As announced. Whether issuing stays lawful after 28 Feb 2021 needs a recorded legal basis."
            ),
        ]
    );
}

/// Whether somebody of `category` enters a service of the replay at that moment.
fn enters(replay: &Replay, service: &str, instrument: &str, category: &str, at: &str) -> bool {
    let (id, minimum_level, policy) =
        replay.services.iter().find(|(id, ..)| **id == *service).expect("a service");
    let service = Service { id, minimum_level: *minimum_level, upstreams: &[], policy };
    let applicant = Applicant {
        instrument,
        level: Level::L2,
        categories: vec![Category::parse(category).expect("a category")],
        age: None,
        expires: None,
    };
    let day = Day::of(Timestamp::from_rfc3339(at).expect("a moment"));
    replay.calendar.admit_to(&service, &applicant, day).is_ok()
}

#[test]
fn the_last_day_ends_and_the_first_day_begins_at_midnight_in_rome() {
    let replay = replay();
    // "From 15 November it will no longer be possible": winter time.
    assert!(enters(&replay, "mlps", "cliclavoro", "citizen", "2020-11-14T22:59:59Z"));
    assert!(!enters(&replay, "mlps", "cliclavoro", "citizen", "2020-11-14T23:00:00Z"));
    // What begins on that day begins at the same moment.
    let abroad = |at| enters(&replay, "mlps-distacco", "helpdesk", "non_eidas_state", at);
    assert!(!abroad("2020-11-14T22:59:59Z") && abroad("2020-11-14T23:00:00Z"));
    // "Not beyond 30 September": summer time.
    assert!(enters(&replay, "inps", "pin-inps", "citizen", "2021-09-30T21:59:59Z"));
    assert!(!enters(&replay, "inps", "pin-inps", "citizen", "2021-09-30T22:00:00Z"));
    // A period of a service ends in the same way.
    let old = "sportello-unico-previdenziale";
    assert!(enters(&replay, old, "durc-password", "company", "2021-09-30T21:59:59Z"));
    assert!(!enters(&replay, old, "durc-password", "company", "2021-09-30T22:00:00Z"));
}

#[test]
fn what_is_shipped_for_agencies_reads_without_a_mistake() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("metadata");
    let states = read_countries(&folder.join("countries.toml")).expect("a register");
    assert_eq!(states.iter().count(), 31);
    // The shipped calendar has no services and no questions: a replay of it is a calendar alone.
    let text = std::fs::read_to_string(folder.join("calendar.toml")).expect("a calendar");
    let path = std::env::temp_dir().join(format!("varco-shipped-{}.toml", std::process::id()));
    std::fs::write(&path, format!("days = [2026-11-22]\n{text}")).expect("a file");
    let read = read_replay(&path);
    std::fs::remove_file(&path).expect("removed");
    let calendar = read.unwrap_or_else(|problems| panic!("{problems}")).calendar;
    for instrument in ["spid", "cie", "cns", "eidas", "helpdesk"] {
        assert!(calendar.instrument(instrument).is_some_and(|row| row.title.is_some()));
    }
}
