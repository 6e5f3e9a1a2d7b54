//! What verifiers do: check, approve, return, reject, issue.
//!
//! Not by whoever had a hand in the request: the case refuses that (HD-RO-2).

use super::agent::Agent;
use super::desk::{Desk, DeskFault};
use super::letter::Letter;
use super::mail::{Mail, Message};
use crate::credential::activation::Code;
use crate::credential::{Case, Channel, Field, Issuing, Item, Refusal, Role};
use crate::crypto::Handle;
use crate::identity::values::Email;

const VERIFIER: &[Role] = &[Role::Verifier];

impl Desk {
    /// Keeps the verifier's own list of what they checked.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn check(&self, agent: &Agent, id: &str, items: &[Item]) -> Result<Case, DeskFault> {
        let done = self.act(agent, VERIFIER, (id, "case.check", ""), |case, by, now| {
            case.check(by, items, now.at)
        });
        Ok(done.await?.0)
    }

    /// Approves what `seen` is the digest of; `note` says why what is flagged may go on.
    ///
    /// # Errors
    /// [`DeskFault`]; `SignInAgain` when the verifier signed in more than five minutes ago.
    pub async fn approve(
        &self,
        agent: &Agent,
        id: &str,
        seen: &str,
        note: &str,
    ) -> Result<Case, DeskFault> {
        agent.fresh(self.fx.now())?;
        let act = (id, "case.approve", note);
        let (case, ()) = self
            .act(agent, VERIFIER, act, |case, by, now| {
                case.approve(by, seen, note, &self.rules(now), now.at)
            })
            .await?;
        if let Some(evidence) = case.evidence() {
            self.watch_approval(agent.person(), &evidence.by.person, evidence.at).await?;
        }
        Ok(case)
    }

    /// Gives it back to the operator.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn give_back(
        &self,
        agent: &Agent,
        id: &str,
        reason: &str,
    ) -> Result<Case, DeskFault> {
        let done = self.act(agent, VERIFIER, (id, "case.return", reason), |case, by, now| {
            case.give_back(by, reason, now.at)
        });
        Ok(done.await?.0)
    }

    /// Rejects it for good.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn reject(&self, agent: &Agent, id: &str, reason: &str) -> Result<Case, DeskFault> {
        let roles = &[Role::Verifier, Role::Operator];
        let done = self.act(agent, roles, (id, "case.reject", reason), |case, by, now| {
            case.reject(by, reason, now.at)
        });
        Ok(done.await?.0)
    }

    /// Issues what was approved: one part of the code is on the letter that is given back, and never again;
    /// the other part goes by mail. The second contact is told, where it is an address for mail.
    ///
    /// # Errors
    /// [`DeskFault`]: what the desk rests on, the calendar, the services or the document forbid it.
    pub async fn issue(&self, agent: &Agent, id: &str) -> Result<Letter, DeskFault> {
        let read = self.case(agent, id).await?;
        let by = agent.acting(VERIFIER)?;
        let (code, not_me, confirm) =
            (Code::fresh(&self.fx), Handle::fresh(&self.fx), Handle::fresh(&self.fx));
        let counts = match read.typed().get(Field::Channel) {
            word if word == Channel::Counter.word() => self.settings.counter_code,
            word if word == Channel::Post.word() => self.settings.post_code,
            _ => self.settings.mail_code,
        };
        let new =
            Issuing { code: &code, key: &self.key, counts, not_me: &not_me, confirm: &confirm };
        let basis = self.settings.legal_basis.as_ref();
        let (case, ()) = self
            .change_with(
                &read,
                &by,
                ("case.issue", ""),
                |case, by, now| {
                    // Whoever typed the request does not get a part of its code.
                    if case.is_of(&by.person) {
                        return Err(Refusal::OwnPerson);
                    }
                    if case.was_in_hands_of(&by.person) {
                        return Err(Refusal::SecondPerson);
                    }
                    case.issue(basis, &self.rules(now), &new, now.at)
                },
                |change, case, ()| {
                    let message = Message::Issued {
                        part: code.in_the_mail(),
                        number: case.number().to_owned(),
                        until: case.code_until().unwrap_or(self.fx.now()),
                        activate: self.address("/credential/activate"),
                        confirm: self.address(&format!("/credential/confirm/{}", confirm.reveal())),
                        not_me: self.address(&format!("/credential/not-me/{}", not_me.reveal())),
                    };
                    change.insert(&self.mail(case, Field::Email, &message))?;
                    if Email::parse(case.typed().get(Field::SecondContact)).is_some() {
                        let notice = Message::Notice { number: case.number().to_owned() };
                        change.insert(&self.mail(case, Field::SecondContact, &notice))?;
                    }
                    Ok(())
                },
            )
            .await?;
        self.watch_issue(self.fx.now());
        Ok(Letter::of(&case, &code, &self.settings.issuer))
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.settings.issuer)
    }

    pub(super) fn mail(&self, case: &Case, to: Field, message: &Message) -> Mail {
        Mail::new(&self.fx, case.typed().get(to), message, case.locale())
    }
}
