//! SPID by SAML 2.0: requests out, checked answers in, our metadata.
//!
//! Not the protocol: `saml` has it. Here is what is particular to one deployment: whom it trusts,
//! what it asks, and how a rejection becomes a setback.

mod opening;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use super::contract::{
    Arrival, Departure, Document, Inbound, Kind, ProviderCard, Setback, Upstream, UpstreamRequest,
};
use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::identity::UpstreamIdentity;
use crate::saml::metadata::provider::{Provider, Providers};
use crate::saml::metadata::service_provider::AttributeSet;
use crate::saml::request::{AuthnRequest, fresh_id};
use crate::saml::{Comparison, Expected, Rejected, Rejection, Trusted, accept, binding};
use crate::terms::Level;
use crate::xml::{Signer, VerificationKey};

pub use settings::{Binding, Comparisons, Force, Keys, ResponseSignature, SpidConfig, Trust};

/// The SPID upstream.
#[derive(Debug)]
pub struct Spid {
    config: SpidConfig,
    signer: Signer,
    metadata: Vec<u8>,
    pinned: Option<Vec<VerificationKey>>,
    providers: ArcSwap<Snapshot>,
}

/// The providers as they were read.
#[derive(Debug)]
struct Snapshot {
    providers: Providers,
    read_at: Timestamp,
}

/// What is remembered between departure and arrival.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    /// `ID` of the request.
    id: String,
    /// `IssueInstant` of the request.
    at: Timestamp,
    /// Entity ID of the provider asked.
    provider: String,
    /// Address of the consumer that the request named.
    acs: String,
    /// The level asked.
    level: Level,
    /// How it compares.
    comparison: Comparison,
    /// Whether a fresh authentication was demanded.
    force: bool,
    /// Index of the attribute set.
    set: u16,
}

impl Spid {
    /// Replaces the set of providers. On any problem with a document the last good set stays; an
    /// entity that is wrong by itself disappears alone, with an alert in the log.
    ///
    /// # Errors
    /// Every problem at once, one sentence each.
    pub fn reload(&self, metadata: &[String], fx: &Effects) -> Result<(), Vec<String>> {
        let now = fx.now();
        let providers = opening::providers(metadata, self.pinned.as_deref(), now)?;
        self.providers.store(Arc::new(Snapshot { providers, read_at: now }));
        Ok(())
    }

    fn is_disabled(&self, entity_id: &str) -> bool {
        self.config.trust.disabled.iter().any(|disabled| disabled == entity_id)
    }

    /// The provider, if it may be used now: at departure and again at arrival.
    fn usable(
        &self,
        snapshot: &Snapshot,
        entity_id: &str,
        now: Timestamp,
    ) -> Result<Arc<Provider>, Setback> {
        let unavailable = |slug, detail: &str| Setback {
            kind: Kind::Unavailable,
            slug,
            detail: detail.to_owned(),
        };
        if self.is_disabled(entity_id) {
            return Err(unavailable("provider-disabled", "disabled in the configuration"));
        }
        match snapshot.providers.get(entity_id) {
            None => Err(unavailable("provider-unknown", "no metadata read names it")),
            Some(provider) if !provider.is_valid(now) => {
                Err(unavailable("provider-unknown", "validUntil of its metadata has passed"))
            }
            Some(provider) => Ok(provider.clone()),
        }
    }

    /// The address for the configured binding; the other binding when a provider has only that.
    fn endpoint<'p>(&self, provider: &'p Provider) -> Option<(Binding, &'p str)> {
        let redirect = provider.redirect.as_deref().map(|place| (Binding::Redirect, place));
        let post = provider.post.as_deref().map(|place| (Binding::Post, place));
        match self.config.binding {
            Binding::Redirect => redirect.or(post),
            Binding::Post => post.or(redirect),
        }
    }

    fn set_of(&self, index: u16) -> Option<&AttributeSet> {
        self.config.attribute_sets.iter().find(|set| set.index == index)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.config.base_url)
    }
}

