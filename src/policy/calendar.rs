//! The calendar: instruments, categories of person, dated rows, acts. A snapshot, replaced whole.
//!
//! Not its file (`config::calendar` reads and checks that) and not the judgement. Superseded rows are
//! kept to be shown, and no judgement looks at them.

use std::collections::HashMap;

use super::acts::Act;
use super::change::{Change, Kind};
use crate::oidc::client::Texts;
use crate::terms::{Category, Day};

/// What people sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its name: what `auth_method` says, for those that are upstreams.
    pub id: Box<str>,
    /// For people; `None`: it is called by its name.
    pub title: Option<Texts>,
    /// Whether only services dedicated to its holders' category accept it.
    pub dedicated_only: bool,
}

/// A category of person, and from when to when it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryRow {
    /// Its name.
    pub id: Category,
    /// For people.
    pub title: Option<Texts>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
    /// The category that such a person acts for: what holds for that one holds here too.
    pub acts_for: Option<Category>,
    /// What it rests on.
    pub legal_ref: Option<Box<str>>,
}

/// Everything that a calendar is made of, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Instruments; those of [`STANDARD`] that are missing are added.
    pub instruments: Vec<Instrument>,
    /// Categories; those that are derived from an identity are added where they are missing.
    pub categories: Vec<CategoryRow>,
    /// Dated rows.
    pub changes: Vec<Change>,
    /// What else than signing in is ruled.
    pub acts: Vec<Act>,
}

/// The instruments of 2026 and whether each is for dedicated services only.
pub const STANDARD: [(&str, bool); 5] =
    [("spid", false), ("cie", false), ("cns", false), ("eidas", false), ("helpdesk", true)];

/// The rows, found by instrument and relying party.
#[derive(Clone, Debug)]
pub struct Calendar {
    rows: Rows,
    by_instrument: HashMap<Box<str>, Found>,
}

/// Where the rows of one instrument are.
#[derive(Clone, Debug, Default)]
struct Found {
    dedicated_only: bool,
    /// Rows for every relying party.
    everywhere: Vec<usize>,
    /// Rows for some.
    at: HashMap<Box<str>, Vec<usize>>,
}

/// The rows are everything: the rest is found from them.
impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

/// Forbids nothing: the standard instruments, the derived categories, no row.
impl Default for Calendar {
    fn default() -> Self {
        Self::of(Rows::default())
    }
}

impl Calendar {
    /// From rows whose names were found to fit each other.
    #[must_use]
    pub fn of(mut rows: Rows) -> Self {
        for (id, dedicated_only) in STANDARD {
            if !rows.instruments.iter().any(|known| *known.id == *id) {
                rows.instruments.push(Instrument { id: id.into(), title: None, dedicated_only });
            }
        }
        for id in [Category::CITIZEN, Category::MINOR, Category::COMPANY] {
            if !rows.categories.iter().any(|known| known.id == id) {
                rows.categories.push(CategoryRow {
                    id,
                    title: None,
                    from: None,
                    until: None,
                    acts_for: None,
                    legal_ref: None,
                });
            }
        }
        let mut by_instrument: HashMap<Box<str>, Found> = HashMap::new();
        for instrument in &rows.instruments {
            let found = by_instrument.entry(instrument.id.clone()).or_default();
            found.dedicated_only = instrument.dedicated_only;
        }
        for (at, change) in rows.changes.iter().enumerate() {
            if change.superseded_by.is_some() {
                continue;
            }
            for instrument in &change.instruments {
                let found = by_instrument.entry(instrument.clone()).or_default();
                match &change.relying_parties {
                    None => found.everywhere.push(at),
                    Some(names) => {
                        for name in names {
                            found.at.entry(name.clone()).or_default().push(at);
                        }
                    }
                }
            }
        }
        Self { rows, by_instrument }
    }

    /// Everything that is written, superseded rows too.
    #[must_use]
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The instrument of that name.
    #[must_use]
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.rows.instruments.iter().find(|known| *known.id == *id)
    }

    /// The category of that name.
    #[must_use]
    pub fn category(&self, id: &Category) -> Option<&CategoryRow> {
        self.rows.categories.iter().find(|known| known.id == *id)
    }

    /// Whether only dedicated services accept it.
    #[must_use]
    pub fn is_dedicated_only(&self, instrument: &str) -> bool {
        self.by_instrument.get(instrument).is_some_and(|found| found.dedicated_only)
    }

    /// The rows in force for an instrument at a relying party (`None`: anywhere), for a category.
    pub(super) fn applying<'a, 'b>(
        &'a self,
        instrument: &str,
        relying_party: Option<&str>,
        person: Person<'b>,
    ) -> impl Iterator<Item = &'a Change> + use<'a, 'b> {
        let found = self.by_instrument.get(instrument);
        let everywhere = found.map_or(&[][..], |found| found.everywhere.as_slice());
        let here = found
            .zip(relying_party)
            .and_then(|(found, name)| found.at.get(name))
            .map_or(&[][..], Vec::as_slice);
        everywhere
            .iter()
            .chain(here)
            .filter_map(|at| self.rows.changes.get(*at))
            .filter(move |change| change.concerns(person.category, person.acts_for))
    }

    /// The strictest date of each kind among them, and the row that sets it: the latest start, or the
    /// earliest of the others. Of two equal ones the law's.
    pub(super) fn strictest<'a, const N: usize>(
        rows: impl Iterator<Item = &'a Change>,
        kinds: [Kind; N],
    ) -> [Option<(Day, &'a Change)>; N] {
        let mut all = [None; N];
        for change in rows {
            for (best, kind) in all.iter_mut().zip(kinds) {
                if let Some(day) = change.date(kind)
                    && best.is_none_or(|best| is_stricter(kind, (day, change), best))
                {
                    *best = Some((day, change));
                }
            }
        }
        all
    }

    /// A category on a day: `None` when it does not count then, or nobody knows it.
    pub(super) fn person<'a>(&'a self, category: &'a Category, day: Day) -> Option<Person<'a>> {
        let row = self.category(category)?;
        let begun = row.from.is_none_or(|from| from <= day);
        let counts = begun && row.until.is_none_or(|until| day <= until);
        counts.then_some(Person { category, acts_for: row.acts_for.as_ref() })
    }
}

fn is_stricter(kind: Kind, (day, row): (Day, &Change), (best, by): (Day, &Change)) -> bool {
    let order = match kind {
        Kind::Start => best.cmp(&day),
        Kind::StopIssue | Kind::StopRenew | Kind::HardEnd => day.cmp(&best),
    };
    order.then_with(|| row.source.cmp(&by.source)).is_lt()
}

/// A category that counts on the day that is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person<'a> {
    pub(super) category: &'a Category,
    pub(super) acts_for: Option<&'a Category>,
}

impl Person<'_> {
    /// Whether `list` names it, or whom it acts for.
    pub(super) fn is_among(self, list: &[Category]) -> bool {
        list.contains(self.category)
            || self.acts_for.is_some_and(|principal| list.contains(principal))
    }
}
