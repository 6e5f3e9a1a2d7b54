use std::time::Duration;

use super::{duration, parse};
use crate::effects::Timestamp;

#[test]
fn instants_in_every_accepted_form_are_the_same_moment() {
    let moment = Timestamp::from_unix_seconds(1_795_341_600);
    for text in [
        "2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.000Z",
        "2026-11-22T10:00:00.000000Z",
        "2026-11-22T10:00:00.0000000Z",
        "2026-11-22T10:00:00.000000000Z",
        "2026-11-22T12:00:00+02:00",
        "2026-11-22T12:00:00.000+02:00",
        "2026-11-22T04:30:00-05:30",
        "2026-11-22T10:00:00+00:00",
        "2026-11-23T00:00:00+14:00",
    ] {
        assert_eq!(parse(text), Some(moment), "{text}");
    }
}

#[test]
fn fractions_are_kept_to_the_millisecond() {
    for (text, millis) in [
        ("2026-11-22T10:00:00.5Z", 500),
        ("2026-11-22T10:00:00.531Z", 531),
        ("2026-11-22T10:00:00.531999Z", 531),
        ("2026-11-22T10:00:00.000999999Z", 0),
    ] {
        let expected = Timestamp::from_unix_millis(1_795_341_600_000 + millis);
        assert_eq!(parse(text), Some(expected), "{text}");
    }
}

#[test]
fn instants_in_any_other_form_are_refused() {
    for text in [
        "",
        " ",
        "2018-09-04",
        "2018-09-04Z",
        "2018-09-06 16:00",
        "2018-09-06 16:00:00Z",
        "2018/09/10",
        "2018.09.18",
        "10-09-2018",
        "2018-09-06T16:00Z",
        "2018-09-06T16:00:00",
        "2018-09-06t16:00:00Z",
        "2018-09-06T16:00:00z",
        "2018-09-06T16:00:00.Z",
        "2018-09-06T16:00:00.0000000000Z",
        "2018-09-06T16:00:00,5Z",
        "2018-09-06T16:00:00Z ",
        " 2018-09-06T16:00:00Z",
        "2018-09-06T16:00:00ZZ",
        "2018-09-06T24:00:00Z",
        "2018-09-06T16:60:00Z",
        "2018-09-06T16:00:60Z",
        "2018-02-30T16:00:00Z",
        "2018-13-01T16:00:00Z",
        "2018-00-01T16:00:00Z",
        "2018-9-6T16:00:00Z",
        "18-09-06T16:00:00Z",
        "+2018-09-06T16:00:00Z",
        "-2018-09-06T16:00:00Z",
        "12018-09-06T16:00:00Z",
        "2018-09-06T16:00:00+2:00",
        "2018-09-06T16:00:00+0200",
        "2018-09-06T16:00:00+02",
        "2018-09-06T16:00:00+02:60",
        "2018-09-06T16:00:00+14:01",
        "2018-09-06T16:00:00+-2:00",
        "2018-09-06T+6:00:00Z",
        "２018-09-06T16:00:00Z",
        "1536249600",
        "now",
    ] {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn durations_are_read_in_whole_seconds() {
    for (text, seconds) in [
        ("PT0S", 0),
        ("PT6H", 21_600),
        ("P1D", 86_400),
        ("P1DT1H1M1S", 90_061),
        ("PT1.9S", 1),
        ("P1Y2M", 365 * 86_400 + 60 * 86_400),
        ("P1000Y", 1000 * 365 * 86_400),
        ("P99999999999999999999Y", u64::MAX),
    ] {
        assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
    }
}

#[test]
fn other_forms_of_duration_are_refused() {
    for text in [
        "", "P", "PT", "6H", "P6H", "PT6", "-P1D", "P-1D", "P1DT", "PT1M1H", "P1D1D", "P1.5D",
        "PT1.S", "PT.5S", "pt6h", "P 1D", "PT6H ", "P1È",
    ] {
        assert_eq!(duration(text), None, "{text}");
    }
}
