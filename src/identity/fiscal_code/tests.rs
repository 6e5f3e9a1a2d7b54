use proptest::prelude::*;

use super::*;

fn good(text: &str) -> bool {
    FiscalCode::parse(text).is_ok()
}

/// Fifteen characters and their check character.
fn completed(fifteen: &str) -> String {
    let check = check_character(fifteen.as_bytes()).expect("fifteen letters and digits");
    format!("{fifteen}{}", char::from(check))
}

#[test]
fn codes_of_every_form_are_accepted() {
    for (what, code) in [
        ("a man", "RSSMRA80A01H501U"),
        ("a woman: day plus 40", "LVLDAA85T50G702B"),
        ("born abroad", "MRARSS85C50Z404F"),
        ("a short surname, padded", "FOXMRA80A41H501M"),
        ("29 February 2000", "RSSMRA00B29H501Y"),
        ("the last day of a month", "RSSMRA80A71H501B"),
        ("omocodia", "RSSMRA80A01H50MM"),
        ("the test providers' person", "GDASDV00A01H501J"),
        ("provisional", "12345678903"),
    ] {
        assert!(good(code), "{what}");
    }
    assert!(FiscalCode::parse("12345678903").expect("provisional").is_provisional());
    assert!(!FiscalCode::parse("RSSMRA80A01H501U").expect("personal").is_provisional());
}

#[test]
fn codes_of_no_form_are_refused() {
    for (what, fifteen) in [
        ("29 February in no century", "RSSMRA01B29H501"),
        ("31 April", "RSSMRA80D31H501"),
        ("day 0", "RSSMRA80A00H501"),
        ("day 32", "RSSMRA80A32H501"),
        ("day 40", "RSSMRA80A40H501"),
        ("day 72", "RSSMRA80A72H501"),
        ("no month", "RSSMRA80F01H501"),
        ("a digit for the cadastral letter", "RSSMRA80A010501"),
        ("a letter that is no omocodia letter", "RSSMRA80A01H50A"),
        ("a digit in the name", "RSSMR080A01H501"),
    ] {
        assert!(!good(&completed(fifteen)), "{what}");
    }
    for (what, code) in [
        ("wrong check character", "RSSMRA80A01H501X"),
        ("omocodia with the base's check character", "RSSMRA80A01H50MU"),
        ("empty", ""),
        ("15 characters", "RSSMRA80A01H501"),
        ("17 characters", "RSSMRA80A01H501UU"),
        ("a blank before", " RSSMRA80A01H501U"),
        ("a line feed after", "RSSMRA80A01H501U\n"),
        ("NUL after", "RSSMRA80A01H501U\0"),
        ("a path", "../../etc/passwd"),
        ("SQL", "' OR '1'='1' --"),
        ("SQL of sixteen characters", "'OR'1'='1'--xxxx"),
        ("a tab after", "RSSMRA80A01H501U\t"),
        ("Kelvin sign, which lower-cases to k", "RSSMRA80A01\u{212a}501U"),
        ("a combining accent", "RSSMRA80A01H501U\u{301}"),
        ("provisional with a blank", "1234567890 3"),
        ("long s, which upper-cases to S", "RſSMRA80A01H501U"),
        ("Cyrillic A", "RSSMRА80A01H501U"),
        ("full-width digit", "RSSMRA80A01H50１U"),
        ("zero-width space", "RSSMRA80A01H501U\u{200b}"),
        ("provisional with a wrong last digit", "12345678901"),
        ("provisional with a letter", "1234567890A"),
        ("eleven zeros", "00000000000"),
    ] {
        assert!(!good(code), "{what}");
    }
}

