//! What happens to logins, told to whoever measures.
//!
//! Not a log and not the legal record: no event names a person. `ops` turns events into metrics.

use std::time::Duration;

use crate::entitlement::Outcome;
use crate::fault::Row;
use crate::oidc::ClientId;
use crate::terms::Level;

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// A browser left for a provider.
    Departed {
        /// For which relying party.
        client: &'e ClientId,
        /// To which upstream.
        upstream: &'e str,
    },
    /// A provider's answer ended a journey without a person.
    Refused {
        /// From which upstream.
        upstream: &'e str,
        /// From which provider.
        provider: &'e str,
        /// Why.
        row: &'static Row,
    },
    /// Policy did not let a person in.
    Denied {
        /// To which relying party.
        client: &'e ClientId,
        /// Who came by which instrument.
        instrument: &'e str,
        /// Why, in a word.
        reason: &'static str,
    },
    /// A login ended.
    Ended {
        /// For which relying party.
        client: &'e ClientId,
        /// By which upstream; empty when none was chosen.
        upstream: &'e str,
        /// At which level, or why without a person.
        outcome: Result<Level, &'static Row>,
        /// Since it began.
        lasted: Duration,
    },
    /// The token endpoint gave tokens.
    TokensIssued {
        /// To which relying party.
        client: &'e ClientId,
        /// For what: `authorization_code`, `refresh_token` or `token_exchange`.
        grant: &'static str,
    },
    /// A source of roles was asked.
    Entitlements {
        /// Which.
        source: &'e str,
        /// How it ended.
        outcome: Outcome,
        /// How long it took.
        lasted: Duration,
    },
    /// Somebody from another state was asked for a fiscal code, or was known.
    Matching {
        /// For which relying party.
        client: &'e ClientId,
        /// `recalled`, `self_declared`, `verified`, `declined`, `malformed`, `disagrees`, `ambiguous`,
        /// `unavailable` or `taken`.
        outcome: &'static str,
    },
    /// Something was done with a delegation.
    Delegation {
        /// Where delegations come from.
        source: &'e str,
        /// `ask`, `accept`, `refuse`, `revoke` or `use`.
        action: &'static str,
        /// `done`, or why not.
        result: &'static str,
    },
    /// Something was done with a telephone PIN.
    TelephonePin {
        /// `make`, `cancel` or `verify`.
        action: &'static str,
        /// `done`, `recognised`, `refused`, or why not.
        result: &'static str,
    },
    /// Somebody was logged out here.
    LoggedOut {
        /// Who wanted it.
        channel: Channel,
    },
    /// A client was told of a logout, or was not.
    Told {
        /// Which.
        client: &'e ClientId,
        /// `heard`, `retried` or `given_up`.
        outcome: &'static str,
    },
    /// Somebody came to a retired address.
    Retired {
        /// Which, by its name in the file of announcements.
        entry_point: &'e str,
    },
    /// An act at the help desk.
    Desk {
        /// `case.approve`.
        act: &'static str,
        /// `done`, or why not.
        outcome: &'static str,
    },
    /// Something at the help desk that a supervisor has to look at.
    DeskAlert {
        /// What.
        alert: &'static str,
    },
    /// Somebody was shown a fault, or a relying party was told one.
    Fault {
        /// Which.
        row: &'static Row,
    },
}

/// Who wants a logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A service, by its end-session request.
    Service,
    /// The person, on a page of ours.
    Person,
    /// An identity provider.
    Provider,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Service, Self::Person, Self::Provider];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Person => "person",
            Self::Provider => "provider",
        }
    }
}

/// Who measures.
pub trait Observer: Send + Sync {
    /// Takes note; never blocks and never fails.
    fn observe(&self, event: Event<'_>);
}

/// Nobody measures.
#[derive(Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn observe(&self, _: Event<'_>) {}
}
