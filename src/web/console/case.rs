//! The card of a case (H9): what it is, what can be done, what was done. Personal data are masked until
//! somebody says why they need them, which the trail keeps.
//!
//! Not the acts: `act` has their pages.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::sheet::{Button, Cell, Form, FormField, Kind, Link, Part, Sheet, Table};
use super::{Inside, Shown, fields, queue};
use crate::credential::access::Access;
use crate::credential::{Case, Field, Role, State, Step};
use crate::helpdesk::Head;
use crate::web::{local_time, reply};

/// A new case, with the issuer of the document that the first questions were answered with.
pub(super) async fn open(inside: &Inside<'_>) -> Shown {
    let id = inside.desk.open(&inside.agent).await?;
    let issuer = [(Field::DocumentIssuer, inside.sent("issuer"))];
    inside.desk.save(&inside.agent, &id, &issuer).await?;
    Ok(reply::see_other(&fields::address(&id, Step::Request)))
}

/// The card, masked.
pub(super) async fn card(inside: &Inside<'_>) -> Shown {
    let case = inside.desk.head(&inside.agent, inside.named("id")).await?;
    Ok(masked(inside, &case, Vec::new()))
}

fn masked(inside: &Inside<'_>, case: &Head, errors: Vec<(String, String)>) -> HttpResponse {
    let long = |day| local_time::long(day, inside.visit.locale());
    let state = inside.text(&format!("console-state-{}", case.state.word()));
    let mut facts = vec![
        (inside.text("console-fact-state"), state),
        (inside.text("console-column-opened"), queue::moment(inside, case.opened_at)),
        (inside.text("console-column-office"), case.office.clone()),
    ];
    facts.extend(case.to.map(|day| (inside.text("console-fact-to"), long(day))));
    let mut parts = vec![Part::Facts(facts), Part::Heading(inside.text("console-card-acts"))];
    parts.push(Part::Links(inside.text("console-card-acts"), acts(inside, case)));
    parts.push(Part::Heading(inside.text("console-act-show")));
    parts.push(Part::Text(inside.text("console-show-text")));
    let told = errors.first().map(|(_, text)| text.clone());
    let status = if told.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    parts.push(Part::Form(Form {
        action: format!("/console/case/{}", case.id),
        fields: vec![FormField {
            required: true,
            value: inside.sent("reason").to_owned(),
            problem: told,
            ..FormField::new("reason", Kind::Line, inside.text("console-show-reason"))
        }],
        buttons: vec![Button {
            value: "show",
            text: inside.text("console-show-button"),
            second: true,
        }],
        ..Form::default()
    }));
    let title = inside.text_with("console-card-title", &[("number", &case.number)]);
    Sheet { title, errors, parts }.reply(inside, status)
}

/// The whole case, for whoever says why.
pub(super) async fn reveal(inside: &Inside<'_>) -> Shown {
    let (id, reason) = (inside.named("id"), inside.sent("reason"));
    if reason.trim().is_empty() {
        let head = inside.desk.head(&inside.agent, id).await?;
        let missing = inside.text("console-refusal-reason");
        return Ok(masked(inside, &head, vec![("reason".to_owned(), missing)]));
    }
    let case = inside.desk.show(&inside.agent, id, reason).await?;
    let mut parts = facts(inside, &case);
    parts.push(data(inside, &case));
    parts.push(Part::Heading(inside.text("console-card-history")));
    parts.push(history(inside, &case));
    let href = format!("/console/case/{}", case.id());
    let text = inside.text("console-cancel");
    parts.push(Part::Links(text.clone(), vec![Link { href, text, current: false }]));
    let title = inside.text_with("console-show-title", &[("number", case.number())]);
    Ok(Sheet { title, parts, ..Sheet::default() }.reply(inside, StatusCode::OK))
}

