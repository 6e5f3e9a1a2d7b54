//! Roles as claims: their names, the body they are for, and both together.
//!
//! Not a choice: whose roles these are, and which of them, was settled at the login.

use serde_json::{Value, json};

use crate::identity::values::{Day, IpaCode, Text};
use crate::identity::{Agency, Role};

/// `roles`: each name once, in the order of the source.
pub(super) fn names(roles: &[Role]) -> Option<Value> {
    let mut names: Vec<&str> = Vec::new();
    for role in roles {
        if !names.contains(&role.name.as_str()) {
            names.push(role.name.as_str());
        }
    }
    (!names.is_empty()).then(|| json!(names))
}

/// `organization`: the body, if every role is for the same one.
pub(super) fn organization(roles: &[Role]) -> Option<Value> {
    agency(roles).map(object)
}

/// Its code.
pub(super) fn ipa_code(roles: &[Role]) -> Option<Value> {
    agency(roles)?.ipa_code.as_ref().map(|code| code.as_str().into())
}

/// Its name.
pub(super) fn organization_name(roles: &[Role]) -> Option<Value> {
    agency(roles)?.name.as_ref().map(|name| name.as_str().into())
}

/// `role_assignments`: which role for which body, by whose delegation, until when.
pub(super) fn assignments(roles: &[Role]) -> Option<Value> {
    let assignment = |role: &Role| {
        let mut members = json!({ "role": role.name.as_str() });
        let days = [("valid_from", &role.valid_from), ("valid_until", &role.valid_until)];
        let days =
            days.map(|(name, day)| (name, day.as_ref().map(|day: &Day| day.as_str().into())));
        let delegated_by = role.delegated_by.as_ref().map(|by| by.as_str().into());
        let others =
            [("organization", role.agency.as_ref().map(object)), ("delegated_by", delegated_by)];
        if let Some(members) = members.as_object_mut() {
            let present = others.into_iter().chain(days);
            members.extend(present.filter_map(|(name, value)| Some((name.to_owned(), value?))));
        }
        members
    };
    (!roles.is_empty()).then(|| roles.iter().map(assignment).collect())
}

fn agency(roles: &[Role]) -> Option<&Agency> {
    let first = roles.first()?.agency.as_ref()?;
    roles.iter().all(|role| role.agency.as_ref() == Some(first)).then_some(first)
}

fn object(agency: &Agency) -> Value {
    let members = [
        ("ipa_code", agency.ipa_code.as_ref().map(IpaCode::as_str)),
        ("name", agency.name.as_ref().map(Text::as_str)),
    ];
    let present = members.into_iter();
    present.filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))).collect()
}
