//! Who is present at a page of our own; or the answer that brings them there.
//!
//! Not what they may do: `helpdesk` says that of the console, each page of the account of itself.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use askama::Template;

use super::{browsing, cookie_of};
use crate::crypto::Handle;
use crate::crypto::digest::equal;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::login::{OwnPages, Presence, PresenceFault, Stay, Typed, Wish};
use crate::web::shell::Shell;
use crate::web::{Visit, journey, reply};

/// A page of our own, as a request for it knows it.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// Which pages.
    pub pages: OwnPages,
    /// Where somebody who must sign in first comes back to: path and query of the page with the form.
    pub back: &'a str,
}

/// Somebody who is present, and the request in which they are.
#[derive(Debug)]
pub struct Present {
    presence: Presence,
    pages: OwnPages,
    /// What they had typed before they signed in.
    typed: Typed,
}

/// How fresh a proof must be for acts that cannot be undone.
pub(in crate::web) const FRESH: Duration = Duration::from_mins(5);

impl Present {
    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.presence.identity()
    }

    /// The presence itself.
    #[must_use]
    pub const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// The value of the hidden field `form` of every form of these pages.
    #[must_use]
    pub fn token(&self) -> String {
        self.presence.form_token()
    }

    /// What was typed into this page's form before they signed in; empty when nothing was.
    #[must_use]
    pub fn typed(&self) -> &[(String, String)] {
        &self.typed
    }

    /// Whether they have proven who they are within the last five minutes.
    #[must_use]
    pub fn is_fresh(&self, visit: &Visit<'_>) -> bool {
        self.presence.proven_within(FRESH, visit.web.broker.fx.now())
    }

    /// To prove it once more, and come back to `back` with what was typed.
    pub async fn prove_again(&self, visit: &Visit<'_>, back: &str, typed: Typed) -> HttpResponse {
        let typed = typed.into_iter().filter(|(name, _)| name != TOKEN).collect();
        let wish = Wish { back, typed, again: Some(&self.presence), locale: visit.locale() };
        ask_in(visit, self.pages, wish).await
    }
}

/// Who is present, for a page that is asked for; whoever is not is sent to sign in, and comes back here.
///
/// # Errors
/// The answer instead of the page.
pub async fn present(visit: &Visit<'_>, pages: OwnPages) -> Result<Present, HttpResponse> {
    let back = address(visit);
    let stay = stay(visit, pages).await?;
    let Some(cookie) = visit.request.cookie(cookie_of(pages)) else {
        let wish = Wish { back: &back, typed: Typed::new(), again: None, locale: visit.locale() };
        return Err(ask_in(visit, pages, wish).await);
    };
    let found = visit.web.broker.present(stay, cookie.value(), &browsing(visit, pages)).await;
    let presence = match found {
        Ok(presence) => presence,
        Err(PresenceFault::Over) => return Err(ended(visit, pages, &back)),
        Err(fault) => return Err(gone(visit, pages, fault).await),
    };
    let named = visit.parameter("typed").and_then(Handle::parse);
    let typed = match named {
        None => Ok(None),
        Some(name) => visit.web.broker.typed(&presence, &name).await,
    };
    match typed {
        Ok(typed) => Ok(Present { presence, pages, typed: typed.unwrap_or_default() }),
        Err(fault) => Err(reply::fault(visit, fault).await),
    }
}

/// Who is present and what they sent, for a form that a page of ours sent in this presence. Whoever is not
/// present any more signs in and comes back to the form, where what they typed stands again.
///
/// # Errors
/// The answer instead; nothing is done then.
pub async fn posted(
    visit: &Visit<'_>,
    own: Own<'_>,
    body: Result<Bytes, actix_web::Error>,
) -> Result<(Present, Typed), HttpResponse> {
    let stay = stay(visit, own.pages).await?;
    if !is_own(visit) {
        let foreign = Fault::of_slug("form-foreign").with_detail("Origin is not ours");
        return Err(reply::fault(visit, foreign).await);
    }
    let fields = match journey::form(visit.request, body) {
        Ok(fields) => fields,
        Err(fault) => return Err(reply::fault(visit, fault).await),
    };
    let cookie = visit.request.cookie(cookie_of(own.pages));
    let found = match &cookie {
        None => Err(PresenceFault::Over),
        Some(cookie) => {
            visit.web.broker.present(stay, cookie.value(), &browsing(visit, own.pages)).await
        }
    };
    let presence = match found {
        Ok(presence) => presence,
        Err(PresenceFault::Over) => {
            let typed = fields.into_iter().filter(|(name, _)| name != TOKEN).collect();
            let wish = Wish { back: own.back, typed, again: None, locale: visit.locale() };
            return Err(ask_in(visit, own.pages, wish).await);
        }
        Err(fault) => return Err(gone(visit, own.pages, fault).await),
    };
    let shown = fields.iter().find(|(name, _)| name == TOKEN).map_or("", |(_, value)| value);
    if !equal(shown.as_bytes(), presence.form_token().as_bytes()) {
        let foreign = Fault::of_slug("form-foreign").with_detail("the form's token is another");
        return Err(reply::fault(visit, foreign).await);
    }
    Ok((Present { presence, pages: own.pages, typed: Typed::new() }, fields))
}

