//! What becomes of a credential in use: suspended, resumed, revoked, by staff or by its holder.
//!
//! Not its authenticators: `credential::access`. When a credential stops counting, everything that rests on
//! it ends at once; where that cannot be done at this moment the clock does it.

use super::agent::Agent;
use super::desk::{Desk, DeskFault, entry};
use super::mail::Message;
use crate::credential::access::Access;
use crate::credential::activation::{Code, Try};
use crate::credential::{Accepted, By, Case, Cause, Field, Refusal, Role, link};
use crate::crypto::Handle;
use crate::registry::{Change, Stored};

const SUPERVISOR: &[Role] = &[Role::Supervisor];

impl Desk {
    /// Suspends a credential, and ends what rests on it.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn suspend(
        &self,
        agent: &Agent,
        id: &str,
        cause: Cause,
        reason: &str,
    ) -> Result<Case, DeskFault> {
        let act = (id, "case.suspend", reason);
        let (case, ()) = self
            .act(agent, SUPERVISOR, act, |case, by, now| case.suspend(by, cause, reason, now.at))
            .await?;
        self.end(case).await
    }

    /// Proposes to resume it.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn propose_resume(
        &self,
        agent: &Agent,
        id: &str,
        reason: &str,
    ) -> Result<Case, DeskFault> {
        let act = (id, "case.propose-resume", reason);
        let done = self
            .act(agent, SUPERVISOR, act, |case, by, now| case.propose_resume(by, reason, now.at));
        Ok(done.await?.0)
    }

    /// The person was seen again.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn reidentify(
        &self,
        agent: &Agent,
        id: &str,
        reason: &str,
    ) -> Result<Case, DeskFault> {
        let act = (id, "case.reidentify", reason);
        let done = self.act(agent, &[Role::Operator], act, |case, by, now| {
            case.reidentify(by, reason, now.at)
        });
        Ok(done.await?.0)
    }

    /// Agrees to resume it.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn resume(&self, agent: &Agent, id: &str) -> Result<Case, DeskFault> {
        agent.fresh(self.fx.now())?;
        let done = self.act(agent, &[Role::Verifier], (id, "case.resume", ""), |case, by, now| {
            case.resume(by, now.day, now.at)
        });
        Ok(done.await?.0)
    }

    /// Revokes it, and ends what rests on it.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn revoke(
        &self,
        agent: &Agent,
        id: &str,
        cause: Cause,
        reason: &str,
    ) -> Result<Case, DeskFault> {
        agent.fresh(self.fx.now())?;
        let act = (id, "case.revoke", reason);
        let (case, ()) = self
            .act(agent, SUPERVISOR, act, |case, by, now| case.revoke(by, cause, reason, now.at))
            .await?;
        self.end(case).await
    }

    /// The holder suspends or revokes their own.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn holder_ends(&self, id: &str, for_good: bool) -> Result<Case, DeskFault> {
        let read = self.registry.record::<Case>(id).await?.ok_or(Refusal::Unknown)?;
        let action = if for_good { "case.revoke" } else { "case.suspend" };
        let (case, ()) = self
            .change(&read, &By::applicant(id), (action, "holder"), |case, by, now| {
                if for_good {
                    case.revoke(by, Cause::Holder, "", now.at)
                } else {
                    case.suspend(by, Cause::Holder, "", now.at)
                }
            })
            .await?;
        self.end(case).await
    }

    /// Somebody opened the link "this was not me" of a mail: what is in use is suspended, what is on its way
    /// is revoked. The link names nobody; one that is unknown is refused like one that was used.
    ///
    /// # Errors
    /// [`Refusal::Unknown`], or the registry.
    pub async fn not_me(&self, token: &Handle) -> Result<Case, DeskFault> {
        let read = self.by_link("not_me", token).await?;
        let act = ("case.not-me", "the link of a mail");
        let (case, ()) = self
            .change(&read, &By::applicant(read.id()), act, |case, by, now| {
                let suspended = case.suspend(by, Cause::NotMe, "", now.at);
                suspended.or_else(|_| case.revoke(by, Cause::NotMe, "", now.at))
            })
            .await?;
        self.end(case).await
    }

    /// Somebody opened the link that confirms the address.
    ///
    /// # Errors
    /// [`Refusal::Unknown`], or the registry.
    pub async fn confirm(&self, token: &Handle) -> Result<(), DeskFault> {
        let read = self.by_link("confirm", token).await?;
        self.change(&read, &By::applicant(read.id()), ("case.confirm", ""), |case, _, now| {
            case.confirm_email(now.at);
            Ok(())
        })
        .await?;
        Ok(())
    }

    /// Tries a code for the request of that number. `None` when it is wrong: how many tries are left is in
    /// the case's history alone.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for a number that nobody has, or whose code was used or is over.
    pub async fn redeem(
        &self,
        number: &str,
        code: &Code,
    ) -> Result<Option<(String, Accepted)>, DeskFault> {
        loop {
            let found = self.registry.records_by_key::<Case>("number", number).await?;
            let read = found.into_iter().next().ok_or(Refusal::Unknown)?;
            let mut next = Case::clone(&read);
            let tried = next.try_code(code, &self.key, self.fx.now());
            let (tried, accepted) = tried.map_err(|_| Refusal::Unknown)?;
            if let (Try::Right, Some(accepted)) = (tried, accepted) {
                return Ok(Some((read.id().to_owned(), accepted)));
            }
            // Of wrong codes that come together each one is counted: whoever is second reads again.
            let row = entry(&By::applicant(read.id()), "case.wrong-code", &next, "");
            let mut change = Change::new();
            change.replace(&read, &next)?;
            match self.commit(change, &row).await {
                Ok(()) => return Ok(None),
                Err(DeskFault::Refused(Refusal::Changed)) => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    /// The holder binds what opens the credential, and begins to use it. What it renews ends.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn activate(
        &self,
        id: &str,
        accepted: &Accepted,
        access: Access,
    ) -> Result<Case, DeskFault> {
        let read = self.registry.record::<Case>(id).await?.ok_or(Refusal::Unknown)?;
        let older = match read.predecessor() {
            Some(older) => self.registry.record::<Case>(older).await?,
            None => None,
        };
        let replaced = older.as_ref().map(|older| {
            let mut next = Case::clone(older);
            let ended = next.revoke(&By::system(), Cause::Replaced, "", self.fx.now());
            ended.map(|()| next)
        });
        let replaced = replaced.and_then(Result::ok);
        let (case, ()) = self
            .change_with(
                &read,
                &By::applicant(id),
                ("case.activate", ""),
                |case, _, now| case.activate(accepted, access, now.at),
                |change, case, ()| {
                    if let (Some(older), Some(replaced)) = (&older, &replaced) {
                        change.replace(older, replaced)?;
                    }
                    let told = Message::Activated { number: case.number().to_owned() };
                    change.insert(&self.mail(case, Field::Email, &told))
                },
            )
            .await?;
        if let Some(replaced) = replaced {
            self.end(replaced).await?;
        }
        Ok(case)
    }

    /// Ends what rests on a credential that does not count any more. Where that fails the case keeps saying
    /// that it is to be done, and the clock tries again.
    pub(super) async fn end(&self, case: Case) -> Result<Case, DeskFault> {
        if !case.is_ending() || self.surroundings.end(case.id()).await.is_err() {
            return Ok(case);
        }
        let Some(read) = self.registry.record::<Case>(case.id()).await? else { return Ok(case) };
        let act = ("case.ended", "");
        let by = By::system();
        let done = self.change(&read, &by, act, |case, _, now| {
            case.ended(now.at);
            Ok(())
        });
        match done.await {
            Ok((case, ())) => Ok(case),
            Err(DeskFault::Refused(_)) => Ok(case),
            Err(fault) => Err(fault),
        }
    }

    async fn by_link(&self, name: &str, token: &Handle) -> Result<Stored<Case>, DeskFault> {
        let found = self.registry.records_by_key::<Case>(name, &link(token)).await?;
        Ok(found.into_iter().next().ok_or(Refusal::Unknown)?)
    }
}
