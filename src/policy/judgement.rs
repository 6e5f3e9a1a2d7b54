//! The judgement: may this person enter this service with this instrument on this day?
//!
//! Not who the person is and not what is done about it: `login` asks, and gives a code only with an
//! [`Admitted`]. One judgement looks at the rows of one instrument and one relying party, never at all.

use super::calendar::{Calendar, Person};
use super::change::{Change, Kind};
use super::denial::{Denial, Reason, Rule};
use super::{Applicant, Category};
use crate::oidc::Client;
use crate::oidc::client::{Period, ServicePolicy, Standing, instrument_of};
use crate::terms::{Day, Level};

/// Somebody may enter: made by [`Calendar::admit`] and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    category: Category,
    needed: Level,
    day: Day,
}

impl Admitted {
    /// The category that was admitted: the first one of the person's.
    #[must_use]
    pub const fn category(&self) -> &Category {
        &self.category
    }

    /// The level that was needed.
    #[must_use]
    pub const fn needed(&self) -> Level {
        self.needed
    }

    /// The day it was asked about.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }
}

/// What a judgement needs to know of a service.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// Its `client_id`.
    pub id: &'a str,
    /// The lowest level it ever accepts.
    pub minimum_level: Level,
    /// The upstreams that are its people's to choose from.
    pub upstreams: &'a [&'static str],
    /// Its periods.
    pub policy: &'a ServicePolicy,
}

impl<'a> Service<'a> {
    /// The service of a registered client.
    #[must_use]
    pub fn of(client: &'a Client) -> Self {
        Self {
            id: client.id.as_str(),
            minimum_level: client.minimum_level,
            upstreams: &client.upstreams,
            policy: &client.policy,
        }
    }

    /// The same at the level that requests have when they name none: what the lints look at.
    #[must_use]
    pub fn as_usually_asked(client: &'a Client) -> Self {
        let usual = client.protocol.requests.default_level;
        Self {
            minimum_level: client.minimum_level.max(usual.unwrap_or(Level::L1)),
            ..Self::of(client)
        }
    }

    /// Every instrument it accepts on a day, by name.
    #[must_use]
    pub fn instruments(&self, day: Day) -> Vec<&'a str> {
        match self.policy.on(day) {
            Standing::In(period) => period.instruments.iter().map(|one| &**one).collect(),
            Standing::Closed(..) => Vec::new(),
            Standing::Unlimited => {
                let mut names: Vec<&str> = Vec::new();
                for name in self.upstreams.iter().map(|upstream| instrument_of(upstream)) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                names
            }
        }
    }

    /// A rule of its own file.
    fn rule(&self, key: String) -> Rule {
        Rule { id: key.into(), place: format!("relying party {}", self.id).into() }
    }

    /// The period of the day, if there are periods; whether it accepts the instrument at all.
    fn opening(&self, instrument: &str, day: Day) -> Result<Option<&'a Period>, Denial> {
        let key = |period: &Period| format!("policy[{}]", period.row);
        match self.policy.on(day) {
            Standing::Unlimited => {
                let offered = self.upstreams.iter().any(|name| instrument_of(name) == instrument);
                let rule = || self.rule("upstreams".to_owned());
                offered.then_some(None).ok_or_else(|| Denial::new(Reason::NotAccepted, rule()))
            }
            Standing::In(period) if period.accepts(instrument) => Ok(Some(period)),
            Standing::In(period) => {
                let denial = Denial::new(Reason::NotAccepted, self.rule(key(period)));
                Err(denial.resting_on(period.legal_ref.as_deref()).dated(period.from))
            }
            Standing::Closed(_, Some(later)) => {
                let denial = Denial::new(Reason::NotYet, self.rule(key(later)));
                Err(denial.resting_on(later.legal_ref.as_deref()).dated(later.from))
            }
            Standing::Closed(earlier, None) => {
                let name = earlier.map_or_else(|| "policy".to_owned(), key);
                let legal_ref = earlier.and_then(|period| period.legal_ref.as_deref());
                let denial = Denial::new(Reason::SwitchOff, self.rule(name)).resting_on(legal_ref);
                Err(denial.dated(earlier.and_then(|period| period.until)))
            }
        }
    }

    /// The lowest level for a category, and the key that sets it.
    fn level(
        &self,
        period: Option<&Period>,
        instrument: &str,
        person: Person<'_>,
    ) -> (Level, Option<usize>) {
        let mut lowest = (self.minimum_level, None);
        let Some(period) = period else { return lowest };
        lowest.0 = lowest.0.max(period.minimum_level);
        for (at, rule) in period.levels.iter().enumerate() {
            let with = rule.instruments.is_empty()
                || rule.instruments.iter().any(|one| **one == *instrument);
            let whom = rule.categories.is_empty() || person.is_among(&rule.categories);
            if with && whom && rule.at_least > lowest.0 {
                lowest = (rule.at_least, Some(at));
            }
        }
        lowest
    }
}

