//! Date and time as people in Italy read them: Europe/Rome, in the order of their language.
//!
//! Not protocol time, which is UTC, and not the rule of summer time: `terms::Day` has it.

use time::Date;
use time::format_description::well_known::Iso8601;

use crate::effects::Timestamp;
use crate::terms::{self, Locale};

/// `22/11/2026 10:15`, `22.11.2026 10:15` in German, `22. 11. 2026 10:15` in Slovene.
pub(super) fn in_rome(moment: Timestamp, locale: Locale) -> String {
    let Some(local) = terms::in_rome(moment) else { return String::new() };
    format!("{} {:02}:{:02}", written(local.date(), locale), local.hour(), local.minute())
}

/// A day that claims write `2026-11-22`; `None` for every other text.
pub(super) fn day(text: &str, locale: Locale) -> Option<String> {
    let date = Date::parse(text, &Iso8601::DATE).ok().filter(|_| text.len() == 10)?;
    Some(written(date, locale))
}

fn written(date: Date, locale: Locale) -> String {
    let (day, month, year) = (date.day(), u8::from(date.month()), date.year());
    match locale {
        Locale::De => format!("{day:02}.{month:02}.{year}"),
        Locale::Sl => format!("{day}. {month}. {year}"),
        Locale::It | Locale::En | Locale::Fr => format!("{day:02}/{month:02}/{year}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rome_is_one_hour_ahead_in_winter_and_two_in_summer() {
        let at = |seconds| in_rome(Timestamp::from_unix_seconds(seconds), Locale::It);
        assert_eq!(at(1_795_338_900), "22/11/2026 10:15");
        // The clock goes forward on 29 March 2026 and back on 25 October 2026.
        assert_eq!(at(1_774_745_999), "29/03/2026 01:59");
        assert_eq!(at(1_774_746_000), "29/03/2026 03:00");
        assert_eq!(at(1_792_889_999), "25/10/2026 02:59");
        assert_eq!(at(1_792_890_000), "25/10/2026 02:00");
    }

    #[test]
    fn each_language_writes_dates_its_own_way() {
        let moment = Timestamp::from_unix_seconds(1_795_338_900);
        assert_eq!(in_rome(moment, Locale::De), "22.11.2026 10:15");
        assert_eq!(in_rome(moment, Locale::Sl), "22. 11. 2026 10:15");
        assert_eq!(day("1980-05-04", Locale::It).as_deref(), Some("04/05/1980"));
        assert_eq!(day("1980-05-04", Locale::Sl).as_deref(), Some("4. 5. 1980"));
        for other in ["1980-13-04", "1980-124", "19800504", "AA00000AA", ""] {
            assert_eq!(day(other, Locale::It), None, "{other}");
        }
    }
}
