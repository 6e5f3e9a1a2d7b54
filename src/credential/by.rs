//! Who acts on a case, and as what.
//!
//! Not an account: the same person is the same here by whatever way they signed in.

use serde::{Deserialize, Serialize};

/// As what somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Whoever the credential is for.
    Applicant,
    /// Receives people, records what they show, submits.
    Operator,
    /// Compares, approves, returns, rejects.
    Verifier,
    /// Suspends, resumes, revokes.
    Supervisor,
    /// Reads the trail.
    Auditor,
    /// Keeps staff, states and texts.
    Administrator,
    /// The broker: its clock, its rules.
    System,
}

impl Role {
    /// Those that staff have, in the order of the reference.
    pub const STAFF: [Self; 5] =
        [Self::Operator, Self::Verifier, Self::Supervisor, Self::Auditor, Self::Administrator];

    /// As the trail and the command line write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Operator => "operator",
            Self::Verifier => "verifier",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::System => "system",
        }
    }

    /// The role of staff of that name.
    #[must_use]
    pub fn of_staff(word: &str) -> Option<Self> {
        Self::STAFF.into_iter().find(|role| role.word() == word)
    }
}

/// Somebody who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The keyed digest of their fiscal code; `system`; `applicant:` and the case.
    pub person: String,
    /// As what.
    pub role: Role,
}

impl By {
    /// The broker itself.
    #[must_use]
    pub fn system() -> Self {
        Self { person: "system".to_owned(), role: Role::System }
    }

    /// The holder of a case, by the case.
    #[must_use]
    pub fn applicant(case: &str) -> Self {
        Self { person: format!("applicant:{case}"), role: Role::Applicant }
    }
}
