//! What the SAML upstreams share: requests out, checked answers in, our metadata
//! (saml-profiles, section 4.1).
//!
//! Not the protocol: `saml` has it. Not one identity system either: its [`Rules`] say what is
//! particular to it. Here is one deployment: for whom it asks, whom it trusts, and how a rejection
//! becomes a setback.

mod federation;
mod logout;
mod opening;
mod party;
mod rules;
mod setback;
mod settings;

use std::marker::PhantomData;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::contract::{
    Arrival, Departure, Document, Inbound, ProviderCard, Setback, Trust, Upstream, UpstreamRequest,
    Wanted,
};
use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::identity::UpstreamIdentity;
use crate::saml::metadata::provider::Provider;
use crate::saml::metadata::register::RegisterSettings;
use crate::saml::request::{AuthnRequest, fresh_id};
use crate::saml::{Comparison, Expected, Trusted, accept, binding};
use crate::terms::{Country, Level, Purpose};
use federation::Federation;

use party::Party;
pub(super) use rules::Rules;
use setback::{internal, malformed, setback_of, unavailable};
pub use settings::{
    Binding, Comparisons, Countries, DecryptionKeys, Force, Keys, ResponseSignature, SamlConfig,
    Tenant,
};

/// One SAML upstream.
#[derive(Debug)]
pub struct WebSso<R> {
    config: SamlConfig,
    parties: Vec<Party>,
    federation: Federation,
    rules: PhantomData<R>,
}

/// What is remembered between departure and arrival.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The body in whose name the request was made.
    tenant: String,
    /// `ID` of the request.
    id: String,
    /// `IssueInstant` of the request.
    at: Timestamp,
    /// Entity ID of the provider asked.
    provider: String,
    /// Index of the consumer that the request named.
    consumer: u16,
    /// The level asked.
    level: Level,
    /// How it compares.
    comparison: Comparison,
    /// Whether a fresh authentication was demanded.
    force: bool,
    /// Index of the attribute set.
    set: u16,
}

impl<R: Rules> WebSso<R> {
    /// The address for the configured binding; the other binding when a provider has only that.
    fn endpoint<'p>(&self, provider: &'p Provider) -> Option<(Binding, &'p str)> {
        let redirect = provider.redirect.as_deref().map(|place| (Binding::Redirect, place));
        let post = provider.post.as_deref().map(|place| (Binding::Post, place));
        match self.config.binding {
            Binding::Redirect => redirect.or(post),
            Binding::Post => post.or(redirect),
        }
    }

    /// The entity ID in what a person chose, and the country with the parameter that names it.
    fn choice_of<'c>(&'c self, chosen: &'c str) -> (&'c str, Option<(&'c str, Country)>) {
        let Some(countries) = &self.config.countries else { return (chosen, None) };
        let parts = chosen.rsplit_once(COUNTRY_MARK).and_then(|(entity_id, code)| {
            let country = Country::parse(code).filter(|code| countries.codes.contains(code))?;
            Some((entity_id, country))
        });
        match parts {
            Some((entity_id, country)) => (entity_id, Some((&countries.parameter, country))),
            None => (chosen, None),
        }
    }

    /// Goes on under other settings of the register; what is known of sources that stay is kept.
    pub(super) fn replace_register(&self, settings: RegisterSettings, fx: &Effects) {
        self.federation.replace(settings, fx);
    }

    fn cards(&self, purpose: Option<Purpose>) -> Vec<ProviderCard> {
        let snapshot = self.federation.load();
        let usable = snapshot.offered().filter(|known| serves::<R>(known, purpose));
        // Logos come with the registry, not with metadata: no card has one yet.
        usable
            .map(|known| ProviderCard {
                id: known.entity_id.clone(),
                name: known.name.clone(),
                logo: None,
                country: None,
            })
            .collect()
    }

    fn party(&self, tenant: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.service.tenant == tenant)
    }
}

impl<R: Rules> Upstream for WebSso<R> {
    const NAME: &'static str = R::NAME;
    type Pending = Pending;

