//! The rules that the circulars of 2020 and 2021 set, one acceptance test each: those that policy judges.
//!
//! Not the rules that take a whole login or a page: `docs/reference/policy.md` names the test of every one.
//! Each test opens with its rule as the reference states it.

use varco::config::read_countries;
use varco::oidc::client::{Period, ServicePolicy, Waiver};
use varco::policy::{
    Applicant, Bearing, Calendar, Category, Cause, Day, Document, DocumentKind, Kind, Lint, Reason,
    Replay, Service, Source,
};
use varco::terms::Level;

use crate::policy_replay::replay;

const LAW: &str = "DL 76/2020, art. 24, comma 4 (L. 120/2020)";

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn category(name: &str) -> Category {
    Category::parse(name).expect("a category")
}

fn service<'a>(replay: &'a Replay, name: &str) -> Service<'a> {
    let (id, minimum_level, policy) =
        replay.services.iter().find(|(id, ..)| **id == *name).expect("a service");
    Service { id, minimum_level: *minimum_level, upstreams: &[], policy }
}

fn person<'a>(instrument: &'a str, categories: &[&str]) -> Applicant<'a> {
    Applicant {
        instrument,
        level: Level::L2,
        categories: categories.iter().map(|name| category(name)).collect(),
        age: None,
        expires: None,
    }
}

fn period(instruments: &[&str]) -> Period {
    Period {
        row: 0,
        from: None,
        until: None,
        instruments: instruments.iter().map(|one| (*one).into()).collect(),
        categories: None,
        minimum_level: Level::L2,
        levels: Vec::new(),
        minimum_age: None,
        dedicated_to: Vec::new(),
        delegable: varco::oidc::client::Delegable::All,
        legal_ref: None,
        eidas_off: None,
    }
}

fn found(calendar: &Calendar, period: Period) -> Vec<(Lint, bool)> {
    let policy = ServicePolicy::new(vec![period]).expect("a policy");
    let upstreams = ["spid", "cie-saml", "eidas"];
    let service =
        Service { id: "x", minimum_level: Level::L1, upstreams: &upstreams, policy: &policy };
    let findings = calendar.findings(&service);
    findings.iter().map(|one| (one.lint, one.waiver.is_some())).collect()
}

/// R1: public services opened with SPID L2/L3 must accept other states' notified means.
#[test]
fn r1_a_public_service_at_level_2_or_3_without_eidas_fails_the_lint_unless_a_reason_is_recorded() {
    let calendar = Calendar::default();
    assert_eq!(found(&calendar, period(&["spid", "cie"])), [(Lint::EidasMissing, false)]);
    assert_eq!(found(&calendar, period(&["spid", "cie", "eidas"])), []);
    let at = |minimum_level| Period { minimum_level, ..period(&["spid"]) };
    assert_eq!(found(&calendar, at(Level::L3)), [(Lint::EidasMissing, false)]);
    assert_eq!(found(&calendar, at(Level::L1)), []);
    let waiver = Waiver {
        reason: "for welfare offices alone".into(),
        decided_by: "the director".into(),
        decided_on: day("2020-07-17"),
    };
    let waived = Period { eidas_off: Some(waiver), ..period(&["spid"]) };
    assert_eq!(found(&calendar, waived), [(Lint::EidasMissing, true)]);
    // A service without periods is held to it too.
    let none = ServicePolicy::default();
    let bare = |upstreams| {
        let service = Service { id: "x", minimum_level: Level::L2, upstreams, policy: &none };
        calendar.findings(&service).len()
    };
    assert_eq!((bare(&["spid"]), bare(&["spid", "eidas"]), bare(&["eidas"])), (1, 0, 0));
}

