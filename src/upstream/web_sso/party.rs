//! One body that we are a service provider for, ready to sign.
//!
//! Not its description: that is a `ServiceProvider`, which configuration wrote.

use crate::effects::Timestamp;
use crate::saml::metadata::service_provider::{AttributeSet, Consumer, ServiceProvider};
use crate::xml::{Decryption, Signer};

/// The body, its key and what it publishes.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) service: ServiceProvider,
    pub(super) signer: Signer,
    /// What decrypts assertions, where providers may encrypt them.
    pub(super) decryption: Option<Decryption>,
    pub(super) certificate_ends: Option<Timestamp>,
    /// The signed metadata; `None` when another upstream publishes it.
    pub(super) metadata: Option<Vec<u8>>,
}

impl Party {
    /// The set of that name, or of the lowest index where the upstream knows no such name.
    pub(super) fn set_named(&self, name: &str) -> Option<&AttributeSet> {
        let sets = &self.service.attribute_sets;
        sets.iter().find(|set| set.name == name).or_else(|| sets.iter().min_by_key(|set| set.index))
    }

    pub(super) fn set_of(&self, index: u16) -> Option<&AttributeSet> {
        self.service.attribute_sets.iter().find(|set| set.index == index)
    }

    pub(super) fn consumer(&self, index: u16) -> Option<&Consumer> {
        self.service.consumers.iter().find(|consumer| consumer.index == index)
    }
}
