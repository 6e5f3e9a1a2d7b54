//! Relying parties by file: what changed in their folder is taken over while the broker runs.
//!
//! Not the reading: `config` does that. A file that is no good is told in the log once and counted, and
//! its client goes on as it was; all the others are taken over.

use std::sync::{Arc, PoisonError};

use super::Assembly;
use super::assemble::unsigned;
use super::files::tell;
use crate::config::{Depth, Look, RelyingParties};
use crate::oidc::Clients;

impl Assembly {
    /// Looks at the folder, and takes over what is good.
    pub async fn look_at_relying_parties(self: &Arc<Self>, depth: Depth) -> Look {
        self.read_relying_parties(depth, None).await
    }

    /// The same, for the folder and what it may name in `newer`.
    pub(super) async fn follow_relying_parties(self: &Arc<Self>, newer: RelyingParties) -> Look {
        self.read_relying_parties(Depth::All, Some(newer)).await
    }

    async fn read_relying_parties(
        self: &Arc<Self>,
        depth: Depth,
        newer: Option<RelyingParties>,
    ) -> Look {
        let assembly = Arc::clone(self);
        // Thousands of files may have to be read.
        let look = tokio::task::spawn_blocking(move || {
            let signs = assembly.provider.signs_with();
            let mut parties =
                assembly.relying_parties.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(newer) = newer {
                parties.follow(newer);
            }
            let look = parties.look(depth, &|client| unsigned(client, &signs));
            if look.changed() {
                // Under the lock: an older set never replaces a newer one.
                let written = parties.clients();
                let replace =
                    |clients: &Arc<Clients>| clients.with_written(written.clone().cloned());
                assembly.broker.clients.rcu(replace);
            }
            assembly.metrics.relying_party_files_refused(parties.refused());
            look
        });
        let look = look.await.unwrap_or_default();
        tell(&look.refused, "relying party stays as it was");
        if look.changed() {
            self.bound_labels();
            tracing::info!(taken = look.taken, removed = look.removed, "relying parties changed");
        }
        look
    }
}
