//! The page on which a person says for whom they act: for themselves, or for somebody who delegated them
//! (P10).
//!
//! Not who delegated whom, and nothing is chosen beforehand. Its form is answered by 303 to `continue`.

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::journey::{form, onward, single};
use super::local_time::day;
use super::shell::Shell;
use super::{Visit, Web, reply};
use crate::delegation::{Delegation, DelegationKind};
use crate::fault::Fault;
use crate::login::{Acting, BehalfChoice};
use crate::terms::Day;

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/login/behalf")
            .app_data(PayloadConfig::new(BODY_LIMIT))
            .route(web::get().to(show))
            .route(web::post().to(choose))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

/// Its address.
pub(super) fn address(tx: &str) -> String {
    format!("/login/behalf?tx={tx}")
}

#[derive(Template)]
#[template(path = "behalf.html")]
struct Page<'a> {
    shell: Shell<'a>,
    service: String,
    principals: Vec<Shown>,
    tx: &'a str,
}

/// One principal, as the page shows it.
struct Shown {
    id: String,
    name: String,
    masked: String,
    kind: &'static str,
    all: bool,
    until: Option<String>,
}

async fn show(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let mut visit = Visit::of(&web, &request);
    match found(&mut visit).await {
        Ok(Some((choice, return_to))) => page(&visit, choice, &return_to),
        // Nothing to choose, or not yet: `continue` knows what is next.
        Ok(None) => onward(&visit),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// The choice, and where its answer may lead.
async fn found(visit: &mut Visit<'_>) -> Result<Option<(BehalfChoice, String)>, Fault> {
    let (tx, browser) = visit.handles()?;
    let (login, _) = visit.find_login().await?;
    let choice = visit.web.broker.behalf_choice(&tx, &browser).await?;
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
    let acting = match single(fields, "for") {
        Some(ONESELF) => Acting::Oneself,
        Some(value) => Acting::By(value.to_owned()),
        None => return Err(Fault::of_slug("delegation-over")),
    };
    visit.web.broker.choose_behalf(&tx, &browser, acting).await
}

fn page(visit: &Visit<'_>, choice: BehalfChoice, return_to: &str) -> HttpResponse {
    let Some(tx) = visit.tx() else { return reply::see_other("/") };
    let shown = |one: Delegation| Shown {
        name: one.principal.name(),
        masked: one.principal.masked(),
        kind: match one.kind {
            DelegationKind::Personal => "behalf-personal",
            DelegationKind::LegalRepresentative => "behalf-legal",
            DelegationKind::Assisted => "behalf-assisted",
        },
        all: matches!(one.services, crate::delegation::Services::All),
        until: one.ends_at.and_then(|end| day(&Day::of(end).to_string(), visit.locale())),
        id: one.id,
    };
    let page = Page {
        service: choice.client.branding.name.get(visit.locale()).to_owned(),
        principals: choice.principals.into_iter().map(shown).collect(),
        tx: tx.reveal(),
        shell: Shell::new(visit, visit.web.text(visit.locale(), "behalf-title", &[])),
    };
    reply::form_page(visit, return_to, page.render())
}

/// The value that stands for nobody else.
const ONESELF: &str = "oneself";
/// Octets of the form: one short field.
const BODY_LIMIT: usize = 1024;
