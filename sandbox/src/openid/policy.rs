//! How the sample provider applies metadata policies to a client: the other party's reading of them.
//!
//! Not the broker's engine: small, and only for what this federation's superiors say.

use serde_json::{Map, Value};

use crate::error::SandboxError;

/// The metadata of a client after its superiors' policies (one object per superior, the anchor's first).
///
/// # Errors
/// When they contradict each other, or the metadata them.
pub fn apply(policies: &[&Value], metadata: &mut Map<String, Value>) -> Result<(), SandboxError> {
    let mut merged: Map<String, Value> = Map::new();
    for policy in policies {
        for (parameter, operators) in policy.as_object().into_iter().flatten() {
            let known = merged.entry(parameter.clone()).or_insert_with(|| Map::new().into());
            for (operator, lower) in operators.as_object().into_iter().flatten() {
                let upper = known.get(operator).cloned();
                let value = merge(operator, upper, lower).ok_or_else(|| failed(parameter))?;
                if let Some(known) = known.as_object_mut() {
                    known.insert(operator.clone(), value);
                }
            }
        }
    }
    for (parameter, operators) in &merged {
        parameter_policy(operators, parameter, metadata).ok_or_else(|| failed(parameter))?;
    }
    Ok(())
}

fn failed(parameter: &str) -> SandboxError {
    SandboxError::new("apply the policy", format!("{parameter} does not fit"))
}

fn merge(operator: &str, upper: Option<Value>, lower: &Value) -> Option<Value> {
    let Some(upper) = upper else { return Some(lower.clone()) };
    match operator {
        "superset_of" | "add" => {
            let mut all = upper.as_array()?.clone();
            all.extend(
                lower
                    .as_array()?
                    .iter()
                    .filter(|one| !all.contains(one))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
            Some(all.into())
        }
        "one_of" | "subset_of" => {
            let lower = lower.as_array()?;
            Some(upper.as_array()?.iter().filter(|one| lower.contains(one)).cloned().collect())
        }
        "essential" => Some((upper.as_bool()? || lower.as_bool()?).into()),
        _ => (upper == *lower).then_some(upper),
    }
}

fn parameter_policy(
    operators: &Value,
    name: &str,
    metadata: &mut Map<String, Value>,
) -> Option<()> {
    let operator = |wanted: &str| operators.get(wanted);
    if let Some(value) = operator("value") {
        metadata.insert(name.to_owned(), value.clone());
    }
    if let (Some(default), None) = (operator("default"), metadata.get(name)) {
        metadata.insert(name.to_owned(), default.clone());
    }
    let Some(value) = metadata.get_mut(name) else {
        return (operator("essential") != Some(&Value::Bool(true))).then_some(());
    };
    if let Some(allowed) = operator("one_of") {
        allowed.as_array()?.contains(value).then_some(())?;
    }
    if let Some(allowed) = operator("subset_of").and_then(Value::as_array) {
        value.as_array_mut()?.retain(|one| allowed.contains(one));
    }
    if let Some(wanted) = operator("superset_of").and_then(Value::as_array) {
        let value = value.as_array()?;
        wanted.iter().all(|one| value.contains(one)).then_some(())?;
    }
    Some(())
}
