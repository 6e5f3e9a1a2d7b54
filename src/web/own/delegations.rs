//! `/account/delegations`: whom somebody delegated and who delegated them; to ask, accept, refuse, take back
//! (A5).
//!
//! Not who may: `delegation` says that, and this page says it in words.

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{self as own, Own, Present, posted, present};
use crate::delegation::{Book, Delegation, DelegationState, Refusal, Services, Wish};
use crate::fault::Fault;
use crate::login::OwnPages;
use crate::oidc::client::Delegable;
use crate::terms::Day;
use crate::web::local_time::day;
use crate::web::shell::Shell;
use crate::web::{Visit, Web, reply};

/// Where it is.
pub(super) const ADDRESS: &str = "/account/delegations";

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource(ADDRESS)
            .app_data(PayloadConfig::new(own::BODY_LIMIT))
            .route(web::get().to(show))
            .route(web::post().to(act))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

#[derive(Template)]
#[template(path = "delegations.html")]
struct Page<'a> {
    shell: Shell<'a>,
    token: String,
    given: Vec<Line>,
    held: Vec<Line>,
    services: Vec<Choice>,
    delegate: String,
    until: String,
    problem: Option<String>,
    /// The field that it is about.
    at: &'static str,
    done: Option<String>,
}

struct Line {
    id: String,
    name: String,
    code: String,
    kind: &'static str,
    state: &'static str,
    until: Option<String>,
    answers: bool,
    ends: bool,
}

/// A service that takes delegates.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

async fn show(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let present = match present(&visit, OwnPages::Account).await {
        Ok(present) => present,
        Err(answer) => return answer,
    };
    let typed = present.typed().to_vec();
    page(&visit, &present, &typed, None).await
}

async fn act(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let own = Own { pages: OwnPages::Account, back: ADDRESS };
    let (present, fields) = match posted(&visit, own, body).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let Some(book) = web.broker.durable.delegations() else {
        return reply::fault(&visit, Fault::of_slug("not-found")).await;
    };
    let (action, done) = Box::pin(perform(&visit, book, &present, &fields)).await;
    web.broker.count_delegation(book, action, done.as_ref().err().map_or("done", Refusal::key));
    match done {
        Ok(()) => reply::see_other(&format!("{ADDRESS}?done={action}")),
        Err(refusal) => page(&visit, &present, &fields, Some(refusal)).await,
    }
}

async fn perform(
    visit: &Visit<'_>,
    book: &Book,
    present: &Present,
    fields: &[(String, String)],
) -> (&'static str, Result<(), Refusal>) {
    let broker = &visit.web.broker;
    let (who, calendar) = (present.identity(), broker.calendar.load_full());
    let id = |name: &str| field(fields, name).map(str::to_owned);
    if let Some(id) = id("accept") {
        return ("accept", book.answer(who, &id, true, &calendar).await);
    }
    if let Some(id) = id("refuse") {
        return ("refuse", book.answer(who, &id, false, &calendar).await);
    }
    if let Some(id) = id("revoke") {
        let revoked = book.revoke(who, &id).await;
        if revoked.is_ok()
            && let Err(mut fault) = broker.end_delegation(&id).await
        {
            // It is over: the registry is asked at every use. Services hear of it later, or never.
            fault.report("", "");
        }
        return ("revoke", revoked);
    }
    let until = field(fields, "until").unwrap_or_default().trim();
    let ends_at = match (until, written(until)) {
        ("", _) => None,
        (_, Some(last)) => Some(last.next().begins()),
        (_, None) => return ("ask", Err(Refusal::End)),
    };
    let offered = choices(visit, &[]);
    let named: Vec<String> =
        fields.iter().filter(|(name, _)| name == "service").map(|(_, id)| id.clone()).collect();
    if named.iter().any(|id| !offered.iter().any(|one| one.id == *id)) {
        return ("ask", Err(Refusal::Services));
    }
    let services = match field(fields, "where") {
        Some("all") => Services::All,
        _ => Services::Only(named),
    };
    let delegate = field(fields, "delegate").unwrap_or_default();
    let assisted = field(fields, "assisted").is_some();
    let wish = Wish { delegate, assisted, services, ends_at };
    ("ask", book.ask(who, wish, &calendar).await.map(drop))
}

/// The value of a field that comes once.
pub(super) fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    let mut found = fields.iter().filter(|(known, _)| known == name);
    let value = found.next().map(|(_, value)| value.as_str());
    value.filter(|_| found.next().is_none())
}