    fn slugs() -> Vec<&'static str> {
        opening::slugs()
    }

    fn providers(&self) -> Vec<ProviderCard> {
        self.cards(None)
    }

    fn choice(&self, wanted: &Wanted<'_>) -> Vec<ProviderCard> {
        if self.party(wanted.tenant).is_none() {
            return Vec::new();
        }
        let providers = self.cards(wanted.purpose);
        let Some(countries) = &self.config.countries else { return providers };
        let cards = providers.iter().flat_map(|card| {
            countries.codes.iter().map(|country| ProviderCard {
                id: chosen(&card.id, *country),
                country: Some(*country),
                ..card.clone()
            })
        });
        cards.collect()
    }

    fn only(&self, wanted: &Wanted<'_>) -> Option<String> {
        self.party(wanted.tenant)?;
        let snapshot = self.federation.load();
        let mut served = snapshot.offered().filter(|known| serves::<R>(known, wanted.purpose));
        let (one, None) = (served.next()?, served.next()) else { return None };
        match self.config.countries.as_ref().map(|countries| countries.codes.as_slice()) {
            None => Some(one.entity_id.clone()),
            Some([country]) => Some(chosen(&one.entity_id, *country)),
            Some(_) => None,
        }
    }

    fn offers(&self, provider: &str, wanted: &Wanted<'_>) -> bool {
        let (entity_id, _) = self.choice_of(provider);
        let snapshot = self.federation.load();
        self.party(wanted.tenant).is_some()
            && snapshot.offered_one(entity_id).is_some_and(|one| serves::<R>(one, wanted.purpose))
    }

    fn vouches(&self, method: &str, provider: &str) -> bool {
        method == R::AUTH_METHOD && self.federation.load().vouches_for(provider)
    }

    fn set_covers(&self, tenant: &str, held: &str, wanted: &str) -> bool {
        let Some(party) = self.party(tenant) else { return false };
        let (Some(held), Some(wanted)) = (party.set_named(held), party.set_named(wanted)) else {
            return false;
        };
        wanted.attributes.iter().all(|name| held.attributes.contains(name))
    }

    fn publishes(&self) -> Vec<Document> {
        let documents = self.parties.iter().filter_map(|party| {
            Some(Document {
                path: party.service.metadata_path.clone(),
                media_type: "application/samlmetadata+xml",
                body: party.metadata.clone()?,
                status: 200,
            })
        });
        documents.collect()
    }

    fn returns_to(&self) -> Vec<String> {
        let consumers = self.parties.iter().flat_map(|party| &party.service.consumers);
        consumers.map(|consumer| consumer.path.clone()).collect()
    }

    fn receives_at(&self, path: &str) -> bool {
        let mut consumers = self.parties.iter().flat_map(|party| &party.service.consumers);
        consumers.any(|consumer| consumer.path == path)
    }

    fn trust(&self) -> Trust {
        Trust::Metadata(self.federation.register())
    }

    fn adopt(&self) {
        self.federation.adopt();
    }

    fn usable(&self, now: Timestamp) -> usize {
        self.federation.load().offered().filter(|known| known.is_valid(now)).count()
    }

    fn certificates(&self) -> Vec<Timestamp> {
        self.parties.iter().filter_map(|party| party.certificate_ends).collect()
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
        let (entity_id, country) = self.choice_of(&request.provider);
        let provider = self.federation.load().usable(entity_id, now)?;
        let (way, location) =
            self.endpoint(&provider).ok_or_else(|| internal("a provider without an endpoint"))?;
        let party = self
            .party(&request.tenant)
            .ok_or_else(|| internal("a relying party names a tenant that is not there"))?;
        let set = party
            .set_named(&request.attribute_set)
            .ok_or_else(|| internal("the tenant has no attribute set"))?;
        let consumer = party
            .consumer(request.consumer.unwrap_or(0))
            .ok_or_else(|| internal("a relying party names a consumer that is not there"))?;
        let pending = Pending {
            tenant: request.tenant.clone(),
            id: fresh_id(fx),
            at: now.truncated_to_seconds(),
            provider: provider.entity_id.clone(),
            consumer: consumer.index,
            level: request.level,
            comparison: self.config.comparisons.of(request.level),
            force: R::FORCE_ALWAYS
                || request.force
                || request.level > Level::L1
                || self.config.force == Force::Always,
            set: set.index,
        };
        let written = AuthnRequest {
            id: &pending.id,
            issued_at: pending.at,
            destination: location,
            issuer: &party.service.entity_id,
            consumer: consumer.index,
            attribute_set: set.index,
            level: pending.level,
            comparison: pending.comparison,
            force: pending.force,
            purpose: request.purpose.filter(|_| R::PURPOSES),
        }
        .write();
        let ticket = request.ticket.reveal();
        let mut departure = match way {
            Binding::Redirect => binding::redirect(location, &written, ticket, &party.signer)
                .map(Departure::Redirect),
            Binding::Post => binding::post(&written, &pending.id, ticket, &party.signer)
                .map(|fields| Departure::Post { action: location.to_owned(), fields }),
        }
        .map_err(|cause| internal(&cause.to_string()))?;
        if let Some((parameter, country)) = country {
            // Beside the signed octets: it only spares the person a second choice.
            match &mut departure {
                Departure::Redirect(address) => {
                    *address = format!("{address}&{parameter}={}", country.code());
                }
                Departure::Post { fields, .. } => {
                    fields.push((parameter.to_owned(), country.code().to_owned()));
                }
            }
        }
        Ok((departure, pending))
    }

    async fn receive(
        &self,
        pending: Pending,
        inbound: Inbound,
        fx: &Effects,
    ) -> Result<Arrival<Pending>, Setback> {
        let now = fx.now();
        let snapshot = self.federation.load();
        let provider = snapshot.usable(&pending.provider, now)?;
        let party = self
            .party(&pending.tenant)
            .ok_or_else(|| internal("the tenant of the request is gone"))?;
        let set = party
            .set_of(pending.set)
            .ok_or_else(|| internal("the attribute set of the request is gone"))?;
        let consumer = party
            .consumer(pending.consumer)
            .ok_or_else(|| internal("the consumer of the request is gone"))?;
        if !inbound.posted {
            return Err(malformed("an answer comes by POST (SPID)"));
        }
        let other = |name: &str| name == "SAMLRequest" || name == "SAMLart";
        if inbound.parameters.iter().any(|(name, _)| other(name)) {
            return Err(malformed("the form has one message (bindings 3.5.4)"));
        }
        let encoded = inbound
            .single("SAMLResponse")
            .ok_or_else(|| malformed("the form has one SAMLResponse (bindings 3.5.4)"))?;
        let expected = Expected {
            request_id: &pending.id,
            request_instant: pending.at,
            provider: &pending.provider,
            consumer: &party.service.address(&consumer.path),
            arrived_at: &party.service.address(&inbound.path),
            entity_id: &party.service.entity_id,
            level: pending.level,
            comparison: pending.comparison,
            force: pending.force,
            required: &set.required,
            issuer_format_optional: R::ISSUER_FORMAT_OPTIONAL,
            now,
        };
        let trusted = Trusted {
            provider: &provider,
            known: &snapshot.providers,
            response: self.config.response_signature,
            decryption: party.decryption.as_ref(),
        };
        let proof = accept(encoded, &expected, &trusted).map_err(setback_of)?;
        let session = Self::session(&pending, proof.level, proof.session);
        let mut attributes = proof.attributes;
        // What was not asked is not ours to know.
        attributes
            .retain(|name, _| set.attributes.contains(name) || R::UNASKED.contains(&name.as_str()));
        Ok(Arrival::Identified(Box::new(UpstreamIdentity {
            upstream: R::AUTH_METHOD.to_owned(),
            provider: pending.provider,
            attributes: R::translate(attributes),
            level: proof.level,
            authenticated_at: proof.authenticated_at,
            assertion_id: proof.assertion_id,
            expires_at: proof.expires_at,
            session,
            desk: None,
        })))
    }

    fn metadata_age(&self, now: Timestamp) -> Duration {
        now.since(self.federation.load().read_at)
    }
}

/// Whether the provider can be asked for that kind of identity; one that does not say which it knows is
/// asked, and answers for itself (anomaly 30).
fn serves<R: Rules>(provider: &Provider, purpose: Option<Purpose>) -> bool {
    let known = &provider.purposes;
    !R::PURPOSES
        || known.is_empty()
        || purpose.is_none_or(|purpose| known.iter().any(|code| code == purpose.code()))
}

/// The id of a card that stands for a state.
fn chosen(entity_id: &str, country: Country) -> String {
    format!("{entity_id}{COUNTRY_MARK}{}", country.code())
}

/// Stands between entity ID and country in the id of a card: no entity ID has a fragment.
const COUNTRY_MARK: char = '#';

#[cfg(test)]
mod tests;
