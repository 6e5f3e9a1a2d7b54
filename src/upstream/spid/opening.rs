//! Opening the upstream: the configuration checked as a whole, our metadata signed once.
//!
//! Not the reading of files: `config` did that. Every problem is reported at once.

use std::collections::BTreeSet;

use arc_swap::ArcSwap;

use super::{Snapshot, Spid, SpidConfig};
use crate::crypto::certificate::belongs_to;
use crate::effects::{Effects, Timestamp};
use crate::saml::Rejection;
use crate::saml::anomaly::Anomaly;
use crate::saml::metadata::provider::{Providers, Reading, read};
use crate::saml::metadata::service_provider::Service;
use crate::xml::{Refusal, Signer, VerificationKey};

impl Spid {
    /// Checks the configuration, reads the providers and signs our metadata.
    ///
    /// # Errors
    /// Every problem at once, one sentence each: what is wrong and what to write instead.
    pub fn open(config: SpidConfig, fx: &Effects) -> Result<Self, Vec<String>> {
        let mut problems = contradictions(&config);
        let pinned =
            match config.trust.certificate.as_deref().map(VerificationKey::from_certificate) {
                None => None,
                Some(Ok(key)) => Some(vec![key]),
                Some(Err(refusal)) => {
                    problems
                        .push(format!("the pinned metadata certificate cannot be used: {refusal}"));
                    None
                }
            };
        let now = fx.now();
        let providers = providers(&config.trust.metadata, pinned.as_deref(), now)
            .map_err(|mut found| problems.append(&mut found));
        let signer = Signer::new(config.keys.signing.clone(), &config.keys.certificate);
        let service = Service {
            entity_id: &config.entity_id,
            base_url: &config.base_url,
            consumers: &config.consumers,
            slo_path: &config.slo_path,
            attribute_sets: &config.attribute_sets,
            organization: &config.organization,
            contact: &config.contact,
            next_certificate: config.keys.next_certificate.as_deref(),
        };
        let metadata = service
            .publish(&signer)
            .map_err(|cause| problems.push(format!("our metadata cannot be signed: {cause}")));
        match (providers, metadata) {
            (Ok(providers), Ok(metadata)) if problems.is_empty() => Ok(Self {
                config,
                signer,
                metadata: metadata.into_bytes(),
                pinned,
                providers: ArcSwap::from_pointee(Snapshot { providers, read_at: now }),
            }),
            _ => Err(problems),
        }
    }
}

/// Reads every document; entities that are wrong by themselves are left out, with an alert.
pub(super) fn providers(
    documents: &[String],
    pinned: Option<&[VerificationKey]>,
    now: Timestamp,
) -> Result<Providers, Vec<String>> {
    let mut reading = Reading::default();
    let mut problems = Vec::new();
    for (place, document) in documents.iter().enumerate() {
        if let Err(problem) = read(document, pinned, now, &mut reading) {
            problems.push(format!("provider metadata {}: {problem}", place + 1));
        }
    }
    for alert in &reading.alerts {
        tracing::error!(upstream = "spid", alert, "provider metadata: left out");
    }
    if problems.is_empty() && reading.providers.is_empty() {
        problems.push("no provider is left: give the metadata of at least one".to_owned());
        problems.append(&mut reading.alerts);
    }
    if problems.is_empty() { Ok(reading.providers) } else { Err(problems) }
}

/// What a providers' checker, or AgID, would refuse.
fn contradictions(config: &SpidConfig) -> Vec<String> {
    let mut problems = Vec::new();
    let mut must = |holds: bool, problem: &str| {
        if !holds {
            problems.push(problem.to_owned());
        }
    };
    must(
        !config.entity_id.is_empty() && config.entity_id.trim() == config.entity_id,
        "entity_id is empty or has blanks around it: providers compare it byte for byte",
    );
    must(!config.base_url.ends_with('/'), "base_url ends with a slash: leave it out");
    must(
        differ(config.consumers.iter().map(|consumer| consumer.index)),
        "two consumers have the same index",
    );
    must(
        config.consumers.iter().any(|consumer| consumer.index == 0),
        "no consumer has the index 0: the default one must",
    );
    must(
        config.consumers.iter().any(|consumer| consumer.index == config.consumer_index),
        "consumer_index names no consumer",
    );
    must(
        differ(config.attribute_sets.iter().map(|set| set.index)),
        "two attribute sets have the same index",
    );
    must(
        differ(config.attribute_sets.iter().map(|set| set.name.as_str())),
        "two attribute sets have the same name",
    );
    for set in &config.attribute_sets {
        let unknown = set.attributes.iter().find(|name| !ATTRIBUTES.contains(&name.as_str()));
        if let Some(name) = unknown {
            must(false, &format!("attribute set {}: SPID has no attribute {name}", set.name));
        }
        must(
            differ(set.attributes.iter()),
            &format!("attribute set {}: an attribute stands twice", set.name),
        );
        must(
            set.required.iter().all(|name| set.attributes.contains(name)),
            &format!("attribute set {}: required names an attribute that is not asked", set.name),
        );
    }
    must(
        config.organization.iter().any(|entry| entry.language == "it"),
        "organization has no Italian entry: AgID demands one",
    );
    must(
        belongs_to(&config.keys.certificate, &config.keys.signing),
        "the certificate is not that of the signing key",
    );
    problems
}

fn differ<T: Ord>(values: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    values.into_iter().all(|value| seen.insert(value))
}

/// The names that a request may ask (SPID rules, table of attributes; Avvisi 15 and 25).
const ATTRIBUTES: [&str; 23] = [
    "spidCode",
    "name",
    "familyName",
    "placeOfBirth",
    "countyOfBirth",
    "dateOfBirth",
    "gender",
    "companyName",
    "registeredOffice",
    "fiscalNumber",
    "ivaCode",
    "companyFiscalNumber",
    "idCard",
    "mobilePhone",
    "email",
    "address",
    "domicileStreetAddress",
    "domicilePostalCode",
    "domicileMunicipality",
    "domicileProvince",
    "domicileNation",
    "expirationDate",
    "digitalAddress",
];

const OWN: [&str; 3] = ["internal", "provider-disabled", "provider-unknown"];
const COUNT: usize = Rejection::ALL.len() + Anomaly::ALL.len() + Refusal::ALL.len() + OWN.len();

/// Every slug of a setback of this upstream, gathered from where each is defined.
#[expect(clippy::indexing_slicing, reason = "runs in the compiler: a wrong index fails the build")]
pub(super) const SLUGS: &[&str] = &{
    let mut all = [""; COUNT];
    let (mut next, mut at) = (0, 0);
    while at < Rejection::ALL.len() {
        all[next] = Rejection::ALL[at].slug();
        (next, at) = (next + 1, at + 1);
    }
    at = 0;
    while at < Anomaly::ALL.len() {
        all[next] = Anomaly::ALL[at].slug();
        (next, at) = (next + 1, at + 1);
    }
    at = 0;
    while at < Refusal::ALL.len() {
        all[next] = Refusal::ALL[at].slug();
        (next, at) = (next + 1, at + 1);
    }
    at = 0;
    while at < OWN.len() {
        all[next] = OWN[at];
        (next, at) = (next + 1, at + 1);
    }
    all
};
