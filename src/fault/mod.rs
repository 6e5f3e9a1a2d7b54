//! A fault: one thing that can go wrong, one row, three readers.
//!
//! Not an error hierarchy: toolkits and upstreams return their own small enums; at the boundary of
//! `login` and `provider` each becomes a [`Fault`]. Only `catalogue.rs` knows audiences; only
//! `web/reply.rs` knows HTTP.

pub mod catalogue;
mod reference;
pub mod texts;

use std::error::Error;

pub use catalogue::{Row, Severity};
pub use reference::Reference;

use crate::oidc::client_authentication::AuthenticationFault;
use crate::oidc::dpop::ProofFault;
use crate::state::StateFault;
pub use texts::Texts;

/// Something went wrong, and this is its row.
#[derive(Debug)]
pub struct Fault {
    row: &'static Row,
    detail: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
    reference: Option<Reference>,
    reported: bool,
}

impl Fault {
    /// A fault of that row.
    #[must_use]
    pub const fn new(row: &'static Row) -> Self {
        Self { row, detail: None, cause: None, reference: None, reported: false }
    }

    /// The row whose slug is `slug`; the row "internal" when no row has it.
    #[must_use]
    pub fn of_slug(slug: &str) -> Self {
        Self::new(catalogue::by_slug(slug).unwrap_or(&catalogue::INTERNAL))
    }

    /// With what an operator needs to know; never a value that could name a person.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With the error that led here.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// With the code that the person reads to the help desk.
    #[must_use]
    pub fn with_reference(mut self, reference: Reference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// The code that the person reads to the help desk, once there is one.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// Its row.
    #[must_use]
    pub const fn row(&self) -> &'static Row {
        self.row
    }

    /// The operator's detail.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The same fault shown again: its operator's line was written when it happened.
    #[must_use]
    pub fn already_reported(mut self) -> Self {
        self.reported = true;
        self
    }

    /// Writes the operator's line, once.
    pub fn report(&mut self, upstream: &str, provider: &str) {
        if std::mem::replace(&mut self.reported, true) {
            return;
        }
        let causes = self.causes().join(": ");
        let (code, slug) = (self.row.code, self.row.slug);
        let reference = self.reference.as_ref().map(Reference::as_str).unwrap_or_default();
        let detail = self.detail.as_deref().unwrap_or_default();
        match self.row.severity {
            Severity::Info => {
                tracing::info!(code, slug, reference, upstream, provider, detail, causes, "fault");
            }
            Severity::Warning => {
                tracing::warn!(code, slug, reference, upstream, provider, detail, causes, "fault");
            }
            Severity::Alert => {
                tracing::error!(code, slug, reference, upstream, provider, detail, causes, "fault");
            }
        }
    }

    /// The cause chain, outermost first, for the operator's line.
    #[must_use]
    pub fn causes(&self) -> Vec<String> {
        let mut chain = Vec::new();
        let mut next = self.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(cause) = next {
            chain.push(cause.to_string());
            next = cause.source();
        }
        chain
    }
}

/// The state store did not answer: one row, wherever it happens.
impl From<StateFault> for Fault {
    fn from(cause: StateFault) -> Self {
        Self::of_slug("state-unavailable").caused_by(cause)
    }
}

/// A client that is not believed, at whichever endpoint.
impl From<AuthenticationFault> for Fault {
    fn from(cause: AuthenticationFault) -> Self {
        match cause {
            AuthenticationFault::Several => {
                Self::of_slug("token-request-invalid").with_detail(cause.to_string())
            }
            AuthenticationFault::TooMany => Self::of_slug("client-throttled"),
            AuthenticationFault::Unavailable(cause) => cause.into(),
            refused => {
                Self::of_slug("client-authentication-failed").with_detail(refused.to_string())
            }
        }
    }
}

/// A proof of possession that proves nothing, where tokens are issued; a resource answers with 401.
impl From<ProofFault> for Fault {
    fn from(cause: ProofFault) -> Self {
        match cause {
            ProofFault::NonceNeeded => Self::of_slug("dpop-nonce-required"),
            ProofFault::Unavailable(cause) => cause.into(),
            refused => Self::of_slug("dpop-proof-invalid").with_detail(refused.to_string()),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.row.code)
    }
}

impl Error for Fault {}
