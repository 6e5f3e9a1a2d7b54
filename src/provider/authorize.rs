//! `/authorize`: a request becomes a login, and the browser goes on its way (OpenID Connect Core 1.0, section 3.1.2).
//!
//! Not the checks: those are one row each in `checks.rs`. GET and POST are read alike, and never mixed.
//! A request that was pushed was checked then; nothing beside its name counts here (RFC 9126, section 4).

use std::sync::Arc;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::checks::{self, Addressee, Way};
use super::federation::{Knock, Letter};
use super::hint::{self, Hinted};
use super::parameters::Parameters;
use super::{Provider, pushed, request_object, session_hint, token};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::login::Reuse;
use crate::oidc::{AnswerTo, AuthorizationRequest, Client, Prompt};
use crate::web::{Visit, Web, body, reply};

pub(super) async fn get(
    provider: Data<Provider>,
    web: Data<Web>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    authorize(&provider, Visit::of(&web, &request), &parameters).await
}

pub(super) async fn post(
    provider: Data<Provider>,
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    if !token::is_form(&request) {
        return reply::fault(&visit, Fault::of_slug("unsupported-media-type")).await;
    }
    match body {
        Ok(body) => authorize(&provider, visit, &Parameters::parse(&body)).await,
        Err(cause) => reply::fault(&visit, body::unread(&cause)).await,
    }
}

async fn authorize(
    provider: &Provider,
    visit: Visit<'_>,
    parameters: &Parameters<'_>,
) -> HttpResponse {
    let knock = Knock {
        client: parameters.get("client_id"),
        letter: parameters.get("request").map(Letter::Request),
        peer: visit.peer(),
    };
    // Nobody is sent anywhere before a federation vouches for the address (section 12.1.3).
    if let Err(fault) = provider.recall(&knock).await {
        return reply::fault(&visit, fault).await;
    }
    let client = match checks::client(parameters, &provider.broker.clients.load()) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    // From here on every page, the fault's too, names the service and its assistance.
    let visit = visit.with_client(Some(client.clone()));
    match asked(provider, &client, parameters).await {
        Ok(asked) => go_on(provider, &visit, &client, asked).await,
        Err(Refused { fault, to: Some(to) }) => {
            refused(provider, &visit, to.answer_to(), fault).await
        }
        Err(Refused { fault, to: None }) => reply::fault(&visit, fault).await,
    }
}

/// Why there is no request, and who is told: nobody but the person, as long as no address is safe.
pub(super) struct Refused {
    pub(super) fault: Fault,
    to: Option<Box<Addressee>>,
}

/// The request, in whichever way it came.
async fn asked(
    provider: &Provider,
    client: &Arc<Client>,
    parameters: &Parameters<'_>,
) -> Result<AuthorizationRequest, Refused> {
    let page = |fault| Refused { fault, to: None };
    let uri = checks::once(parameters, "request_uri").map_err(page)?;
    let object = checks::once(parameters, "request").map_err(page)?;
    // An address beside the object is enough to answer to, if the client registered it. For one that nobody
    // registered nothing counts but what it signed.
    let outside = |fault| {
        let known = Some(client).filter(|client| !client.must_prove_requests());
        let to = known.and_then(|client| checks::addressee(parameters, client).ok());
        Refused { fault, to: to.map(Box::new) }
    };
    match (uri, object) {
        (Some(_), Some(_)) => {
            let both = Fault::of_slug("parameter-invalid").with_detail("request and request_uri");
            Err(outside(both))
        }
        (Some(uri), None) => match uri.strip_prefix(pushed::PREFIX) {
            Some(name) => opened(provider, client, name).await.map_err(page),
            // Nothing is ever fetched from there.
            None => Err(outside(Fault::of_slug("request-uri-not-supported"))),
        },
        (None, Some(object)) => {
            let opened = request_object::open(provider, client, object).await;
            let inside = opened.map_err(outside)?;
            checked(provider, &inside, Way::Signed, client)
        }
        (None, None) if client.must_prove_requests() => {
            Err(page(Fault::of_slug("federated-client-unproven")))
        }
        (None, None) => checked(provider, parameters, Way::Plain, client),
    }
}

/// The request that was pushed under that name.
async fn opened(
    provider: &Provider,
    client: &Client,
    name: &str,
) -> Result<AuthorizationRequest, Fault> {
    let found = match Handle::parse(name) {
        Some(name) => provider.broker.pushed(&client.id, &name).await?,
        None => None,
    };
    found.ok_or_else(|| Fault::of_slug("request-uri-invalid"))
}

/// Runs the matrix.
pub(super) fn checked(
    provider: &Provider,
    parameters: &Parameters<'_>,
    way: Way,
    client: &Arc<Client>,
) -> Result<AuthorizationRequest, Refused> {
    let to = checks::addressee(parameters, client).map_err(|fault| Refused { fault, to: None })?;
    let hinted = |token: &str| {
        let hinted = session_hint::read(provider, token)?;
        (hinted.client.id == client.id).then_some(hinted.subject)
    };
    checks::run(parameters, way, &to, &provider.broker.upstreams, &hinted)
        .map_err(|fault| Refused { fault, to: Some(Box::new(to)) })
}

/// A well-asked request becomes a login.
async fn go_on(
    provider: &Provider,
    visit: &Visit<'_>,
    client: &Arc<Client>,
    asked: AuthorizationRequest,
) -> HttpResponse {
    let broker = &provider.broker;
    match broker.reuse(client, &asked, &visit.cookies()).await {
        Ok(Reuse::Ask) => {}
        Ok(Reuse::Ended(completed)) => return reply::completed(visit, completed).await,
        Ok(Reuse::Tell(begun)) => {
            let page = format!("/login/continue?tx={}", begun.tx.reveal());
            return reply::remembered(reply::see_other(&page), &begun, &client.id);
        }
        Err(fault) => return refused(provider, visit, asked.answer_to(), fault).await,
    }
    let direct = direct(provider, client, &asked);
    let locale = asked.locale.unwrap_or_else(|| visit.locale());
    let begun = match broker.begin(asked.clone(), visit.browser()).await {
        Ok(begun) => begun,
        Err(fault) => return refused(provider, visit, asked.answer_to(), fault).await,
    };
    if let Some((upstream, chosen)) = direct {
        match broker.redirect_begun(&begun, upstream, &chosen, locale).await {
            Ok(departure) => {
                let answer = reply::departure(visit, departure).await;
                return reply::remembered(answer, &begun, &client.id);
            }
            // The choice page still offers everybody else.
            Err(mut fault) => fault.report(upstream, &chosen),
        }
    }
    reply::begun(&begun, &client.id)
}

/// The provider to go to without asking, when the hint leaves no choice and no page is wanted.
fn direct(
    provider: &Provider,
    client: &Client,
    asked: &AuthorizationRequest,
) -> Option<(&'static str, String)> {
    let hint = asked.hint.as_deref().filter(|_| asked.prompt != Prompt::SelectAccount)?;
    let Hinted { upstream, provider } = hint::resolve(hint, client, &provider.broker.upstreams)?;
    Some((upstream, provider?))
}

/// Back to the client, in the way that it asked for.
async fn refused(
    provider: &Provider,
    visit: &Visit<'_>,
    to: AnswerTo<'_>,
    mut fault: Fault,
) -> HttpResponse {
    fault.report("", "");
    match provider.broker.refusal(to, &fault).await {
        Ok(answer) => reply::answer(visit, answer).await,
        Err(fault) => reply::fault(visit, fault).await,
    }
}
