//! What a relying party calls: `/authorize`, `/token`, `/introspect`, `/first-login`, `/revoke`, `/userinfo`, `/end_session`, `/jwks`
//! and discovery.
//!
//! Not pages: `web` speaks with people. Handlers here extract, call a verb of `login`, and reply.

mod answer;
mod authentication;
mod authorize;
mod backchannel;
mod certificate;
mod checks;
mod discovery;
mod encryption;
mod end_session;
mod first_login;
mod hint;
mod id_token;
mod introspect;
mod jwks;
mod parameters;
mod possession;
mod pushed;
mod request_object;
mod registration;
mod revoke;
mod session_hint;
mod token;
mod userinfo;

use std::sync::{Arc, OnceLock};

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};
use arc_swap::{ArcSwap, ArcSwapOption};

use crate::crypto::jose::{SigningAlgorithm, TokenType};
use crate::crypto::keyring::KeyRing;
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::login::Broker;
use crate::oidc::dpop::Nonces;

pub use certificate::{MutualTls, keep_shown};
pub use registration::Registrations;

/// What the endpoints need; one per process.
pub struct Provider {
    broker: Arc<Broker>,
    /// How clients' certificates arrive; `None`: none counts.
    mutual_tls: ArcSwapOption<MutualTls>,
    /// Clients that register themselves, if they may.
    registrations: OnceLock<Registrations>,
    /// The nonces that proofs of possession must carry; `None`: none.
    nonces: ArcSwapOption<Nonces>,
    /// The discovery document: it changes with the algorithms of the ring, and with mutual TLS.
    discovery: ArcSwap<Bytes>,
}

impl Provider {
    /// Endpoints of `broker`.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        let discovery = discovery::document(&broker, &broker.issuer.ring(), None, false);
        let discovery = ArcSwap::from_pointee(discovery);
        let (mutual_tls, nonces) = (ArcSwapOption::empty(), ArcSwapOption::empty());
        Self { broker, mutual_tls, nonces, registrations: OnceLock::new(), discovery }
    }

    /// Takes clients' certificates in another way, or none, from the next request on.
    pub fn replace_mutual_tls(&self, mutual_tls: Option<MutualTls>) {
        self.mutual_tls.store(mutual_tls.map(Arc::new));
        self.publish();
    }

    /// Lets clients register themselves, from the next request on; once.
    pub fn serve_registrations(&self, registrations: Registrations) {
        // A second registry is nobody's.
        let _ = self.registrations.set(registrations);
        self.publish();
    }

    /// Clients that register themselves, if they may.
    #[must_use]
    pub fn registrations(&self) -> Option<&Registrations> {
        self.registrations.get()
    }

    /// Looks for a client that registered itself on another node a moment ago.
    async fn recall(&self, client_id: Option<&str>) {
        if let Some(registrations) = self.registrations() {
            registrations.recall(client_id).await;
        }
    }

    /// Demands a nonce in every proof of possession (RFC 9449, section 8), from the next request on.
    pub fn demand_nonces(&self, nonces: Nonces) {
        self.nonces.store(Some(Arc::new(nonces)));
    }

    /// How clients' certificates arrive.
    fn mutual_tls(&self) -> Option<Arc<MutualTls>> {
        self.mutual_tls.load_full()
    }

    /// Writes the discovery document anew.
    fn publish(&self) {
        let (ring, mutual_tls) = (self.broker.issuer.ring(), self.mutual_tls.load());
        let registers = self.registrations.get().is_some();
        let document = discovery::document(&self.broker, &ring, mutual_tls.as_deref(), registers);
        self.discovery.store(Arc::new(document));
    }

    /// Signs with other keys from the next request on.
    pub fn replace_ring(&self, ring: KeyRing) {
        self.broker.issuer.replace_ring(ring);
        self.publish();
    }

    /// The algorithms that it can sign with now.
    #[must_use]
    pub fn signs_with(&self) -> Vec<SigningAlgorithm> {
        self.broker.issuer.ring().algorithms()
    }

    /// Since when the active key of each algorithm signs.
    #[must_use]
    pub fn signing_since(&self) -> Vec<(SigningAlgorithm, Timestamp)> {
        self.broker.issuer.ring().signing_since().collect()
    }

    /// A compact JWS over the octets of `payload`, by the active key of that algorithm.
    ///
    /// # Errors
    /// The fault `signing-unavailable` when the ring has no such key or the key does not answer.
    async fn sign(
        &self,
        algorithm: SigningAlgorithm,
        typ: TokenType,
        payload: &[u8],
    ) -> Result<String, Fault> {
        self.broker.issuer.sign(algorithm, typ, payload).await
    }

    /// Whether every active key would sign now.
    pub async fn signs(&self) -> bool {
        for algorithm in self.signs_with() {
            if self.broker.issuer.ready(algorithm).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Every address of this module. `/authorize` shows pages, so [`crate::web::Web`] must be among
    /// the application's data too.
    pub fn configure(self: &Arc<Self>, routes: &mut ServiceConfig) {
        self.configure_for_clients(routes);
        routes
            .service(
                web::resource("/authorize")
                    .app_data(PayloadConfig::new(BODY_LIMIT))
                    .route(web::get().to(authorize::get))
                    .route(web::post().to(authorize::post))
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

    /// What a client calls itself, with its certificate if it has one; no browser is ever sent there.
    /// The listener that asks for certificates answers nothing else.
    pub fn configure_for_clients(self: &Arc<Self>, routes: &mut ServiceConfig) {
        routes
            .app_data(Data::from(Arc::clone(self)))
            .configure(registration::configure)
            .service(posted("/token", token::post))
            .service(posted("/par", pushed::post))
            .service(posted("/revoke", revoke::post))
            .service(posted("/introspect", introspect::post))
            .service(posted("/first-login", first_login::post))
            .service(
                web::resource("/userinfo")
                    .app_data(PayloadConfig::new(BODY_LIMIT))
                    .route(web::get().to(userinfo::get))
                    .route(web::post().to(userinfo::post))
                    .default_service(web::to(|| async { answer::method_not_allowed("GET, POST") })),
            );
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

/// An address that takes forms by POST and nothing else.
fn posted<H, A>(path: &'static str, handler: H) -> Resource
where
    H: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    web::resource(path)
        .app_data(PayloadConfig::new(BODY_LIMIT))
        .route(web::post().to(handler))
        .default_service(web::to(|| async { answer::method_not_allowed("POST") }))
}

/// Octets of the largest request: every parameter at its own limit, form-encoded.
const BODY_LIMIT: usize = 64 * 1024;

#[cfg(test)]
mod tests;
