//! The calls to a provider: a code for tokens, a token for the person, a token back.
//!
//! Not the judgement of what comes: `token`, `id_token` and `userinfo` have that. Nothing is tried twice: a
//! code is good for one call, and who did not hear the answer does not know whether it was.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::party::Party;
use super::provider::Reach;
use super::rejection::{Rejected, Rejection};
use super::token::{self, Audience, Redeeming, Tokens};
use super::{request, userinfo};
use crate::crypto::jwe::{Accepted, ContentEncryption, KeyManagement, decrypt};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl, Fetched, OutboundFault};
use crate::identity::Given;

/// Octets and time of an answer of the token endpoint.
const TOKEN: FetchLimits = FetchLimits { octets: 64 * 1024, time: Duration::from_secs(10) };
const USERINFO: FetchLimits =
    FetchLimits { octets: userinfo::LONGEST, time: Duration::from_secs(10) };
/// A person waits for it.
const BACK: FetchLimits = FetchLimits { octets: 16 * 1024, time: Duration::from_secs(3) };
/// What is taken of a provider: what we registered, and what it may use as well (CIE id rules; no GCM).
const ACCEPTED: Accepted = Accepted {
    longest: userinfo::LONGEST,
    management: &[KeyManagement::RsaOaep, KeyManagement::RsaOaep256],
    content: &[ContentEncryption::A256CbcHs512, ContentEncryption::A128CbcHs256],
};

/// Between one entity of ours and one provider.
pub(super) struct Exchange<'a> {
    pub(super) party: &'a Party,
    /// The provider's issuer.
    pub(super) issuer: &'a str,
    pub(super) audience: Audience,
    pub(super) reach: &'a Reach,
    pub(super) fx: &'a Effects,
}

impl Exchange<'_> {
    /// Redeems the code.
    pub(super) async fn redeem(
        &self,
        endpoint: &str,
        code: &str,
        verifier: &str,
    ) -> Result<Tokens, Rejected> {
        let failed = |why: String| Rejection::TokenUnavailable.because(why);
        let assertion = self.assertion(endpoint).map_err(failed)?;
        let fields = Redeeming {
            client_id: self.party.entity.id.as_str(),
            code,
            redirect_uri: &self.party.callback(),
            verifier,
            assertion: &assertion,
        };
        let url = self.url(endpoint).map_err(|fault| failed(fault.to_string()))?;
        let request = FetchRequest::form(url, &fields.fields(), "application/json", TOKEN);
        let fetched = self.fx.fetch(&request).await;
        token::answer(&fetched.map_err(|fault| failed(fault.to_string()))?)
    }

    /// The signed token inside an encrypted ID token, not yet verified (OpenID Connect Core 1.0, section
    /// 16.14).
    pub(super) fn opened(&self, token: &str) -> Result<String, Rejected> {
        // Five parts: three would be a signed token that nobody encrypted.
        if token.bytes().filter(|octet| *octet == b'.').count() != 4 {
            return Err(Rejection::IdTokenPlain.because("the ID token is not a compact JWE"));
        }
        let opened = decrypt(token, &self.party.entity.keys.receiving, &ACCEPTED)
            .map_err(|fault| Rejection::IdTokenUndecryptable.because(fault.to_string()))?;
        opened.nested().map(str::to_owned).ok_or_else(|| {
            Rejection::IdTokenMalformed
                .because("what was encrypted is not a token by its cty (RFC 7519, section 5.2)")
        })
    }

    /// Asks who it is: the signed token inside the encrypted one, not yet verified.
    pub(super) async fn userinfo(
        &self,
        endpoint: &str,
        access: &SecretString,
    ) -> Result<String, Rejected> {
        let failed =
            |fault: OutboundFault| Rejection::UserinfoUnavailable.because(fault.to_string());
        let url = self.url(endpoint).map_err(failed)?;
        let bearer = SecretString::from(format!("Bearer {}", access.expose_secret()));
        let request = FetchRequest::get(url, "application/jwt, application/jose", USERINFO)
            .with_header("authorization", bearer);
        let fetched: Fetched = self.fx.fetch(&request).await.map_err(failed)?;
        let opened =
            decrypt(userinfo::encrypted(&fetched)?, &self.party.entity.keys.receiving, &ACCEPTED)
                .map_err(|fault| Rejection::UserinfoUndecryptable.because(fault.to_string()))?;
        // A type that is missing is no harm: what is inside must be a signed token anyhow.
        let typed =
            opened.content_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("JWT"));
        let inside = opened.text().filter(|_| typed).map(str::to_owned);
        inside.ok_or_else(|| {
            Rejection::UserinfoSignature.because("what was encrypted is not a token")
        })
    }

    /// Gives a token back. Whatever the provider says to that, it had its chance.
    pub(super) async fn give_back(&self, given: &Given) -> Result<(), Rejected> {
        let failed = |why: String| Rejection::ProviderUnavailable.because(why);
        let assertion = self.assertion(&given.endpoint).map_err(failed)?;
        let client = self.party.entity.id.as_str();
        let fields = token::revocation(client, &given.token, &assertion);
        let url = self.url(&given.endpoint).map_err(|fault| failed(fault.to_string()))?;
        let request = FetchRequest::form(url, &fields, "application/json", BACK);
        let answer = self.fx.fetch(&request).await.map_err(|fault| failed(fault.to_string()))?;
        match answer.status {
            // A token that was replaced or has ended is answered with an error by some: it is gone.
            200..=299 | 400 => Ok(()),
            status => Err(failed(format!("the revocation endpoint answered {status}"))),
        }
    }

    /// A fresh assertion of who we are, for one endpoint.
    fn assertion(&self, endpoint: &str) -> Result<String, String> {
        let audience = match self.audience {
            Audience::Endpoint => endpoint,
            Audience::Issuer => self.issuer,
        };
        let client = self.party.entity.id.as_str();
        let jti = request::fresh_uuid(self.fx);
        let claims: Value = token::assertion(client, audience, self.fx.now(), &jti);
        let key = self.party.signing_key().ok_or("there is no signing key")?;
        key.sign(claims.to_string().as_bytes()).map_err(|fault| fault.to_string())
    }

    fn url(&self, endpoint: &str) -> Result<FetchUrl, OutboundFault> {
        FetchUrl::parse(endpoint, &self.reach.private, self.reach.development)
    }
}
