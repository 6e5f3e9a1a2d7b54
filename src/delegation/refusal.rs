//! Why nothing was delegated.
//!
//! Not what a page says: its texts are keyed by [`Refusal::key`].

use crate::registry::RegistryFault;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Signed in with something, or at a level, that the calendar does not allow this act with.
    #[error("not with this instrument, or not at this level")]
    NotAllowed,
    /// There is no such delegation, it is another's, or it is over.
    #[error("there is no such delegation of this person")]
    Unknown,
    /// What was typed is no fiscal code of a person.
    #[error("the delegate's fiscal code is malformed")]
    Malformed,
    /// Somebody delegates themselves.
    #[error("nobody is their own delegate")]
    Oneself,
    /// The delegate has never signed in.
    #[error("the delegate has never signed in")]
    NeverSignedIn,
    /// Both have a delegation already that is asked for or holds.
    #[error("there is one between these two already")]
    AlreadyThere,
    /// The person has as many delegates as one may have.
    #[error("the person has as many delegates as allowed")]
    TooManyDelegates,
    /// The delegate has as many principals as one may have.
    #[error("the delegate has as many principals as allowed")]
    TooManyPrincipals,
    /// It would end in the past, or later than allowed.
    #[error("the day of its end is past, or too far")]
    End,
    /// No service was named, or one that takes no delegates.
    #[error("no service is named, or one that takes no delegates")]
    Services,
    /// Only staff end what they entered for a minor or a protected person.
    #[error("only the office that entered it ends it")]
    ByTheOffice,
    /// It changed meanwhile.
    #[error("it has changed meanwhile")]
    Stale,
    /// The national platform is named, and there is no connector to it.
    #[error(
        "delegations come from the national platform (art. 64-ter CAD), whose interface is not published: \
         choose source = \"local\" until it is"
    )]
    Platform,
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
}

impl Refusal {
    /// In metrics, and the end of the key of its text.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::Unknown => "unknown",
            Self::Malformed => "malformed",
            Self::Oneself => "oneself",
            Self::NeverSignedIn => "never_signed_in",
            Self::AlreadyThere => "already_there",
            Self::TooManyDelegates => "too_many_delegates",
            Self::TooManyPrincipals => "too_many_principals",
            Self::End => "end",
            Self::Services => "services",
            Self::ByTheOffice => "by_the_office",
            Self::Stale => "stale",
            Self::Platform => "platform",
            Self::Registry(_) => "unavailable",
        }
    }
}
