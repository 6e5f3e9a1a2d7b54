//! The document: whether it identifies anybody here, and whether its machine-readable zone says the same.
//!
//! Not a look at the paper: that is the operator's and the verifier's.

use super::{Day, DocumentKind, Field, Flag, Nation, Reader, Shown, Standing, Wrong, Zone, policy};
use crate::credential::mrz::Code;
use crate::credential::spelling::{Likeness, compare};
use crate::policy::Cause;

impl Reader<'_> {
    /// HD-DO-1, R8, R9.
    pub(super) fn document(&mut self, nationalities: &[Nation]) -> Option<Shown> {
        let kind = self.word(Field::DocumentKind, DocumentKind::ALL, DocumentKind::word);
        let issuer = self.nation(Field::DocumentIssuer);
        let issued = self.past(Field::DocumentIssued);
        let expires = self.day(Field::DocumentExpires);
        let number = plain(self.typed.get(Field::DocumentNumber));
        if number.is_empty() && !self.typed.get(Field::DocumentNumber).is_empty() {
            self.wrong(Field::DocumentNumber, Wrong::Unknown);
        }
        if let (Some(issued), Some(expires)) = (issued, expires)
            && expires <= issued
        {
            self.wrong(Field::DocumentExpires, Wrong::Order);
        }
        for nation in nationalities {
            self.outside_eidas(Field::Nationalities, *nation);
        }
        let (kind, issuer, expires) = (kind?, issuer?, expires?);
        if self.outside_eidas(Field::DocumentIssuer, issuer) {
            self.identifies(kind, issuer, expires, nationalities);
        }
        Some(Shown { kind, number, issuer, expires })
    }

    /// Whether the state does not adopt eIDAS; a problem where it does.
    fn outside_eidas(&mut self, field: Field, nation: Nation) -> bool {
        let adopts = |alpha2| self.rules.states.adopts_eidas(alpha2, self.rules.day);
        let Some(state) = nation.alpha2().and_then(adopts) else { return true };
        let wrong = Wrong::AdoptsEidas { state: state.code.to_string(), since: state.from };
        self.wrong(field, wrong);
        false
    }

    /// The rule of policy, for somebody of any of these nationalities.
    fn identifies(
        &mut self,
        kind: DocumentKind,
        issuer: Nation,
        expires: Day,
        nationalities: &[Nation],
    ) {
        let Standing::State(issued_by) = issuer.standing() else {
            self.wrong(Field::DocumentIssuer, Wrong::NotIdentifying);
            return;
        };
        let kind = match kind {
            DocumentKind::NationalId => policy::DocumentKind::NationalIdentity,
            // A state stands in for the home that the holder has not.
            DocumentKind::Passport | DocumentKind::TravelDocument => policy::DocumentKind::Passport,
        };
        let document = policy::Document { kind, issued_by, expires: Some(expires) };
        let own = nationalities.iter().any(|nation| nation.alpha2() == Some(issued_by));
        // Somebody without a state, or who fled theirs, has no home whose document could be asked for.
        let home = if own || kind == policy::DocumentKind::Passport { issued_by } else { "" };
        let Err(unidentified) = self.rules.states.identify(home, document, self.rules.day) else {
            return;
        };
        match unidentified.cause {
            Cause::Expired | Cause::NoExpiry => {
                self.wrong(Field::DocumentExpires, Wrong::Expired(expires));
            }
            Cause::Kind | Cause::Issuer | Cause::AdoptsEidas => {
                self.wrong(Field::DocumentIssuer, Wrong::NotIdentifying);
            }
        }
    }

    /// The zone, where one was typed.
    pub(super) fn zone(&mut self, document: Option<&Shown>) -> Option<Zone> {
        let Some(typed) = self.text(Field::Mrz) else {
            if document.is_some_and(|shown| shown.kind != DocumentKind::NationalId) {
                self.flags.push(Flag::NoZone);
            }
            return None;
        };
        match Zone::parse(typed) {
            Ok(zone) => Some(zone),
            Err(unreadable) => {
                self.wrong(Field::Mrz, Wrong::Zone(unreadable));
                None
            }
        }
    }

    /// The zone against what was typed.
    pub(super) fn compare(
        &mut self,
        zone: &Zone,
        document: Option<&Shown>,
        birth: Option<Day>,
        nationalities: &[Nation],
        sex: Option<char>,
    ) {
        if let Some(shown) = document {
            let passport = zone.kind.starts_with('P');
            if passport == (shown.kind == DocumentKind::NationalId) {
                self.wrong(Field::DocumentKind, Wrong::Differs);
            }
            if zone.number != shown.number {
                self.wrong(Field::DocumentNumber, Wrong::Differs);
            }
            self.same_state(Field::DocumentIssuer, &zone.issuer, &[shown.issuer]);
            if !zone.expires_on(shown.expires) {
                self.wrong(Field::DocumentExpires, Wrong::Differs);
            }
        }
        if !nationalities.is_empty() {
            self.same_state(Field::Nationalities, &zone.nationality, nationalities);
        }
        if birth.is_some_and(|birth| !zone.is_born_on(birth)) {
            self.wrong(Field::BirthDate, Wrong::Differs);
        }
        if zone.sex != 'X' && sex.is_some_and(|sex| sex != zone.sex) {
            self.wrong(Field::Sex, Wrong::Differs);
        }
        self.same_name(Field::Surname, &zone.surname, zone.full);
        self.same_name(Field::GivenNames, &zone.given_names, zone.full);
    }

    fn same_state(&mut self, field: Field, code: &Code, typed: &[Nation]) {
        match code {
            Code::Unknown(_) => self.wrong(Field::Mrz, Wrong::Unknown),
            Code::Known(known) => {
                let standing = known.standing();
                if !typed.iter().any(|nation| nation.standing() == standing) {
                    self.wrong(field, Wrong::Differs);
                }
            }
        }
    }

    fn same_name(&mut self, field: Field, written: &str, full: bool) {
        let Some(typed) = self.text(field) else { return };
        match compare(typed, written, full) {
            Likeness::Same => {}
            Likeness::Cut => self.flags.push(Flag::NameCut),
            Likeness::Uncertain => self.flags.push(Flag::Spelling),
            Likeness::Other => self.wrong(field, Wrong::Differs),
        }
    }
}

/// Letters and digits, upper case.
fn plain(number: &str) -> String {
    number
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| sign.to_ascii_uppercase())
        .collect()
}
