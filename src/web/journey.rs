//! The steps of a login in a browser: go, come back, continue, cancel.
//!
//! Not the verbs themselves: each handler reads the request, calls one, and replies. An answer that
//! arrives by a cross-site POST carries no Lax cookie, so it never decides anything about this
//! browser: it is recorded, and `continue` (a same-site GET) decides.

use std::collections::BTreeSet;

use actix_web::http::{Method, header};
use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::{Visit, Web, behalf, body, information, matching, reply, role};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::login::{Answer, Completion, Received};
use crate::terms::Locale;
use crate::upstream::{AnyUpstream, Departure, Inbound, Shown, Upstreams};

/// Mounts the steps, and every address at which an upstream expects answers.
pub(super) fn configure(routes: &mut ServiceConfig, upstreams: &Upstreams) {
    let step = |path: &str| web::resource(path).default_service(web::to(reply::method_not_allowed));
    routes
        .service(step("/login/go").route(web::get().to(go)))
        .service(step("/login/continue").route(web::get().to(proceed)))
        .service(
            step("/login/agree")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::post().to(agree)),
        )
        .service(step("/login/cancel").route(web::get().to(cancel)));
    // Upstreams may share an address: each is mounted once.
    let places: BTreeSet<String> = upstreams.iter().flat_map(AnyUpstream::returns_to).collect();
    for path in places {
        let limit = PayloadConfig::new(BODY_LIMIT);
        let place = step(&path).app_data(limit).route(web::post().to(arrive));
        let redeems = upstreams.at(&path).any(AnyUpstream::redeems);
        routes.service(if redeems { place.route(web::get().to(arrive)) } else { place });
    }
}

/// The link that leaves for a provider. It carries the language of the page it stands on, so that
/// leaving need not read the login twice.
pub(super) fn address(tx: &str, upstream: &str, provider: &str, locale: Locale) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("tx", tx).append_pair("upstream", upstream);
    query.append_pair("provider", provider).append_pair("lang", locale.tag());
    format!("/login/go?{}", query.finish())
}

async fn go(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    match depart(&visit).await {
        Ok(departure) => reply::departure(&visit, departure).await,
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn depart(visit: &Visit<'_>) -> Result<Departure, Fault> {
    let (tx, browser) = visit.handles()?;
    let upstream = visit.parameter("upstream").unwrap_or_default();
    let provider = visit.parameter("provider").unwrap_or_default();
    visit.web.broker.redirect(&tx, &browser, upstream, provider, visit.locale()).await
}

async fn arrive(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let received = match inbound(&request, body) {
        Ok(inbound) => web.broker.receive(inbound).await,
        Err(fault) => Err(fault),
    };
    match received {
        Ok(Received::Continue(tx)) => to_continue(&tx),
        Ok(Received::Onward(departure)) => reply::departure(&visit, departure).await,
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// To the step that ends a login, or says what is missing.
pub(super) fn to_continue(tx: &Handle) -> HttpResponse {
    reply::see_other(&format!("/login/continue?tx={}", tx.reveal()))
}

/// On with the login that the address names.
pub(super) fn onward(visit: &Visit<'_>) -> HttpResponse {
    visit.tx().map_or_else(|| reply::see_other("/"), |tx| to_continue(&tx))
}

/// The one value of a field; `None` when it is missing, and one that comes twice is none.
pub(super) fn single<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    let mut values = fields.iter().filter(|(known, _)| known == name);
    values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.as_str())
}

/// An answer, as the browser posted it or brought it in an address.
fn inbound(request: &HttpRequest, body: Result<Bytes, actix_web::Error>) -> Result<Inbound, Fault> {
    let posted = request.method() != Method::GET;
    let parameters = if posted {
        form(request, body)?
    } else {
        let query = url::form_urlencoded::parse(request.query_string().as_bytes());
        query.into_owned().collect()
    };
    Ok(Inbound {
        path: request.path().to_owned(),
        posted,
        parameters,
        shown: Shown::Nothing,
        from: None,
    })
}

/// The fields of a form, in order, doubles kept.
pub(super) fn form(
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<Vec<(String, String)>, Fault> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    let is_form = media_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| {
            value.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    if !is_form {
        return Err(Fault::of_slug("malformed-request").with_detail("the body is not a form"));
    }
    let body = body.map_err(|cause| body::unread(&cause))?;
    Ok(url::form_urlencoded::parse(&body)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect())
}

async fn proceed(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    end(Visit::of(&web, &request), Ok(None)).await
}

/// The button of the page that tells what is released. The cookie is Lax, so no other site can press
/// it; the page's own proof says that it was this one.
async fn agree(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let shown = form(&request, body).map(|fields| {
        fields.into_iter().find_map(|(name, value)| (name == "shown").then_some(value))
    });
    end(Visit::of(&web, &request), shown).await
}

async fn end(mut visit: Visit<'_>, shown: Result<Option<String>, Fault>) -> HttpResponse {
    let completion = match shown {
        Ok(shown) => complete(&visit, shown.as_deref()).await,
        Err(fault) => Err(fault),
    };
    match completion {
        Ok(Completion::Ended(completed)) => reply::completed(&visit, completed).await,
        Ok(Completion::Match) => match visit.tx() {
            Some(tx) => reply::see_other(&matching::address(tx.reveal())),
            None => reply::see_other("/"),
        },
        Ok(Completion::ActFor) => match visit.tx() {
            Some(tx) => reply::see_other(&behalf::address(tx.reveal())),
            None => reply::see_other("/"),
        },
        Ok(Completion::Tell(disclosure)) => match visit.find_login().await {
            Ok((login, _)) => information::page(&visit, &disclosure, &login),
            Err(fault) => reply::fault(&visit, fault).await,
        },
        Ok(Completion::Choose) => {
            let tx = visit.tx();
            reply::see_other(&role::address(tx.as_ref().map_or("", Handle::reveal)))
        }
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn complete(visit: &Visit<'_>, shown: Option<&str>) -> Result<Completion, Fault> {
    let (tx, browser) = visit.handles()?;
    visit.web.broker.complete(&tx, &browser, &visit.cookies(), shown).await
}

async fn cancel(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    match decline(&visit).await {
        Ok(answer) => reply::answer(&visit, answer).await,
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

async fn decline(visit: &Visit<'_>) -> Result<Answer, Fault> {
    let (tx, browser) = visit.handles()?;
    visit.web.broker.decline(&tx, &browser).await
}

/// Octets of the largest answer a browser may carry: a SAML Response with room to spare.
pub(super) const BODY_LIMIT: usize = 512 * 1024;
