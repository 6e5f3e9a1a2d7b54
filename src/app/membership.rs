//! Our membership in federations while the broker runs: the chains of relying parties are renewed, so that
//! one that is signing people in does not become a stranger in the middle of a login.
//!
//! Not admission: `provider` does that. Without `[federation]` nothing here does anything.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Assembly, StartFault};
use crate::config::FederationConfig;
use crate::effects::Effects;
use crate::federation::Federation;
use crate::oidc::ClientId;
use crate::provider::Provider;

/// Makes the provider a member.
pub(super) fn join(
    provider: &Provider,
    config: FederationConfig,
    fx: &Effects,
) -> Result<(), StartFault> {
    let FederationConfig { keys, federation, settings } = config;
    let federation = Federation::new(federation, fx);
    provider
        .join(federation, settings, keys)
        .map_err(|fault| StartFault::Part(format!("[federation]: {fault}")))
}

/// Renews until the handle is aborted; `None` when there is nothing to renew.
pub(super) fn keep(assembly: &Arc<Assembly>) -> Option<JoinHandle<()>> {
    assembly.provider.membership()?;
    let assembly = Arc::clone(assembly);
    Some(tokio::spawn(async move {
        let (mut told, mut tick) = (Vec::new(), 0_u32);
        while let Some(membership) = assembly.provider.membership() {
            let federation = membership.federation();
            // At the start and every ten minutes, on nobody's account.
            if tick.is_multiple_of(10) {
                membership.check().await;
                for broken in federation.know_issuers(&assembly.broker.fx).await {
                    let clause = broken.clause();
                    tracing::warn!(%broken, clause, "an issuer of trust marks is not known");
                }
            }
            tick = tick.wrapping_add(1);
            tokio::time::sleep(TICK).await;
            for broken in federation.refresh(&assembly.broker.fx).await.failed {
                let clause = broken.clause();
                if broken.is_withdrawn()
                    && let Some(client) = ClientId::parse(broken.entity.as_str())
                {
                    // Whoever comes back shows another mark, or is a stranger.
                    let clients = &assembly.broker.clients;
                    clients
                        .rcu(|clients| clients.with_registered(&[], std::slice::from_ref(&client)));
                }
                tracing::warn!(%broken, clause, "the chain of a relying party was not renewed");
            }
            let mut alerts = federation.alerts();
            alerts.extend(membership.discord());
            if alerts != told {
                for alert in &alerts {
                    tracing::error!(alert, "federation");
                }
                told = alerts;
            }
        }
    }))
}

/// Between two looks at what is due.
const TICK: Duration = Duration::from_secs(60);
