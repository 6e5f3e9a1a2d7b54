//! The moves of a case, and what the reference says must hold whatever happens.
use std::time::Duration;

use proptest::prelude::*;
use zeroize::Zeroizing;

use crate::credential::access::{Access, Cost, PasswordHash, Secrets, Totp, Username};
use crate::credential::activation::{ActivationKey, Code, Try};
use crate::credential::reading::tests::{World, day, good};
use crate::credential::*;
use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::registry::Kept as _;
use crate::terms::Day;

const NOON: i64 = 1_795_431_600; // 2026-11-23 12:00 in Rome

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOON + seconds)
}

fn by(person: &str, role: Role) -> By {
    By { person: person.to_owned(), role }
}

fn operator() -> By {
    by("ada", Role::Operator)
}

fn verifier() -> By {
    by("bea", Role::Verifier)
}

fn supervisor() -> By {
    by("cleo", Role::Supervisor)
}

fn opening(id: &str) -> Opening {
    Opening {
        id: id.to_owned(),
        number: format!("N-{id}"),
        person_id: format!("P-{id}"),
        office: "roma".to_owned(),
        at: at(0),
    }
}

fn named(code: &str) -> String {
    format!("person:{code}")
}

fn key() -> ActivationKey {
    ActivationKey::new(Zeroizing::new([9; 32]))
}

fn basis() -> LegalBasis {
    LegalBasis {
        legal_basis: "act".to_owned(),
        approved_by: "board".to_owned(),
        review_by: day("2027-06-30"),
    }
}

fn fields(typed: &Typed) -> Vec<(Field, &str)> {
    Field::ALL.iter().map(|field| (*field, typed.get(*field))).collect()
}

fn requested(world: &World) -> Case {
    let mut case = Case::open(opening("1"), &operator()).unwrap();
    case.edit(&operator(), &fields(&good()), named, at(1)).unwrap();
    case.request(&operator(), "2026-1", &world.rules(), at(2)).unwrap();
    case
}

fn seen() -> Sighting {
    Sighting { present: true, ..Sighting::default() }
}

fn identified(world: &World) -> Case {
    let mut case = requested(world);
    case.identify(&operator(), &seen(), &world.rules(), at(3)).unwrap();
    case
}

fn verified(world: &World) -> Case {
    let mut case = identified(world);
    case.check(&verifier(), Item::ALL, at(4)).unwrap();
    let seen = case.digest();
    case.approve(&verifier(), &seen, "no zone on this passport", &world.rules(), at(5)).unwrap();
    case
}

fn issued(world: &World) -> (Case, Code) {
    let mut case = verified(world);
    let fx = Effects::scripted(NOON, 3).0;
    let code = Code::fresh(&fx);
    let (not_me, confirm) = (Handle::fresh(&fx), Handle::fresh(&fx));
    let counts = Duration::from_secs(7 * 86_400);
    let new = Issuing { code: &code, key: &key(), counts, not_me: &not_me, confirm: &confirm };
    case.issue(Some(&basis()), &world.rules(), &new, at(6)).unwrap();
    (case, code)
}

/// Opened by a password and an app, as far as a test needs one.
fn access() -> Access {
    let fx = Effects::scripted(NOON, 4).0;
    let mut access = Access::new(Username::fresh(&fx));
    let password = PasswordHash::nobodys(Cost::TESTS);
    access.set_secrets(Secrets { password, totp: Totp::fresh(&fx) });
    access
}

fn active(world: &World) -> Case {
    let (mut case, code) = issued(world);
    let (tried, accepted) = case.try_code(&code, &key(), at(7)).unwrap();
    assert_eq!(tried, Try::Right);
    case.activate(&accepted.unwrap(), access(), at(8)).unwrap();
    case
}

/// Nothing changed, and this is why.
fn refused(case: &Case, why: &str, act: impl FnOnce(&mut Case) -> Result<(), Refusal>) {
    let before = serde_json::to_string(case).unwrap();
    let mut after = case.clone();
    let refusal = act(&mut after).unwrap_err();
    assert_eq!(refusal.word(), why);
    assert_eq!(serde_json::to_string(&after).unwrap(), before);
}

