//! SAML metadata: what providers publish about themselves, and what we publish about us.
//!
//! Not the fetching of it: whoever holds the text decides where it comes from and when it is read.

pub mod provider;
pub mod service_provider;
