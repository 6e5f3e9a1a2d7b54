//! What operators ask a running broker: its numbers and whether it is ready.
//!
//! Not judgement: `ops` judges; this file only gathers.

use super::Assembly;
use crate::ops::health::{Federation, Findings, Readiness};
use crate::ops::{Bounds, MetadataReading, Reading};
use crate::policy;
use crate::upstream::AnyUpstream;

impl Assembly {
    /// Whether a login would work now.
    pub async fn readiness(&self) -> Readiness {
        let now = self.broker.fx.now();
        let federations = self.broker.upstreams.iter().map(|upstream| Federation {
            name: upstream.name(),
            providers: upstream.usable(now),
            stale: upstream.trust().status(now).iter().filter(|source| source.stale).count(),
            discords: upstream.trust().discords().len(),
        });
        Readiness::of(&Findings {
            state: self.broker.shelves.ready().await.map_err(|fault| fault.to_string()),
            // The ring does not open without an active key per algorithm; one elsewhere may not answer.
            signing_key: self.provider.signs().await,
            federations: federations.collect(),
            membership: self.provider.membership().map(|member| member.discord().len()),
            calendar: self.calendar_is_current(),
            trail: self.trail_can_be_written().await,
            draining: false,
        })
    }

    /// Every metric, in the text format.
    pub async fn measurements(&self) -> String {
        let now = self.broker.fx.now();
        let ready = self.readiness().await.is_ready();
        self.metrics.render(&Reading {
            uses: self.broker.shelves.uses(),
            metadata: self
                .broker
                .upstreams
                .iter()
                .map(|upstream| {
                    let trust = upstream.trust();
                    MetadataReading {
                        federation: upstream.name(),
                        age: upstream.metadata_age(now),
                        sources: trust.status(now).into_iter().map(|one| one.age).collect(),
                        alerts: trust.alerts().len(),
                        discords: trust.discords().len(),
                        providers: upstream.usable(now),
                    }
                })
                .collect(),
            certificates: self
                .broker
                .upstreams
                .iter()
                .filter_map(|upstream| {
                    Some((upstream.name(), upstream.certificates().into_iter().min()?))
                })
                .chain(self.identities.ends())
                .collect(),
            signing_keys: self
                .provider
                .signing_since()
                .into_iter()
                .map(|(algorithm, since)| (algorithm.name(), now.since(since)))
                .collect(),
            next_changes: self
                .broker
                .calendar
                .load()
                .upcoming(now)
                .into_iter()
                .map(|next| (next.instrument.to_owned(), next.kind.key(), next.at))
                .collect(),
            anchor_age: self.audit.as_ref().map(|audit| audit.anchors.age(now)),
            ready,
        })
    }

    /// Tells the metrics which names may become labels, and how many policies break a lint.
    pub(super) fn bound_labels(&self) {
        let clients = self.broker.clients.load();
        let calendar = self.broker.calendar.load();
        for (lint, count) in policy::warnings(&calendar, clients.iter().map(AsRef::as_ref)) {
            self.metrics.policy_lint(lint.word(), count);
        }
        let upstreams = &self.broker.upstreams;
        self.metrics.know(Bounds {
            relying_parties: clients
                .written()
                .map(|client| client.id.as_str().to_owned())
                .collect(),
            providers: upstreams
                .iter()
                .flat_map(AnyUpstream::providers)
                .map(|card| card.id)
                .collect(),
            upstreams: upstreams.iter().map(|upstream| upstream.name().to_owned()).collect(),
            instruments: calendar.rows().instruments.iter().map(|one| one.id.to_string()).collect(),
        });
    }
}
