//! A place it is safe to send the browser to.
//!
//! Not a URL type: the only way to make one is to compare it with what the client registered, so an
//! open redirect does not compile (RFC 9700, section 4.1.3: exact string comparison).

use serde::{Deserialize, Serialize};

use super::Client;

/// A redirect URI of a known client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// `asked`, if the client registered exactly that.
    #[must_use]
    pub fn of(client: &Client, asked: &str) -> Option<Self> {
        client
            .redirect_uris
            .iter()
            .find(|known| known.as_str() == asked)
            .map(|known| Self(known.clone()))
    }

    /// The URI as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same place with answer parameters added to its query (RFC 6749, section 4.1.2).
    #[must_use]
    pub fn with(&self, parameters: &[(&str, &str)]) -> Self {
        let mut text = self.0.clone();
        for (name, value) in parameters {
            text.push(if text.contains('?') { '&' } else { '?' });
            text.push_str(name);
            text.push('=');
            text.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
        }
        Self(text)
    }
}
