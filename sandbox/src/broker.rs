//! The broker itself, inside this process.
//!
//! Not another assembly: configuration is read and the broker started exactly as `varco serve` does.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use varco::app::{self, Assembly};
use varco::config::Config;
use varco::effects::Effects;

use crate::error::{Doing as _, SandboxError};

/// A broker that answers.
#[derive(Debug)]
pub struct RunningBroker {
    assembly: Arc<Assembly>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl RunningBroker {
    /// Starts the broker that the configuration describes, in a thread with a system of its own.
    ///
    /// # Errors
    /// Every problem of the configuration, or why it does not start.
    pub async fn start(configuration: &Path) -> Result<Self, SandboxError> {
        let config = read(configuration)?;
        let (started, starting) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let work = async move {
            match Box::pin(app::start(config, Effects::real())).await {
                Ok(running) => {
                    // Whoever asked may be gone; then `stopped` ends at once.
                    let _ = started.send(Ok(Arc::clone(running.assembly())));
                    let _ = stopped.await;
                    running.stop().await;
                }
                Err(fault) => {
                    let _ = started.send(Err(SandboxError::new("start the broker", fault)));
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("broker".to_owned())
            .spawn(move || actix_web::rt::System::new().block_on(work))
            .doing("start the broker")?;
        let assembly = starting.await.doing("start the broker")??;
        Ok(Self { assembly, stop, thread })
    }

    /// What is running.
    #[must_use]
    pub const fn assembly(&self) -> &Arc<Assembly> {
        &self.assembly
    }

    /// Lets it finish what is in flight, then ends it.
    pub async fn stop(self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        let thread = self.thread;
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
}

/// Runs the broker in this thread until SIGTERM or SIGINT, as `varco serve` does.
///
/// # Errors
/// Every problem of the configuration, or why it does not start.
pub fn run_broker(configuration: &Path) -> Result<(), SandboxError> {
    app::run(read(configuration)?, Effects::real(), configuration).doing("run the broker")
}

fn read(configuration: &Path) -> Result<Config, SandboxError> {
    let config = Config::read(configuration).doing("read the configuration")?;
    // A second broker in one process writes to the log of the first. The hook that hides the words of a
    // panic is the product's: here a test may be what panics, and everybody in it is a sample.
    let hook = std::panic::take_hook();
    let _ = varco::ops::telemetry::install(&config.log, &Effects::real());
    std::panic::set_hook(hook);
    Ok(config)
}
