//! From the approval to the end: issued, activated, suspended, resumed, renewed, ended.
//!
//! Not what rests on a credential elsewhere: whoever stores the case ends that, and `is_ending` stays until
//! they have.

use std::time::Duration;

use super::access::Access;
use super::activation::{Activation, ActivationKey, Code, Try};
use super::by::{By, Role};
use super::case::{Act, Case, Cause, Granted, State, Suspension};
use super::field::Field;
use super::reading::{Content, Rules};
use super::refusal::Refusal;
use super::request::{Opening, said};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, sha256};
use crate::effects::Timestamp;
use crate::policy::End;
use crate::terms::Day;

/// What the desk rests on (CAD, art. 64: other credentials are forbidden but for the exception).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalBasis {
    /// The act.
    pub legal_basis: String,
    /// Who approved.
    pub approved_by: String,
    /// The last day before it has to be looked at again.
    pub review_by: Day,
}

/// The right code was typed for this case: made by [`Case::try_code`] alone.
#[derive(Debug)]
pub struct Accepted {
    case: String,
}

/// Fresh secrets of a case that is issued, while somebody has them in hand.
#[derive(Debug)]
pub struct Issuing<'a> {
    /// The code.
    pub code: &'a Code,
    /// Under which it is digested.
    pub key: &'a ActivationKey,
    /// How long it counts.
    pub counts: Duration,
    /// What the link "this was not me" holds.
    pub not_me: &'a Handle,
    /// What the link that confirms the address holds.
    pub confirm: &'a Handle,
}

impl Case {
    /// Issues what was approved: a code is on its way from now on.
    ///
    /// # Errors
    /// [`Refusal`]: what the desk rests on, the calendar, the services or the document forbid it.
    pub fn issue(
        &mut self,
        basis: Option<&LegalBasis>,
        rules: &Rules<'_>,
        new: &Issuing<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let by = By::system();
        self.allow(&by, &[Role::System], &[State::Verified])?;
        match basis {
            None => return Err(Refusal::LegalBasis(None)),
            Some(basis) if basis.review_by < rules.day => {
                return Err(Refusal::LegalBasis(Some(basis.review_by)));
            }
            Some(_) => {}
        }
        let reading = self.reading(rules);
        let Some(content) = reading.content else {
            return Err(Refusal::Problems(reading.problems));
        };
        let granted = self.grant(&content, rules)?;
        let last = granted.to.next().begins();
        let until = at.plus(new.counts).min(last);
        self.granted = Some(granted);
        self.activation = Some(Activation::of(new.code, &self.id, new.key, until));
        self.links.not_me = Some(link(new.not_me));
        self.links.confirm = Some(link(new.confirm));
        self.state = State::Issued;
        self.note(Act::Issue, &by, at, "");
        Ok(())
    }

    /// The earliest of twelve months, the document's last day, and what the calendar says for each of the
    /// services (R4). A service that the calendar closes is left out.
    fn grant(&self, content: &Content, rules: &Rules<'_>) -> Result<Granted, Refusal> {
        let year = rules.day.plus_months(MONTHS).previous();
        let natural = year.min(content.document.expires);
        let mut earliest: Option<(Day, Option<String>)> = None;
        let mut services = Vec::new();
        let mut denial = None;
        for service in &content.services {
            let (calendar, category) = (rules.calendar, &content.category);
            let ends = if self.predecessor.is_some() {
                calendar.renew(INSTRUMENT, Some(service), category, natural, rules.day)
            } else {
                calendar.issue(INSTRUMENT, Some(service), category, natural, rules.day)
            };
            match ends {
                Ok(End { last_day, row }) => {
                    services.push(service.clone());
                    let ends = (last_day.min(natural), row.map(|row| row.id.to_string()));
                    if earliest.as_ref().is_none_or(|(earlier, _)| ends.0 < *earlier) {
                        earliest = Some(ends);
                    }
                }
                Err(why) => denial = Some(why),
            }
        }
        let Some((to, ended_by)) = earliest else {
            return Err(denial.map_or(Refusal::NoService, |why| Refusal::Calendar(Box::new(why))));
        };
        let category = content.category.as_str().to_owned();
        Ok(Granted { from: rules.day, to, category, services, ended_by })
    }

    /// A code as it was typed; the fifth wrong one, or one that comes too late, ends it.
    ///
    /// # Errors
    /// [`Refusal::State`] when none is on its way.
    pub fn try_code(
        &mut self,
        typed: &Code,
        key: &ActivationKey,
        at: Timestamp,
    ) -> Result<(Try, Option<Accepted>), Refusal> {
        let by = By::applicant(&self.id);
        self.allow(&by, &[Role::Applicant], &[State::Issued])?;
        let needs = Refusal::State { is: self.state, needs: &[State::Issued] };
        let Some(activation) = self.activation.as_mut() else { return Err(needs) };
        let tried = activation.try_code(typed, &self.id, key, at);
        match tried {
            Try::Right => return Ok((tried, Some(Accepted { case: self.id.clone() }))),
            Try::Wrong(_) => self.note(Act::Wrong, &by, at, ""),
            Try::Over => self.over(at),
        }
        Ok((tried, None))
    }

