//! The feed as a calendar (RFC 5545): one event of a whole day for each announcement that has a day.
//!
//! Not those whose day is to be announced: an event needs one. `DTSTAMP` is the day on which the
//! announcement was changed last, never the moment of the request, and `UID` is its name for ever.

use super::super::Web;
use super::feed::Feed;
use crate::effects::Timestamp;
use crate::policy::When;
use crate::terms::Day;

/// The document.
pub(super) fn write(web: &Web, feed: &Feed<'_>) -> String {
    let mut out = Lines::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Varco//Announcements//EN");
    out.line("CALSCALE", "GREGORIAN");
    // RFC 7986, section 5.1; the other name is what older programs read.
    out.line("NAME", &escaped(&feed.title));
    out.line("X-WR-CALNAME", &escaped(&feed.title));
    let host = url::Url::parse(feed.issuer).ok();
    let host = host.as_ref().and_then(url::Url::host_str).unwrap_or("varco");
    let mut events = 0;
    for entry in &feed.entries {
        let When::On(day) = entry.one.when else { continue };
        events += 1;
        let told = &entry.told;
        let own = feed.locale.tag();
        out.line("BEGIN", "VEVENT");
        out.line("UID", &format!("{}@{host}", entry.one.id));
        out.line("DTSTAMP", &stamp(entry.one.updated.begins()));
        out.line("DTSTART;VALUE=DATE", &date(day));
        let summary = format!("SUMMARY;LANGUAGE={}", told.title.lang.unwrap_or(own));
        out.line(&summary, &escaped(&told.title.text));
        let description = format!("DESCRIPTION;LANGUAGE={}", told.text_lang.unwrap_or(own));
        out.line(&description, &escaped(&entry.content(web, feed.locale)));
        out.line("CATEGORIES", &escaped(&told.kind));
        out.line("URL;VALUE=URI", &entry.href);
        // Nobody is busy because of it.
        out.line("TRANSP", "TRANSPARENT");
        out.line("END", "VEVENT");
    }
    if events == 0 {
        // A calendar has at least one component (section 3.6).
        for (name, value) in ROME {
            out.line(name, value);
        }
    }
    out.line("END", "VCALENDAR");
    out.0
}

/// Content lines, folded at 75 octets and ended by CRLF (section 3.1).
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for sign in name.chars().chain([':']).chain(value.chars()) {
            if octets + sign.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(sign);
            octets += sign.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A TEXT value (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => out.extend(['\\', sign]),
            '\n' => out.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

fn date(day: Day) -> String {
    let (year, month, day) = day.parts();
    format!("{year:04}{month:02}{day:02}")
}

/// `20211001T000000Z`.
fn stamp(moment: Timestamp) -> String {
    moment.rfc3339().chars().filter(|sign| !matches!(sign, '-' | ':')).collect()
}

/// The time zone of the days.
const ROME: [(&str, &str); 15] = [
    ("BEGIN", "VTIMEZONE"),
    ("TZID", "Europe/Rome"),
    ("BEGIN", "STANDARD"),
    ("DTSTART", "19961027T030000"),
    ("RRULE", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    ("TZOFFSETFROM", "+0200"),
    ("TZOFFSETTO", "+0100"),
    ("END", "STANDARD"),
    ("BEGIN", "DAYLIGHT"),
    ("DTSTART", "19810329T020000"),
    ("RRULE", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
    ("TZOFFSETFROM", "+0100"),
    ("TZOFFSETTO", "+0200"),
    ("END", "DAYLIGHT"),
    ("END", "VTIMEZONE"),
];
