//! Reading a TOML table key by key, noting every mistake and every key nobody asked for.
//!
//! Not serde: a deserializer stops at the first mistake, and an operator wants all of them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problems;
pub(super) use super::file::File;
use crate::terms::Day;

/// One table; an absent one answers like an empty one.
pub(super) struct Section<'a> {
    file: &'a Path,
    path: String,
    table: Option<&'a DeTable<'a>>,
    /// As often as they were asked for: sorted when a mistake is told, and not before.
    asked: RefCell<Vec<&'a str>>,
}

impl<'a> Section<'a> {
    /// The whole of a file.
    pub(super) fn root(file: &'a Path, table: &'a DeTable<'a>) -> Self {
        Self::at(file, String::new(), Some(table))
    }

    fn at(file: &'a Path, path: String, table: Option<&'a DeTable<'a>>) -> Self {
        // A table that is not there is asked for few keys, one that is there for many.
        let asked = RefCell::new(Vec::with_capacity(table.map_or(0, |_| 16)));
        Section { file, path, table, asked }
    }

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

    fn value(&self, key: &'a str) -> Option<&'a DeValue<'a>> {
        self.asked.borrow_mut().push(key);
        self.table.and_then(|table| table.get(key)).map(Spanned::get_ref)
    }

    /// A table below this one.
    pub(super) fn section(&self, key: &'a str, problems: &mut Problems) -> Section<'a> {
        let table = match self.value(key) {
            None => None,
            Some(DeValue::Table(table)) => Some(table),
            Some(_) => {
                self.wrong(problems, key, "is not a table", "write it as [table]");
                None
            }
        };
        Section::at(self.file, self.dotted(key), table)
    }

    /// The tables of an array of tables.
    pub(super) fn sections(&self, key: &'a str, problems: &mut Problems) -> Vec<Section<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(list) = value else {
            self.wrong(problems, key, "is not a list of tables", "write each entry as [[table]]");
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (at, entry) in list.iter().enumerate() {
            match entry.get_ref() {
                DeValue::Table(table) => {
                    let path = format!("{}[{at}]", self.dotted(key));
                    sections.push(Section::at(self.file, path, Some(table)));
                }
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
            self.table.map(|table| table.keys().map(name).collect()).unwrap_or_default();
        self.asked.borrow_mut().extend(&keys);
        keys
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(
        &self,
        key: &'a str,
        remedy: &str,
        problems: &mut Problems,
    ) -> Option<&'a str> {
        let text = self.optional_text(key, problems);
        if text.is_none() && self.table.is_none_or(|table| !table.contains_key(key)) {
            self.wrong(problems, key, "is missing", remedy);
        }
        text
    }

    /// A text that may be absent.
    pub(super) fn optional_text(&self, key: &'a str, problems: &mut Problems) -> Option<&'a str> {
        match self.value(key)? {
            DeValue::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.wrong(problems, key, "is not a text, or is empty", "write a text in quotes");
                None
            }
        }
    }

    /// One of several words; the first one when the key is absent.
    pub(super) fn word<T: Copy>(
        &self,
        key: &'a str,
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
        key: &'a str,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> u64 {
        match self.value(key) {
            None => default,
            Some(value) => {
                whole(value).filter(|number| bounds.contains(number)).unwrap_or_else(|| {
                    let remedy =
                        format!("write a whole number from {} to {}", bounds.start(), bounds.end());
                    self.wrong(problems, key, "is not a whole number within its bounds", &remedy);
                    default
                })
            }
        }
    }

    /// True or false, or `default`.
    pub(super) fn flag(&self, key: &'a str, default: bool, problems: &mut Problems) -> bool {
        match self.value(key) {
            None => default,
            Some(DeValue::Boolean(flag)) => *flag,
            Some(_) => {
                self.wrong(problems, key, "is neither true nor false", "write true or false");
                default
            }
        }
    }

    /// A day, written without quotes; `None` when the key is absent.
    pub(super) fn day(&self, key: &'a str, problems: &mut Problems) -> Option<Day> {
        let day = day(self.value(key)?);
        if day.is_none() {
            self.wrong(problems, key, "is not a day", DAY);
        }
        day
    }

    /// A list of days, written without quotes; empty when the key is absent.
    pub(super) fn days(&self, key: &'a str, problems: &mut Problems) -> Vec<Day> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let days = value
            .as_array()
            .map(|list| list.iter().map(|entry| day(entry.get_ref())).collect::<Option<Vec<_>>>());
        days.flatten().unwrap_or_else(|| {
            self.wrong(problems, key, "is not a list of days", DAY);
            Vec::new()
        })
    }

    /// A list of texts; empty when the key is absent.
    pub(super) fn texts(&self, key: &'a str, problems: &mut Problems) -> Vec<&'a str> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let texts = value.as_array().map(|list| {
            list.iter().map(|entry| entry.get_ref().as_str()).collect::<Option<Vec<_>>>()
        });
        texts.flatten().unwrap_or_else(|| {
            self.wrong(problems, key, "is not a list of texts", "write [\"one\", \"two\"]");
            Vec::new()
        })
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(&self, problems: &mut Problems) {
        let asked = self.asked.borrow();
        let unknown = |key: &&str| !asked.contains(key);
        for key in self.table.into_iter().flat_map(DeTable::keys).map(name).filter(unknown) {
            let mut known = asked.clone();
            known.sort_unstable();
            known.dedup();
            let remedy = format!("remove it, or write one of: {}", known.join(", "));
            self.wrong(problems, key, "is not a known key", &remedy);
        }
    }
}

fn name<'a>(key: &'a Spanned<Cow<'a, str>>) -> &'a str {
    key.get_ref()
}

/// A whole number that is not negative.
fn whole(value: &DeValue<'_>) -> Option<u64> {
    let DeValue::Integer(number) = value else { return None };
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn day(value: &DeValue<'_>) -> Option<Day> {
    let DeValue::Datetime(moment) = value else { return None };
    let date = moment.date.filter(|_| moment.time.is_none() && moment.offset.is_none())?;
    Day::new(i32::from(date.year), date.month, date.day)
}

const DAY: &str = "write days as 2026-11-22, without quotes";
