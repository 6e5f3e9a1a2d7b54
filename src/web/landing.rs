//! The page at the root, for whoever types the bare address.
//!
//! Not a way to sign in: a login begins at a service.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{Visit, Web, reply, shell::Shell};

/// Mounts the page.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::resource("/")
            .route(web::get().to(landing))
            .route(web::head().to(landing))
            .default_service(web::to(reply::method_not_allowed)),
    );
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing<'a> {
    shell: Shell<'a>,
}

async fn landing(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let title = web.text(visit.locale(), "landing-title", &[]);
    let html = Landing { shell: Shell::new(&visit, title) }.render();
    reply::page(&visit, StatusCode::OK, html)
}
