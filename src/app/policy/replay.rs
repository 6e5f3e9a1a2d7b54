//! The table of a replay, as text and as JSON.
//!
//! Not the answers: `policy::Replay` has them.

use std::fmt::Write as _;

use serde_json::json;

use crate::policy::Table;

pub(super) fn text(table: &Table) -> String {
    let mut rows: Vec<Vec<String>> = vec![vec!["question".to_owned()]];
    if let Some(head) = rows.first_mut() {
        head.extend(table.days.iter().map(ToString::to_string));
    }
    for line in &table.lines {
        let cells = line.cells.iter().map(crate::policy::Cell::text);
        rows.push(std::iter::once(line.text.clone()).chain(cells).collect());
    }
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut told = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        told = told + line.trim_end() + "\n";
    }
    for (mark, note) in &table.notes {
        let _ = writeln!(told, "({mark}) {note}");
    }
    told
}

pub(super) fn json(table: &Table) -> String {
    let days: Vec<String> = table.days.iter().map(ToString::to_string).collect();
    let lines = table.lines.iter().map(|line| {
        let answers = line.cells.iter().zip(&days).map(|(cell, day)| {
            json!({
                "day": day, "answer": cell.text(), "rule": cell.rule, "note": cell.mark,
            })
        });
        json!({"question": line.text, "answers": answers.collect::<Vec<_>>()})
    });
    let notes = table.notes.iter().map(|(mark, text)| json!({"mark": mark, "text": text}));
    let told = json!({
        "days": days, "questions": lines.collect::<Vec<_>>(), "notes": notes.collect::<Vec<_>>(),
    });
    format!("{told:#}\n")
}
