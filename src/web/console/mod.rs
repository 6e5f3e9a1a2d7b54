//! The console of the help desk: every address in one table, with the roles that may use it.
//!
//! Not what may be done to a case: `helpdesk` judges that, and tells who may and why not now. A page that is
//! not for somebody's role is refused here, before anything is read, and the trail has a row of it.

mod act;
mod case;
mod export;
mod fields;
mod keep;
mod letter;
mod queue;
mod refused;
mod review;
mod sheet;
mod verify;
mod wizard;

use std::sync::Arc;

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use self::sheet::Link;
use super::own::{self, Own, Present};
use super::{Visit, Web, reply};
use crate::credential::{Refusal, Role};
use crate::fault::Fault;
use crate::helpdesk::{Agent, Desk, DeskFault};
use crate::login::OwnPages;

/// An address of the console.
#[derive(Debug)]
pub struct Route {
    /// The pattern of its path.
    pub path: &'static str,
    /// Whether it takes forms; else it is a page.
    pub posted: bool,
    /// Who may use it.
    pub roles: &'static [Role],
    page: Page,
}

/// What answers at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Queue,
    Export,
    Wizard,
    Judge,
    Open,
    Card,
    Reveal,
    Step,
    Save,
    Review,
    Submit,
    Verify,
    Decide,
    Act,
    Do,
    Trail,
    Staff,
    Appoint,
    States,
}

const CASES: &[Role] = &[Role::Operator, Role::Verifier, Role::Supervisor];
const WRITERS: &[Role] = &[Role::Operator];
const VERIFIERS: &[Role] = &[Role::Verifier];
const SUPERVISORS: &[Role] = &[Role::Supervisor];

/// Every address of the console but the way in and out, which `own` mounts. The router is made of this, and
/// so is the test that tries each with every role.
pub const ROUTES: &[Route] = &[
    page("/console", &Role::STAFF, Page::Queue),
    form("/console/export", CASES, Page::Export),
    page("/console/eligibility", WRITERS, Page::Wizard),
    form("/console/eligibility", WRITERS, Page::Judge),
    form("/console/open", WRITERS, Page::Open),
    page("/console/case/{id}", CASES, Page::Card),
    form("/console/case/{id}", CASES, Page::Reveal),
    page("/console/case/{id}/step/{step}", WRITERS, Page::Step),
    form("/console/case/{id}/step/{step}", WRITERS, Page::Save),
    page("/console/case/{id}/review", WRITERS, Page::Review),
    form("/console/case/{id}/review", WRITERS, Page::Submit),
    page("/console/case/{id}/verify", VERIFIERS, Page::Verify),
    form("/console/case/{id}/verify", VERIFIERS, Page::Decide),
    page("/console/case/{id}/act/issue", VERIFIERS, Page::Act),
    form("/console/case/{id}/act/issue", VERIFIERS, Page::Do),
    page("/console/case/{id}/act/suspend", SUPERVISORS, Page::Act),
    form("/console/case/{id}/act/suspend", SUPERVISORS, Page::Do),
    page("/console/case/{id}/act/propose_resume", SUPERVISORS, Page::Act),
    form("/console/case/{id}/act/propose_resume", SUPERVISORS, Page::Do),
    page("/console/case/{id}/act/reidentify", WRITERS, Page::Act),
    form("/console/case/{id}/act/reidentify", WRITERS, Page::Do),
    page("/console/case/{id}/act/resume", VERIFIERS, Page::Act),
    form("/console/case/{id}/act/resume", VERIFIERS, Page::Do),
    page("/console/case/{id}/act/revoke", SUPERVISORS, Page::Act),
    form("/console/case/{id}/act/revoke", SUPERVISORS, Page::Do),
    page("/console/case/{id}/act/renew", WRITERS, Page::Act),
    form("/console/case/{id}/act/renew", WRITERS, Page::Do),
    page("/console/case/{id}/act/reject", &[Role::Operator, Role::Verifier], Page::Act),
    form("/console/case/{id}/act/reject", &[Role::Operator, Role::Verifier], Page::Do),
    page("/console/trail", &[Role::Auditor], Page::Trail),
    page("/console/staff", &[Role::Administrator], Page::Staff),
    form("/console/staff", &[Role::Administrator], Page::Appoint),
    page("/console/states", &Role::STAFF, Page::States),
];

const fn page(path: &'static str, roles: &'static [Role], page: Page) -> Route {
    Route { path, posted: false, roles, page }
}

const fn form(path: &'static str, roles: &'static [Role], page: Page) -> Route {
    Route { path, posted: true, roles, page }
}

/// Mounts the table, where the console and the desk are on.
pub(super) fn configure(routes: &mut ServiceConfig, web: &Web) {
    if web.own().console.is_none() || web.desk().is_none() {
        return;
    }
    let mut paths: Vec<&'static str> = ROUTES.iter().map(|route| route.path).collect();
    paths.dedup();
    for path in paths {
        let mut resource = web::resource(path)
            .app_data(PayloadConfig::new(own::BODY_LIMIT))
            .default_service(web::to(reply::method_not_allowed));
        for route in ROUTES.iter().filter(|route| route.path == path) {
            let method = if route.posted { web::post() } else { web::get() };
            let answer = move |web: Data<Web>,
                               request: HttpRequest,
                               body: Result<Bytes, actix_web::Error>| {
                serve(route, web, request, body)
            };
            resource = resource.route(method.to(answer));
        }
        routes.service(resource);
    }
}

