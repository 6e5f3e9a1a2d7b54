//! What the console asks of the desk beside acts on cases: lists that leave it, rows about pages that were
//! refused, the trail, and who works at the desk.
//!
//! Not the acts. Each of these leaves a row of the trail.

use super::agent::{Agent, actor};
use super::desk::{Desk, DeskFault};
use super::seeing::Head;
use super::staff::{self, Assignment, Staff};
use crate::audit::{self, Broken};
use crate::credential::{Case, Refusal, Role, State};
use crate::effects::Timestamp;
use crate::identity::FiscalCode;
use crate::registry::{Entry, Listing, Stored, TrailListing};

/// A row of the trail, as an auditor reads it.
#[derive(Clone, Debug)]
pub struct TrailLine {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The beginning of the pseudonym of who acted: enough to tell two apart.
    pub actor: String,
    /// As what.
    pub role: String,
    /// What.
    pub action: String,
    /// On what.
    pub object: String,
    /// `done`, or why not.
    pub outcome: String,
    /// Why, in the words of whoever acted.
    pub reason: String,
}

impl Desk {
    /// Notes that a page was not for any of the agent's roles (HD-RO-1). `page` is the pattern of its address.
    ///
    /// # Errors
    /// [`DeskFault::Registry`].
    pub async fn refused_page(
        &self,
        agent: &Agent,
        page: &'static str,
        refusal: &Refusal,
    ) -> Result<(), DeskFault> {
        let entry = about(agent, "page", page, "", refusal.word());
        self.registry.note(&entry).await?;
        self.surroundings.acted("page", refusal.word());
        Ok(())
    }

    /// The cases of a list as a file: a thousand at most, with the purpose on the trail (HD-LG-2).
    ///
    /// # Errors
    /// [`Refusal::Reason`] without a purpose; [`DeskFault::Registry`].
    pub async fn export(
        &self,
        agent: &Agent,
        states: &[State],
        purpose: &str,
    ) -> Result<Vec<Head>, DeskFault> {
        agent.acting(&[Role::Operator, Role::Verifier, Role::Supervisor])?;
        if purpose.trim().is_empty() {
            return Err(Refusal::Reason.into());
        }
        self.watch_view(agent.person(), false).await?;
        let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
        let entry = about(agent, "case.export", &words.join(" "), purpose, "done");
        self.registry.note(&entry).await?;
        let listing = Listing {
            states: &words,
            office: Some(agent.office()),
            newest_first: true,
            limit: MOST_EXPORTED,
            ..Listing::default()
        };
        let cases: Vec<Stored<Case>> = self.registry.records(&listing).await?;
        Ok(cases.iter().map(|case| Head::of(case)).collect())
    }

    /// Rows of the trail, the newest first. Reading them is a row too.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn trail(
        &self,
        agent: &Agent,
        (skip, limit): (u32, u32),
    ) -> Result<Vec<TrailLine>, DeskFault> {
        agent.acting(&[Role::Auditor])?;
        self.registry.note(&about(agent, "trail.read", "trail", "", "done")).await?;
        let listing = TrailListing { skip, limit, ..TrailListing::default() };
        let mut lines = Vec::new();
        for row in self.registry.trail(&listing).await? {
            lines.push(TrailLine {
                seq: row.seq,
                at: Timestamp::from_unix_millis(row.at),
                actor: row.actor.chars().take(8).collect(),
                reason: self.registry.reason_of(&row)?.to_string(),
                role: row.role,
                action: row.action,
                object: row.object,
                outcome: row.outcome,
            });
        }
        Ok(lines)
    }

    /// Whether the chain of the trail holds from its first row: how many rows, or what is wrong.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn verify_trail(&self, agent: &Agent) -> Result<Result<u64, Broken>, DeskFault> {
        agent.acting(&[Role::Auditor])?;
        Ok(audit::verify(&self.registry, &[]).await?.map(|whole| whole.rows))
    }

    /// Everybody who works at the desk.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn staff(&self, agent: &Agent) -> Result<Vec<Stored<Staff>>, DeskFault> {
        agent.acting(ADMINISTRATOR)?;
        Ok(staff::everybody(&self.registry).await?)
    }

    /// Gives somebody a role from a day to a day. Nobody gives one to themselves.
    ///
    /// # Errors
    /// [`DeskFault`]; `SignInAgain` when the administrator signed in more than five minutes ago.
    pub async fn appoint(
        &self,
        agent: &Agent,
        code: &FiscalCode,
        who: (&str, &str),
        given: Assignment,
    ) -> Result<(), DeskFault> {
        let by = agent.acting(ADMINISTRATOR)?;
        agent.fresh(self.fx.now())?;
        let person = self.registry.pseudonym(code.as_str());
        if person == agent.person() {
            let object = format!("staff/{person}");
            let refused = Refusal::OwnPerson;
            self.registry.note(&about(agent, "staff.appoint", &object, "", refused.word())).await?;
            return Err(refused.into());
        }
        staff::appoint(&self.registry, code, who, given, actor(&by)).await
    }
}

fn about(
    agent: &Agent,
    action: &'static str,
    object: &str,
    reason: &str,
    outcome: &'static str,
) -> Entry {
    Entry {
        actor: actor(&agent.anyhow()),
        action,
        object: object.to_owned(),
        office: agent.office().to_owned(),
        reason: reason.trim().to_owned(),
        rules: env!("CARGO_PKG_VERSION").to_owned(),
        outcome,
    }
}

/// Rows of the longest file.
const MOST_EXPORTED: u32 = 1000;
const ADMINISTRATOR: &[Role] = &[Role::Administrator];
