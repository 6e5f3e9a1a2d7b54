//! What was not done: why, who may do it, and the way back.
//!
//! Not the judgement.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::Inside;
use super::sheet::{Link, Part, Sheet};
use crate::credential::Refusal;
use crate::fault::Fault;
use crate::helpdesk::DeskFault;
use crate::registry::RegistryFault;
use crate::web::own::{self, Present};
use crate::web::shell::Shell;
use crate::web::{Visit, reply};

/// The page of a refusal; of a fault, the fault's.
pub(super) async fn page(inside: &Inside<'_>, fault: DeskFault) -> HttpResponse {
    let refusal = match fault {
        DeskFault::Refused(refusal) => refusal,
        DeskFault::Registry(cause) => return reply::fault(inside.visit, unavailable(cause)).await,
    };
    let mut parts = vec![Part::Notice(told(inside, &refusal))];
    if !refusal.who().is_empty() {
        let roles = inside.roles(refusal.who());
        parts.push(Part::Text(inside.text_with("console-refused-who", &[("roles", &roles)])));
    }
    let id = inside.named("id");
    let known =
        !id.is_empty() && !matches!(refusal, Refusal::Unknown | Refusal::Office | Refusal::Role(_));
    let href = if known { format!("/console/case/{id}") } else { "/console".to_owned() };
    let text = inside.text("console-refused-back");
    parts.push(Part::Links(text.clone(), vec![Link { href, text, current: false }]));
    let sheet = Sheet { title: inside.text("console-refused-title"), parts, ..Sheet::default() };
    sheet.reply(inside, status(&refusal))
}

/// The registry does not answer, or a record does not open: nothing was done.
fn unavailable(cause: RegistryFault) -> Fault {
    Fault::of_slug("desk-unavailable").caused_by(cause)
}

/// The refusal in words.
pub(super) fn told(inside: &Inside<'_>, refusal: &Refusal) -> String {
    inside.text(&format!("console-refusal-{}", refusal.word()))
}

/// What HTTP calls it.
pub(super) const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Unknown => StatusCode::NOT_FOUND,
        Refusal::Role(_)
        | Refusal::SecondPerson
        | Refusal::OwnPerson
        | Refusal::Office
        | Refusal::SignInAgain => StatusCode::FORBIDDEN,
        Refusal::TooMany => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::CONFLICT,
    }
}

#[derive(Template)]
#[template(path = "console/nobody.html")]
struct Nobody<'a> {
    shell: Shell<'a>,
    token: String,
}

/// Somebody without a role.
pub(super) async fn nobody(visit: &Visit<'_>, present: &Present, fault: DeskFault) -> HttpResponse {
    if let DeskFault::Registry(cause) = fault {
        return reply::fault(visit, unavailable(cause)).await;
    }
    let title = visit.web.text(visit.locale(), "console-nobody-title", &[]);
    let page = Nobody { shell: Shell::new(visit, title), token: present.token() };
    own::page(visit, StatusCode::FORBIDDEN, page.render())
}
