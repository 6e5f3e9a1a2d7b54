//! The documents that upstreams publish: SAML metadata, for one.
//!
//! Not pages, and not our metadata towards relying parties, which `provider` answers.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::{Web, reply};
use crate::upstream::{AnyUpstream, Upstreams};

/// Mounts every published path. The content is asked for at each request, since keys may turn over.
pub(super) fn configure(routes: &mut ServiceConfig, upstreams: &Upstreams) {
    let paths: BTreeSet<String> = upstreams.iter().flat_map(AnyUpstream::publishes_at).collect();
    for path in paths {
        routes.service(
            web::resource(&path)
                .route(web::get().to(publish))
                .route(web::head().to(publish))
                .default_service(web::to(reply::method_not_allowed)),
        );
    }
}

async fn publish(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let query = url::form_urlencoded::parse(request.query_string().as_bytes());
    let query: Vec<(String, String)> = query.into_owned().collect();
    let (path, fx) = (request.path(), &web.broker.fx);
    let mut found = None;
    for upstream in web.broker.upstreams.iter() {
        if found.is_none() {
            found = upstream.published(path, &query, fx).await;
        }
    }
    match found {
        Some(document) => {
            let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::OK);
            HttpResponse::build(status).content_type(document.media_type).body(document.body)
        }
        None => reply::not_found(web, request).await,
    }
}
