//! What can be wrong with a policy, or with metadata under it.
//!
//! The texts name entity types, parameters and operators, never a value.

use std::fmt;

/// The standard operators (section 6.1.3.1), in the order in which they are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// `value`.
    Value,
    /// `add`.
    Add,
    /// `default`.
    Default,
    /// `one_of`.
    OneOf,
    /// `subset_of`.
    SubsetOf,
    /// `superset_of`.
    SupersetOf,
    /// `essential`.
    Essential,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Value,
        Self::Add,
        Self::Default,
        Self::OneOf,
        Self::SubsetOf,
        Self::SupersetOf,
        Self::Essential,
    ];

    /// The name in a statement.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Add => "add",
            Self::Default => "default",
            Self::OneOf => "one_of",
            Self::SubsetOf => "subset_of",
            Self::SupersetOf => "superset_of",
            Self::Essential => "essential",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A parameter of an entity type. Statements name both, so they are cut and escaped when they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    entity_type: String,
    parameter: String,
}

/// Characters of a name that are shown.
const SHOWN: usize = 64;

impl Place {
    pub(super) fn new(entity_type: &str, parameter: &str) -> Self {
        let cut = |name: &str| name.chars().take(SHOWN).collect();
        Self { entity_type: cut(entity_type), parameter: cut(parameter) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.entity_type.as_str(), self.parameter.as_str()) {
            ("", _) => f.write_str("metadata_policy"),
            (entity_type, "") => write!(f, "{}", entity_type.escape_debug()),
            (entity_type, parameter) => {
                write!(f, "{}.{}", entity_type.escape_debug(), parameter.escape_debug())
            }
        }
    }
}

/// Why a chain is invalid by its policies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Not three levels of objects (section 6.1.2).
    #[error("{0} is no JSON object")]
    Shape(Place),
    /// An operator with a value of a type that it cannot have, or with more than 1024.
    #[error("{0}: the value of {1} is of a wrong type or too long")]
    Operand(Place, Operator),
    /// Two operators of one parameter that contradict each other.
    #[error("{0}: {1} and {2} do not go together")]
    Combination(Place, Operator, Operator),
    /// Two superiors that contradict each other.
    #[error("{0}: two superiors do not agree about {1}")]
    Merge(Place, Operator),
    /// `metadata_policy_crit` names what nobody here understands.
    #[error("metadata_policy_crit demands an operator that is not known here")]
    Critical,
    /// The parameter is of a type to which the operator does not apply, or has more than 1024 values.
    #[error("{0}: the parameter is of a type that {1} does not apply to, or too long")]
    Parameter(Place, Operator),
    /// The parameter does not follow the policy.
    #[error("{0} does not follow {1}")]
    Unmet(Place, Operator),
    /// `null` is no metadata.
    #[error("{0} is null")]
    Null(Place),
    /// What came out is not usable: a parameter that the role needs is missing or empty.
    #[error("{0} is missing, empty or malformed in the resolved metadata")]
    Broken(Place),
}
