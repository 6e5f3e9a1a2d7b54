//! Single logout of the SAML upstreams: for which body we speak, whom we believe, and where an
//! answer goes (saml-profiles, section 4.4).
//!
//! Not the protocol: `saml::logout` has it. A provider is asked by the binding that logins use and
//! answered by the one it came by; by the other when it publishes only that.

use super::{Binding, Party, Pending, Rules, WebSso, internal};
use crate::crypto::Handle;
use crate::effects::Effects;
use crate::identity::UpstreamSession;
use crate::saml::binding;
use crate::saml::logout::{LogoutRequest, LogoutResponse, Verified, VerifiedRequest, accept};
use crate::saml::metadata::provider::{LogoutService, Provider};
use crate::saml::request::{Written, fresh_id};
use crate::saml::response::NamedSession;
use crate::terms::Level;
use crate::upstream::contract::{Departure, Kind, LogoutInbound, Setback, SingleLogout};

impl<R: Rules> WebSso<R> {
    /// The session that an assertion opened, where the rules let a provider keep one: SPID's do at
    /// level 1 alone.
    pub(super) fn session(
        pending: &Pending,
        level: Level,
        named: Option<NamedSession>,
    ) -> Option<UpstreamSession> {
        let named = named.filter(|_| R::SESSIONS && level == Level::L1)?;
        Some(UpstreamSession {
            upstream: R::NAME.to_owned(),
            tenant: pending.tenant.clone(),
            provider: pending.provider.clone(),
            name_id: named.name_id,
            name_qualifier: named.name_qualifier,
            session_index: named.session_index,
            given: None,
        })
    }

    fn told_at(&self, path: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.service.slo_path == path)
    }
}

impl<R: Rules> SingleLogout for WebSso<R> {
    fn logs_out_at(&self) -> Vec<String> {
        self.parties.iter().map(|party| party.service.slo_path.clone()).collect()
    }

    fn provider_name(&self, provider: &str) -> Option<String> {
        self.federation.load().offered_one(provider).map(|known| known.name.clone())
    }

    fn ask_to_end(
        &self,
        session: &UpstreamSession,
        id: &str,
        ticket: &Handle,
        fx: &Effects,
    ) -> Result<Departure, Setback> {
        let now = fx.now();
        let provider = self.federation.load().usable(&session.provider, now)?;
        let party = self
            .party(&session.tenant)
            .ok_or_else(|| internal("the tenant of the session is gone"))?;
        let (way, service) = endpoint(&provider, self.config.binding)?;
        let written = LogoutRequest {
            id,
            issued_at: now.truncated_to_seconds(),
            destination: &service.location,
            issuer: &party.service.entity_id,
            name_id: &session.name_id,
            name_qualifier: &session.name_qualifier,
            session_index: &session.session_index,
        }
        .write();
        depart(party, way, &service.location, &written, id, ticket.reveal())
    }

    fn hear(&self, inbound: &LogoutInbound, fx: &Effects) -> Result<Verified, Setback> {
        let party = self
            .told_at(&inbound.path)
            .ok_or_else(|| internal("no body is told of logouts at this address"))?;
        let (snapshot, now) = (self.federation.load(), fx.now());
        let usable = |entity_id: &str| snapshot.usable(entity_id, now).ok();
        accept(inbound.body.carried(), &party.service.address(&inbound.path), usable, now).map_err(
            |rejected| Setback {
                kind: Kind::Rejected,
                slug: rejected.cause.slug(),
                detail: rejected.detail,
            },
        )
    }

    fn confirm(
        &self,
        request: &VerifiedRequest,
        tenant: Option<&str>,
        path: &str,
        fx: &Effects,
    ) -> Result<Departure, Setback> {
        let now = fx.now();
        let provider = self.federation.load().usable(request.provider(), now)?;
        let party = tenant
            .and_then(|tenant| self.party(tenant))
            .or_else(|| self.told_at(path))
            .ok_or_else(|| internal("no body is told of logouts at this address"))?;
        let came_by = if request.was_posted() { Binding::Post } else { Binding::Redirect };
        let (way, service) = endpoint(&provider, came_by)?;
        let id = fresh_id(fx);
        let written = LogoutResponse {
            id: &id,
            issued_at: now.truncated_to_seconds(),
            destination: service.for_responses(),
            issuer: &party.service.entity_id,
            in_response_to: request.id(),
        }
        .write();
        depart(party, way, service.for_responses(), &written, &id, request.relay_state())
    }
}

/// The provider's single logout by the binding wanted, or by the other one.
fn endpoint(provider: &Provider, wanted: Binding) -> Result<(Binding, &LogoutService), Setback> {
    let redirect = provider.logout_redirect.as_ref().map(|service| (Binding::Redirect, service));
    let post = provider.logout_post.as_ref().map(|service| (Binding::Post, service));
    let found = match wanted {
        Binding::Redirect => redirect.or(post),
        Binding::Post => post.or(redirect),
    };
    found.ok_or_else(|| Setback {
        kind: Kind::Unavailable,
        slug: "provider-disabled",
        detail: "the provider publishes no SingleLogoutService that a browser can reach".to_owned(),
    })
}

fn depart(
    party: &Party,
    way: Binding,
    location: &str,
    message: &Written,
    id: &str,
    relay_state: &str,
) -> Result<Departure, Setback> {
    match way {
        Binding::Redirect => binding::redirect(location, message, relay_state, &party.signer)
            .map(Departure::Redirect),
        Binding::Post => binding::post(message, id, relay_state, &party.signer)
            .map(|fields| Departure::Post { action: location.to_owned(), fields }),
    }
    .map_err(|cause| internal(&cause.to_string()))
}
