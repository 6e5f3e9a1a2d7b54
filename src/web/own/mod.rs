//! Our own pages as a relying party: the way in, who is present, forms that nobody else can send, the way out.
//!
//! Not what the pages say: `account.rs`, and whoever else asks [`present`] or [`posted`] first. A form of
//! these pages counts when the browser says that a page of ours sent it (`Origin`, or `Sec-Fetch-Site`) and
//! when it carries the token of this presence. Whoever has to sign in first comes back to the page with
//! what they had typed.

mod account;
mod delegations;
mod network;
mod present;
mod telephone_pin;

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

pub use network::Network;
pub(in crate::web) use present::page;
pub use present::{Own, Present, posted, present};

use super::{Visit, Web, reply};
use crate::fault::Fault;
use crate::login::{Browsing, Channel, OwnPages, Proof, Stay};

/// The pages of our own that are on.
#[derive(Clone, Debug, Default)]
pub struct OwnSettings {
    /// A person's own pages.
    pub account: Option<Stay>,
    /// The console of the help desk.
    pub console: Option<Stay>,
    /// The networks from which the console opens; empty: any.
    pub console_networks: Vec<Network>,
}

impl OwnSettings {
    /// How long one stays at these pages, if they are on.
    #[must_use]
    pub const fn stay(&self, pages: OwnPages) -> Option<&Stay> {
        match pages {
            OwnPages::Account => self.account.as_ref(),
            OwnPages::Console => self.console.as_ref(),
        }
    }
}

/// A request for these pages: their frame is theirs, whatever service sent this browser here last.
#[must_use]
pub fn visit<'a>(web: &'a Web, request: &'a HttpRequest, pages: OwnPages) -> Visit<'a> {
    let clients = web.broker.clients.load();
    let client = web.own().stay(pages).and_then(|stay| clients.get(&stay.client)).cloned();
    Visit::of(web, request).with_client(client)
}

/// The name of the cookie of these pages.
const fn cookie_of(pages: OwnPages) -> &'static str {
    match pages {
        OwnPages::Account => "__Host-varco_account",
        OwnPages::Console => "__Host-varco_console",
    }
}

/// Mounts the way in and out of each of the pages that are on, and the account's first page.
pub(super) fn configure(routes: &mut ServiceConfig, settings: &OwnSettings) {
    let step = |path: String| {
        web::resource(path)
            .app_data(PayloadConfig::new(BODY_LIMIT))
            .default_service(web::to(reply::method_not_allowed))
    };
    for pages in OwnPages::ALL.into_iter().filter(|pages| settings.stay(*pages).is_some()) {
        let base = pages.base();
        let back = move |web: Data<Web>, request: HttpRequest| arrived(web, request, pages);
        let leave =
            move |web: Data<Web>, request: HttpRequest, body: Result<Bytes, actix_web::Error>| {
                left(web, request, body, pages)
            };
        routes
            .service(step(format!("{base}/return")).route(web::get().to(back)))
            .service(step(format!("{base}/leave")).route(web::post().to(leave)));
    }
    if settings.account.is_some() {
        account::configure(routes);
        delegations::configure(routes);
        telephone_pin::configure(routes);
    }
}

/// The browser comes back from signing in.
async fn arrived(web: Data<Web>, request: HttpRequest, pages: OwnPages) -> HttpResponse {
    let visit = visit(&web, &request, pages);
    match enter(&visit, pages).await {
        Ok(answer) => answer,
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn enter(visit: &Visit<'_>, pages: OwnPages) -> Result<HttpResponse, Fault> {
    let stay = visit.web.own().stay(pages).ok_or_else(|| Fault::of_slug("not-found"))?;
    let proof = Proof {
        state: visit.parameter("state"),
        code: visit.parameter("code"),
        issuer: visit.parameter("iss"),
    };
    let browser = visit.browser();
    let browsing = browsing(visit, pages);
    let entered = visit.web.broker.enter(stay, browser.as_ref(), proof, browsing).await?;
    let answer = reply::see_other(&entered.back);
    Ok(reply::with_cookie(answer, cookie_of(pages), &entered.cookie))
}

/// The button "sign out": what rests on this login ends, at its provider too.
async fn left(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
    pages: OwnPages,
) -> HttpResponse {
    let visit = visit(&web, &request, pages);
    let own = Own { pages, back: pages.base() };
    let (present, _) = match posted(&visit, own, body).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let grant = present.presence().grant().clone();
    match web.broker.end(&[grant], None, None, Channel::Person).await {
        Ok(onward) => reply::without_cookie(reply::onward(onward), cookie_of(pages)),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// What this browser shows beside its cookie.
fn browsing(visit: &Visit<'_>, pages: OwnPages) -> Browsing {
    let agent = visit.request.headers().get(actix_web::http::header::USER_AGENT);
    Browsing::at(pages, agent.map_or(&[], |agent| agent.as_bytes()), visit.peer())
}

/// Octets of the largest form.
pub(super) const BODY_LIMIT: usize = 64 * 1024;
