//! `[[category]]`, `[[instrument]]`, `[[change]]` and `[[act]]` of a calendar.
//!
//! Not what they mean on a day: `policy` judges that.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::super::Problems;
use super::super::relying_party::{LEGAL_REF, categories, instruments, level, texts};
use super::super::section::Section;
use crate::oidc::client::Texts;
use crate::policy::{Act, Calendar, CategoryRow, Change, Instrument, Kind, Rows, Source};
use crate::terms::{Category, Day, Level};

/// Every row. Names are checked against each other, relying parties apart.
pub(in super::super) fn read(path: &Path, root: &Section<'_>, problems: &mut Problems) -> Calendar {
    let mut rows = Rows::default();
    let sections = root.sections("category", problems);
    for section in &sections {
        rows.categories.extend(category(section, &rows.categories, problems));
    }
    for section in &sections {
        principal(section, &rows.categories, problems);
        section.finish(problems);
    }
    for section in root.sections("instrument", problems) {
        rows.instruments.extend(instrument(&section, &rows.instruments, problems));
        section.finish(problems);
    }
    // The words that the other rows are made of.
    let words = Calendar::of(rows.clone());
    let file = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let sections = root.sections("change", problems);
    let mut known = HashSet::new();
    for (at, section) in sections.iter().enumerate() {
        let place = format!("{file}: change[{at}]");
        rows.changes.extend(change(section, place, (&mut known, &words), problems));
    }
    let successors: HashMap<&str, Option<&str>> =
        rows.changes.iter().map(|row| (&*row.id, row.superseded_by.as_deref())).collect();
    for section in &sections {
        history(section, &successors, problems);
        section.finish(problems);
    }
    for (at, section) in root.sections("act", problems).iter().enumerate() {
        rows.acts.extend(act(section, format!("{file}: act[{at}]"), &words, problems));
        section.finish(problems);
    }
    Calendar::of(rows)
}

fn category(
    section: &Section<'_>,
    known: &[CategoryRow],
    problems: &mut Problems,
) -> Option<CategoryRow> {
    let remedy = "write 1 to 40 of a-z 0-9 _, a letter first";
    let name = section.text("id", remedy, problems);
    let id = name.and_then(Category::parse);
    if name.is_some() && id.is_none() {
        section.wrong(problems, "id", "has another form", remedy);
    }
    if id.as_ref().is_some_and(|id| known.iter().any(|other| other.id == *id)) {
        section.wrong(problems, "id", "is the name of another category", "give each row its own");
    }
    let (from, until) = days(section, problems);
    let legal_ref = legal_ref(section, from.or(until).is_some(), problems);
    let acts_for = section.optional_text("acts_for", problems).and_then(Category::parse);
    let title = title(section, problems);
    Some(CategoryRow { id: id?, title, from, until, acts_for, legal_ref })
}

/// Whom a category acts for is a category, and another one.
fn principal(section: &Section<'_>, known: &[CategoryRow], problems: &mut Problems) {
    let Some(name) = section.optional_text("acts_for", problems) else { return };
    let other = section.optional_text("id", problems) != Some(name);
    let derived = [Category::CITIZEN, Category::MINOR, Category::COMPANY];
    let mut all = known.iter().map(|row| &row.id).chain(&derived);
    if !other || !all.any(|category| category.as_str() == name) {
        let wrong = format!("{name:?} is not another category");
        section.wrong(problems, "acts_for", wrong, "write the id of a [[category]] row");
    }
}

fn instrument(
    section: &Section<'_>,
    known: &[Instrument],
    problems: &mut Problems,
) -> Option<Instrument> {
    let remedy = "write 1 to 40 of a-z 0-9 -, as auth_method says it";
    let id = section.text("id", remedy, problems)?;
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if id.len() > 40 || !id.bytes().all(sign) {
        section.wrong(problems, "id", "has another form", remedy);
    }
    if known.iter().any(|other| *other.id == *id) {
        section.wrong(problems, "id", "is the name of another instrument", "give each row its own");
    }
    let dedicated_only = section.flag("dedicated_only", false, problems);
    Some(Instrument { id: id.into(), title: title(section, problems), dedicated_only })
}

