//! What a superior limits below itself: how many, which names, as what (OpenID Federation 1.0, section 6.2).
//!
//! Not the metadata policy. Each statement's constraints are judged on their own, and none widens another.
//! Names follow RFC 5280, section 4.2.1.10, for addresses: the host alone, without its port; a host that is
//! a number satisfies no constraint.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::{Dialect, EntityId, Flaw};

/// The constraints of one statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    longest: Option<u64>,
    permitted: Option<Vec<HostRule>>,
    excluded: Vec<HostRule>,
    entity_types: Option<Vec<String>>,
}

/// `host.example` is that host; `.example` is every name with a label before it, and not `example`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum HostRule {
    Exactly(String),
    Below(String),
}

impl HostRule {
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?.to_ascii_lowercase();
        let (name, below) =
            text.strip_prefix('.').map_or((text.as_str(), false), |rest| (rest, true));
        // A name as the host of an address, and nothing else: no port, user, path, wildcard, dot at the end,
        // number, or sign that is not ASCII.
        let sound = |label: &str| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_'))
        };
        let named = name.len() <= 253 && name.split('.').all(sound);
        let number = name
            .split('.')
            .next_back()
            .is_none_or(|last| last.starts_with(|sign: char| sign.is_ascii_digit()));
        if !named || number {
            return None;
        }
        Some(if below { Self::Below(text) } else { Self::Exactly(text) })
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Exactly(name) => host == name,
            Self::Below(suffix) => host.len() > suffix.len() && host.ends_with(suffix.as_str()),
        }
    }
}

impl Constraints {
    /// Reads the claim `constraints`, if there is one. In production of CIE it may be text that holds the
    /// object.
    ///
    /// # Errors
    /// [`Flaw::Constraints`].
    pub fn read(claim: Option<&Value>, dialect: Dialect) -> Result<Self, Flaw> {
        let parsed;
        let members = match claim {
            None => return Ok(Self::default()),
            Some(Value::Object(members)) => members,
            Some(Value::String(text)) if dialect == Dialect::It2023 => {
                parsed =
                    crate::crypto::json::object(text.as_bytes()).map_err(|_| Flaw::Constraints)?;
                &parsed
            }
            Some(_) => return Err(Flaw::Constraints),
        };
        Self::of(members, dialect)
    }

    fn of(members: &Map<String, Value>, dialect: Dialect) -> Result<Self, Flaw> {
        let longest = match members.get("max_path_length") {
            None => None,
            Some(most) => Some(most.as_u64().ok_or(Flaw::Constraints)?),
        };
        let (mut permitted, mut excluded) = (None, Vec::new());
        if let Some(names) = members.get("naming_constraints") {
            let names = names.as_object().ok_or(Flaw::Constraints)?;
            permitted = listed(names, "permitted", HostRule::read)?;
            excluded = listed(names, "excluded", HostRule::read)?.unwrap_or_default();
        }
        let name = |one: &Value| one.as_str().map(str::to_owned);
        let entity_types = listed(members, "allowed_entity_types", name)?;
        let old = match dialect {
            Dialect::It2023 => listed(members, "allowed_leaf_entity_types", name)?,
            Dialect::Fed10Final => None,
        };
        let entity_types = match (entity_types, old) {
            (Some(mut one), Some(other)) => {
                one.retain(|name| other.contains(name));
                Some(one)
            }
            (one, other) => one.or(other),
        };
        Ok(Self { longest, permitted, excluded, entity_types })
    }

    /// That `issuer`, whose constraints these are, allows this many intermediates between itself and the
    /// subject, and these names below it.
    ///
    /// # Errors
    /// [`Flaw::PathLength`] or [`Flaw::Name`].
    pub(super) fn allow<'e>(
        &self,
        issuer: &EntityId,
        intermediates: usize,
        mut below: impl Iterator<Item = &'e EntityId>,
    ) -> Result<(), Flaw> {
        if let Some(most) = self.longest
            && u64::try_from(intermediates).map_or(true, |many| many > most)
        {
            return Err(Flaw::PathLength(most, issuer.clone()));
        }
        match below.find(|entity| !self.names(entity)) {
            Some(entity) => Err(Flaw::Name(entity.clone(), issuer.clone())),
            None => Ok(()),
        }
    }

    fn names(&self, entity: &EntityId) -> bool {
        if self.permitted.is_none() && self.excluded.is_empty() {
            return true;
        }
        let Some(host) = entity.host_name() else { return false };
        let covered = |rules: &[HostRule]| rules.iter().any(|rule| rule.covers(&host));
        !covered(&self.excluded) && self.permitted.as_deref().is_none_or(covered)
    }

    /// Takes the entity types away that are not allowed. `federation_entity` stays always.
    pub(super) fn restrict(&self, metadata: &mut Map<String, Value>) {
        if let Some(allowed) = &self.entity_types {
            metadata.retain(|name, _| name == "federation_entity" || allowed.contains(name));
        }
    }
}

/// A list of things that can all be read, if there is one.
fn listed<T>(
    members: &Map<String, Value>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<Vec<T>>, Flaw> {
    let Some(listed) = members.get(name) else { return Ok(None) };
    let things = listed.as_array().and_then(|listed| listed.iter().map(read).collect());
    things.map(Some).ok_or(Flaw::Constraints)
}
