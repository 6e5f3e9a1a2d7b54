//! The one place in `web` where things become HTTP: redirects, pages, faults, cookies, headers.
//!
//! Not what a page says. Content-Security-Policy Level 3; RFC 6265bis for the cookies; 303 after
//! every step (RFC 9110, section 15.4.4), but 302 for the departure to a provider, as SPID's
//! checkers expect it.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::visit::{
    BROWSER_COOKIE, CLIENT_COOKIE, LOCALE_COOKIE, MOST_SIDS, SESSION_COOKIE, SESSIONS_COOKIE,
    STATE_COOKIE,
};
use super::{Visit, Web, autopost, fault_page, language};
use crate::crypto::Handle;
use crate::fault::{Fault, Reference};
use crate::login::{
    Answer, AtProviders, Begun, Completed, Event, LoggedOut, Onward, SessionCookie,
};
use crate::oidc::ClientId;
use crate::upstream::Departure;

/// The headers of every answer that does not say otherwise.
pub(super) const HEADERS: [(&str, &str); 7] = [
    ("Content-Security-Policy", STRICT),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
];

/// The policy of a page: no script at all, nothing from elsewhere.
const STRICT: &str = "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// To a page of ours.
#[must_use]
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// Back to the relying party: at once, or by a form that posts itself.
pub async fn answer(visit: &Visit<'_>, answer: Answer) -> HttpResponse {
    match answer {
        Answer::Redirect(place) => see_other(place.as_str()),
        Answer::Post { to, fields } => {
            posting(visit, "form-post-title", to.as_str(), &fields).await
        }
    }
}

/// Back to the relying party; the browser remembers a login with a code, so that it can log out.
pub async fn completed(visit: &Visit<'_>, login: Completed) -> HttpResponse {
    let Some(sid) = login.sid else { return answer(visit, login.answer).await };
    let mut sids = sid.reveal().to_owned();
    for older in visit.sids().iter().take(MOST_SIDS - 1) {
        sids.push('.');
        sids.push_str(older.reveal());
    }
    let mut answer = answer(visit, login.answer).await;
    // Hexadecimal digits and dots always make a header.
    let _ = answer.add_cookie(&cookie(SESSIONS_COOKIE, &sids));
    match &login.session {
        SessionCookie::Unchanged => {}
        SessionCookie::New(handle) => {
            let _ = answer.add_cookie(&cookie(SESSION_COOKIE, handle.reveal()));
        }
        SessionCookie::Gone => forget(&mut answer, cookie(SESSION_COOKIE, "")),
    }
    if let Some(state) = &login.state {
        let _ = answer.add_cookie(&watched(state.reveal()));
    }
    answer
}

/// The next step of a logout.
#[must_use]
pub fn onward(onward: Onward) -> HttpResponse {
    match onward {
        Onward::Frames(ticket) => see_other(&format!("/logout/frames?ticket={}", ticket.reveal())),
        Onward::Leave(ticket) => see_other(&format!("/logout/leave?ticket={}", ticket.reveal())),
        Onward::Done(end) => logged_out(&end),
    }
}

/// To where the service wants the browser after a logout, or to the page that says how it ended.
#[must_use]
pub fn logged_out(end: &LoggedOut) -> HttpResponse {
    match (&end.then, end.providers) {
        (Some(place), _) => see_other(place.as_str()),
        (None, AtProviders::Unknown) => see_other("/logout/done"),
        (None, AtProviders::Closed) => see_other("/logout/done?providers=closed"),
        (None, AtProviders::Open) => see_other("/logout/done?providers=open"),
    }
}

/// The same answer; the browser forgets its logins, and whoever watches sees that they are gone.
#[must_use]
pub fn forgetful(visit: &Visit<'_>, mut answer: HttpResponse) -> HttpResponse {
    forget(&mut answer, cookie(SESSIONS_COOKIE, ""));
    let kept = visit.cookies();
    if kept.session.is_some() {
        forget(&mut answer, cookie(SESSION_COOKIE, ""));
    }
    if kept.state.is_some() {
        forget(&mut answer, watched(""));
    }
    answer
}

