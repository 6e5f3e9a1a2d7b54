//! The page that asks somebody from another state for their Italian fiscal code: why, what is done with it,
//! and who is asked.
//!
//! Not the judgement: `login::matching` has it. What is wrong with an answer is said in words; what a code
//! contradicts is not.

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::local_time::day;
use super::shell::Shell;
use super::{Visit, Web, journey, reply};
use crate::identity::Identity;
use crate::login::{self, Answered, Login, MatchAnswer, MatchProblem, Stage};
use crate::oidc::Client;
use crate::oidc::client::MatchingMode;

#[derive(Template)]
#[template(path = "matching.html")]
struct Matching<'a> {
    shell: Shell<'a>,
    service: String,
    /// Key of the label, and what the person's state said.
    said: Vec<(&'static str, String)>,
    /// Who is asked whether the code is theirs.
    verifier: Option<String>,
    /// Whether the service takes a code that nobody vouches for.
    declared: bool,
    /// Whether the person may go on without.
    optional: bool,
    privacy: &'a str,
    tx: &'a str,
    /// What was typed, shown again.
    typed: String,
    /// What is wrong with it.
    problem: Option<MatchProblem>,
    left: String,
}

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/login/match")
            .app_data(PayloadConfig::new(BODY_LIMIT))
            .route(web::get().to(ask))
            .route(web::post().to(answer))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

/// Where the question of a login is asked.
pub(super) fn address(tx: &str) -> String {
    format!("/login/match?tx={tx}")
}

async fn ask(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    show(Visit::of(&web, &request), String::new(), None).await
}

/// The answer. The cookie is Lax, so no other site can give it; and no other page knows the login's name.
async fn answer(
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let fields = match journey::form(&request, body) {
        Ok(fields) => fields,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let typed = journey::single(&fields, "fiscal_code").unwrap_or_default();
    let answer = match journey::single(&fields, "without") {
        Some(_) => MatchAnswer::Without,
        None => MatchAnswer::Code(typed),
    };
    let answered = match visit.handles() {
        Ok((tx, browser)) => web.broker.answer_match(&tx, &browser, answer).await,
        Err(fault) => Err(fault),
    };
    match (answered, visit.tx()) {
        (Ok(Answered::GoOn), Some(tx)) => journey::to_continue(&tx),
        (Ok(Answered::Again(problem)), _) => show(visit, shown_again(typed), Some(problem)).await,
        (Ok(Answered::GoOn), None) => reply::see_other("/"),
        (Err(fault), _) => reply::fault(&visit, fault).await,
    }
}

async fn show(mut visit: Visit<'_>, typed: String, problem: Option<MatchProblem>) -> HttpResponse {
    let (login, client) = match visit.find_login().await {
        Ok(found) => found,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let Some(tx) = visit.tx() else { return reply::see_other("/") };
    match visit.web.broker.match_question(&client, &login) {
        Ok(Some(left)) => page(&visit, &client, &login, Asked { typed, problem, left }),
        // Nothing is asked, or not any more: an old page, or the back button.
        Ok(None) => journey::to_continue(&tx),
        Err(fault) => reply::fault(&visit, fault).await,
    }
}

/// What this page is about.
struct Asked {
    typed: String,
    problem: Option<MatchProblem>,
    left: u8,
}

fn page(visit: &Visit<'_>, client: &Client, login: &Login, asked: Asked) -> HttpResponse {
    let (Stage::Identified(identity), Some(tx)) = (&login.stage, visit.tx()) else {
        return reply::see_other("/");
    };
    let text = |key: &str, values: &[(&str, &str)]| visit.web.text(visit.locale(), key, values);
    let title = text("match-title", &[]);
    let title = match asked.problem {
        Some(_) => text("match-problem-title", &[("title", &title)]),
        None => title,
    };
    let policy = client.mandate.matching;
    let page = Matching {
        service: client.branding.name.get(visit.locale()).to_owned(),
        said: said(visit, identity),
        verifier: visit.web.broker.durable.matching().and_then(login::Matching::verifier),
        declared: policy.accept_self_declared,
        optional: policy.mode == MatchingMode::Offer,
        privacy: &client.branding.privacy_uri,
        tx: tx.reveal(),
        typed: asked.typed,
        problem: asked.problem,
        left: asked.left.to_string(),
        shell: Shell::new(visit, title),
    };
    reply::form_page(visit, login.request.return_to.as_str(), page.render())
}

/// What the code is compared with.
fn said(visit: &Visit<'_>, identity: &Identity) -> Vec<(&'static str, String)> {
    let profile = &identity.profile;
    let gender = profile.gender.map(|gender| {
        visit.web.text(visit.locale(), &format!("claim-gender-{}", gender.openid()), &[])
    });
    let born = profile
        .birthdate
        .as_ref()
        .map(|born| day(born.as_str(), visit.locale()).unwrap_or_else(|| born.as_str().to_owned()));
    let text = |value: &Option<crate::identity::values::Text>| {
        value.as_ref().map(|value| value.as_str().to_owned())
    };
    let place = profile.birth_place.as_ref().map(|place| place.as_str().to_owned());
    [
        ("claim-given_name", text(&profile.given_name)),
        ("claim-family_name", text(&profile.family_name)),
        ("claim-birthdate", born),
        ("claim-gender", gender),
        ("claim-birth_place", place),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}

/// What was typed, if it is short enough to have been.
fn shown_again(typed: &str) -> String {
    typed.chars().take(LONGEST).collect()
}

/// Characters of the field, blanks between groups included.
const LONGEST: usize = 24;
/// Octets of the form.
const BODY_LIMIT: usize = 4096;
