//! Why an act on a case is refused: who may do it, and why not now.
//!
//! Not a fault of the software: whoever reads it can do something about it, or knows who can. It names
//! nobody.

use super::by::Role;
use super::case::State;
use super::reading::{Flag, Problem};
use crate::policy::Denial;
use crate::terms::Day;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else does this.
    #[error("this is for another role")]
    Role(&'static [Role]),
    /// The case is not where this can be done.
    #[error("the case is {}", .is.word())]
    State {
        /// Where it is.
        is: State,
        /// Where it would have to be.
        needs: &'static [State],
    },
    /// Whoever typed, identified or submitted does not approve: a second person does.
    #[error("a second person does this")]
    SecondPerson,
    /// Nobody acts on a request of their own.
    #[error("the request is one's own")]
    OwnPerson,
    /// Something is wrong with what was typed.
    #[error("something is wrong with what was typed")]
    Problems(Vec<Problem>),
    /// Somebody has to say in writing why this may go on.
    #[error("a note is needed")]
    Flags(Vec<Flag>),
    /// The case is not what was looked at.
    #[error("the case has changed meanwhile")]
    Changed,
    /// The list of what is checked is not filled in by whoever decides.
    #[error("the checklist is not complete")]
    Checklist,
    /// Another live case has this document or this fiscal code: the name of the key.
    #[error("another live credential has the same {0}")]
    Duplicate(&'static str),
    /// A reason is needed.
    #[error("a reason is needed")]
    Reason,
    /// The privacy notice was not given.
    #[error("the privacy notice was not given")]
    Notice,
    /// The person was neither present nor seen in a way that has a reason.
    #[error("the person was not seen")]
    NotSeen,
    /// The desk may not issue: what it rests on is not recorded, or its review is due.
    #[error("what the desk rests on is not in force")]
    LegalBasis(Option<Day>),
    /// The calendar forbids it.
    #[error("the calendar forbids it: {}", .0.rule.id)]
    Calendar(Box<Denial>),
    /// No service that was asked for is dedicated to these credentials.
    #[error("no service that was asked for takes these credentials")]
    NoService,
    /// Suspended for so long that the person has to be identified again.
    #[error("the person has to be identified again")]
    Reidentify,
    /// A supervisor proposes it first.
    #[error("a supervisor proposes it first")]
    NotProposed,
    /// Nothing opens the credential yet.
    #[error("no authenticator is bound")]
    NoAuthenticator,
    /// It belongs to another office.
    #[error("it is another office's")]
    Office,
    /// There is no such case, or none that this person may know of.
    #[error("there is no such case")]
    Unknown,
    /// Whoever does this has to have signed in a moment ago.
    #[error("sign in again")]
    SignInAgain,
    /// More were asked for than a task needs.
    #[error("too many in a short time")]
    TooMany,
}

impl Refusal {
    /// Its word, for texts and for the trail.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::State { .. } => "state",
            Self::SecondPerson => "second-person",
            Self::OwnPerson => "own-person",
            Self::Problems(_) => "problems",
            Self::Flags(_) => "flags",
            Self::Changed => "changed",
            Self::Checklist => "checklist",
            Self::Duplicate(_) => "duplicate",
            Self::Reason => "reason",
            Self::Notice => "notice",
            Self::NotSeen => "not-seen",
            Self::LegalBasis(_) => "legal-basis",
            Self::Calendar(_) => "calendar",
            Self::NoService => "no-service",
            Self::Reidentify => "reidentify",
            Self::NotProposed => "not-proposed",
            Self::NoAuthenticator => "no-authenticator",
            Self::Office => "office",
            Self::Unknown => "unknown",
            Self::SignInAgain => "sign-in-again",
            Self::TooMany => "too-many",
        }
    }

    /// Who may do it, where that is the reason.
    #[must_use]
    pub const fn who(&self) -> &'static [Role] {
        match self {
            Self::Role(roles) => roles,
            Self::SecondPerson | Self::Checklist => &[Role::Verifier],
            Self::Reidentify => &[Role::Operator],
            Self::NotProposed => &[Role::Supervisor],
            Self::LegalBasis(_) => &[Role::Administrator],
            _ => &[],
        }
    }
}
