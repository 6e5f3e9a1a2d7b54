//! All URLs on one screen, and the two servers that answer them.
//!
//! Not handlers: `web` and `provider` have those. The only file of `app` that names actix.

use std::future::Future;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpResponse, HttpServer};

use super::Assembly;
use crate::ops::health::live;

/// What browsers and relying parties reach.
///
/// | address | module |
/// |---|---|
/// | `/.well-known/openid-configuration`, `/jwks`, `/authorize`, `/token`, `/userinfo`, `/end_session` | `provider` |
/// | `/login`, `/login/go`, `/login/continue`, `/login/cancel` | `web` |
/// | `/logout`, `/logout/leave`, `/logout/skip`, `/logout/done` | `web` |
/// | `/saml/metadata`, `/saml/acs`, `/saml/slo` (paths by configuration) | `web`, from the upstreams |
/// | `/static/…`, `/brand/<client>.css`, `/` | `web` |
fn public(routes: &mut ServiceConfig, assembly: &Assembly) {
    assembly.provider.configure(routes);
    // Last: its default answers every other address.
    assembly.web.configure(routes);
}

/// What operations reach, on a listener of its own.
fn operations(routes: &mut ServiceConfig) {
    routes
        .route("/metrics", web::get().to(metrics))
        .route("/livez", web::get().to(alive))
        .route("/readyz", web::get().to(ready));
}

async fn metrics(assembly: Data<Assembly>) -> HttpResponse {
    let body = assembly.measurements().await;
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(body)
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(live())
}

async fn ready(assembly: Data<Assembly>) -> HttpResponse {
    let readiness = assembly.readiness().await;
    let mut answer =
        if readiness.is_ready() { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.content_type("application/json").body(readiness.body())
}

/// Counts and times every request by the template of its route, never by its address.
async fn measured(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let assembly = request.app_data::<Data<Assembly>>().cloned();
    let begun = assembly.as_ref().map(|assembly| assembly.broker.fx.monotonic());
    let method = request.method().clone();
    let answer = next.call(request).await?;
    if let (Some(assembly), Some(begun)) = (assembly, begun) {
        let route = answer.request().match_pattern();
        assembly.metrics.http_request(
            route.as_deref(),
            method.as_str(),
            answer.status().as_u16(),
            assembly.broker.fx.monotonic().saturating_sub(begun),
        );
    }
    Ok(answer)
}

/// The two servers.
pub(super) struct Servers([ServerHandle; 2]);

impl Servers {
    /// Finishes what is in flight, then stops.
    pub(super) async fn stop(&self) {
        for server in &self.0 {
            server.stop(true).await;
        }
    }
}

/// Answers on both listeners until stopped.
///
/// # Errors
/// When a listener cannot be used.
pub(super) fn serve(
    assembly: &Arc<Assembly>,
    browsers: TcpListener,
    operators: TcpListener,
    workers: usize,
) -> std::io::Result<Servers> {
    let shared = assembly.clone();
    let first = HttpServer::new(move || {
        App::new()
            .app_data(Data::from(shared.clone()))
            .wrap(shared.web.headers())
            .wrap(from_fn(measured))
            .configure(|routes| public(routes, &shared))
    })
    .workers(workers)
    .shutdown_timeout(30)
    .disable_signals()
    .listen(browsers)?
    .run();
    let shared = assembly.clone();
    let second = HttpServer::new(move || {
        App::new().app_data(Data::from(shared.clone())).configure(operations)
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(operators)?
    .run();
    let handles = Servers([first.handle(), second.handle()]);
    actix_web::rt::spawn(first);
    actix_web::rt::spawn(second);
    Ok(handles)
}

/// Runs `work` in the system that both servers need.
pub(super) fn block_on<F: Future>(work: F) -> F::Output {
    actix_web::rt::System::new().block_on(work)
}
