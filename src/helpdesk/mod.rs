//! The desk: who works there, and what they do to cases.
//!
//! Not the rules of a case (`credential` has those) and not its pages. Everything goes through [`Desk`]; each
//! act and each view leaves a row of the trail, and so does each refusal.

mod agent;
mod alert;
mod break_glass;
mod clock;
mod desk;
mod intake;
mod letter;
pub mod mail;
mod office;
mod review;
mod seeing;
mod standing;
mod staff;
mod surroundings;

pub use agent::Agent;
pub use alert::Alert;
pub use break_glass::BreakGlass;
pub use desk::{Desk, DeskFault, Settings};
pub use letter::Letter;
pub use office::TrailLine;
pub use seeing::{Find, Head};
pub use staff::{Assignment, Staff, appoint, dismiss, everybody};
pub use surroundings::Surroundings;
