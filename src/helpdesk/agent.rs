//! A member of staff who is signed in, with what they may do now.
//!
//! Not a session: one is made for each request, from the record of that moment, so that a role that has ended
//! is gone at once (HD-RO-3). Only [`Desk::agent`] makes one.

use std::time::Duration;

use super::desk::{Desk, DeskFault};
use super::staff::Staff;
use crate::credential::{By, Refusal, Role};
use crate::effects::Timestamp;
use crate::identity::Identity;
use crate::registry::Actor;
use crate::terms::{Day, Level};

/// Somebody who works at the desk, now.
#[derive(Clone, Debug)]
pub struct Agent {
    pub(super) person: String,
    pub(super) roles: Vec<Role>,
    pub(super) office: String,
    pub(super) authenticated_at: Timestamp,
}

impl Agent {
    /// What they may do now.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Their office.
    #[must_use]
    pub fn office(&self) -> &str {
        &self.office
    }

    /// Under which name they act.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.person
    }

    /// Whether they have that role now.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Them in the first of these roles that they have.
    pub(super) fn acting(&self, roles: &'static [Role]) -> Result<By, Refusal> {
        let role = roles.iter().find(|role| self.is(**role)).ok_or(Refusal::Role(roles))?;
        Ok(By { person: self.person.clone(), role: *role })
    }

    /// They signed in a moment ago.
    pub(super) fn fresh(&self, now: Timestamp) -> Result<(), Refusal> {
        let fresh = now.since(self.authenticated_at) <= FRESH;
        if fresh { Ok(()) } else { Err(Refusal::SignInAgain) }
    }
}

/// How an act is written to the trail.
pub(super) fn actor(by: &By) -> Actor {
    Actor { person: by.person.clone(), role: by.role.word() }
}

/// To approve, to revoke, to break the glass.
const FRESH: Duration = Duration::from_mins(5);

impl Desk {
    /// Whoever signed in, as a member of staff. `authenticated_at`: when they showed their credential last.
    ///
    /// # Errors
    /// [`Refusal::Role`] when they have no role today, or signed in too weakly (HD-RO-4): by level 1, or by
    /// a credential of the desk itself.
    pub async fn agent(
        &self,
        identity: &Identity,
        authenticated_at: Timestamp,
    ) -> Result<Agent, DeskFault> {
        let nobody = DeskFault::Refused(Refusal::Role(&Role::STAFF));
        let own = identity.origin.auth_method == crate::credential::INSTRUMENT;
        let (false, Some(code), true) =
            (own, identity.fiscal_code.as_ref(), Level::L2 <= identity.level)
        else {
            return Err(nobody);
        };
        let person = self.registry.pseudonym(code.as_str());
        let staff = self.registry.record::<Staff>(&person).await?.ok_or(nobody)?;
        let roles = staff.roles_on(Day::of(self.fx.now()));
        if roles.is_empty() {
            return Err(DeskFault::Refused(Refusal::Role(&Role::STAFF)));
        }
        Ok(Agent { person, roles, office: staff.office.clone(), authenticated_at })
    }
}
