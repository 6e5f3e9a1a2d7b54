use super::*;
use crate::policy::{CategoryRow, Change, Rows, Source, State, Union};

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The states of Europe as the program ships them, its calendar without a date, one category, two services.
pub(crate) struct World {
    pub(crate) states: States,
    pub(crate) calendar: Calendar,
    pub(crate) categories: Vec<Category>,
    pub(crate) services: Vec<Box<str>>,
    pub(crate) day: Day,
}

impl World {
    pub(crate) fn new() -> Self {
        let member = |code: &str, from: &str, until: Option<&str>| State {
            code: code.into(),
            member: Union::European,
            from: day(from),
            until: until.map(day),
            scheme_notified: None,
            recognition_due: None,
            live_on_node: None,
            source: "treaty".into(),
        };
        let states = vec![
            member("DE", "1958-01-01", None),
            member("IT", "1958-01-01", None),
            member("GB", "1973-01-01", Some("2020-12-31")),
            member("NO", "1994-01-01", None),
            member("IS", "1994-01-01", None),
            member("LI", "1995-05-01", None),
        ];
        let categories: Vec<Category> =
            ["extra_eu", "minor"].map(|name| Category::parse(name).unwrap()).into();
        let row = |id: &Category| CategoryRow {
            id: id.clone(),
            title: None,
            from: None,
            until: None,
            acts_for: None,
            legal_ref: None,
        };
        let rows = Rows { categories: categories.iter().map(row).collect(), ..Rows::default() };
        Self {
            states: States::new(states),
            calendar: Calendar::of(rows),
            categories,
            services: vec!["distacchi".into(), "cabotaggio".into()],
            day: day("2026-11-23"),
        }
    }

    /// A row of law that ends every credential of the desk.
    pub(crate) fn ends_hard(&mut self, end: Day) {
        let change = Change {
            id: "law".into(),
            place: "calendar.toml".into(),
            instruments: vec!["helpdesk".into()],
            relying_parties: None,
            categories: None,
            start: None,
            stop_issue: None,
            stop_renew: None,
            natural_expiry: None,
            hard_end: Some(end),
            to_be_fixed: vec![],
            source: Source::Law,
            reason: None,
            legal_ref: None,
            decided_by: vec![],
            decided_on: None,
            superseded_by: None,
        };
        let mut rows = self.calendar.rows().clone();
        rows.changes.push(change);
        self.calendar = Calendar::of(rows);
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules {
            day: self.day,
            states: &self.states,
            calendar: &self.calendar,
            categories: &self.categories,
            services: &self.services,
        }
    }
}

/// A Swiss woman with a passport: nothing is wrong.
pub(crate) fn good() -> Typed {
    Typed::default().with(&[
        (Field::Channel, "counter"),
        (Field::Category, "extra_eu"),
        (Field::Services, "distacchi"),
        (Field::Language, "de"),
        (Field::DocumentKind, "passport"),
        (Field::DocumentNumber, "X1234567"),
        (Field::DocumentIssuer, "CHE"),
        (Field::DocumentExpires, "30/06/2030"),
        (Field::Surname, "Müller"),
        (Field::GivenNames, "Änne Maria"),
        (Field::Sex, "F"),
        (Field::BirthDate, "12/08/1974"),
        (Field::BirthCountry, "CHE"),
        (Field::Nationalities, "CHE"),
        (Field::Email, "anne@example.ch"),
        (Field::SecondContact, "+41 44 000 00 00"),
    ])
}

fn check(text: &str) -> u32 {
    let value = |b: u8| match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'Z' => u32::from(b - b'A') + 10,
        _ => 0,
    };
    text.bytes().zip([7, 3, 1].into_iter().cycle()).map(|(b, w)| value(b) * w).sum::<u32>() % 10
}

/// The zone of a passport.
pub(crate) fn zone(issuer: &str, names: &str, number: &str, birth: &str, expires: &str) -> String {
    let number = format!("{number:<<9}");
    let number = format!("{number}{}", check(&number));
    let (birth, expires) =
        (format!("{birth}{}", check(birth)), format!("{expires}{}", check(expires)));
    let optional = "<<<<<<<<<<<<<<0";
    let all = check(&format!("{number}{birth}{expires}{optional}"));
    format!("P<{issuer}{names:<<39}{number}{issuer}{birth}F{expires}{optional}{all}")
}

