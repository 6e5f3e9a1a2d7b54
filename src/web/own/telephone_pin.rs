//! `/account/telephone-pin`: to make a PIN for contact centres, see where it was used, and end it (A6).
//!
//! Not its check: `provider` answers contact centres. The digits are shown once, on the answer to the form:
//! they stand in no address and on no shelf.

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::delegations::{Choice, field};
use super::{self as own, Own, Present, posted, present};
use crate::delegation::Services;
use crate::fault::Fault;
use crate::login::{Event, OwnPages};
use crate::telephone::{Lasting, PinRefusal};
use crate::web::local_time::in_rome;
use crate::web::shell::Shell;
use crate::web::{Visit, Web, reply};

/// Where it is.
pub(super) const ADDRESS: &str = "/account/telephone-pin";

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
#[template(path = "telephone-pin.html")]
struct Page<'a> {
    shell: Shell<'a>,
    token: String,
    /// The digits in two groups, this once.
    made: Option<String>,
    until: Option<String>,
    uses: Vec<(String, String)>,
    services: Vec<Choice>,
    durations: Vec<(&'static str, String)>,
    problem: Option<String>,
}

async fn show(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    match present(&visit, OwnPages::Account).await {
        Ok(present) => page(&visit, &present, None, None).await,
        Err(answer) => answer,
    }
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
    let Some(pins) = web.telephone_pins() else {
        return reply::fault(&visit, Fault::of_slug("not-found")).await;
    };
    let count = |action, done: Option<&PinRefusal>| {
        let result = done.map_or("done", PinRefusal::key);
        web.broker.observer.observe(Event::TelephonePin { action, result });
    };
    if field(&fields, "cancel").is_some() {
        let cancelled = Box::pin(pins.cancel(present.identity())).await;
        count("cancel", cancelled.as_ref().err());
        return match cancelled {
            Ok(()) => reply::see_other(ADDRESS),
            Err(refusal) => page(&visit, &present, None, Some(refusal.key())).await,
        };
    }
    let named = field(&fields, "lasting");
    let lasting = Lasting::ALL.into_iter().find(|one| named == Some(one.name()));
    let Some(lasting) = lasting else {
        return page(&visit, &present, None, Some("lasting")).await;
    };
    let offered = choices(&visit);
    let some: Vec<String> = fields
        .iter()
        .filter(|(name, id)| name == "service" && offered.iter().any(|one| one.id == *id))
        .map(|(_, id)| id.clone())
        .collect();
    let services = if some.is_empty() { Services::All } else { Services::Only(some) };
    let calendar = web.broker.calendar.load_full();
    let made = Box::pin(pins.make(present.identity(), lasting, services, &calendar)).await;
    count("make", made.as_ref().err());
    match made {
        Ok((pin, _)) => {
            let (first, last) = pin.split_at_checked(4).unwrap_or_default();
            page(&visit, &present, Some(format!("{first} {last}")), None).await
        }
        Err(refusal) => page(&visit, &present, None, Some(refusal.key())).await,
    }
}

/// The services that some contact centre answers for.
fn choices(visit: &Visit<'_>) -> Vec<Choice> {
    let clients = visit.web.broker.clients.load();
    let answered: std::collections::BTreeSet<&str> = clients
        .written()
        .flat_map(|client| client.mandate.contact_centre_of.iter().map(String::as_str))
        .collect();
    let known = clients.written().filter(|client| answered.contains(client.id.as_str()));
    known
        .map(|client| Choice {
            id: client.id.as_str().to_owned(),
            name: client.branding.name.get(visit.locale()).to_owned(),
            chosen: false,
        })
        .collect()
}

async fn page(
    visit: &Visit<'_>,
    present: &Present,
    made: Option<String>,
    problem: Option<&'static str>,
) -> HttpResponse {
    let web = visit.web;
    let Some(pins) = web.telephone_pins() else {
        return reply::fault(visit, Fault::of_slug("not-found")).await;
    };
    let pin = match Box::pin(pins.of(present.identity())).await {
        Ok(pin) => pin,
        Err(cause) => {
            let fault = Fault::of_slug("telephone-pin-unavailable").caused_by(cause);
            return reply::fault(visit, fault).await;
        }
    };
    let locale = visit.locale();
    let services = choices(visit);
    let name = |id: &str| {
        services
            .iter()
            .find(|one| one.id == id)
            .map_or_else(|| id.to_owned(), |one| one.name.clone())
    };
    let uses = pin.iter().flat_map(|pin| pin.uses.iter().rev());
    let uses = uses.map(|(at, id)| (in_rome(*at, locale), name(id))).collect();
    let text = |key: &str| web.text(locale, key, &[]);
    let title = text("telephone-title");
    let title = match problem {
        Some(_) => web.text(locale, "own-problem-title", &[("title", &title)]),
        None => title,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let durations = Lasting::ALL
        .into_iter()
        .map(|one| (one.name(), text(&format!("telephone-lasting-{}", one.name()))));
    let page = Page {
        token: present.token(),
        made,
        until: pin.map(|pin| in_rome(pin.ends_at, locale)),
        uses,
        durations: durations.collect(),
        problem: problem.map(|key| text(&format!("telephone-refused-{key}"))),
        services,
        shell: Shell::new(visit, title),
    };
    own::page(visit, status, page.render())
}
