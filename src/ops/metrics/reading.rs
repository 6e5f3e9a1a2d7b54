//! What the numbers are made of: the labels that are known, how a login ended, what is read when somebody
//! asks.
//!
//! Not the numbers themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::effects::Timestamp;
use crate::state::Uses;

/// Which label values configuration knows.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// Client identifiers.
    pub relying_parties: BTreeSet<String>,
    /// Names of identity providers, as the log calls them.
    pub providers: BTreeSet<String>,
    /// Names of upstreams.
    pub upstreams: BTreeSet<String>,
    /// Names of instruments.
    pub instruments: BTreeSet<String>,
}

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginResult {
    /// The portal got a code.
    Success,
    /// The person turned back.
    Cancelled,
    /// Policy did not let the person in, who then went back.
    Denied,
    /// Something went wrong.
    Failed,
}

impl LoginResult {
    /// The label.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Cancelled => "cancelled",
            Self::Denied => "denied_policy",
            Self::Failed => "failed",
        }
    }
}

/// What is read at the moment somebody asks, because nobody counts it in between.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The tally of the state store.
    pub uses: Vec<Uses>,
    /// The metadata of each federation.
    pub metadata: Vec<MetadataReading>,
    /// Use and end of our certificates.
    pub certificates: Vec<(&'static str, Timestamp)>,
    /// Since when the active key of each algorithm signs tokens.
    pub signing_keys: Vec<(&'static str, Duration)>,
    /// Instrument, kind and instant of what the calendar changes next.
    pub next_changes: Vec<(String, &'static str, Timestamp)>,
    /// How long ago every file of anchors had the head of the trail; `None` where there are none.
    pub anchor_age: Option<Duration>,
    /// Whether a login would work.
    pub ready: bool,
}

/// What is read of one federation's metadata.
#[derive(Clone, Debug)]
pub struct MetadataReading {
    /// Name of the federation.
    pub federation: &'static str,
    /// Age of what was read longest ago.
    pub age: Duration,
    /// Age of each source, in the order of the configuration; `None` when it was never read.
    pub sources: Vec<Option<Duration>>,
    /// How many alerts stand.
    pub alerts: usize,
    /// What superiors say of our own entities that does not go with our keys and marks.
    pub discords: usize,
    /// How many providers can be used.
    pub providers: usize,
}
