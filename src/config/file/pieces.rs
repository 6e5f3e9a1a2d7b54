//! The TOML of a long file, parsed in pieces: a calendar of ten thousand rows takes fifty times the memory of
//! its text while it is parsed at once, and one core alone.
//!
//! Not another parser, and not another language: a file is cut only before a line `[[name]]` that cannot be
//! anything else. Where the pieces do not fit together without doubt, the whole is parsed at once; so is every
//! file with a mistake, whose line is told.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::super::cores::each;

/// The tables of a text.
///
/// # Errors
/// The first mistake of the whole.
pub(super) fn parse(text: &str) -> Result<DeTable<'_>, Error> {
    match cut(text).and_then(|pieces| joined(&pieces)) {
        Some(table) => Ok(table),
        None => DeTable::parse(text).map(Spanned::into_inner),
    }
}

/// What stands before the first list of tables, and then pieces of [`LONG`] octets or somewhat more, each
/// beginning with a row. `None`: it is short, or has texts of several lines, in which anything may stand.
fn cut(text: &str) -> Option<Vec<&str>> {
    if text.len() < 2 * LONG || text.contains("\"\"\"") || text.contains("'''") {
        return None;
    }
    let mut pieces = Vec::new();
    let (mut rest, mut least) = (text, 0);
    while let Some((piece, later)) = first_row(rest, least) {
        pieces.push(piece);
        (rest, least) = (later, LONG);
    }
    pieces.push(rest);
    Some(pieces)
}

/// The text before and from the first line `[[name]]` after so many octets. A name with a dot belongs to a
/// table before it.
fn first_row(text: &str, least: usize) -> Option<(&str, &str)> {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    let is_row = |line: &str| {
        let name = line.strip_prefix("[[").and_then(|name| name.trim_end().strip_suffix("]]"));
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(plain))
    };
    let places = text.match_indices("[[").map(|(at, _)| at).filter(|at| *at >= least);
    places.filter_map(|at| text.split_at_checked(at)).find(|(before, from)| {
        (before.is_empty() || before.ends_with('\n')) && from.lines().next().is_some_and(is_row)
    })
}

/// The pieces as one table. After the first one there are lists of tables alone, and it has none of them.
fn joined<'t>(pieces: &[&'t str]) -> Option<DeTable<'t>> {
    let mut read = each(pieces, 1, |piece| DeTable::parse(piece).ok()).into_iter();
    let mut whole = read.next()??.into_inner();
    let mut lists = DeTable::new();
    for piece in read {
        for (name, rows) in piece?.into_inner() {
            if whole.contains_key(name.get_ref().as_ref()) {
                return None;
            }
            append(&mut lists, name, rows)?;
        }
    }
    whole.extend(lists);
    Some(whole)
}

/// `None`: it is no list of tables.
fn append<'t>(
    lists: &mut DeTable<'t>,
    name: Spanned<Cow<'t, str>>,
    rows: Spanned<DeValue<'t>>,
) -> Option<()> {
    if let Some(known) = lists.get_mut(name.get_ref().as_ref()) {
        let (DeValue::Array(known), DeValue::Array(rows)) = (known.get_mut(), rows.into_inner())
        else {
            return None;
        };
        rows.into_iter().for_each(|row| known.push(row));
    } else {
        // Below a row, a list can only be one of rows.
        matches!(rows.get_ref(), DeValue::Array(_)).then(|| lists.insert(name, rows))?;
    }
    Some(())
}

/// Octets of a piece.
const LONG: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The same of a table parsed at once and in pieces: names and values, and where nothing stands.
    fn told(table: &DeTable<'_>, out: &mut String) {
        for (name, value) in table {
            let _ = write!(out, "{} = ", name.get_ref());
            value_told(value.get_ref(), out);
        }
    }

    fn value_told(value: &DeValue<'_>, out: &mut String) {
        match value {
            DeValue::Table(table) => {
                out.push('{');
                told(table, out);
                out.push('}');
            }
            DeValue::Array(list) => {
                out.push('[');
                list.iter().for_each(|one| value_told(one.get_ref(), out));
                out.push(']');
            }
            other => {
                let _ = write!(out, "{other:?};");
            }
        }
    }

    /// What is parsed in pieces, if it is, and what is parsed at once.
    fn both(text: &str) -> (Option<String>, Result<String, String>) {
        let write = |table: &DeTable<'_>| {
            let mut out = String::new();
            told(table, &mut out);
            out
        };
        let pieces = cut(text).and_then(|pieces| joined(&pieces));
        let whole = DeTable::parse(text).map(|table| write(table.get_ref()));
        let parsed = parse(text).map(|table| write(&table)).map_err(|cause| cause.to_string());
        let whole = whole.map_err(|cause| cause.to_string());
        assert_eq!(parsed, whole);
        (pieces.as_ref().map(write), whole)
    }

    /// Far more than a piece.
    fn rows(name: &str) -> String {
        let row = |at: usize| {
            format!(
                "[[{name}]]\nid = \"{at}\" # [[{name}]]\nlist = [\n  [\"[[{name}]]\"],\n]\n\
                 reason.it = \"Perché\"\n[[{name}.below]]\nday = 2026-11-{:02}\n",
                at % 28 + 1
            )
        };
        (0..2000).map(row).collect()
    }

    #[test]
    fn a_long_file_says_in_pieces_what_it_says_as_a_whole() {
        let head = "# A calendar\nname = \"x\"\n[days]\nfirst = 2026-01-01\n";
        let several = [rows("change"), rows("act"), rows("change")].concat();
        for text in [
            format!("{head}{}", rows("change")),
            format!("{head}{several}"),
            rows("change"),
            several.replace('\n', "\r\n"),
            format!("{several}[[last]]"),
        ] {
            let (pieces, whole) = both(&text);
            assert!(pieces.is_some(), "it is cut");
            assert_eq!(pieces.unwrap(), whole.unwrap());
        }
    }

    #[test]
    fn what_does_not_fit_together_is_read_or_refused_as_a_whole() {
        let rows = rows("change");
        for (text, good) in [
            (format!("text = \"\"\"\n[[change]]\n\"\"\"\n{rows}"), true),
            (format!("text = '''\n[[change]]\n'''\n{rows}"), true),
            (format!("{rows}[after]\nx = 1\n"), true),
            (
                format!("{rows}[[other]]\nx = 1\n{}[change.later]\nx = 1\n", self::rows("other")),
                true,
            ),
            (format!("x = [\n[[1]]\n]\n{rows}"), true),
            (format!("change = []\n{rows}"), false),
            (format!("[change]\n{rows}"), false),
            (format!("{rows}[change]\n"), false),
            (format!("{rows}[[change]]\nid = 1\nid = 2\n"), false),
            (format!("{rows}[[change]\n{rows}"), false),
            (format!("{rows}[[change.id]]\n{rows}"), false),
            (format!("{rows}x = [\n{rows}"), false),
        ] {
            let (pieces, whole) = both(&text);
            let end = text.get(text.len() - 60..).unwrap_or_default();
            assert_eq!(whole.is_ok(), good, "{end}");
            assert!(pieces.is_none(), "{end}");
        }
    }
}
