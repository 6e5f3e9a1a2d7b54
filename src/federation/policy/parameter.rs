//! The policy of one parameter: its operators, and which of them go together (section 6.1.3.1).
//!
//! Not their merging and not their application, which stand beside this file.

use serde_json::{Map, Value};

use super::fault::{Operator, Place, PolicyFault};
use super::values::{MOST, Set, holds_null, words};

/// The parameter that is a list of words in one text.
pub(super) const SCOPE: &str = "scope";

/// Operators in an allowed combination.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ParameterPolicy {
    /// `null` takes the parameter away.
    pub(super) value: Option<Value>,
    pub(super) add: Option<Set>,
    pub(super) default: Option<Value>,
    pub(super) one_of: Option<Set>,
    pub(super) subset_of: Option<Set>,
    pub(super) superset_of: Option<Set>,
    pub(super) essential: Option<bool>,
}

impl ParameterPolicy {
    /// Reads the operators of the parameter `name`. Operators that are not known are passed over: a statement
    /// that declares one critical is refused before (section 6.1.3.2).
    pub(super) fn parse(
        name: &str,
        operators: &Map<String, Value>,
        place: &Place,
    ) -> Result<Self, PolicyFault> {
        let operand = |operator: Operator| operators.get(operator.name());
        let wrong = |operator| PolicyFault::Operand(place.clone(), operator);
        // What stands in a scope is words.
        let fits = |value: &Value| {
            let word = |word: &Value| word.as_str().is_some_and(is_word);
            name != SCOPE || value.as_array().is_some_and(|words| words.iter().all(word))
        };
        let single = |operator: Operator| {
            let Some(value) = operand(operator) else { return Ok(None) };
            let value = if name == SCOPE { words(value.clone()) } else { value.clone() };
            let long = value.as_array().is_some_and(|listed| listed.len() > MOST);
            let removes = operator == Operator::Value && value.is_null();
            let sound = removes || !long && !holds_null(&value) && fits(&value);
            if sound { Ok(Some(value)) } else { Err(wrong(operator)) }
        };
        let set = |operator: Operator| {
            operand(operator)
                .map(|value| {
                    Set::read(value).filter(|_| fits(value)).ok_or_else(|| wrong(operator))
                })
                .transpose()
        };
        let essential = operand(Operator::Essential)
            .map(|value| value.as_bool().ok_or_else(|| wrong(Operator::Essential)))
            .transpose()?;
        let policy = Self {
            value: single(Operator::Value)?,
            add: set(Operator::Add)?,
            default: single(Operator::Default)?,
            one_of: set(Operator::OneOf)?,
            subset_of: set(Operator::SubsetOf)?,
            superset_of: set(Operator::SupersetOf)?,
            essential,
        };
        policy.combined(place)
    }

    /// Itself, if its operators go together.
    pub(super) fn combined(self, place: &Place) -> Result<Self, PolicyFault> {
        match self.contradiction() {
            None => Ok(self),
            Some((one, other)) => Err(PolicyFault::Combination(place.clone(), one, other)),
        }
    }

    /// The first two operators that do not go together.
    fn contradiction(&self) -> Option<(Operator, Operator)> {
        use Operator::{Add, Default, Essential, OneOf, SubsetOf, SupersetOf, Value as Fixed};
        if let Some(value) = &self.value {
            // No list, no subset of any: nothing but a list follows these operators.
            let listed = value.as_array();
            let set = listed.map(|listed| Set::of(listed));
            let holds = |others: &Set| set.as_ref().is_some_and(|set| set.has_all(others.values()));
            let within = |outer: &Set| listed.is_some_and(|listed| outer.has_all(listed));
            let against = [
                (Add, self.add.as_ref().is_some_and(|add| !holds(add))),
                (Default, self.default.is_some() && value.is_null()),
                (OneOf, self.one_of.as_ref().is_some_and(|allowed| !allowed.has(value))),
                (SubsetOf, self.subset_of.as_ref().is_some_and(|outer| !within(outer))),
                (SupersetOf, self.superset_of.as_ref().is_some_and(|inner| !holds(inner))),
                (Essential, self.essential == Some(true) && value.is_null()),
            ];
            if let Some((other, _)) = against.into_iter().find(|(_, wrong)| *wrong) {
                return Some((Fixed, other));
            }
        }
        if self.one_of.is_some() {
            let against = [
                (Add, self.add.is_some()),
                (SubsetOf, self.subset_of.is_some()),
                (SupersetOf, self.superset_of.is_some()),
            ];
            if let Some((other, _)) = against.into_iter().find(|(_, there)| *there) {
                return Some((OneOf, other));
            }
        }
        let outer = self.subset_of.as_ref()?;
        let beyond = |inner: &Option<Set>| {
            inner.as_ref().is_some_and(|inner| !outer.has_all(inner.values()))
        };
        if beyond(&self.add) {
            return Some((Add, SubsetOf));
        }
        beyond(&self.superset_of).then_some((SubsetOf, SupersetOf))
    }
}

/// Whether it is one word of a scope.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|sign: char| sign.is_ascii_whitespace())
}