/// How long one stays; whoever comes from a network where the console does not open goes no further.
async fn stay<'v>(visit: &'v Visit<'_>, pages: OwnPages) -> Result<&'v Stay, HttpResponse> {
    let own = visit.web.own();
    let networks = &own.console_networks;
    let inside = |peer| networks.iter().any(|network| network.contains(peer));
    let opens =
        pages != OwnPages::Console || networks.is_empty() || visit.peer().is_some_and(inside);
    match own.stay(pages) {
        Some(stay) if opens => Ok(stay),
        Some(_) => Err(reply::fault(visit, Fault::of_slug("presence-network")).await),
        None => Err(reply::fault(visit, Fault::of_slug("not-found")).await),
    }
}

/// Whether a page of ours sent this form. Ours let the browser say so; one that says neither is too old to
/// be trusted with it.
fn is_own(visit: &Visit<'_>) -> bool {
    let header = |name: &str| visit.request.headers().get(name)?.to_str().ok();
    let issuer = url::Url::parse(&visit.web.broker.settings.issuer);
    let ours = issuer.map(|issuer| issuer.origin().ascii_serialization()).unwrap_or_default();
    match header("origin") {
        Some(origin) if origin != "null" => origin == ours,
        _ => header("sec-fetch-site") == Some("same-origin"),
    }
}

/// Path and query of this request, without the name of what was typed.
fn address(visit: &Visit<'_>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let kept = |(name, _): &&(String, String)| !matches!(name.as_str(), "typed" | "lang");
    for (name, value) in visit.query().iter().filter(kept) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    let path = visit.request.path();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Sends the browser to sign in; it gets a name of its own if it has none.
async fn ask_in(visit: &Visit<'_>, pages: OwnPages, wish: Wish<'_>) -> HttpResponse {
    let stay = match stay(visit, pages).await {
        Ok(stay) => stay,
        Err(answer) => return answer,
    };
    let browser = visit.browser().unwrap_or_else(|| Handle::fresh(&visit.web.broker.fx));
    match visit.web.broker.ask_in(stay, &browser, wish).await {
        Ok(place) => reply::with_browser(reply::see_other(&place), &browser),
        Err(fault) => reply::fault(visit, fault).await,
    }
}

/// Nobody is present by that cookie any more, and why.
async fn gone(visit: &Visit<'_>, pages: OwnPages, fault: PresenceFault) -> HttpResponse {
    let fault = match fault {
        PresenceFault::Fault(fault) => return reply::fault(visit, fault).await,
        PresenceFault::Over => Fault::of_slug("presence-refused"),
        PresenceFault::Elsewhere => Fault::of_slug("presence-elsewhere"),
    };
    reply::without_cookie(reply::fault(visit, fault).await, cookie_of(pages))
}

#[derive(Template)]
#[template(path = "own-ended.html")]
struct Ended<'a> {
    shell: Shell<'a>,
    back: &'a str,
}

/// Says that the presence is over; the same address asks to sign in from now on.
fn ended(visit: &Visit<'_>, pages: OwnPages, back: &str) -> HttpResponse {
    let title = visit.web.text(visit.locale(), "own-ended-title", &[]);
    let html = Ended { shell: Shell::once(visit, title), back }.render();
    let answer = page(visit, StatusCode::FORBIDDEN, html);
    reply::without_cookie(answer, cookie_of(pages))
}

/// A page of ours, whose forms the browser tells from those of other sites.
pub(in crate::web) fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    html: askama::Result<String>,
) -> HttpResponse {
    let mut answer = reply::page(visit, status, html);
    // With `no-referrer` browsers hide the origin of a form even from the site itself (Fetch, section
    // "Origin header").
    let policy = header::HeaderValue::from_static("same-origin");
    answer.headers_mut().insert(header::REFERRER_POLICY, policy);
    answer
}

/// The hidden field of every form.
const TOKEN: &str = "form";
