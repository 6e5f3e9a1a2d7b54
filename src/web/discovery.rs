//! The choice page: how do you want to sign in?
//!
//! Not the departure: that is `journey`, or `/authorize` itself when a hint leaves no choice. Providers stand in a new random order each time, made here
//! and not by a script (SPID: no provider may be favoured); each is a link, because a form whose
//! answer leads elsewhere is stopped by `form-action`.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::announcements::{self, Told};
use super::closed::Standing;
use super::shell::Shell;
use super::{Visit, Web, closed, help, journey, reply};
use crate::effects::Effects;
use crate::fault::{Fault, Row, catalogue};
use crate::login::Login;
use crate::oidc::Client;
use crate::oidc::client::instrument_of;
use crate::terms::Locale;
use crate::upstream::Wanted;

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/login")
            .route(web::get().to(choose))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

async fn choose(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let mut visit = Visit::of(&web, &request);
    let (login, client) = match visit.find_login().await {
        Ok(found) => found,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let tx = visit.tx().map(|tx| tx.reveal().to_owned()).unwrap_or_default();
    let methods = methods(&visit, &login, &client, &tx);
    let closed = closed_ways(&visit, &client, &tx);
    if methods.is_empty() && closed.is_empty() {
        return reply::fault(&visit, Fault::of_slug("upstream-not-offered")).await;
    }
    reply::page(&visit, StatusCode::OK, render(&visit, &login, &client, (methods, closed), &tx))
}

/// One card: an instrument and its providers.
struct Method {
    name: &'static str,
    /// Text key of the button.
    label: String,
    /// Text key of the list's heading.
    list: String,
    /// Whether the list is unfolded from the start.
    open: bool,
    /// Where the button leads when there is nothing to choose.
    only: Option<String>,
    providers: Vec<Choice>,
    /// Text key of what to do before going on.
    hint: Option<&'static str>,
    help: &'static [(&'static str, &'static str)],
}

/// A way to sign in that cannot be used today.
struct Closed {
    name: &'static str,
    /// Text key of what its button would say.
    label: String,
    /// What the link to its page says, and where that is.
    why: String,
    href: String,
    /// What happened, for whom the service sent there.
    notice: String,
    /// Whether the service named it.
    hinted: bool,
}

struct Choice {
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "discovery.html")]
struct Discovery<'a> {
    shell: Shell<'a>,
    level: String,
    /// Why the last journey failed, in a few words.
    notice: Option<String>,
    methods: Vec<Method>,
    /// What cannot be used today.
    closed: Vec<Closed>,
    help: String,
    cancel: String,
    banner: Vec<Told>,
}

fn render(
    visit: &Visit<'_>,
    login: &Login,
    client: &Client,
    (methods, closed): (Vec<Method>, Vec<Closed>),
    tx: &str,
) -> askama::Result<String> {
    let locale = visit.locale();
    let title = visit.web.text(locale, "discovery-title", &[]);
    let refused = refused(login)
        .map(|row| visit.web.text(locale, &format!("fault-{}-title", row.person), &[]));
    let hinted = closed.iter().find(|one| one.hinted);
    let notice = refused.or_else(|| hinted.map(|one| one.notice.clone()));
    Discovery {
        shell: Shell::new(visit, title),
        level: login.request.level.number().to_string(),
        notice,
        methods,
        closed,
        help: help::address(&client.id, tx),
        cancel: format!("/login/cancel?tx={tx}"),
        banner: announcements::banner(visit, Some(client)),
    }
    .render()
}

/// The way that the service named, unless policy refused somebody since: nobody is shown the same way again.
fn hint(login: &Login) -> Option<&str> {
    let denied = refused(login).is_some_and(Row::is_of_policy);
    login.request.hint.as_deref().filter(|_| !denied)
}

/// Why the last journey failed.
pub(super) fn refused(login: &Login) -> Option<&'static Row> {
    login.refusal.as_ref().and_then(|refusal| catalogue::by_slug(&refusal.slug))
}