#[test]
fn a_case_goes_from_a_draft_to_a_credential_by_two_people_and_its_holder() {
    let world = World::new();
    let case = active(&world);
    assert!(case.is_in_force(world.day));
    assert_eq!(case.granted().map(|one| one.to), Some(day("2027-11-22")));
    let acts: Vec<Act> = case.history().iter().map(|line| line.act).collect();
    let words: Vec<&str> = acts.into_iter().map(Act::word).collect();
    let expected = "open edit request identify check approve issue activate";
    assert_eq!(words.join(" "), expected);
}

#[test]
fn nobody_approves_what_they_had_a_hand_in_by_whatever_account() {
    let world = World::new();
    let case = identified(&world);
    let same = by("ada", Role::Verifier);
    refused(&case, "second-person", |case| case.check(&same, Item::ALL, at(9)));
    refused(&case, "second-person", |case| {
        let seen = case.digest();
        case.approve(&same, &seen, "", &world.rules(), at(9))
    });
    refused(&case, "role", |case| {
        let seen = case.digest();
        case.approve(&supervisor(), &seen, "", &world.rules(), at(9))
    });
    // A colleague who typed one field had a hand in it too.
    let mut case = requested(&world);
    case.edit(&by("bea", Role::Operator), &[(Field::Domicile, "Bern")], named, at(9)).unwrap();
    case.identify(&operator(), &seen(), &world.rules(), at(9)).unwrap();
    refused(&case, "second-person", |case| case.check(&verifier(), Item::ALL, at(9)));
}

#[test]
fn nobody_acts_on_a_request_of_their_own() {
    let world = World::new();
    let mut case = requested(&world);
    let mine = by(&named("RSSMRA80A01H501U"), Role::Operator);
    let own = [(Field::FiscalCode, "rssmra80a01h501u")];
    refused(&case, "own-person", |case| case.edit(&mine, &own, named, at(9)));
    case.edit(&operator(), &own, named, at(9)).unwrap();
    for role in [Role::Operator, Role::Verifier, Role::Supervisor] {
        let me = by(&mine.person, role);
        refused(&case, "own-person", |case| match role {
            Role::Supervisor => case.revoke(&me, Cause::Other, "x", at(9)),
            _ => case.reject(&me, "x", at(9)),
        });
    }
}

#[test]
fn an_edit_undoes_what_was_checked_and_approved() {
    let world = World::new();
    let mut case = verified(&world);
    case.edit(&operator(), &[(Field::DocumentNumber, "X7654321")], named, at(9)).unwrap();
    assert_eq!(case.state(), State::Requested);
    assert!(case.approved().is_none() && case.evidence().is_none());
    assert!(!case.is_checked_by("bea"));
    // What is as it was is no edit.
    let mut same = verified(&world);
    same.edit(&operator(), &[(Field::DocumentNumber, "X1234567")], named, at(9)).unwrap();
    assert_eq!(same.state(), State::Verified);
}

#[test]
fn a_decision_is_about_what_was_seen_and_needs_every_item_of_the_deciders_own_list() {
    let world = World::new();
    let mut case = identified(&world);
    let rules = world.rules();
    case.check(&verifier(), &Item::ALL[..3], at(9)).unwrap();
    refused(&case, "checklist", |case| {
        let seen = case.digest();
        case.approve(&verifier(), &seen, "n", &rules, at(9))
    });
    case.check(&verifier(), Item::ALL, at(10)).unwrap();
    let times: Vec<Timestamp> = case.checked_by("bea").into_iter().map(|(_, at)| at).collect();
    assert_eq!(times, [at(9), at(9), at(9), at(10)]);
    refused(&case, "changed", |case| case.approve(&verifier(), "", "n", &rules, at(9)));
    refused(&case, "checklist", |case| {
        let seen = case.digest();
        case.approve(&by("dora", Role::Verifier), &seen, "n", &rules, at(9))
    });
    refused(&case, "flags", |case| {
        let seen = case.digest();
        case.approve(&verifier(), &seen, " ", &rules, at(9))
    });
}

