//! All URLs on one screen, and the servers that answer them.
//!
//! Not handlers: `web` and `provider` have those. The only file of `app` that names actix.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, TlsAcceptorConfig};
use actix_service::{apply_fn_factory, map_config};
use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::body::MessageBody;
use actix_web::dev::{
    AppConfig, Server, ServerHandle, Service as _, ServiceFactory, ServiceRequest, ServiceResponse,
};
use actix_web::http::KeepAlive;
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpResponse, HttpServer};

use super::Assembly;
use super::listeners::{CardListener, Listener, Listeners};
use crate::ops::health::live;
use crate::provider::keep_shown;
use crate::web::body::admit;
use crate::web::{CardDoor, Share, keep_card};

/// What browsers and relying parties reach.
///
/// | address | module |
/// |---|---|
/// | `/.well-known/openid-configuration`, `/jwks`, `/authorize`, `/par`, `/token`, `/first-login`, `/userinfo`, `/end_session` | `provider` |
/// | `/.well-known/openid-federation`, `/federation/resolve` | `provider` |
/// | `/login`, `/login/unavailable`, `/login/go`, `/login/continue`, `/login/match`, `/login/role`, `/login/agree`, `/login/cancel` | `web` |
/// | `/logout`, `/logout/frames`, `/logout/onward`, `/logout/leave`, `/logout/skip`, `/logout/done` | `web` |
/// | `/account`, `/account/return`, `/account/leave`, `/console/return`, `/console/leave`, where they are on | `web` |
/// | `/console/…`, where the help desk is on: `web::console::ROUTES` | `web` |
/// | `/session`, where services may watch | `web` |
/// | `/saml/metadata`, `/saml/acs`, `/saml/slo` (paths by configuration) | `web`, from the upstreams |
/// | `/announcements`, `/announcements/<id>`, `/announcements.atom`, `.json`, `.ics` | `web` |
/// | `/calendar.json`, `/calendar.ics`, `/help` | `web` |
/// | every address of a retired host, and below a retired path | `web` |
/// | `/static/…`, `/brand/<client>.css`, `/` | `web` |
fn public(routes: &mut ServiceConfig, assembly: &Assembly) {
    // First: nothing else answers at a retired host.
    assembly.web.configure_retired_hosts(routes);
    assembly.provider.configure(routes);
    // Last: its default answers every other address.
    assembly.web.configure(routes);
}

/// What relying parties reach with a certificate: only what they call themselves.
fn mutual(routes: &mut ServiceConfig, assembly: &Assembly) {
    assembly.provider.configure_for_clients(routes);
}

