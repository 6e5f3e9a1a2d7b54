use proptest::prelude::*;

use super::*;

/// The specimens of Doc 9303, parts 4, 5 and 6, with a state that exists.
fn passport() -> String {
    sealed_td3("P<CHEERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C3", "CHE", "ZE184226B<<<<<")
}

fn digit(text: &str) -> String {
    (0..10)
        .map(|digit: u32| digit.to_string())
        .find(|digit| checked(text, digit, Part::Number).is_ok())
        .unwrap()
}

fn sealed_td3(first: &str, number: &str, nation: &str, optional: &str) -> String {
    let (birth, expires) = ("740812", "280415");
    let (n, b, e, o) = (digit(number), digit(birth), digit(expires), digit(optional));
    let all = format!("{number}{n}{birth}{b}{expires}{e}{optional}{o}");
    format!("{first}\n{number}{n}{nation}{birth}{b}F{expires}{e}{optional}{o}{}", digit(&all))
}

#[test]
fn the_specimens_of_icao_are_read_in_all_three_forms() {
    let td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let td2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
    let td1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    for (text, form, number) in [
        (td3, Form::Td3, "L898902C3"),
        (td2, Form::Td2, "D23145890"),
        (td1, Form::Td1, "D23145890"),
    ] {
        let zone = Zone::parse(text).unwrap();
        assert_eq!((zone.form, zone.number.as_str()), (form, number));
        assert_eq!((zone.surname.as_str(), zone.given_names.as_str()), ("ERIKSSON", "ANNA<MARIA"));
        assert_eq!((zone.sex, zone.full), ('F', false));
        // HD-DO-1: Utopia is nobody's state.
        assert_eq!(zone.issuer, Code::Unknown("UTO".to_owned()));
        assert!(zone.is_born_on(Day::parse("1974-08-12").unwrap()));
        assert!(!zone.is_born_on(Day::parse("1974-08-13").unwrap()));
        assert!(zone.expires_on(Day::parse("2012-04-15").unwrap()));
    }
}

#[test]
fn a_number_longer_than_nine_goes_on_in_the_optional_data() {
    let number = "D23145890734";
    let first = format!("I<CHE{}<734{}", number.get(..9).unwrap(), digit(number));
    let first = format!("{first:<<30}");
    let (birth, expires) = ("740812", "280415");
    let second = format!("{birth}{}F{expires}{}CHE<<<<<<<<<<<", digit(birth), digit(expires));
    let all = [first.get(5..30), second.get(0..7), second.get(8..15), second.get(18..29)];
    let all = all.map(Option::unwrap).concat();
    let text = format!("{first}{second}{}ERIKSSON<<ANNA<MARIA<<<<<<<<<<", digit(&all));
    assert_eq!(Zone::parse(&text).unwrap().number, number);
}

#[test]
fn blanks_and_case_do_not_matter_and_other_signs_do() {
    let good = passport();
    let zone = Zone::parse(&good).unwrap();
    assert_eq!(zone.issuer, Code::Known(Nation::parse("CHE").unwrap()));
    assert_eq!(Zone::parse(&good.to_lowercase().replace('\n', "\r\n  ")), Ok(zone));
    assert_eq!(Zone::parse(&good.replace('Z', "-")), Err(Unreadable::Sign));
    assert_eq!(Zone::parse(&good.replace("MARIA<", "MARIA")), Err(Unreadable::Length));
    assert_eq!(Zone::parse(""), Err(Unreadable::Length));
}

#[test]
fn a_name_that_fills_the_zone_is_known_to_be_cut() {
    let text = sealed_td3(
        "P<CHENILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
        "L898902C3",
        "CHE",
        "<<<<<<<<<<<<<<",
    );
    assert!(Zone::parse(&text).unwrap().full);
}

#[test]
fn a_german_passport_is_germanys_by_its_short_code() {
    let text = sealed_td3(
        "P<D<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C3",
        "D<<",
        "<<<<<<<<<<<<<<",
    );
    let zone = Zone::parse(&text).unwrap();
    assert_eq!(zone.issuer, zone.nationality);
    assert!(matches!(zone.issuer, Code::Known(nation) if nation.alpha2() == Some("DE")));
}

proptest! {
    /// Weights 7, 3, 1 are coprime to ten, so one wrong digit is always found.
    #[test]
    fn one_wrong_digit_in_what_is_checked_never_passes(place in 0_usize..28, other in 1_u8..10) {
        let good = passport().replace('\n', "");
        let at = 44 + [0..10, 13..20, 21..28].into_iter().flatten().nth(place % 24).unwrap();
        let mut octets = good.clone().into_bytes();
        prop_assume!(octets[at].is_ascii_digit());
        octets[at] = b'0' + (octets[at] - b'0' + other) % 10;
        let wrong = String::from_utf8(octets).unwrap();
        prop_assert!(matches!(Zone::parse(&wrong), Err(Unreadable::CheckDigit(_))));
    }

    #[test]
    fn no_text_whatever_makes_the_reader_fail(text in "\\PC{0,100}") {
        let _ = Zone::parse(&text);
    }

    #[test]
    fn no_lines_of_the_right_signs_make_the_reader_fail(text in "[A-Z0-9<]{88}|[A-Z0-9<]{72}|[A-Z0-9<]{90}") {
        let _ = Zone::parse(&text);
    }
}
