//! Verification by a second person (H7): first their own checklist, then what the operator typed beside what
//! the document's zone says, then the decision.
//!
//! Not the judgement: the two persons are compared where the case is changed.

use actix_web::http::StatusCode;

use super::sheet::{Button, Cell, Form, FormField, Kind, Part, Sheet, Table};
use super::{Inside, Shown, case, queue, refused};
use crate::credential::{Case, Item, Refusal, State};
use crate::helpdesk::DeskFault;
use crate::web::reply;

pub(super) async fn show(inside: &Inside<'_>) -> Shown {
    page(inside, None).await
}

async fn page(inside: &Inside<'_>, refusal: Option<Refusal>) -> Shown {
    let id = inside.named("id");
    let head = inside.desk.head(&inside.agent, id).await?;
    // Before the list is complete the desk shows nothing of what was typed; whoever had a hand in it, it
    // tells so.
    let case = match inside.desk.show(&inside.agent, id, "").await {
        Ok(case) => Some(case),
        Err(DeskFault::Refused(Refusal::Checklist)) => None,
        Err(DeskFault::Refused(Refusal::Reason)) => {
            return Err(DeskFault::Refused(Refusal::SecondPerson).into());
        }
        Err(fault) => return Err(fault.into()),
    };
    let checked = case.as_ref().map(|case| case.checked_by(inside.agent.person()));
    let checked = checked.unwrap_or_default();
    let mut parts = vec![
        Part::Text(inside.text("console-verify-text")),
        Part::Heading(inside.text("console-checklist")),
    ];
    let tick = |item: &Item| FormField {
        value: "1".to_owned(),
        on: checked.iter().any(|(known, _)| known == item) || !inside.sent(item.word()).is_empty(),
        ..FormField::new(
            item.word(),
            Kind::Check,
            inside.text(&format!("console-item-{}", item.word())),
        )
    };
    parts.push(Part::Form(Form {
        action: address(id),
        fields: Item::ALL.iter().map(tick).collect(),
        buttons: vec![Button {
            value: "check",
            text: inside.text("console-check-button"),
            second: case.is_some(),
        }],
        ..Form::default()
    }));
    if let Some(case) = &case {
        shown(inside, case, &mut parts);
    }
    let errors = refusal.map(|refusal| {
        let at = if matches!(refusal, Refusal::Checklist) { Item::Likeness.word() } else { "note" };
        (at.to_owned(), refused::told(inside, &refusal))
    });
    let errors: Vec<_> = errors.into_iter().collect();
    let title = inside.text_with("console-verify-title", &[("number", &head.number)]);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Sheet { title, errors, parts }.reply(inside, status))
}

/// What was typed, and the decision about exactly that.
fn shown(inside: &Inside<'_>, case: &Case, parts: &mut Vec<Part>) {
    parts.push(Part::Heading(inside.text("console-verify-data")));
    if let Some(evidence) = case.evidence() {
        let how = inside.text(&format!("console-channel-{}", evidence.channel.word()));
        let seen = format!("{}, {how}. {}", queue::moment(inside, evidence.at), evidence.reason);
        parts.push(Part::Facts(vec![(inside.text("console-seen-by"), seen)]));
    }
    parts.push(case::data(inside, case));
    let reading = inside.desk.with_rules(|rules| case.reading(rules));
    if !reading.flags.is_empty() {
        let row = |flag: &crate::credential::Flag| {
            vec![Cell::of(inside.text(&format!("console-flag-{}", flag.word())))]
        };
        parts.push(Part::Table(Table {
            caption: inside.text("console-flags-title"),
            columns: vec![inside.text("console-flags-title")],
            rows: reading.flags.iter().map(row).collect(),
        }));
    }
    parts.push(Part::Heading(inside.text("console-verify-decision")));
    parts.push(Part::Form(Form {
        action: address(case.id()),
        // The decision is about what stands on this page: an edit in between undoes it.
        hidden: vec![("seen", case.digest())],
        fields: vec![FormField {
            hint: Some(inside.text("console-hint-note")),
            value: inside.sent("note").to_owned(),
            ..FormField::new("note", Kind::Lines, inside.text("console-note"))
        }],
        buttons: vec![
            Button { value: "approve", text: inside.text("console-approve-button"), second: false },
            Button { value: "return", text: inside.text("console-return-button"), second: true },
            Button { value: "reject", text: inside.text("console-reject-button"), second: true },
        ],
    }));
}

fn address(id: &str) -> String {
    format!("/console/case/{id}/verify")
}

/// The checklist, or the decision. To approve, somebody has proven who they are within five minutes.
pub(super) async fn decide(inside: &Inside<'_>) -> Shown {
    let (desk, agent, id) = (inside.desk, &inside.agent, inside.named("id"));
    let note = inside.sent("note");
    let decided = match inside.sent("do") {
        "check" => {
            let ticked = |item: &&Item| !inside.sent(item.word()).is_empty();
            let items: Vec<Item> = Item::ALL.iter().filter(ticked).copied().collect();
            let done = items.len() == Item::ALL.len();
            let kept = desk.check(agent, id, &items).await;
            if kept.is_ok() && !done {
                return page(inside, Some(Refusal::Checklist)).await;
            }
            kept
        }
        "approve" if !inside.present.is_fresh(inside.visit) => {
            let again = inside.fields.clone();
            return Ok(inside.present.prove_again(inside.visit, &inside.path, again).await);
        }
        "approve" => desk.approve(agent, id, inside.sent("seen"), note).await,
        "return" => desk.give_back(agent, id, note).await,
        _ => desk.reject(agent, id, note).await,
    };
    match decided {
        Ok(case) if case.state() == State::Identified => Ok(reply::see_other(&address(id))),
        Ok(case) => Ok(reply::see_other(&format!("/console/case/{}", case.id()))),
        Err(DeskFault::Refused(
            refusal @ (Refusal::Checklist | Refusal::Flags(_) | Refusal::Reason),
        )) => page(inside, Some(refusal)).await,
        Err(fault) => Err(fault.into()),
    }
}
