//! Date and time as people in Italy read them: Europe/Rome, in the order of their language; and as HTTP
//! writes them.
//!
//! Not protocol time, which is UTC, and not the rule of summer time: `terms::Day` has it.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Iso8601;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use crate::effects::Timestamp;
use crate::terms::{self, Day, Locale};

/// `22/11/2026 10:15`, `22.11.2026 10:15` in German, `22. 11. 2026 10:15` in Slovene.
pub(super) fn in_rome(moment: Timestamp, locale: Locale) -> String {
    let Some(local) = terms::in_rome(moment) else { return String::new() };
    format!("{} {:02}:{:02}", written(local.date(), locale), local.hour(), local.minute())
}

/// `1° ottobre 2021`, `1 October 2021`, `1. Oktober 2021`, `1er octobre 2021`, `1. oktobra 2021`: as it
/// stands within a sentence.
pub(super) fn long(day: Day, locale: Locale) -> String {
    let (year, month, day) = day.parts();
    let names = match locale {
        Locale::It => &IT,
        Locale::En => &EN,
        Locale::De => &DE,
        Locale::Fr => &FR,
        Locale::Sl => &SL,
    };
    let month = names.get(usize::from(month) - 1).copied().unwrap_or_default();
    let mark = match (locale, day) {
        (Locale::It, 1) => "°",
        (Locale::Fr, 1) => "er",
        (Locale::De | Locale::Sl, _) => ".",
        _ => "",
    };
    // A day never stands apart from its month.
    format!("{day}{mark}\u{a0}{month} {year}")
}

type Months = [&'static str; 12];

const IT: Months = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const EN: Months = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DE: Months = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FR: Months = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const SL: Months = [
    "januarja",
    "februarja",
    "marca",
    "aprila",
    "maja",
    "junija",
    "julija",
    "avgusta",
    "septembra",
    "oktobra",
    "novembra",
    "decembra",
];

/// `Fri, 01 Oct 2021 00:00:00 GMT` (RFC 9110, section 5.6.7).
pub(super) fn http_date(moment: Timestamp) -> String {
    let utc = OffsetDateTime::from_unix_timestamp(moment.unix_seconds()).ok();
    utc.and_then(|utc| utc.format(IMF_FIXDATE).ok()).unwrap_or_default()
}

/// The same read; its obsolete forms are nobody's any more.
pub(super) fn from_http_date(text: &str) -> Option<Timestamp> {
    let moment = PrimitiveDateTime::parse(text, IMF_FIXDATE).ok()?.assume_utc();
    Some(Timestamp::from_unix_seconds(moment.unix_timestamp()))
}

const IMF_FIXDATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

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

    #[test]
    fn long_days_stand_in_sentences_of_each_language() {
        let first = Day::new(2021, 10, 1).expect("a day");
        let written = Locale::ALL.map(|locale| long(first, locale).replace('\u{a0}', " "));
        assert_eq!(
            written,
            [
                "1° ottobre 2021",
                "1 October 2021",
                "1. Oktober 2021",
                "1er octobre 2021",
                "1. oktobra 2021"
            ]
        );
        let other = Day::new(2021, 2, 28).expect("a day");
        let written = Locale::ALL.map(|locale| long(other, locale).replace('\u{a0}', " "));
        assert_eq!(
            written,
            [
                "28 febbraio 2021",
                "28 February 2021",
                "28. Februar 2021",
                "28 février 2021",
                "28. februarja 2021"
            ]
        );
    }

    #[test]
    fn dates_of_http_are_written_and_read() {
        let moment = Timestamp::from_unix_seconds(784_111_777);
        assert_eq!(http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(from_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(moment));
        assert_eq!(from_http_date("yesterday"), None);
    }
}
