//! Delegation: one person lets another act for them at services, until they take it back (F13).
//!
//! Not a login: `login` asks here whom somebody may act for, and ends what rests on a delegation that is
//! over. Not a credential either: whoever acts signs in with their own SPID, CIE or CNS, at level 2 or above
//! (R10, R12); a credential of the help desk neither gives nor uses a delegation. Rules are data: the act
//! `delegate` of the calendar, and [`Limits`].

mod book;
mod record;
mod refusal;
mod wish;

pub use book::Book;
pub use record::{Delegation, DelegationKind, DelegationState, Party, Services};
pub use refusal::Refusal;
pub use wish::{Connector, Guardian, Limits, Wish};

/// The act of the calendar that says who may delegate.
pub const ACT: &str = "delegate";

#[cfg(test)]
mod tests;
