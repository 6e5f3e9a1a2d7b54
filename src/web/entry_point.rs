//! Retired addresses: a page that says why, since when, and where to go now.
//!
//! Not a redirect: people read first. The status is 410 Gone (RFC 9110, section 15.5.11): what stood here
//! is gone for good, so search engines and bookmark checkers drop the address, which they would not after
//! 200; browsers show the page with either. A retired host is one that the file names, compared whole;
//! every link stands in the file, and nothing of the request goes into one.

use std::sync::Arc;

use actix_web::guard::GuardContext;
use actix_web::http::{StatusCode, Uri, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::announcements::{Spoken, paragraphs};
use super::shell::Shell;
use super::{Visit, Web, local_time, reply};
use crate::login::Event;
use crate::oidc::client::Assistance;
use crate::policy::EntryPoint;
use crate::terms::{Day, Locale};

/// Mounts the retired hosts, whose addresses are none of the broker's: before everything else.
pub(super) fn configure_hosts(web: &Arc<Web>, routes: &mut ServiceConfig) {
    let known = Arc::clone(web);
    let retired = move |context: &GuardContext<'_>| {
        let head = context.head();
        at_retired_host(&known, &head.uri, head.headers().get(header::HOST))
    };
    routes.service(
        web::scope("")
            .guard(actix_web::guard::fn_guard(retired))
            .default_service(web::to(or_not_found)),
    );
}

/// Style and letters of the page come from the same host.
fn at_retired_host(web: &Web, uri: &Uri, named: Option<&header::HeaderValue>) -> bool {
    let announcements = web.announcements.load();
    let hosts = announcements.entry_points.iter().any(|one| one.host.is_some());
    let own = ["/static/", "/brand/", "/favicon.ico"].iter().any(|own| uri.path().starts_with(own));
    hosts && !own && {
        let host = host(uri, named);
        let day = Day::of(web.broker.fx.now());
        let found = announcements.entry_point(host.as_deref(), uri.path(), day);
        found.is_some_and(|found| found.host.is_some())
    }
}

/// The host that was asked, without its port (RFC 9112, section 3.2).
fn host(uri: &Uri, named: Option<&header::HeaderValue>) -> Option<String> {
    let named = named.and_then(|value| value.to_str().ok());
    let host = uri.host().or_else(|| {
        let named = named?;
        let port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        Some(
            named.rsplit_once(':').filter(|(_, after)| port(after)).map_or(named, |(host, _)| host),
        )
    })?;
    Some(host.to_owned())
}

#[derive(Template)]
#[template(path = "moved.html")]
struct Moved<'a> {
    shell: Shell<'a>,
    title: Spoken,
    text_lang: Option<&'static str>,
    paragraphs: Vec<String>,
    since: String,
    legal_ref: &'a str,
    target: &'a str,
    assistance: Option<Assistance>,
}

/// The page of a retired address, or that there is nothing here.
pub(super) async fn or_not_found(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let announcements = web.announcements.load();
    let host = host(request.uri(), request.headers().get(header::HOST));
    let day = Day::of(web.broker.fx.now());
    match announcements.entry_point(host.as_deref(), request.path(), day) {
        Some(found) => page(&web, &request, found),
        None => reply::not_found(web.clone(), request.clone()).await,
    }
}

fn page(web: &Web, request: &HttpRequest, found: &EntryPoint) -> HttpResponse {
    let client = found.service.as_ref();
    let client = client.and_then(|id| web.broker.clients.load().get(id).cloned());
    web.broker.observer.observe(Event::Retired { entry_point: &found.id });
    // What an old address carried may name a person: no link repeats it.
    let visit = Visit::of(web, request).with_only("lang").with_client(client);
    let locale = visit.locale();
    let title = Spoken::of(&found.title, locale);
    let html = Moved {
        shell: Shell::new(&visit, title.text.clone()),
        text_lang: Spoken::of(&found.text, locale).lang,
        paragraphs: paragraphs(found.text.get(locale)),
        since: local_time::long(found.from, locale),
        legal_ref: &found.legal_ref,
        target: found.target(request.path()),
        assistance: visit.client().map(|client| client.branding.assistance.clone()),
        title,
    }
    .render();
    reply::page(&visit, StatusCode::GONE, html)
}
