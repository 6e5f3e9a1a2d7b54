//! Clients that register themselves: their registry is opened, and followed while the broker runs.
//!
//! Not registration: `provider` serves it. Without `[registration]` nothing here does anything.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Assembly, StartFault};
use crate::config::RegistrationConfig;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::provider::Registrations;
use crate::registry::Registry;

/// Opens the registry of the configuration, sealed under a key of its own.
pub(super) async fn open(
    config: &RegistrationConfig,
    sealer: &Sealer,
    fx: &Effects,
) -> Result<Registry, StartFault> {
    let wrong = |cause: String| {
        let file = config.registry.display();
        StartFault::Part(format!("{file}: {cause}; the folder must be the broker's to write in"))
    };
    let own = Sealer::new(sealer.derive("registry").as_slice());
    let own = own.ok_or_else(|| wrong("no key".to_owned()))?;
    Registry::open(&config.registry, own, fx.clone())
        .await
        .map_err(|cause| wrong(cause.to_string()))
}

impl Assembly {
    /// Serves registration with the clients that are registered already.
    pub(super) async fn register_clients(
        &self,
        config: RegistrationConfig,
        sealer: &Sealer,
    ) -> Result<(), StartFault> {
        let registry = open(&config, sealer, &self.broker.fx).await?;
        let secrets = sealer.derive("client secrets");
        let broker = Arc::clone(&self.broker);
        let registrations = Registrations::new(registry, config.template, secrets, broker);
        registrations.follow().await.map_err(|cause| StartFault::Part(cause.to_string()))?;
        self.provider.serve_registrations(registrations);
        Ok(())
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
