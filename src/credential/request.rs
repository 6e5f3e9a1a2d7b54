//! From a draft to the approval of a second person.
//!
//! Not the life of the credential after that. Each move asks who, where the case is, and what the rules say
//! on the day; a refused move changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::by::{By, Role};
use super::case::{Act, Case, Checklist, Evidence, Item, Line, Links, State};
use super::field::{Field, Typed};
use super::reading::{Channel, Rules, Wrong};
use super::refusal::Refusal;
use crate::effects::Timestamp;

/// What a case begins with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its opaque name: fresh.
    pub id: String,
    /// The number that people know it by: fresh.
    pub number: String,
    /// The holder's own stable name: fresh, or the predecessor's.
    pub person_id: String,
    /// The office.
    pub office: String,
    /// When.
    pub at: Timestamp,
}

/// What the operator saw of the person.
#[derive(Clone, Debug, Default)]
pub struct Sighting {
    /// Whether the person stood there.
    pub present: bool,
    /// Why not, where they did not.
    pub reason: String,
    /// Where the office filed what it keeps.
    pub protocol: String,
}

impl Case {
    /// A new one: a draft.
    ///
    /// # Errors
    /// [`Refusal::Role`]: operators open, and applicants.
    pub fn open(new: Opening, by: &By) -> Result<Self, Refusal> {
        if !WRITERS.contains(&by.role) {
            return Err(Refusal::Role(WRITERS));
        }
        let mut case = Self {
            id: new.id,
            number: new.number,
            person_id: new.person_id,
            office: new.office,
            state: State::Draft,
            opened_at: new.at,
            typed: Typed::default(),
            subject: None,
            notice: String::new(),
            hands: BTreeSet::from([by.person.clone()]),
            evidence: None,
            checklist: None,
            justified: None,
            approved: None,
            granted: None,
            activation: None,
            access: None,
            suspension: None,
            reminded: None,
            ending: false,
            links: Links::default(),
            email_confirmed: false,
            predecessor: None,
            history: Vec::new(),
        };
        case.note(Act::Open, by, new.at, "");
        Ok(case)
    }

