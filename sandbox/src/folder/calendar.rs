//! The sandbox's calendar: the one that the product ships, and two rows about one portal.
//!
//! Not history: `fixtures/` has that. One row is over and one ends in a month from today, so that both
//! can be seen on any day.

use varco::terms::Day;

/// Days from today until the last one on which the Ministero del Lavoro accepts CIE.
const OPEN_FOR: usize = 30;

/// As a calendar.
pub(super) fn calendar(today: Day) -> String {
    let shipped = include_str!("../../../metadata/calendar.toml");
    format!("{shipped}{ROWS}hard_end = {}\n", last(today))
}

/// As an announcement about both rows.
pub(super) fn announcement(today: Day) -> String {
    let text = include_str!("closing.toml");
    format!("\n[[announcement]]\nfrom = {today}\neffective = {}\n{text}", last(today).next())
}

fn last(today: Day) -> Day {
    (0..OPEN_FOR).fold(today, |day, _| day.next())
}

/// The day on which the last one ends comes last.
const ROWS: &str = r#"
# ---- Of the sandbox alone: one service goes over to SPID and eIDAS, as MLPS circular 2721/2020 announced it.

[[change]]
id = "lavoro-cns"
instruments = ["cns"]
relying_parties = ["lavoro"]
hard_end = 2025-12-31
source = "circular"
reason.it = "Al Ministero del Lavoro si accede con una sola identità digitale, uguale per tutti i suoi servizi."
reason.en = "The Ministry of Labour is entered with one digital identity, the same for all its services."
reason.de = "Das Arbeitsministerium ist mit einer einzigen digitalen Identität zugänglich, derselben für alle seine Dienste."
legal_ref = "Circolare di prova n. 1 del 2025"
decided_by = ["Ministero del Lavoro"]
decided_on = 2025-09-01

[[change]]
id = "lavoro-cie"
instruments = ["cie"]
relying_parties = ["lavoro"]
source = "circular"
reason.it = "Al Ministero del Lavoro si accede con una sola identità digitale, uguale per tutti i suoi servizi."
reason.en = "The Ministry of Labour is entered with one digital identity, the same for all its services."
reason.de = "Das Arbeitsministerium ist mit einer einzigen digitalen Identität zugänglich, derselben für alle seine Dienste."
legal_ref = "Circolare di prova n. 1 del 2025"
decided_by = ["Ministero del Lavoro"]
decided_on = 2025-09-01
"#;
