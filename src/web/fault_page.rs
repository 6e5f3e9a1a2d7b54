//! What a person sees when something went wrong: what happened, what to do next, whom to ask.
//!
//! Not what went wrong inside: no element, no clause, no provider's words. The code and the
//! reference lead an operator to those.

use askama::Template;

use super::announcements::{self, Told};
use super::shell::Shell;
use super::{Visit, discovery, local_time};
use crate::fault::{Reference, Row};
use crate::oidc::client::Assistance;

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    shell: Shell<'a>,
    row: &'static Row,
    text: String,
    action: String,
    code: String,
    reference: &'a str,
    moment: String,
    ways: Ways,
    assistance: Option<Assistance>,
    banner: Vec<Told>,
}

/// Where the person can go from here.
struct Ways {
    /// To the same provider again, unless policy would say no again.
    retry: Option<String>,
    /// To the choice page.
    other_method: Option<String>,
    /// Back to the service, without a login.
    back: Option<String>,
    /// To the service's own beginning, when the login is gone.
    restart: Option<String>,
    /// To the page that ends every login of this browser, when a logout failed.
    sign_out: Option<&'static str>,
}

/// The page.
pub(super) fn render(
    visit: &Visit<'_>,
    row: &'static Row,
    reference: &Reference,
) -> askama::Result<String> {
    let locale = visit.locale();
    let level = visit.login().map(|login| login.request.level.number().to_string());
    let values = [("level", level.as_deref().unwrap_or("2"))];
    let text =
        |part: &str| visit.web.text(locale, &format!("fault-{}-{part}", row.person), &values);
    FaultPage {
        shell: Shell::new(visit, text("title")),
        row,
        text: text("text"),
        action: text("action"),
        code: row.spid_anomaly.map_or_else(
            || row.code.to_owned(),
            |number| format!("{} (SPID nr{number:02})", row.code),
        ),
        reference: reference.as_str(),
        moment: local_time::in_rome(visit.web.broker.fx.now(), locale),
        ways: if row.code.starts_with(LOGOUT_AREA) { to_sign_out() } else { ways(visit, row) },
        assistance: visit.client().map(|client| client.branding.assistance.clone()),
        banner: announcements::banner(visit, visit.client().as_deref()),
    }
    .render()
}

fn ways(visit: &Visit<'_>, row: &Row) -> Ways {
    let (Some(login), Some(tx)) = (visit.login(), visit.tx()) else {
        let restart = visit.client().map(|client| client.branding.initiate_login_uri.clone());
        return Ways { retry: None, other_method: None, back: None, restart, sign_out: None };
    };
    let tx = tx.reveal();
    let denied = row.is_of_policy() || discovery::refused(login).is_some_and(Row::is_of_policy);
    let again = login.refusal.as_ref().filter(|_| !denied);
    let retry = again.map(|refusal| {
        super::journey::address(tx, &refusal.upstream, &refusal.provider, visit.locale())
    });
    // Who the person is stays known while the source of roles does not answer.
    let retry = retry.or_else(|| {
        (row.slug == "entitlements-unavailable").then(|| format!("/login/continue?tx={tx}"))
    });
    Ways {
        retry,
        other_method: Some(format!("/login?tx={tx}")),
        back: Some(format!("/login/cancel?tx={tx}")),
        restart: None,
        sign_out: None,
    }
}

fn to_sign_out() -> Ways {
    let sign_out = Some("/logout");
    Ways { retry: None, other_method: None, back: None, restart: None, sign_out }
}

/// Rows of a logout.
const LOGOUT_AREA: &str = "VARCO-07";
