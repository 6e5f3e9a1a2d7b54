//! Hearing of logouts: the broker says by back channel which login is over, wherever it ended.
//!
//! Not a logout of its own: `leaving.rs` begins one. OpenID Connect Back-Channel Logout 1.0, sections
//! 2.6 to 2.8.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use openidconnect::IssuerUrl;
use openidconnect::core::CoreProviderMetadata;
use serde::Deserialize;
use serde_json::{Value, json};
use varco::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use varco::crypto::jws::{Compact, Expected};

use super::Portal;
use super::flow::causes;
use super::server::PortalSite;
use crate::client::call;
use crate::error::{Doing as _, SandboxError};

impl Portal {
    /// `backchannel_logout_uri`, if it is one that hears of logouts.
    #[must_use]
    pub fn backchannel(&self) -> Option<String> {
        self.hears.then(|| format!("{}/backchannel", self.base))
    }

    /// The login (`sid`) that a logout token names, when everything about the token is right. One that
    /// comes again ends what is over already, so nobody has to remember its `jti`.
    ///
    /// # Errors
    /// When anything is not as it must be.
    async fn ended(&self, token: &str) -> Result<String, SandboxError> {
        let wrong = |why: &str| SandboxError::new("accept the logout token", why);
        let allowed = SignatureAlgorithm::parse(self.kind.algorithm.name());
        let token = Compact::read(token, &LOGOUT_TOKEN).doing("accept the logout token")?;
        let verified = token.verify(&self.keys().await?, allowed.as_slice());
        let claims = verified.doing("accept the logout token")?.into_claims();
        if claims.issuer() != Some(&self.issuer) {
            return Err(wrong("it is another issuer's"));
        }
        if !claims.audience().is_some_and(|audience| audience.holds(self.kind.id)) {
            return Err(wrong("it is for another service"));
        }
        if claims.issued().is_none() || claims.expires().is_none() || claims.id().is_none() {
            return Err(wrong("iat, exp or jti is missing"));
        }
        claims.in_time(self.fx.now(), SKEW).doing("accept the logout token")?;
        let event = claims.members().get("events").and_then(|events| events.get(EVENT));
        if !event.is_some_and(Value::is_object) || claims.members().contains_key("nonce") {
            return Err(wrong("it is about no logout"));
        }
        claims.text("sid").map(str::to_owned).ok_or_else(|| wrong("it names no login"))
    }

    /// The keys that the broker publishes at this moment.
    async fn keys(&self) -> Result<PublicKeys, SandboxError> {
        let http = |request| call(self.http.clone(), request);
        let issuer = IssuerUrl::new(self.issuer.clone()).doing("read the issuer")?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &http)
            .await
            .map_err(|cause| SandboxError::new("discover the broker", causes(&cause)))?;
        let answer = self.http.get(metadata.jwks_uri().url().clone()).send().await;
        let octets = answer.doing("fetch the broker's keys")?.bytes().await;
        PublicKeys::parse(&octets.doing("fetch the broker's keys")?).doing("read the broker's keys")
    }
}

impl PortalSite {
    /// Of how many logouts it has been told.
    #[must_use]
    pub fn logouts(&self) -> u64 {
        *self.told.borrow()
    }

    /// Waits until it has been told of so many logouts, ever.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn wait_for_logouts(&self, so_many: u64) -> Result<(), SandboxError> {
        let mut told = self.told.subscribe();
        let heard = told.wait_for(|told| *told >= so_many);
        let in_time = tokio::time::timeout(PATIENCE, heard).await;
        let late = || SandboxError::new("wait for a logout token", "none came");
        in_time.ok().and_then(Result::ok).map(|_| ()).ok_or_else(late)
    }

    fn forget(&self, sid: &str) {
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.retain(|_, session| {
                session.id_token.get("sid").and_then(Value::as_str) != Some(sid)
            });
        }
        self.told.send_modify(|told| *told += 1);
    }
}

pub(super) async fn post(site: web::Data<PortalSite>, form: web::Form<Told>) -> HttpResponse {
    let no_store = (CACHE_CONTROL, "no-store");
    match site.portal.ended(&form.logout_token).await {
        Ok(sid) => {
            site.forget(&sid);
            HttpResponse::Ok().insert_header(no_store).finish()
        }
        Err(why) => HttpResponse::BadRequest().insert_header(no_store).json(json!({
            "error": "invalid_request",
            "error_description": why.to_string(),
        })),
    }
}

#[derive(Deserialize)]
pub(super) struct Told {
    logout_token: String,
}

const LOGOUT_TOKEN: Expected =
    Expected { longest: 8 * 1024, types: &["logout+jwt"], untyped: false };
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// By which two clocks may differ.
const SKEW: Duration = Duration::from_mins(1);
/// How long somebody waits for a logout token.
const PATIENCE: Duration = Duration::from_secs(10);
