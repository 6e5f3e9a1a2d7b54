//! What only an operator grants a client: which resource servers it is, whose tokens it may exchange,
//! whether people are matched with a fiscal code for it, and whether it may ask who has signed in before.
//!
//! Not client metadata: a client that registers itself has none of it.

use super::{ClientId, MatchingPolicy};

/// What a client may beside signing people in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mandate {
    /// The resource servers that it is, by their absolute URIs (RFC 8707): it may look at tokens for
    /// them.
    pub serves: Vec<String>,
    /// Whose tokens it may exchange (RFC 8693).
    pub exchanges: Vec<Exchange>,
    /// Whether people from other states are matched with a fiscal code for it.
    pub matching: MatchingPolicy,
    /// Whether it may ask if a fiscal code has signed in before.
    pub first_login: bool,
    /// The services, by `client_id`, whose calls it answers: about them it may ask if a telephone PIN is the
    /// caller's.
    pub contact_centre_of: Vec<String>,
}

/// The tokens of one client, and what they may be exchanged for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Whose tokens.
    pub client: ClientId,
    /// For which resource servers the new token may be; the issuer stands for userinfo.
    pub resources: Vec<String>,
}

impl Mandate {
    /// Whether it is one of these resource servers.
    #[must_use]
    pub fn serves_one_of(&self, resources: &[String]) -> bool {
        self.serves.iter().any(|own| resources.contains(own))
    }

    /// What it may have for tokens of `client`; `None`: nothing.
    #[must_use]
    pub fn exchange(&self, client: &ClientId) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.client == *client)
    }
}
