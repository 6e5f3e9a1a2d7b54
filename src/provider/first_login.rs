//! `/first-login`: whether a fiscal code has signed in at least once, told to whom the operator lets ask: a
//! service asks before it makes somebody a delegate.
//!
//! Not a directory: one code at a time, known to the client already, and bounded. It is no standard, so
//! discovery does not name it; `docs/reference/first-login.md` does.

use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{Provider, answer, authentication, token};
use crate::fault::Fault;
use crate::identity::FiscalCode;
use crate::oidc::client::AuthenticationMethod;
use crate::state::{Key, Shelf};
use crate::terms::Day;

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match look_up(&provider, &request, &body).await {
        Ok(answer) => answer,
        Err(fault) => answer::fault(&provider.broker, fault, authentication::challenge),
    }
}

async fn look_up(
    provider: &Provider,
    request: &HttpRequest,
    body: &[u8],
) -> Result<HttpResponse, Fault> {
    let parameters = token::form(request, body, &["codice_fiscale"])?;
    let client = authentication::client(provider, request, &parameters).await?;
    let client = client.client();
    let broker = &provider.broker;
    // Whoever does not prove who it is may not ask, whatever its file says.
    if !client.mandate.first_login || matches!(client.authentication, AuthenticationMethod::None) {
        return Err(Fault::of_slug("first-login-refused"));
    }
    let asked = Key::of_parts(&["first-login", client.id.as_str()]);
    if broker.shelves.bump(Shelf::Rate, asked, WINDOW).await? > MOST {
        return Err(Fault::of_slug("too-many-requests").with_detail("questions for first logins"));
    }
    let wrong = || Fault::of_slug("token-request-invalid").with_detail("codice_fiscale");
    let code = parameters.get("codice_fiscale").ok_or_else(wrong)?;
    let code = FiscalCode::parse(code).map_err(|_| wrong())?;
    let off = || Fault::of_slug("first-login-unavailable").with_detail("[first_login] is off");
    let first_logins = broker.durable.first_logins().ok_or_else(off)?;
    let since = first_logins
        .since(&code)
        .await
        .map_err(|cause| Fault::of_slug("first-login-unavailable").caused_by(cause))?;
    let told = match since {
        // The day is enough for what it is asked for.
        Some(since) => json!({"known": true, "since": Day::of(since).to_string()}),
        None => json!({"known": false}),
    };
    Ok(answer::private(told.to_string()))
}

/// Questions of one client.
const MOST: u64 = 60;
/// Within this time.
const WINDOW: Duration = Duration::from_mins(1);
