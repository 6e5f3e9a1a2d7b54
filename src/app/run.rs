//! Start and stop: two listeners, the public one and the one for operations.
//!
//! Not routing: `router.rs` says what each address answers.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::router::{self, Servers};
use super::{Assembly, StartFault, refresh, reload};
use crate::config::Config;
use crate::effects::Effects;

/// A broker that accepts connections.
pub struct Running {
    /// Where browsers and relying parties connect.
    pub public: SocketAddr,
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
    // Both addresses are taken before anything answers: nothing is half started.
    let browsers = listener(config.public)?;
    let operators = listener(config.operations)?;
    let workers = config.workers;
    let assembly = Arc::new(Assembly::new(config, fx).await?);
    let (public, operations) = (local(&browsers)?, local(&operators)?);
    let servers =
        router::serve(&assembly, browsers, operators, workers).map_err(StartFault::Listen)?;
    let refreshing = refresh::keep(&assembly);
    tracing::info!(%public, %operations, "listening");
    Ok(Running { public, operations, assembly, servers, refreshing })
}

/// Starts in a system of its own, and serves until SIGTERM or SIGINT.
///
/// # Errors
/// [`StartFault`] as for [`start`].
pub fn run(config: Config, fx: Effects, path: &Path) -> Result<(), StartFault> {
    router::block_on(async {
        start(config, fx).await?.until_signalled(path).await;
        Ok(())
    })
}

impl Running {
    /// What is running, for tests in the same process.
    #[must_use]
    pub const fn assembly(&self) -> &Arc<Assembly> {
        &self.assembly
    }

    /// Finishes what is in flight, then stops.
    pub async fn stop(self) {
        self.refreshing.iter().for_each(JoinHandle::abort);
        self.servers.stop().await;
    }

    /// Serves until SIGTERM or SIGINT; SIGHUP reads relying parties and provider metadata again.
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
                _ = hangup.recv() => reload::reload(&self.assembly, config).await,
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

fn listener(address: SocketAddr) -> Result<TcpListener, StartFault> {
    TcpListener::bind(address).map_err(|cause| StartFault::Address { address, cause })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, StartFault> {
    listener.local_addr().map_err(StartFault::Listen)
}
