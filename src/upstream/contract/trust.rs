//! What an upstream trusts and reads again from time to time: metadata of providers, or lists of revoked
//! cards.
//!
//! Not a task: `app` asks what is due and runs it.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::lists::Lists;
use crate::effects::{Effects, Timestamp};
use crate::saml::metadata::register::{Outcome, Register, SourceStatus};

/// The sources of one upstream. Each is named by its place in the list.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Metadata of SAML providers.
    Metadata(Arc<Register>),
    /// Lists of revoked certificates.
    Lists(Arc<Lists>),
    /// A federation whose members are proven by chains.
    Federation(Arc<dyn Renewing>),
    /// Nobody else: there is nothing to read again.
    Ourselves,
}

/// What is read again, source by source.
pub trait Renewing: Debug + Send + Sync {
    /// How many sources there are.
    fn sources(&self) -> usize;
    /// The sources whose time has come.
    fn due(&self, monotonic: Duration) -> Vec<usize>;
    /// How each source is.
    fn status(&self, now: Timestamp) -> Vec<SourceStatus>;
    /// What operators were told and still is so.
    fn alerts(&self) -> Vec<String>;
    /// What superiors say of our own entities that does not go with what we are: others refuse us for it.
    fn discords(&self) -> Vec<String>;
    /// Every link that is known, ours first: its name, and how it is or what is wrong with it.
    fn links(&self, now: Timestamp) -> Vec<(String, Result<String, String>)>;
    /// Reads the source `at` again.
    fn renew<'a>(
        &'a self,
        at: usize,
        fx: &'a Effects,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
}

impl Trust {
    /// The sources whose time has come; `monotonic` is [`Effects::monotonic`].
    #[must_use]
    pub fn due(&self, monotonic: Duration) -> Vec<usize> {
        match self {
            Self::Metadata(register) => register.due(monotonic),
            Self::Lists(lists) => lists.due(monotonic),
            Self::Federation(federation) => federation.due(monotonic),
            Self::Ourselves => Vec::new(),
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<usize> {
        let many = match self {
            Self::Metadata(register) => register.len(),
            Self::Lists(lists) => lists.len(),
            Self::Federation(federation) => federation.sources(),
            Self::Ourselves => 0,
        };
        (0..many).collect()
    }

    /// How each source is.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Vec<SourceStatus> {
        match self {
            Self::Metadata(register) => register.status(now),
            Self::Lists(lists) => lists.status(now),
            Self::Federation(federation) => federation.status(now),
            Self::Ourselves => Vec::new(),
        }
    }

    /// What operators were told and still is so.
    #[must_use]
    pub fn alerts(&self) -> Vec<String> {
        match self {
            Self::Metadata(register) => register.alerts(),
            Self::Lists(lists) => lists.alerts(),
            Self::Federation(federation) => federation.alerts(),
            Self::Ourselves => Vec::new(),
        }
    }

    /// What superiors say of our own entities that does not go with what we are.
    #[must_use]
    pub fn discords(&self) -> Vec<String> {
        match self {
            Self::Metadata(_) | Self::Lists(_) | Self::Ourselves => Vec::new(),
            Self::Federation(federation) => federation.discords(),
        }
    }

    /// Reads the source `at` again; what it came to, or `None` when there is no such source. The judging
    /// may take long, so it has a thread of its own.
    ///
    /// # Errors
    /// When that thread ended before it was done.
    pub async fn refresh(&self, at: usize, fx: &Effects) -> Result<Option<Outcome>, String> {
        let effects = fx.clone();
        let judged = match self.clone() {
            Self::Metadata(register) => {
                let found = register.find(at, fx).await;
                let judge = move || register.judge(at, found, &effects).map(|it| it.outcome);
                tokio::task::spawn_blocking(judge).await
            }
            Self::Lists(lists) => {
                let found = lists.find(at, fx).await;
                tokio::task::spawn_blocking(move || lists.judge(at, found, &effects)).await
            }
            Self::Federation(federation) => return Ok(Some(federation.renew(at, fx).await)),
            Self::Ourselves => return Ok(None),
        };
        judged.map_err(|cause| cause.to_string())
    }
}