    /// Changes fields. Whatever was decided about the request before is undone. `pseudonym` names whoever
    /// has a fiscal code.
    ///
    /// # Errors
    /// [`Refusal`]; among them that the request is the operator's own.
    pub fn edit(
        &mut self,
        by: &By,
        typed: &[(Field, &str)],
        pseudonym: impl Fn(&str) -> String,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let states: &'static [State] = match by.role {
            Role::Applicant => &[State::Draft],
            _ => &[State::Draft, State::Requested, State::Identified, State::Verified],
        };
        self.allow(by, WRITERS, states)?;
        let mut next = self.clone();
        for (field, text) in typed {
            next.typed.set(*field, text);
        }
        let named = |code: crate::identity::FiscalCode| pseudonym(code.as_str());
        next.subject = next.fiscal_code().map(named);
        if next.is_of(&by.person) {
            return Err(Refusal::OwnPerson);
        }
        next.hands.insert(by.person.clone());
        if next.typed != self.typed {
            next.undecided();
            next.email_confirmed &= next.typed.get(Field::Email) == self.typed.get(Field::Email);
            next.note(Act::Edit, by, at, "");
        }
        *self = next;
        Ok(())
    }

    /// From a draft to a request.
    ///
    /// # Errors
    /// [`Refusal`]: no notice was given, or category, services, channel or language are wrong.
    pub fn request(
        &mut self,
        by: &By,
        notice: &str,
        rules: &Rules<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.allow(by, WRITERS, &[State::Draft])?;
        if notice.trim().is_empty() {
            return Err(Refusal::Notice);
        }
        let mut problems = self.reading(rules).problems;
        problems.retain(|problem| problem.field.step() == super::field::Step::Request);
        if !problems.is_empty() {
            return Err(Refusal::Problems(problems));
        }
        notice.trim().clone_into(&mut self.notice);
        self.state = State::Requested;
        self.hands.insert(by.person.clone());
        self.note(Act::Request, by, at, "");
        Ok(())
    }

    /// The operator has seen the person and the document; with that the request is with the verifiers.
    ///
    /// # Errors
    /// [`Refusal`]: anything is wrong with the fields, or nobody was seen.
    pub fn identify(
        &mut self,
        by: &By,
        seen: &Sighting,
        rules: &Rules<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.allow(by, &[Role::Operator], &[State::Requested])?;
        let reading = self.reading(rules);
        let Some(content) = reading.content else {
            return Err(Refusal::Problems(reading.problems));
        };
        let in_person = seen.present && content.channel == Channel::Counter;
        if !in_person && (content.channel == Channel::Counter || seen.reason.trim().is_empty()) {
            return Err(Refusal::NotSeen);
        }
        let number = content.document.number;
        let skipped = number.chars().count().saturating_sub(4);
        self.evidence = Some(Evidence {
            by: by.clone(),
            at,
            channel: content.channel,
            reason: seen.reason.trim().to_owned(),
            protocol: seen.protocol.trim().to_owned(),
            document_ends: number.chars().skip(skipped).collect(),
        });
        self.hands.insert(by.person.clone());
        self.state = State::Identified;
        self.note(Act::Identify, by, at, &seen.reason);
        Ok(())
    }

    /// The verifier says what they have checked, before they see what was typed.
    ///
    /// # Errors
    /// [`Refusal`]: the verifier had a hand in the request.
    pub fn check(&mut self, by: &By, items: &[Item], at: Timestamp) -> Result<(), Refusal> {
        self.allow(by, &[Role::Verifier], &[State::Identified])?;
        self.second(by)?;
        let content = self.digest();
        let known = self.checklist.take();
        let known = known.filter(|list| list.by.person == by.person && list.content == content);
        let mut ticks: BTreeMap<Item, Timestamp> = known.map(|list| list.ticks).unwrap_or_default();
        // What was ticked keeps its time; what is ticked no more is gone.
        ticks.retain(|item, _| items.contains(item));
        for item in items {
            ticks.entry(*item).or_insert(at);
        }
        self.checklist = Some(Checklist { by: by.clone(), content, ticks });
        self.note(Act::Check, by, at, "");
        Ok(())
    }

    /// Says why another live case may have the same document. Never for a fiscal code.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn justify(&mut self, by: &By, reason: &str, at: Timestamp) -> Result<(), Refusal> {
        self.allow(by, &[Role::Operator], &[State::Requested])?;
        let reason = said(reason)?;
        let line = Line { act: Act::Justify, by: by.clone(), at, reason: reason.to_owned() };
        self.justified = Some(line);
        self.hands.insert(by.person.clone());
        self.note(Act::Justify, by, at, reason);
        Ok(())
    }

    /// A second person approves what they have checked. `seen` is the digest of what they saw; `note` says
    /// why what is flagged may go on.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn approve(
        &mut self,
        by: &By,
        seen: &str,
        note: &str,
        rules: &Rules<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.allow(by, &[Role::Verifier], &[State::Identified])?;
        self.second(by)?;
        if seen != self.digest() {
            return Err(Refusal::Changed);
        }
        if !self.is_checked_by(&by.person) {
            return Err(Refusal::Checklist);
        }
        let reading = self.reading(rules);
        if !reading.problems.is_empty() {
            return Err(Refusal::Problems(reading.problems));
        }
        if !reading.flags.is_empty() && note.trim().is_empty() {
            return Err(Refusal::Flags(reading.flags));
        }
        let line = Line { act: Act::Approve, by: by.clone(), at, reason: note.trim().to_owned() };
        self.approved = Some(line);
        self.state = State::Verified;
        self.note(Act::Approve, by, at, note);
        Ok(())
    }

    /// Back to the operator: something is to be typed or shown again.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn give_back(&mut self, by: &By, reason: &str, at: Timestamp) -> Result<(), Refusal> {
        self.allow(by, &[Role::Verifier], &[State::Identified, State::Verified])?;
        self.second(by)?;
        let reason = said(reason)?;
        self.undecided();
        self.note(Act::Return, by, at, reason);
        Ok(())
    }

    /// For good.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn reject(&mut self, by: &By, reason: &str, at: Timestamp) -> Result<(), Refusal> {
        let roles = &[Role::Operator, Role::Verifier];
        self.allow(by, roles, &[State::Requested, State::Identified, State::Verified])?;
        if self.state != State::Requested {
            self.allow(by, &[Role::Verifier], &[State::Identified, State::Verified])?;
            self.second(by)?;
        }
        let reason = said(reason)?;
        self.state = State::Rejected;
        self.note(Act::Reject, by, at, reason);
        Ok(())
    }

    /// Whether a document's state was the trouble: then the applicant is pointed to eIDAS.
    #[must_use]
    pub fn is_for_eidas(&self, rules: &Rules<'_>) -> bool {
        let found = self.reading(rules).problems;
        found.iter().any(|problem| matches!(problem.wrong, Wrong::AdoptsEidas { .. }))
    }

    /// Whoever approves had no hand in it (HD-RO-2): persons are compared, not accounts.
    fn second(&self, by: &By) -> Result<(), Refusal> {
        if self.was_in_hands_of(&by.person) { Err(Refusal::SecondPerson) } else { Ok(()) }
    }

    /// Undoes what was decided about what is no more.
    fn undecided(&mut self) {
        if matches!(self.state, State::Identified | State::Verified) {
            self.state = State::Requested;
        }
        self.evidence = None;
        self.checklist = None;
        self.justified = None;
        self.approved = None;
    }
}

/// A reason, in words.
pub(super) fn said(reason: &str) -> Result<&str, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Refusal::Reason) } else { Ok(reason) }
}

const WRITERS: &[Role] = &[Role::Operator, Role::Applicant];