fn change(
    section: &Section<'_>,
    place: String,
    (known, words): (&mut HashSet<Box<str>>, &Calendar),
    problems: &mut Problems,
) -> Option<Change> {
    let id = section.text("id", "give the row a name: it is told to whoever is denied", problems);
    if id.is_some_and(|id| !known.insert(id.into())) {
        section.wrong(problems, "id", "is the name of another row", "give each row its own");
    }
    let named = instruments(section, words, problems);
    if named.is_empty() {
        section.wrong(problems, "instruments", "is missing or empty", "name the instruments");
    }
    let parties = section.texts("relying_parties", problems).into_iter().map(Into::into);
    let parties: Vec<Box<str>> = parties.collect();
    let people = categories(section, "categories", words, problems);
    for (key, empty) in [("relying_parties", parties.is_empty()), ("categories", people.is_empty())]
    {
        if section.has(key) && empty {
            section.wrong(problems, key, "is empty", "name some, or leave the key out: then all");
        }
    }
    let date = Kind::ALL.map(|kind| section.day(kind.key(), problems));
    let [start, stop_issue, stop_renew, hard_end] = date;
    if let (Some(start), Some(hard_end)) = (start, hard_end)
        && hard_end < start
    {
        let wrong = format!("is before start ({start})");
        let remedy = "hard_end is the last day accepted, start the first one";
        section.wrong(problems, "hard_end", wrong, remedy);
    }
    let to_be_fixed = to_be_fixed(section, problems);
    let natural_expiry =
        section.has("natural_expiry").then(|| section.flag("natural_expiry", true, problems));
    let dated = date.iter().any(Option::is_some);
    if !dated && to_be_fixed.is_empty() && natural_expiry.is_none() {
        let remedy = "write start, stop_issue, stop_renew, hard_end or to_be_fixed";
        section.wrong(problems, "hard_end", "is missing, and so is every other date", remedy);
    }
    let source = section.word("source", &SOURCES, problems);
    if !section.has("source") {
        section.wrong(problems, "source", "is missing", "write \"law\" or \"circular\"");
    }
    let reason = section.section("reason", problems);
    let remedy = "write in Italian, in one sentence, why";
    let reason = texts(&reason, remedy, problems);
    let decided_by = section.texts("decided_by", problems).into_iter().map(Into::into).collect();
    let superseded_by = section.optional_text("superseded_by", problems).map(Into::into);
    Some(Change {
        place: place.into(),
        instruments: named,
        relying_parties: section.has("relying_parties").then_some(parties),
        categories: section.has("categories").then_some(people),
        start,
        stop_issue,
        stop_renew,
        natural_expiry,
        hard_end,
        to_be_fixed,
        source: source?,
        reason,
        legal_ref: legal_ref(section, dated, problems),
        decided_by,
        decided_on: section.day("decided_on", problems),
        superseded_by,
        id: id?.into(),
    })
}

/// Dates that were announced without a day.
fn to_be_fixed(section: &Section<'_>, problems: &mut Problems) -> Vec<Kind> {
    const KEY: &str = "to_be_fixed";
    let mut kinds = Vec::new();
    for name in section.texts(KEY, problems) {
        match Kind::ALL.into_iter().find(|kind| kind.key() == name) {
            Some(kind) if section.has(name) => {
                let wrong = format!("holds {:?}, which has a date", kind.key());
                section.wrong(problems, KEY, wrong, "leave one of the two out");
            }
            Some(kind) => kinds.push(kind),
            None => {
                let known = Kind::ALL.map(Kind::key).join(", ");
                let wrong = format!("{name:?} is not a date of a row");
                section.wrong(problems, KEY, wrong, &format!("write some of: {known}"));
            }
        }
    }
    kinds
}

/// What supersedes a row is another row, and in the end one that holds.
fn history(
    section: &Section<'_>,
    successors: &HashMap<&str, Option<&str>>,
    problems: &mut Problems,
) {
    let Some(first) = section.optional_text("superseded_by", problems) else { return };
    let mut name = first;
    for _ in 0..=successors.len() {
        match successors.get(name) {
            None => {
                let wrong = format!("{name:?} is not a row");
                let remedy = "write the id of a [[change]] row";
                section.wrong(problems, "superseded_by", wrong, remedy);
                return;
            }
            Some(None) => return,
            Some(Some(next)) => name = *next,
        }
    }
    let wrong = "leads in a circle";
    section.wrong(problems, "superseded_by", wrong, "let the row that holds name no other");
}

fn act(
    section: &Section<'_>,
    place: String,
    words: &Calendar,
    problems: &mut Problems,
) -> Option<Act> {
    let id = section.text("id", "name the act, such as delegate", problems);
    let named = instruments(section, words, problems);
    if named.is_empty() {
        section.wrong(problems, "instruments", "is missing or empty", "name the instruments");
    }
    let (from, until) = days(section, problems);
    let people = categories(section, "categories", words, problems);
    let legal_ref = legal_ref(section, true, problems);
    let minimum_level = level(section, "minimum_level", Level::L1, problems);
    Some(Act {
        place: place.into(),
        title: title(section, problems),
        instruments: named,
        minimum_level,
        categories: section.has("categories").then_some(people),
        from,
        until,
        legal_ref: legal_ref?,
        id: id?.into(),
    })
}

/// `from` and `until`, both included.
fn days(section: &Section<'_>, problems: &mut Problems) -> (Option<Day>, Option<Day>) {
    let (from, until) = (section.day("from", problems), section.day("until", problems));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let wrong = format!("is before from ({from})");
        section.wrong(problems, "until", wrong, "until is the last day, and not before the first");
    }
    (from, until)
}

/// A date without one is a mistake.
fn legal_ref(section: &Section<'_>, wanted: bool, problems: &mut Problems) -> Option<Box<str>> {
    let found = section.optional_text("legal_ref", problems).map(Into::into);
    if wanted && !section.has("legal_ref") {
        section.wrong(problems, "legal_ref", "is missing", LEGAL_REF);
    }
    found
}

/// `title.it` and the other languages; absent is good.
fn title(section: &Section<'_>, problems: &mut Problems) -> Option<Texts> {
    let table = section.section("title", problems);
    table.present().then(|| texts(&table, "write it in Italian", problems)).flatten()
}

const SOURCES: [(&str, Source); 2] = [("law", Source::Law), ("circular", Source::Circular)];
