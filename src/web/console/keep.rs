//! What keeps the desk in order: the trail with its chain (H15), who has which role (H16), the register of
//! states (H17).
//!
//! Not cases. Reading the trail is itself a row of it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::sheet::{Button, Cell, Choice, Form, FormField, Kind, Part, Sheet, Table};
use super::{Inside, Shown, queue, refused};
use crate::credential::Role;
use crate::credential::reading::typed_day;
use crate::helpdesk::{Assignment, DeskFault, Staff, TrailLine};
use crate::identity::FiscalCode;
use crate::web::{local_time, reply};

/// Rows on one page.
const PAGE: u32 = 50;

/// The trail, and whether its chain holds.
pub(super) async fn trail(inside: &Inside<'_>) -> Shown {
    let wanted = inside.visit.parameter("page").and_then(|text| text.parse().ok());
    let page: u32 = wanted.filter(|page| *page > 0).unwrap_or(1);
    let skip = (page - 1).saturating_mul(PAGE);
    let rows = inside.desk.trail(&inside.agent, (skip, PAGE)).await?;
    let whole = match inside.desk.verify_trail(&inside.agent).await? {
        Ok(rows) => inside.text_with("console-trail-whole", &[("rows", &rows.to_string())]),
        Err(why) => inside.text_with("console-trail-broken", &[("why", &why.to_string())]),
    };
    let row = |row: &TrailLine| {
        vec![
            Cell::of(row.seq.to_string()),
            Cell::of(queue::moment(inside, row.at)),
            Cell::of(format!("{} {}", row.role, row.actor)),
            Cell::of(row.action.clone()),
            Cell::of(row.object.clone()),
            Cell::of(row.outcome.clone()),
            Cell::of(row.reason.clone()),
        ]
    };
    let mut parts = vec![
        Part::Notice(whole),
        Part::Table(Table {
            caption: inside.text("console-trail-caption"),
            columns: [
                "console-column-seq",
                "console-column-at",
                "console-column-by",
                "console-column-act",
                "console-column-object",
                "console-column-outcome",
                "console-column-reason",
            ]
            .map(|key| inside.text(key))
            .into(),
            rows: rows.iter().map(row).collect(),
        }),
    ];
    let full = u32::try_from(rows.len()).unwrap_or(PAGE) == PAGE;
    let pages = if full { page + 1 } else { page };
    parts.extend(queue::pager(inside, "/console/trail", page, pages));
    let sheet = Sheet { title: inside.text("console-trail-title"), parts, ..Sheet::default() };
    Ok(sheet.reply(inside, StatusCode::OK))
}

/// Who works at the desk, and the form that gives a role.
pub(super) async fn staff(inside: &Inside<'_>, errors: Vec<(String, String)>) -> Shown {
    let members = inside.desk.staff(&inside.agent).await?;
    let row = |one: &Staff, given: &Assignment| {
        let long = |day| local_time::long(day, inside.visit.locale());
        vec![
            Cell::of(one.name.clone()),
            Cell::of(inside.roles(&[given.role])),
            Cell::of(one.office.clone()),
            Cell::of(long(given.from)),
            Cell::of(given.until.map(long).unwrap_or_default()),
        ]
    };
    let rows = members.iter().flat_map(|one| one.roles.iter().map(move |given| row(one, given)));
    let rows = rows.collect();
    let line = |name: &str, key: &str, kind: Kind| FormField {
        value: inside.sent(name).to_owned(),
        required: name != "until",
        problem: errors.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone()),
        ..FormField::new(name, kind, inside.text(key))
    };
    let role = FormField {
        options: Role::STAFF
            .iter()
            .map(|role| Choice { value: role.word().to_owned(), text: inside.roles(&[*role]) })
            .collect(),
        ..line("role", "console-staff-role", Kind::Choice)
    };
    let parts = vec![
        Part::Table(Table {
            caption: inside.text("console-staff-caption"),
            columns: [
                "console-staff-name",
                "console-column-role",
                "console-column-office",
                "console-column-from",
                "console-column-until-day",
            ]
            .map(|key| inside.text(key))
            .into(),
            rows,
        }),
        Part::Heading(inside.text("console-staff-add")),
        Part::Form(Form {
            action: "/console/staff".to_owned(),
            fields: vec![
                line("code", "console-staff-code", Kind::Line),
                line("name", "console-staff-name", Kind::Line),
                role,
                line("office", "console-staff-office", Kind::Line),
                line("from", "console-staff-from", Kind::Date),
                line("until", "console-staff-until", Kind::Date),
            ],
            buttons: vec![Button {
                value: "give",
                text: inside.text("console-staff-button"),
                second: false,
            }],
            ..Form::default()
        }),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Sheet { title: inside.text("console-staff-title"), errors, parts }.reply(inside, status))
}

