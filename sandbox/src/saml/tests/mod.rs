//! The sample providers against the product's own SPID upstream, without HTTP.

mod kinds;
mod logout;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use varco::config::Config;
use varco::crypto::Handle;
use varco::effects::Effects;
use varco::identity::UpstreamIdentity;
use varco::terms::{Level, Locale};
use varco::upstream::{
    Arrival, Departure, Inbound, Setback, Shown, Spid, Upstream, UpstreamRequest,
};

use super::*;
use crate::folder::{Contents, Folder, Ports};
use crate::portal::{Credential, PORTALS, Portal};
use crate::saml::misbehaviour::Misbehaviour as M;

struct Bench {
    spid: Spid,
    providers: Vec<Provider>,
    service: ServiceProvider,
    fx: Effects,
    clock: Arc<varco::effects::ScriptedClock>,
    _folder: Folder,
}

impl Bench {
    async fn new(binding: &str) -> Self {
        let (fx, clock) = Effects::scripted(1_795_000_000, 7);
        let keys = crate::federation::keys().await.unwrap();
        let ports = Ports::default();
        let providers = all_providers(&fx).await;
        let http = crate::client::http_client().unwrap();
        let portals: Vec<Portal> = PORTALS
            .into_iter()
            .map(|kind| {
                let base = ports.portal(kind.id).unwrap();
                let credential = Credential::generate(&kind, &fx).unwrap();
                Portal::new(kind, base, ports.issuer(), credential, http.clone(), fx.clone())
            })
            .collect();
        let folder = Folder::open(None, &Effects::real()).unwrap();
        let contents = Contents {
            ports,
            state: "memory",
            workers: 1,
            log: "off",
            binding,
            purpose: None,
            countries: false,
            matching: false,
            own_pages: false,
            desk: false,
            calendar: false,
            service_key: keys.service.clone(),
            decryption_key: keys.decryption.clone(),
            providers: &providers,
            portals: &portals,
            office: None,
            registry: None,
        };
        folder.fill(&contents, &fx).unwrap();
        let config = Config::read(&folder.configuration()).unwrap_or_else(|all| panic!("{all}"));
        let spid =
            Spid::open(config.upstreams.spid.unwrap(), &fx).unwrap_or_else(|all| panic!("{all:?}"));
        let published = spid.publishes();
        let metadata = String::from_utf8(published[0].body.clone()).unwrap();
        let service = ServiceProvider::read(&metadata).unwrap();
        Self { spid, providers, service, fx, clock, _folder: folder }
    }

    async fn login(
        &self,
        provider: usize,
        level: Level,
        person: &str,
        misbehave: Option<M>,
    ) -> Result<UpstreamIdentity, Setback> {
        let provider = &self.providers[provider];
        let asked = UpstreamRequest {
            provider: provider.entity_id.clone(),
            level,
            force: true,
            tenant: "default".to_owned(),
            consumer: None,
            purpose: None,
            attribute_set: "default".to_owned(),
            locale: Locale::It,
            ticket: Handle::fresh(&self.fx),
        };
        let (departure, pending) = self.spid.redirect(&asked, &self.fx).await.unwrap();
        let message = match departure {
            Departure::Redirect(address) => {
                let (sso, query) = address.split_once('?').unwrap();
                assert_eq!(sso, provider.location(Binding::Redirect));
                Message::from_query(query, "SAMLRequest").unwrap()
            }
            Departure::Post { action, fields } => {
                let field = |name: &str| {
                    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
                };
                assert_eq!(action, provider.location(Binding::Post));
                Message::from_form(&field("SAMLRequest").unwrap(), field("RelayState")).unwrap()
            }
        };
        let request = provider.accept(message, &self.service).unwrap();
        self.clock.advance(Duration::from_secs(5));
        let person = Person::named(person).unwrap();
        let xml = provider.answer(&request, &person, misbehave).unwrap().xml;
        let inbound = Inbound {
            shown: Shown::Nothing,
            path: "/saml/acs".to_owned(),
            posted: true,
            parameters: vec![
                ("SAMLResponse".to_owned(), STANDARD.encode(xml)),
                ("RelayState".to_owned(), request.relay_state.unwrap()),
            ],
            from: None,
        };
        match self.spid.receive(pending, inbound, &self.fx).await? {
            Arrival::Identified(identity) => Ok(*identity),
            Arrival::Onward(..) => panic!("SPID has one round"),
        }
    }
}

