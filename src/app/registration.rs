//! Clients that register themselves: the registry is followed while the broker runs.
//!
//! Not registration: `provider` serves it. Without `[registration]` nothing here does anything.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Assembly, StartFault};
use crate::config::RegistrationConfig;
use crate::crypto::sealing::Sealer;
use crate::provider::Registrations;
use crate::registry::Registry;

impl Assembly {
    /// Serves registration with the clients that are registered already.
    pub(super) async fn register_clients(
        &self,
        config: RegistrationConfig,
        registry: Arc<Registry>,
        sealer: &Sealer,
    ) -> Result<(), StartFault> {
        let secrets = sealer.derive("client secrets");
        let broker = Arc::clone(&self.broker);
        let registrations = Registrations::new(registry, config.template, secrets, broker);
        registrations.follow().await.map_err(|cause| StartFault::Part(cause.to_string()))?;
        self.provider.serve_registrations(registrations);
        Ok(())
    }
}

impl Assembly {
    /// Goes on under the operator's decisions as they are now. The table itself comes and goes with a
    /// restart, and so does the place of the registry.
    pub(super) async fn replace_registration(&self, config: Option<Box<RegistrationConfig>>) {
        match (self.provider.registrations(), config) {
            (Some(registrations), Some(config)) => {
                if let Err(fault) = registrations.replace_template(config.template).await {
                    tracing::error!(%fault, "registered clients stay as they were for now");
                }
            }
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                tracing::warn!("[registration] is there or gone only after a restart");
            }
        }
    }
}

/// Follows the registry until the handle is aborted; `None` when there is none.
pub(super) fn keep(assembly: &Arc<Assembly>) -> Option<JoinHandle<()>> {
    assembly.provider.registrations()?;
    let assembly = Arc::clone(assembly);
    Some(tokio::spawn(async move {
        while let Some(registrations) = assembly.provider.registrations() {
            tokio::time::sleep(TICK).await;
            if let Err(fault) = registrations.follow().await {
                tracing::error!(%fault, "registered clients stay as they were");
            }
        }
    }))
}

/// How late a node hears of what another one wrote.
const TICK: Duration = Duration::from_secs(2);