/// Gives a role; who gives it has proven who they are within five minutes.
pub(super) async fn appoint(inside: &Inside<'_>) -> Shown {
    if !inside.present.is_fresh(inside.visit) {
        let again = inside.fields.clone();
        return Ok(inside.present.prove_again(inside.visit, &inside.path, again).await);
    }
    let read = match given(inside) {
        Ok(read) => read,
        Err(field) => {
            let label = inside.text(&format!("console-staff-{field}"));
            let told = inside.text_with("console-wrong-unknown", &[("field", &label)]);
            return staff(inside, vec![(field.to_owned(), told)]).await;
        }
    };
    let (code, given) = read;
    let who = (inside.sent("name"), inside.sent("office"));
    match inside.desk.appoint(&inside.agent, &code, who, given).await {
        Ok(()) => Ok(reply::see_other("/console/staff")),
        Err(DeskFault::Refused(refusal)) => {
            let told = refused::told(inside, &refusal);
            staff(inside, vec![("code".to_owned(), told)]).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// What was typed; or the field that is wrong.
fn given(inside: &Inside<'_>) -> Result<(FiscalCode, Assignment), &'static str> {
    let sent = |name| inside.sent(name).trim();
    let code = FiscalCode::parse(sent("code")).map_err(|_| "code")?;
    let role = Role::of_staff(sent("role")).ok_or("role")?;
    for field in ["name", "office"] {
        if sent(field).is_empty() {
            return Err(field);
        }
    }
    let from = typed_day(sent("from")).ok_or("from")?;
    let until = match sent("until") {
        "" => None,
        text => Some(typed_day(text).filter(|until| from <= *until).ok_or("until")?),
    };
    Ok((code, Assignment { role, from, until }))
}

/// Who adopts eIDAS, as the desk judges by it.
pub(super) fn states(inside: &Inside<'_>) -> HttpResponse {
    let long = |day| local_time::long(day, inside.visit.locale());
    let row = |state: &crate::policy::State| {
        let nation = crate::credential::nation::Nation::of_alpha2(&state.code);
        let name = nation.map(|nation| nation.name(inside.visit.locale()).to_owned());
        vec![
            Cell::of(&*state.code),
            Cell::of(name.unwrap_or_default()),
            Cell::of(long(state.from)),
            Cell::of(state.live_on_node.map(long).unwrap_or_default()),
            Cell::of(&*state.source),
        ]
    };
    let parts = vec![Part::Table(Table {
        caption: inside.text("console-states-caption"),
        columns: [
            "console-column-code",
            "console-column-name",
            "console-column-member",
            "console-column-live",
            "console-column-source",
        ]
        .map(|key| inside.text(key))
        .into(),
        rows: inside.desk.with_rules(|rules| rules.states.iter().map(row).collect()),
    })];
    let sheet = Sheet { title: inside.text("console-states-title"), parts, ..Sheet::default() };
    sheet.reply(inside, StatusCode::OK)
}
