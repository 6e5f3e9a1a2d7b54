//! The acts of the desk, one by one, and the rows HD- of the attack table.
use std::sync::atomic::Ordering;
use std::time::Duration;

use varco::credential::{Case, Cause, Field, Item, Role, State};
use varco::crypto::Handle;
use varco::helpdesk::{Find, dismiss};
use varco::registry::{Actor, TrailListing};
use varco::terms::{Day, Level};

use super::*;
use crate::registry::{World, on_both};

on_both! {
    two_people_issue_and_the_holder_activates
    four_eyes_are_those_of_two_persons_whatever_their_accounts_and_roles
    of_two_who_decide_at_once_one_decides
    whoever_is_dismissed_between_opening_and_submitting_is_refused
    the_glass_is_broken_by_two_for_half_an_hour_and_rings
    one_document_and_one_fiscal_code_have_one_live_credential
    what_is_done_in_haste_by_one_pair_or_for_many_is_told
    whoever_looks_without_a_task_says_why_and_not_too_often
    what_rests_on_a_credential_ends_with_it_though_it_takes_two_tries
    the_link_of_a_mail_suspends_at_once_and_names_nobody
    a_renewal_takes_the_place_of_what_it_renews
    fifty_wrong_codes_at_once_are_five
    a_mail_that_cannot_be_sent_waits_and_is_sent_once
}

async fn bureau(world: &World) -> Bureau {
    Bureau::of(world.registry.clone(), world.fx.clone(), world.clock.clone()).await
}

async fn outcomes(bureau: &Bureau, id: &str) -> Vec<(String, String)> {
    let object = format!("case/{id}");
    let listing = TrailListing { object: Some(&object), limit: 100, ..TrailListing::default() };
    let rows = bureau.registry.trail(&listing).await.unwrap();
    rows.into_iter().rev().map(|row| (row.action, row.outcome)).collect()
}

async fn two_people_issue_and_the_holder_activates(world: World) {
    let bureau = bureau(&world).await;
    let (id, code) = bureau.issued("X1").await;
    assert_eq!(bureau.case(&id).await.state(), State::Issued);
    let case = bureau.activate(&id, &code).await.unwrap();
    assert!(case.is_in_force(Day::of(bureau.fx.now())));
    // The notice to the second contact says nothing of the code.
    let sent = bureau.mailer.sent();
    assert_eq!((sent[0].0.as_str(), sent[1].0.as_str()), ("X1@example.ch", "second-X1@example.ch"));
    assert!(!sent[1].2.contains("code"));
    let trail: Vec<String> = outcomes(&bureau, &id).await.into_iter().map(|(act, _)| act).collect();
    let expected = "case.open case.edit case.request case.identify case.check case.approve case.issue case.activate";
    assert_eq!(trail.join(" "), expected);
}

/// HD-RO-2.
async fn four_eyes_are_those_of_two_persons_whatever_their_accounts_and_roles(world: World) {
    let bureau = bureau(&world).await;
    let desk = &bureau.desk;
    let id = bureau.identified("X1").await;
    // Ada is made a verifier too: it is still her own request.
    bureau.appoint(ADA, "roma", Role::Verifier).await;
    let ada = bureau.agent(ADA).await.unwrap();
    assert_eq!(word(desk.check(&ada, &id, Item::ALL).await), "second-person");
    let digest = bureau.case(&id).await.digest();
    assert_eq!(word(desk.approve(&ada, &id, &digest, "n").await), "second-person");
    // A supervisor takes it over, edits nothing and approves nothing.
    let gino = bureau.agent(GINO).await.unwrap();
    assert_eq!(word(desk.approve(&gino, &id, &digest, "n").await), "office");
    // By the bare call, without a list of one's own; and with an edit between looking and approving.
    let bea = bureau.agent(BEA).await.unwrap();
    assert_eq!(word(desk.approve(&bea, &id, &digest, "n").await), "checklist");
    desk.check(&bea, &id, Item::ALL).await.unwrap();
    desk.save(&ada, &id, &[(Field::Domicile, "Bern")]).await.unwrap();
    assert_eq!(word(desk.approve(&bea, &id, &digest, "n").await), "state");
    desk.identify(&ada, &id, &seen()).await.unwrap();
    assert_eq!(word(desk.approve(&bea, &id, &digest, "n").await), "changed");
    // Whoever signed in long ago signs in again.
    bureau.clock.advance(Duration::from_secs(301));
    let digest = bureau.case(&id).await.digest();
    assert_eq!(word(desk.approve(&bea, &id, &digest, "n").await), "sign-in-again");
    assert_eq!(bureau.case(&id).await.state(), State::Identified);
    assert!(outcomes(&bureau, &id).await.iter().any(|row| row.1 == "second-person"));
}