#[tokio::test]
async fn both_providers_prove_everybody_at_every_level_over_both_bindings() {
    for binding in ["redirect", "post"] {
        let bench = Bench::new(binding).await;
        for provider in 0..2 {
            for level in Level::ALL {
                for person in Person::all() {
                    let proof = bench.login(provider, level, person.id, None).await.unwrap();
                    assert_eq!(proof.level, level);
                    assert_eq!(proof.provider, bench.providers[provider].entity_id);
                    for (name, value) in &proof.attributes {
                        assert_eq!(Some(value.as_str()), person.attribute(name));
                    }
                    assert!(proof.attributes.len() >= 14);
                }
            }
        }
    }
}

#[tokio::test]
async fn every_message_that_is_wrong_is_refused_by_its_own_row() {
    let bench = Bench::new("redirect").await;
    for case in M::of(Kind::Spid) {
        let outcome = bench.login(0, Level::L2, "ada", Some(case)).await;
        let slug = outcome.as_ref().map_or_else(|setback| setback.slug, |_| "accepted");
        let anomaly = case.anomaly().map(|number| match number {
            24 | 26 | 29 => "spid-nr-unknown".to_owned(),
            _ => format!("spid-nr{number:02}"),
        });
        let expected = anomaly.unwrap_or_else(|| row(case).to_owned());
        assert_eq!(slug, expected, "{case}");
    }
    let higher = bench.login(0, Level::L2, "ada", Some(M::HigherLevel)).await.unwrap();
    assert_eq!(higher.level, Level::L3);
}

/// The row that refuses a message, whatever the journey.
fn row(case: M) -> &'static str {
    match case {
        M::Unsigned => "response-unsigned",
        M::UnsignedAssertion | M::EncryptedUnsignedInner => "assertion-unsigned",
        M::BadResponseSignature => "response-signature-invalid",
        M::BadAssertionSignature => "assertion-signature-invalid",
        M::OtherProviderKey => "signature-other-provider",
        M::Sha1 => "signature-sha1",
        M::WrongAudience => "response-wrong-audience",
        M::WrongRecipient => "response-wrong-recipient",
        M::WrongDestination => "response-wrong-destination",
        M::WrongIssuer => "response-wrong-issuer",
        M::Expired => "response-expired",
        M::NotYetValid => "response-not-yet-valid",
        M::Unsolicited | M::WrongInResponseTo => "response-in-response-to",
        M::LowerLevel => "response-level-too-low",
        M::Wrapping(7 | 8) | M::DuplicateId => "xml-duplicate-id",
        M::Wrapping(_) | M::TwoAssertions => "response-structure",
        M::Doctype => "xml-doctype",
        M::CommentInNameId => "xml-comment",
        M::NoFiscalNumber => "response-attributes-missing",
        // Right as a message: accepted, or refused by the journey, the browser or the person's data.
        M::EncryptedCbc | M::EncryptedRsa15 => "response-encryption-algorithm",
        M::EncryptedWrongKey | M::EncryptedTampered => "response-not-decryptable",
        M::Encrypted
        | M::HigherLevel
        | M::UnsignedResponse
        | M::Replay
        | M::OtherBrowser
        | M::BadFiscalNumber => "accepted",
        M::Cancelled | M::Anomaly(_) => "an anomaly",
        _ => "not of SPID",
    }
}

async fn all_providers(fx: &Effects) -> Vec<Provider> {
    let keys = crate::federation::keys().await.unwrap();
    let ports = Ports::default().providers.into_iter().enumerate();
    ports
        .map(|(at, port)| {
            let base = crate::federation::provider_address(port);
            Provider::new(at, base, keys.providers.clone(), fx.clone())
        })
        .collect()
}