#[test]
fn days_are_those_of_the_calendar_for_men_and_women() {
    for (month, last) in MONTHS.iter().zip([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        for day in 0..=99_u8 {
            let fifteen = format!("RSSMRA80{}{day:02}H501", char::from(*month));
            let a_man = (1..=last).contains(&day);
            let a_woman = (41..=last + 40).contains(&day);
            assert_eq!(good(&completed(&fifteen)), a_man || a_woman, "{fifteen}");
        }
    }
    for letter in ('A'..='Z').filter(|letter| !MONTHS.contains(&(*letter as u8))) {
        assert!(!good(&completed(&format!("RSSMRA80{letter}01H501"))), "{letter}");
    }
    for year in 0..=99_u8 {
        let leap = good(&completed(&format!("RSSMRA{year:02}B29H501")));
        assert_eq!(leap, year % 4 == 0, "2000 was a leap year, 1900 was none");
    }
}

#[test]
fn lower_case_is_the_same_code() {
    assert_eq!(FiscalCode::parse("rssmra80a01h501u"), FiscalCode::parse("RSSMRA80A01H501U"));
}

#[test]
fn the_prefix_is_tinit_once_and_in_upper_case() {
    let code = FiscalCode::from_tax_number("TINIT-RSSMRA80A01H501U").expect("well formed");
    assert_eq!(code.as_str(), "RSSMRA80A01H501U");
    assert_eq!(code.tax_number(), "TINIT-RSSMRA80A01H501U");
    for other in [
        "RSSMRA80A01H501U",
        "tinit-RSSMRA80A01H501U",
        "TINITRSSMRA80A01H501U",
        "TINIT-TINIT-RSSMRA80A01H501U",
        "TINIT‐RSSMRA80A01H501U",
        "TINIT- RSSMRA80A01H501U",
        "TINES-RSSMRA80A01H501U",
        "VATIT-12345678903",
        "PASIT-RSSMRA80A01H501U",
        "ES/IT/RSSMRA80A01H501U",
        "RSSMRA80A01H501U/7430000000000001.qWeRtY=",
    ] {
        assert!(FiscalCode::from_tax_number(other).is_err());
    }
}

#[test]
fn all_omocodia_forms_are_codes_of_their_own() {
    let base = "RSSMRA80A01H501U";
    let places = [6, 7, 9, 10, 12, 13, 14];
    let mut seen = std::collections::HashSet::new();
    for subset in 0_u32..128 {
        let mut octets = base.as_bytes()[..15].to_vec();
        for (bit, place) in places.into_iter().enumerate() {
            if subset >> bit & 1 == 1 {
                octets[place] = OMOCODIA[usize::from(octets[place] - b'0')];
            }
        }
        let code = completed(std::str::from_utf8(&octets).expect("ASCII"));
        assert!(seen.insert(FiscalCode::parse(&code).expect("a form of the base")));
    }
    assert_eq!(seen.len(), 128);
}

#[test]
fn a_code_does_not_print_itself() {
    let code = FiscalCode::parse("RSSMRA80A01H501U").expect("well formed");
    assert_eq!(format!("{code:?}"), "FiscalCode(…)");
    assert!(!format!("{:?}", FiscalCode::parse("RSSMRA80A01H501X")).contains("RSS"));
}

#[test]
fn a_code_survives_the_state_store_and_a_damaged_one_does_not() {
    let code = FiscalCode::parse("RSSMRA80A01H501U").expect("well formed");
    let text = serde_json::to_string(&code).expect("serialises");
    assert_eq!(serde_json::from_str::<FiscalCode>(&text).expect("deserialises"), code);
    assert!(serde_json::from_str::<FiscalCode>("\"RSSMRA80A01H501X\"").is_err());
}

fn any_code() -> impl Strategy<Value = String> {
    "[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST](0[1-9]|1[0-9]|2[0-8]|4[1-9]|5[0-9]|6[0-8])[A-MZ][0-9LMNPQRSTUV]{3}"
        .prop_map(|fifteen| completed(&fifteen))
}

proptest! {
    #[test]
    fn every_code_with_its_check_character_is_accepted(code in any_code()) {
        prop_assert!(good(&code));
    }

    #[test]
    fn no_other_check_character_is_accepted(code in any_code(), other in b'A'..=b'Z') {
        let (fifteen, check) = code.split_at(15);
        prop_assume!(check.as_bytes() != [other]);
        let wrong = format!("{fifteen}{}", char::from(other));
        prop_assert!(!good(&wrong));
    }

    #[test]
    fn a_check_digit_finds_every_wrong_digit_of_a_provisional_code(
        ten in "[0-9]{10}", place in 0_usize..11, by in 1_u8..10,
    ) {
        let Some(whole) = (0..10).map(|last| format!("{ten}{last}")).find(|code| good(code)) else {
            return Ok(());
        };
        let mut octets = whole.into_bytes();
        octets[place] = b'0' + (octets[place] - b'0' + by) % 10;
        prop_assert!(!good(std::str::from_utf8(&octets).expect("ASCII")));
    }

    #[test]
    fn parsing_never_panics(text in ".{0,40}") {
        let _ = FiscalCode::parse(&text);
        let _ = FiscalCode::from_tax_number(&text);
    }
}
