//! Who sees what of cases: lists without personal data; the whole of one with a purpose, counted (HD-LG-2).
//!
//! Not a search by parts of names: a person is found by fiscal code, document or number.

use super::agent::{Agent, actor};
use super::desk::{Desk, DeskFault, entry};
use crate::credential::{Case, Refusal, Role, State};
use crate::effects::Timestamp;
use crate::registry::{Listing, Stored};
use crate::terms::Day;

/// What a list says of a case: nothing of the person.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its opaque name.
    pub id: String,
    /// The number that people know it by.
    pub number: String,
    /// Where it is.
    pub state: State,
    /// The office.
    pub office: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The last day, where something was granted.
    pub to: Option<Day>,
    /// Whether it renews another one.
    pub renews: bool,
}

impl Head {
    /// What a list says of `case`.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Self {
            id: case.id().to_owned(),
            number: case.number().to_owned(),
            state: case.state(),
            office: case.office().to_owned(),
            opened_at: case.opened_at(),
            to: case.granted().map(|granted| granted.to),
            renews: case.predecessor().is_some(),
        }
    }
}

/// By what a person is found.
#[derive(Clone, Copy, Debug)]
pub enum Find<'a> {
    /// The number of a request.
    Number(&'a str),
    /// An Italian fiscal code.
    FiscalCode(&'a str),
    /// Issuer, kind and number of a document.
    Document(&'a str, &'a str, &'a str),
}

const SEERS: &[Role] = &[Role::Operator, Role::Verifier, Role::Supervisor];
const LISTERS: &[Role] = &[Role::Operator, Role::Verifier, Role::Supervisor, Role::Auditor];

impl Desk {
    /// Cases of the agent's office in these states, the newest first: a page of twenty. Auditors see every
    /// office's.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn list(
        &self,
        agent: &Agent,
        states: &[State],
        page: u32,
    ) -> Result<(Vec<Head>, u64), DeskFault> {
        agent.acting(LISTERS)?;
        let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
        let own = !agent.is(Role::Auditor);
        let listing = Listing {
            states: &words,
            office: own.then_some(agent.office()),
            newest_first: true,
            skip: page.saturating_mul(PAGE),
            limit: PAGE,
            ..Listing::default()
        };
        let cases = self.registry.records::<Case>(&listing).await?;
        let count = self.registry.count_records::<Case>(&listing).await?;
        Ok((cases.iter().map(|case| Head::of(case)).collect(), count))
    }

    /// What a list says of one case.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn head(&self, agent: &Agent, id: &str) -> Result<Head, DeskFault> {
        agent.acting(LISTERS)?;
        Ok(Head::of(&*self.case(agent, id).await?))
    }

    /// The whole of a case. Whoever has a task in it gives no reason; everybody else says why. A verifier sees
    /// what was typed only after their own checklist.
    ///
    /// # Errors
    /// [`DeskFault`]; `Reason`, `Checklist`, or `TooMany` in an hour.
    pub async fn show(
        &self,
        agent: &Agent,
        id: &str,
        reason: &str,
    ) -> Result<Stored<Case>, DeskFault> {
        let case = self.case(agent, id).await?;
        let by = agent.acting(SEERS)?;
        let seen = self.may_see(agent, &case, reason).await;
        if let Err(DeskFault::Refused(refusal)) = &seen {
            self.refuse(&by, "case.view", id, reason, refusal).await?;
        }
        seen?;
        let row = entry(&by, "case.view", &case, reason);
        self.registry.note(&row).await?;
        self.surroundings.acted("case.view", "done");
        Ok(case)
    }

    async fn may_see(&self, agent: &Agent, case: &Case, reason: &str) -> Result<(), DeskFault> {
        if case.is_of(agent.person()) {
            return Err(Refusal::OwnPerson.into());
        }
        let writing = matches!(case.state(), State::Draft | State::Requested);
        let own = agent.is(Role::Operator) && writing && case.was_in_hands_of(agent.person());
        let checking = case.state() == State::Identified && agent.is(Role::Verifier);
        let hand = case.was_in_hands_of(agent.person());
        if checking && !hand && !case.is_checked_by(agent.person()) {
            return Err(Refusal::Checklist.into());
        }
        let task = own || (checking && !hand);
        if !task && reason.trim().is_empty() {
            return Err(Refusal::Reason.into());
        }
        self.watch_view(agent.person(), task).await
    }

    /// Finds a person's cases in the agent's office: twenty at most, with a reason that stays.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn find(
        &self,
        agent: &Agent,
        find: Find<'_>,
        reason: &str,
    ) -> Result<Vec<Head>, DeskFault> {
        let by = agent.acting(SEERS)?;
        if reason.trim().is_empty() {
            return Err(Refusal::Reason.into());
        }
        self.watch_view(agent.person(), true).await?;
        let plain = |text: &str| {
            let signs = text.chars().filter(char::is_ascii_alphanumeric);
            signs.map(|sign| sign.to_ascii_uppercase()).collect::<String>()
        };
        let (name, value) = match find {
            Find::Number(number) => ("number", number.trim().to_ascii_uppercase()),
            Find::FiscalCode(code) => ("fiscal_code", plain(code)),
            Find::Document(issuer, kind, number) => {
                ("document", format!("{}|{}|{}", plain(issuer), plain(kind), plain(number)))
            }
        };
        let entry = crate::registry::Entry {
            actor: actor(&by),
            action: "case.find",
            object: format!("key/{name}"),
            office: agent.office().to_owned(),
            reason: reason.trim().to_owned(),
            rules: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: "done",
        };
        self.registry.note(&entry).await?;
        let found = self.registry.records_by_key::<Case>(name, &value).await?;
        let own = found.iter().filter(|case| case.office() == agent.office());
        Ok(own.take(20).map(|case| Head::of(case)).collect())
    }
}

/// Rows of a page.
const PAGE: u32 = 20;
