//! What kind of digital identity a service asks for (SPID, Avviso 18 v2: professional use).
//!
//! Not a check of who came: the provider enforces it, and answers anomaly 30 when the person's
//! identity is of another kind.

use serde::{Deserialize, Serialize};

/// `spid:Purpose`. Absent, natural persons and professionals may enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    /// Professional use, of a natural person or for a legal person.
    P,
    /// Legal person.
    LP,
    /// Professional use for a legal person.
    PG,
    /// Professional use of a natural person.
    PF,
    /// Professional use or legal person.
    PX,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::P, Self::LP, Self::PG, Self::PF, Self::PX];

    /// The code on the wire and in configuration.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::P => "P",
            Self::LP => "LP",
            Self::PG => "PG",
            Self::PF => "PF",
            Self::PX => "PX",
        }
    }

    /// The purpose of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}