/// HD-RO-3.
async fn of_two_who_decide_at_once_one_decides(world: World) {
    let bureau = bureau(&world).await;
    let id = bureau.identified("X1").await;
    let (bea, cleo) = (bureau.agent(BEA).await.unwrap(), bureau.agent(CLEO).await.unwrap());
    bureau.desk.check(&bea, &id, Item::ALL).await.unwrap();
    let digest = bureau.case(&id).await.digest();
    let (one, two) = tokio::join!(
        bureau.desk.approve(&bea, &id, &digest, "n"),
        bureau.desk.reject(&cleo, &id, "no"),
    );
    let done = [word(one), word(two)];
    assert_eq!(done.iter().filter(|word| **word == "done").count(), 1, "{done:?}");
    let decided = [varco::credential::Act::Approve, varco::credential::Act::Reject];
    let case = bureau.case(&id).await;
    assert_eq!(case.history().iter().filter(|line| decided.contains(&line.act)).count(), 1);
}

/// HD-RO-3, HD-RO-4.
async fn whoever_is_dismissed_between_opening_and_submitting_is_refused(world: World) {
    let bureau = bureau(&world).await;
    bureau.identified("X1").await;
    bureau.agent(BEA).await.unwrap();
    let person = bureau.registry.pseudonym(BEA);
    let yesterday = Day::of(bureau.fx.now()).previous();
    dismiss(&bureau.registry, &person, yesterday, Actor::system()).await.unwrap();
    assert_eq!(word(bureau.agent(BEA).await), "role");
    // Neither by level 1 nor by a credential that the desk itself issued.
    let weak = varco::identity::Identity { level: Level::L1, ..bureau.identity(ADA) };
    let now = bureau.fx.now();
    assert_eq!(word(bureau.desk.agent(&weak, now).await), "role");
    let mut own = bureau.identity(ADA);
    own.origin.auth_method = "helpdesk".to_owned();
    assert_eq!(word(bureau.desk.agent(&own, now).await), "role");
}

/// HD-RO-5.
async fn the_glass_is_broken_by_two_for_half_an_hour_and_rings(world: World) {
    let bureau = bureau(&world).await;
    let desk = &bureau.desk;
    let id = bureau.active("X1").await;
    let gino = bureau.agent(GINO).await.unwrap();
    assert_eq!(word(desk.suspend(&gino, &id, Cause::Abuse, "r").await), "office");
    let glass = desk.ask_to_break_glass(&gino, "the office burns").await.unwrap();
    assert_eq!(word(desk.break_glass(&gino, &glass).await), "second-person");
    assert_eq!(word(desk.suspend(&gino, &id, Cause::Abuse, "r").await), "office");
    let cleo = bureau.agent(CLEO).await.unwrap();
    desk.break_glass(&cleo, &glass).await.unwrap();
    assert_eq!(bureau.around.alarms.lock().unwrap().last(), Some(&"break_glass"));
    desk.suspend(&gino, &id, Cause::Abuse, "r").await.unwrap();
    bureau.clock.advance(Duration::from_secs(30 * 60));
    let gino = bureau.agent(GINO).await.unwrap();
    assert_eq!(word(desk.revoke(&gino, &id, Cause::Abuse, "r").await), "office");
    // Somebody else looks at it afterwards.
    let fina = bureau.agent(FINA).await.unwrap();
    desk.review_glass(&fina, &glass).await.unwrap();
    assert_eq!(word(desk.review_glass(&fina, &glass).await), "changed");
}

/// HD-DO-1, HD-DO-3.
async fn one_document_and_one_fiscal_code_have_one_live_credential(world: World) {
    let bureau = bureau(&world).await;
    let desk = &bureau.desk;
    bureau.active("X1").await;
    let ada = bureau.agent(ADA).await.unwrap();
    let twin = bureau.requested("X2").await;
    desk.save(&ada, &twin, &[(Field::DocumentNumber, "x-1")]).await.unwrap();
    assert_eq!(word(desk.identify(&ada, &twin, &seen()).await), "duplicate");
    assert_eq!(desk.duplicates(&ada, &twin).await.unwrap().len(), 1);
    // A document may be justified, and that is told; a fiscal code never.
    desk.justify(&ada, &twin, "a twin with a clerical error").await.unwrap();
    assert!(bureau.around.alarms.lock().unwrap().contains(&"overridden"));
    desk.save(&ada, &twin, &[(Field::FiscalCode, DORA)]).await.unwrap();
    desk.save(&ada, &twin, &[(Field::DocumentNumber, "X2")]).await.unwrap();
    desk.identify(&ada, &twin, &seen()).await.unwrap();
    let third = bureau.requested("X3").await;
    desk.save(&ada, &third, &[(Field::FiscalCode, DORA)]).await.unwrap();
    desk.justify(&ada, &third, "the same person").await.unwrap();
    assert_eq!(word(desk.identify(&ada, &third, &seen()).await), "duplicate");
    // Whose code it is does nothing to the request.
    let dora = bureau.agent(DORA).await.unwrap();
    assert_eq!(word(desk.check(&dora, &twin, Item::ALL).await), "own-person");
    assert_eq!(word(desk.save(&dora, &third, &[(Field::Domicile, "x")]).await), "own-person");
}

