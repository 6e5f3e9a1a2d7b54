//! Breaking the glass: for half an hour two supervisors reach every office's cases (HD-RO-5).
//!
//! Not more rights than a supervisor has: what falls is the border of the office. Two persons open it, it
//! rings, and somebody looks at it afterwards.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::agent::Agent;
use super::alert::Alert;
use super::desk::{Desk, DeskFault};
use crate::credential::{Refusal, Role};
use crate::crypto::Handle;
use crate::effects::Timestamp;
use crate::registry::{Actor, Change, Entry, Kept, RecordKey, RecordKind};

/// One time that the glass is to be broken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BreakGlass {
    id: String,
    asked_by: String,
    /// Why.
    pub reason: String,
    asked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed: Option<(String, Timestamp)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewed: Option<(String, Timestamp)>,
}

impl BreakGlass {
    /// Its opaque name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.id
    }

    /// Whether it opens every office for that person now.
    #[must_use]
    pub fn opens_for(&self, person: &str, now: Timestamp) -> bool {
        let Some((second, at)) = &self.signed else { return false };
        (self.asked_by == person || second == person) && now < at.plus(LASTS)
    }
}

impl Kept for BreakGlass {
    const KIND: RecordKind = RecordKind::BreakGlass;

    fn id(&self) -> &str {
        &self.id
    }

    fn state(&self) -> &'static str {
        match (&self.signed, &self.reviewed) {
            (None, _) => "asked",
            (Some(_), None) => "broken",
            (Some(_), Some(_)) => "reviewed",
        }
    }

    fn keys(&self) -> Vec<RecordKey> {
        let key =
            |person: &String| RecordKey { name: "person", value: person.clone(), exclusive: false };
        let second = self.signed.iter().map(|(person, _)| key(person));
        std::iter::once(key(&self.asked_by)).chain(second).collect()
    }
}

impl Desk {
    /// A supervisor asks for it; gives its name.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn ask_to_break_glass(
        &self,
        agent: &Agent,
        reason: &str,
    ) -> Result<String, DeskFault> {
        agent.acting(&[Role::Supervisor])?;
        agent.fresh(self.fx.now())?;
        if reason.trim().is_empty() {
            return Err(Refusal::Reason.into());
        }
        let glass = BreakGlass {
            id: Handle::fresh(&self.fx).reveal().to_owned(),
            asked_by: agent.person().to_owned(),
            reason: reason.trim().to_owned(),
            asked_at: self.fx.now(),
            signed: None,
            reviewed: None,
        };
        let mut change = Change::new();
        change.insert(&glass)?;
        self.commit(change, &glass_entry(agent, &glass, "glass.ask")).await?;
        Ok(glass.id)
    }

    /// Another supervisor signs within the half hour: the glass is broken, and it rings.
    ///
    /// # Errors
    /// [`DeskFault`]; `SecondPerson` when it is the same person.
    pub async fn break_glass(&self, agent: &Agent, name: &str) -> Result<(), DeskFault> {
        agent.acting(&[Role::Supervisor])?;
        let now = self.fx.now();
        agent.fresh(now)?;
        let read = self.registry.record::<BreakGlass>(name).await?.ok_or(Refusal::Unknown)?;
        if read.signed.is_some() || read.asked_at.plus(LASTS) <= now {
            return Err(Refusal::Changed.into());
        }
        if read.asked_by == agent.person() {
            return Err(Refusal::SecondPerson.into());
        }
        let signed = Some((agent.person().to_owned(), now));
        let next = BreakGlass { signed, ..BreakGlass::clone(&read) };
        let mut change = Change::new();
        change.replace(&read, &next)?;
        self.commit(change, &glass_entry(agent, &next, "glass.break")).await?;
        self.alarm(Alert::BreakGlass);
        Ok(())
    }

    /// An auditor has looked at what was done meanwhile.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn review_glass(&self, agent: &Agent, name: &str) -> Result<(), DeskFault> {
        agent.acting(&[Role::Auditor])?;
        let read = self.registry.record::<BreakGlass>(name).await?.ok_or(Refusal::Unknown)?;
        let own = read.opens_for(agent.person(), read.asked_at);
        if own || read.state() != "broken" {
            return Err(Refusal::Changed.into());
        }
        let reviewed = Some((agent.person().to_owned(), self.fx.now()));
        let next = BreakGlass { reviewed, ..BreakGlass::clone(&read) };
        let mut change = Change::new();
        change.replace(&read, &next)?;
        self.commit(change, &glass_entry(agent, &next, "glass.review")).await
    }
}

fn glass_entry(agent: &Agent, glass: &BreakGlass, action: &'static str) -> Entry {
    let by = agent.anyhow();
    Entry {
        actor: Actor { person: by.person, role: by.role.word() },
        action,
        object: format!("glass/{}", glass.id),
        office: String::new(),
        reason: glass.reason.clone(),
        rules: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: "done",
    }
}

/// How long the second signature is waited for, and how long it opens.
const LASTS: Duration = Duration::from_mins(30);
