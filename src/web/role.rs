//! The page on which a person with several roles says in which of them they act (P11).
//!
//! Not where roles come from, and nothing is chosen beforehand. Its form is answered by 303 to `continue`,
//! which may lead to the service: browsers hold every step of that to the policy of this page.

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::journey::{form, onward, single};
use super::local_time::day;
use super::shell::Shell;
use super::{Visit, Web, reply};
use crate::fault::Fault;
use crate::identity::Role;
use crate::identity::values::{IpaCode, Text};
use crate::login::{Chosen, RoleChoice};

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/login/role")
            .app_data(PayloadConfig::new(BODY_LIMIT))
            .route(web::get().to(show))
            .route(web::post().to(choose))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

/// Its address.
pub(super) fn address(tx: &str) -> String {
    format!("/login/role?tx={tx}")
}

#[derive(Template)]
#[template(path = "role.html")]
struct Page<'a> {
    shell: Shell<'a>,
    service: String,
    roles: Vec<Offered>,
    without: bool,
    tx: &'a str,
}

/// One role, as the page shows it.
struct Offered {
    place: usize,
    name: String,
    body: Option<String>,
    delegated_by: Option<String>,
    until: Option<String>,
}

async fn show(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let mut visit = Visit::of(&web, &request);
    match found(&mut visit).await {
        Ok(Some((choice, return_to))) => page(&visit, &choice, &return_to),
        // Nothing to choose, or not yet: `continue` knows what is next.
        Ok(None) => onward(&visit),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// The choice, and where its answer may lead.
async fn found(visit: &mut Visit<'_>) -> Result<Option<(RoleChoice, String)>, Fault> {
    let (tx, browser) = visit.handles()?;
    let (login, _) = visit.find_login().await?;
    let choice = visit.web.broker.role_choice(&tx, &browser).await?;
    Ok(choice.map(|choice| (choice, login.request.return_to.as_str().to_owned())))
}

async fn choose(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let chosen = match form(&request, body) {
        Ok(fields) => note(&visit, &fields).await,
        Err(fault) => Err(fault),
    };
    match chosen {
        Ok(()) => onward(&visit),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn note(visit: &Visit<'_>, fields: &[(String, String)]) -> Result<(), Fault> {
    let (tx, browser) = visit.handles()?;
    let chosen = match single(fields, "role") {
        Some(WITHOUT) => Some(Chosen::Without),
        Some(value) => value.parse().ok().map(Chosen::Role),
        None => None,
    };
    let chosen = chosen.ok_or_else(|| Fault::of_slug("role-unknown"))?;
    visit.web.broker.choose_role(&tx, &browser, chosen).await
}

fn page(visit: &Visit<'_>, choice: &RoleChoice, return_to: &str) -> HttpResponse {
    let Some(tx) = visit.tx() else { return reply::see_other("/") };
    let offered = |(place, role): (usize, &Role)| Offered {
        place,
        name: role.name.as_str().to_owned(),
        body: role.agency.as_ref().and_then(|agency| {
            let code = agency.ipa_code.as_ref().map(IpaCode::as_str);
            Some(agency.name.as_ref().map(Text::as_str).or(code)?.to_owned())
        }),
        delegated_by: role.delegated_by.as_ref().map(|by| by.as_str().to_owned()),
        until: role.valid_until.as_ref().and_then(|last| day(last.as_str(), visit.locale())),
    };
    let page = Page {
        service: choice.client.branding.name.get(visit.locale()).to_owned(),
        roles: choice.roles.iter().enumerate().map(offered).collect(),
        without: choice.without,
        tx: tx.reveal(),
        shell: Shell::new(visit, visit.web.text(visit.locale(), "role-choice-title", &[])),
    };
    reply::form_page(visit, return_to, page.render())
}

/// The value that stands for no role.
const WITHOUT: &str = "none";
/// Octets of the form: one short field.
const BODY_LIMIT: usize = 1024;
