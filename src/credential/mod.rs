//! What the help desk issues: the case of one applicant, from the first draft to the end of the credential,
//! what a document proves (MLPS circular 2721/2020), and what opens a credential.
//!
//! Not who works at the desk and not its pages: `helpdesk` asks here what may be done, and does it; nor how
//! somebody signs in with one (`upstream`). The case is pure: the day and the register of states are
//! arguments.

pub mod access;
pub mod activation;
mod by;
pub mod field;
pub mod mrz;
pub mod nation;
pub mod spelling;

pub use by::{By, Role};
pub use field::{Field, Step, Typed};
