//! The broker itself, inside this process.
//!
//! Not another assembly: configuration is read and the broker started exactly as `varco serve` does.

use std::path::Path;

use crate::error::SandboxError;

/// A broker that answers.
#[derive(Debug)]
pub struct RunningBroker {}

impl RunningBroker {
    /// Starts the broker that the configuration describes.
    ///
    /// # Errors
    /// Every problem of the configuration, or why it does not start.
    pub async fn start(configuration: &Path) -> Result<Self, SandboxError> {
        let config = varco::config::Config::read(configuration)
            .map_err(|problems| SandboxError::new("read the configuration", problems))?;
        let _ = config;
        std::future::ready(()).await;
        Err(SandboxError::new("start the broker", "PENDING"))
    }

    /// Ends it.
    pub async fn stop(self) {}
}
