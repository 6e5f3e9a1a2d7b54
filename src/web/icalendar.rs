//! A calendar of whole days (RFC 5545).
//!
//! Not what happens on them. `DTSTAMP` is a day that the data names, never the moment of the request, and
//! `UID` is a name that stays.

use crate::effects::Timestamp;
use crate::terms::{Day, Locale};

/// A calendar being written.
pub(super) struct Calendar {
    lines: Lines,
    host: String,
    events: usize,
}

/// Something that happens on a whole day.
pub(super) struct Event<'a> {
    /// Its name within this host.
    pub(super) id: &'a str,
    /// The day.
    pub(super) day: Day,
    /// When what is said of it was changed last.
    pub(super) changed: Timestamp,
    pub(super) summary: (&'a str, Locale),
    pub(super) description: (&'a str, Locale),
    /// What kind of event it is, for people.
    pub(super) category: &'a str,
    pub(super) href: &'a str,
}

impl Calendar {
    /// An empty one; `issuer` is whose it is.
    pub(super) fn new(issuer: &str, name: &str) -> Self {
        let mut lines = Lines::default();
        lines.line("BEGIN", "VCALENDAR");
        lines.line("VERSION", "2.0");
        lines.line("PRODID", "-//Varco//Varco//EN");
        lines.line("CALSCALE", "GREGORIAN");
        // RFC 7986, section 5.1; the other name is what older programs read.
        lines.line("NAME", &escaped(name));
        lines.line("X-WR-CALNAME", &escaped(name));
        let issuer = url::Url::parse(issuer).ok();
        let host = issuer.as_ref().and_then(url::Url::host_str).unwrap_or("varco").to_owned();
        Self { lines, host, events: 0 }
    }

    pub(super) fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        let language = |name: &str, locale: Locale| format!("{name};LANGUAGE={}", locale.tag());
        let (summary, description) = (event.summary, event.description);
        let lines = &mut self.lines;
        lines.line("BEGIN", "VEVENT");
        lines.line("UID", &format!("{}@{}", event.id, self.host));
        lines.line("DTSTAMP", &stamp(event.changed));
        lines.line("DTSTART;VALUE=DATE", &date(event.day));
        lines.line(&language("SUMMARY", summary.1), &escaped(summary.0));
        lines.line(&language("DESCRIPTION", description.1), &escaped(description.0));
        lines.line("CATEGORIES", &escaped(event.category));
        lines.line("URL;VALUE=URI", event.href);
        // Nobody is busy because of it.
        lines.line("TRANSP", "TRANSPARENT");
        lines.line("END", "VEVENT");
    }

    /// The document.
    pub(super) fn finish(mut self) -> String {
        if self.events == 0 {
            // A calendar has at least one component (section 3.6).
            for (name, value) in ROME {
                self.lines.line(name, value);
            }
        }
        self.lines.line("END", "VCALENDAR");
        self.lines.0
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_letters_and_values_are_escaped() {
        let mut lines = Lines::default();
        lines.line("SUMMARY", &escaped(&"è;,\\\n".repeat(40)));
        assert!(lines.0.ends_with("\r\n"));
        for line in lines.0.split("\r\n") {
            assert!(line.len() <= 75, "{line}");
        }
        let unfolded = lines.0.replace("\r\n ", "");
        assert_eq!(unfolded, format!("SUMMARY:{}\r\n", "è\\;\\,\\\\\\n".repeat(40)));
    }
}
