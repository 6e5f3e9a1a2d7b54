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
use super::shell::Shell;
use super::{Visit, Web, journey, reply};
use crate::effects::Effects;
use crate::fault::{Fault, catalogue};
use crate::login::Login;
use crate::oidc::Client;
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
    if methods.is_empty() {
        return reply::fault(&visit, Fault::of_slug("upstream-not-offered")).await;
    }
    reply::page(&visit, StatusCode::OK, render(&visit, &login, methods, &tx))
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
    help: &'static [(&'static str, &'static str)],
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
    cancel: String,
    banner: Vec<Told>,
}

fn render(
    visit: &Visit<'_>,
    login: &Login,
    methods: Vec<Method>,
    tx: &str,
) -> askama::Result<String> {
    let locale = visit.locale();
    let title = visit.web.text(locale, "discovery-title", &[]);
    let row = login.refusal.as_ref().and_then(|refusal| catalogue::by_slug(&refusal.slug));
    let notice = row.map(|row| visit.web.text(locale, &format!("fault-{}-title", row.person), &[]));
    Discovery {
        shell: Shell::new(visit, title),
        level: login.request.level.number().to_string(),
        notice,
        methods,
        cancel: format!("/login/cancel?tx={tx}"),
        banner: announcements::banner(visit, visit.client().as_deref()),
    }
    .render()
}

/// What this client's users may choose from, in the order of the client's file.
fn methods(visit: &Visit<'_>, login: &Login, client: &Client, tx: &str) -> Vec<Method> {
    let broker = &visit.web.broker;
    let offered = client.upstreams.iter().filter_map(|name| broker.upstreams.get(name));
    let wanted = Wanted { tenant: &client.tenant, purpose: client.purpose };
    let locale = visit.locale();
    let mut methods = Vec::new();
    for upstream in offered {
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
        let open = login.request.hint.as_deref() == Some(name);
        let (label, list) = (format!("discovery-{name}"), format!("discovery-list-{name}"));
        methods.push(Method { name, label, list, open, only, providers, help });
    }
    methods
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
const EIDAS: &str = "eidas";

/// Text key and address.
type HelpLink = (&'static str, &'static str);

/// The help links that the rules of an instrument ask for.
const HELP: [(&str, &[HelpLink]); 3] = [
    (
        SPID,
        &[
            ("discovery-help-more", "https://www.spid.gov.it"),
            ("discovery-help-get", "https://www.spid.gov.it/richiedi-spid"),
            ("discovery-help-support", "https://www.spid.gov.it/serve-aiuto"),
        ],
    ),
    ("cie-saml", &[("discovery-help-cie", "https://www.cartaidentita.interno.gov.it")]),
    (EIDAS, &[("discovery-help-eidas", "https://www.eid.gov.it")]),
];
