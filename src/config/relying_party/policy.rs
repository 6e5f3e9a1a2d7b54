//! `[[policy]]` of a relying party's file: who may enter, with what, from when to when.
//!
//! Not the calendar, which holds for everybody; its instruments and categories are the words here.

use super::super::Problems;
use super::super::section::Section;
use crate::oidc::client::{
    Delegable, LevelRule, Overlap, Period, ServicePolicy, Waiver, instrument_of,
};
use crate::policy::Calendar;
use crate::terms::{Category, Level};

/// What the rest of the file says.
#[derive(Clone, Copy)]
pub(in super::super) struct Ground<'a> {
    /// The lowest level that is ever accepted.
    pub(in super::super) minimum_level: Level,
    /// The upstreams that people may choose from.
    pub(in super::super) upstreams: &'a [&'static str],
    /// Where the words come from.
    pub(in super::super) calendar: &'a Calendar,
}

/// Every period; none of them when one is wrong.
pub(in super::super) fn read(
    root: &Section<'_>,
    ground: Ground<'_>,
    problems: &mut Problems,
) -> ServicePolicy {
    let mut periods = Vec::new();
    for (row, section) in root.sections("policy", problems).iter().enumerate() {
        periods.push(period(section, row, ground, problems));
        section.finish(problems);
    }
    ServicePolicy::new(periods).unwrap_or_else(|Overlap(one, other)| {
        let wrong = format!("policy[{one}] and policy[{other}] have days in common");
        let remedy =
            "write from and until, both of them included, so that no day is in two periods";
        root.wrong(problems, "policy", wrong, remedy);
        ServicePolicy::default()
    })
}

fn period(
    section: &Section<'_>,
    row: usize,
    ground: Ground<'_>,
    problems: &mut Problems,
) -> Period {
    let (from, until) = (section.day("from", problems), section.day("until", problems));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let wrong = format!("is before from ({from})");
        section.wrong(problems, "until", wrong, "until is the last day, and not before the first");
    }
    let legal_ref = section.optional_text("legal_ref", problems).map(Into::into);
    if (from.is_some() || until.is_some()) && !section.has("legal_ref") {
        section.wrong(problems, "legal_ref", "is missing, and there is a date", LEGAL_REF);
    }
    let mut named = instruments(section, ground.calendar, problems);
    if !section.has("instruments") {
        for name in ground.upstreams.iter().map(|upstream| instrument_of(upstream)) {
            if !named.iter().any(|known| **known == *name) {
                named.push(name.into());
            }
        }
    } else if named.is_empty() {
        let remedy = "name some, or leave the key out: then it is all of upstreams";
        section.wrong(problems, "instruments", "is empty", remedy);
    }
    let minimum_level = level(section, "minimum_level", ground.minimum_level, problems);
    if minimum_level < ground.minimum_level {
        let wrong = "is below minimum_level of the file, which is the lowest it ever accepts";
        section.wrong(problems, "minimum_level", wrong, "lower that one, or raise this one");
    }
    let mut levels = Vec::new();
    for rule in section.sections("level", problems) {
        if !rule.has("at_least") {
            rule.wrong(problems, "at_least", "is missing", "write the lowest level: 1, 2 or 3");
        }
        levels.push(LevelRule {
            at_least: level(&rule, "at_least", Level::L1, problems),
            categories: categories(&rule, "categories", ground.calendar, problems),
            instruments: instruments(&rule, ground.calendar, problems),
        });
        rule.finish(problems);
    }
    let open = categories(section, "categories", ground.calendar, problems);
    if section.has("categories") && open.is_empty() {
        let remedy = "name some, or leave the key out: then it is open to all";
        section.wrong(problems, "categories", "is empty", remedy);
    }
    let minimum_age = section
        .has("minimum_age")
        .then(|| section.number("minimum_age", 0, 0..=120, problems))
        .and_then(|age| u8::try_from(age).ok());
    let words = [
        ("all", Delegable::All),
        ("legal_representatives", Delegable::LegalRepresentatives),
        ("none", Delegable::None),
    ];
    Period {
        row,
        from,
        until,
        instruments: named,
        categories: section.has("categories").then_some(open),
        minimum_level,
        levels,
        minimum_age,
        dedicated_to: categories(section, "dedicated_to", ground.calendar, problems),
        delegable: section.word("delegable", &words, problems).unwrap_or_default(),
        legal_ref,
        eidas_off: waiver(section, problems),
    }
}

/// `[policy.eidas_off]`.
fn waiver(section: &Section<'_>, problems: &mut Problems) -> Option<Waiver> {
    let table = section.section("eidas_off", problems);
    if !table.present() {
        return None;
    }
    let reason = table.text("reason", "write why other states' means are left out", problems);
    let decided_by = table.text("decided_by", "write who answers for it", problems);
    let decided_on = table.day("decided_on", problems);
    if decided_on.is_none() && !table.has("decided_on") {
        table.wrong(problems, "decided_on", "is missing", "write the day it was decided");
    }
    table.finish(problems);
    Some(Waiver { reason: reason?.into(), decided_by: decided_by?.into(), decided_on: decided_on? })
}

pub(in super::super) fn level(
    section: &Section<'_>,
    key: &'static str,
    default: Level,
    problems: &mut Problems,
) -> Level {
    let number = section.number(key, u64::from(default.number()), 1..=3, problems);
    u8::try_from(number).ok().and_then(|number| Level::try_from(number).ok()).unwrap_or(default)
}

/// The key `instruments`.
pub(in super::super) fn instruments(
    section: &Section<'_>,
    calendar: &Calendar,
    problems: &mut Problems,
) -> Vec<Box<str>> {
    let mut named: Vec<Box<str>> = Vec::new();
    for name in section.texts("instruments", problems) {
        if calendar.instrument(name).is_some() {
            named.push(name.into());
            continue;
        }
        let instruments = calendar.rows().instruments.iter();
        let known: Vec<&str> = instruments.map(|instrument| &*instrument.id).collect();
        let remedy =
            format!("write some of: {}; or add [[instrument]] to the calendar", known.join(", "));
        section.wrong(problems, "instruments", format!("{name:?} is not an instrument"), &remedy);
    }
    named
}

/// A list of categories.
pub(in super::super) fn categories(
    section: &Section<'_>,
    key: &'static str,
    calendar: &Calendar,
    problems: &mut Problems,
) -> Vec<Category> {
    let mut named = Vec::new();
    for name in section.texts(key, problems) {
        if let Some(category) = Category::parse(name).filter(|it| calendar.category(it).is_some()) {
            named.push(category);
            continue;
        }
        let categories = calendar.rows().categories.iter();
        let known: Vec<&str> = categories.map(|category| category.id.as_str()).collect();
        let remedy =
            format!("write some of: {}; or add [[category]] to the calendar", known.join(", "));
        section.wrong(problems, key, format!("{name:?} is not a category of person"), &remedy);
    }
    named
}

pub(in super::super) const LEGAL_REF: &str =
    "name the law, decree or circular that says so, with its number, date and article";
