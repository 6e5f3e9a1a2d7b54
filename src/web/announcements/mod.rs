//! What is announced: a list, a page for each announcement that can be printed, and feeds.
//!
//! Not what is announced: `policy::Announcements` says that. A page stays at its address after its last
//! day, since paper and other sites carry the address; elsewhere an announcement is shown on its days only.

mod atom;
mod banner;
mod events;
mod feed;
mod json;
mod spoken;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::shell::Shell;
use super::{Visit, Web, local_time, reply};
use crate::fault::Fault;
use crate::oidc::client::Assistance;
use crate::oidc::{Client, ClientId};
use crate::policy::{Announcement, Audience};
use crate::terms::{Day, Locale};

pub(super) use banner::banner;
pub(super) use spoken::{Spoken, Told, address, paragraphs};

/// Mounts the pages and the feeds.
pub(super) fn configure(routes: &mut ServiceConfig) {
    let place =
        |path: &str| web::resource(path).default_service(web::to(reply::method_not_allowed));
    routes
        .service(place("/announcements").route(web::get().to(list)).route(web::head().to(list)))
        .service(
            place("/announcements.{form:atom|json|ics}")
                .route(web::get().to(feed::feed))
                .route(web::head().to(feed::feed)),
        )
        .service(
            place("/announcements/{id}").route(web::get().to(notice)).route(web::head().to(notice)),
        );
}

#[derive(Template)]
#[template(path = "announcements.html")]
struct List<'a> {
    shell: Shell<'a>,
    told: Vec<Told>,
    feeds: Vec<Feed>,
}

#[derive(Template)]
#[template(path = "announcement.html")]
struct Notice<'a> {
    shell: Shell<'a>,
    told: Told,
    /// Whether its last day has passed.
    past: bool,
    paragraphs: Vec<String>,
    published: String,
    updated: Option<String>,
    services: Vec<String>,
    assistance: Option<Assistance>,
    /// To the choice page that led here.
    back: Option<String>,
    all: String,
    /// Where this page is, for paper.
    place: String,
    moment: String,
    feeds: Vec<Feed>,
}

/// A feed, for whom it is offered.
struct Feed {
    media_type: &'static str,
    name: &'static str,
    href: String,
}

async fn list(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let client = match named_service(&visit) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let visit = of_service(visit, client.as_ref());
    let (day, locale) = (Day::of(web.broker.fx.now()), visit.locale());
    let announcements = web.announcements.load();
    let shown = announcements.shown(day, client.as_deref());
    let id = client.as_ref().map(|client| &client.id);
    let told = shown.iter().map(|one| Told::of(&web, one, locale, &address(one, id, None)));
    let told = told.collect();
    let title = web.text(locale, "announcements-title", &[]);
    let feeds = feeds(id, locale);
    let html = List { shell: Shell::new(&visit, title), told, feeds }.render();
    reply::page(&visit, StatusCode::OK, html)
}

async fn notice(web: Data<Web>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let now = web.broker.fx.now();
    let day = Day::of(now);
    let announcements = web.announcements.load();
    let found = named_service(&visit).and_then(|client| {
        let one = announcements.find(&id, day);
        let one = one.filter(|one| client.as_deref().is_none_or(|client| one.concerns(client)));
        Ok((one.ok_or_else(|| Fault::of_slug("not-found"))?, client))
    });
    let (one, client) = match found {
        Ok(found) => found,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let visit = of_service(visit, client.as_ref());
    let locale = visit.locale();
    let id = client.as_ref().map(|client| &client.id);
    let told = Told::of(&web, one, locale, &address(one, id, None));
    let back = visit.tx().map(|tx| format!("/login?tx={}", tx.reveal()));
    let html = Notice {
        past: !one.is_shown(day),
        paragraphs: paragraphs(one.text.get(locale)),
        published: local_time::long(one.from, locale),
        updated: (one.updated > one.from && one.updated <= day)
            .then(|| local_time::long(one.updated, locale)),
        services: services(&web, one, locale),
        assistance: visit.client().map(|client| client.branding.assistance.clone()),
        back,
        all: list_address(id),
        place: format!("{}{}", web.broker.settings.issuer, address(one, id, None)),
        moment: local_time::in_rome(now, locale),
        feeds: feeds(id, locale),
        shell: Shell::new(&visit, told.title.text.clone()),
        told,
    }
    .render();
    reply::page(&visit, StatusCode::OK, html)
}

/// The service that the address names, if it names one.
pub(super) fn named_service(visit: &Visit<'_>) -> Result<Option<Arc<Client>>, Fault> {
    let Some(name) = visit.parameter("service") else { return Ok(None) };
    let clients = visit.web.broker.clients.load();
    let found = ClientId::parse(name).and_then(|id| clients.get(&id).cloned());
    found.map(Some).ok_or_else(|| Fault::of_slug("not-found").with_detail("no such service"))
}

/// The same visit, in the look of that service; without one, of the service that a cookie names.
fn of_service<'a>(visit: Visit<'a>, client: Option<&Arc<Client>>) -> Visit<'a> {
    visit.with_client(client.cloned())
}

/// The names of the services it concerns; none when it concerns all of them.
fn services(web: &Web, one: &Announcement, locale: Locale) -> Vec<String> {
    let clients = web.broker.clients.load();
    let named: Vec<Arc<Client>> = match &one.audience {
        Audience::Everybody => Vec::new(),
        Audience::Services(ids) => ids.iter().filter_map(|id| clients.get(id).cloned()).collect(),
        Audience::Tenant(_) => {
            clients.written().filter(|client| one.concerns(client)).cloned().collect()
        }
    };
    let mut names: Vec<String> =
        named.iter().map(|client| client.branding.name.get(locale).to_owned()).collect();
    names.sort();
    names
}

fn list_address(service: Option<&ClientId>) -> String {
    service.map_or_else(
        || "/announcements".to_owned(),
        |id| format!("/announcements?service={}", id.as_str()),
    )
}

fn feeds(service: Option<&ClientId>, locale: Locale) -> Vec<Feed> {
    [feed::Form::Atom, feed::Form::Json, feed::Form::Calendar]
        .map(|form| Feed {
            media_type: form.bare_media_type(),
            name: form.name(),
            href: feed::address(form, service, locale),
        })
        .into()
}
