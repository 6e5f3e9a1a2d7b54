//! Assembly: configuration becomes a running broker.
//!
//! Not behaviour: every decision stands below. `router.rs` is all URLs on one screen.

mod announcements;
mod assemble;
mod audit;
mod calendar;
mod clients;
pub mod command;
mod doctor;
mod entitlements;
mod files;
mod follow;
mod helpdesk;
mod keys;
mod listeners;
mod matches;
mod membership;
mod metadata;
mod persons;
mod policy;
mod refresh;
mod registration;
mod registry;
mod reload;
mod relying_parties;
mod router;
mod run;
mod watch;

pub use assemble::{Assembly, StartFault};
pub use follow::Look;
pub use listeners::Identities;
pub use refresh::Which;
pub use run::{Running, run, start};
