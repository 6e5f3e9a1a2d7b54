//! `/api/contact-centre/verify`: whether the PIN that a caller spells is theirs (F12).
//!
//! Not a page and no OAuth answer: faults are problem documents (RFC 9457). The client proves who it is as at
//! the token endpoint, and its file says for which services it answers calls. Described for machines in
//! `docs/contact-centre.openapi.json`, which is served beside it.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{Provider, answer, authentication, token};
use crate::fault::Fault;
use crate::identity::FiscalCode;
use crate::login::Event;
use crate::oidc::client::AuthenticationMethod;
use crate::telephone::{Answer, Asked, Denied, Pins};

pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match verify(&provider, &request, &body).await {
        Ok(answer) => answer,
        Err(fault) => problem(&provider, fault),
    }
}

/// The description of this interface, for whoever calls it.
pub(super) async fn description() -> HttpResponse {
    answer::public(Bytes::from_static(DESCRIPTION.as_bytes()), "max-age=3600")
}

async fn verify(
    provider: &Provider,
    request: &HttpRequest,
    body: &[u8],
) -> Result<HttpResponse, Fault> {
    let parameters = token::form(request, body, &FIELDS)?;
    let client = authentication::client(provider, request, &parameters).await?;
    let client = client.client();
    let services = &client.mandate.contact_centre_of;
    let proven = !matches!(client.authentication, AuthenticationMethod::None);
    if services.is_empty() || !proven {
        return Err(Fault::of_slug("telephone-pin-refused"));
    }
    let malformed =
        |what: &'static str| Fault::of_slug("telephone-pin-malformed").with_detail(what);
    let field = |name: &'static str| parameters.get(name).ok_or_else(|| malformed(name));
    let fiscal_code =
        FiscalCode::parse(field("fiscal_code")?).map_err(|_| malformed("fiscal_code"))?;
    let (pin, staff) = (field("pin")?, field("staff")?);
    let spelled = pin.len() == 8 && pin.bytes().all(|digit| digit.is_ascii_digit());
    let known = (1..=64).contains(&staff.len())
        && staff.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_.".contains(&sign));
    if !spelled || !known {
        return Err(malformed(if spelled { "staff" } else { "pin" }));
    }
    let service = match (parameters.get("service"), services.as_slice()) {
        (Some(named), _) if services.iter().any(|one| one == named) => named,
        (None, [one]) => one,
        _ => return Err(malformed("service")),
    };
    let off = || Fault::of_slug("telephone-pin-unavailable").with_detail("[telephone_pin] is off");
    let pins: &Arc<Pins> = provider.telephone_pins().ok_or_else(off)?;
    let asked =
        Asked { client: client.id.as_str(), staff, fiscal_code: &fiscal_code, pin, service };
    let told = Box::pin(pins.verify(asked)).await.map_err(|denied| match denied {
        Denied::TooOften(who) => Fault::of_slug("telephone-pin-limit").with_detail(who),
        Denied::Registry(cause) => Fault::of_slug("telephone-pin-unavailable").caused_by(cause),
    })?;
    let (result, told) = match told {
        Answer::Yes(name, masked) => {
            ("recognised", json!({"ok": true, "name": name, "fiscal_code": masked}))
        }
        Answer::No => ("refused", json!({"ok": false})),
    };
    provider.broker.observer.observe(Event::TelephonePin { action: "verify", result });
    Ok(answer::private(told.to_string()))
}

/// RFC 9457, section 3: a type that is permanent, and the code to ask about.
fn problem(provider: &Provider, mut fault: Fault) -> HttpResponse {
    fault.report("", "");
    let row = fault.row();
    provider.broker.observer.observe(Event::Fault { row });
    let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        "type": format!("urn:varco:fault:{}", row.slug),
        "title": status.canonical_reason().unwrap_or_default(),
        "status": row.status,
        "code": row.code,
    });
    let mut answer = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        let challenge = authentication::challenge(&fault);
        answer.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.insert_header((header::RETRY_AFTER, "60"));
    }
    answer
        .content_type("application/problem+json")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body.to_string())
}

/// What a question holds, beside what proves the client.
const FIELDS: [&str; 4] = ["fiscal_code", "pin", "staff", "service"];
const DESCRIPTION: &str = include_str!("../../docs/contact-centre.openapi.json");
