//! The five steps of a request: what was typed, and what is wrong with it. The document comes second, for it
//! decides most.
//!
//! Not the reading of what was typed: `credential` does that. Everything typed is kept as it is, right or
//! wrong, so that nobody types it twice.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::sheet::{Button, Choice, Form, FormField, Kind, Link, Part, Sheet};
use super::{Inside, Shown, Trouble};
use crate::credential::nation::Nation;
use crate::credential::{Case, Channel, DocumentKind, Field, Problem, Refusal, Step};
use crate::helpdesk::DeskFault;
use crate::terms::Locale;
use crate::web::reply;

/// A step as it stands.
pub(super) async fn show(inside: &Inside<'_>) -> Shown {
    let step = step(inside)?;
    let case = inside.desk.show(&inside.agent, inside.named("id"), "").await?;
    let typed: Vec<(Field, String)> = step
        .fields()
        .map(|field| {
            let again = inside.sent(field.name());
            let value = if again.is_empty() { case.typed().get(field) } else { again };
            (field, value.to_owned())
        })
        .collect();
    Ok(page(inside, &case, step, &typed, &[]))
}

/// What was typed is kept; whoever has something to correct stays at the step.
pub(super) async fn save(inside: &Inside<'_>) -> Shown {
    let step = step(inside)?;
    let typed: Vec<(Field, &str)> =
        step.fields().map(|field| (field, inside.sent(field.name()))).collect();
    let case = inside.desk.save(&inside.agent, inside.named("id"), &typed).await?;
    let mut problems = inside.desk.with_rules(|rules| case.reading(rules)).problems;
    problems.retain(|problem| problem.field.step() == step);
    if problems.is_empty() {
        return Ok(reply::see_other(&next(case.id(), step)));
    }
    let typed: Vec<(Field, String)> =
        typed.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
    Ok(page(inside, &case, step, &typed, &problems))
}

fn step(inside: &Inside<'_>) -> Result<Step, Trouble> {
    let named = inside.named("step");
    let found = Step::ALL.into_iter().find(|step| step.name() == named);
    found.ok_or(Trouble::Desk(DeskFault::Refused(Refusal::Unknown)))
}

/// Where a step is.
pub(super) fn address(id: &str, step: Step) -> String {
    format!("/console/case/{id}/step/{}", step.name())
}

fn next(id: &str, step: Step) -> String {
    let at = Step::ALL.iter().position(|known| *known == step).unwrap_or_default();
    Step::ALL
        .get(at + 1)
        .map_or_else(|| format!("/console/case/{id}/review"), |step| address(id, *step))
}

fn page(
    inside: &Inside<'_>,
    case: &Case,
    step: Step,
    typed: &[(Field, String)],
    problems: &[Problem],
) -> HttpResponse {
    let at = Step::ALL.iter().position(|known| *known == step).unwrap_or_default() + 1;
    let title = inside.text_with(
        "console-step-title",
        &[
            ("number", case.number()),
            ("at", &at.to_string()),
            ("step", &inside.text(&format!("console-step-{}", step.name()))),
        ],
    );
    let mut fields = Vec::new();
    for (field, value) in typed {
        let wrong = problems.iter().find(|problem| problem.field == *field);
        fields.push(view(inside, *field, value, wrong.map(|problem| sentence(inside, problem))));
    }
    let errors = problems
        .iter()
        .map(|problem| (problem.field.name().to_owned(), sentence(inside, problem)))
        .collect();
    let form = Form {
        action: address(case.id(), step),
        fields,
        buttons: vec![Button { value: "save", text: inside.text("console-save"), second: false }],
        ..Form::default()
    };
    let parts = vec![steps(inside, case.id(), Some(step)), Part::Form(form)];
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Sheet { title, errors, parts }.reply(inside, status)
}

/// The steps as links; `None` is the review.
pub(super) fn steps(inside: &Inside<'_>, id: &str, here: Option<Step>) -> Part {
    let mut links: Vec<Link> = Step::ALL
        .into_iter()
        .map(|step| Link {
            href: address(id, step),
            text: inside.text(&format!("console-step-{}", step.name())),
            current: here == Some(step),
        })
        .collect();
    links.push(Link {
        href: format!("/console/case/{id}/review"),
        text: inside.text("console-review"),
        current: here.is_none(),
    });
    Part::Links(inside.text("console-steps"), links)
}

/// What is wrong, with the name of the field.
pub(super) fn sentence(inside: &Inside<'_>, problem: &Problem) -> String {
    let field = label(inside, problem.field);
    inside.text_with(&format!("console-wrong-{}", problem.wrong.word()), &[("field", &field)])
}

/// The name of a field.
pub(super) fn label(inside: &Inside<'_>, field: Field) -> String {
    inside.text(&format!("console-field-{}", field.name()))
}

fn view(inside: &Inside<'_>, field: Field, value: &str, problem: Option<String>) -> FormField {
    let hinted = HINTED.contains(&field);
    let options = options(inside, field);
    let kind = match field {
        _ if !options.is_empty() => Kind::Choice,
        Field::BirthDate | Field::DocumentIssued | Field::DocumentExpires => Kind::Date,
        Field::Mrz | Field::Domicile => Kind::Lines,
        _ => Kind::Line,
    };
    FormField {
        hint: hinted.then(|| inside.text(&format!("console-hint-{}", field.name()))),
        value: value.to_owned(),
        required: field.is_required(),
        problem,
        options,
        ..FormField::new(field.name(), kind, label(inside, field))
    }
}

/// What can be chosen in a field; empty where one types.
fn options(inside: &Inside<'_>, field: Field) -> Vec<Choice> {
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text };
    let mut all = match field {
        Field::Channel => Channel::ALL
            .map(|one| choice(one.word(), inside.text(&format!("console-channel-{}", one.word()))))
            .into(),
        Field::DocumentKind => DocumentKind::ALL
            .map(|one| choice(one.word(), inside.text(&format!("console-document-{}", one.word()))))
            .into(),
        Field::Sex => ["M", "F", "X"]
            .map(|one| choice(one, inside.text(&format!("console-sex-{one}"))))
            .into(),
        Field::Language => Locale::ALL
            .iter()
            .map(|locale| choice(locale.tag(), locale.own_name().to_owned()))
            .collect(),
        Field::Category => {
            let served = inside.desk.settings().categories.iter();
            served.map(|one| choice(one.as_str(), one.as_str().to_owned())).collect()
        }
        Field::DocumentIssuer | Field::BirthCountry | Field::CompanyCountry => nations(inside),
        _ => Vec::new(),
    };
    if !all.is_empty() {
        all.insert(0, choice("", inside.text("console-choose")));
    }
    all
}

/// The states and other issuers, by name.
pub(super) fn nations(inside: &Inside<'_>) -> Vec<Choice> {
    let locale = inside.visit.locale();
    let name = |nation: Nation| Choice {
        value: nation.code().to_owned(),
        text: format!("{} ({})", nation.name(locale), nation.code()),
    };
    let mut all: Vec<Choice> = Nation::all().map(name).collect();
    all.sort_by(|one, other| one.text.cmp(&other.text));
    all
}

/// Fields that say more than their name.
const HINTED: &[Field] = &[
    Field::Services,
    Field::DocumentIssued,
    Field::DocumentExpires,
    Field::BirthDate,
    Field::Mrz,
    Field::Surname,
    Field::GivenNames,
    Field::Nationalities,
    Field::SecondContact,
    Field::CompanyName,
    Field::FiscalCode,
];
