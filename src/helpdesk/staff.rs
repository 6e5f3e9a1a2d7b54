//! Who works at the desk: by fiscal code, with roles that begin and end on days, in an office.
//!
//! Not accounts: staff sign in through the broker like everybody, by SPID or CIE.

use serde::{Deserialize, Serialize};

use super::desk::DeskFault;
use crate::credential::{Refusal, Role};
use crate::identity::FiscalCode;
use crate::registry::{
    Actor, Change, Committed, Entry, Kept, Listing, RecordKind, Registry, RegistryFault, Stored,
};
use crate::terms::Day;

/// A member of staff.
#[derive(Clone, Serialize, Deserialize)]
pub struct Staff {
    pub(super) person: String,
    /// As colleagues call them.
    pub name: String,
    /// The office; supervisors, auditors and administrators see every one.
    pub office: String,
    /// What they may do, and when.
    pub roles: Vec<Assignment>,
}

/// One role, from a day to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// Its first day.
    pub from: Day,
    /// Its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

impl Assignment {
    fn counts_on(self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Staff {
    /// Somebody of that pseudonym, without a role yet.
    #[must_use]
    pub const fn new(person: String, name: String, office: String) -> Self {
        Self { person, name, office, roles: Vec::new() }
    }

    /// Under which name they act.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.person
    }

    /// What they may do on that day.
    #[must_use]
    pub fn roles_on(&self, day: Day) -> Vec<Role> {
        let counting = self.roles.iter().filter(|one| one.counts_on(day));
        counting.map(|one| one.role).collect()
    }

    /// Ends every role that counts after `last`: that is their last day.
    pub fn end(&mut self, last: Day) {
        self.roles.retain(|one| one.from <= last);
        for one in &mut self.roles {
            if one.until.is_none_or(|until| last < until) {
                one.until = Some(last);
            }
        }
    }
}

/// Gives somebody a role; whoever has none yet becomes staff of that office.
///
/// # Errors
/// [`DeskFault`]; `Changed` when somebody else changed the record at this moment.
pub async fn appoint(
    registry: &Registry,
    code: &FiscalCode,
    (name, office): (&str, &str),
    assignment: Assignment,
    actor: Actor,
) -> Result<(), DeskFault> {
    let person = registry.pseudonym(code.as_str());
    let known = registry.record::<Staff>(&person).await?;
    let mut next = match &known {
        Some(known) => Staff::clone(known),
        None => Staff::new(person, name.to_owned(), office.to_owned()),
    };
    (next.name, next.office) = (name.to_owned(), office.to_owned());
    next.roles.retain(|one| one.role != assignment.role);
    next.roles.push(assignment);
    write(registry, known.as_ref(), &next, actor, "staff.appoint").await
}

/// Ends all roles of somebody: `last` is their last day.
///
/// # Errors
/// [`DeskFault`]; `Unknown` when nobody of that pseudonym is staff.
pub async fn dismiss(
    registry: &Registry,
    person: &str,
    last: Day,
    actor: Actor,
) -> Result<(), DeskFault> {
    let known = registry.record::<Staff>(person).await?.ok_or(Refusal::Unknown)?;
    let mut next = Staff::clone(&known);
    next.end(last);
    write(registry, Some(&known), &next, actor, "staff.dismiss").await
}

/// Everybody who is or was staff.
///
/// # Errors
/// [`RegistryFault`].
pub async fn everybody(registry: &Registry) -> Result<Vec<Stored<Staff>>, RegistryFault> {
    registry.records::<Staff>(&Listing { limit: 10_000, ..Listing::default() }).await
}

async fn write(
    registry: &Registry,
    known: Option<&Stored<Staff>>,
    next: &Staff,
    actor: Actor,
    action: &'static str,
) -> Result<(), DeskFault> {
    let mut change = Change::new();
    match known {
        Some(known) => change.replace(known, next)?,
        None => change.insert(next)?,
    }
    let entry = Entry {
        actor,
        action,
        object: format!("staff/{}", next.person),
        office: next.office.clone(),
        reason: String::new(),
        rules: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: "done",
    };
    match registry.commit(change, &entry).await? {
        Committed::Done(_) => Ok(()),
        Committed::Stale | Committed::Taken(_) => Err(Refusal::Changed.into()),
    }
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Staff(…)")
    }
}

impl Kept for Staff {
    const KIND: RecordKind = RecordKind::Staff;

    fn id(&self) -> &str {
        &self.person
    }

    fn office(&self) -> &str {
        &self.office
    }
}