fn problems(typed: &Typed, world: &World) -> Vec<(&'static str, &'static str)> {
    let reading = Reading::of(typed, &world.rules());
    assert_eq!(reading.content.is_some(), reading.problems.is_empty());
    reading.problems.iter().map(|one| (one.field.name(), one.wrong.word())).collect()
}

#[test]
fn a_swiss_passport_passes_and_a_german_one_is_pointed_to_eidas() {
    let world = World::new();
    assert_eq!(problems(&good(), &world), []);
    let german = good().with(&[(Field::DocumentIssuer, "D"), (Field::Nationalities, "D<<")]);
    let reading = Reading::of(&german, &world.rules());
    let adopts = Wrong::AdoptsEidas { state: "DE".to_owned(), since: day("1958-01-01") };
    let expected = [Field::DocumentIssuer, Field::Nationalities];
    let expected = expected.map(|field| Problem { field, wrong: adopts.clone() });
    assert_eq!(reading.problems, expected);
    assert!(reading.content.is_none());
}

#[test]
fn the_states_at_the_edge_of_europe_are_judged_by_the_register_alone() {
    let world = World::new();
    for code in ["CHE", "GBR", "SMR", "VAT", "UKR", "GBD", "RKS", "XXA"] {
        let issuer = if code == "XXA" { "CHE" } else { code };
        let typed = good().with(&[(Field::DocumentIssuer, issuer), (Field::Nationalities, code)]);
        assert_eq!(problems(&typed, &world), [], "{code}");
    }
    for code in ["NOR", "ISL", "LIE", "ITA"] {
        let typed = good().with(&[(Field::DocumentIssuer, code), (Field::Nationalities, code)]);
        let both = [("document_issuer", "adopts-eidas"), ("nationalities", "adopts-eidas")];
        assert_eq!(problems(&typed, &world), both, "{code}");
    }
    // A second nationality is enough to have something better.
    let typed = good().with(&[(Field::Nationalities, "CHE NOR")]);
    assert_eq!(problems(&typed, &world), [("nationalities", "adopts-eidas")]);
    for code in ["EUE", "UNK", "XXB"] {
        let typed = good().with(&[(Field::DocumentIssuer, code)]);
        assert_eq!(problems(&typed, &world), [("document_issuer", "not-identifying")], "{code}");
    }
}

#[test]
fn each_thing_that_is_wrong_with_a_document_is_told_at_its_field_and_what_was_typed_stays() {
    let world = World::new();
    for (field, text, wrong) in [
        (Field::DocumentExpires, "22/11/2026", ("document_expires", "expired")),
        (Field::DocumentExpires, "31/02/2030", ("document_expires", "not-a-day")),
        (Field::DocumentIssued, "24/11/2026", ("document_issued", "future")),
        (Field::DocumentIssuer, "UTO", ("document_issuer", "unknown")),
        (Field::DocumentKind, "driving_licence", ("document_kind", "unknown")),
        (Field::DocumentNumber, "", ("document_number", "missing")),
        (Field::BirthDate, "24/11/2008", ("birth_date", "minor")),
        (Field::BirthDate, "24/11/2026", ("birth_date", "future")),
        (Field::Category, "citizen", ("category", "unknown")),
        (Field::Services, "distacchi durc", ("services", "not-dedicated")),
        (Field::Email, "anne", ("email", "not-an-address")),
        (Field::SecondContact, "ANNE@example.ch", ("second_contact", "same-contact")),
        (Field::FiscalCode, "MLLNMR74M52Z133", ("fiscal_code", "not-a-fiscal-code")),
        (Field::FiscalCode, "RSSMRA80A01H501U", ("fiscal_code", "disagrees")),
        (Field::Mrz, "P<CHE", ("mrz", "zone")),
    ] {
        let typed = good().with(&[(field, text)]);
        assert_eq!(problems(&typed, &world), [wrong], "{} {text}", field.name());
        assert_eq!(typed.get(field), text);
    }
    let order = good()
        .with(&[(Field::DocumentIssued, "01/07/2020"), (Field::DocumentExpires, "30/06/2020")]);
    let both = [("document_expires", "order"), ("document_expires", "expired")];
    assert_eq!(problems(&order, &world), both);
    let card = good().with(&[(Field::DocumentKind, "national_id"), (Field::Nationalities, "SMR")]);
    assert_eq!(problems(&card, &world), [("document_issuer", "not-identifying")]);
}

