//! What is asked for, where delegations come from, and how many there may be.
//!
//! Not whether it is granted: `book` says that.

use std::time::Duration;

use super::{Party, Refusal, Services};
use crate::effects::Timestamp;

/// Where delegations come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// From the people themselves, kept in our registry.
    Local,
    /// From the *Piattaforma di gestione deleghe* (art. 64-ter CAD). There is no connector: everything is
    /// refused, and says why.
    NationalPlatform,
}

impl Connector {
    /// The claim `delegation.source`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::NationalPlatform => "national_platform",
        }
    }

    pub(super) const fn serves(self) -> Result<(), Refusal> {
        match self {
            Self::Local => Ok(()),
            Self::NationalPlatform => Err(Refusal::Platform),
        }
    }
}

/// How many, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Delegates of one person.
    pub delegates: u32,
    /// Principals of one delegate, legal representatives apart.
    pub principals: u32,
    /// The longest that a person can ask for.
    pub longest: Duration,
}

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// The delegate's fiscal code, as it was typed.
    pub delegate: &'a str,
    /// Chosen, or helped for a day.
    pub assisted: bool,
    /// Where. The caller has looked that each of them takes delegates.
    pub services: Services,
    /// Its end; `None`: as late as allowed.
    pub ends_at: Option<Timestamp>,
}

/// What the office enters for a minor or a protected person.
#[derive(Clone, Debug)]
pub struct Guardian<'a> {
    /// For whom.
    pub principal: Party,
    /// The representative's fiscal code.
    pub representative: &'a str,
    /// What proves it: a reference to the decision or the register, never the paper.
    pub basis: &'a str,
    /// Coming of age, or the end of the mandate.
    pub ends_at: Option<Timestamp>,
}
