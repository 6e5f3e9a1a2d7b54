//! The policies of two superiors about one parameter made into one (section 6.1.4.1): never laxer than either.

use serde_json::Value;

use super::fault::{Operator, Place, PolicyFault};
use super::parameter::ParameterPolicy;
use super::values::{Set, equal};

impl ParameterPolicy {
    /// Merges what a superior further down writes.
    pub(super) fn merge(self, below: Self, place: &Place) -> Result<Self, PolicyFault> {
        let merged = Self {
            value: agreed(self.value, below.value, Operator::Value, place)?,
            add: both(self.add, below.add, |above, below| above.union(&below)),
            default: agreed(self.default, below.default, Operator::Default, place)?,
            one_of: chosen(self.one_of, below.one_of, place)?,
            subset_of: both(self.subset_of, below.subset_of, |above, below| {
                above.intersection(&below)
            }),
            superset_of: both(self.superset_of, below.superset_of, |above, below| {
                above.union(&below)
            }),
            essential: both(self.essential, below.essential, |above, below| above || below),
        };
        merged.combined(place)
    }
}

/// The one that is there, or what `join` makes of both.
fn both<T>(above: Option<T>, below: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    match (above, below) {
        (Some(above), Some(below)) => Some(join(above, below)),
        (above, below) => above.or(below),
    }
}

/// `value` and `default`: equal, or a contradiction.
fn agreed(
    above: Option<Value>,
    below: Option<Value>,
    operator: Operator,
    place: &Place,
) -> Result<Option<Value>, PolicyFault> {
    match (&above, &below) {
        (Some(one), Some(other)) if !equal(one, other) => {
            Err(PolicyFault::Merge(place.clone(), operator))
        }
        _ => Ok(above.or(below)),
    }
}

/// `one_of`: what both allow, which must be something.
fn chosen(
    above: Option<Set>,
    below: Option<Set>,
    place: &Place,
) -> Result<Option<Set>, PolicyFault> {
    let merges = above.is_some() && below.is_some();
    let chosen = both(above, below, |above, below| above.intersection(&below));
    if merges && chosen.as_ref().is_some_and(Set::is_empty) {
        return Err(PolicyFault::Merge(place.clone(), Operator::OneOf));
    }
    Ok(chosen)
}
