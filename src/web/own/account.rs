//! `/account`: who is signed in, and what there is for them.
//!
//! Not those pages: each has its own file, and its row in [`links`].

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{self as own, delegations, present, telephone_pin};
use crate::identity::values::Text;
use crate::identity::{FiscalCode, Identity};
use crate::login::OwnPages;
use crate::web::local_time::in_rome;
use crate::web::shell::Shell;
use crate::web::{Web, reply};

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/account")
            .route(web::get().to(show))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    shell: Shell<'a>,
    name: Option<String>,
    code: Option<String>,
    since: String,
    links: Vec<(&'static str, &'static str)>,
    token: String,
}

async fn show(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = own::visit(&web, &request, OwnPages::Account);
    let present = match present(&visit, OwnPages::Account).await {
        Ok(present) => present,
        Err(answer) => return answer,
    };
    let identity = present.identity();
    let page = Account {
        name: name(identity),
        code: identity.fiscal_code.as_ref().map(masked),
        since: in_rome(present.presence().opened_at(), visit.locale()),
        links: links(&web),
        token: present.token(),
        shell: Shell::new(&visit, web.text(visit.locale(), "account-title", &[])),
    };
    own::page(&visit, StatusCode::OK, page.render())
}

/// Address and key of the text of each page that is on.
fn links(web: &Web) -> Vec<(&'static str, &'static str)> {
    let delegations = web.broker.durable.delegations().is_some();
    let pins = web.telephone_pins().is_some();
    let pages = [
        (delegations, (delegations::ADDRESS, "account-delegations")),
        (pins, (telephone_pin::ADDRESS, "account-telephone")),
    ];
    pages.into_iter().filter_map(|(on, page)| on.then_some(page)).collect()
}

/// Given name and family name, as far as they are known.
fn name(identity: &Identity) -> Option<String> {
    let profile = &identity.profile;
    let parts = [&profile.given_name, &profile.family_name];
    let parts: Vec<&str> = parts.into_iter().flatten().map(Text::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The first three characters and the last one.
fn masked(code: &FiscalCode) -> String {
    let code = code.as_str();
    let inside = code.len().saturating_sub(4);
    let (first, rest) = code.split_at_checked(3).unwrap_or_default();
    let last = rest.get(inside..).unwrap_or_default();
    format!("{first}{}{last}", "•".repeat(inside))
}
