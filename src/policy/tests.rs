use super::*;
use crate::oidc::client::{Client, Delegable, LevelRule, Period, ServicePolicy};
use crate::oidc::sample;
use crate::terms::Level;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn change(id: &str, instruments: &[&str]) -> Change {
    Change {
        id: id.into(),
        place: format!("calendar.toml: {id}").into(),
        instruments: instruments.iter().map(|one| (*one).into()).collect(),
        relying_parties: None,
        categories: None,
        start: None,
        stop_issue: None,
        stop_renew: None,
        natural_expiry: None,
        hard_end: None,
        to_be_fixed: Vec::new(),
        source: Source::Circular,
        reason: None,
        legal_ref: Some(format!("reference of {id}").into()),
        decided_by: Vec::new(),
        decided_on: None,
        superseded_by: None,
    }
}

fn calendar(changes: Vec<Change>) -> Calendar {
    let category = |name: &str, acts_for: Option<&str>| CategoryRow {
        id: Category::parse(name).unwrap(),
        title: None,
        from: None,
        until: None,
        acts_for: acts_for.and_then(Category::parse),
        legal_ref: None,
    };
    Calendar::of(Rows {
        changes,
        categories: vec![
            category("resident_abroad", None),
            category("delegate", Some("company")),
            CategoryRow { until: Some(day("2026-06-30")), ..category("past", None) },
        ],
        ..Rows::default()
    })
}

fn applicant<'a>(instrument: &'a str, categories: &[&str]) -> Applicant<'a> {
    Applicant {
        instrument,
        level: Level::L2,
        categories: categories.iter().map(|one| Category::parse(one).unwrap()).collect(),
        age: Some(40),
        expires: None,
    }
}

fn period() -> Period {
    Period {
        row: 0,
        from: None,
        until: None,
        instruments: vec!["spid".into(), "cie".into(), "helpdesk".into()],
        categories: None,
        minimum_level: Level::L1,
        levels: Vec::new(),
        minimum_age: None,
        dedicated_to: Vec::new(),
        delegable: Delegable::All,
        legal_ref: Some("reference of the period".into()),
        eidas_off: None,
    }
}

fn client(period: Period) -> Client {
    Client { policy: ServicePolicy::new(vec![period]).unwrap(), ..sample::client("inps") }
}

#[test]
fn without_a_calendar_and_without_periods_what_is_registered_may_enter() {
    let calendar = Calendar::default();
    let client = Client { minimum_level: Level::L2, ..sample::client("inps") };
    let today = day("2026-11-22");
    assert_eq!(calendar.prospect(&client, "spid", today), Ok(Level::L2));
    let admitted = calendar.admit(&client, &applicant("spid", &["citizen"]), today).unwrap();
    assert_eq!((admitted.needed(), admitted.category().as_str()), (Level::L2, "citizen"));
    let denial = calendar.admit(&client, &applicant("cie", &["citizen"]), today).unwrap_err();
    assert_eq!((denial.reason, &*denial.rule.id), (Reason::NotAccepted, "upstreams"));
    assert_eq!(denial.instead, [Box::from("spid")]);
    let low = Applicant { level: Level::L1, ..applicant("spid", &["citizen"]) };
    let denial = calendar.admit(&client, &low, today).unwrap_err();
    assert_eq!((denial.reason, denial.needs), (Reason::Level, Some(Level::L2)));
}

#[test]
fn a_level_is_a_minimum_and_some_may_need_a_higher_one() {
    let rule = |at_least, categories: &[&str], instruments: &[&str]| LevelRule {
        at_least,
        categories: categories.iter().map(|one| Category::parse(one).unwrap()).collect(),
        instruments: instruments.iter().map(|one| (*one).into()).collect(),
    };
    let client = client(Period {
        levels: vec![rule(Level::L2, &["company"], &[]), rule(Level::L3, &["company"], &["cie"])],
        ..period()
    });
    let calendar = calendar(Vec::new());
    let needed = |instrument, category: &str| {
        let high = Applicant { level: Level::L3, ..applicant(instrument, &[category]) };
        calendar.admit(&client, &high, day("2026-11-22")).unwrap().needed()
    };
    assert_eq!(needed("spid", "citizen"), Level::L1);
    assert_eq!(needed("spid", "company"), Level::L2);
    assert_eq!(needed("cie", "company"), Level::L3);
    // Whoever acts for a company is held to what holds for it.
    assert_eq!(needed("cie", "delegate"), Level::L3);
    let denial =
        calendar.admit(&client, &applicant("cie", &["company"]), day("2026-11-22")).unwrap_err();
    assert_eq!((denial.reason, &*denial.rule.id), (Reason::Level, "policy[0].level[1]"));
    assert_eq!(calendar.prospect(&client, "cie", day("2026-11-22")), Ok(Level::L1));
}

