//! The documents that upstreams publish: SAML metadata, for one.
//!
//! Not pages, and not our metadata towards relying parties, which `provider` answers.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::{Web, reply};
use crate::upstream::Upstreams;

/// Mounts every published path. The content is asked for at each request, since keys may turn over.
pub(super) fn configure(routes: &mut ServiceConfig, upstreams: &Upstreams) {
    for document in upstreams.iter().flat_map(crate::upstream::AnyUpstream::publishes) {
        routes.service(
            web::resource(&document.path)
                .route(web::get().to(publish))
                .default_service(web::to(reply::method_not_allowed)),
        );
    }
}

async fn publish(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let mut published =
        web.broker.upstreams.iter().flat_map(crate::upstream::AnyUpstream::publishes);
    let found = published.find(|document| document.path == request.path());
    drop(published);
    match found {
        Some(document) => HttpResponse::Ok().content_type(document.media_type).body(document.body),
        None => reply::not_found(web, request).await,
    }
}
