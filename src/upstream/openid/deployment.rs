//! One deployment: what configuration says, the entities made of it, and whom they trust.
//!
//! Not changed while it is used: a reload puts another one in its place, whole or not at all, and whoever
//! began something with this one ends it with this one. Paths are mounted at the start, so that entities
//! come and go by a restart.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::party::Party;
use super::register::Register;
use super::settings::OpenIdConfig;
use crate::effects::Effects;

#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) config: OpenIdConfig,
    pub(super) parties: Arc<[Party]>,
    pub(super) register: Arc<Register>,
}

impl Deployment {
    /// Takes up the last good chains, and what is known to `earlier`; no server is asked.
    ///
    /// # Errors
    /// What contradicts itself in the configuration.
    pub(super) fn open(
        upstream: &'static str,
        config: OpenIdConfig,
        earlier: Option<&Self>,
        fx: &Effects,
    ) -> Result<Self, Vec<String>> {
        let (mut parties, mut problems) = (Vec::new(), Vec::new());
        for entity in &config.entities {
            match Party::new(entity.clone(), config.anchor.dialect, config.answers) {
                Ok(party) => {
                    let known = earlier.and_then(|earlier| earlier.party(&entity.tenant));
                    if let Some(known) = known {
                        party.resume(known);
                    }
                    parties.push(party);
                }
                Err(fault) => problems.push(format!("tenant {}: {fault}", entity.tenant)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let parties: Arc<[Party]> = parties.into();
        let known = earlier.map(|earlier| earlier.register.as_ref());
        let register = Register::open(upstream, &config, Arc::clone(&parties), known, fx);
        Ok(Self { config, parties, register: Arc::new(register) })
    }

    /// The one that follows this one under `config`.
    ///
    /// # Errors
    /// Why this one has to stay.
    pub(super) fn followed_by(
        &self,
        upstream: &'static str,
        config: OpenIdConfig,
        fx: &Effects,
    ) -> Result<Self, Vec<String>> {
        let next = Self::open(upstream, config, Some(self), fx)?;
        if next.places() == self.places() {
            Ok(next)
        } else {
            Err(vec!["its tenants or their paths are others: that takes a restart".to_owned()])
        }
    }

    pub(super) fn party(&self, tenant: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.entity.tenant == tenant)
    }

    fn places(&self) -> BTreeSet<(&str, &str)> {
        self.parties
            .iter()
            .map(|party| (party.entity.tenant.as_str(), party.entity.path.as_str()))
            .collect()
    }
}