/// HD-DO-4.
async fn what_is_done_in_haste_by_one_pair_or_for_many_is_told(world: World) {
    let bureau = bureau(&world).await;
    for number in 0..10 {
        bureau.verified(&format!("X{number}")).await;
    }
    let alarms = bureau.around.alarms.lock().unwrap().clone();
    assert!(alarms.contains(&"haste") && alarms.contains(&"same_pair"), "{alarms:?}");
    // Four other people have the same address: nobody is identified with it.
    let ada = bureau.agent(ADA).await.unwrap();
    let mut last = String::new();
    for number in 10..15 {
        last = bureau.requested(&format!("X{number}")).await;
        let shared = [(Field::Email, "all@example.ch")];
        bureau.desk.save(&ada, &last, &shared).await.unwrap();
    }
    assert_eq!(word(bureau.desk.identify(&ada, &last, &seen()).await), "too-many");
    assert!(bureau.around.alarms.lock().unwrap().contains(&"shared_contact"));
    assert_eq!(bureau.case(&last).await.state(), State::Requested);
}

/// HD-LG-2.
async fn whoever_looks_without_a_task_says_why_and_not_too_often(world: World) {
    let bureau = bureau(&world).await;
    let desk = &bureau.desk;
    let id = bureau.identified("X1").await;
    let bea = bureau.agent(BEA).await.unwrap();
    // What was typed is hidden until the verifier's own list is filled in.
    assert_eq!(word(desk.show(&bea, &id, "").await), "checklist");
    desk.check(&bea, &id, Item::ALL).await.unwrap();
    desk.show(&bea, &id, "").await.unwrap();
    let cleo = bureau.agent(CLEO).await.unwrap();
    let dora = bureau.agent(DORA).await.unwrap();
    assert_eq!(word(desk.show(&dora, &id, "").await), "checklist");
    let active = bureau.active("X2").await;
    assert_eq!(word(desk.show(&cleo, &active, " ").await), "reason");
    let alarms = || bureau.around.alarms.lock().unwrap().clone();
    assert!(!alarms().contains(&"view_without_task"));
    for _ in 0..5 {
        desk.show(&cleo, &active, "a complaint").await.unwrap();
    }
    assert!(alarms().contains(&"view_without_task"));
    assert_eq!(word(desk.show(&cleo, &active, "a complaint").await), "too-many");
    assert!(alarms().contains(&"views"));
    // Nobody searches without a reason, by parts of names, or in another office.
    let elio = bureau.agent(ELIO).await.unwrap();
    assert_eq!(word(desk.find(&elio, Find::FiscalCode("%"), "").await), "reason");
    assert!(desk.find(&elio, Find::FiscalCode("%"), "r").await.unwrap().is_empty());
    let document = Find::Document("CHE", "passport", "X2");
    assert!(desk.find(&elio, document, "r").await.unwrap().is_empty());
    assert_eq!(desk.find(&bea, document, "r").await.unwrap().len(), 1);
    let views = outcomes(&bureau, &active).await;
    assert_eq!(views.iter().filter(|row| row.0 == "case.view" && row.1 == "done").count(), 5);
}

async fn what_rests_on_a_credential_ends_with_it_though_it_takes_two_tries(world: World) {
    let bureau = bureau(&world).await;
    let id = bureau.active("X1").await;
    bureau.around.silent.store(true, Ordering::SeqCst);
    let cleo = bureau.agent(CLEO).await.unwrap();
    let case = bureau.desk.suspend(&cleo, &id, Cause::Report, "a service asks").await.unwrap();
    assert!(case.is_ending() && case.state() == State::Suspended);
    assert!(bureau.around.ended.lock().unwrap().is_empty());
    bureau.around.silent.store(false, Ordering::SeqCst);
    bureau.desk.tick().await.unwrap();
    assert_eq!(*bureau.around.ended.lock().unwrap(), std::slice::from_ref(&id));
    assert!(!bureau.case(&id).await.is_ending());
    bureau.desk.tick().await.unwrap();
    assert_eq!(bureau.around.ended.lock().unwrap().len(), 1);
}

