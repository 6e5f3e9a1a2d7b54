//! What the help desk issues: the case of one applicant, from the first draft to the end of the credential,
//! what a document proves (MLPS circular 2721/2020), and what opens a credential.
//!
//! Not who works at the desk and not its pages: `helpdesk` asks here what may be done, and does it; nor how
//! somebody signs in with one (`upstream`). The case is pure: the day and the register of states are
//! arguments.

pub mod access;
pub mod activation;
mod by;
mod case;
pub mod eligibility;
pub mod field;
mod holder;
mod life;
pub mod mrz;
pub mod nation;
pub mod reading;
mod refusal;
mod request;
pub mod spelling;
mod time;
#[cfg(test)]
mod tests;

pub use by::{By, Role};
pub use case::{Act, Case, Cause, Checklist, Evidence, Granted, Item, Line, State, Suspension};
pub use field::{Field, Step, Typed};
pub use life::{Accepted, INSTRUMENT, Issuing, LegalBasis, link};
pub use reading::{Channel, DocumentKind, Flag, Problem, Reading, Rules, Wrong};
pub use refusal::Refusal;
pub use request::{Opening, Sighting};
