//! Credentials that a help desk issues: what one is, and what opens it.
//!
//! Not who issues them (`helpdesk`), nor how somebody signs in with one (`upstream`).

pub mod access;
