//! Client authentication at the token endpoint (RFC 6749, section 2.3; RFC 7523; OpenID Connect Core, section 9).
//!
//! Not HTTP: the endpoint hands over what it was sent.

use std::sync::Arc;

use super::Client;

/// A client that has proven who it is. Only this file makes one.
#[derive(Clone, Debug)]
pub struct ClientAuthenticated(Arc<Client>);

impl ClientAuthenticated {
    /// Who it is.
    #[must_use]
    pub fn client(&self) -> &Arc<Client> {
        &self.0
    }
}
