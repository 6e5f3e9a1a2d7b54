//! SAML metadata: what providers publish about themselves, and what we publish about us.
//!
//! Not the fetching of it: `effects` does that. [`register`] says what a fetched text is worth.

pub mod aggregate;
mod entity;
mod kept;
pub mod provider;
pub mod register;
pub mod service_provider;
