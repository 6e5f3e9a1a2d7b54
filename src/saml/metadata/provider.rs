//! Identity providers that can be used, and the index of them all (saml-metadata, section 2.4).
//!
//! Not the reading of metadata: [`super::aggregate`] reads documents, [`super::register`] keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::aggregate::{self, Demands};
use crate::crypto::digest::sha256;
use crate::effects::Timestamp;
use crate::xml::VerificationKey;

/// One provider that can be used.
#[derive(Debug)]
pub struct Provider {
    /// Its entity ID.
    pub entity_id: String,
    /// The name that people know.
    pub name: String,
    /// Its signing keys: two during a change of key.
    pub keys: Vec<VerificationKey>,
    /// Single sign-on by HTTP-Redirect.
    pub redirect: Option<String>,
    /// Single sign-on by HTTP-POST; the address may differ.
    pub post: Option<String>,
    /// Single logout by HTTP-Redirect.
    pub logout_redirect: Option<LogoutService>,
    /// Single logout by HTTP-POST.
    pub logout_post: Option<LogoutService>,
    /// The kinds of identity it can be asked for (SPID, `SupportedPurposes`); empty: it does not say.
    pub purposes: Vec<String>,
    /// Whether it takes part in the login of minors (SPID, `SupportedAgeLimit`).
    pub age_limit: bool,
    /// Until when the metadata may be used.
    pub valid_until: Option<Timestamp>,
    /// SHA-256 of each certificate in DER.
    pub(super) certificates: Vec<[u8; 32]>,
}

/// Where single logout goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutService {
    /// For requests.
    pub location: String,
    /// For responses, when it is another address.
    pub response_location: Option<String>,
}

impl LogoutService {
    /// Where a `LogoutResponse` goes (saml-metadata, section 2.2.2).
    #[must_use]
    pub fn for_responses(&self) -> &str {
        self.response_location.as_deref().unwrap_or(&self.location)
    }
}

impl Provider {
    /// Whether the metadata may still be used.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.valid_until.is_none_or(|end| now < end)
    }

    fn has_the_keys_of(&self, other: &Self) -> bool {
        let fingerprints = |provider: &Self| {
            let mut all: Vec<_> = provider.keys.iter().map(VerificationKey::fingerprint).collect();
            all.sort_unstable();
            all
        };
        fingerprints(self) == fingerprints(other)
    }
}

/// Every provider, by entity ID, by key and by certificate.
#[derive(Debug, Default)]
pub struct Providers {
    entities: BTreeMap<String, Arc<Provider>>,
    keys: BTreeMap<[u8; 32], Arc<Provider>>,
    certificates: BTreeMap<[u8; 32], Arc<Provider>>,
}

impl Providers {
    /// The provider of that entity ID.
    #[must_use]
    pub fn get(&self, entity_id: &str) -> Option<&Arc<Provider>> {
        self.entities.get(entity_id)
    }

    /// The provider that publishes that certificate (DER).
    #[must_use]
    pub fn by_certificate(&self, der: &[u8]) -> Option<&Provider> {
        self.certificates.get(&sha256(der)).map(AsRef::as_ref)
    }

    /// All, by entity ID.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.entities.values()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Adds one. An entity ID that is there stays as it is, and so does a key: two providers with
    /// one key could speak for each other.
    ///
    /// # Errors
    /// One sentence for the operator, which begins with the entity ID that was left out.
    pub(super) fn add(&mut self, provider: Arc<Provider>) -> Result<(), String> {
        let id = &provider.entity_id;
        if let Some(known) = self.entities.get(id) {
            return Err(if known.has_the_keys_of(&provider) {
                format!("{id}: the entity ID stands twice: the first one counts")
            } else {
                format!("{id}: the entity ID stands twice, with other keys: the first one counts")
            });
        }
        let fingerprints = || provider.keys.iter().map(VerificationKey::fingerprint);
        if let Some(other) = fingerprints().find_map(|key| self.keys.get(&key)) {
            let other = &other.entity_id;
            return Err(format!("{id}: it has a key of {other}: two providers may not share one"));
        }
        for fingerprint in fingerprints() {
            self.keys.insert(fingerprint, provider.clone());
        }
        for certificate in &provider.certificates {
            self.certificates.insert(*certificate, provider.clone());
        }
        self.entities.insert(id.clone(), provider);
        Ok(())
    }
}

/// What came of reading: the usable providers, and one sentence per thing that operators must hear.
#[derive(Debug, Default)]
pub struct Reading {
    /// The usable providers.
    pub providers: Providers,
    /// Entities or keys that were left out, and why.
    pub alerts: Vec<String>,
}

/// Reads one document into `reading`.
///
/// # Errors
/// One sentence when the whole document is of no use, as [`aggregate::read`] says.
pub fn read(
    document: &str,
    pinned: Option<&[VerificationKey]>,
    now: Timestamp,
    reading: &mut Reading,
) -> Result<(), String> {
    let contents = aggregate::read(document, &Demands { pinned, ..Demands::default() }, now)?;
    reading.alerts.extend(contents.alerts);
    for provider in contents.providers {
        if let Err(alert) = reading.providers.add(Arc::new(provider)) {
            reading.alerts.push(alert);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
