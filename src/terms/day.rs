//! A calendar day in Italy, and the time of day there: Europe/Rome.
//!
//! Not protocol time, which is UTC. The rule is the Union's (Directive 2000/84/EC): summer time from
//! the last Sunday of March to the last Sunday of October, both at 01:00 UTC.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Iso8601;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::effects::Timestamp;

/// A day as people in Italy count them, from midnight to midnight in Rome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day in Rome at that moment.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        let before = if moment.unix_seconds() < 0 { Date::MIN } else { Date::MAX };
        Self(in_rome(moment).map_or(before, OffsetDateTime::date))
    }

    /// `None` when there is no such day.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        Date::from_calendar_date(year, month, day).ok().map(Self)
    }

    /// From `YYYY-MM-DD`; `None` for every other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text, &Iso8601::DATE).ok().filter(|_| text.len() == 10)?;
        Some(Self(date))
    }

    /// Its first moment: midnight in Rome.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        let midnight = PrimitiveDateTime::new(self.0, Time::MIDNIGHT).assume_utc();
        // The clock never turns between 22:00 and 23:00 UTC.
        let summer = is_summer(midnight.saturating_sub(time::Duration::hours(2)));
        let ahead = time::Duration::hours(if summer { 2 } else { 1 });
        Timestamp::from_unix_seconds(midnight.saturating_sub(ahead).unix_timestamp())
    }

    /// The day after; the last day of time has none and is its own.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.next_day().unwrap_or(self.0))
    }

    /// The day before; the first day of time has none and is its own.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.previous_day().unwrap_or(self.0))
    }

    /// The same day `months` later; the last of the month where that one is shorter.
    #[must_use]
    pub fn plus_months(self, months: u8) -> Self {
        let (year, month, day) = self.parts();
        let passed = i32::from(month) - 1 + i32::from(months);
        let year = year + passed / 12;
        let month = u8::try_from(passed % 12 + 1).unwrap_or(12);
        let found = (1..=day).rev().find_map(|day| Self::new(year, month, day));
        found.unwrap_or(self)
    }

    /// How many years have passed since `birth`, whole ones; `None` when that is later. Whoever was
    /// born on 29 February is a year older on 1 March.
    #[must_use]
    pub fn years_since(self, birth: Self) -> Option<u8> {
        let place = |day: Self| (u8::from(day.0.month()), day.0.day());
        let years = self.0.year() - birth.0.year();
        let passed = if place(self) < place(birth) { years - 1 } else { years };
        (self >= birth).then(|| u8::try_from(passed).unwrap_or(u8::MAX))
    }

    /// Year, month from 1, day from 1.
    #[must_use]
    pub fn parts(self) -> (i32, u8, u8) {
        (self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no day")
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// `2026-11-22`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The moment on the clocks of Rome; `None` outside the years that a date can have.
#[must_use]
pub fn in_rome(moment: Timestamp) -> Option<OffsetDateTime> {
    let utc = OffsetDateTime::from_unix_timestamp(moment.unix_seconds()).ok()?;
    let hours = if is_summer(utc) { 2 } else { 1 };
    utc.checked_to_offset(UtcOffset::from_hms(hours, 0, 0).ok()?)
}

fn is_summer(utc: OffsetDateTime) -> bool {
    let turn = |month| {
        let last = Date::from_calendar_date(utc.year(), month, 31).ok()?;
        let back = i64::from(last.weekday().number_days_from_sunday());
        Some((last - time::Duration::days(back)).with_hms(1, 0, 0).ok()?.assume_utc())
    };
    match (turn(Month::March), turn(Month::October)) {
        (Some(begin), Some(end)) => begin <= utc && utc < end,
        _ => false,
    }
}
