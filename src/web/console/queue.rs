//! The work queue (H1): the cases of the office, by where they are, with counts.
//!
//! Not a search: nobody is found here by a part of a name.

use actix_web::http::StatusCode;

use super::sheet::{Button, Cell, Form, FormField, Kind, Link, Part, Sheet, Table};
use super::{CASES, Inside, Shown};
use crate::credential::State;
use crate::effects::Timestamp;
use crate::helpdesk::Head;
use crate::web::local_time;

/// A filter of the queue: its word, and the states that it shows.
pub(super) struct Filter {
    pub(super) word: &'static str,
    pub(super) states: &'static [State],
}

/// All of them; the first one is shown when none is named.
const FILTERS: &[Filter] = &[
    FIRST,
    Filter { word: "mine", states: &[State::Draft, State::Requested] },
    Filter { word: "issue", states: &[State::Verified] },
    Filter { word: "issued", states: &[State::Issued] },
    Filter { word: "active", states: &[State::Active] },
    Filter { word: "suspended", states: &[State::Suspended] },
    Filter { word: "lapsed", states: &[State::Lapsed] },
    Filter { word: "ended", states: &[State::Rejected, State::Expired, State::Revoked] },
    Filter { word: "all", states: &[] },
];
const FIRST: Filter = Filter { word: "verify", states: &[State::Identified] };

/// The filter of that word, or the first.
pub(super) fn named(word: &str) -> &'static Filter {
    FILTERS.iter().find(|filter| filter.word == word).unwrap_or(&FIRST)
}

pub(super) async fn show(inside: &Inside<'_>) -> Shown {
    let title = inside.text("console-queue-title");
    // Whoever has no part in cases sees the pages that are theirs.
    if !inside.is_any(CASES) {
        return Ok(Sheet { title, ..Sheet::default() }.reply(inside, StatusCode::OK));
    }
    let shown = named(inside.visit.parameter("show").unwrap_or_default());
    let wanted = inside.visit.parameter("page").and_then(|text| text.parse().ok());
    let page: u32 = wanted.filter(|page| *page > 0).unwrap_or(1);
    let (mut links, mut cases, mut total) = (Vec::new(), Vec::new(), 0);
    for filter in FILTERS {
        let current = filter.word == shown.word;
        let at = if current { page - 1 } else { 0 };
        let (found, count) = inside.desk.list(&inside.agent, filter.states, at).await?;
        if current {
            (cases, total) = (found, count);
        }
        links.push(Link {
            href: format!("/console?show={}", filter.word),
            text: format!("{} ({count})", inside.text(&format!("console-filter-{}", filter.word))),
            current,
        });
    }
    let pages = u32::try_from(total.div_ceil(PAGE)).unwrap_or(1).max(1);
    let filter = inside.text(&format!("console-filter-{}", shown.word));
    let values = [("filter", filter.as_str()), ("count", &total.to_string())];
    let caption = inside.text_with("console-queue-caption", &values);
    let columns = COLUMNS.iter().map(|key| inside.text(key)).collect();
    let rows = cases.iter().map(|case| row(inside, case)).collect();
    let mut parts = vec![
        Part::Links(inside.text("console-queue-filters"), links),
        Part::Table(Table { caption, columns, rows }),
    ];
    parts.extend(pager(inside, &format!("/console?show={}", shown.word), page, pages));
    parts.push(Part::Heading(inside.text("console-export")));
    parts.push(Part::Text(inside.text("console-export-text")));
    parts.push(Part::Form(Form {
        action: "/console/export".to_owned(),
        hidden: vec![("show", shown.word.to_owned())],
        fields: vec![FormField {
            required: true,
            ..FormField::new("purpose", Kind::Line, inside.text("console-purpose"))
        }],
        buttons: vec![Button {
            value: "export",
            text: inside.text("console-export"),
            second: true,
        }],
    }));
    Ok(Sheet { title, parts, ..Sheet::default() }.reply(inside, StatusCode::OK))
}

/// Links to the pages before and after.
pub(super) fn pager(inside: &Inside<'_>, base: &str, page: u32, pages: u32) -> Option<Part> {
    if pages < 2 {
        return None;
    }
    let joint = if base.contains('?') { '&' } else { '?' };
    let link = |to: u32, key: &str| Link {
        href: format!("{base}{joint}page={to}"),
        text: inside.text(key),
        current: false,
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(page - 1, "console-page-before"));
    }
    links.push(Link {
        current: true,
        text: inside.text_with(
            "console-page-now",
            &[("page", &page.to_string()), ("pages", &pages.to_string())],
        ),
        ..link(page, "console-page-now")
    });
    if page < pages {
        links.push(link(page + 1, "console-page-next"));
    }
    Some(Part::Links(inside.text("console-pager"), links))
}

const COLUMNS: [&str; 4] = [
    "console-column-number",
    "console-column-state",
    "console-column-until",
    "console-column-opened",
];

/// The texts of a case's row: nothing of the person.
pub(super) fn texts(inside: &Inside<'_>, case: &Head) -> [String; 4] {
    let until = case.to.map(|day| local_time::long(day, inside.visit.locale()));
    [
        case.number.clone(),
        inside.text(&format!("console-state-{}", case.state.word())),
        until.unwrap_or_default(),
        moment(inside, case.opened_at),
    ]
}

fn row(inside: &Inside<'_>, case: &Head) -> Vec<Cell> {
    let mut cells: Vec<Cell> = texts(inside, case).into_iter().map(Cell::of).collect();
    if let Some(first) = cells.first_mut() {
        first.href = Some(format!("/console/case/{}", case.id));
    }
    cells
}

/// A moment in Rome.
pub(super) fn moment(inside: &Inside<'_>, at: Timestamp) -> String {
    local_time::in_rome(at, inside.visit.locale())
}

/// Cases on one page of the desk's lists.
const PAGE: u64 = 20;
