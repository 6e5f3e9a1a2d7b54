//! A strict reader of `xs:dateTime` (XML Schema part 2, section 3.2.7; saml-core, section 1.3.3).
//!
//! Not a lenient one: a date without a time, a blank instead of `T`, a missing zone, a 25th hour or
//! a 30th of February are refused. An offset is accepted, because some providers write one.

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
