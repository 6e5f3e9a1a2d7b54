//! A case: one applicant's request, and the credential that comes of it. One record of the registry.
//!
//! Not its moves: `request` and `life` have them, and nothing else changes a case.

mod parts;
mod words;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub(super) use parts::Links;
pub use parts::{Checklist, Evidence, Granted, Line, Suspension};
pub use words::{Act, Cause, Item, State};

use super::access::{Access, Holder, Standing};
use super::activation::Activation;
use super::by::{By, Role};
use super::field::{Field, Typed};
use super::reading::{Reading, Rules};
use super::refusal::Refusal;
use crate::crypto::digest::{base64url, sha256};
use crate::effects::Timestamp;
use crate::identity::FiscalCode;
use crate::registry::{Kept, RecordKey, RecordKind};
use crate::terms::{Day, Locale};

/// One applicant's request, and what became of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Case {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) person_id: String,
    pub(super) office: String,
    pub(super) state: State,
    pub(super) opened_at: Timestamp,
    pub(super) typed: Typed,
    /// The applicant's own pseudonym, where a fiscal code was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// The version of the privacy notice that was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) notice: String,
    /// Everybody who typed, identified or submitted.
    pub(super) hands: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) checklist: Option<Checklist>,
    /// Why another live case may have the same document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) justified: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) approved: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) granted: Option<Granted>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) activation: Option<Activation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) access: Option<Access>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) suspension: Option<Suspension>,
    /// Days before the end of which the holder was reminded last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reminded: Option<u8>,
    /// What rests on it is still to be ended.
    #[serde(default)]
    pub(super) ending: bool,
    /// SHA-256 of what stands in links that were mailed.
    #[serde(default)]
    pub(super) links: Links,
    #[serde(default)]
    pub(super) email_confirmed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) predecessor: Option<String>,
    pub(super) history: Vec<Line>,
}

impl Case {
    /// Its opaque name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The number that people know it by.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The holder's own stable name: the same in every renewal.
    #[must_use]
    pub fn person_id(&self) -> &str {
        &self.person_id
    }

    /// The office it belongs to.
    #[must_use]
    pub fn office(&self) -> &str {
        &self.office
    }

    /// Where it is.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// When it was opened.
    #[must_use]
    pub const fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    /// What was typed.
    #[must_use]
    pub const fn typed(&self) -> &Typed {
        &self.typed
    }

    /// What that says under `rules`.
    #[must_use]
    pub fn reading(&self, rules: &Rules<'_>) -> Reading {
        Reading::of(&self.typed, rules)
    }

    /// What the operator saw.
    #[must_use]
    pub const fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// Which items that person has checked, of the content as it is now.
    #[must_use]
    pub fn checked_by(&self, person: &str) -> Vec<(Item, Timestamp)> {
        let own = self.checklist.as_ref();
        let own = own.filter(|list| list.by.person == person && list.content == self.digest());
        own.map(|list| list.ticks.iter().map(|(item, at)| (*item, *at)).collect())
            .unwrap_or_default()
    }

    /// Whether that person has checked everything.
    #[must_use]
    pub fn is_checked_by(&self, person: &str) -> bool {
        self.checked_by(person).len() == Item::ALL.len()
    }

    /// Whether that person has had a hand in what is to be approved.
    #[must_use]
    pub fn was_in_hands_of(&self, person: &str) -> bool {
        self.hands.contains(person)
    }

    /// Whether it is that person's own.
    #[must_use]
    pub fn is_of(&self, person: &str) -> bool {
        self.subject.as_deref() == Some(person)
    }

    /// The approval, where there is one.
    #[must_use]
    pub const fn approved(&self) -> Option<&Line> {
        self.approved.as_ref()
    }

    /// Why another live case may have the same document.
    #[must_use]
    pub const fn justified(&self) -> Option<&Line> {
        self.justified.as_ref()
    }

    /// What was granted.
    #[must_use]
    pub const fn granted(&self) -> Option<&Granted> {
        self.granted.as_ref()
    }

    /// Until when the code counts.
    #[must_use]
    pub fn code_until(&self) -> Option<Timestamp> {
        self.activation.as_ref().map(Activation::until)
    }

    /// What opens it.
    #[must_use]
    pub const fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// The same, to be changed: what opens a credential says nothing of its state.
    pub const fn access_mut(&mut self) -> Option<&mut Access> {
        self.access.as_mut()
    }

    /// The suspension, while there is one.
    #[must_use]
    pub const fn suspension(&self) -> Option<&Suspension> {
        self.suspension.as_ref()
    }

    /// Whether the holder confirmed the address.
    #[must_use]
    pub const fn is_email_confirmed(&self) -> bool {
        self.email_confirmed
    }

    /// Whether what rests on it is still to be ended.
    #[must_use]
    pub const fn is_ending(&self) -> bool {
        self.ending
    }

    /// The case whose place it takes, where it renews one.
    #[must_use]
    pub fn predecessor(&self) -> Option<&str> {
        self.predecessor.as_deref()
    }