fn forget(answer: &mut HttpResponse, mut cookie: Cookie<'static>) {
    cookie.make_removal();
    // It is a header like that of the cookie itself.
    let _ = answer.add_cookie(&cookie);
}

/// To the choice page of a login that has just begun.
#[must_use]
pub fn begun(login: &Begun, client: &ClientId) -> HttpResponse {
    remembered(see_other(&format!("/login?tx={}", login.tx.reveal())), login, client)
}

/// The same answer, with the cookies of a login that has just begun: the browser's own handle, and
/// the service it came from.
#[must_use]
pub fn remembered(mut answer: HttpResponse, login: &Begun, client: &ClientId) -> HttpResponse {
    for cookie in
        [cookie(BROWSER_COOKIE, login.browser.reveal()), cookie(CLIENT_COOKIE, client.as_str())]
    {
        // A handle and a client id are plain ASCII: they always make a header.
        let _ = answer.add_cookie(&cookie);
    }
    answer
}

/// The same answer, with the browser's own handle.
#[must_use]
pub(super) fn with_browser(answer: HttpResponse, browser: &Handle) -> HttpResponse {
    with_cookie(answer, BROWSER_COOKIE, browser.reveal())
}

/// The same answer, with a cookie of ours whose value is plain ASCII.
#[must_use]
pub(super) fn with_cookie(
    mut answer: HttpResponse,
    name: &'static str,
    value: &str,
) -> HttpResponse {
    // A handle always makes a header.
    let _ = answer.add_cookie(&cookie(name, value));
    answer
}

/// The same answer; the browser forgets a cookie of ours.
#[must_use]
pub(super) fn without_cookie(mut answer: HttpResponse, name: &'static str) -> HttpResponse {
    forget(&mut answer, cookie(name, ""));
    answer
}

/// The browser leaves for a provider: at once, or by a form that posts itself.
pub async fn departure(visit: &Visit<'_>, departure: Departure) -> HttpResponse {
    match departure {
        Departure::Redirect(address) => {
            let status = if visit.request.method() == actix_web::http::Method::POST {
                StatusCode::SEE_OTHER
            } else {
                StatusCode::FOUND
            };
            HttpResponse::build(status).insert_header((header::LOCATION, address)).finish()
        }
        Departure::Post { action, fields } => {
            posting(visit, "autopost-title", &action, &fields).await
        }
    }
}

/// A form that posts itself, to that origin and to no other.
async fn posting(
    visit: &Visit<'_>,
    title: &str,
    action: &str,
    fields: &[(String, String)],
) -> HttpResponse {
    match url::Url::parse(action).map(|parsed| parsed.origin()) {
        Ok(origin) if origin.is_tuple() => {
            let html = autopost::render(visit, title, action, fields);
            going_on(visit, &origin.ascii_serialization(), html)
        }
        _ => {
            let detail = "the address of a form is no absolute URL";
            fault(visit, Fault::of_slug("internal").with_detail(detail)).await
        }
    }
}

/// The page of a fault, with its row's status; the operator's line is written unless it was before.
/// When the login is still there, the page offers to go on with it.
pub async fn fault(visit: &Visit<'_>, fault: Fault) -> HttpResponse {
    let mut known = Visit::of(visit.web, visit.request).with_client(visit.client());
    // A login that cannot be found leaves the page without its links: the fault itself matters more.
    let _ = known.find_login().await;
    let reference = match known.tx() {
        Some(tx) => Reference::of(&tx),
        None => Reference::fresh(&visit.web.broker.fx),
    };
    let mut fault = fault.with_reference(reference.clone());
    fault.report("", "");
    visit.web.broker.observer.observe(Event::Fault { row: fault.row() });
    let status = StatusCode::from_u16(fault.row().status);
    let html = fault_page::render(&known, fault.row(), &reference);
    page(&known, status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), html)
}

