//! By what somebody proved to hold a credential of the help desk: its own class of assurance.
//!
//! Not a level: it corresponds to none of SPID's and none of eIDAS's, and satisfies no demand for one.

use serde::{Deserialize, Serialize};

/// What a request demands of whoever comes with a credential of the help desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskDemand {
    /// Nothing was named: either strength.
    #[default]
    Nothing,
    /// One of its own class.
    AtLeast(Strength),
    /// A level of SPID was named, and nothing of its own class: it never satisfies that.
    Level,
}

impl DeskDemand {
    /// Whether somebody of that strength satisfies it.
    #[must_use]
    pub fn is_met_by(self, strength: Strength) -> bool {
        match self {
            Self::Nothing => true,
            Self::AtLeast(least) => strength >= least,
            Self::Level => false,
        }
    }
}

/// Weaker first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Password, and a code of the app or a recovery code.
    Password,
    /// A passkey, for which the authenticator verified the person.
    Passkey,
}

impl Strength {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Password, Self::Passkey];

    /// `acr` in the name space of a deployment: `urn:varco:acr:helpdesk:1`.
    #[must_use]
    pub fn uri(self, namespace: &str) -> String {
        format!("urn:{namespace}:acr:helpdesk:{}", self.number())
    }

    /// `1` or `2`.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Password => "1",
            Self::Passkey => "2",
        }
    }

    /// `amr` (RFC 8176).
    #[must_use]
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["mfa", "pwd", "otp"],
            Self::Passkey => &["mfa", "pop", "user"],
        }
    }
}
