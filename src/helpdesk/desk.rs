//! The facade: every act on a case, in one transaction with its row of the trail.
//!
//! Not the judgement, which is the case's own. An act reads the case, asks it, and writes it where it is still
//! as it was read: of two who decide at once one is told that it has changed (HD-RO-3).

use std::sync::Arc;
use std::time::Duration;

use super::agent::{Agent, actor};
use super::break_glass::BreakGlass;
use super::surroundings::Surroundings;
use crate::credential::activation::ActivationKey;
use crate::credential::reading::Rules;
use crate::credential::{By, Case, LegalBasis, Refusal, Role};
use crate::effects::{Effects, Timestamp};
use crate::policy::{Calendar, States};
use crate::registry::{Change, Committed, Entry, Registry, RegistryFault, Stored};
use crate::terms::{Category, Day};

/// What the table `[helpdesk]` says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the desk rests on; without it nothing is issued.
    pub legal_basis: Option<LegalBasis>,
    /// The categories that it serves.
    pub categories: Vec<Category>,
    /// How long a code counts that was asked for at the counter.
    pub counter_code: Duration,
    /// By video, or by a document with a qualified signature: it goes by mail.
    pub mail_code: Duration,
    /// By post.
    pub post_code: Duration,
    /// Identifications of one operator in a day.
    pub identified_a_day: u64,
    /// Cases that one person looks at in an hour.
    pub views_an_hour: u64,
    /// The issuer, without a trailing slash: what links begin with.
    pub issuer: String,
}

/// Why an act does not happen.
#[derive(Debug, thiserror::Error)]
pub enum DeskFault {
    /// It may not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It cannot be written.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
}

/// The desk.
pub struct Desk {
    pub(super) registry: Arc<Registry>,
    pub(super) fx: Effects,
    pub(super) key: ActivationKey,
    pub(super) settings: Settings,
    pub(super) states: States,
    pub(super) surroundings: Arc<dyn Surroundings>,
}

/// What rules a moment: read once for each act.
pub(super) struct Now {
    pub(super) at: Timestamp,
    pub(super) day: Day,
    calendar: Arc<Calendar>,
    services: Vec<Box<str>>,
}

