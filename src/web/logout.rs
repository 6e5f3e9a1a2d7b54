//! The pages of a logout: ask, leave for a provider, done; and the address at which providers speak.
//!
//! Not the ending itself: `login` does that first, whatever happens here. A message of a provider
//! carries no Lax cookie when it is posted, so none of them decides by a cookie: a ticket names the
//! logout in progress. Only the person's own button does, and its form carries a proof that it was
//! shown to whoever holds the cookie.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::shell::Shell;
use super::{Visit, Web, journey, reply};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, equal, sha256};
use crate::fault::Fault;
use crate::login::{Channel, Heard, Leaving, Onward};
use crate::oidc::AfterLogout;
use crate::upstream::{AnyUpstream, Departure, LogoutBody, LogoutInbound, Upstreams};

/// Mounts the pages, and every address at which an upstream is told of logouts.
pub(super) fn configure(routes: &mut ServiceConfig, upstreams: &Upstreams) {
    let step = |path: &str| {
        web::resource(path)
            .app_data(PayloadConfig::new(journey::BODY_LIMIT))
            .default_service(web::to(reply::method_not_allowed))
    };
    routes
        .service(step("/logout").route(web::get().to(ask)).route(web::post().to(confirmed)))
        .service(step("/logout/frames").route(web::get().to(frames)))
        .service(step("/logout/onward").route(web::get().to(past_frames)))
        .service(step("/logout/leave").route(web::get().to(leave)))
        .service(step("/logout/skip").route(web::get().to(skip)))
        .service(step("/logout/done").route(web::get().to(done)));
    // Upstreams and tenants may share an address: each is mounted once.
    let places: BTreeSet<String> = upstreams.iter().flat_map(AnyUpstream::logs_out_at).collect();
    for path in places {
        routes.service(step(&path).route(web::get().to(told)).route(web::post().to(told)));
    }
}

#[derive(Template)]
#[template(path = "logout.html")]
struct Ask<'a> {
    shell: Shell<'a>,
    count: String,
    confirm: String,
}

#[derive(Template)]
#[template(path = "logout-frames.html")]
struct Frames<'a> {
    shell: Shell<'a>,
    addresses: &'a [String],
    next: &'a str,
}

#[derive(Template)]
#[template(path = "logout-leave.html")]
struct Leave<'a> {
    shell: Shell<'a>,
    provider: &'a str,
    departure: &'a Departure,
    skip: String,
}

#[derive(Template)]
#[template(path = "logout-done.html")]
struct Done<'a> {
    shell: Shell<'a>,
    providers: &'static str,
    back: Option<&'a str>,
}

async fn ask(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let sids = visit.sids();
    let mut count = 0;
    for sid in &sids {
        match web.broker.has_ended(sid).await {
            Ok(ended) => count += usize::from(!ended),
            Err(fault) => return reply::fault(&visit, fault).await,
        }
    }
    let title = web.text(visit.locale(), "logout-title", &[]);
    let page = Ask {
        shell: Shell::new(&visit, title),
        count: if count == 0 { String::new() } else { count.to_string() },
        confirm: proof(&sids),
    };
    reply::page(&visit, StatusCode::OK, page.render())
}

