//! Opening a SAML upstream: the configuration checked as a whole, our metadata signed once.
//!
//! Not the reading of files: `config` did that. Every problem is reported at once.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use super::federation::Federation;
use super::{Keys, Party, Rules, SamlConfig, Tenant, WebSso};
use crate::crypto::certificate::{belongs_to, not_after};
use crate::crypto::rsa::KeyFault;
use crate::effects::Effects;
use crate::saml::anomaly::Anomaly;
use crate::saml::metadata::service_provider::{AgeLimit, Certificates};
use crate::saml::{Rejection, logout};
use crate::xml::{Decryption, Refusal, Signer};

impl<R: Rules> WebSso<R> {
    /// Checks the configuration, reads the providers and signs our metadata.
    ///
    /// # Errors
    /// Every problem at once, one sentence each: what is wrong and what to write instead.
    pub fn open(config: SamlConfig, fx: &Effects) -> Result<Self, Vec<String>> {
        let mut problems = contradictions::<R>(&config);
        let federation = Federation::open(R::NAME, config.trust.clone(), fx)
            .map_err(|mut found| problems.append(&mut found));
        let mut parties = Vec::with_capacity(config.tenants.len());
        for tenant in &config.tenants {
            match Party::open(tenant, config.cbc) {
                Ok(party) => parties.push(party),
                Err(problem) => problems.push(problem),
            }
        }
        match federation {
            Ok(federation) if problems.is_empty() => {
                Ok(Self { config, parties, federation, rules: PhantomData })
            }
            _ => Err(problems),
        }
    }
}

impl Tenant {
    /// Its metadata, signed. Equal tenants give equal octets.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn document(&self, cbc: bool) -> Result<String, KeyFault> {
        let keys = &self.keys;
        let signer = Signer::new(keys.signing.clone(), &keys.certificate);
        let decryption = keys.decryption(cbc);
        let certificate = keys.decryption.as_ref().map(|keys| keys.certificate.as_slice());
        let encryption = certificate.zip(decryption.as_ref());
        let next = keys.next_certificate.as_deref();
        self.service.publish(&signer, Certificates { next, encryption })
    }
}

impl Keys {
    /// What decrypts; `cbc`: whether encryption without authentication is accepted.
    fn decryption(&self, cbc: bool) -> Option<Decryption> {
        let keys = self.decryption.as_ref()?.keys.clone();
        Some(Decryption { keys, cbc })
    }
}

impl Party {
    fn open(tenant: &Tenant, cbc: bool) -> Result<Self, String> {
        let (service, keys) = (tenant.service.clone(), &tenant.keys);
        let metadata = tenant
            .published
            .then(|| tenant.document(cbc))
            .transpose()
            .map_err(|cause| format!("{}: our metadata cannot be signed: {cause}", service.tenant))?
            .map(String::into_bytes);
        Ok(Self {
            service,
            signer: Signer::new(keys.signing.clone(), &keys.certificate),
            decryption: keys.decryption(cbc),
            certificate_ends: not_after(&keys.certificate).ok(),
            metadata,
        })
    }
}

/// What a providers' checker, or AgID, would refuse.
fn contradictions<R: Rules>(config: &SamlConfig) -> Vec<String> {
    let mut problems = Vec::new();
    let mut must = |holds: bool, problem: &str| {
        if !holds {
            problems.push(problem.to_owned());
        }
    };
    let asked = [config.comparisons.l1, config.comparisons.l2, config.comparisons.l3];
    for comparison in asked {
        must(
            R::COMPARISONS.contains(&comparison),
            &format!("comparison: providers do not understand {}", comparison.name()),
        );
    }
    must(
        differ(config.tenants.iter().map(|tenant| &tenant.service.entity_id)),
        "two tenants have the same entity_id: each body has its own",
    );
    must(
        differ(config.tenants.iter().map(|tenant| &tenant.service.metadata_path)),
        "two tenants have the same metadata_path: each body has its own document",
    );
    for tenant in &config.tenants {
        of_tenant::<R>(tenant, &mut |holds, problem| {
            must(holds, &format!("{}: {problem}", tenant.service.tenant));
        });
    }
    problems
}

fn of_tenant<R: Rules>(tenant: &Tenant, must: &mut dyn FnMut(bool, &str)) {
    let (service, keys) = (&tenant.service, &tenant.keys);
    must(
        !service.entity_id.is_empty() && service.entity_id.trim() == service.entity_id,
        "entity_id is empty or has blanks around it: providers compare it byte for byte",
    );
    must(!service.base_url.ends_with('/'), "base_url ends with a slash: leave it out");
    must(
        differ(service.consumers.iter().map(|consumer| consumer.index)),
        "two consumers have the same index",
    );
    must(
        service.consumers.iter().any(|consumer| consumer.index == 0),
        "no consumer has the index 0: the default one must",
    );
    must(
        differ(service.age_limits.iter().map(AgeLimit::consumer)),
        "two age limits name the same consumer: a consumer has one",
    );
    for limit in &service.age_limits {
        must(
            service.consumers.iter().any(|consumer| consumer.index == limit.consumer()),
            "an age limit names a consumer that is not there",
        );
    }
    must(!service.attribute_sets.is_empty(), "there is no attribute set: add one");
    must(
        differ(service.attribute_sets.iter().map(|set| set.index)),
        "two attribute sets have the same index",
    );
    must(
        differ(service.attribute_sets.iter().map(|set| set.name.as_str())),
        "two attribute sets have the same name",
    );
    for set in &service.attribute_sets {
        let unknown = set.attributes.iter().find(|name| !R::ATTRIBUTES.contains(&name.as_str()));
        if let Some(name) = unknown {
            must(
                false,
                &format!("attribute set {}: {} has no attribute {name}", set.name, R::NAME),
            );
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
        service.organization.iter().any(|entry| entry.language == "it"),
        "organization has no Italian entry: AgID demands one",
    );
    must(
        belongs_to(&keys.certificate, &keys.signing),
        "the certificate is not that of the signing key",
    );
}

fn differ<T: Ord>(values: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    values.into_iter().all(|value| seen.insert(value))
}

/// Every slug of a setback, gathered from where each is defined.
pub(super) fn slugs() -> Vec<&'static str> {
    let mut all = vec!["internal", "provider-disabled", "provider-unknown"];
    all.extend(Rejection::ALL.iter().map(|cause| cause.slug()));
    all.extend(logout::Rejection::ALL.iter().map(|cause| cause.slug()));
    all.extend(Anomaly::ALL.iter().map(|anomaly| anomaly.slug()));
    all.extend(Refusal::ALL.iter().map(|refusal| refusal.slug()));
    all
}
