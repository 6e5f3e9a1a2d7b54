//! One act on a case, with its effect told before it is done (H8, H10, H11).
//!
//! Not the act. What cannot be undone wants a proof of who it is that is not older than five minutes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::sheet::{Button, Choice, Form, FormField, Kind, Link, Part, Sheet};
use super::{Inside, Shown, Trouble, fields, letter, refused};
use crate::credential::{Cause, Refusal, Step};
use crate::helpdesk::{DeskFault, Head};
use crate::web::reply;

/// What is done to a case on a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Issue,
    Suspend,
    Propose,
    Reidentify,
    Resume,
    Revoke,
    Renew,
    Reject,
}

impl Deed {
    const ALL: [Self; 8] = [
        Self::Issue,
        Self::Suspend,
        Self::Propose,
        Self::Reidentify,
        Self::Resume,
        Self::Revoke,
        Self::Renew,
        Self::Reject,
    ];

    /// In addresses and texts.
    const fn word(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Suspend => "suspend",
            Self::Propose => "propose_resume",
            Self::Reidentify => "reidentify",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
            Self::Renew => "renew",
            Self::Reject => "reject",
        }
    }

    /// Whether it ends or opens something at once.
    const fn is_strong(self) -> bool {
        matches!(self, Self::Revoke | Self::Resume)
    }

    const fn has_cause(self) -> bool {
        matches!(self, Self::Suspend | Self::Revoke)
    }

    const fn has_reason(self) -> bool {
        !matches!(self, Self::Issue | Self::Renew | Self::Resume)
    }
}

fn deed(inside: &Inside<'_>) -> Result<Deed, Trouble> {
    let named = inside.visit.request.path().rsplit('/').next().unwrap_or_default();
    let found = Deed::ALL.into_iter().find(|deed| deed.word() == named);
    found.ok_or(Trouble::Desk(DeskFault::Refused(Refusal::Unknown)))
}

pub(super) async fn show(inside: &Inside<'_>) -> Shown {
    let deed = deed(inside)?;
    let case = inside.desk.head(&inside.agent, inside.named("id")).await?;
    Ok(page(inside, deed, &case, None))
}

fn page(inside: &Inside<'_>, deed: Deed, case: &Head, missing: Option<String>) -> HttpResponse {
    let word = deed.word();
    let mut asked = Vec::new();
    if deed.has_cause() {
        let choice = |cause: &Cause| Choice {
            value: cause.word().to_owned(),
            text: inside.text(&format!("console-cause-{}", cause.word())),
        };
        asked.push(FormField {
            value: inside.sent("cause").to_owned(),
            required: true,
            options: Cause::ALL.iter().map(choice).collect(),
            ..FormField::new("cause", Kind::Choice, inside.text("console-cause"))
        });
    }
    if deed.has_reason() {
        asked.push(FormField {
            value: inside.sent("reason").to_owned(),
            required: true,
            problem: missing.clone(),
            ..FormField::new("reason", Kind::Lines, inside.text("console-reason"))
        });
    }
    let text = inside.text("console-cancel");
    let href = format!("/console/case/{}", case.id);
    let parts = vec![
        Part::Notice(inside.text(&format!("console-{word}-effect"))),
        Part::Form(Form {
            action: inside.visit.request.path().to_owned(),
            fields: asked,
            buttons: vec![Button {
                value: word,
                text: inside.text(&format!("console-confirm-{word}")),
                second: false,
            }],
            ..Form::default()
        }),
        Part::Links(text.clone(), vec![Link { href, text, current: false }]),
    ];
    let title = inside.text_with(&format!("console-{word}-title"), &[("number", &case.number)]);
    let status = if missing.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let errors = missing.into_iter().map(|text| ("reason".to_owned(), text)).collect();
    Sheet { title, errors, parts }.reply(inside, status)
}

pub(super) async fn act(inside: &Inside<'_>) -> Shown {
    let deed = deed(inside)?;
    if deed.is_strong() && !inside.present.is_fresh(inside.visit) {
        let again = inside.fields.clone();
        return Ok(inside.present.prove_again(inside.visit, &inside.path, again).await);
    }
    let (desk, agent, id) = (inside.desk, &inside.agent, inside.named("id"));
    let reason = inside.sent("reason");
    let cause = Cause::of_word(inside.sent("cause")).unwrap_or(Cause::Other);
    let done = match deed {
        Deed::Issue => {
            let letter = desk.issue(agent, id).await?;
            return Ok(letter::page(inside, &letter));
        }
        Deed::Renew => {
            let id = desk.renew(agent, id).await?;
            return Ok(reply::see_other(&fields::address(&id, Step::Document)));
        }
        Deed::Suspend => desk.suspend(agent, id, cause, reason).await,
        Deed::Propose => desk.propose_resume(agent, id, reason).await,
        Deed::Reidentify => desk.reidentify(agent, id, reason).await,
        Deed::Resume => desk.resume(agent, id).await,
        Deed::Revoke => desk.revoke(agent, id, cause, reason).await,
        Deed::Reject => desk.reject(agent, id, reason).await,
    };
    match done {
        Ok(case) => Ok(reply::see_other(&format!("/console/case/{}", case.id()))),
        Err(DeskFault::Refused(refusal @ Refusal::Reason)) => {
            let case = desk.head(agent, id).await?;
            Ok(page(inside, deed, &case, Some(refused::told(inside, &refusal))))
        }
        Err(fault) => Err(fault.into()),
    }
}
