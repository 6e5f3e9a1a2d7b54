//! Where somebody signs in with a credential of the help desk.
//!
//! Not the judgement: what is posted goes the way of every answer of a provider (`Broker::receive`). But this
//! page is ours, so only the browser that began the login sees it or posts to it: a link that somebody else
//! sends leads nowhere.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::shell::Shell;
use super::{Visit, Web, journey, reply};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::login::Received;
use crate::upstream::settings::SIGN_IN;
use crate::upstream::{AnyUpstream, HelpDesk, Inbound, Shown};

#[derive(Template)]
#[template(path = "credential-sign-in.html")]
struct SignIn<'a> {
    shell: Shell<'a>,
    service: String,
    problem: Option<&'static str>,
    action: &'static str,
    ticket: &'a str,
    tx: &'a str,
    challenge: String,
    party: &'a str,
}

/// Mounts the page, where the help desk is on.
pub(super) fn configure(routes: &mut ServiceConfig, web: &Web) {
    if help_desk(web).is_some() {
        routes.service(
            web::resource(SIGN_IN)
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::get().to(show))
                .route(web::post().to(answer))
                .default_service(web::to(reply::method_not_allowed)),
        );
    }
}

/// The help desk, where it is on.
pub(super) fn help_desk(web: &Web) -> Option<&HelpDesk> {
    match web.broker.upstreams.get("helpdesk") {
        Some(AnyUpstream::HelpDesk(desk)) => Some(desk),
        _ => None,
    }
}

async fn show(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let ticket = visit.parameter("ticket").and_then(Handle::parse);
    match find(&visit, ticket.as_ref()).await {
        Ok(found) => page(&visit, &found),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

struct Found {
    ticket: Handle,
    tx: Handle,
    service: String,
    return_to: String,
}

/// The login of that journey, if this browser began it.
async fn find(visit: &Visit<'_>, ticket: Option<&Handle>) -> Result<Found, Fault> {
    let ticket = ticket.ok_or_else(|| Fault::of_slug("response-unsolicited"))?;
    let browser = visit.browser().ok_or_else(|| Fault::of_slug("other-browser"))?;
    let broker = &visit.web.broker;
    let (tx, login) = broker.login_of_journey(ticket, &browser).await?;
    let client = broker.client_of(&login)?;
    Ok(Found {
        ticket: ticket.clone(),
        tx,
        service: client.branding.name.get(visit.locale()).to_owned(),
        return_to: login.request.return_to.as_str().to_owned(),
    })
}

fn page(visit: &Visit<'_>, found: &Found) -> HttpResponse {
    let Some(desk) = help_desk(visit.web) else { return reply::see_other("/") };
    let problem = match visit.parameter("said") {
        Some("wrong") => Some("credential-wrong"),
        Some("wait") => Some("credential-wait"),
        _ => None,
    };
    let text = |key: &str, values: &[(&str, &str)]| visit.web.text(visit.locale(), key, values);
    let title = text("credential-title", &[]);
    let title = match problem {
        Some(_) => text("credential-problem", &[("title", &title)]),
        None => title,
    };
    let html = SignIn {
        shell: Shell::new(visit, title),
        service: found.service.clone(),
        problem,
        action: SIGN_IN,
        ticket: found.ticket.reveal(),
        tx: found.tx.reveal(),
        challenge: desk.book().challenge(&found.ticket),
        party: &desk.book().party().id,
    }
    .render();
    with_passkeys(reply::script_page(visit, &found.return_to, html))
}

/// The same answer; its page may ask an authenticator.
pub(super) fn with_passkeys(mut answer: HttpResponse) -> HttpResponse {
    let value = HeaderValue::from_static(
        "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
    );
    answer.headers_mut().insert(HeaderName::from_static("permissions-policy"), value);
    answer
}

/// What was typed or signed. Cookies are Lax, so no other site posts it in this browser's name.
async fn answer(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let received = match inbound(&visit, body).await {
        Ok(inbound) => web.broker.receive(inbound).await,
        Err(fault) => Err(fault),
    };
    match received {
        Ok(Received::Continue(tx)) => journey::to_continue(&tx),
        Ok(Received::Onward(departure)) => reply::departure(&visit, departure).await,
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn inbound(
    visit: &Visit<'_>,
    body: Result<Bytes, actix_web::Error>,
) -> Result<Inbound, Fault> {
    let parameters = journey::form(visit.request, body)?;
    let inbound = Inbound {
        path: SIGN_IN.to_owned(),
        posted: true,
        parameters,
        shown: Shown::Nothing,
        from: visit.place(),
    };
    let ticket = inbound.single("ticket").and_then(Handle::parse);
    find(visit, ticket.as_ref()).await?;
    Ok(inbound)
}

/// Octets of the form: a statement of an authenticator is a few hundred.
const BODY_LIMIT: usize = 16 * 1024;
