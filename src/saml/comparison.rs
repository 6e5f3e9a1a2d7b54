//! How the level of an answer compares with the level asked (SPID rules, `RequestedAuthnContext`).
//!
//! Not the policy of a relying party: `login` refuses a level below what the portal asked, whatever
//! the provider was asked.

use serde::{Deserialize, Serialize};

use crate::terms::Level;

/// The `Comparison` of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// That level; the provider may still use a higher one.
    Exact,
    /// That level or a higher one.
    #[default]
    Minimum,
    /// A higher level.
    Better,
    /// The highest level that the person has; a lower one is accepted.
    Maximum,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Minimum, Self::Better, Self::Maximum];

    /// As the attribute `Comparison` spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Minimum => "minimum",
            Self::Better => "better",
            Self::Maximum => "maximum",
        }
    }

    /// Whether `proven` satisfies a request for `asked`. A higher level never fails a request: the
    /// rules say so even for `exact` and `maximum`.
    #[must_use]
    pub fn accepts(self, asked: Level, proven: Level) -> bool {
        match self {
            Self::Exact | Self::Minimum => proven >= asked,
            Self::Better => proven > asked,
            Self::Maximum => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Comparison::{self, Better, Exact, Maximum, Minimum};
    use crate::terms::Level::{self, L1, L2, L3};

    #[test]
    fn the_level_table_is_that_of_the_rules() {
        let table: [(Comparison, Level, [bool; 3]); 12] = [
            (Exact, L1, [true, true, true]),
            (Exact, L2, [false, true, true]),
            (Exact, L3, [false, false, true]),
            (Minimum, L1, [true, true, true]),
            (Minimum, L2, [false, true, true]),
            (Minimum, L3, [false, false, true]),
            (Better, L1, [false, true, true]),
            (Better, L2, [false, false, true]),
            (Better, L3, [false, false, false]),
            (Maximum, L1, [true, true, true]),
            (Maximum, L2, [true, true, true]),
            (Maximum, L3, [true, true, true]),
        ];
        for (comparison, asked, expected) in table {
            let found = Level::ALL.map(|proven| comparison.accepts(asked, proven));
            assert_eq!(found, expected, "{comparison:?} {asked:?}");
        }
    }
}