/// A request of somebody who is present and has a role today.
pub(super) struct Inside<'a> {
    visit: &'a Visit<'a>,
    desk: &'a Desk,
    agent: Agent,
    present: Present,
    /// What was sent with it.
    fields: Vec<(String, String)>,
    /// The page that asks for the form; the page itself.
    path: String,
}

/// Why a page is not shown.
enum Trouble {
    /// The desk refuses.
    Desk(DeskFault),
    /// Something else is wrong.
    Fault(Fault),
}

impl From<DeskFault> for Trouble {
    fn from(fault: DeskFault) -> Self {
        Self::Desk(fault)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

type Shown = Result<HttpResponse, Trouble>;

async fn serve(
    route: &'static Route,
    web: Data<Web>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let visit = own::visit(&web, &request, OwnPages::Console);
    let path = request.path().to_owned();
    // A form without a page of its own stands on the queue.
    let asked = ROUTES.iter().any(|other| !other.posted && other.path == route.path);
    let back = if asked { path.clone() } else { "/console".to_owned() };
    let entered = if route.posted {
        own::posted(&visit, Own { pages: OwnPages::Console, back: &back }, body).await
    } else {
        own::present(&visit, OwnPages::Console).await.map(|present| (present, Vec::new()))
    };
    let (present, fields) = match entered {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Some(desk) = web.desk().map(Arc::as_ref) else {
        return reply::fault(&visit, Fault::of_slug("not-found")).await;
    };
    let agent = match desk.agent(present.identity(), present.identity().authenticated_at).await {
        Ok(agent) => agent,
        Err(fault) => return refused::nobody(&visit, &present, fault).await,
    };
    let inside = Inside { visit: &visit, desk, agent, present, fields, path: back };
    let shown = if inside.is_any(route.roles) {
        answer(route.page, &inside).await
    } else {
        let refusal = Refusal::Role(route.roles);
        let noted = inside.desk.refused_page(&inside.agent, route.path, &refusal).await;
        Err(noted.err().unwrap_or(DeskFault::Refused(refusal)).into())
    };
    match shown {
        Ok(answer) => answer,
        Err(Trouble::Desk(fault)) => refused::page(&inside, fault).await,
        Err(Trouble::Fault(fault)) => reply::fault(&visit, fault).await,
    }
}

async fn answer(page: Page, inside: &Inside<'_>) -> Shown {
    match page {
        Page::Queue => queue::show(inside).await,
        Page::Export => export::give(inside).await,
        Page::Wizard => Ok(wizard::show(inside, None)),
        Page::Judge => Ok(wizard::judge(inside)),
        Page::Open => case::open(inside).await,
        Page::Card => case::card(inside).await,
        Page::Reveal => case::reveal(inside).await,
        Page::Step => fields::show(inside).await,
        Page::Save => fields::save(inside).await,
        Page::Review => review::show(inside, Vec::new()).await,
        Page::Submit => review::submit(inside).await,
        Page::Verify => verify::show(inside).await,
        Page::Decide => verify::decide(inside).await,
        Page::Act => act::show(inside).await,
        Page::Do => act::act(inside).await,
        Page::Trail => keep::trail(inside).await,
        Page::Staff => keep::staff(inside, Vec::new()).await,
        Page::Appoint => keep::appoint(inside).await,
        Page::States => Ok(keep::states(inside)),
    }
}

impl Inside<'_> {
    fn text(&self, key: &str) -> String {
        self.visit.web.text(self.visit.locale(), key, &[])
    }

    fn text_with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.visit.web.text(self.visit.locale(), key, values)
    }

    /// The one value of a field that was sent; of what was typed before signing in, where nothing was.
    fn sent(&self, name: &str) -> &str {
        let all = if self.fields.is_empty() { self.present.typed() } else { &self.fields };
        let mut values = all.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => value,
            _ => "",
        }
    }

    /// Whether they have one of these roles now.
    fn is_any(&self, roles: &[Role]) -> bool {
        self.agent.roles().iter().any(|role| roles.contains(role))
    }

    /// Part of the path that the table names.
    fn named(&self, part: &str) -> &str {
        self.visit.request.match_info().get(part).unwrap_or_default()
    }

    /// The pages that are for this person's roles.
    fn nav(&self) -> Vec<Link> {
        let here = self.visit.request.path();
        let pages = [
            ("/console", "console-nav-queue"),
            ("/console/eligibility", "console-nav-wizard"),
            ("/console/trail", "console-nav-trail"),
            ("/console/staff", "console-nav-staff"),
            ("/console/states", "console-nav-states"),
        ];
        let may =
            |path: &str| ROUTES.iter().any(|route| route.path == path && self.is_any(route.roles));
        let link = |(path, key): (&str, &str)| Link {
            href: path.to_owned(),
            text: self.text(key),
            current: here == path,
        };
        pages.into_iter().filter(|(path, _)| may(path)).map(link).collect()
    }

    /// In which roles and for which office.
    fn standing(&self) -> String {
        let roles = self.roles(self.agent.roles());
        let office = self.agent.office().to_owned();
        self.text_with("console-roles", &[("roles", &roles), ("office", &office)])
    }

    /// Roles in words.
    fn roles(&self, roles: &[Role]) -> String {
        let words: Vec<String> =
            roles.iter().map(|role| self.text(&format!("console-role-{}", role.word()))).collect();
        words.join(", ")
    }
}