/// What people reach with a card: one address.
fn cards(routes: &mut ServiceConfig, assembly: &Assembly, door: &CardDoor) {
    assembly.web.configure_for_cards(routes, door.clone());
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

/// Counts and times every request by the template of its route, never by its address. What no handler
/// should read ends here.
async fn measured(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let assembly = request.app_data::<Data<Assembly>>().cloned();
    let begun = assembly.as_ref().map(|assembly| assembly.broker.fx.monotonic());
    let method = request.method().clone();
    let answer = match admit(request) {
        Ok(request) => next.call(request).await?.map_into_left_body(),
        Err(refusal) => refusal.map_into_right_body(),
    };
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

/// All servers.
pub(super) struct Servers(Vec<ServerHandle>);

impl Servers {
    /// Finishes what is in flight, then stops.
    pub(super) async fn stop(&self) {
        for server in &self.0 {
            server.stop(true).await;
        }
    }
}

/// Answers on every listener until stopped.
///
/// # Errors
/// When a listener cannot be used.
pub(super) fn serve(
    assembly: &Arc<Assembly>,
    listeners: Listeners,
    workers: usize,
) -> std::io::Result<Servers> {
    let mut running = Vec::new();
    let server = |addresses: fn(&mut ServiceConfig, &Assembly)| {
        let shared = assembly.clone();
        HttpServer::new(move || {
            App::new()
                .app_data(Data::from(shared.clone()))
                .wrap(from_fn(measured))
                .wrap(shared.web.headers())
                .configure(|routes| addresses(routes, &shared))
        })
        .workers(workers)
        .shutdown_timeout(30)
        .disable_signals()
    };
    let listener = listeners.public;
    running.push(match listener.tls {
        None => server(public).listen(listener.socket)?.run(),
        Some(tls) => server(public).listen_rustls_0_23(listener.socket, tls)?.run(),
    });
    if let Some((socket, tls)) = listeners.mutual.and_then(|one| Some((one.socket, one.tls?))) {
        running.push(server(mutual).on_connect(keep_shown).listen_rustls_0_23(socket, tls)?.run());
    }
    if let Some(listener) = listeners.card {
        running.push(card_server(assembly, listener)?);
    }
    let shared = assembly.clone();
    let server = HttpServer::new(move || {
        App::new().app_data(Data::from(shared.clone())).configure(operations)
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listeners.operations)?;
    running.push(server.run());
    let handles = running.iter().map(actix_web::dev::Server::handle).collect();
    for server in running {
        actix_web::rt::spawn(server);
    }
    Ok(Servers(handles))
}

/// Answers where cards are shown. `HttpServer` lets nobody look at a connection before its handshake, and an
/// address that has its share of them gets no handshake: so its parts are put together here.
fn card_server(assembly: &Arc<Assembly>, listener: CardListener) -> std::io::Result<Server> {
    let CardListener { listener: Listener { socket, tls }, door, connections, shares } = listener;
    let shared = assembly.clone();
    let app = move || {
        let (addresses, door) = (shared.clone(), door.clone());
        let app = App::new()
            .app_data(Data::from(shared.clone()))
            .wrap(from_fn(measured))
            .wrap(shared.web.headers())
            .configure(move |routes| cards(routes, &addresses, &door));
        map_config(app, |()| AppConfig::default())
    };
    let counting = assembly.clone();
    let admit = move |peer: Option<SocketAddr>| {
        let share = peer.and_then(|peer| shares.take(peer.ip()));
        if share.is_none() {
            counting.metrics.card_connection_refused();
        }
        share
    };
    let server = Server::build()
        // One thread: handshakes of cards never take more than that from everybody else.
        .workers(1)
        .max_concurrent_connections(connections)
        .shutdown_timeout(30)
        .disable_signals();
    let server = match tls {
        None => server.listen("cards", socket, move || {
            let http = HttpService::build()
                .keep_alive(KeepAlive::Disabled)
                .client_disconnect_timeout(TIME_TO_HANG_UP)
                .finish(app());
            shared_out(http.tcp(), admit.clone())
        }),
        Some(tls) => server.listen("cards", socket, move || {
            let http = HttpService::build()
                // One connection, one card: the next request of the same browser shows its card again.
                .keep_alive(KeepAlive::Disabled)
                .client_disconnect_timeout(TIME_TO_HANG_UP)
                .on_connect_ext(|io: &TlsStream<TcpStream>, kept| keep_card(io, kept))
                .finish(app());
            let time = TlsAcceptorConfig::default().handshake_timeout(TIME_FOR_THE_PIN);
            shared_out(http.rustls_0_23_with_config(tls.clone(), time), admit.clone())
        }),
    };
    Ok(server?.run())
}

/// Serves a connection while its address has a share for it, and hangs up on any other at once.
fn shared_out<S: ServiceFactory<TcpStream, Config = (), Response = ()>>(
    connections: S,
    admit: impl Fn(Option<SocketAddr>) -> Option<Share> + Clone,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = S::Error, InitError = S::InitError>
{
    apply_fn_factory(connections, move |connection: TcpStream, serving: &S::Service| {
        let share = admit(connection.peer_addr().ok());
        let served = share.map(|share| (serving.call(connection), share));
        async move {
            match served {
                Some((served, _share)) => served.await,
                None => Ok(()),
            }
        }
    })
}

/// How long the end of a connection may take.
const TIME_TO_HANG_UP: Duration = Duration::from_secs(1);

/// A handshake waits while the person types the PIN of the card.
const TIME_FOR_THE_PIN: Duration = Duration::from_mins(2);

/// Runs `work` in the system that both servers need.
pub(super) fn block_on<F: Future>(work: F) -> F::Output {
    actix_web::rt::System::new().block_on(work)
}
