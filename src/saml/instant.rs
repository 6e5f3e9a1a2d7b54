//! A strict reader of `xs:dateTime` and `xs:duration` (XML Schema part 2, sections 3.2.6 and 3.2.7;
//! saml-core, section 1.3.3).
//!
//! Not a lenient one: a date without a time, a blank instead of `T`, a missing zone, a 25th hour or
//! a 30th of February are refused. An offset is accepted, because some providers write one.

use std::time::Duration;

use time::{Date, Month, Time, UtcOffset};

use crate::effects::Timestamp;

/// The moment that `text` names: `YYYY-MM-DDThh:mm:ss`, an optional fraction of 1 to 9 digits, then
/// `Z` or an offset. Kept in milliseconds, rounded down. `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_once('T')?;
    let [year, month, day] = split(date, '-')?;
    let date = Date::from_calendar_date(
        i32::try_from(digits(year, 4)?).ok()?,
        Month::try_from(u8::try_from(digits(month, 2)?).ok()?).ok()?,
        u8::try_from(digits(day, 2)?).ok()?,
    )
    .ok()?;
    let (clock, zone) = rest.split_at_checked(rest.find(['Z', '+', '-'])?)?;
    let (clock, millis) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, milliseconds(fraction)?),
        None => (clock, 0),
    };
    let [hour, minute, second] = split(clock, ':')?;
    let time = Time::from_hms_milli(
        u8::try_from(digits(hour, 2)?).ok()?,
        u8::try_from(digits(minute, 2)?).ok()?,
        u8::try_from(digits(second, 2)?).ok()?,
        millis,
    )
    .ok()?;
    let moment = date.with_time(time).assume_offset(offset(zone)?);
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000))
        .ok()
        .map(Timestamp::from_unix_millis)
}

/// The time span that `text` names: `PnYnMnDTnHnMnS`, in whole seconds, a month taken for 30 days and
/// a year for 365. `None` for anything else and for a negative one.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    const DATE: &[(char, u64)] = &[('Y', 365 * 86_400), ('M', 30 * 86_400), ('D', 86_400)];
    const CLOCK: &[(char, u64)] = &[('H', 3600), ('M', 60), ('S', 1)];
    let (date, clock) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, clock)) => (date, clock),
        None => (text.strip_prefix('P')?, ""),
    };
    if date.is_empty() && clock.is_empty() {
        return None;
    }
    let seconds = span(date, DATE)?.saturating_add(span(clock, CLOCK)?);
    Some(Duration::from_secs(seconds))
}

/// Numbers with their units, each unit at most once and in order.
fn span(mut rest: &str, mut units: &[(char, u64)]) -> Option<u64> {
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let end = rest.find(|sign: char| sign.is_ascii_uppercase())?;
        let (number, unit) = rest.split_at_checked(end)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let mut signs = unit.chars();
        let unit = signs.next()?;
        let place = units.iter().position(|(known, _)| *known == unit)?;
        let (_, worth) = units.get(place)?;
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|o| o.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || (unit != 'S' && number.contains('.')) {
            return None;
        }
        // A number beyond all bounds is a very long time, not a mistake.
        let number: u64 = whole.parse().unwrap_or(u64::MAX);
        seconds = seconds.saturating_add(number.saturating_mul(*worth));
        (rest, units) = (signs.as_str(), units.get(place + 1..)?);
    }
    Some(seconds)
}

fn split(text: &str, mark: char) -> Option<[&str; 3]> {
    let mut parts = text.split(mark);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(a), Some(b), Some(c), None) => Some([a, b, c]),
        _ => None,
    }
}

/// The number that exactly `count` ASCII digits spell.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|octet| octet.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn milliseconds(fraction: &str) -> Option<u16> {
    let plain =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|octet| octet.is_ascii_digit());
    let padded: String = fraction.chars().chain("00".chars()).take(3).collect();
    plain.then(|| padded.parse().ok()).flatten()
}

fn offset(zone: &str) -> Option<UtcOffset> {
    if zone == "Z" {
        return Some(UtcOffset::UTC);
    }
    let (sign, zone) = zone.split_at_checked(1)?;
    let (hours, minutes) = zone.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    // XML Schema ends at 14:00.
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    UtcOffset::from_whole_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests;