/// Everything that was typed, as a table.
pub(super) fn data(inside: &Inside<'_>, case: &Case) -> Part {
    let typed = Field::ALL.iter().copied().filter(|field| !case.typed().get(*field).is_empty());
    let rows = typed
        .map(|field| {
            vec![Cell::of(fields::label(inside, field)), Cell::of(case.typed().get(field))]
        })
        .collect();
    Part::Table(Table {
        caption: inside.text("console-data-caption"),
        columns: ["console-column-field", "console-column-value"]
            .map(|key| inside.text(key))
            .into(),
        rows,
    })
}

fn facts(inside: &Inside<'_>, case: &Case) -> Vec<Part> {
    let long = |day| local_time::long(day, inside.visit.locale());
    let state = inside.text(&format!("console-state-{}", case.state().word()));
    let mut facts = vec![(inside.text("console-fact-state"), state)];
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push((inside.text(key), value));
        }
    };
    let granted = case.granted();
    add("console-fact-category", Some(case.typed().get(Field::Category).to_owned()));
    add("console-fact-from", granted.map(|granted| long(granted.from)));
    add("console-fact-to", granted.map(|granted| long(granted.to)));
    add("console-fact-ended-by", granted.and_then(|granted| granted.ended_by.clone()));
    add("console-fact-services", granted.map(|granted| granted.services.join(", ")));
    add("console-fact-code", case.code_until().map(|until| queue::moment(inside, until)));
    let confirmed = case.is_email_confirmed();
    let key = if confirmed { "console-fact-confirmed" } else { "console-fact-unconfirmed" };
    add("console-fact-email", granted.map(|_| inside.text(key)));
    add("console-fact-authenticators", case.access().map(authenticators));
    add("console-fact-predecessor", case.predecessor().map(str::to_owned));
    vec![Part::Heading(inside.text("console-card-facts")), Part::Facts(facts)]
}

/// How many things open it.
fn authenticators(access: &Access) -> String {
    access.passkeys().len().to_string()
}

/// The acts that the case is ready for; who may do each, its page says.
fn acts(inside: &Inside<'_>, case: &Head) -> Vec<Link> {
    let id = &case.id;
    let page = |word: &str| format!("/console/case/{id}/{word}");
    let act = |word: &'static str| (format!("/console/case/{id}/act/{word}"), word);
    let all: Vec<(String, &'static str)> = match case.state {
        State::Draft => vec![(fields::address(id, Step::Request), "continue")],
        State::Requested => vec![(page("review"), "review"), act("reject")],
        State::Identified => vec![(page("verify"), "verify")],
        State::Verified => vec![act("issue")],
        State::Issued => vec![act("revoke")],
        State::Active => vec![act("suspend"), act("revoke"), act("renew")],
        State::Suspended => {
            vec![act("propose_resume"), act("reidentify"), act("resume"), act("revoke")]
        }
        State::Expired => vec![act("renew")],
        State::Rejected | State::Lapsed | State::Revoked => Vec::new(),
    };
    let link = |(href, word): (String, &str)| Link {
        href,
        text: inside.text(&format!("console-act-{word}")),
        current: false,
    };
    all.into_iter().map(link).collect()
}

/// The timeline. People stand there by their role: who it was, the trail knows.
fn history(inside: &Inside<'_>, case: &Case) -> Part {
    let row = |line: &crate::credential::Line| {
        let own = line.by.person == inside.agent.person();
        let role = inside.roles(&[line.by.role]);
        let who = if own && line.by.role != Role::System { format!("{role} *") } else { role };
        vec![
            Cell::of(queue::moment(inside, line.at)),
            Cell::of(inside.text(&format!("console-history-{}", line.act.word()))),
            Cell::of(who),
            Cell::of(line.reason.clone()),
        ]
    };
    Part::Table(Table {
        caption: inside.text("console-history-caption"),
        columns: [
            "console-column-at",
            "console-column-act",
            "console-column-by",
            "console-column-reason",
        ]
        .map(|key| inside.text(key))
        .into(),
        rows: case.history().iter().rev().map(row).collect(),
    })
}