#[test]
fn the_strictest_date_wins_and_of_two_equal_ones_the_law_is_named() {
    let (last, sooner) = (Some(day("2021-09-30")), Some(day("2021-02-27")));
    let spid = sample::client("inps");
    let outcome = |changes, on| {
        let outcome = calendar(changes).admit(&spid, &applicant("spid", &["citizen"]), day(on));
        outcome
            .map(|_| ())
            .map_err(|denial| (denial.reason, denial.rule.id.to_string(), denial.date))
    };
    let circular = || Change { hard_end: last, ..change("circular", &["spid"]) };
    let law = |hard_end| Change { hard_end, source: Source::Law, ..change("law", &["spid"]) };
    let denied = |id: &str, date| Err((Reason::SwitchOff, id.to_owned(), date));
    assert_eq!(outcome(vec![circular(), law(sooner)], "2021-02-27"), Ok(()));
    assert_eq!(outcome(vec![circular(), law(sooner)], "2021-02-28"), denied("law", sooner));
    assert_eq!(outcome(vec![circular(), law(last)], "2021-10-01"), denied("law", last));
    assert_eq!(outcome(vec![law(last), circular()], "2021-10-01"), denied("law", last));
    let replaced = Change { superseded_by: Some("law".into()), ..circular() };
    assert_eq!(outcome(vec![replaced, law(None)], "2021-10-01"), Ok(()));
}

#[test]
fn a_row_is_for_its_relying_parties_and_its_categories_alone() {
    let row = Change {
        hard_end: Some(day("2021-09-30")),
        relying_parties: Some(vec!["inps".into()]),
        categories: Some(vec![Category::CITIZEN, Category::COMPANY]),
        ..change("row", &["spid"])
    };
    let calendar = calendar(vec![row]);
    let enters_on = |on: &str, client: &str, categories: &[&str]| {
        let client = sample::client(client);
        calendar.admit(&client, &applicant("spid", categories), day(on)).is_ok()
    };
    let enters = |client: &str, categories: &[&str]| enters_on("2021-10-01", client, categories);
    assert!(!enters("inps", &["citizen"]) && enters("mlps", &["citizen"]));
    assert!(enters("inps", &["citizen", "resident_abroad"]));
    assert!(!enters("inps", &["delegate"]), "for a company");
    assert!(!enters("mlps", &["unheard_of"]) && !enters("mlps", &[]));
    assert!(enters_on("2026-06-30", "mlps", &["past"]));
    assert!(!enters_on("2026-07-01", "mlps", &["past"]));
    assert!(calendar.prospect(&sample::client("inps"), "spid", day("2021-10-01")).is_ok());
}

#[test]
fn a_dedicated_instrument_enters_services_dedicated_to_its_holders_alone() {
    let calendar = calendar(Vec::new());
    let today = day("2026-11-22");
    let dedicated = Period { dedicated_to: vec![Category::MINOR], ..period() };
    let outcome = |period, categories: &[&str]| {
        let outcome = calendar.admit(&client(period), &applicant("helpdesk", categories), today);
        outcome.map(|admitted| admitted.category().clone()).map_err(|denial| denial.reason)
    };
    assert_eq!(outcome(period(), &["minor"]), Err(Reason::NotDedicated));
    assert_eq!(outcome(dedicated.clone(), &["citizen"]), Err(Reason::NotDedicated));
    assert_eq!(outcome(dedicated.clone(), &["citizen", "minor"]), Ok(Category::MINOR));
    assert!(calendar.prospect(&client(dedicated), "helpdesk", today).is_ok());
    assert!(calendar.prospect(&client(period()), "helpdesk", today).is_err());
    let registered = Client { upstreams: vec!["helpdesk"], ..sample::client("inps") };
    let denial = calendar.admit(&registered, &applicant("helpdesk", &["minor"]), today);
    assert_eq!(denial.unwrap_err().reason, Reason::NotDedicated);
}