#[test]
fn the_zone_is_compared_with_every_field_that_was_typed() {
    let world = World::new();
    let with = |zone: &str| good().with(&[(Field::Mrz, zone)]);
    let right = zone("CHE", "MUELLER<<AENNE<MARIA", "X1234567", "740812", "300630");
    let reading = Reading::of(&with(&right), &world.rules());
    assert_eq!((reading.problems.len(), reading.flags), (0, vec![]));
    for (other, field) in [
        (zone("SMR", "MUELLER<<AENNE<MARIA", "X1234567", "740812", "300630"), "document_issuer"),
        (zone("CHE", "MILLER<<AENNE<MARIA", "X1234567", "740812", "300630"), "surname"),
        (zone("CHE", "MUELLER<<ANNA<MARIA", "X1234567", "740812", "300630"), "given_names"),
        (zone("CHE", "MUELLER<<AENNE<MARIA", "X1234568", "740812", "300630"), "document_number"),
        (zone("CHE", "MUELLER<<AENNE<MARIA", "X1234567", "740813", "300630"), "birth_date"),
        (zone("CHE", "MUELLER<<AENNE<MARIA", "X1234567", "740812", "310630"), "document_expires"),
    ] {
        let found = problems(&with(&other), &world);
        assert!(found.contains(&(field, "differs")), "{field}: {found:?}");
    }
    let utopia = zone("UTO", "MUELLER<<AENNE<MARIA", "X1234567", "740812", "300630");
    assert!(problems(&with(&utopia), &world).contains(&("mrz", "unknown")));
}

#[test]
fn what_nobody_can_be_sure_of_is_flagged_for_a_second_look() {
    let world = World::new();
    let flags = |typed: &Typed| {
        let reading = Reading::of(typed, &world.rules());
        assert_eq!(reading.problems, []);
        reading.flags
    };
    assert_eq!(flags(&good()), [Flag::NoZone]);
    let long = "Nilavadhanananda Chayapa Dejthamrongsakul";
    let cut =
        zone("CHE", "MUELLER<<NILAVADHANANANDA<CHAYAPA<DEJTH", "X1234567", "740812", "300630");
    let typed = good().with(&[(Field::GivenNames, long), (Field::Mrz, &cut)]);
    assert_eq!(flags(&typed), [Flag::NameCut]);
    let arabic = zone("CHE", "MUHAMMAD<<AENNE<MARIA", "X1234567", "740812", "300630");
    let typed = good().with(&[(Field::Surname, "محمد"), (Field::Mrz, &arabic)]);
    assert_eq!(flags(&typed), [Flag::Spelling]);
    let typed = good().with(&[(Field::FiscalCode, "12345678903")]);
    assert_eq!(flags(&typed), [Flag::NoZone, Flag::ProvisionalCode]);
    let typed = good().with(&[(Field::Category, "minor"), (Field::BirthDate, "01/01/2012")]);
    assert_eq!(flags(&typed), [Flag::NoZone, Flag::Minor]);
}

#[test]
fn a_fiscal_code_is_compared_with_the_person_its_omocodia_forms_too() {
    let world = World::new();
    let typed = |code| {
        good().with(&[
            (Field::Surname, "Rossi"),
            (Field::GivenNames, "Maria"),
            (Field::BirthDate, "01/01/1980"),
            (Field::FiscalCode, code),
        ])
    };
    // Mario's code says a man's day.
    assert_eq!(problems(&typed("RSSMRA80A01H501U"), &world), [("fiscal_code", "disagrees")]);
    assert_eq!(problems(&typed("RSSMRA80A41H501Y"), &world), []);
}

#[test]
fn days_are_read_as_people_type_them() {
    for text in ["23/11/2026", "23.11.2026", "2026-11-23", "23-11-2026"] {
        assert_eq!(typed_day(text), Some(day("2026-11-23")), "{text}");
    }
    assert_eq!(typed_day("1/2/2026"), Some(day("2026-02-01")));
    for text in ["", "23/11", "23/11/26", "11/23/2026", "23/11/2026/1", "a/b/c", "00/01/2026"] {
        assert_eq!(typed_day(text), None, "{text}");
    }
}
