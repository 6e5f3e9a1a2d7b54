//! `/end_session`: a service sends the browser here to log out (OpenID Connect RP-Initiated Logout
//! 1.0). GET and POST are read alike.
//!
//! Not the ending: `login` does that. An ID token of ours names the login; without one that fits
//! this browser the person is asked, and no redirection follows: anybody can make such an address.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::parameters::Parameters;
use super::session_hint::{self, Hinted};
use super::{Provider, token};
use crate::fault::Fault;
use crate::login::Channel;
use crate::oidc::AfterLogout;
use crate::terms::Locale;
use crate::web::{Visit, Web, reply};

pub(super) async fn get(
    provider: Data<Provider>,
    web: Data<Web>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    answer(&provider, Visit::of(&web, &request), &parameters).await
}

pub(super) async fn post(
    provider: Data<Provider>,
    web: Data<Web>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let body = if token::is_form(&request) { &body } else { &[][..] };
    answer(&provider, Visit::of(&web, &request), &Parameters::parse(body)).await
}

async fn answer(
    provider: &Provider,
    visit: Visit<'_>,
    parameters: &Parameters<'_>,
) -> HttpResponse {
    let hinted =
        parameters.get("id_token_hint").and_then(|token| session_hint::read(provider, token));
    // The page of a fault names the service and its assistance.
    let visit = visit.with_client(hinted.as_ref().map(|hinted| hinted.client.clone()));
    let wish = match wish(parameters, hinted, &visit) {
        Ok(wish) => wish,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let Some((sids, then)) = wish else { return reply::see_other(&question(parameters)) };
    let session = visit.cookies().session;
    match provider.broker.end(&sids, session.as_ref(), then, Channel::Service).await {
        Ok(onward) => reply::forgetful(&visit, reply::onward(onward)),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// What ends, and where the browser goes then.
type Wish = (Vec<crate::crypto::Handle>, Option<AfterLogout>);

/// `None`: the person has to be asked.
fn wish(
    parameters: &Parameters<'_>,
    hinted: Option<Hinted>,
    visit: &Visit<'_>,
) -> Result<Option<Wish>, Fault> {
    let invalid = |what| Fault::of_slug("logout-request-invalid").with_detail(what);
    if let Some(name) = KNOWN.into_iter().find(|name| parameters.repeats(name)) {
        return Err(invalid(name));
    }
    let Some(Hinted { client, sid, .. }) = hinted else { return Ok(None) };
    if parameters.get("client_id").is_some_and(|id| id != client.id.as_str()) {
        return Err(invalid("client_id is not the audience of the ID token"));
    }
    let then = match parameters.get("post_logout_redirect_uri") {
        None => None,
        Some(asked) => {
            let then = AfterLogout::of(&client, asked, parameters.get("state"));
            Some(then.ok_or_else(|| Fault::of_slug("post-logout-redirect-uri-unregistered"))?)
        }
    };
    // Single logout: whatever this browser signed in to ends with it. A browser that names other
    // logins and not this one is somebody else's.
    let sids = visit.sids();
    Ok(if sids.is_empty() {
        Some((vec![sid], then))
    } else if sids.contains(&sid) {
        Some((sids, then))
    } else {
        None
    })
}

/// The page that asks, in the language that the service wants.
fn question(parameters: &Parameters<'_>) -> String {
    let wanted = parameters.get("ui_locales").unwrap_or_default();
    match wanted.split(' ').find_map(Locale::from_tag) {
        Some(locale) => format!("/logout?lang={}", locale.tag()),
        None => "/logout".to_owned(),
    }
}

/// Every parameter that means something here.
const KNOWN: [&str; 6] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
    "ui_locales",
    "logout_hint",
];