async fn the_link_of_a_mail_suspends_at_once_and_names_nobody(world: World) {
    let bureau = bureau(&world).await;
    let id = bureau.active("X1").await;
    let sent = bureau.mailer.sent();
    let text = &sent.iter().find(|mail| mail.2.contains("/not-me/")).unwrap().2;
    let token = |path: &str| {
        let rest = text.split_once(path).unwrap().1;
        Handle::parse(rest.split_whitespace().next().unwrap()).unwrap()
    };
    bureau.desk.confirm(&token("/confirm/")).await.unwrap();
    assert!(bureau.case(&id).await.is_email_confirmed());
    assert_eq!(word(bureau.desk.confirm(&token("/confirm/")).await), "unknown");
    let case = bureau.desk.not_me(&token("/not-me/")).await.unwrap();
    assert_eq!((case.id(), case.state()), (id.as_str(), State::Suspended));
    assert_eq!(*bureau.around.ended.lock().unwrap(), [id]);
    let stranger = Handle::fresh(&bureau.fx);
    assert_eq!(word(bureau.desk.not_me(&stranger).await), "unknown");
}

async fn a_renewal_takes_the_place_of_what_it_renews(world: World) {
    let bureau = bureau(&world).await;
    let desk = &bureau.desk;
    let old = bureau.active("X1").await;
    let ada = bureau.agent(ADA).await.unwrap();
    let new = desk.renew(&ada, &old).await.unwrap();
    let fresh = [(Field::DocumentExpires, "30/06/2091")];
    desk.save(&ada, &new, &fresh).await.unwrap();
    desk.submit(&ada, &new, "2026-1").await.unwrap();
    desk.identify(&ada, &new, &seen()).await.unwrap();
    let bea = bureau.agent(BEA).await.unwrap();
    desk.check(&bea, &new, Item::ALL).await.unwrap();
    let digest = bureau.case(&new).await.digest();
    desk.approve(&bea, &new, &digest, "n").await.unwrap();
    let code = bureau.issue(BEA, &new).await.unwrap();
    assert_eq!(bureau.case(&old).await.state(), State::Active);
    bureau.activate(&new, &code).await.unwrap();
    assert_eq!(bureau.case(&old).await.state(), State::Revoked);
    assert_eq!(*bureau.around.ended.lock().unwrap(), [old]);
}

/// HD-AU-2, of activation codes.
async fn fifty_wrong_codes_at_once_are_five(world: World) {
    let bureau = bureau(&world).await;
    let (id, _) = bureau.issued("X1").await;
    let number = bureau.case(&id).await.number().to_owned();
    let wrong: Vec<Code> = (0..50).map(|_| Code::fresh(&bureau.fx)).collect();
    let bureau = Arc::new(bureau);
    let tries = wrong.into_iter().map(|code| {
        let (bureau, number) = (bureau.clone(), number.clone());
        tokio::spawn(async move { word(bureau.desk.redeem(&number, &code).await) })
    });
    let mut counted = 0;
    for one in tries.collect::<Vec<_>>() {
        counted += usize::from(one.await.unwrap() == "done");
    }
    assert_eq!(counted, 5);
    let case: Case = bureau.case(&id).await;
    assert_eq!(case.state(), State::Lapsed);
}

async fn a_mail_that_cannot_be_sent_waits_and_is_sent_once(world: World) {
    let bureau = bureau(&world).await;
    let id = bureau.verified("X1").await;
    let bea = bureau.agent(BEA).await.unwrap();
    bureau.desk.issue(&bea, &id).await.unwrap();
    bureau.mailer.fail(2);
    assert_eq!(bureau.desk.post(&bureau.mailer).await.unwrap(), 0);
    assert_eq!(bureau.desk.post(&bureau.mailer).await.unwrap(), 0);
    bureau.clock.advance(Duration::from_secs(60));
    let (one, two) =
        tokio::join!(bureau.desk.post(&bureau.mailer), bureau.desk.post(&bureau.mailer));
    assert_eq!(one.unwrap() + two.unwrap(), 2);
    bureau.clock.advance(Duration::from_secs(86_400));
    assert_eq!(bureau.desk.post(&bureau.mailer).await.unwrap(), 0);
    assert_eq!(bureau.mailer.sent().len(), 2);
}
