//! OAuth 2.0 and OpenID Connect vocabulary: clients, authorization requests, scopes, the claims parameter.
//!
//! Not endpoints: `provider` speaks HTTP, `login` runs the journey. What stands here has been parsed:
//! a [`ReturnTo`] was compared with its client, a [`CodeChallenge`] has the form of RFC 7636.

pub mod authorization;
pub mod claims_request;
pub mod client;
mod client_assertion;
pub mod client_authentication;
pub mod client_certificate;
pub mod client_keys;
pub mod confirmation;
pub mod dpop;
pub mod pkce;
pub mod return_to;
#[cfg(test)]
pub(crate) mod sample;
pub mod scopes;
pub mod throttle;

pub use authorization::{AnswerTo, AuthorizationRequest, Prompt, ResponseMode};
pub use claims_request::ClaimsRequest;
pub use client::{ClaimsProfile, Client, ClientId, Clients};
pub use client_authentication::ClientAuthenticated;
pub use client_certificate::ClientCertificate;
pub use client_keys::ClientKeys;
pub use confirmation::Confirmation;
pub use pkce::CodeChallenge;
pub use return_to::{AfterLogout, ReturnTo};
pub use scopes::{Scope, Scopes};
