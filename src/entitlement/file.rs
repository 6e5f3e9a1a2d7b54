//! A file of roles, by fiscal code: TOML with one `[[entitlement]]` for each role, or CSV with a row of
//! names.
//!
//! Not a watcher: whoever looks decides when. A file that is no good as it stands changes nothing: what it
//! said when it was good goes on. No message says what stands in it.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::csv;
use super::record::{COLUMNS, Record, entitlements};
use crate::identity::{Entitlements, FiscalCode};

/// A mistake in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where: `entitlement[3]`, `line 7`; empty for the whole file.
    pub place: String,
    /// What is wrong there.
    pub wrong: String,
    /// What to do.
    pub remedy: String,
}

/// What came of a look at the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It is the one that was read last.
    Unchanged,
    /// What it says now counts.
    Renewed,
    /// It is no good: what was said before counts.
    Refused(Vec<Mistake>),
}

type Persons = HashMap<FiscalCode, Entitlements>;

/// What changes whenever the file is written or replaced.
type Stamp = (u64, u64, i64, i64, i64, i64);

/// The file, as it was when it was good.
#[derive(Debug)]
pub struct FileSource {
    path: PathBuf,
    persons: ArcSwap<Persons>,
    seen: Mutex<Option<Stamp>>,
    /// Whether what stands there now is no good.
    refused: AtomicBool,
}

impl FileSource {
    /// Reads the file.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn open(path: &Path) -> Result<Self, Vec<Mistake>> {
        // Before it is read: a change in between is seen by the next look.
        let seen = Mutex::new(stamp(path));
        let persons = ArcSwap::from_pointee(read(path)?);
        Ok(Self { path: path.to_owned(), persons, seen, refused: AtomicBool::new(false) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it again if it changed.
    pub fn look(&self) -> Look {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.path);
        if *seen == now {
            return Look::Unchanged;
        }
        *seen = now;
        let read = read(&self.path);
        self.refused.store(read.is_err(), Ordering::Relaxed);
        match read {
            Ok(persons) => {
                self.persons.store(persons.into());
                Look::Renewed
            }
            Err(mistakes) => Look::Refused(mistakes),
        }
    }

    /// Of how many people it tells.
    pub(super) fn persons(&self) -> usize {
        self.persons.load().len()
    }

    /// Whether it is no good as it stands now.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// What it says of somebody.
    pub(super) fn of(&self, code: &FiscalCode) -> Entitlements {
        self.persons.load().get(code).cloned().unwrap_or_default()
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = std::fs::metadata(path).ok()?;
    Some((
        found.ino(),
        found.size(),
        found.mtime(),
        found.mtime_nsec(),
        found.ctime(),
        found.ctime_nsec(),
    ))
}

fn read(path: &Path) -> Result<Persons, Vec<Mistake>> {
    let whole = |wrong: String, remedy: &str| {
        vec![Mistake { place: String::new(), wrong, remedy: remedy.to_owned() }]
    };
    let octets = std::fs::metadata(path).map_or(0, |found| found.size());
    if octets > LARGEST {
        let wrong = format!("has more than {} MiB", LARGEST >> 20);
        return Err(whole(wrong, "keep so many roles in a database"));
    }
    let text = std::fs::read_to_string(path).map_err(|cause| {
        whole(format!("cannot be read: {cause}"), "name an existing, readable file in UTF-8")
    })?;
    let is_csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let mut mistakes = Vec::new();
    let rows = if is_csv { of_csv(&text, &mut mistakes) } else { of_toml(&text, &mut mistakes) };
    let mut records: HashMap<FiscalCode, Vec<Record>> = HashMap::new();
    for Row { place, code, record } in rows {
        let code = code.and_then(|code| {
            FiscalCode::parse(&code).or_else(|_| FiscalCode::from_tax_number(&code)).ok()
        });
        match (code, record.read()) {
            (None, _) => mistakes.push(mistake(
                place,
                "fiscal_code is missing, or no fiscal code",
                "write the sixteen characters",
            )),
            (_, Err(wrong)) => mistakes.push(mistake(place, &wrong.to_string(), REMEDY)),
            (Some(code), Ok(_)) => records.entry(code).or_default().push(record),
        }
    }
    let mut persons = Persons::with_capacity(records.len());
    for (code, records) in records {
        match entitlements(records) {
            Ok(told) => drop(persons.insert(code, told)),
            Err(wrong) => {
                mistakes.push(mistake(String::new(), &format!("somebody {wrong}"), REMEDY));
            }
        }
    }
    if mistakes.is_empty() {
        Ok(persons)
    } else {
        mistakes.truncate(MOST_TOLD);
        Err(mistakes)
    }
}

/// One row as it was written.
struct Row {
    place: String,
    code: Option<String>,
    record: Record,
}

fn of_toml(text: &str, mistakes: &mut Vec<Mistake>) -> Vec<Row> {
    const TABLES: &str = "write each role as [[entitlement]]";
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(cause) => {
            let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let place = format!("line {}", before.lines().count().max(1));
            // The parser's own words may quote the line.
            mistakes.push(mistake(place, "is not TOML", "correct the syntax (https://toml.io)"));
            return Vec::new();
        }
    };
    for key in table.keys().filter(|key| *key != "entitlement") {
        // A key that is a fiscal code would be told otherwise.
        let place = if key.len() <= 12 { key.clone() } else { "another key".to_owned() };
        mistakes.push(mistake(place, "is not a known key", TABLES));
    }
    let rows = match table.get("entitlement") {
        None => return Vec::new(),
        Some(toml::Value::Array(rows)) => rows,
        Some(_) => {
            mistakes.push(mistake("entitlement".to_owned(), "is not a list of tables", TABLES));
            return Vec::new();
        }
    };
    let mut all = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let place = format!("entitlement[{at}]");
        let mut read = Row { place: place.clone(), code: None, record: Record::default() };
        for (name, value) in row.as_table().into_iter().flatten() {
            let text = match value {
                toml::Value::String(text) => Some(text.clone()),
                toml::Value::Datetime(day) => Some(day.to_string()),
                _ => None,
            };
            match text {
                Some(text) if name == CODE => read.code = Some(text),
                Some(text) if read.record.set(name, &text) => {}
                _ => mistakes.push(mistake(
                    place.clone(),
                    "has a field that is none, or is no text",
                    REMEDY,
                )),
            }
        }
        all.push(read);
    }
    all
}

