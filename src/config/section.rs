//! Reading a TOML table key by key, noting every mistake and every key nobody asked for.
//!
//! Not serde: a deserializer stops at the first mistake, and an operator wants all of them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Problems;
use crate::effects::Timestamp;
use crate::terms::Day;

/// A file that is well-formed TOML.
pub(super) struct File {
    path: PathBuf,
    table: Table,
    named: RefCell<Vec<(PathBuf, Option<Stamp>)>>,
}

/// What changes whenever a file is written or replaced: inode, octets, and the instants of its content
/// and of its entry, as the file system tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    inode: u64,
    octets: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// `None` when there is no such file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        Some(Self {
            inode: found.ino(),
            octets: found.size(),
            written: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }

    /// When the content was written.
    const fn written_at(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.written.0)
    }
}

impl File {
    /// Reads and parses it.
    pub(super) fn read(path: &Path, problems: &mut Problems) -> Option<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) => {
                problems.add(
                    path,
                    "",
                    format!("cannot be read: {cause}"),
                    "name an existing, readable file",
                );
                return None;
            }
        };
        Self::parse(path, &text, problems)
    }

    /// Parses `text`, which stands at `path`.
    pub(super) fn parse(path: &Path, text: &str, problems: &mut Problems) -> Option<Self> {
        match text.parse::<Table>() {
            Ok(table) => Some(Self { path: path.to_owned(), table, named: RefCell::default() }),
            Err(cause) => {
                let wrong = format!("is not TOML: {}", cause.message());
                let line = cause
                    .span()
                    .map_or(0, |span| text.get(..span.start).unwrap_or("").lines().count());
                problems.add(
                    path,
                    &format!("line {line}"),
                    wrong,
                    "correct the syntax (https://toml.io)",
                );
                None
            }
        }
    }

    /// When it was written, to the second.
    pub(super) fn written_at(&self) -> Timestamp {
        let stamp = Stamp::of(&self.path);
        stamp.as_ref().map_or(Timestamp::from_unix_seconds(0), Stamp::written_at)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole file as a section.
    pub(super) fn root(&self) -> Section<'_> {
        Section {
            file: &self.path,
            path: String::new(),
            table: Some(&self.table),
            asked: RefCell::default(),
        }
    }

    /// A path written in this file, seen from the file's folder.
    pub(super) fn beside(&self, written: &str) -> PathBuf {
        let path = self.path.parent().unwrap_or(Path::new(".")).join(written);
        self.named.borrow_mut().push((path.clone(), Stamp::of(&path)));
        path
    }

    /// Every path that was asked for, with what its file was like before it was read.
    pub(super) fn named(self) -> Vec<(PathBuf, Option<Stamp>)> {
        self.named.into_inner()
    }
}