/// What is known of the person when a judgement is asked for.
#[derive(Clone, Copy)]
struct Known {
    level: Level,
    age: Option<u8>,
    expires: Option<Day>,
}

impl Calendar {
    /// Whether somebody could enter with `instrument` on `day`, before anybody is known: the lowest
    /// level that could do.
    ///
    /// # Errors
    /// The denial of the category that is nearest to entering.
    pub fn prospect(&self, client: &Client, instrument: &str, day: Day) -> Result<Level, Denial> {
        self.prospect_at(&Service::of(client), instrument, day)
    }

    /// The same for a service that is no client.
    ///
    /// # Errors
    /// As [`Self::prospect`].
    pub fn prospect_at(
        &self,
        service: &Service<'_>,
        instrument: &str,
        day: Day,
    ) -> Result<Level, Denial> {
        let everybody = || self.rows().categories.iter().map(|row| &row.id);
        let outcome = service.opening(instrument, day).and_then(|period| {
            let mut lowest: Option<Level> = None;
            let mut nearest: Option<Denial> = None;
            for person in everybody().filter_map(|category| self.person(category, day)) {
                match self.one(service, period, instrument, person, None, day) {
                    Ok(level) => {
                        lowest = Some(lowest.map_or(level, |so_far| so_far.min(level)));
                    }
                    Err(denial) => nearer(&mut nearest, denial),
                }
            }
            lowest.ok_or_else(|| nearest.unwrap_or_else(|| nobody(service)))
        });
        outcome.map_err(|denial| self.with_remedy(denial, service, instrument, &everybody(), day))
    }

    /// The same for one category of person.
    ///
    /// # Errors
    /// Why nobody of that category could; it names nothing else that would do.
    pub fn prospect_of(
        &self,
        service: &Service<'_>,
        instrument: &str,
        category: &Category,
        day: Day,
    ) -> Result<Level, Denial> {
        let period = service.opening(instrument, day)?;
        let person = self.person(category, day).ok_or_else(|| nobody(service))?;
        self.one(service, period, instrument, person, None, day)
    }

    /// Whether `applicant` may enter on `day`. The person is admitted if any of their categories is.
    ///
    /// # Errors
    /// The denial of the category that is nearest to entering, with what would do instead.
    pub fn admit(
        &self,
        client: &Client,
        applicant: &Applicant<'_>,
        day: Day,
    ) -> Result<Admitted, Denial> {
        self.admit_to(&Service::of(client), applicant, day)
    }