#[test]
fn a_state_of_eidas_is_never_identified_and_what_was_approved_before_it_joined_is_not_issued() {
    let mut world = World::new();
    let mut case = requested(&world);
    let german = [(Field::DocumentIssuer, "D"), (Field::Nationalities, "D")];
    case.edit(&operator(), &german, named, at(9)).unwrap();
    refused(&case, "problems", |case| case.identify(&operator(), &seen(), &world.rules(), at(9)));
    assert!(case.is_for_eidas(&world.rules()));
    let case = verified(&world);
    let joined = crate::policy::State {
        code: "CH".into(),
        member: crate::policy::Union::European,
        from: day("2026-11-23"),
        until: None,
        scheme_notified: None,
        recognition_due: None,
        live_on_node: None,
        source: "treaty".into(),
    };
    world.states = crate::policy::States::new(vec![joined]);
    let fx = Effects::scripted(NOON, 3).0;
    let (code, link) = (Code::fresh(&fx), Handle::fresh(&fx));
    let counts = Duration::from_secs(60);
    let new = Issuing { code: &code, key: &key(), counts, not_me: &link, confirm: &link };
    let rules = world.rules();
    refused(&case, "problems", |case| case.issue(Some(&basis()), &rules, &new, at(9)));
}

#[test]
fn nothing_is_issued_without_a_legal_basis_in_force() {
    let world = World::new();
    let case = verified(&world);
    let fx = Effects::scripted(NOON, 3).0;
    let (code, link) = (Code::fresh(&fx), Handle::fresh(&fx));
    let counts = Duration::from_secs(60);
    let new = Issuing { code: &code, key: &key(), counts, not_me: &link, confirm: &link };
    let rules = world.rules();
    refused(&case, "legal-basis", |case| case.issue(None, &rules, &new, at(9)));
    let over = LegalBasis { review_by: day("2026-11-22"), ..basis() };
    refused(&case, "legal-basis", |case| case.issue(Some(&over), &rules, &new, at(9)));
}

#[test]
fn five_wrong_codes_end_it_and_a_slip_of_the_pen_counts_as_none() {
    let world = World::new();
    let (mut case, code) = issued(&world);
    let other = Code::fresh(&Effects::scripted(NOON, 99).0);
    for left in [4, 3, 2, 1] {
        assert_eq!(case.try_code(&other, &key(), at(9)).unwrap().0, Try::Wrong(left));
    }
    assert_eq!(case.try_code(&other, &key(), at(9)).unwrap().0, Try::Over);
    assert_eq!(case.state(), State::Lapsed);
    assert_eq!(case.try_code(&code, &key(), at(9)).unwrap_err().word(), "state");
}

#[test]
fn a_code_that_is_not_used_in_time_lapses() {
    let world = World::new();
    let (case, code) = issued(&world);
    let until = case.code_until().unwrap();
    let mut early = case.clone();
    assert!(!early.lapse(until.minus(Duration::from_secs(1))));
    assert_eq!(early.state(), State::Issued);
    let mut late = case.clone();
    assert!(late.lapse(until));
    assert_eq!(late.state(), State::Lapsed);
    let mut tried = case;
    let (_, accepted) = tried.try_code(&code, &key(), at(9)).unwrap();
    assert_eq!(tried.activate(&accepted.unwrap(), access(), until).unwrap_err().word(), "state");
    assert_eq!(tried.state(), State::Lapsed);
}

#[test]
fn a_code_that_was_accepted_for_one_case_activates_no_other() {
    let world = World::new();
    let (mut case, code) = issued(&world);
    let (_, accepted) = case.try_code(&code, &key(), at(9)).unwrap();
    let accepted = accepted.unwrap();
    let mut other = Case::open(opening("2"), &operator()).unwrap();
    other.edit(&operator(), &fields(&good()), named, at(1)).unwrap();
    refused(&other, "state", |other| other.activate(&accepted, access(), at(9)));
    refused(&case, "no-authenticator", |case| {
        let nothing = Access::new(Username::fresh(&Effects::scripted(NOON, 5).0));
        case.activate(&accepted, nothing, at(9))
    });
}

#[test]
fn a_suspended_credential_is_resumed_by_two_people_and_after_a_month_by_three_looks() {
    let world = World::new();
    let mut case = active(&world);
    refused(&case, "reason", |case| case.suspend(&supervisor(), Cause::Abuse, " ", at(10)));
    case.suspend(&By::system(), Cause::Tries, "", at(10)).unwrap();
    assert!(case.is_ending() && !case.is_in_force(world.day));
    refused(&case, "not-proposed", |case| case.resume(&verifier(), world.day, at(11)));
    case.propose_resume(&supervisor(), "found", at(11)).unwrap();
    let same = by("cleo", Role::Verifier);
    refused(&case, "second-person", |case| case.resume(&same, world.day, at(12)));
    let late = at(31 * 86_400);
    let later = Day::of(late);
    refused(&case, "reidentify", |case| case.resume(&verifier(), later, late));
    case.reidentify(&operator(), "came to the counter", late).unwrap();
    let same = by("ada", Role::Verifier);
    refused(&case, "second-person", |case| case.resume(&same, later, late));
    case.resume(&verifier(), later, late).unwrap();
    assert!(case.is_in_force(later));
}

