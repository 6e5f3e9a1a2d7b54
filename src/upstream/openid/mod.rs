//! What the upstreams by OpenID Connect share: a request out, a checked answer in, our entity in the
//! federation (OpenID Connect Core 1.0; OpenID Federation 1.0; CIE id and SPID OIDC rules).
//!
//! Not the federation: `crate::federation` has chains, policies and marks. Not one identity system either:
//! its [`Rules`] say what is particular to it. Each check is a function on octets; here is one deployment:
//! for whom it asks, whom it trusts, and how a rejection becomes a setback.

mod answer;
mod attributes;
mod deployment;
mod exchange;
mod id_token;
mod logout;
mod party;
mod pending;
mod provider;
mod register;
mod registration;
mod rejection;
mod request;
mod rules;
mod settings;
mod token;
mod userinfo;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::contract::{
    Arrival, Departure, Document, Inbound, Kind, ProviderCard, Setback, Trust, Upstream,
    UpstreamRequest, Wanted,
};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, sha256};
use crate::effects::{Effects, Timestamp};
use crate::identity::{Given, UpstreamIdentity, UpstreamSession};
use crate::terms::Level;
pub use attributes::MINIMUM;
use deployment::Deployment;
use exchange::Exchange;
use id_token::IdToken;
use party::Party;
use pending::Pending;
use provider::Provider;
pub use provider::Reach;
use register::Register;
use rejection::{Rejected, Rejection};
use rules::{CieRules, Rules, SpidOidcRules};
pub use settings::{Answers, AttributeSet, Entity, Keys, OpenIdConfig, Organization};
pub use token::Audience;

/// One upstream by OpenID Connect.
#[derive(Debug)]
pub struct OpenId<R> {
    deployed: ArcSwap<Deployment>,
    rules: PhantomData<R>,
}

/// CIE by OpenID Connect.
pub type Cie = OpenId<CieRules>;
/// SPID by OpenID Connect.
pub type SpidOidc = OpenId<SpidOidcRules>;

impl<R: Rules> OpenId<R> {
    /// Takes up the last good chains; no server is asked.
    ///
    /// # Errors
    /// What contradicts itself in the configuration.
    pub fn open(config: OpenIdConfig, fx: &Effects) -> Result<Self, Vec<String>> {
        let deployed = Deployment::open(R::NAME, config, None, fx)?;
        Ok(Self { deployed: ArcSwap::from_pointee(deployed), rules: PhantomData })
    }

    /// Goes on under `config`, with what is known of whom it still trusts; logins under way keep the
    /// provider that they left for. When that is not possible everything stays, and the log says why.
    pub fn replace(&self, config: OpenIdConfig, fx: &Effects) {
        match self.deployed.load().followed_by(R::NAME, config, fx) {
            Ok(next) => self.deployed.store(Arc::new(next)),
            Err(problems) => {
                for wrong in problems {
                    tracing::error!(upstream = R::NAME, wrong, "it stays as it was");
                }
            }
        }
    }

    /// Whether it tells the attribute of that name.
    #[must_use]
    pub fn tells(attribute: &str) -> bool {
        attributes::rows().any(|row| row.name == attribute && R::tells(row))
    }

    /// The attributes of the set of that name, or of the first one when there is none of that name: what of
    /// them this system tells.
    fn attributes(party: &Party, name: &str) -> Vec<String> {
        let sets = &party.entity.attribute_sets;
        let set = sets.iter().find(|set| set.name == name).or_else(|| sets.first());
        let attributes = set.into_iter().flat_map(|set| &set.attributes);
        attributes.filter(|name| Self::tells(name)).cloned().collect()
    }

    /// The ID token, under the keys that were frozen; a key that is not among them may be a new one, for
    /// which the chain is looked at once more.
    async fn id_token(
        token: &str,
        provider: &mut Provider,
        register: &Register,
        asked: &id_token::Asked<'_>,
        fx: &Effects,
    ) -> Result<IdToken, Rejected> {
        match id_token::verify(token, &provider.keys(), asked) {
            Err(rejected) if rejected.cause == Rejection::IdTokenKey => {
                let Some(next) = register.look_again(provider, fx).await else {
                    return Err(rejected);
                };
                provider.jwks = next.jwks;
                id_token::verify(token, &provider.keys(), asked)
            }
            other => other,
        }
    }

    fn session(pending: &Pending, subject: &str, given: Option<Given>) -> Option<UpstreamSession> {
        given.map(|given| UpstreamSession {
            upstream: R::NAME.to_owned(),
            tenant: pending.tenant.clone(),
            provider: pending.provider.issuer.clone(),
            name_id: subject.to_owned(),
            name_qualifier: String::new(),
            session_index: String::new(),
            given: Some(given),
        })
    }
}

