//! Reload on SIGHUP: relying parties, provider metadata and what concerns certificates of TLS are read
//! again.
//!
//! Not a restart: a bad file is refused with its reason and the old set stays; addresses and secrets do
//! not change, and no connection is dropped. Signing keys are followed by `follow.rs`. Metadata is
//! isolated further: each source keeps its own last good copy.

use std::path::Path;

use super::assemble::unsigned;
use super::{Assembly, Which};
use crate::config::Config;
use crate::oidc::Clients;

/// Reads everything again, if all of the configuration is good; then asks every source of metadata.
pub(super) async fn reload(assembly: &Assembly, path: &Path) {
    let config = match Config::read(path) {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems.iter() {
                tracing::error!(file = %problem.file.display(), key = problem.key, wrong = problem.wrong, remedy = problem.remedy, "reload refused");
            }
            return;
        }
    };
    let unsigned = unsigned(&config.clients, &assembly.provider.signs_with(), &config.keys);
    if !unsigned.is_empty() {
        for wrong in unsigned {
            tracing::error!(wrong, "reload refused");
        }
        return;
    }
    let relying_parties = config.clients.len();
    let earlier = assembly.broker.clients.load_full();
    assembly
        .broker
        .clients
        .store(std::sync::Arc::new(Clients::new(config.clients).resuming(&earlier)));
    assembly.identities.replace(&config.listen);
    assembly.provider.replace_mutual_tls(config.mutual_tls);
    assembly.replace_registers(&config.upstreams);
    assembly.bound_labels();
    assembly.refresh(Which::All).await;
    tracing::info!(relying_parties, "reloaded");
}