#[test]
fn a_renewal_is_a_request_of_its_own_for_the_same_person() {
    let world = World::new();
    let case = active(&world);
    let mut next = case.renew(opening("2"), &operator()).unwrap();
    assert_eq!((next.state(), next.person_id()), (State::Draft, case.person_id()));
    assert_eq!(next.predecessor(), Some(case.id()));
    next.request(&operator(), "2026-1", &world.rules(), at(9)).unwrap();
    // The document is looked at again.
    refused(&next, "problems", |next| next.identify(&operator(), &seen(), &world.rules(), at(9)));
    next.edit(&operator(), &[(Field::DocumentExpires, "30/06/2030")], named, at(9)).unwrap();
    next.identify(&operator(), &seen(), &world.rules(), at(9)).unwrap();
    let exclusive = |case: &Case| case.keys().iter().filter(|key| key.exclusive).count();
    // Its number alone, until it takes the other's place.
    assert_eq!(exclusive(&next), 1);
    assert_eq!(exclusive(&case), 3);
}

#[test]
fn the_holder_is_reminded_three_times_and_the_clock_is_told_when() {
    let world = World::new();
    let mut case = active(&world);
    let end = case.granted().unwrap().to;
    let mut told = Vec::new();
    let mut now = at(9);
    while case.state() == State::Active {
        now = case.due_at().unwrap().max(now);
        let today = Day::of(now);
        if let Some(days) = case.remind(today, now) {
            assert_eq!(case.days_left(today), Some(u32::from(days)));
            told.push(days);
        } else {
            assert!(case.expire(today, now), "{today}");
        }
    }
    assert_eq!(told, [60, 30, 7]);
    assert_eq!(Day::of(now), end.next());
}

#[test]
fn a_case_prints_nobody_and_keeps_no_code() {
    let world = World::new();
    let (case, code) = issued(&world);
    assert_eq!(format!("{case:?}"), "Case(1, issued)");
    let kept = serde_json::to_string(&case).unwrap();
    let plain = |part: &str| part.replace('-', "");
    let (letter, mail) = (plain(&code.on_the_letter()), plain(&code.in_the_mail()));
    assert!(!kept.contains(&letter) && !kept.contains(&mail));
}

/// What anybody may try.
#[derive(Clone, Debug)]
enum Move {
    Edit(u8, u8),
    Request(u8),
    Identify(u8),
    Check(u8),
    Justify(u8),
    Approve(u8),
    Return(u8),
    Issue,
    Activate,
    Suspend(u8),
    Propose(u8),
    Reidentify(u8),
    Resume(u8),
    Revoke(u8),
    Wait(u16),
    Clock,
}

