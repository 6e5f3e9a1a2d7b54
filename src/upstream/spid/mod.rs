//! SPID by SAML 2.0. (Interface; being written.)

use std::time::Duration;

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
