//! The record of one delegation.
//!
//! Not who may change it: `book` asks that first.

use serde::{Deserialize, Serialize};

use crate::effects::Timestamp;
use crate::identity::values::{Day, Text};
use crate::identity::{FiscalCode, Identity};
use crate::registry::{Kept, RecordKey, RecordKind};

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// By it both are found.
    pub fiscal_code: FiscalCode,
    /// First names, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<Text>,
    /// Last names, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Text>,
    /// Day of birth, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<Day>,
}

impl Party {
    /// Somebody of whom only the code is known.
    #[must_use]
    pub fn named(fiscal_code: FiscalCode) -> Self {
        Self { fiscal_code, given_name: None, family_name: None, birthdate: None }
    }

    /// Somebody who signed in; `None` without a fiscal code that a provider vouches for.
    #[must_use]
    pub fn of(identity: &Identity) -> Option<Self> {
        let profile = &identity.profile;
        Some(Self {
            fiscal_code: identity.fiscal_code.clone()?,
            given_name: profile.given_name.clone(),
            family_name: profile.family_name.clone(),
            birthdate: profile.birthdate.clone(),
        })
    }

    /// Both names, as far as known.
    #[must_use]
    pub fn name(&self) -> String {
        let names = [&self.given_name, &self.family_name];
        names.into_iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The code as pages show it: the first three and the last three signs.
    #[must_use]
    pub fn masked(&self) -> String {
        let code = self.fiscal_code.as_str();
        let (first, last) =
            (code.get(..3), code.len().checked_sub(3).and_then(|at| code.get(at..)));
        format!("{}…{}", first.unwrap_or_default(), last.unwrap_or_default())
    }
}

/// Of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelegationKind {
    /// A person chose somebody.
    Personal,
    /// Parent, guardian, curator, support administrator: entered by the office.
    LegalRepresentative,
    /// A person is helped by somebody of a patronato or another intermediary, for a day at most (F26).
    Assisted,
}

impl DelegationKind {
    /// In claims and in the trail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::LegalRepresentative => "legal_representative",
            Self::Assisted => "assisted",
        }
    }
}

/// At which services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Services {
    /// At every service that takes delegates.
    All,
    /// At these, by `client_id`.
    Only(Vec<String>),
}

impl Services {
    /// Whether that service is among them.
    #[must_use]
    pub fn holds(&self, client: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(some) => some.iter().any(|one| one == client),
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelegationState {
    /// The delegate has not said anything yet.
    Asked,
    /// It holds, until its end.
    Active,
    /// The delegate did not want it.
    Refused,
    /// One of the two, or the office, took it back.
    Revoked,
}

impl DelegationState {
    const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Active => "active",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
        }
    }
}

/// One delegation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its name: opaque.
    pub id: String,
    /// Of which kind.
    pub kind: DelegationKind,
    /// How far it is; [`Self::holds`] says whether it counts.
    pub state: DelegationState,
    /// For whom.
    pub principal: Party,
    /// Who acts.
    pub delegate: Party,
    /// Where.
    pub services: Services,
    /// The office that entered it; empty when the person did.
    #[serde(default)]
    pub office: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From this moment on it does not count.
    pub ends_at: Option<Timestamp>,
    /// Which place among those that the two may have; `None`: none is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) places: Option<(u32, u32)>,
}

impl Delegation {
    /// Whether the delegate may act by it at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.state == DelegationState::Active && !self.is_over(now)
    }

    /// Whether it is asked for or holds.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.state, DelegationState::Asked | DelegationState::Active) && !self.is_over(now)
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }
}

pub(super) const PRINCIPAL: &str = "principal";
pub(super) const DELEGATE: &str = "delegate";
pub(super) const PAIR: &str = "pair";
pub(super) const PLACE_OF_PRINCIPAL: &str = "place_of_principal";
pub(super) const PLACE_OF_DELEGATE: &str = "place_of_delegate";

impl Kept for Delegation {
    const KIND: RecordKind = RecordKind::Delegation;

    fn id(&self) -> &str {
        &self.id
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn office(&self) -> &str {
        &self.office
    }

    fn due_at(&self) -> Option<Timestamp> {
        let open = matches!(self.state, DelegationState::Asked | DelegationState::Active);
        self.ends_at.filter(|_| open)
    }

    fn keys(&self) -> Vec<RecordKey> {
        let (principal, delegate) =
            (self.principal.fiscal_code.as_str(), self.delegate.fiscal_code.as_str());
        let key = |name, value: String, exclusive| RecordKey { name, value, exclusive };
        let mut keys = vec![
            key(PRINCIPAL, principal.to_owned(), false),
            key(DELEGATE, delegate.to_owned(), false),
        ];
        // Exclusive keys keep what two requests at once could not count: one delegation between two people,
        // and no more than so many of one.
        if matches!(self.state, DelegationState::Asked | DelegationState::Active) {
            keys.push(key(PAIR, format!("{principal} {delegate} {}", self.kind.name()), true));
            if let Some((of_principal, of_delegate)) = self.places {
                keys.push(key(PLACE_OF_PRINCIPAL, format!("{principal} {of_principal}"), true));
                keys.push(key(PLACE_OF_DELEGATE, format!("{delegate} {of_delegate}"), true));
            }
        }
        keys
    }
}
