//! Start and stop.
//!
//! Not routing: `router.rs` says what each listener answers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::listeners::{Identities, Listener, Listeners};
use super::router::{self, Servers};
use super::{
    Assembly, StartFault, audit, files, follow, helpdesk, membership, persons, refresh,
    registration, reload,
};
use crate::config::Config;
use crate::effects::Effects;
use crate::provider::Provider;

/// A broker that accepts connections.
pub struct Running {
    /// Where browsers and relying parties connect.
    pub public: SocketAddr,
    /// Where relying parties show a certificate.
    pub mutual: Option<SocketAddr>,
    /// Where people show a card.
    pub card: Option<SocketAddr>,
    /// Where operations connect.
    pub operations: SocketAddr,
    assembly: Arc<Assembly>,
    servers: Servers,
    refreshing: Vec<JoinHandle<()>>,
}

/// Assembles and starts. Call it within an actix system ([`run`] makes one).
///
/// # Errors
/// [`StartFault`] when a part cannot be opened or an address is taken.
pub async fn start(config: Config, fx: Effects) -> Result<Running, StartFault> {
    // Every address is taken before anything answers: nothing is half started.
    let identities = Identities::of(&config.listen);
    let listeners = Listeners::bind(&config.listen, &identities)?;
    let workers = config.listen.workers;
    let assembly = Arc::new(Assembly::new(config, identities, fx).await?);
    let public = listeners.public.address()?;
    let mutual = listeners.mutual.as_ref().map(Listener::address).transpose()?;
    let card = listeners.card.as_ref().map(|card| card.listener.address()).transpose()?;
    let operations = listeners.operations.local_addr().map_err(StartFault::Listen)?;
    let servers = router::serve(&assembly, listeners, workers).map_err(StartFault::Listen)?;
    let mut refreshing = refresh::keep(&assembly);
    refreshing.push(follow::keep(&assembly));
    refreshing.push(files::keep(&assembly));
    let telling = assembly.provider.clone();
    refreshing.push(tokio::spawn(Provider::tell_of_logouts(telling)));
    refreshing.extend(registration::keep(&assembly));
    refreshing.extend(persons::keep(&assembly));
    refreshing.extend(membership::keep(&assembly));
    refreshing.extend(audit::keep(&assembly));
    refreshing.extend(helpdesk::keep(&assembly));
    let told = (mutual.map(tracing::field::display), card.map(tracing::field::display));
    tracing::info!(%public, mutual = told.0, card = told.1, %operations, "listening");
    Ok(Running { public, mutual, card, operations, assembly, servers, refreshing })
}

/// Starts in a system of its own, and serves until SIGTERM or SIGINT.
///
/// # Errors
/// [`StartFault`] as for [`start`].
pub fn run(config: Config, fx: Effects, path: &Path) -> Result<(), StartFault> {
    router::block_on(async {
        Box::pin(start(config, fx)).await?.until_signalled(path).await;
        Ok(())
    })
}

impl Running {
    /// What is running, for tests in the same process.
    #[must_use]
    pub const fn assembly(&self) -> &Arc<Assembly> {
        &self.assembly
    }

    /// Reads the configuration again, as SIGHUP does: signing keys, relying parties, provider metadata
    /// and the certificates of listeners. When anything is wrong, everything stays.
    pub async fn reload(&self, config: &Path) {
        // First: a relying party may ask for an algorithm whose key was just made.
        self.assembly.follow_ring().await;
        reload::reload(&self.assembly, config).await;
    }

    /// Finishes what is in flight, then stops.
    pub async fn stop(self) {
        self.refreshing.iter().for_each(JoinHandle::abort);
        self.servers.stop().await;
    }

    /// Serves until SIGTERM or SIGINT; SIGHUP calls [`Self::reload`].
    pub async fn until_signalled(self, config: &Path) {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
            signal(SignalKind::hangup()),
        ) else {
            tracing::error!("signals cannot be received");
            return self.stop().await;
        };
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => self.reload(config).await,
            }
        }
        tracing::info!("stopping");
        self.stop().await;
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("public", &self.public).finish_non_exhaustive()
    }
}
