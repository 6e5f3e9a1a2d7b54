//! Duplicates (H5), review and submission (H6): the last look before the request goes to a second person.
//!
//! Not the judgement: what is wrong is told with a link to the field.

use actix_web::http::StatusCode;

use super::sheet::{Button, Cell, Form, FormField, Kind, Part, Sheet, Table};
use super::{Inside, Shown, Trouble, case, fields, refused};
use crate::credential::{Case, Problem, Refusal, Sighting, State};
use crate::helpdesk::{DeskFault, Head};
use crate::web::reply;

/// The review; `refusals` are told above it.
pub(super) async fn show(inside: &Inside<'_>, errors: Vec<(String, String)>) -> Shown {
    let case = inside.desk.show(&inside.agent, inside.named("id"), "").await?;
    let reading = inside.desk.with_rules(|rules| case.reading(rules));
    let mut parts = vec![fields::steps(inside, case.id(), None)];
    parts.push(Part::Text(inside.text("console-review-text")));
    if !reading.problems.is_empty() {
        parts.push(Part::Heading(inside.text("console-summary-title")));
        let wrong = |problem: &Problem| super::sheet::Link {
            href: format!(
                "{}#{}",
                fields::address(case.id(), problem.field.step()),
                problem.field.name()
            ),
            text: fields::sentence(inside, problem),
            current: false,
        };
        let links = reading.problems.iter().map(wrong).collect();
        parts.push(Part::Links(inside.text("console-summary-title"), links));
    }
    if !reading.flags.is_empty() {
        parts.push(Part::Heading(inside.text("console-flags-title")));
        for flag in &reading.flags {
            parts.push(Part::Notice(inside.text(&format!("console-flag-{}", flag.word()))));
        }
    }
    parts.push(case::data(inside, &case));
    duplicates(inside, &case, &mut parts).await?;
    match case.state() {
        State::Draft => parts.push(Part::Form(request(inside, &case))),
        State::Requested => parts.push(Part::Form(identify(inside, &case))),
        _ => {}
    }
    let title = inside.text_with("console-review-title", &[("number", case.number())]);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Sheet { title, errors, parts }.reply(inside, status))
}

/// Other cases that share something with this one.
async fn duplicates(
    inside: &Inside<'_>,
    case: &Case,
    parts: &mut Vec<Part>,
) -> Result<(), Trouble> {
    let found = inside.desk.duplicates(&inside.agent, case.id()).await?;
    parts.push(Part::Heading(inside.text("console-duplicates-title")));
    if found.is_empty() {
        parts.push(Part::Text(inside.text("console-duplicates-none")));
        return Ok(());
    }
    let row = |one: &Head| {
        vec![
            Cell::to(one.number.clone(), format!("/console/case/{}", one.id)),
            Cell::of(inside.text(&format!("console-state-{}", one.state.word()))),
            Cell::of(one.office.clone()),
        ]
    };
    parts.push(Part::Table(Table {
        caption: inside.text("console-duplicates-caption"),
        columns: ["console-column-number", "console-column-state", "console-column-office"]
            .map(|key| inside.text(key))
            .into(),
        rows: found.iter().map(row).collect(),
    }));
    if case.state() == State::Requested {
        parts.push(Part::Form(Form {
            action: address(case.id()),
            fields: vec![FormField {
                value: inside.sent("justification").to_owned(),
                ..FormField::new("justification", Kind::Lines, inside.text("console-justify"))
            }],
            buttons: vec![button(inside, "justify", "console-justify-button", true)],
            ..Form::default()
        }));
    }
    Ok(())
}

fn request(inside: &Inside<'_>, case: &Case) -> Form {
    let notice = FormField {
        value: "1".to_owned(),
        on: !inside.sent("notice").is_empty(),
        ..FormField::new("notice", Kind::Check, inside.text("console-notice"))
    };
    Form {
        action: address(case.id()),
        fields: vec![notice],
        buttons: vec![button(inside, "request", "console-request-button", false)],
        ..Form::default()
    }
}

fn identify(inside: &Inside<'_>, case: &Case) -> Form {
    let present = FormField {
        value: "1".to_owned(),
        on: !inside.sent("present").is_empty(),
        ..FormField::new("present", Kind::Check, inside.text("console-present"))
    };
    let line = |name: &str, key: &str| FormField {
        value: inside.sent(name).to_owned(),
        ..FormField::new(name, Kind::Line, inside.text(key))
    };
    Form {
        action: address(case.id()),
        fields: vec![
            present,
            line("reason", "console-seen-reason"),
            line("protocol", "console-field-protocol"),
        ],
        buttons: vec![button(inside, "identify", "console-identify-button", false)],
        ..Form::default()
    }
}

fn button(inside: &Inside<'_>, value: &'static str, key: &str, second: bool) -> Button {
    Button { value, text: inside.text(key), second }
}

fn address(id: &str) -> String {
    format!("/console/case/{id}/review")
}

/// One of the buttons.
pub(super) async fn submit(inside: &Inside<'_>) -> Shown {
    let (desk, agent, id) = (inside.desk, &inside.agent, inside.named("id"));
    let done = match inside.sent("do") {
        "justify" => desk.justify(agent, id, inside.sent("justification")).await.map(|()| false),
        "request" => {
            let notice = if inside.sent("notice").is_empty() { "" } else { NOTICE };
            desk.submit(agent, id, notice).await.map(|_| false)
        }
        _ => {
            let seen = Sighting {
                present: !inside.sent("present").is_empty(),
                reason: inside.sent("reason").to_owned(),
                protocol: inside.sent("protocol").to_owned(),
            };
            desk.identify(agent, id, &seen).await.map(|_| true)
        }
    };
    match done {
        // It is with the verifiers now.
        Ok(true) => Ok(reply::see_other(&format!("/console/case/{id}"))),
        Ok(false) => Ok(reply::see_other(&address(id))),
        // What can be put right here is told at its field.
        Err(DeskFault::Refused(refusal)) => match place(&refusal) {
            Some(field) => {
                let told = refused::told(inside, &refusal);
                show(inside, vec![(field.to_owned(), told)]).await
            }
            None => Err(DeskFault::Refused(refusal).into()),
        },
        Err(fault) => Err(fault.into()),
    }
}

/// The field at which somebody can put it right.
const fn place(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Notice => Some("notice"),
        Refusal::NotSeen => Some("present"),
        Refusal::Reason => Some("justification"),
        Refusal::Problems(_) => Some("main"),
        _ => None,
    }
}

/// The version of the privacy notice that the desk gives.
const NOTICE: &str = "1";