/// One table; an absent one answers like an empty one.
pub(super) struct Section<'a> {
    file: &'a Path,
    path: String,
    table: Option<&'a Table>,
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Section<'a> {
    /// Whether the table is there at all.
    pub(super) const fn present(&self) -> bool {
        self.table.is_some()
    }

    /// The dotted key of `key` in this section.
    pub(super) fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Notes a mistake at `key`.
    pub(super) fn wrong(
        &self,
        problems: &mut Problems,
        key: &str,
        wrong: impl Into<String>,
        remedy: &str,
    ) {
        problems.add(self.file, &self.dotted(key), wrong, remedy);
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.and_then(|table| table.get(key))
    }

    /// A table below this one.
    pub(super) fn section(&self, key: &str, problems: &mut Problems) -> Section<'a> {
        let table = match self.value(key) {
            None => None,
            Some(Value::Table(table)) => Some(table),
            Some(_) => {
                self.wrong(problems, key, "is not a table", "write it as [table]");
                None
            }
        };
        Section { file: self.file, path: self.dotted(key), table, asked: RefCell::default() }
    }

    /// The tables of an array of tables.
    pub(super) fn sections(&self, key: &str, problems: &mut Problems) -> Vec<Section<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Value::Array(list) = value else {
            self.wrong(problems, key, "is not a list of tables", "write each entry as [[table]]");
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (at, entry) in list.iter().enumerate() {
            match entry {
                Value::Table(table) => sections.push(Section {
                    file: self.file,
                    path: format!("{}[{at}]", self.dotted(key)),
                    table: Some(table),
                    asked: RefCell::default(),
                }),
                _ => self.wrong(
                    problems,
                    key,
                    "is not a list of tables",
                    "write each entry as [[table]]",
                ),
            }
        }
        sections
    }

    /// Whether `key` is there; asking so does not count as knowing it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// The keys of this table, all of them counted as asked for.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        let keys: Vec<&str> =
            self.table.map(|table| table.keys().map(String::as_str).collect()).unwrap_or_default();
        self.asked.borrow_mut().extend(keys.iter().map(|key| (*key).to_owned()));
        keys
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&self, key: &str, remedy: &str, problems: &mut Problems) -> Option<&'a str> {
        let text = self.optional_text(key, problems);
        if text.is_none() && self.table.is_none_or(|table| !table.contains_key(key)) {
            self.wrong(problems, key, "is missing", remedy);
        }
        text
    }

    /// A text that may be absent.
    pub(super) fn optional_text(&self, key: &str, problems: &mut Problems) -> Option<&'a str> {
        match self.value(key)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.wrong(problems, key, "is not a text, or is empty", "write a text in quotes");
                None
            }
        }
    }

    /// One of several words; the first one when the key is absent.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let Some(text) = self.optional_text(key, problems) else {
            return words.first().map(|(_, value)| *value);
        };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            self.wrong(
                problems,
                key,
                "is not a known word",
                &format!("write one of {}", known.join(", ")),
            );
        }
        found
    }

    /// A whole number between bounds, or `default`.
    pub(super) fn number(
        &self,
        key: &str,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> u64 {
        match self.value(key) {
            None => default,
            Some(Value::Integer(number))
                if u64::try_from(*number).is_ok_and(|n| bounds.contains(&n)) =>
            {
                u64::try_from(*number).unwrap_or(default)
            }
            Some(_) => {
                let remedy =
                    format!("write a whole number from {} to {}", bounds.start(), bounds.end());
                self.wrong(problems, key, "is not a whole number within its bounds", &remedy);
                default
            }
        }
    }

    /// True or false, or `default`.
    pub(super) fn flag(&self, key: &str, default: bool, problems: &mut Problems) -> bool {
        match self.value(key) {
            None => default,
            Some(Value::Boolean(flag)) => *flag,
            Some(_) => {
                self.wrong(problems, key, "is neither true nor false", "write true or false");
                default
            }
        }
    }

    /// A day, written without quotes; `None` when the key is absent.
    pub(super) fn day(&self, key: &str, problems: &mut Problems) -> Option<Day> {
        let day = day(self.value(key)?);
        if day.is_none() {
            self.wrong(problems, key, "is not a day", DAY);
        }
        day
    }

    /// A list of days, written without quotes; empty when the key is absent.
    pub(super) fn days(&self, key: &str, problems: &mut Problems) -> Vec<Day> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let days = value.as_array().map(|list| list.iter().map(day).collect::<Option<Vec<_>>>());
        days.flatten().unwrap_or_else(|| {
            self.wrong(problems, key, "is not a list of days", DAY);
            Vec::new()
        })
    }

    /// A list of texts; empty when the key is absent.
    pub(super) fn texts(&self, key: &str, problems: &mut Problems) -> Vec<&'a str> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let texts =
            value.as_array().map(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        texts.flatten().unwrap_or_else(|| {
            self.wrong(problems, key, "is not a list of texts", "write [\"one\", \"two\"]");
            Vec::new()
        })
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(&self, problems: &mut Problems) {
        let asked = self.asked.borrow();
        for key in self.table.into_iter().flat_map(Table::keys) {
            if !asked.contains(key) {
                let known = asked.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                self.wrong(
                    problems,
                    key,
                    "is not a known key",
                    &format!("remove it, or write one of: {known}"),
                );
            }
        }
    }
}

fn day(value: &Value) -> Option<Day> {
    let Value::Datetime(moment) = value else { return None };
    let date = moment.date.filter(|_| moment.time.is_none() && moment.offset.is_none())?;
    Day::new(i32::from(date.year), date.month, date.day)
}

const DAY: &str = "write days as 2026-11-22, without quotes";
