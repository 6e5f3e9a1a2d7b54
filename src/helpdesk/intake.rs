//! What operators do: open, type, submit, identify.
//!
//! Not the approval: `review`.

use super::agent::Agent;
use super::alert::Alert;
use super::desk::{Desk, DeskFault, entry};
use super::seeing::Head;
use crate::credential::activation::Code;
use crate::credential::{Case, Field, Opening, Refusal, Role, Sighting};
use crate::crypto::Handle;
use crate::registry::{Change, Stored};

const OPERATOR: &[Role] = &[Role::Operator];

impl Desk {
    /// Opens a case; gives its name.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn open(&self, agent: &Agent) -> Result<String, DeskFault> {
        let by = agent.acting(OPERATOR)?;
        let case = Case::open(self.opening(agent), &by)?;
        let mut change = Change::new();
        change.insert(&case)?;
        self.commit(change, &entry(&by, "case.open", &case, "")).await?;
        self.surroundings.acted("case.open", "done");
        Ok(case.id().to_owned())
    }

    /// Opens a case that renews another one; gives its name.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn renew(&self, agent: &Agent, id: &str) -> Result<String, DeskFault> {
        let known = self.case(agent, id).await?;
        let by = agent.acting(OPERATOR)?;
        let case = known.renew(self.opening(agent), &by)?;
        let mut change = Change::new();
        change.insert(&case)?;
        self.commit(change, &entry(&by, "case.renew", &case, "")).await?;
        self.surroundings.acted("case.renew", "done");
        Ok(case.id().to_owned())
    }

    /// Keeps what was typed in a step, right or wrong.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn save(
        &self,
        agent: &Agent,
        id: &str,
        typed: &[(Field, &str)],
    ) -> Result<Case, DeskFault> {
        let named = |code: &str| self.registry.pseudonym(code);
        let act = (id, "case.edit", "");
        let done =
            self.act(agent, OPERATOR, act, |case, by, now| case.edit(by, typed, named, now.at));
        Ok(done.await?.0)
    }

    /// Submits the request: it has a number from now on that people are told.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn submit(&self, agent: &Agent, id: &str, notice: &str) -> Result<Case, DeskFault> {
        let done = self.act(agent, OPERATOR, (id, "case.request", ""), |case, by, now| {
            case.request(by, notice, &self.rules(now), now.at)
        });
        Ok(done.await?.0)
    }

    /// The operator has seen the person and the document; the request goes to the verifiers.
    ///
    /// # Errors
    /// [`DeskFault`]; `Duplicate` when another live case has the document or the fiscal code, `TooMany` when
    /// the operator has identified too many today, or too many people share a contact.
    pub async fn identify(
        &self,
        agent: &Agent,
        id: &str,
        seen: &Sighting,
    ) -> Result<Case, DeskFault> {
        agent.acting(OPERATOR)?;
        self.watch_identification(agent.person()).await?;
        let known = self.case(agent, id).await?;
        if self.sharing(&known).await? > MOST_SHARING {
            self.alarm(Alert::SharedContact);
            self.refuse(&agent.anyhow(), "case.identify", id, "", &Refusal::TooMany).await?;
            return Err(Refusal::TooMany.into());
        }
        let act = (id, "case.identify", seen.reason.as_str());
        let done = self.act(agent, OPERATOR, act, |case, by, now| {
            case.identify(by, seen, &self.rules(now), now.at)
        });
        Ok(done.await?.0)
    }

    /// Says why another live case may have the same document.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn justify(&self, agent: &Agent, id: &str, reason: &str) -> Result<(), DeskFault> {
        self.act(agent, OPERATOR, (id, "case.justify", reason), |case, by, now| {
            case.justify(by, reason, now.at)
        })
        .await?;
        self.alarm(Alert::Overridden);
        Ok(())
    }

    /// Other cases that have the document, the fiscal code, the names and birth, or a contact of this one:
    /// twenty at most, each once.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn duplicates(&self, agent: &Agent, id: &str) -> Result<Vec<Head>, DeskFault> {
        agent.acting(&[Role::Operator, Role::Verifier, Role::Supervisor])?;
        let case = self.case(agent, id).await?;
        let mut found: Vec<Head> = Vec::new();
        for (name, value) in Self::alike(&case) {
            for other in self.registry.records_by_key::<Case>(name, &value).await? {
                let known = found.iter().any(|head| head.id == other.id());
                if other.id() != case.id() && !known && found.len() < 20 {
                    found.push(Head::of(&other));
                }
            }
        }
        Ok(found)
    }

    fn alike(case: &Case) -> Vec<(&'static str, String)> {
        let typed = |field| Some(case.typed().get(field).to_lowercase());
        let code = case.fiscal_code().map(|code| code.as_str().to_owned());
        let all = [
            ("document", case.document_key()),
            ("fiscal_code", code),
            ("person", case.person_key()),
            ("email", typed(Field::Email)),
            ("second_contact", typed(Field::SecondContact)),
        ];
        let told = |(name, value): (&'static str, Option<String>)| {
            Some((name, value.filter(|value| !value.is_empty())?))
        };
        all.into_iter().filter_map(told).collect()
    }

    /// How many other people have a contact of this case.
    async fn sharing(&self, case: &Case) -> Result<usize, DeskFault> {
        let mut most = 0;
        for (name, value) in Self::alike(case) {
            if matches!(name, "email" | "second_contact") {
                let found = self.registry.records_by_key::<Case>(name, &value).await?;
                let mut others: Vec<&str> =
                    found.iter().map(|other: &Stored<Case>| other.person_id()).collect();
                others.sort_unstable();
                others.dedup();
                most = most.max(others.iter().filter(|one| **one != case.person_id()).count());
            }
        }
        Ok(most)
    }

    /// Fresh names. The number is drawn like a code, and no count: how many requests there are is nobody's
    /// business.
    fn opening(&self, agent: &Agent) -> Opening {
        let fresh = || Handle::fresh(&self.fx).reveal().to_owned();
        let drawn = Code::fresh(&self.fx);
        Opening {
            id: fresh(),
            number: format!("{}{}", drawn.on_the_letter().as_str(), drawn.in_the_mail().as_str()),
            person_id: fresh(),
            office: agent.office().to_owned(),
            at: self.fx.now(),
        }
    }
}

/// People who may have one contact: an employer's, a family's.
const MOST_SHARING: usize = 3;