impl<R: Rules> Upstream for OpenId<R> {
    const NAME: &'static str = R::NAME;
    const REDEEMS: bool = true;
    type Pending = Pending;

    fn slugs() -> Vec<&'static str> {
        let own = ["internal", "provider-disabled"].into_iter().chain(register::SLUGS);
        own.chain(Rejection::ALL.iter().map(|cause| cause.slug())).collect()
    }

    fn providers(&self) -> Vec<ProviderCard> {
        self.deployed.load().register.cards()
    }

    fn choice(&self, wanted: &Wanted<'_>) -> Vec<ProviderCard> {
        let it = self.deployed.load();
        if it.party(wanted.tenant).is_some() { it.register.cards() } else { Vec::new() }
    }

    fn only(&self, wanted: &Wanted<'_>) -> Option<String> {
        let it = self.deployed.load();
        it.party(wanted.tenant)?;
        it.register.only()
    }

    fn offers(&self, provider: &str, wanted: &Wanted<'_>) -> bool {
        let it = self.deployed.load();
        it.party(wanted.tenant).is_some() && it.register.offers(provider)
    }

    fn vouches(&self, method: &str, provider: &str) -> bool {
        method == R::AUTH_METHOD && self.deployed.load().register.vouches_for(provider)
    }

    fn set_covers(&self, tenant: &str, held: &str, wanted: &str) -> bool {
        let it = self.deployed.load();
        let Some(party) = it.party(tenant) else { return false };
        let held = Self::attributes(party, held);
        Self::attributes(party, wanted).iter().all(|name| held.contains(name))
    }

    /// Nothing stands still: see [`Self::published`].
    fn publishes(&self) -> Vec<Document> {
        Vec::new()
    }

    fn publishes_at(&self) -> Vec<String> {
        let paths = |party: &Party| [party.configuration_path(), party.resolve_path()];
        self.deployed.load().parties.iter().flat_map(paths).collect()
    }

    async fn published(
        &self,
        path: &str,
        query: &[(String, String)],
        fx: &Effects,
    ) -> Option<Document> {
        let document = |status, media_type, body: &str| Document {
            path: path.to_owned(),
            media_type,
            body: body.as_bytes().to_vec(),
            status,
        };
        let it = self.deployed.load_full();
        if let Some(party) = it.parties.iter().find(|one| one.configuration_path() == path) {
            let token = party.own().configuration(fx.now()).await.ok()?;
            return Some(document(200, "application/entity-statement+jwt", &token));
        }
        let party = it.parties.iter().find(|one| one.resolve_path() == path)?;
        Some(match it.register.resolved(party, query, fx.now()).await {
            Ok(resolved) => document(200, resolved.media_type, &resolved.token),
            Err(why) => {
                let body = json!({"error": why.code(), "error_description": why.to_string()});
                document(why.status(), "application/json", &body.to_string())
            }
        })
    }

    fn returns_to(&self) -> Vec<String> {
        self.deployed.load().parties.iter().map(Party::callback_path).collect()
    }

    fn receives_at(&self, path: &str) -> bool {
        self.deployed.load().parties.iter().any(|party| party.callback_path() == path)
    }

    fn trust(&self) -> Trust {
        Trust::Federation(Arc::<Register>::clone(&self.deployed.load().register))
    }

    /// The register judges by itself: there is nothing to take up.
    fn adopt(&self) {}

    fn usable(&self, now: Timestamp) -> usize {
        self.deployed.load().register.usable_count(now)
    }

    /// Entities have keys without certificates.
    fn certificates(&self) -> Vec<Timestamp> {
        Vec::new()
    }

    fn ticket(&self, inbound: &Inbound) -> Option<Handle> {
        inbound.single("state").and_then(Handle::parse)
    }

    async fn redirect(
        &self,
        request: &UpstreamRequest,
        fx: &Effects,
    ) -> Result<(Departure, Pending), Setback> {
        let it = self.deployed.load_full();
        let provider = it.register.usable(&request.provider, fx.now())?;
        let party = it
            .party(&request.tenant)
            .ok_or_else(|| internal("a relying party names a tenant that is not there"))?;
        let attributes = Self::attributes(party, &request.attribute_set);
        let verifier = request::fresh_word(fx);
        let pending = Pending {
            tenant: request.tenant.clone(),
            set: request.attribute_set.clone(),
            level: request.level,
            nonce: request::fresh_word(fx),
            verifier: verifier.clone(),
            provider,
        };
        let challenge = base64url(&sha256(verifier.as_bytes()));
        let asking = request::Asking {
            client_id: party.entity.id.as_str(),
            issuer: &pending.provider.issuer,
            redirect_uri: &party.callback(),
            state: request.ticket.reveal(),
            nonce: &pending.nonce,
            challenge: &challenge,
            level: request.level,
            force: request.force || request.level > Level::L1 || it.config.force,
            attributes: &attributes,
            now: fx.now(),
        };
        let key = party.signing_key().ok_or_else(|| internal("there is no signing key"))?;
        let object = asking.object(&request::fresh_uuid(fx)).to_string();
        let object = key.sign(object.as_bytes()).map_err(|fault| internal(&fault.to_string()))?;
        let address = asking
            .address(&pending.provider.authorization_endpoint, &object)
            .ok_or_else(|| internal("the authorization endpoint is no address"))?;
        Ok((Departure::Redirect(address), pending))
    }

    async fn receive(
        &self,
        mut pending: Pending,
        inbound: Inbound,
        fx: &Effects,
    ) -> Result<Arrival<Pending>, Setback> {
        let mut provider = pending.provider.clone();
        let it = self.deployed.load_full();
        it.register.not_disabled(&provider.issuer)?;
        let party = it
            .party(&pending.tenant)
            .filter(|party| party.callback_path() == inbound.path)
            .ok_or_else(|| internal("the tenant of the request is gone"))?;
        let attributes = Self::attributes(party, &pending.set);
        let named = R::ISSUER_NAMED || provider.names_itself;
        let code = answer::code(&inbound, answer::Asked { issuer: &provider.issuer, named })?;
        let exchange = Exchange {
            party,
            issuer: &pending.provider.issuer,
            audience: it.config.audience,
            reach: &it.config.reach,
            fx,
        };
        let tokens = exchange.redeem(&provider.token_endpoint, &code, &pending.verifier).await?;
        let encrypted = it.config.answers.id_token_encryption.is_some();
        let id_token = if encrypted { exchange.opened(&tokens.id)? } else { tokens.id };
        let asked = id_token::Asked {
            issuer: &pending.provider.issuer,
            client_id: party.entity.id.as_str(),
            nonce: &pending.nonce,
            access_token: tokens.access.expose_secret(),
            code: &code,
            level: pending.level,
            signed: it.config.answers.id_token,
            not_before: it.config.not_before,
            now: fx.now(),
        };
        let id_token = Self::id_token(&id_token, &mut provider, &it.register, &asked, fx).await?;
        let told = exchange.userinfo(&provider.userinfo_endpoint, &tokens.access).await?;
        let asked = userinfo::Asked {
            issuer: &pending.provider.issuer,
            client_id: party.entity.id.as_str(),
            subject: &id_token.subject,
            signed: it.config.answers.userinfo,
            named: it.config.userinfo_named,
            now: fx.now(),
        };
        let told = userinfo::verify(&told, &provider.keys(), &asked)?;
        let beside = R::ID_TOKEN_ATTRIBUTES.then(|| id_token.claims.members());
        let attributes = attributes::told(&told, beside, &attributes)?;
        let given = provider.revocation_endpoint.take().map(|endpoint| Given {
            token: tokens.access.expose_secret().to_owned(),
            endpoint,
            until: fx.now().plus(tokens.lives.unwrap_or(UNSAID)),
        });
        let session = Self::session(&pending, &id_token.subject, given);
        Ok(Arrival::Identified(Box::new(UpstreamIdentity {
            upstream: R::AUTH_METHOD.to_owned(),
            provider: std::mem::take(&mut pending.provider.issuer),
            attributes,
            level: id_token.level,
            authenticated_at: id_token.authenticated.unwrap_or_else(|| fx.now()),
            assertion_id: id_token.id,
            expires_at: id_token.expires,
            session,
            desk: None,
        })))
    }

    async fn give_back(&self, session: &UpstreamSession, fx: &Effects) -> Result<(), Setback> {
        let it = self.deployed.load_full();
        let (Some(given), Some(party)) = (&session.given, it.party(&session.tenant)) else {
            return Ok(());
        };
        if given.until <= fx.now() {
            return Ok(());
        }
        let exchange = Exchange {
            party,
            issuer: &session.provider,
            audience: it.config.audience,
            reach: &it.config.reach,
            fx,
        };
        Ok(exchange.give_back(given).await?)
    }

    fn metadata_age(&self, now: Timestamp) -> Duration {
        self.deployed.load().register.age(now)
    }
}

/// How long an access token may be good for whose provider does not say it.
const UNSAID: Duration = Duration::from_hours(1);

fn internal(detail: &str) -> Setback {
    Setback { kind: Kind::Unavailable, slug: "internal", detail: detail.to_owned() }
}

#[cfg(test)]
mod tests;