/// R3: from the law's date no issue and no renewal of other credentials.
#[test]
fn r3_from_the_day_of_the_law_no_other_credential_is_issued_or_renewed() {
    let replay = replay();
    let (far, eve, from) = (day("2029-01-01"), day("2021-02-27"), day("2021-02-28"));
    for name in ["citizen", "minor", "extra_eu", "no_it_document", "protected_person"] {
        for instrument in ["pin-inps-dispositivo", "cliclavoro", "durc-password"] {
            let name = category(name);
            let calendar = &replay.calendar;
            let renewed = calendar.renew(instrument, Some("inps"), &name, far, eve);
            assert!(renewed.is_ok(), "{name:?} {instrument}");
            let issued = calendar.issue(instrument, Some("inps"), &name, far, from).unwrap_err();
            let renewed = calendar.renew(instrument, Some("inps"), &name, far, from).unwrap_err();
            assert_eq!((issued.reason, renewed.reason), (Reason::NotIssued, Reason::NotRenewed));
            for denial in [issued, renewed] {
                assert_eq!((denial.legal_ref.as_deref(), denial.date), (Some(LAW), Some(from)));
            }
        }
    }
    // The law holds over the circular that lets PINs be renewed, and both stay visible.
    let rows = &replay.calendar.rows().changes;
    let circular = rows.iter().find(|row| &*row.id == "inps-87-2020-pin").expect("a row");
    assert_eq!(circular.source, Source::Circular);
    assert!(circular.to_be_fixed.contains(&Kind::StopRenew) && circular.superseded_by.is_none());
}

/// R4: existing credentials are valid to natural expiry, not beyond the hard end.
#[test]
fn r4_an_existing_credential_lives_to_its_natural_expiry_and_never_beyond_the_hard_end() {
    let replay = replay();
    let calendar = &replay.calendar;
    let citizen = Category::CITIZEN;
    let on = day("2021-03-01");
    let end = |natural: &str| {
        let end = calendar.lifetime("pin-inps", Some("inps"), &citizen, Some(day(natural)), on);
        end.expect("an end").last_day.to_string()
    };
    assert_eq!(end("2021-05-31"), "2021-05-31");
    assert_eq!(end("2021-09-30"), "2021-09-30");
    assert_eq!(end("2023-05-31"), "2021-09-30");
    let inps = service(&replay, "inps");
    let enters = |natural: &str, on: &str| {
        let expires = Some(day(natural));
        let holder = Applicant { expires, ..person("pin-inps", &["citizen"]) };
        calendar.admit_to(&inps, &holder, day(on)).map(|_| ()).map_err(|denial| denial.reason)
    };
    assert_eq!(enters("2021-05-31", "2021-05-31"), Ok(()));
    assert_eq!(enters("2021-05-31", "2021-06-01"), Err(Reason::Expired));
    assert_eq!(enters("2023-05-31", "2021-09-30"), Ok(()));
    assert_eq!(enters("2023-05-31", "2021-10-01"), Err(Reason::SwitchOff));
}

/// R5: during the transition old credentials may be renewed at expiry.
#[test]
fn r5_between_the_two_dates_an_old_credential_is_renewed_and_none_is_issued() {
    let replay = replay();
    let citizen = Category::CITIZEN;
    let far = day("2023-01-01");
    let mut on = day("2020-10-01");
    while on < day("2021-02-28") {
        let renewed = replay.calendar.renew("pin-inps", Some("inps"), &citizen, far, on);
        let renewed = renewed.unwrap_or_else(|denial| panic!("{on}: {denial:?}"));
        assert_eq!(renewed.last_day, day("2021-09-30"), "renewed, and ended by the law");
        let issued = replay.calendar.issue("pin-inps", Some("inps"), &citizen, far, on);
        let denial = issued.unwrap_err();
        assert_eq!(denial.legal_ref.as_deref(), Some("INPS, circolare 87/2020"));
        on = on.next();
    }
}

/// R6: exception credentials only for services dedicated to the holders.
#[test]
fn r6_an_exception_credential_is_refused_by_every_service_that_is_not_dedicated_to_its_holder() {
    let replay = replay();
    let calendar = &replay.calendar;
    let on = day("2020-12-01");
    let holder = person("pin-inps-dispositivo", &["minor"]);
    assert!(calendar.admit_to(&service(&replay, "inps-dedicati"), &holder, on).is_ok());
    let ordinary = ServicePolicy::new(vec![period(&["pin-inps-dispositivo"])]).expect("a policy");
    let ordinary =
        Service { id: "inps", minimum_level: Level::L1, upstreams: &[], policy: &ordinary };
    let denial = calendar.admit_to(&ordinary, &holder, on).unwrap_err();
    assert_eq!(denial.reason, Reason::NotDedicated);
    // A service of others is no service of theirs.
    let patronato = person("pin-inps-dispositivo", &["patronato"]);
    let denial = calendar.admit_to(&service(&replay, "inps-dedicati"), &patronato, on).unwrap_err();
    assert_eq!(denial.reason, Reason::NotDedicated);
    for other in ["inps", "inps-patronati", "mlps", "durc", "sportello-unico-previdenziale"] {
        assert!(calendar.admit_to(&service(&replay, other), &holder, on).is_err(), "{other}");
    }
    // And such a policy is a mistake.
    assert_eq!(found(calendar, period(&["helpdesk"])), [(Lint::DedicatedOnly, false)]);
}

