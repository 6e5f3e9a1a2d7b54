use super::*;
use crate::identity::values::{Day, Text};

/// What a node says: family name, given names, day of birth, sex, place of birth; empty is not said.
fn profile([family, given, birth, sex, place]: [&str; 5]) -> Profile {
    Profile {
        given_name: Text::parse(given),
        family_name: Text::parse(family),
        birthdate: Day::parse(birth),
        birth_place: Place::parse(place),
        birth_province: None,
        gender: Gender::parse(sex),
    }
}

fn fits(fifteen: &str, said: [&str; 5]) -> bool {
    let code = ('A'..='Z').find_map(|check| FiscalCode::parse(&format!("{fifteen}{check}")).ok());
    agrees(&code.expect("a code"), &profile(said))
}

const GRETA: [&str; 5] = ["Müller", "Greta", "1985-03-10", "Female", "DE"];

#[test]
fn a_code_agrees_with_everything_that_is_said_or_not_at_all() {
    assert!(fits("MLLGRT85C50Z112", GRETA));
    for (what, fifteen) in [
        ("family name", "MLRGRT85C50Z112"),
        ("given name", "MLLGTR85C50Z112"),
        ("year", "MLLGRT84C50Z112"),
        ("month", "MLLGRT85D50Z112"),
        ("day", "MLLGRT85C51Z112"),
        ("sex", "MLLGRT85C10Z112"),
        ("place", "MLLGRT85C50H501"),
    ] {
        assert!(!fits(fifteen, GRETA), "{what}");
    }
}

#[test]
fn what_is_not_said_contradicts_nothing_but_the_minimum_must_be_said() {
    let said = |at: usize, text: &'static str| {
        let mut said = GRETA;
        said[at] = text;
        said
    };
    assert!(fits("MLLGRT85C50Z112", said(3, "")) && fits("MLLGRT85C10Z112", said(3, "")));
    assert!(fits("MLLGRT85C50Z112", said(4, "")) && fits("MLLGRT85C50H501", said(4, "")));
    for (at, what) in ["family name", "given names", "birth"].into_iter().enumerate() {
        assert!(!fits("MLLGRT85C50Z112", said(at, "")), "{what}");
    }
}

#[test]
fn a_place_counts_when_it_is_a_cadastral_code_or_a_state() {
    let born = |place: &'static str| ["Müller", "Greta", "1985-03-10", "F", place];
    assert!(fits("MLLGRT85C50Z112", born("Z112")) && !fits("MLLGRT85C50Z113", born("Z112")));
    assert!(fits("MLLGRT85C50H501", born("H501")) && !fits("MLLGRT85C50Z112", born("H501")));
    assert!(fits("MLLGRT85C50H501", born("Roma")) && fits("MLLGRT85C50Z112", born("Berlin")));
}

#[test]
fn omocodia_letters_are_read_as_digits_and_the_code_stays_its_own() {
    for fifteen in ["MLLGRTURC50Z112", "MLLGRT85CR0Z112", "MLLGRT85C50ZMMN", "MLLGRTURCRLZMMN"] {
        assert!(fits(fifteen, GRETA), "{fifteen}");
        assert!(fits(fifteen, ["Müller", "Greta", "1985-03-10", "F", "Z112"]), "{fifteen}");
        assert!(!fits(fifteen, ["Müller", "Greta", "1985-03-11", "F", "Z112"]), "{fifteen}");
    }
}

#[test]
fn a_provisional_code_agrees_with_nobody() {
    let provisional = FiscalCode::parse("12345678903").expect("a code");
    assert!(!agrees(&provisional, &profile(GRETA)));
}

#[test]
fn names_have_the_letters_that_the_decree_gives_them() {
    for (name, code) in [
        ("Rossi", "RSS"),
        ("Fo", "FOX"),
        ("Aiello", "LLA"),
        ("De' Maria-Böhm", "DMR"),
        ("O", "OXX"),
        ("Ng", "NGX"),
        ("Yu", "YUX"),
        ("ÆRØ", "RAO"),
        ("Straße", "STR"),
        ("Łukaszewicz", "LKS"),
        ("Mu\u{308}ller", "MLL"),
        ("D’Àrta", "DRT"),
    ] {
        assert!(names::family(name).contains(code.as_bytes().try_into().expect("3")), "{name}");
    }
    for (name, code) in [
        ("Mario", "MRA"),
        ("Francesca", "FNC"),
        ("Gianfranco", "GFR"),
        ("Anna Maria", "NMR"),
        ("Aki", "KAI"),
        ("Jo", "JOX"),
        ("Günther Maß", "GTH"),
    ] {
        assert!(names::given(name).contains(code.as_bytes().try_into().expect("3")), "{name}");
    }
}

#[test]
fn a_letter_with_a_sign_is_read_as_offices_write_it_in_either_way() {
    let codes: Vec<_> = names::family("Öz").into_iter().map(|code| code.to_vec()).collect();
    assert_eq!(codes, [b"ZOX".to_vec(), b"ZOE".to_vec()]);
    assert_eq!(names::family("Rossi").len(), 1);
}

#[test]
fn a_name_in_another_script_or_without_letters_has_no_code() {
    for name in ["Папаδόпουλος", "Παπαδόπουλος", "李", "- '", "Rossi1", "Rоssi"]
    {
        assert!(names::family(name).is_empty() && names::given(name).is_empty(), "{name}");
    }
}

#[test]
fn a_match_says_no_code_when_it_prints() {
    let fiscal_code = FiscalCode::parse("RSSMRA80A01H501U").ok();
    let printed = format!("{:?}", Matched { certainty: Certainty::Verified, fiscal_code });
    assert!(printed.contains("Verified") && !printed.contains("RSSMRA"), "{printed}");
    for known in [Certainty::SelfDeclared, Certainty::Verified] {
        assert_eq!(Certainty::from_name(known.name()), Some(known));
    }
    assert_eq!(Certainty::from_name("none"), None);
}
