//! Ways to sign in that are closed today, and the page that says why and what to use instead.
//!
//! Not the judgement: `policy` makes it, and `login` holds a journey to it once more. A way that the
//! service never accepts is not shown at all.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::announcements::{Spoken, Told, address as page_of};
use super::shell::Shell;
use super::{Visit, Web, discovery, help, local_time, reply};
use crate::fault::Fault;
use crate::oidc::Client;
use crate::oidc::client::{Assistance, instrument_of};
use crate::policy::{Denial, Reason};
use crate::terms::Locale;
use crate::upstream::AnyUpstream;

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/login/unavailable")
            .route(web::get().to(unavailable))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

/// Why nobody can use a way to sign in today.
#[derive(Debug)]
pub(super) enum Why {
    /// By the calendar, or by the service's own periods.
    Policy(Denial),
    /// None of its providers can be used now.
    Outage,
}

/// Whether people of a service can use a way to sign in today.
#[derive(Debug)]
pub(super) enum Standing {
    Open,
    Closed(Why),
    /// None of the service's periods accepts it.
    Never,
}

/// Whether people of this service can use `upstream` today.
pub(super) fn standing(web: &Web, client: &Client, upstream: &AnyUpstream) -> Standing {
    let instrument = instrument_of(upstream.name());
    let periods = client.policy.periods();
    if !periods.is_empty() && !periods.iter().any(|period| period.accepts(instrument)) {
        return Standing::Never;
    }
    let broker = &web.broker;
    match broker.calendar.load().prospect(client, instrument, broker.today()) {
        Err(denial) => Standing::Closed(Why::Policy(denial)),
        Ok(_) if upstream.usable(broker.fx.now()) == 0 => Standing::Closed(Why::Outage),
        Ok(_) => Standing::Open,
    }
}

/// The page about one way, within a login.
pub(super) fn address(tx: &str, upstream: &str) -> String {
    format!("/login/unavailable?tx={tx}&method={upstream}")
}

/// What people call it.
pub(super) fn name(web: &Web, upstream: &str, locale: Locale) -> String {
    let instrument = instrument_of(upstream);
    let calendar = web.broker.calendar.load();
    let title = calendar.instrument(instrument).and_then(|known| known.title.as_ref());
    title.map_or_else(
        || web.text(locale, &format!("instrument-{instrument}"), &[]),
        |title| title.get(locale).to_owned(),
    )
}

#[derive(Template)]
#[template(path = "unavailable.html")]
struct Unavailable<'a> {
    shell: Shell<'a>,
    reason: &'static str,
    text: String,
    /// Why the rule was made.
    why: Option<Spoken>,
    legal_ref: Option<String>,
    told: Option<Told>,
    /// What can be used, with the way there.
    instead: Vec<(String, String)>,
    back: String,
    help: String,
    cancel: String,
    assistance: Assistance,
}

async fn unavailable(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let mut visit = Visit::of(&web, &request);
    let (login, client) = match visit.find_login().await {
        Ok(found) => found,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let method = visit.parameter("method").unwrap_or_default();
    let known = web.broker.upstreams.get(method).filter(|_| client.offers(method));
    let Some(upstream) = known else {
        return reply::fault(&visit, Fault::of_slug("upstream-not-offered")).await;
    };
    let tx = visit.tx().map(|tx| tx.reveal().to_owned()).unwrap_or_default();
    let back = format!("/login?tx={tx}");
    let why = match standing(&web, &client, upstream) {
        Standing::Closed(why) => why,
        // Since the link was shown.
        Standing::Open => return reply::see_other(&back),
        Standing::Never => {
            return reply::fault(&visit, Fault::of_slug("upstream-not-offered")).await;
        }
    };
    let locale = visit.locale();
    let instrument = name(&web, method, locale);
    let title = web.text(locale, "unavailable-title", &[("instrument", &instrument)]);
    let denial = match &why {
        Why::Policy(denial) => Some(denial),
        Why::Outage => None,
    };
    let html = Unavailable {
        shell: Shell::new(&visit, title),
        reason: denial.map_or("outage", |denial| denial.reason.word()),
        text: sentence(&web, denial, locale),
        why: denial.and_then(|denial| reason_of(&web, denial, locale)),
        legal_ref: denial.and_then(|denial| denial.legal_ref.as_deref().map(str::to_owned)),
        told: denial.and_then(|denial| told(&web, denial, &client, &tx, locale)),
        instead: discovery::open_ways(&visit, &login, &client, &tx),
        back,
        help: help::address(&client.id, &tx),
        cancel: format!("/login/cancel?tx={tx}"),
        assistance: client.branding.assistance.clone(),
    }
    .render();
    reply::page(&visit, StatusCode::OK, html)
}

/// The same for a way that the service named: what it is called, and what happened.
pub(super) fn notice(web: &Web, name: &str, why: &Why, locale: Locale) -> String {
    let denial = match why {
        Why::Policy(denial) => Some(denial),
        Why::Outage => None,
    };
    format!("{name} – {}", sentence(web, denial, locale))
}

/// What happened, in one sentence: the first day on which things are as they are, where there is one.
fn sentence(web: &Web, denial: Option<&Denial>, locale: Locale) -> String {
    let Some(denial) = denial else { return web.text(locale, "unavailable-outage", &[]) };
    let (key, day) = match denial.reason {
        // The date is the last day accepted; people are told the first one refused.
        Reason::SwitchOff | Reason::Expired => {
            ("unavailable-switch-off", denial.date.map(crate::terms::Day::next))
        }
        Reason::NotIssued | Reason::NotRenewed => ("unavailable-switch-off", denial.date),
        Reason::NotYet => ("unavailable-not-yet", denial.date),
        Reason::Level => ("unavailable-level", None),
        Reason::NotDedicated => ("unavailable-dedicated", None),
        Reason::Category | Reason::MinAge => ("unavailable-category", None),
        Reason::NotAccepted => ("unavailable-not-accepted", denial.date),
    };
    match day {
        Some(day) => {
            web.text(locale, &format!("{key}-from"), &[("date", &local_time::long(day, locale))])
        }
        None => web.text(locale, key, &[]),
    }
}

/// What the row of the calendar says for people.
fn reason_of(web: &Web, denial: &Denial, locale: Locale) -> Option<Spoken> {
    let calendar = web.broker.calendar.load();
    let row = calendar.rows().changes.iter().find(|row| row.id == denial.rule.id)?;
    row.reason.as_ref().map(|reason| Spoken::of(reason, locale))
}

/// The announcement about that row.
fn told(web: &Web, denial: &Denial, client: &Client, tx: &str, locale: Locale) -> Option<Told> {
    let announcements = web.announcements.load();
    let one = announcements.about(&denial.rule.id, web.broker.today(), client)?;
    Some(Told::of(web, one, locale, &page_of(one, Some(&client.id), Some(tx))))
}