#[test]
fn an_unknown_age_is_too_young() {
    let client = client(Period { minimum_age: Some(18), ..period() });
    let of = |age| {
        let applicant = Applicant { age, ..applicant("spid", &["citizen"]) };
        Calendar::default().admit(&client, &applicant, day("2026-11-22"))
    };
    assert!(of(Some(18)).is_ok());
    for age in [Some(17), None] {
        let denial = of(age).unwrap_err();
        assert_eq!((denial.reason, denial.minimum_age), (Reason::MinAge, Some(18)));
    }
}

#[test]
fn a_service_is_closed_before_its_periods_between_and_after_them() {
    let policy = ServicePolicy::new(vec![
        Period { from: Some(day("2026-01-01")), until: Some(day("2026-01-31")), ..period() },
        Period {
            row: 1,
            from: Some(day("2026-03-01")),
            until: Some(day("2026-03-31")),
            ..period()
        },
    ]);
    let client = Client { policy: policy.unwrap(), ..sample::client("inps") };
    let told = |on| {
        let outcome = Calendar::default().admit(&client, &applicant("spid", &["citizen"]), day(on));
        outcome.map(|_| ()).map_err(|denial| (denial.reason, denial.date, denial.legal_ref))
    };
    let denied =
        |reason, date| Err((reason, Some(day(date)), Some("reference of the period".into())));
    assert_eq!(told("2025-12-31"), denied(Reason::NotYet, "2026-01-01"));
    assert_eq!(told("2026-01-01"), Ok(()));
    assert_eq!(told("2026-02-01"), denied(Reason::NotYet, "2026-03-01"));
    assert_eq!(told("2026-03-31"), Ok(()));
    assert_eq!(told("2026-04-01"), denied(Reason::SwitchOff, "2026-03-31"));
}

#[test]
fn a_credential_lives_to_its_own_end_or_to_the_hard_end() {
    let hard = Change { hard_end: Some(day("2021-09-30")), ..change("row", &["pin-inps"]) };
    let unheeded = Change { natural_expiry: Some(false), ..hard.clone() };
    let ends = |changes, natural: &str| {
        let calendar = calendar(changes);
        let natural = Some(day(natural));
        let end =
            calendar.lifetime("pin-inps", None, &Category::CITIZEN, natural, day("2020-01-01"));
        end.map(|end| (end.last_day.to_string(), end.row.is_some()))
    };
    let told = |last: &str, by_row| Some((last.to_owned(), by_row));
    assert_eq!(ends(vec![hard.clone()], "2021-05-01"), told("2021-05-01", false));
    assert_eq!(ends(vec![hard.clone()], "2022-05-01"), told("2021-09-30", true));
    assert_eq!(ends(vec![unheeded.clone()], "2021-05-01"), told("2021-09-30", true));
    assert_eq!(
        ends(vec![unheeded, Change { natural_expiry: Some(true), ..hard }], "2021-05-01"),
        told("2021-05-01", false)
    );
    assert_eq!(ends(Vec::new(), "2021-05-01"), told("2021-05-01", false));
}

#[test]
fn the_next_change_of_each_kind_comes_at_midnight_in_rome() {
    let calendar = calendar(vec![
        Change {
            stop_issue: Some(day("2020-10-01")),
            hard_end: Some(day("2021-09-30")),
            ..change("inps", &["pin-inps"])
        },
        Change { hard_end: Some(day("2020-11-14")), ..change("mlps", &["pin-inps", "cliclavoro"]) },
    ]);
    let told = |on: &str| -> Vec<String> {
        let next = calendar.upcoming(day(on).begins());
        let line = |one: &Upcoming<'_>| {
            format!("{} {} {} {}", one.at.rfc3339(), one.instrument, one.kind.key(), one.row)
        };
        next.iter().map(line).collect()
    };
    assert_eq!(
        told("2020-09-30"),
        [
            "2020-09-30T22:00:00Z pin-inps stop_issue inps",
            "2020-11-14T23:00:00Z cliclavoro hard_end mlps",
            "2020-11-14T23:00:00Z pin-inps hard_end mlps",
        ]
    );
    assert_eq!(told("2020-11-15"), ["2021-09-30T22:00:00Z pin-inps hard_end inps"]);
    assert!(told("2021-10-01").is_empty());
}
