//! What a relying party calls: `/authorize`, `/token`, `/userinfo`, `/end_session`, `/jwks` and
//! discovery.
//!
//! Not pages: `web` speaks with people. Handlers here extract, call a verb of `login`, and reply.

mod answer;
mod authorize;
mod checks;
mod discovery;
mod end_session;
mod hint;
mod id_token;
mod jwks;
mod parameters;
mod session_hint;
mod token;
mod userinfo;

use std::sync::Arc;

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use arc_swap::ArcSwap;
use zeroize::Zeroizing;

use crate::crypto::digest::hmac_sha256;
use crate::crypto::keyring::KeyRing;
use crate::login::Broker;

/// What the endpoints need; one per process.
pub struct Provider {
    broker: Arc<Broker>,
    ring: ArcSwap<KeyRing>,
    /// Key of the pairwise subjects.
    pairwise: Zeroizing<[u8; 32]>,
    /// The discovery document: it never changes while the process runs.
    discovery: Bytes,
}

impl Provider {
    /// Endpoints of `broker`, signing with `ring`; `pairwise` is the deployment's secret of subjects.
    #[must_use]
    pub fn new(broker: Arc<Broker>, ring: KeyRing, pairwise: &[u8]) -> Self {
        let discovery = Bytes::from(discovery::document(&broker.settings.issuer));
        let pairwise = Zeroizing::new(hmac_sha256(pairwise, b"varco pairwise v1"));
        Self { broker, ring: ArcSwap::from_pointee(ring), pairwise, discovery }
    }

    /// Signs with other keys from the next request on.
    pub fn replace_ring(&self, ring: KeyRing) {
        self.ring.store(Arc::new(ring));
    }

    /// Every address of this module. `/authorize` shows pages, so [`crate::web::Web`] must be among
    /// the application's data too.
    pub fn configure(self: &Arc<Self>, routes: &mut ServiceConfig) {
        routes
            .app_data(Data::from(Arc::clone(self)))
            .service(
                web::resource("/authorize")
                    .app_data(PayloadConfig::new(BODY_LIMIT))
                    .route(web::get().to(authorize::get))
                    .route(web::post().to(authorize::post))
                    .default_service(web::to(|| async { answer::method_not_allowed("GET, POST") })),
            )
            .service(
                web::resource("/token")
                    .app_data(PayloadConfig::new(BODY_LIMIT))
                    .route(web::post().to(token::post))
                    .default_service(web::to(|| async { answer::method_not_allowed("POST") })),
            )
            .service(
                web::resource("/userinfo")
                    .app_data(PayloadConfig::new(BODY_LIMIT))
                    .route(web::get().to(userinfo::get))
                    .route(web::post().to(userinfo::post))
                    .default_service(web::to(|| async { answer::method_not_allowed("GET, POST") })),
            )
            .service(
                web::resource("/end_session")
                    .app_data(PayloadConfig::new(BODY_LIMIT))
                    .route(web::get().to(end_session::get))
                    .route(web::post().to(end_session::post))
                    .default_service(web::to(|| async { answer::method_not_allowed("GET, POST") })),
            )
            .service(
                web::resource("/jwks")
                    .route(web::get().to(jwks::get))
                    .route(web::head().to(jwks::get))
                    .default_service(web::to(|| async { answer::method_not_allowed("GET, HEAD") })),
            )
            .service(
                web::resource("/.well-known/openid-configuration")
                    .route(web::get().to(discovery::get))
                    .route(web::head().to(discovery::get))
                    .default_service(web::to(|| async { answer::method_not_allowed("GET, HEAD") })),
            );
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

/// Octets of the largest request: every parameter at its own limit, form-encoded.
const BODY_LIMIT: usize = 64 * 1024;

#[cfg(test)]
mod tests;