/// R7: some users may use SPID only.
#[test]
fn r7_welfare_offices_enter_their_services_by_spid_alone() {
    let replay = replay();
    let offices = service(&replay, "inps-patronati");
    for on in ["2020-07-17", "2020-11-15", "2021-10-01", "2026-11-22"] {
        for instrument in replay.calendar.rows().instruments.iter().map(|row| &*row.id) {
            let outcome =
                replay.calendar.admit_to(&offices, &person(instrument, &["patronato"]), day(on));
            assert_eq!(outcome.is_ok(), instrument == "spid", "{instrument} on {on}");
            if let Err(denial) = outcome {
                assert_eq!(denial.instead, [Box::from("spid")]);
            }
        }
        assert!(
            replay.calendar.admit_to(&offices, &person("spid", &["citizen"]), day(on)).is_err()
        );
    }
}

fn states() -> varco::policy::States {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    read_countries(&folder.join("metadata/countries.toml")).expect("a register")
}

/// R8: the help desk identifies by the home state's identity document or a valid passport.
#[test]
fn r8_the_help_desk_identifies_by_the_home_states_document_or_a_valid_passport() {
    let on = day("2020-12-01");
    let shows = |kind, issued_by, expires: Option<&str>| {
        let document = Document { kind, issued_by, expires: expires.map(day) };
        states().identify("RS", document, on).map_err(|refused| refused.cause)
    };
    let (own, passport) = (DocumentKind::NationalIdentity, DocumentKind::Passport);
    assert_eq!(shows(own, "RS", None), Ok(()));
    assert_eq!(shows(own, "RS", Some("2020-12-01")), Ok(()));
    assert_eq!(shows(passport, "RS", Some("2025-01-01")), Ok(()));
    assert_eq!(shows(passport, "BA", Some("2025-01-01")), Ok(()), "of a second nationality");
    assert_eq!(shows(own, "BA", None), Err(Cause::Issuer));
    assert_eq!(shows(own, "RS", Some("2020-11-30")), Err(Cause::Expired));
    assert_eq!(shows(passport, "RS", Some("2020-11-30")), Err(Cause::Expired));
    assert_eq!(shows(passport, "RS", None), Err(Cause::NoExpiry));
    assert_eq!(shows(DocumentKind::Other, "RS", None), Err(Cause::Kind));
}

/// R9: only states that do not adopt eIDAS.
#[test]
fn r9_people_of_states_that_adopt_eidas_are_sent_to_the_node() {
    let passport = |state| Document {
        kind: DocumentKind::Passport,
        issued_by: state,
        expires: Some(day("2030-01-01")),
    };
    let on = day("2026-11-22");
    for state in varco::terms::Country::ALL.iter().chain(&["IT"]) {
        let refused = states().identify(state, passport(state), on).unwrap_err();
        assert_eq!(refused.cause, Cause::AdoptsEidas, "{state}");
        assert!(!refused.legal_ref.is_empty() && refused.date.is_some(), "{state} has a source");
    }
    for state in ["AL", "BA", "CH", "GB", "MD", "RS", "UA", "US"] {
        assert_eq!(states().identify(state, passport(state), on), Ok(()), "{state}");
    }
    assert!(states().identify("GB", passport("GB"), day("2020-12-31")).is_err());
}

/// R10: sub-delegates need the same instruments as principals.
#[test]
fn r10_a_sub_delegate_enters_with_the_instruments_of_the_principal_and_no_other() {
    let replay = replay();
    let (durc, mut on) = (service(&replay, "durc"), day("2020-09-01"));
    while on < day("2021-12-31") {
        for instrument in replay.calendar.rows().instruments.iter().map(|row| &*row.id) {
            let enters =
                |name| replay.calendar.admit_to(&durc, &person(instrument, &[name]), on).is_ok();
            assert_eq!(enters("sub_delegate"), enters("contracting_authority"), "{on}");
        }
        on = on.next();
    }
    // What a row says of principals alone holds for those who act for them.
    let row = varco::policy::Change {
        categories: Some(vec![category("contracting_authority")]),
        relying_parties: None,
        hard_end: Some(day("2022-06-30")),
        instruments: vec!["cns".into()],
        ..replay.calendar.rows().changes[0].clone()
    };
    let mut rows = replay.calendar.rows().clone();
    rows.changes.push(row);
    let calendar = Calendar::of(rows);
    let enters = |name, on| calendar.admit_to(&durc, &person("cns", &[name]), day(on)).is_ok();
    assert!(enters("sub_delegate", "2022-06-30") && !enters("sub_delegate", "2022-07-01"));
    assert!(enters("citizen", "2022-07-01"));
}