/// What this client's users may choose from, in the order of the client's file.
fn methods(visit: &Visit<'_>, login: &Login, client: &Client, tx: &str) -> Vec<Method> {
    let broker = &visit.web.broker;
    let offered = client.upstreams.iter().filter_map(|name| broker.upstreams.get(name));
    let wanted = Wanted { tenant: &client.tenant, purpose: client.purpose };
    let locale = visit.locale();
    let mut methods = Vec::new();
    for upstream in offered {
        if !matches!(closed::standing(visit.web, client, upstream), Standing::Open) {
            continue;
        }
        let name = upstream.name();
        let mut cards = upstream.choice(&wanted);
        if cards.is_empty() {
            continue;
        }
        shuffle(&mut cards, &broker.fx);
        let mut providers: Vec<Choice> = cards
            .into_iter()
            .map(|card| Choice {
                href: journey::address(tx, name, &card.id, locale),
                name: card.country.map_or(card.name, |country| {
                    visit.web.text(locale, &format!("country-{}", country.code()), &[])
                }),
            })
            .collect();
        if name == EIDAS {
            // States are no competitors: people look for theirs in the alphabet.
            providers.sort_by(|one, other| one.name.cmp(&other.name));
        }
        // SPID's rules want the list, however short.
        let only = match providers.as_slice() {
            [one] if name != SPID => Some(one.href.clone()),
            _ => None,
        };
        let help =
            HELP.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, links)| links);
        let open = hint(login) == Some(name);
        let (label, list) = (format!("discovery-{name}"), format!("discovery-list-{name}"));
        let hint = match name {
            CNS => Some("discovery-hint-cns"),
            HELPDESK => Some("discovery-hint-helpdesk"),
            _ => None,
        };
        methods.push(Method { name, label, list, open, only, providers, hint, help });
    }
    // One button for one card: by OpenID Connect where both ways are open, by SAML where only that is.
    if methods.iter().any(|method| method.name == CIE) {
        methods.retain(|method| method.name != CIE_SAML);
    }
    methods
}

/// What this client's users could choose from on another day; several ways by one instrument are one.
fn closed_ways(visit: &Visit<'_>, client: &Client, tx: &str) -> Vec<Closed> {
    let (web, locale) = (visit.web, visit.locale());
    let hint = visit.login().and_then(hint);
    let wanted = Wanted { tenant: &client.tenant, purpose: client.purpose };
    let mut found: Vec<Closed> = Vec::new();
    for upstream in client.upstreams.iter().filter_map(|name| web.broker.upstreams.get(name)) {
        let name = upstream.name();
        let same = |one: &Closed| instrument_of(one.name) == instrument_of(name);
        let Standing::Closed(why) = closed::standing(web, client, upstream) else { continue };
        if found.iter().any(same) {
            continue;
        }
        let instrument = closed::name(web, name, locale);
        found.push(Closed {
            name,
            label: format!("discovery-{name}"),
            why: web.text(locale, "unavailable-title", &[("instrument", &instrument)]),
            href: closed::address(tx, name),
            notice: closed::notice(web, &instrument, &why, locale),
            hinted: hint.is_some_and(|hint| hint == name || upstream.offers(hint, &wanted)),
        });
    }
    found
}

/// What can be used today, and the way there: to the only provider, or to the choice.
pub(super) fn open_ways(
    visit: &Visit<'_>,
    login: &Login,
    client: &Client,
    tx: &str,
) -> Vec<(String, String)> {
    let way = |method: Method| {
        let label = visit.web.text(visit.locale(), &method.label, &[]);
        let href = method.only.unwrap_or_else(|| format!("/login?tx={tx}#method-{}", method.name));
        (label, href)
    };
    methods(visit, login, client, tx).into_iter().map(way).collect()
}

/// A fair shuffle (Fisher and Yates), from the process's own randomness.
fn shuffle<T>(items: &mut [T], fx: &Effects) {
    for last in (1..items.len()).rev() {
        let mut octets = [0; 8];
        fx.fill(&mut octets);
        let places = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
        let place = u64::from_be_bytes(octets) % places;
        items.swap(last, usize::try_from(place).unwrap_or(last));
    }
}

const SPID: &str = "spid";
const SPID_OIDC: &str = "spid-oidc";
const CIE: &str = "cie";
const CIE_SAML: &str = "cie-saml";
const CNS: &str = "cns";
const HELPDESK: &str = "helpdesk";
const EIDAS: &str = "eidas";

/// Text key and address.
type HelpLink = (&'static str, &'static str);

/// The help links that the rules of an instrument ask for.
const HELP: [(&str, &[HelpLink]); 6] = [
    (SPID, &HELP_WITH_SPID),
    (SPID_OIDC, &HELP_WITH_SPID),
    (CIE, &[("discovery-help-cie", "https://www.cartaidentita.interno.gov.it")]),
    (CIE_SAML, &[("discovery-help-cie", "https://www.cartaidentita.interno.gov.it")]),
    (
        CNS,
        &[("discovery-help-cns", "https://www.agid.gov.it/it/piattaforme/carta-nazionale-servizi")],
    ),
    (EIDAS, &[("discovery-help-eidas", "https://www.eid.gov.it")]),
];

const HELP_WITH_SPID: [HelpLink; 3] = [
    ("discovery-help-more", "https://www.spid.gov.it"),
    ("discovery-help-get", "https://www.spid.gov.it/richiedi-spid"),
    ("discovery-help-support", "https://www.spid.gov.it/serve-aiuto"),
];
