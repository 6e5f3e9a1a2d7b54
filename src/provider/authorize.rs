//! `/authorize`: a request becomes a login, and the browser goes on its way (OpenID Connect Core 1.0, section 3.1.2).
//!
//! Not the checks: those are one row each in `checks.rs`. GET and POST are read alike, and never mixed.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::Provider;
use super::checks::{self, Addressee};
use super::hint::{self, Hinted};
use super::parameters::Parameters;
use crate::fault::Fault;
use crate::oidc::{AuthorizationRequest, Prompt};
use crate::web::{Visit, Web, reply};

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
    body: Bytes,
) -> HttpResponse {
    let parameters = Parameters::parse(&body);
    authorize(&provider, Visit::of(&web, &request), &parameters).await
}

async fn authorize(
    provider: &Provider,
    visit: Visit<'_>,
    parameters: &Parameters<'_>,
) -> HttpResponse {
    let broker = &provider.broker;
    let client = match checks::client(parameters, &broker.clients.load()) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    // From here on every page, the fault's too, names the service and its assistance.
    let visit = visit.with_client(Some(client.clone()));
    let to = match checks::addressee(parameters, client) {
        Ok(to) => to,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let asked = match checks::run(parameters, &to, &broker.upstreams) {
        Ok(asked) => asked,
        Err(fault) => return refused(provider, &to, parameters, fault),
    };
    let direct = direct(provider, &to, &asked);
    let locale = asked.locale.unwrap_or_else(|| visit.locale());
    let begun = match broker.begin(asked, visit.browser()).await {
        Ok(begun) => begun,
        Err(fault) => return refused(provider, &to, parameters, fault),
    };
    if let Some((upstream, chosen)) = direct {
        match broker.redirect_begun(&begun, upstream, &chosen, locale).await {
            Ok(departure) => {
                let answer = reply::departure(&visit, departure).await;
                return reply::remembered(answer, &begun, &to.client.id);
            }
            // The choice page still offers everybody else.
            Err(mut fault) => fault.report(upstream, &chosen),
        }
    }
    reply::begun(&begun, &to.client.id)
}

/// The provider to go to without asking, when the hint leaves no choice and no page is wanted.
fn direct(
    provider: &Provider,
    to: &Addressee,
    asked: &AuthorizationRequest,
) -> Option<(&'static str, String)> {
    let hint = asked.hint.as_deref().filter(|_| asked.prompt != Prompt::SelectAccount)?;
    let Hinted { upstream, provider } =
        hint::resolve(hint, &to.client, &provider.broker.upstreams)?;
    Some((upstream, provider?))
}

fn refused(
    provider: &Provider,
    to: &Addressee,
    parameters: &Parameters<'_>,
    mut fault: Fault,
) -> HttpResponse {
    fault.report("", "");
    let state = checks::state(parameters);
    reply::back_to(&provider.broker.refusal(&to.return_to, state, &fault))
}