impl Upstream for Spid {
    const NAME: &'static str = "spid";
    const SLUGS: &'static [&'static str] = opening::SLUGS;
    type Pending = Pending;

    fn providers(&self) -> Vec<ProviderCard> {
        let snapshot = self.providers.load();
        let usable = snapshot.providers.iter().filter(|known| !self.is_disabled(&known.entity_id));
        // SPID's logos come with the registry, not with metadata: no card has one yet.
        usable
            .map(|known| ProviderCard {
                id: known.entity_id.clone(),
                name: known.name.clone(),
                logo: None,
            })
            .collect()
    }

    fn knows(&self, provider: &str) -> bool {
        self.providers.load().providers.get(provider).is_some() && !self.is_disabled(provider)
    }

    fn publishes(&self) -> Vec<Document> {
        vec![Document {
            path: self.config.metadata_path.clone(),
            media_type: "application/samlmetadata+xml",
            body: self.metadata.clone(),
        }]
    }

    fn returns_to(&self) -> Vec<String> {
        self.config.consumers.iter().map(|consumer| consumer.path.clone()).collect()
    }

    fn ticket(&self, inbound: &Inbound) -> Option<Handle> {
        inbound.single("RelayState").and_then(Handle::parse)
    }

    async fn redirect(
        &self,
        request: &UpstreamRequest,
        fx: &Effects,
    ) -> Result<(Departure, Pending), Setback> {
        let now = fx.now();
        let provider = self.usable(&self.providers.load(), &request.provider, now)?;
        let (way, location) =
            self.endpoint(&provider).ok_or_else(|| internal("a provider without an endpoint"))?;
        let sets = &self.config.attribute_sets;
        let set = sets
            .iter()
            .find(|set| set.name == request.attribute_set)
            .ok_or_else(|| internal("a relying party names an attribute set that is not there"))?;
        let consumers = &self.config.consumers;
        let consumer = consumers
            .iter()
            .find(|consumer| consumer.index == self.config.consumer_index)
            .ok_or_else(|| internal("consumer_index names no consumer"))?;
        let pending = Pending {
            id: fresh_id(fx),
            at: now.truncated_to_seconds(),
            provider: provider.entity_id.clone(),
            acs: self.address(&consumer.path),
            level: request.level,
            comparison: self.config.comparisons.of(request.level),
            force: request.force || request.level > Level::L1 || self.config.force == Force::Always,
            set: set.index,
        };
        let written = AuthnRequest {
            id: &pending.id,
            issued_at: pending.at,
            destination: location,
            issuer: &self.config.entity_id,
            consumer: consumer.index,
            attribute_set: set.index,
            level: pending.level,
            comparison: pending.comparison,
            force: pending.force,
        }
        .write();
        let ticket = request.ticket.reveal();
        let departure = match way {
            Binding::Redirect => {
                binding::redirect(location, &written, ticket, &self.signer).map(Departure::Redirect)
            }
            Binding::Post => binding::post(&written, &pending.id, ticket, &self.signer)
                .map(|fields| Departure::Post { action: location.to_owned(), fields }),
        }
        .map_err(|cause| internal(&cause.to_string()))?;
        Ok((departure, pending))
    }

    async fn receive(
        &self,
        pending: Pending,
        inbound: Inbound,
        fx: &Effects,
    ) -> Result<Arrival<Pending>, Setback> {
        let now = fx.now();
        let snapshot = self.providers.load();
        let provider = self.usable(&snapshot, &pending.provider, now)?;
        let set = self
            .set_of(pending.set)
            .ok_or_else(|| internal("the attribute set of the request is gone"))?;
        if !inbound.posted {
            return Err(malformed("an answer comes by POST (SPID)"));
        }
        let encoded = inbound
            .single("SAMLResponse")
            .ok_or_else(|| malformed("the form has one SAMLResponse (bindings 3.5.4)"))?;
        let expected = Expected {
            request_id: &pending.id,
            request_instant: pending.at,
            provider: &pending.provider,
            consumer: &pending.acs,
            arrived_at: &self.address(&inbound.path),
            entity_id: &self.config.entity_id,
            level: pending.level,
            comparison: pending.comparison,
            force: pending.force,
            required: &set.required,
            issuer_format_optional: false,
            now,
        };
        let trusted = Trusted {
            provider: &provider,
            known: &snapshot.providers,
            response: self.config.response_signature,
        };
        let proof = accept(encoded, &expected, &trusted).map_err(setback_of)?;
        let mut attributes = proof.attributes;
        // What was not asked is not ours to know.
        attributes.retain(|name, _| set.attributes.contains(name));
        Ok(Arrival::Identified(Box::new(UpstreamIdentity {
            upstream: Self::NAME.to_owned(),
            provider: pending.provider,
            attributes,
            level: proof.level,
            authenticated_at: proof.authenticated_at,
            assertion_id: proof.assertion_id,
            expires_at: proof.expires_at,
        })))
    }

    fn metadata_age(&self, now: Timestamp) -> Duration {
        now.since(self.providers.load().read_at)
    }
}

fn setback_of(rejected: Rejected) -> Setback {
    let kind = match rejected.cause {
        Rejection::Refused(_) => Kind::Refused,
        _ => Kind::Rejected,
    };
    Setback { kind, slug: rejected.cause.slug(), detail: rejected.detail }
}

fn malformed(clause: &str) -> Setback {
    let (kind, slug) = (Kind::Rejected, Rejection::Malformed.slug());
    Setback { kind, slug, detail: clause.to_owned() }
}

fn internal(detail: &str) -> Setback {
    Setback { kind: Kind::Unavailable, slug: "internal", detail: detail.to_owned() }
}

#[cfg(test)]
mod tests;
