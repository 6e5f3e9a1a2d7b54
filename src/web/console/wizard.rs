//! The first questions (H2): whether somebody is for this desk at all.
//!
//! Not an identification: nothing is kept of the answers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::sheet::{Button, Choice, Form, FormField, Kind, Part, Sheet};
use super::{Inside, fields};
use crate::credential::eligibility::{Answers, Way, way};
use crate::credential::nation::Nation;

/// The questions; with the answer where there is one, or with what is missing.
pub(super) fn show(inside: &Inside<'_>, found: Option<Result<Way, String>>) -> HttpResponse {
    let ticked = |name: &str, key: &str| FormField {
        value: "1".to_owned(),
        on: !inside.sent(name).is_empty(),
        ..FormField::new(name, Kind::Check, inside.text(key))
    };
    let missing = found.as_ref().and_then(|found| found.as_ref().err().cloned());
    let mut states = fields::nations(inside);
    states.insert(0, Choice { value: String::new(), text: inside.text("console-choose") });
    let nation = FormField {
        value: inside.sent("nation").to_owned(),
        required: true,
        problem: missing.clone(),
        options: states,
        ..FormField::new("nation", Kind::Choice, inside.text("console-wizard-nation"))
    };
    let form = Form {
        action: "/console/eligibility".to_owned(),
        fields: vec![
            ticked("italian", "console-wizard-italian"),
            ticked("resident", "console-wizard-resident"),
            nation,
            ticked("represented", "console-wizard-represented"),
        ],
        buttons: vec![Button {
            value: "judge",
            text: inside.text("console-wizard-button"),
            second: false,
        }],
        ..Form::default()
    };
    let mut parts = vec![Part::Text(inside.text("console-wizard-text")), Part::Form(form)];
    let mut status = StatusCode::OK;
    match found {
        Some(Ok(way)) => {
            parts.push(Part::Heading(inside.text("console-way-title")));
            parts.push(Part::Notice(inside.text(told(&way))));
            if way == Way::Desk {
                parts.push(Part::Form(Form {
                    action: "/console/open".to_owned(),
                    hidden: vec![("issuer", inside.sent("nation").to_owned())],
                    buttons: vec![Button {
                        value: "open",
                        text: inside.text("console-open-button"),
                        second: false,
                    }],
                    ..Form::default()
                }));
            }
        }
        Some(Err(_)) => status = StatusCode::UNPROCESSABLE_ENTITY,
        None => {}
    }
    let errors = missing.into_iter().map(|text| ("nation".to_owned(), text)).collect();
    let sheet = Sheet { title: inside.text("console-wizard-title"), errors, parts };
    sheet.reply(inside, status)
}

/// Where somebody with these answers goes.
pub(super) fn judge(inside: &Inside<'_>) -> HttpResponse {
    let ticked = |name: &str| !inside.sent(name).is_empty();
    let found = match Nation::parse(inside.sent("nation")) {
        None => Err(inside.text("console-wizard-missing")),
        Some(nation) => {
            let answers = Answers {
                italian_document: ticked("italian"),
                resident: ticked("resident"),
                nation,
                represented: ticked("represented"),
            };
            Ok(inside.desk.with_rules(|rules| way(&answers, rules)))
        }
    };
    show(inside, Some(found))
}

const fn told(way: &Way) -> &'static str {
    match way {
        Way::SpidOrCie => "console-way-spid",
        Way::Resident => "console-way-resident",
        Way::Eidas { .. } => "console-way-eidas",
        Way::Representative => "console-way-representative",
        Way::NoDocument => "console-way-no-document",
        Way::Desk => "console-way-desk",
    }
}
