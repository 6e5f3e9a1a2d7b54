//! One login in progress, and the stages it passes: Open → Identified → Agreed.
//!
//! Not a session: it ends with the code. Every move eats `self`, so no stage can be skipped.

use serde::{Deserialize, Serialize};

use super::behalf::Represented;
use super::{Acting, Entitled, MatchAsked};
use crate::effects::Timestamp;
use crate::identity::{Capacity, Identity, UpstreamSession};
use crate::oidc::AuthorizationRequest;
use crate::policy::Admitted;

/// The login as it stands on its shelf, filed under its `tx`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Login {
    /// What the relying party asked.
    pub request: AuthorizationRequest,
    /// Digest of the cookie of the browser that began it.
    pub browser: [u8; 32],
    /// When it began.
    pub begun_at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// Why the last journey to a provider failed, if it did: shown by `continue`, then the person
    /// may choose again.
    pub refusal: Option<Refusal>,
    /// The session that the provider keeps for whoever is identified, where it keeps one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Box<UpstreamSession>>,
    /// The upstream, by name, that whoever is identified came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
    /// Whether who is identified is known from the browser's session: no provider was asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reused: bool,
    /// What the client's entitlement source tells of whoever is identified, once it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitled: Option<Box<Entitled>>,
    /// For whom whoever is identified said to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<Acting>,
    /// How often whoever is identified answered the question for a fiscal code. It stays when somebody else
    /// is identified: nobody gets further answers by coming again.
    #[serde(default, skip_serializing_if = "MatchAsked::is_unanswered")]
    pub matching: MatchAsked,
}

/// Why a journey failed, as it is remembered between `receive` and the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Slug of the fault row.
    pub slug: String,
    /// The upstream.
    pub upstream: String,
    /// The provider.
    pub provider: String,
}

/// How far a login is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Stage {
    /// Nobody is known yet.
    Open,
    /// A provider proved who it is.
    Identified(Box<Identity>),
}

impl Stage {
    /// Who it is, once a provider has proven it.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Open => None,
            Self::Identified(identity) => Some(identity),
        }
    }
}

/// A login whose person is known, whom policy lets in, and who may be told to the relying party. Only
/// [`Login::agree`] and a session that may be reused make one.
#[derive(Debug)]
pub(super) struct Agreed {
    /// What was asked.
    pub(super) request: AuthorizationRequest,
    /// Who answered.
    pub(super) identity: Identity,
    /// The session that the provider keeps.
    pub(super) session: Option<Box<UpstreamSession>>,
    /// The upstream, by name.
    pub(super) upstream: Option<String>,
    /// Policy's word.
    #[expect(dead_code, reason = "a witness: without it there is no `Agreed`, and so no code")]
    pub(super) admitted: Admitted,
    /// In which roles.
    pub(super) capacity: Capacity,
    /// For whom, where not for themselves.
    pub(super) represented: Option<Box<Represented>>,
}

impl Agreed {
    /// The upstream as measurements name it.
    pub(super) fn came_by(&self) -> &str {
        self.upstream.as_deref().unwrap_or(&self.identity.origin.auth_method)
    }
}

impl Login {
    /// Open → Identified.
    #[must_use]
    pub fn identified(self, identity: Identity) -> Self {
        let stage = Stage::Identified(Box::new(identity));
        let (refusal, session, upstream, entitled, acting) = (None, None, None, None, None);
        let matching = MatchAsked { declined: false, ..self.matching };
        Self {
            stage,
            refusal,
            session,
            upstream,
            reused: false,
            entitled,
            acting,
            matching,
            ..self
        }
    }

    /// The upstream that proved it.
    #[must_use]
    pub fn by(self, upstream: &str) -> Self {
        Self { upstream: Some(upstream.to_owned()), ..self }
    }

    /// The provider keeps a session for who was identified.
    #[must_use]
    pub fn resting_on(self, session: Option<UpstreamSession>) -> Self {
        Self { session: session.map(Box::new), ..self }
    }

    /// A journey failed: the stage stays what it was.
    #[must_use]
    pub fn refused(self, refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..self }
    }

    /// Identified → Agreed, to act in those roles; gives the login back when nobody is known yet.
    ///
    /// # Errors
    /// The login itself, still Open.
    pub(super) fn agree(self, admitted: Admitted, capacity: Capacity) -> Result<Agreed, Box<Self>> {
        match self.stage {
            Stage::Identified(identity) => {
                let Self { request, session, upstream, .. } = self;
                let (identity, represented) = (*identity, None);
                Ok(Agreed { request, identity, session, upstream, admitted, capacity, represented })
            }
            Stage::Open => Err(Box::new(self)),
        }
    }
}
