//! The help page: what the ways to sign in are, where to get one, and who may ask the help desk.
//!
//! Not a service's own help: its assistance stands at the end. The same for every service, since nobody
//! may favour an identity system.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::announcements::named_service;
use super::shell::Shell;
use super::{Visit, Web, reply};
use crate::oidc::ClientId;
use crate::oidc::client::Assistance;

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/help")
            .route(web::get().to(help))
            .route(web::head().to(help))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

/// The address of the page, for people of a service; `tx` leads back to a login.
pub(super) fn address(service: &ClientId, tx: &str) -> String {
    format!("/help?service={}&tx={tx}", service.as_str())
}

#[derive(Template)]
#[template(path = "help.html")]
struct Help<'a> {
    shell: Shell<'a>,
    topics: [Topic; 5],
    assistance: Option<Assistance>,
    /// To the choice page that led here.
    back: Option<String>,
}

/// One way to sign in: text keys, and where to get it.
struct Topic {
    title: &'static str,
    what: &'static str,
    get: &'static str,
    href: Option<&'static str>,
}

async fn help(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let client = match named_service(&visit) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let visit = visit.with_client(client);
    let title = web.text(visit.locale(), "help-title", &[]);
    let html = Help {
        shell: Shell::new(&visit, title),
        topics: TOPICS,
        assistance: visit.client().map(|client| client.branding.assistance.clone()),
        back: visit.tx().map(|tx| format!("/login?tx={}", tx.reveal())),
    }
    .render();
    reply::page(&visit, StatusCode::OK, html)
}

const TOPICS: [Topic; 5] = [
    Topic {
        title: "help-spid-title",
        what: "help-spid-what",
        get: "help-spid-get",
        href: Some("https://www.spid.gov.it/richiedi-spid"),
    },
    Topic {
        title: "help-cie-title",
        what: "help-cie-what",
        get: "help-cie-get",
        href: Some("https://www.cartaidentita.interno.gov.it"),
    },
    Topic {
        title: "help-cns-title",
        what: "help-cns-what",
        get: "help-cns-get",
        href: Some("https://www.agid.gov.it/it/piattaforme/carta-nazionale-servizi"),
    },
    Topic {
        title: "help-eidas-title",
        what: "help-eidas-what",
        get: "help-eidas-get",
        href: Some("https://www.eid.gov.it"),
    },
    Topic {
        title: "help-helpdesk-title",
        what: "help-helpdesk-what",
        get: "help-helpdesk-get",
        href: None,
    },
];