fn any_move() -> impl Strategy<Value = Move> {
    use Move::*;
    prop_oneof![
        (0_u8..3, 0_u8..5).prop_map(|(who, what)| Edit(who, what)),
        (0_u8..3).prop_map(Request),
        (0_u8..3).prop_map(Identify),
        (0_u8..3).prop_map(Check),
        (0_u8..3).prop_map(Justify),
        (0_u8..3).prop_map(Approve),
        (0_u8..3).prop_map(Return),
        Just(Issue),
        Just(Activate),
        (0_u8..3).prop_map(Suspend),
        (0_u8..3).prop_map(Propose),
        (0_u8..3).prop_map(Reidentify),
        (0_u8..3).prop_map(Resume),
        (0_u8..12).prop_map(Revoke),
        (0_u16..400).prop_map(Wait),
        Just(Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The four invariants of the reference, along any trace of any people, of whom each has every role.
    #[test]
    fn the_four_invariants_hold_along_every_trace(
        people in 1_u8..4,
        moves in proptest::collection::vec(any_move(), 0..80),
    ) {
        let mut world = World::new();
        let fx = Effects::scripted(NOON, 8).0;
        let name = |who: u8| ["ada", "bea", "cleo"][usize::from(who % people)];
        let mut case = Case::open(opening("1"), &by(name(0), Role::Operator)).unwrap();
        case.edit(&by(name(0), Role::Operator), &fields(&good()), named, at(0)).unwrap();
        let (mut now, mut code) = (at(0), None);
        let key = key();
        for one in moves {
            world.day = Day::of(now);
            let rules = world.rules();
            let as_role = |who: u8, role| by(name(who), role);
            let digest = case.digest();
            let _ = match one {
                Move::Edit(who, what) => {
                    let change = [
                        (Field::DocumentIssuer, "D"),
                        (Field::DocumentIssuer, "CHE"),
                        (Field::Nationalities, "NOR"),
                        (Field::Nationalities, "CHE"),
                        (Field::DocumentExpires, "01/03/2027"),
                    ][usize::from(what)];
                    case.edit(&as_role(who, Role::Operator), &[change], named, now)
                }
                Move::Request(who) => case.request(&as_role(who, Role::Operator), "1", &rules, now),
                Move::Identify(who) => case.identify(&as_role(who, Role::Operator), &seen(), &rules, now),
                Move::Check(who) => case.check(&as_role(who, Role::Verifier), Item::ALL, now),
                Move::Justify(who) => case.justify(&as_role(who, Role::Operator), "twin", now),
                Move::Approve(who) => {
                    case.approve(&as_role(who, Role::Verifier), &digest, "seen", &rules, now)
                }
                Move::Return(who) => case.give_back(&as_role(who, Role::Verifier), "again", now),
                Move::Issue => {
                    let (fresh, link) = (Code::fresh(&fx), Handle::fresh(&fx));
                    let counts = Duration::from_secs(7 * 86_400);
                    let new = Issuing { code: &fresh, key: &key, counts, not_me: &link, confirm: &link };
                    let done = case.issue(Some(&basis()), &rules, &new, now);
                    if done.is_ok() {
                        code = Some(fresh);
                    }
                    done
                }
                Move::Activate => match code.as_ref().map(|code| case.try_code(code, &key, now)) {
                    Some(Ok((_, Some(accepted)))) => case.activate(&accepted, access(), now),
                    _ => Ok(()),
                },
                Move::Suspend(who) => {
                    case.suspend(&as_role(who, Role::Supervisor), Cause::Other, "x", now)
                }
                Move::Propose(who) => case.propose_resume(&as_role(who, Role::Supervisor), "x", now),
                Move::Reidentify(who) => case.reidentify(&as_role(who, Role::Operator), "x", now),
                Move::Resume(who) => case.resume(&as_role(who, Role::Verifier), world.day, now),
                Move::Revoke(0) => case.revoke(&as_role(0, Role::Supervisor), Cause::Other, "x", now),
                Move::Revoke(_) => Ok(()),
                Move::Wait(hours) => {
                    now = now.plus(Duration::from_secs(u64::from(hours) * 3600));
                    Ok(())
                }
                Move::Clock => {
                    case.lapse(now);
                    case.expire(world.day, now);
                    Ok(())
                }
            };
            // Two people: whoever approved had no hand in anything that was approved.
            if matches!(case.state(), State::Verified | State::Issued | State::Active | State::Suspended) {
                let approved = case.approved().unwrap();
                prop_assert!(!case.was_in_hands_of(&approved.by.person));
                prop_assert!(people > 1);
            }
            // Never longer than the document or a year.
            if let Some(granted) = case.granted() {
                let document = reading::typed_day(case.typed().get(Field::DocumentExpires)).unwrap();
                prop_assert!(granted.to <= document);
                prop_assert!(granted.to < granted.from.plus_months(12));
            }
            // A state of eIDAS is not identified.
            if matches!(case.state(), State::Identified | State::Verified | State::Issued | State::Active) {
                prop_assert_eq!(case.typed().get(Field::DocumentIssuer), "CHE");
                prop_assert_eq!(case.typed().get(Field::Nationalities), "CHE");
            }
            // The code is kept nowhere.
            if let Some(code) = &code {
                let kept = serde_json::to_string(&case).unwrap();
                let letter = code.on_the_letter().replace('-', "");
                prop_assert!(!kept.contains(&letter));
            }
        }
    }

    /// The end of a credential is the earliest of a year, the document's and every hard end.
    #[test]
    fn a_credential_never_outlives_the_calendars_hard_end(month in 1_u8..=12, dated in 1_u8..=28) {
        let mut world = World::new();
        let end = Day::new(2027, month, dated).unwrap();
        world.ends_hard(end);
        let (case, _) = issued(&world);
        prop_assert_eq!(case.granted().unwrap().to, end.min(day("2027-11-22")));
    }
}
