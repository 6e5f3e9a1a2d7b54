//! Reload on SIGHUP: relying parties, the template of registered clients, provider metadata, the
//! federations of upstreams and what concerns certificates of TLS are read again, all of them.
//!
//! Not a restart: a main file that is no good is refused with its reason and changes nothing; addresses
//! and secrets do not change, and no connection is dropped. Signing keys are followed by `follow.rs`.
//! What it names is isolated further: each relying party and each source of metadata keeps its own last
//! good copy.

use std::path::Path;
use std::sync::Arc;

use super::files::tell;
use super::{Assembly, Which};
use crate::config::Config;

/// Reads everything again, if the main file is good; then asks every source of metadata.
pub(super) async fn reload(assembly: &Arc<Assembly>, path: &Path) {
    let config = match Config::read_without_clients(path) {
        Ok(config) => config,
        Err(problems) => {
            tell(problems.iter(), "reload refused");
            return;
        }
    };
    // First: relying parties speak its words.
    assembly.follow_calendar(config.calendar);
    assembly.follow_relying_parties(config.relying_parties).await;
    assembly.follow_announcements(config.announcements);
    assembly.identities.replace(&config.listen);
    assembly.provider.replace_mutual_tls(config.mutual_tls);
    assembly.replace_registers(&config.upstreams);
    assembly.replace_sources(config.entitlements, &config.sealing);
    assembly.replace_registration(config.registration).await;
    assembly.replace_persons(config.persons);
    if config.federation.is_some() || assembly.provider.membership().is_some() {
        tracing::warn!("[federation] is as it was at the start: a change to it needs a restart");
    }
    assembly.bound_labels();
    assembly.refresh(Which::All).await;
    tracing::info!(relying_parties = assembly.broker.clients.load().len(), "reloaded");
}