    /// The holder begins to use it, with something that opens it.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn activate(
        &mut self,
        accepted: &Accepted,
        access: Access,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let by = By::applicant(&self.id);
        self.allow(&by, &[Role::Applicant], &[State::Issued])?;
        if accepted.case != self.id {
            return Err(Refusal::Unknown);
        }
        if self.code_until().is_none_or(|until| until <= at) {
            self.over(at);
            return Err(Refusal::State { is: self.state, needs: &[State::Issued] });
        }
        if !access.is_complete() {
            return Err(Refusal::NoAuthenticator);
        }
        // Used once.
        self.activation = None;
        self.access = Some(access);
        self.state = State::Active;
        self.note(Act::Activate, &by, at, "");
        Ok(())
    }

    pub(super) fn over(&mut self, at: Timestamp) {
        self.activation = None;
        self.state = State::Lapsed;
        self.note(Act::Lapse, &By::system(), at, "");
    }

    /// Not to be used for now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn suspend(
        &mut self,
        by: &By,
        cause: Cause,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.allow(by, ENDERS, &[State::Active])?;
        if by.role == Role::Supervisor {
            said(reason)?;
        }
        self.suspension = Some(Suspension { at, cause, proposed: None, reidentified: None });
        self.state = State::Suspended;
        self.ending = true;
        self.note(Act::Suspend, by, at, &format!("{} {}", cause.word(), reason.trim()));
        Ok(())
    }

    /// A supervisor wants it to be used again: a verifier has to agree.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn propose_resume(&mut self, by: &By, reason: &str, at: Timestamp) -> Result<(), Refusal> {
        self.allow(by, &[Role::Supervisor], &[State::Suspended])?;
        let reason = said(reason)?.to_owned();
        if let Some(suspension) = self.suspension.as_mut() {
            suspension.proposed = Some(by.clone());
        }
        self.note(Act::Propose, by, at, &reason);
        Ok(())
    }

    /// An operator has seen the person again.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn reidentify(&mut self, by: &By, reason: &str, at: Timestamp) -> Result<(), Refusal> {
        self.allow(by, &[Role::Operator], &[State::Suspended])?;
        let reason = said(reason)?.to_owned();
        if let Some(suspension) = self.suspension.as_mut() {
            suspension.reidentified = Some((by.clone(), at));
        }
        self.note(Act::Reidentify, by, at, &reason);
        Ok(())
    }

    /// A verifier agrees: it may be used again.
    ///
    /// # Errors
    /// [`Refusal`]: nobody else proposed it, or the person was not seen for too long.
    pub fn resume(&mut self, by: &By, day: Day, at: Timestamp) -> Result<(), Refusal> {
        self.allow(by, &[Role::Verifier], &[State::Suspended])?;
        let proposed = |suspension: &Suspension| suspension.proposed.clone();
        let Some(proposed) = self.suspension.as_ref().and_then(proposed) else {
            return Err(Refusal::NotProposed);
        };
        let seen = self.suspension.as_ref().and_then(|known| known.reidentified.clone());
        let same = |other: &By| other.person == by.person;
        if same(&proposed) || seen.as_ref().is_some_and(|(other, _)| same(other)) {
            return Err(Refusal::SecondPerson);
        }
        let since = self.suspension.as_ref().map_or(at, |suspension| suspension.at);
        let recent = seen.is_some_and(|(_, seen)| at.since(seen) <= UNSEEN);
        if at.since(since) > UNSEEN && !recent {
            return Err(Refusal::Reidentify);
        }
        if self.granted.as_ref().is_none_or(|granted| granted.to < day) {
            self.expire(day, at);
            return Err(Refusal::State { is: self.state, needs: &[State::Suspended] });
        }
        self.suspension = None;
        self.state = State::Active;
        self.note(Act::Resume, by, at, "");
        Ok(())
    }

    /// Ends it for good.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn revoke(
        &mut self,
        by: &By,
        cause: Cause,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.allow(by, ENDERS, NOT_ENDED)?;
        if by.role == Role::Supervisor {
            said(reason)?;
        }
        self.ending |= matches!(self.state, State::Active | State::Suspended);
        self.activation = None;
        self.suspension = None;
        self.state = State::Revoked;
        self.note(Act::Revoke, by, at, &format!("{} {}", cause.word(), reason.trim()));
        Ok(())
    }

    /// A request that renews this one: its data, another look at a document, two people again.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn renew(&self, new: Opening, by: &By) -> Result<Self, Refusal> {
        self.allow(by, &[Role::Operator], &[State::Active, State::Expired])?;
        let at = new.at;
        let person_id = self.person_id.clone();
        let mut case = Self::open(Opening { person_id, ..new }, by)?;
        case.typed = self.typed.clone();
        // A fresh look: what the document says is typed again.
        case.typed.set(Field::Mrz, "");
        case.typed.set(Field::DocumentExpires, "");
        case.subject.clone_from(&self.subject);
        case.predecessor = Some(self.id.clone());
        case.note(Act::Edit, by, at, "");
        Ok(case)
    }

    /// Everything that rested on it is ended.
    pub fn ended(&mut self, at: Timestamp) {
        self.ending = false;
        self.note(Act::Ended, &By::system(), at, "");
    }

    /// The holder opened the link that was mailed: the address is theirs.
    pub fn confirm_email(&mut self, at: Timestamp) {
        self.email_confirmed = true;
        self.links.confirm = None;
        let by = By::applicant(&self.id);
        self.note(Act::Confirm, &by, at, "");
    }
}

/// What a case keeps of a link.
#[must_use]
pub fn link(handle: &Handle) -> String {
    base64url(&sha256(handle.reveal().as_bytes()))
}

/// As the calendar calls it.
pub const INSTRUMENT: &str = "helpdesk";
/// A credential counts twelve months at most.
const MONTHS: u8 = 12;
/// Suspended for longer, somebody has to be seen again.
const UNSEEN: Duration = Duration::from_secs(30 * 86_400);
const ENDERS: &[Role] = &[Role::Applicant, Role::Supervisor, Role::System];
const NOT_ENDED: &[State] = &[
    State::Draft,
    State::Requested,
    State::Identified,
    State::Verified,
    State::Issued,
    State::Active,
    State::Suspended,
];
