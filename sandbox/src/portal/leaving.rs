//! Leaving: the address that ends the login at the broker, and whether anything outlived it.
//!
//! Not the portal's own session: `server.rs` drops that first. OpenID Connect RP-Initiated Logout 1.0.

use openidconnect::core::CoreIdToken;
use openidconnect::{
    ClientId, IssuerUrl, LogoutRequest, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout,
};
use reqwest::StatusCode;
use serde::Serialize;

use super::{Kept, Portal};
use crate::client::call;
use crate::error::{Doing as _, SandboxError};

/// What of a login is still good for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Outlived {
    /// The access token still opens userinfo.
    pub access_token: bool,
    /// The code still gives tokens.
    pub code: bool,
}

impl Portal {
    /// Where the browser goes to end the login that gave these tokens.
    ///
    /// # Errors
    /// When the broker cannot be discovered or ends no logins.
    pub async fn leave(&self, kept: &Kept) -> Result<String, SandboxError> {
        let http = |request| call(self.http.clone(), request);
        let issuer = IssuerUrl::new(self.issuer.clone()).doing("read the issuer")?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &http)
            .await
            .doing("discover the broker")?;
        let endpoint = metadata.additional_metadata().end_session_endpoint.clone();
        let endpoint = endpoint.ok_or_else(|| {
            SandboxError::new("log out", "the broker publishes no end_session_endpoint")
        })?;
        let token: CoreIdToken = kept.id_token.parse().doing("read the ID token")?;
        let after = PostLogoutRedirectUrl::new(self.after_logout()).doing("log out")?;
        let request = LogoutRequest::from(endpoint)
            .set_id_token_hint(&token)
            .set_client_id(ClientId::new(self.kind.id.to_owned()))
            .set_post_logout_redirect_uri(after);
        Ok(request.http_get_url().to_string())
    }

    /// Tries everything that the login gave once more.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn outlived(&self, kept: &Kept) -> Result<Outlived, SandboxError> {
        let answer = self
            .http
            .get(format!("{}/userinfo", self.issuer))
            .bearer_auth(&kept.access_token)
            .send()
            .await
            .doing("ask for userinfo")?;
        let client = self.client().await?;
        let verifier = PkceCodeVerifier::new(kept.verifier.clone());
        let code = self.exchange(&client, &kept.code, verifier).await.is_ok();
        Ok(Outlived { access_token: answer.status() != StatusCode::UNAUTHORIZED, code })
    }
}