    /// Everything that was done, the oldest first.
    #[must_use]
    pub fn history(&self) -> &[Line] {
        &self.history
    }

    /// The language of the applicant.
    #[must_use]
    pub fn locale(&self) -> Locale {
        let tag = self.typed.get(Field::Language);
        Locale::ALL.into_iter().find(|locale| locale.tag() == tag).unwrap_or(Locale::It)
    }

    /// The fiscal code, where a right one was typed.
    #[must_use]
    pub fn fiscal_code(&self) -> Option<FiscalCode> {
        FiscalCode::parse(&self.typed.get(Field::FiscalCode).replace(' ', "")).ok()
    }

    /// Whether somebody may sign in with it on that day.
    #[must_use]
    pub fn is_in_force(&self, day: Day) -> bool {
        let granted = self.granted.as_ref();
        self.state == State::Active
            && granted.is_some_and(|granted| granted.from <= day && day <= granted.to)
    }

    /// A digest of all that a decision is about: it changes with any edit.
    #[must_use]
    pub fn digest(&self) -> String {
        let content = (&self.id, &self.typed, &self.notice, &self.evidence, &self.justified);
        base64url(&sha256(&serde_json::to_vec(&content).unwrap_or_default()))
    }

    /// Whether nobody else may have the same document and fiscal code now.
    fn is_live(&self) -> bool {
        match self.state {
            State::Active | State::Suspended => true,
            // A renewal takes its predecessor's place at once, when it is activated.
            State::Identified | State::Verified | State::Issued => self.predecessor.is_none(),
            _ => false,
        }
    }

    /// The document as it is compared: kind, issuer, number.
    #[must_use]
    pub fn document_key(&self) -> Option<String> {
        let plain = |field| {
            let text = self.typed.get(field).to_ascii_uppercase();
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
        };
        let number = plain(Field::DocumentNumber);
        let kind = plain(Field::DocumentKind);
        let issuer = plain(Field::DocumentIssuer);
        (!number.is_empty()).then(|| format!("{issuer}|{kind}|{number}"))
    }

    /// Names and birth, as two cases of one person would have them.
    #[must_use]
    pub fn person_key(&self) -> Option<String> {
        let part = |field| self.typed.get(field).to_lowercase();
        let parts = [Field::Surname, Field::GivenNames, Field::BirthDate].map(part);
        parts.iter().all(|part| !part.is_empty()).then(|| parts.join("|"))
    }

    pub(super) fn note(&mut self, act: Act, by: &By, at: Timestamp, reason: &str) {
        let line = Line { act, by: by.clone(), at, reason: reason.trim().to_owned() };
        self.history.push(line);
    }

    /// The act is this role's, in one of these states, and not on one's own request.
    pub(super) fn allow(
        &self,
        by: &By,
        roles: &'static [Role],
        states: &'static [State],
    ) -> Result<(), Refusal> {
        if !roles.contains(&by.role) {
            return Err(Refusal::Role(roles));
        }
        if self.is_of(&by.person) {
            return Err(Refusal::OwnPerson);
        }
        if !states.contains(&self.state) {
            return Err(Refusal::State { is: self.state, needs: states });
        }
        Ok(())
    }
}

/// Nobody's values.
impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Case({}, {})", self.id, self.state.word())
    }
}

impl Kept for Case {
    const KIND: RecordKind = RecordKind::Case;

    fn id(&self) -> &str {
        &self.id
    }

    fn state(&self) -> &'static str {
        self.state.word()
    }

    fn office(&self) -> &str {
        &self.office
    }

    fn due_at(&self) -> Option<Timestamp> {
        self.due()
    }

    fn keys(&self) -> Vec<RecordKey> {
        let live = self.is_live();
        let mut keys = Vec::new();
        let mut add = |name, value: Option<String>, exclusive| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                keys.push(RecordKey { name, value, exclusive });
            }
        };
        add("number", Some(self.number.clone()), true);
        add("document", self.document_key(), false);
        if live && self.justified.is_none() {
            add("live_document", self.document_key(), true);
        }
        let code = self.fiscal_code().map(|code| code.as_str().to_owned());
        add("fiscal_code", code.clone(), false);
        if live {
            add("live_fiscal_code", code, true);
        }
        add("person", self.person_key(), false);
        add("email", Some(self.typed.get(Field::Email).to_lowercase()), false);
        add("second_contact", Some(self.typed.get(Field::SecondContact).to_lowercase()), false);
        add("not_me", self.links.not_me.clone(), false);
        add("confirm", self.links.confirm.clone(), false);
        keys.extend(self.access.iter().flat_map(Access::keys));
        keys
    }
}

impl Holder for Case {
    fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    fn with_access(&self, access: Access) -> Self {
        Self { access: Some(access), ..self.clone() }
    }

    fn standing(&self, now: Timestamp) -> Standing {
        match self.state {
            State::Active if self.is_in_force(Day::of(now)) => Standing::InForce,
            State::Suspended => Standing::Suspended,
            State::Active | State::Expired => Standing::Expired,
            _ => Standing::Revoked,
        }
    }
}