async fn confirmed(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    match end(&visit, body).await {
        Ok(onward) => reply::forgetful(&visit, reply::onward(onward)),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn end(visit: &Visit<'_>, body: Result<Bytes, actix_web::Error>) -> Result<Onward, Fault> {
    let fields = journey::form(visit.request, body)?;
    let sids = visit.sids();
    let shown = fields.iter().find(|(name, _)| name == "confirm").map(|(_, value)| value.as_str());
    if !shown.is_some_and(|shown| equal(shown.as_bytes(), proof(&sids).as_bytes())) {
        return Err(Fault::of_slug("logout-unconfirmed"));
    }
    let session = visit.cookies().session;
    visit.web.broker.end(&sids, session.as_ref(), None, Channel::Person).await
}

/// What only a page shown to this browser can say: a digest of names that no other site knows.
fn proof(sids: &[Handle]) -> String {
    let mut text = String::from("varco logout");
    for sid in sids {
        text.push('.');
        text.push_str(sid.reveal());
    }
    base64url(&sha256(text.as_bytes()))
}

/// The services that hear by front channel are loaded in frames; then it goes on.
async fn frames(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let found = match ticket(&visit) {
        Ok(ticket) => web.broker.frames(&ticket).await.map(|frames| (ticket, frames)),
        Err(fault) => Err(fault),
    };
    match found {
        Ok((ticket, frames)) => {
            let title = web.text(visit.locale(), "logout-frames-title", &[]);
            let next = format!("/logout/onward?ticket={}", ticket.reveal());
            let page = Frames { shell: Shell::new(&visit, title), addresses: &frames, next: &next };
            reply::framing(&visit, &frames, &next, page.render())
        }
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn past_frames(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let onward = match ticket(&visit) {
        Ok(ticket) => web.broker.past_frames(&ticket).await,
        Err(fault) => Err(fault),
    };
    match onward {
        Ok(onward) => reply::onward(onward),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn leave(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let leaving = match ticket(&visit) {
        Ok(ticket) => web.broker.leave(&ticket).await.map(|leaving| (ticket, leaving)),
        Err(fault) => Err(fault),
    };
    match leaving {
        Ok((ticket, Leaving::To { departure, provider, then })) => {
            let title = web.text(visit.locale(), "logout-leave-title", &[]);
            let page = Leave {
                shell: Shell::new(&visit, title),
                provider: &provider,
                departure: &departure,
                skip: format!("/logout/skip?ticket={}", ticket.reveal()),
            };
            reply::going_on(&visit, &forms_to(&departure, then.as_ref()), page.render())
        }
        Ok((_, Leaving::Done(end))) => reply::logged_out(&end),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// Where the form of the page may lead: to the provider, back here, and on to the service, because
/// browsers hold every redirection of a form's answer to the policy of its page.
fn forms_to(departure: &Departure, then: Option<&AfterLogout>) -> String {
    let mut sources = String::from("'self'");
    let action = match departure {
        Departure::Post { action, .. } => Some(action.as_str()),
        Departure::Redirect(_) => None,
    };
    for place in action.into_iter().chain(then.map(AfterLogout::as_str)) {
        sources.push(' ');
        sources.push_str(&reply::source_of(place));
    }
    sources
}

async fn skip(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let onward = match ticket(&visit) {
        Ok(ticket) => web.broker.pass_over(&ticket).await,
        Err(fault) => Err(fault),
    };
    match onward {
        Ok(onward) => reply::onward(onward),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

fn ticket(visit: &Visit<'_>) -> Result<Handle, Fault> {
    visit.parameter("ticket").and_then(Handle::parse).ok_or_else(|| Fault::of_slug("logout-gone"))
}

async fn done(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let title = web.text(visit.locale(), "logout-done-title", &[]);
    let providers = match visit.parameter("providers") {
        Some("closed") => "logout-done-closed",
        Some("open") => "logout-done-open",
        _ => "logout-done-unknown",
    };
    let client = visit.client();
    let back = client.as_ref().map(|client| client.branding.initiate_login_uri.as_str());
    let page = Done { shell: Shell::new(&visit, title), providers, back };
    reply::page(&visit, StatusCode::OK, page.render())
}

async fn told(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let heard = match carried(&request, body) {
        Ok(body) => web.broker.hear(LogoutInbound { path: request.path().to_owned(), body }).await,
        Err(fault) => Err(fault),
    };
    match heard {
        Ok(Heard::Confirmed(departure)) => reply::departure(&visit, departure).await,
        Ok(Heard::Onward(onward)) => reply::onward(onward),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

fn carried(
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<LogoutBody, Fault> {
    if request.method() == actix_web::http::Method::POST {
        journey::form(request, body).map(LogoutBody::Form)
    } else {
        Ok(LogoutBody::Query(request.query_string().to_owned()))
    }
}
