//! The one error of the sandbox: what it was doing, and why that failed.
//!
//! Not a fault of the broker: those are read from its pages and are results, not errors.

use std::fmt::Display;

/// Something of the sandbox did not work.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {why}")]
pub struct SandboxError {
    doing: String,
    why: String,
}

impl SandboxError {
    /// While doing this, for this reason.
    #[must_use]
    pub fn new(doing: impl Into<String>, why: impl Display) -> Self {
        Self { doing: doing.into(), why: why.to_string() }
    }
}

/// Gives any error what was being done.
pub trait Doing<T> {
    /// Names what was being done.
    ///
    /// # Errors
    /// The same error, with that name.
    fn doing(self, doing: &str) -> Result<T, SandboxError>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, doing: &str) -> Result<T, SandboxError> {
        self.map_err(|why| SandboxError::new(doing, why))
    }
}
