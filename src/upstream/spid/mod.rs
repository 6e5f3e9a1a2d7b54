//! SPID by SAML 2.0. (Interface; being written.)

mod settings;

use std::time::Duration;

pub use settings::{Binding, Comparisons, Force, Keys, ResponseSignature, SpidConfig, Trust};

use serde::{Deserialize, Serialize};

use super::contract::{
    Arrival, Departure, Document, Inbound, Kind, ProviderCard, Setback, Upstream, UpstreamRequest,
};
use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};

/// The SPID upstream.
#[derive(Debug)]
pub struct Spid {}

/// What is remembered between departure and arrival.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {}

impl Spid {
    /// Checks the configuration, reads the providers and signs our metadata.
    ///
    /// # Errors
    /// Every problem at once, one sentence each: what is wrong and what to write instead.
    pub fn open(config: SpidConfig, fx: &Effects) -> Result<Self, Vec<String>> {
        let _ = (config, fx);
        Ok(Self {})
    }

    /// Replaces the set of providers. On any problem the last good set stays.
    ///
    /// # Errors
    /// Every problem at once, one sentence each.
    pub fn reload(&self, metadata: &[String], fx: &Effects) -> Result<(), Vec<String>> {
        let _ = (metadata, fx);
        Ok(())
    }
}

impl Upstream for Spid {
    const NAME: &'static str = "spid";
    const SLUGS: &'static [&'static str] = &[];
    type Pending = Pending;

    fn providers(&self) -> Vec<ProviderCard> {
        Vec::new()
    }
    fn publishes(&self) -> Vec<Document> {
        Vec::new()
    }
    fn returns_to(&self) -> Vec<String> {
        Vec::new()
    }
    fn ticket(&self, _: &Inbound) -> Option<Handle> {
        None
    }
    async fn redirect(
        &self,
        _: &UpstreamRequest,
        _: &Effects,
    ) -> Result<(Departure, Pending), Setback> {
        Err(Setback { kind: Kind::Unavailable, slug: "internal", detail: String::new() })
    }
    async fn receive(
        &self,
        _: Pending,
        _: Inbound,
        _: &Effects,
    ) -> Result<Arrival<Pending>, Setback> {
        Err(Setback { kind: Kind::Unavailable, slug: "internal", detail: String::new() })
    }
    fn metadata_age(&self, _: Timestamp) -> Duration {
        Duration::ZERO
    }
}
