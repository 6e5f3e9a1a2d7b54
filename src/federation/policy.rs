//! Metadata policy: what superiors demand of the metadata of everybody below them (OpenID Federation 1.0,
//! section 6.1).
//!
//! Pure: no chain, no signature and no clock. The policies of one chain are parsed from the anchor downwards
//! and merged; a [`MetadataPolicy`] exists only in a sound combination of operators, so that what is applied
//! is never laxer than what any superior wrote.

mod apply;
mod fault;
mod merge;
mod parameter;
mod result;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub use fault::{Operator, Place, PolicyFault};
pub use result::check_resolved;

use super::Dialect;
use parameter::ParameterPolicy;

/// The policy of one superior, or the merged one of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataPolicy {
    /// By entity type, then by parameter.
    types: BTreeMap<String, BTreeMap<String, ParameterPolicy>>,
    ignored: Vec<Place>,
}

impl MetadataPolicy {
    /// Reads the claim `metadata_policy` of one statement, whose JSON was read strictly: no member twice.
    ///
    /// # Errors
    /// [`PolicyFault`].
    pub fn parse(claim: &Map<String, Value>, dialect: Dialect) -> Result<Self, PolicyFault> {
        let mut policy = Self::default();
        for (entity_type, parameters) in claim {
            let parameters = parameters
                .as_object()
                .ok_or_else(|| PolicyFault::Shape(Place::new(entity_type, "")))?;
            let mut read = BTreeMap::new();
            for (name, operators) in parameters {
                let place = Place::new(entity_type, name);
                match operators.as_object() {
                    Some(operators) => {
                        let parameter = ParameterPolicy::parse(name, operators, &place)?;
                        read.insert(name.clone(), parameter);
                    }
                    // Production has members of other purpose among the parameters.
                    None if dialect == Dialect::It2023 => policy.ignored.push(place),
                    None => return Err(PolicyFault::Shape(place)),
                }
            }
            policy.types.insert(entity_type.clone(), read);
        }
        Ok(policy)
    }

    /// This policy together with the one of the next superior below (section 6.1.4.1).
    ///
    /// # Errors
    /// [`PolicyFault`] when they contradict each other.
    pub fn merge(mut self, lower: Self) -> Result<Self, PolicyFault> {
        for (entity_type, parameters) in lower.types {
            let current = self.types.entry(entity_type.clone()).or_default();
            for (name, below) in parameters {
                let merged = match current.remove(&name) {
                    None => below,
                    Some(above) => above.merge(below, &Place::new(&entity_type, &name))?,
                };
                current.insert(name, merged);
            }
        }
        self.ignored.extend(lower.ignored);
        Ok(self)
    }

    /// The policy of a chain: of the claims of its subordinate statements, the anchor's first. A statement
    /// may have none; `None` when nobody has one.
    ///
    /// # Errors
    /// [`PolicyFault`].
    pub fn resolve<'s>(
        statements: impl IntoIterator<Item = &'s Map<String, Value>>,
        dialect: Dialect,
    ) -> Result<Option<Self>, PolicyFault> {
        let mut current: Option<Self> = None;
        for claims in statements {
            check_critical(claims)?;
            let Some(claim) = claims.get("metadata_policy") else { continue };
            let claim = claim.as_object().ok_or_else(|| PolicyFault::Shape(Place::new("", "")))?;
            let next = Self::parse(claim, dialect)?;
            current = Some(match current {
                None => next,
                Some(current) => current.merge(next)?,
            });
        }
        Ok(current)
    }

    /// The metadata that counts of an entity as `entity_type` (section 6.1.4.2). What its immediate superior
    /// writes for it was laid over before ([`overlay`]).
    ///
    /// # Errors
    /// [`PolicyFault`] when the metadata does not follow the policy.
    pub fn apply(
        &self,
        entity_type: &str,
        metadata: Map<String, Value>,
    ) -> Result<Map<String, Value>, PolicyFault> {
        let mut metadata = metadata;
        for (name, policy) in self.types.get(entity_type).into_iter().flatten() {
            let place = Place::new(entity_type, name);
            let given = metadata.remove(name);
            if let Some(value) = policy.apply(name, given, &place)? {
                metadata.insert(name.clone(), value);
            }
        }
        match metadata.iter().find(|(_, value)| values::holds_null(value)) {
            Some((name, _)) => Err(PolicyFault::Null(Place::new(entity_type, name))),
            None => Ok(metadata),
        }
    }

    /// Members among the parameters that are no policy of any: passed over in `it-2023`, to be told to an
    /// operator.
    #[must_use]
    pub fn ignored(&self) -> &[Place] {
        &self.ignored
    }
}

/// Lays the parameters that the immediate superior writes over those of the subject, for the entity types
/// that the subject has (section 3.1.1, `metadata`).
pub fn overlay(metadata: &mut Map<String, Value>, superior: &Map<String, Value>) {
    for (entity_type, parameters) in metadata {
        let over = superior.get(entity_type).and_then(Value::as_object);
        if let (Some(parameters), Some(over)) = (parameters.as_object_mut(), over) {
            parameters.extend(over.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }
}

/// That nothing is declared critical which is not understood: no operator is known here beside the standard
/// ones (section 3.1.3, `metadata_policy_crit`). It counts whether a policy uses the operator or not.
fn check_critical(claims: &Map<String, Value>) -> Result<(), PolicyFault> {
    let known = |name: &Value| Operator::ALL.iter().any(|known| *name == known.name());
    match claims.get("metadata_policy_crit") {
        None => Ok(()),
        Some(Value::Array(names)) if !names.is_empty() && names.iter().all(known) => Ok(()),
        Some(_) => Err(PolicyFault::Critical),
    }
}
