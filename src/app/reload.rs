//! Reload on SIGHUP: relying parties and provider metadata are read again.
//!
//! Not a restart: a bad file is refused with its reason and the old set stays; keys, listeners and
//! secrets do not change.

use std::path::Path;

use super::Assembly;
use crate::config::Config;
use crate::oidc::Clients;

/// Reads everything again; replaces relying parties and provider metadata only if all of it is good.
pub(super) fn reload(assembly: &Assembly, path: &Path) {
    let config = match Config::read(path) {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems.iter() {
                tracing::error!(file = %problem.file.display(), key = problem.key, wrong = problem.wrong, remedy = problem.remedy, "reload refused");
            }
            return;
        }
    };
    let relying_parties = config.clients.len();
    assembly.broker.clients.store(std::sync::Arc::new(Clients::new(config.clients)));
    assembly.replace_providers(&config.upstreams);
    assembly.bound_labels();
    tracing::info!(relying_parties, "reloaded");
}
