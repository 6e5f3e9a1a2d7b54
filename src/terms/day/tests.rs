use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

#[test]
fn a_day_begins_at_midnight_in_rome_whatever_the_clock_does_on_it() {
    for (text, begins) in [
        ("2020-10-01", "2020-09-30T22:00:00Z"),
        ("2020-11-15", "2020-11-14T23:00:00Z"),
        // The clock goes forward on 29 March 2026 and back on 25 October 2026.
        ("2026-03-29", "2026-03-28T23:00:00Z"),
        ("2026-03-30", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "2026-10-24T22:00:00Z"),
        ("2026-10-26", "2026-10-25T23:00:00Z"),
        ("2026-01-01", "2025-12-31T23:00:00Z"),
    ] {
        let first = at(begins);
        assert_eq!(day(text).begins(), first, "{text}");
        assert_eq!(Day::of(first), day(text), "{text}");
        let last = Timestamp::from_unix_millis(first.unix_millis() - 1);
        assert_eq!(Day::of(last), day(text).previous(), "{text}");
    }
}

#[test]
fn every_day_of_thirty_years_begins_when_the_one_before_ends() {
    let mut one = day("2010-01-01");
    while one < day("2040-01-01") {
        assert_eq!(Day::of(one.begins()), one);
        let next = one.next().begins().unix_millis();
        assert_eq!(Day::of(Timestamp::from_unix_millis(next - 1)), one);
        assert!([23, 24, 25].contains(&((next - one.begins().unix_millis()) / 3_600_000)), "{one}");
        one = one.next();
    }
}

#[test]
fn only_a_whole_date_is_a_day() {
    assert_eq!(day("2026-02-28").to_string(), "2026-02-28");
    for other in ["2026-02-29", "2026-2-28", "20260228", "2026-059", "2026-02-28T00:00", ""] {
        assert_eq!(Day::parse(other), None, "{other}");
    }
}

#[test]
fn a_birthday_makes_older_and_the_eve_does_not() {
    let age = |birth, on| day(on).years_since(day(birth));
    assert_eq!(age("2008-11-22", "2026-11-21"), Some(17));
    assert_eq!(age("2008-11-22", "2026-11-22"), Some(18));
    assert_eq!(age("2008-02-29", "2026-02-28"), Some(17));
    assert_eq!(age("2008-02-29", "2026-03-01"), Some(18));
    assert_eq!(age("2027-01-01", "2026-11-22"), None);
    assert_eq!(age("1700-01-01", "2026-11-22"), Some(255));
}