fn of_csv(text: &str, mistakes: &mut Vec<Mistake>) -> Vec<Row> {
    let rows = match csv::rows(text) {
        Ok(rows) => rows,
        Err(line) => {
            let wrong = "begins a quotation that never ends";
            mistakes.push(mistake(format!("line {line}"), wrong, "double a quotation mark inside"));
            return Vec::new();
        }
    };
    let mut rows = rows.into_iter();
    let names: Vec<String> = rows
        .next()
        .map(|(_, names)| names.iter().map(|name| name.trim().to_ascii_lowercase()).collect())
        .unwrap_or_default();
    let known = |name: &String| name == CODE || COLUMNS.contains(&name.as_str());
    if !names.iter().any(|name| name == CODE) || !names.iter().all(known) {
        mistakes.push(mistake("line 1".to_owned(), "does not name the columns", REMEDY));
        return Vec::new();
    }
    let mut all = Vec::new();
    for (line, fields) in rows {
        let place = format!("line {line}");
        if fields.len() != names.len() {
            mistakes.push(mistake(
                place,
                "has more or fewer fields than there are columns",
                REMEDY,
            ));
            continue;
        }
        let mut read = Row { place, code: None, record: Record::default() };
        for (name, value) in names.iter().zip(fields) {
            if name == CODE {
                read.code = Some(value.trim().to_owned());
            } else {
                read.record.set(name, &value);
            }
        }
        all.push(read);
    }
    all
}

fn mistake(place: String, wrong: &str, remedy: &str) -> Mistake {
    Mistake { place, wrong: wrong.to_owned(), remedy: remedy.to_owned() }
}

const CODE: &str = "fiscal_code";
const REMEDY: &str = "use fiscal_code, role, ipa_code, organization, delegated_by, valid_from, valid_until, category; \
                      each in one line, days as 2021-10-01";
/// Octets of the largest file.
const LARGEST: u64 = 64 << 20;
/// Mistakes that are told at once.
const MOST_TOLD: usize = 50;