/// `31/12/2026`, or as a browser's own field writes it.
fn written(text: &str) -> Option<Day> {
    let parts: Vec<&str> = text.split(['/', '.']).collect();
    match parts.as_slice() {
        [day, month, year] => Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?),
        _ => Day::parse(text),
    }
}

/// The services that take delegates today.
fn choices(visit: &Visit<'_>, chosen: &[&str]) -> Vec<Choice> {
    let (broker, locale) = (&visit.web.broker, visit.locale());
    let clients = broker.clients.load();
    let today = broker.today();
    let takes = |client: &&std::sync::Arc<crate::oidc::Client>| {
        client.entitlements.is_none() && client.policy.delegable(today) != Delegable::None
    };
    let choice = |client: &std::sync::Arc<crate::oidc::Client>| Choice {
        id: client.id.as_str().to_owned(),
        name: client.branding.name.get(locale).to_owned(),
        chosen: chosen.contains(&client.id.as_str()),
    };
    clients.written().filter(takes).map(choice).collect()
}

async fn page(
    visit: &Visit<'_>,
    present: &Present,
    fields: &[(String, String)],
    refusal: Option<Refusal>,
) -> HttpResponse {
    let web = visit.web;
    let book = web.broker.durable.delegations();
    let (Some(book), Some(code)) = (book, &present.identity().fiscal_code) else {
        return reply::fault(visit, Fault::of_slug("not-found")).await;
    };
    let (given, held) = match Box::pin(book.of(code)).await {
        Ok(found) => found,
        Err(cause) => {
            let fault = Fault::of_slug("delegation-unavailable").caused_by(cause);
            return reply::fault(visit, fault).await;
        }
    };
    let now = web.broker.fx.now();
    let line = |one: &Delegation, as_delegate: bool| {
        let other = if as_delegate { &one.principal } else { &one.delegate };
        let open = one.is_open(now);
        let asked = open && one.state == DelegationState::Asked;
        let legal = one.kind.name() == "legal_representative";
        Line {
            id: one.id.clone(),
            name: other.name(),
            code: other.masked(),
            kind: kind_key(one),
            state: state_key(one, open),
            until: one.ends_at.and_then(|end| day(&Day::of(end).to_string(), visit.locale())),
            answers: asked && as_delegate,
            ends: open && !legal && !(asked && as_delegate),
        }
    };
    let text = |key: &str| web.text(visit.locale(), key, &[]);
    let at = match &refusal {
        Some(Refusal::End) => "until",
        Some(Refusal::Services) => "services",
        _ => "delegate",
    };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let problem = refusal.map(|refusal| text(&format!("delegation-refused-{}", refusal.key())));
    let title = text("delegations-title");
    let title = match &problem {
        Some(_) => web.text(visit.locale(), "own-problem-title", &[("title", &title)]),
        None => title,
    };
    let known = ["ask", "accept", "refuse", "revoke"];
    let done = visit.parameter("done").filter(|done| known.contains(done));
    let chosen: Vec<&str> =
        fields.iter().filter(|(name, _)| name == "service").map(|(_, id)| id.as_str()).collect();
    let page = Page {
        token: present.token(),
        given: given.iter().rev().map(|one| line(one, false)).collect(),
        held: held.iter().rev().map(|one| line(one, true)).collect(),
        services: choices(visit, &chosen),
        delegate: field(fields, "delegate").unwrap_or_default().chars().take(24).collect(),
        until: field(fields, "until").unwrap_or_default().chars().take(10).collect(),
        problem,
        at,
        done: done.map(|done| text(&format!("delegations-done-{done}"))),
        shell: Shell::new(visit, title),
    };
    own::page(visit, status, page.render())
}

fn kind_key(one: &Delegation) -> &'static str {
    match one.kind.name() {
        "legal_representative" => "behalf-legal",
        "assisted" => "behalf-assisted",
        _ => "behalf-personal",
    }
}

const fn state_key(one: &Delegation, open: bool) -> &'static str {
    match (one.state, open) {
        (DelegationState::Asked, true) => "delegations-asked",
        (DelegationState::Active, true) => "delegations-active",
        (DelegationState::Refused, _) => "delegations-refused",
        (DelegationState::Revoked, _) => "delegations-revoked",
        (DelegationState::Asked | DelegationState::Active, false) => "delegations-over",
    }
}
