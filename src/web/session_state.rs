//! The iframe by which a service learns that the browser's logins have changed (OpenID Connect Session
//! Management 1.0, section 3.3).
//!
//! Not a session: the cookie that its script reads names nothing, it only is the same or another one.
//! Off by default, for browsers hand such cookies to a framed page less and less.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::shell::Shell;
use super::{Visit, Web, reply};

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/session")
            .route(web::get().to(check))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

#[derive(Template)]
#[template(path = "session.html")]
struct Check<'a> {
    shell: Shell<'a>,
}

async fn check(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let page = Check { shell: Shell::new(&visit, String::new()) };
    reply::framed(&visit, page.render())
}
