//! What a relying party calls: `/authorize`, `/token`, `/introspect`, `/first-login`, `/revoke`, `/userinfo`, `/end_session`, `/jwks`
//! and discovery.
//!
//! Not pages: `web` speaks with people. Handlers here extract, call a verb of `login`, and reply.

mod answer;
mod authentication;
mod authorize;
mod backchannel;
mod behalf;
mod certificate;
mod checks;
mod contact_centre;
mod discovery;
mod encryption;
mod end_session;
pub mod federation;
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
use serde_json::{Map, Value};

use self::discovery::Offers;
use self::federation::{Knock, Membership, MembershipSettings};
use crate::crypto::jose::{SigningAlgorithm, TokenType};
use crate::crypto::keyring::KeyRing;
use crate::crypto::signer::Signer;
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::federation::{Federation, OwnFault};
use crate::login::Broker;
use crate::oidc::ClientId;
use crate::oidc::dpop::Nonces;
use crate::telephone::Pins;

pub use certificate::{MutualTls, keep_shown};
pub use registration::Registrations;

/// What the endpoints need; one per process.
pub struct Provider {
    broker: Arc<Broker>,
    /// How clients' certificates arrive; `None`: none counts.
    mutual_tls: ArcSwapOption<MutualTls>,
    /// Clients that register themselves, if they may.
    registrations: OnceLock<Registrations>,
    /// What it is in federations, if it is in any.
    membership: OnceLock<Membership>,
    /// Telephone PINs, if there are any.
    telephone_pins: OnceLock<Arc<Pins>>,
    /// The nonces that proofs of possession must carry; `None`: none.
    nonces: ArcSwapOption<Nonces>,
    /// The discovery document: it changes with the algorithms of the ring, and with mutual TLS.
    discovery: ArcSwap<Bytes>,
}

impl Provider {
    /// Endpoints of `broker`.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        let offers = Offers { mutual_tls: None, registers: false, federation: None };
        let discovery = discovery::document(&broker, &broker.issuer.ring(), &offers);
        let discovery = ArcSwap::from_pointee(written(&discovery));
        let (mutual_tls, nonces) = (ArcSwapOption::empty(), ArcSwapOption::empty());
        let (registrations, membership) = (OnceLock::new(), OnceLock::new());
        let telephone_pins = OnceLock::new();
        Self { broker, mutual_tls, registrations, membership, telephone_pins, nonces, discovery }
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

    /// Answers contact centres from the next request on; once.
    pub fn answer_contact_centres(&self, pins: Arc<Pins>) {
        let _ = self.telephone_pins.set(pins);
    }

    fn telephone_pins(&self) -> Option<&Arc<Pins>> {
        self.telephone_pins.get()
    }

    /// Clients that register themselves, if they may.
    #[must_use]
    pub fn registrations(&self) -> Option<&Registrations> {
        self.registrations.get()
    }

    /// Is a member of federations from the next request on; once.
    ///
    /// # Errors
    /// [`OwnFault`], what other members would not accept.
    pub fn join(
        &self,
        federation: Federation,
        settings: MembershipSettings,
        keys: Vec<Arc<dyn Signer>>,
    ) -> Result<(), OwnFault> {
        let announced = settings.announced();
        let ring = self.broker.issuer.ring();
        let document = self.described(&ring, Some(&announced));
        let broker = Arc::clone(&self.broker);
        let membership =
            Membership::new(broker, federation, settings, keys, &document, ring.publish())?;
        // A second membership is nobody's.
        let _ = self.membership.set(membership);
        self.publish();
        Ok(())
    }

    /// What it is in federations, if it is in any.
    #[must_use]
    pub fn membership(&self) -> Option<&Membership> {
        self.membership.get()
    }

    /// Looks for the client of a request where it may be known: on another node, where it registered itself
    /// a moment ago, or in a federation.
    async fn recall(&self, knock: &Knock<'_>) -> Result<(), Fault> {
        if let Some(registrations) = self.registrations() {
            registrations.recall(knock.client).await;
        }
        match self.membership() {
            // Boxed: few requests need it, and all would carry it.
            Some(membership) => Box::pin(membership.admit(self, knock)).await,
            None => Ok(()),
        }
    }

    /// The same for a client that holds a token already. Who is not found is not known.
    async fn remember(&self, client: &ClientId) {
        if client.is_entity() {
            let knock = Knock { client: Some(client.as_str()), letter: None, peer: None };
            // What is wrong was told when it asked for its token; here it is a token of nobody's.
            let _ = self.recall(&knock).await;
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
        let ring = self.broker.issuer.ring();
        let membership = self.membership();
        let announced = membership.map(Membership::announced);
        let document = self.described(&ring, announced.as_ref());
        if let Some(membership) = membership {
            membership.describe(&document, ring.publish());
        }
        self.discovery.store(Arc::new(written(&document)));
    }

    fn described(
        &self,
        ring: &KeyRing,
        federation: Option<&Map<String, Value>>,
    ) -> Map<String, Value> {
        let mutual_tls = self.mutual_tls.load();
        let registers = self.registrations.get().is_some();
        let offers = Offers { mutual_tls: mutual_tls.as_deref(), registers, federation };
        discovery::document(&self.broker, ring, &offers)
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
        federation::configure(routes);
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
            .service(posted("/api/contact-centre/verify", contact_centre::post))
            .service(
                web::resource("/api/contact-centre/openapi.json")
                    .route(web::get().to(contact_centre::description)),
            )
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

fn written(document: &Map<String, Value>) -> Bytes {
    serde_json::to_vec(document).unwrap_or_default().into()
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