impl Desk {
    /// A desk.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        fx: Effects,
        key: ActivationKey,
        settings: Settings,
        states: States,
        surroundings: Arc<dyn Surroundings>,
    ) -> Self {
        Self { registry, fx, key, settings, states, surroundings }
    }

    /// What it was set to.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The services that may be asked for today.
    #[must_use]
    pub fn services(&self) -> Vec<Box<str>> {
        self.surroundings.services(Day::of(self.fx.now()))
    }

    pub(super) fn now(&self) -> Now {
        let at = self.fx.now();
        let day = Day::of(at);
        let services = self.surroundings.services(day);
        Now { at, day, calendar: self.surroundings.calendar(), services }
    }

    pub(super) fn rules<'a>(&'a self, now: &'a Now) -> Rules<'a> {
        Rules {
            day: now.day,
            states: &self.states,
            calendar: &now.calendar,
            categories: &self.settings.categories,
            services: &now.services,
        }
    }

    /// Runs `look` with the rules of today.
    pub fn with_rules<T>(&self, look: impl FnOnce(&Rules<'_>) -> T) -> T {
        let now = self.now();
        look(&self.rules(&now))
    }

    /// The case, if that office may know of it.
    pub(super) async fn case(&self, agent: &Agent, id: &str) -> Result<Stored<Case>, DeskFault> {
        let case = self.registry.record::<Case>(id).await?.ok_or(Refusal::Unknown)?;
        let everywhere = agent.is(Role::Auditor) || agent.is(Role::Administrator);
        if case.office() == agent.office || everywhere || self.glass_is_broken(agent).await? {
            return Ok(case);
        }
        self.refuse(&agent.anyhow(), "case.office", id, "", &Refusal::Office).await?;
        Err(Refusal::Office.into())
    }

    /// One act of staff on one case.
    pub(super) async fn act<T>(
        &self,
        agent: &Agent,
        roles: &'static [Role],
        (id, action, reason): (&str, &'static str, &str),
        act: impl FnOnce(&mut Case, &By, &Now) -> Result<T, Refusal>,
    ) -> Result<(Case, T), DeskFault> {
        let read = self.case(agent, id).await?;
        let by = match agent.acting(roles) {
            Ok(by) => by,
            Err(refusal) => {
                self.refuse(&agent.anyhow(), action, id, reason, &refusal).await?;
                return Err(refusal.into());
            }
        };
        self.change(&read, &by, (action, reason), act).await
    }

    /// One act on a case that was read: case and row are written together, or neither.
    pub(super) async fn change<T>(
        &self,
        read: &Stored<Case>,
        by: &By,
        (action, reason): (&'static str, &str),
        act: impl FnOnce(&mut Case, &By, &Now) -> Result<T, Refusal>,
    ) -> Result<(Case, T), DeskFault> {
        self.change_with(read, by, (action, reason), act, |_, _, _| Ok(())).await
    }

    /// The same, with other records beside the case.
    pub(super) async fn change_with<T>(
        &self,
        read: &Stored<Case>,
        by: &By,
        (action, reason): (&'static str, &str),
        act: impl FnOnce(&mut Case, &By, &Now) -> Result<T, Refusal>,
        beside: impl FnOnce(&mut Change, &Case, &T) -> Result<(), RegistryFault>,
    ) -> Result<(Case, T), DeskFault> {
        let now = self.now();
        let mut next = Case::clone(read);
        let done = match act(&mut next, by, &now) {
            Ok(done) => done,
            Err(refusal) => {
                self.refuse(by, action, read.id(), reason, &refusal).await?;
                return Err(refusal.into());
            }
        };
        let mut change = Change::new();
        change.replace(read, &next)?;
        beside(&mut change, &next, &done)?;
        self.commit(change, &entry(by, action, &next, reason)).await?;
        self.surroundings.acted(action, "done");
        Ok((next, done))
    }

    pub(super) async fn commit(&self, change: Change, entry: &Entry) -> Result<(), DeskFault> {
        match self.registry.commit(change, entry).await? {
            Committed::Done(_) => Ok(()),
            Committed::Stale => Err(Refusal::Changed.into()),
            Committed::Taken(name) => Err(Refusal::Duplicate(name).into()),
        }
    }

    /// A refusal leaves its row too.
    pub(super) async fn refuse(
        &self,
        by: &By,
        action: &'static str,
        id: &str,
        reason: &str,
        refusal: &Refusal,
    ) -> Result<(), DeskFault> {
        let entry = Entry {
            actor: actor(by),
            action,
            object: format!("case/{id}"),
            office: String::new(),
            reason: reason.trim().to_owned(),
            rules: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: refusal.word(),
        };
        self.registry.note(&entry).await?;
        self.surroundings.acted(action, refusal.word());
        Ok(())
    }

    /// Whether that supervisor has broken the glass with somebody, and it is not over.
    async fn glass_is_broken(&self, agent: &Agent) -> Result<bool, DeskFault> {
        if !agent.is(Role::Supervisor) {
            return Ok(false);
        }
        let now = self.fx.now();
        let broken = self.registry.records_by_key::<BreakGlass>("person", &agent.person).await?;
        Ok(broken.iter().any(|glass| glass.opens_for(&agent.person, now)))
    }
}

/// A row of the trail about a case.
pub(super) fn entry(by: &By, action: &'static str, case: &Case, reason: &str) -> Entry {
    Entry {
        actor: actor(by),
        action,
        object: format!("case/{}", case.id()),
        office: case.office().to_owned(),
        reason: reason.trim().to_owned(),
        rules: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: "done",
    }
}

impl Agent {
    /// As whatever they are: for rows about what they may not do.
    pub(super) fn anyhow(&self) -> By {
        let role = self.roles.first().copied().unwrap_or(Role::Applicant);
        By { person: self.person.clone(), role }
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}
