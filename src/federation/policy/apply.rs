//! One parameter under its policy, operator by operator in their order (section 6.1.4.2).

use serde_json::Value;

use super::fault::{Operator, Place, PolicyFault};
use super::parameter::{ParameterPolicy, SCOPE};
use super::values::{MOST, Set, holds_null, joined, words};

impl ParameterPolicy {
    /// What becomes of the parameter `name`; `None` is its absence.
    pub(super) fn apply(
        &self,
        name: &str,
        given: Option<Value>,
        place: &Place,
    ) -> Result<Option<Value>, PolicyFault> {
        if given.as_ref().is_some_and(holds_null) {
            return Err(PolicyFault::Null(place.clone()));
        }
        if name != SCOPE {
            return self.applied(given, place);
        }
        if given.as_ref().is_some_and(|given| !given.is_string()) {
            return Err(PolicyFault::Parameter(place.clone(), Operator::Value));
        }
        Ok(self.applied(given.map(words), place)?.map(joined))
    }

    fn applied(&self, given: Option<Value>, place: &Place) -> Result<Option<Value>, PolicyFault> {
        let unmet = |operator| PolicyFault::Unmet(place.clone(), operator);
        let mut current = match &self.value {
            None => given,
            Some(Value::Null) => None,
            Some(value) => Some(value.clone()),
        };
        if let Some(add) = &self.add {
            let mut listed = list(current, Operator::Add, place)?.unwrap_or_default();
            let there = Set::of(&listed);
            listed.extend(add.values().iter().filter(|value| !there.has(value)).cloned());
            current = Some(Value::Array(listed));
        }
        current = current.or_else(|| self.default.clone());
        if let (Some(allowed), Some(value)) = (&self.one_of, &current)
            && !allowed.has(value)
        {
            return Err(unmet(Operator::OneOf));
        }
        if let Some(outer) = &self.subset_of
            && let Some(mut listed) = list(current.take(), Operator::SubsetOf, place)?
        {
            listed.retain(|value| outer.has(value));
            current = Some(Value::Array(listed));
        }
        if let Some(inner) = &self.superset_of
            && let Some(listed) = list(current.take(), Operator::SupersetOf, place)?
        {
            if !Set::of(&listed).has_all(inner.values()) {
                return Err(unmet(Operator::SupersetOf));
            }
            current = Some(Value::Array(listed));
        }
        if self.essential == Some(true) && current.is_none() {
            return Err(unmet(Operator::Essential));
        }
        Ok(current)
    }
}

/// The list that the parameter is, if it is there at all.
fn list(
    value: Option<Value>,
    operator: Operator,
    place: &Place,
) -> Result<Option<Vec<Value>>, PolicyFault> {
    match value {
        None => Ok(None),
        Some(Value::Array(listed)) if listed.len() <= MOST => Ok(Some(listed)),
        Some(_) => Err(PolicyFault::Parameter(place.clone(), operator)),
    }
}
