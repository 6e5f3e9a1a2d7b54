//! Tells clients of logouts by back channel: a signed logout token, sent by us (OpenID Connect
//! Back-Channel Logout 1.0).
//!
//! Not the logout: that is done, and nobody waits here. Notices stand on a shelf, so whoever has no
//! answer is asked again, by this node or another one.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;

use super::Provider;
use crate::crypto::Handle;
use crate::crypto::jose::TokenType;
use crate::effects::{FetchLimits, FetchRequest, FetchUrl};
use crate::fault::Fault;
use crate::login::Notice;
use crate::oidc::Client;

impl Provider {
    /// Tells whoever has to be told, for ever. A client that does not answer delays nobody else.
    pub async fn tell_of_logouts(self: Arc<Self>) {
        let room = Arc::new(Semaphore::new(MOST_AT_ONCE));
        loop {
            match self.broker.due_notices().await {
                Ok(due) if due.is_empty() => self.broker.notices.wait().await,
                Ok(due) => {
                    for notice in due {
                        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
                        let provider = Arc::clone(&self);
                        tokio::spawn(async move {
                            provider.tell(&notice).await;
                            drop(place);
                        });
                    }
                }
                Err(mut fault) => {
                    fault.report("", "");
                    self.broker.notices.wait().await;
                }
            }
        }
    }

    /// Tells everybody who is due now, one after the other.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn tell_due(&self) -> Result<(), Fault> {
        for notice in self.broker.due_notices().await? {
            self.tell(&notice).await;
        }
        Ok(())
    }

    async fn tell(&self, notice: &Notice) {
        let outcome = self.send(notice).await;
        let detail = outcome.as_ref().err().map_or("", String::as_str);
        self.broker.told(notice, outcome.is_ok(), detail).await;
    }

    async fn send(&self, notice: &Notice) -> Result<(), String> {
        let client = self.broker.clients.load().get(&notice.client_id).cloned();
        // A client that is gone, or no longer wants to hear, has heard.
        let Some(client) = client else { return Ok(()) };
        let Some(channel) = &client.protocol.backchannel_logout else { return Ok(()) };
        let settings = &self.broker.settings.session;
        let url = FetchUrl::parse(&channel.uri, &settings.private_hosts, settings.development)
            .map_err(|cause| cause.to_string())?;
        let token = self.logout_token(&client, notice).await.map_err(|fault| {
            let row = fault.row();
            row.slug.to_owned()
        })?;
        let request = FetchRequest::form(url, &[("logout_token", &token)], "*/*", LIMITS);
        match self.broker.fx.status(&request).await {
            // Section 2.8 says 200; 204 is what some libraries send.
            Ok(200..=299) => Ok(()),
            Ok(status) => Err(format!("status {status}")),
            Err(cause) => Err(cause.to_string()),
        }
    }

    /// Section 2.4: everything but a nonce, signed like the client's ID tokens.
    async fn logout_token(&self, client: &Client, notice: &Notice) -> Result<String, Fault> {
        let now = self.broker.fx.now();
        let claims = json!({
            "iss": self.broker.settings.issuer,
            "aud": client.id.as_str(),
            "iat": now.unix_seconds(),
            "exp": now.plus(TOKEN_LIVES).unix_seconds(),
            "jti": Handle::fresh(&self.broker.fx).reveal(),
            "sid": notice.sid.reveal(),
            "sub": notice.subject,
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let algorithm = client.protocol.id_token_algorithm;
        self.broker
            .issuer
            .sign(algorithm, TokenType::LogoutToken, claims.to_string().as_bytes())
            .await
    }
}

/// How long a client may take to answer; its body is not read.
const LIMITS: FetchLimits = FetchLimits { octets: 0, time: Duration::from_secs(5) };
/// Section 4 recommends two minutes at most.
const TOKEN_LIVES: Duration = Duration::from_mins(2);
/// How many clients are told at the same time.
const MOST_AT_ONCE: usize = 64;

#[cfg(test)]
mod tests;
