//! Refresh: sources of provider metadata are read again when they are due.
//!
//! Not judgement: the register decides what a document is worth. Every federation has its own task, so
//! that a slow server delays nobody else, and no login ever waits for one.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Assembly;
use crate::upstream::AnyUpstream;

/// Which sources are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those whose time has come.
    Due,
    /// All of them, now.
    All,
}

impl Assembly {
    /// Reads sources of every federation again, one after the other.
    pub async fn refresh(&self, which: Which) {
        for upstream in self.broker.upstreams.iter() {
            self.refresh_one(upstream, which).await;
        }
    }

    /// Asks servers for the providers of those federations that have none: only after a first start.
    pub(super) async fn fill(&self) {
        let now = self.broker.fx.now();
        for upstream in self.broker.upstreams.iter().filter(|upstream| upstream.usable(now) == 0) {
            self.refresh_one(upstream, Which::Due).await;
        }
    }

    async fn refresh_one(&self, upstream: &AnyUpstream, which: Which) {
        let fx = &self.broker.fx;
        let trust = upstream.trust();
        let sources: Vec<usize> = match which {
            Which::Due => trust.due(fx.monotonic()),
            Which::All => trust.all(),
        };
        for at in &sources {
            match trust.refresh(*at, fx).await {
                Ok(Some(outcome)) => {
                    self.metrics.metadata_refreshed(upstream.name(), *at, outcome.name());
                }
                Ok(None) => {}
                Err(cause) => {
                    tracing::error!(
                        upstream = upstream.name(),
                        cause,
                        "what was read was not judged"
                    );
                }
            }
        }
        if !sources.is_empty() {
            upstream.adopt();
            self.bound_labels();
        }
    }
}

/// Keeps every federation fresh until the handles are aborted.
pub(super) fn keep(assembly: &Arc<Assembly>) -> Vec<JoinHandle<()>> {
    let names = assembly.broker.upstreams.iter().map(AnyUpstream::name);
    names
        .map(|name| {
            let assembly = Arc::clone(assembly);
            tokio::spawn(async move {
                while let Some(upstream) = assembly.broker.upstreams.get(name) {
                    assembly.refresh_one(upstream, Which::Due).await;
                    tokio::time::sleep(TICK).await;
                }
            })
        })
        .collect()
}

/// How often it is asked what is due.
const TICK: Duration = Duration::from_secs(20);