    /// The same for a service that is no client.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn admit_to(
        &self,
        service: &Service<'_>,
        applicant: &Applicant<'_>,
        day: Day,
    ) -> Result<Admitted, Denial> {
        let known =
            Known { level: applicant.level, age: applicant.age, expires: applicant.expires };
        let outcome = service.opening(applicant.instrument, day).and_then(|period| {
            let mut nearest: Option<Denial> = None;
            for person in applicant.categories.iter().filter_map(|one| self.person(one, day)) {
                match self.one(service, period, applicant.instrument, person, Some(known), day) {
                    Ok(needed) => {
                        return Ok(Admitted { category: person.category.clone(), needed, day });
                    }
                    Err(denial) => nearer(&mut nearest, denial),
                }
            }
            Err(nearest.unwrap_or_else(|| nobody(service)))
        });
        outcome.map_err(|denial| {
            let categories = applicant.categories.iter();
            self.with_remedy(denial, service, applicant.instrument, &categories, day)
        })
    }

    /// One category; the level that is needed.
    fn one(
        &self,
        service: &Service<'_>,
        period: Option<&Period>,
        instrument: &str,
        person: Person<'_>,
        known: Option<Known>,
        day: Day,
    ) -> Result<Level, Denial> {
        self.in_use(instrument, Some(service.id), person, day)?;
        if let Some(expires) = known.and_then(|known| known.expires) {
            let end = self.end_of(instrument, Some(service.id), person, Some(expires));
            if let Some(end) = end.filter(|end| end.last_day < day) {
                return Err(end.denial().asked_for(person.category));
            }
        }
        let refused = |reason, period: &Period, key: &str| {
            let rule = service.rule(format!("policy[{}].{key}", period.row));
            let denial = Denial::new(reason, rule).resting_on(period.legal_ref.as_deref());
            denial.dated(period.from).asked_for(person.category)
        };
        if let Some(period) = period
            && period.categories.as_ref().is_some_and(|open| !open.contains(person.category))
        {
            return Err(refused(Reason::Category, period, "categories"));
        }
        if self.is_dedicated_only(instrument)
            && !period.is_some_and(|period| period.dedicated_to.contains(person.category))
        {
            let denial = period.map_or_else(
                || Denial::new(Reason::NotDedicated, service.rule("policy".to_owned())),
                |period| refused(Reason::NotDedicated, period, "dedicated_to"),
            );
            return Err(denial.asked_for(person.category));
        }
        if let Some((period, minimum)) = period.and_then(|it| it.minimum_age.map(|age| (it, age)))
            && known.is_some_and(|known| known.age.is_none_or(|age| age < minimum))
        {
            let denial = refused(Reason::MinAge, period, "minimum_age");
            return Err(Denial { minimum_age: Some(minimum), ..denial });
        }
        let (needed, row) = service.level(period, instrument, person);
        if known.is_some_and(|known| known.level < needed) {
            let denial = match (period, row) {
                (Some(period), Some(row)) => {
                    refused(Reason::Level, period, &format!("level[{row}]"))
                }
                (Some(period), None) if period.minimum_level == needed => {
                    refused(Reason::Level, period, "minimum_level")
                }
                _ => Denial::new(Reason::Level, service.rule("minimum_level".to_owned()))
                    .asked_for(person.category),
            };
            return Err(Denial { needs: Some(needed), ..denial });
        }
        Ok(needed)
    }

    /// Whether the calendar lets a category use an instrument on that day.
    pub(super) fn in_use(
        &self,
        instrument: &str,
        relying_party: Option<&str>,
        person: Person<'_>,
        day: Day,
    ) -> Result<(), Denial> {
        let rows = self.applying(instrument, relying_party, person);
        let [start, end] = Self::strictest(rows, [Kind::Start, Kind::HardEnd]);
        if let Some((start, row)) = start
            && day < start
        {
            return Err(by(row, Reason::NotYet, start).asked_for(person.category));
        }
        if let Some((last, row)) = end
            && last < day
        {
            return Err(by(row, Reason::SwitchOff, last).asked_for(person.category));
        }
        Ok(())
    }

    /// With the other instruments that one of these categories could enter with.
    fn with_remedy<'a>(
        &'a self,
        denial: Denial,
        service: &Service<'_>,
        instrument: &str,
        categories: &(impl Iterator<Item = &'a Category> + Clone),
        day: Day,
    ) -> Denial {
        let mut instead: Vec<Box<str>> = Vec::new();
        for other in service.instruments(day).into_iter().filter(|other| *other != instrument) {
            let Ok(period) = service.opening(other, day) else { continue };
            let mut people = categories.clone().filter_map(|one| self.person(one, day));
            if people.any(|person| self.one(service, period, other, person, None, day).is_ok()) {
                instead.push(other.into());
            }
        }
        Denial { instead, ..denial }
    }
}

/// A denial by a row of the calendar.
pub(super) fn by(row: &Change, reason: Reason, date: Day) -> Denial {
    let rule = Rule { id: row.id.clone(), place: row.place.clone() };
    Denial::new(reason, rule).resting_on(row.legal_ref.as_deref()).dated(Some(date))
}

fn nearer(nearest: &mut Option<Denial>, denial: Denial) {
    if nearest.as_ref().is_none_or(|so_far| so_far.reason < denial.reason) {
        *nearest = Some(denial);
    }
}

/// None of the person's categories counts on that day.
fn nobody(service: &Service<'_>) -> Denial {
    Denial::new(Reason::Category, service.rule("categories".to_owned()))
}