/// A page that goes on by itself; its form may lead to the places of `form_action`.
pub(super) fn going_on(
    visit: &Visit<'_>,
    form_action: &str,
    html: askama::Result<String>,
) -> HttpResponse {
    let policy = format!(
        "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; \
         script-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    );
    with_policy(visit, StatusCode::OK, &policy, html)
}

/// A page whose form may end at `place`: browsers hold every redirection of a form's answer to the
/// policy of its page.
pub(super) fn form_page(
    visit: &Visit<'_>,
    place: &str,
    html: askama::Result<String>,
) -> HttpResponse {
    let policy =
        STRICT.replace("form-action 'self'", &format!("form-action 'self' {}", source_of(place)));
    with_policy(visit, StatusCode::OK, &policy, html)
}

/// The same with a script of ours.
pub(super) fn script_page(
    visit: &Visit<'_>,
    place: &str,
    html: askama::Result<String>,
) -> HttpResponse {
    let policy =
        STRICT.replace("form-action 'self'", &format!("form-action 'self' {}", source_of(place)));
    with_policy(visit, StatusCode::OK, &format!("{policy}; script-src 'self'"), html)
}

/// A page that loads the addresses of `frames`, and goes on to `next` by itself.
pub(super) fn framing(
    visit: &Visit<'_>,
    frames: &[String],
    next: &str,
    html: askama::Result<String>,
) -> HttpResponse {
    let mut sources: Vec<String> = frames.iter().map(|frame| source_of(frame)).collect();
    sources.sort_unstable();
    sources.dedup();
    let policy = format!("{STRICT}; script-src 'self'; frame-src {}", sources.join(" "));
    let mut answer = with_policy(visit, StatusCode::OK, &policy, html);
    // For who has no scripts, and for a frame that never loads.
    if let Ok(refresh) = header::HeaderValue::from_str(&format!("5; url={next}")) {
        answer.headers_mut().insert(header::REFRESH, refresh);
    }
    answer
}

/// The source expression of an address: its origin, or the scheme of an application on a device.
pub(super) fn source_of(place: &str) -> String {
    match url::Url::parse(place) {
        Ok(place) if place.origin().is_tuple() => place.origin().ascii_serialization(),
        Ok(place) => format!("{}:", place.scheme()),
        Err(_) => String::new(),
    }
}

/// A page that any site may frame; it shows nothing.
pub(super) fn framed(visit: &Visit<'_>, html: askama::Result<String>) -> HttpResponse {
    let policy = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
    let mut answer = with_policy(visit, StatusCode::OK, policy, html);
    // The default header would say DENY; where there is a policy browsers take that alone, and a
    // header that they cannot read says nothing to older ones.
    answer.headers_mut().insert(
        header::X_FRAME_OPTIONS,
        header::HeaderValue::from_static("see-content-security-policy"),
    );
    answer
}

/// A page without scripts.
pub(super) fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    html: askama::Result<String>,
) -> HttpResponse {
    with_policy(visit, status, STRICT, html)
}

/// For every address nothing answers at.
pub(super) async fn not_found(web: web::Data<Web>, request: HttpRequest) -> HttpResponse {
    fault(&Visit::of(&web, &request), Fault::of_slug("not-found")).await
}

/// For an address that answers, but not in this way.
pub(super) async fn method_not_allowed(web: web::Data<Web>, request: HttpRequest) -> HttpResponse {
    fault(&Visit::of(&web, &request), Fault::of_slug("method-not-allowed")).await
}

fn with_policy(
    visit: &Visit<'_>,
    status: StatusCode,
    policy: &str,
    html: askama::Result<String>,
) -> HttpResponse {
    let Ok(html) = html else {
        return HttpResponse::InternalServerError().finish();
    };
    let mut answer: HttpResponseBuilder = HttpResponse::build(status);
    answer
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CONTENT_LANGUAGE, visit.locale().tag()));
    if let Some(chosen) = visit.switch() {
        let tx = visit.tx();
        let value = language::cookie_value(chosen, tx.as_ref().map(Handle::reveal));
        answer.cookie(cookie(LOCALE_COOKIE, &value));
    }
    answer.body(html)
}

/// A session cookie that only this host can set and read. Browsers treat `http://localhost` as
/// trustworthy, so `Secure` holds there too.
fn cookie(name: &'static str, value: &str) -> Cookie<'static> {
    Cookie::build(name, value.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// The cookie that services watch: the script of our iframe reads it, below their pages.
fn watched(value: &str) -> Cookie<'static> {
    Cookie::build(STATE_COOKIE, value.to_owned())
        .path("/")
        .secure(true)
        .same_site(SameSite::None)
        .finish()
}