/// R12: citizens may delegate and revoke online with SPID/CIE/CNS.
#[test]
fn r12_a_citizen_delegates_online_with_spid_cie_or_cns_and_with_nothing_else() {
    let replay = replay();
    let on = day("2021-09-01");
    for instrument in replay.calendar.rows().instruments.iter().map(|row| &*row.id) {
        let citizen = person(instrument, &["citizen"]);
        let allowed = replay.calendar.allow("delegate", &citizen, on);
        assert_eq!(allowed.is_ok(), ["spid", "cie", "cns"].contains(&instrument), "{instrument}");
        if let Err(denial) = allowed {
            assert_eq!(denial.legal_ref.as_deref(), Some("INPS, circolare 127/2021"));
            assert_eq!(denial.instead.len(), 3);
        }
    }
    let citizen = person("spid", &["citizen"]);
    let early = replay.calendar.allow("delegate", &citizen, day("2021-08-11")).unwrap_err();
    assert_eq!((early.reason, early.date), (Reason::NotYet, Some(day("2021-08-12"))));
    assert!(replay.calendar.allow("unheard-of", &citizen, on).is_err(), "closed by default");
}

/// R13: a telephone PIN only for people signed in with SPID/CIE/CNS, at level 2 at least.
#[test]
fn r13_a_telephone_pin_is_for_people_signed_in_with_spid_cie_or_cns_at_level_2() {
    let replay = replay();
    let on = day("2021-10-01");
    let asks = |instrument, level| {
        let citizen = Applicant { level, ..person(instrument, &["citizen"]) };
        let outcome = replay.calendar.allow("telephone-pin", &citizen, on);
        outcome.map_err(|denial| (denial.reason, denial.needs))
    };
    for instrument in ["spid", "cie", "cns"] {
        assert_eq!(asks(instrument, Level::L2), Ok(()));
        assert_eq!(asks(instrument, Level::L3), Ok(()), "a level is a minimum");
        assert_eq!(asks(instrument, Level::L1), Err((Reason::Level, Some(Level::L2))));
    }
    for instrument in ["pin-inps", "eidas", "helpdesk"] {
        assert_eq!(asks(instrument, Level::L3), Err((Reason::NotAccepted, None)));
    }
}

/// R15: dates are agreed between several administrations and may slip.
#[test]
fn r15_a_date_that_slipped_stays_in_the_file_is_shown_and_decides_nothing() {
    let replay = replay();
    let mlps = service(&replay, "mlps");
    let citizen = person("cliclavoro", &["citizen"]);
    // The first date has passed, and everybody still enters.
    let explanation = replay.calendar.explain(&mlps, &citizen, day("2020-03-15"));
    assert!(explanation.outcome.is_ok());
    assert_eq!(explanation.end.expect("an end").last_day, day("2020-11-14"));
    let told: Vec<(&str, Bearing)> =
        explanation.rows.iter().map(|row| (&*row.change.id, row.bearing)).collect();
    assert_eq!(
        told,
        [
            ("dl-76-2020-art-24", Bearing::Applies),
            ("mlps-marzo-2020", Bearing::Superseded),
            ("mlps-2721-2020", Bearing::Decides),
        ]
    );
    let slipped = explanation.rows[1].change;
    assert_eq!(slipped.hard_end, Some(day("2020-03-14")));
    assert_eq!(slipped.superseded_by.as_deref(), Some("mlps-2721-2020"));
    // A date that is not fixed yet decides nothing, and says who will fix it.
    let rows = &replay.calendar.rows().changes;
    let open = rows.iter().find(|row| &*row.id == "inps-87-2020-pin").expect("a row");
    assert!(open.to_be_fixed.contains(&Kind::HardEnd) && open.decided_by.len() == 4);
}
